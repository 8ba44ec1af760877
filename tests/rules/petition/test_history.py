"""The chain of hashes: whoever alters, removes, adds or moves an entry, or what stands beside them, breaks it."""

import hashlib
import hmac
import json
from datetime import timedelta

import pytest

from shared.domain.petition import coverage, history
from shared.domain.petition.change import Change
from shared.domain.petition.facts import FILED, Rated
from shared.domain.petition.history import Entry, Fault
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Rating
from shared.domain.petition.values.petitioner import Petitioner
from tests.support.builders import RECEIVED_AT, a_petition

PETITION = a_petition(State.ANSWERED)
CHAIN = PETITION.history
KEY = PETITION.submission
assert PETITION.answer is not None


def erased_petition():
    return a_petition(State.CLOSED).erase(Change.by_timer(RECEIVED_AT + timedelta(days=2000), "erase"))


def one_entry(number, **update):
    return (*CHAIN[:number], CHAIN[number].model_copy(update=update), *CHAIN[number + 1 :])


def rehashed(entries, key=KEY):
    forged: tuple[Entry, ...] = ()
    for number, entry in enumerate(entries, start=1):
        forged = history.append(forged, entry.model_copy(update={"seq": number}), key)
    return forged


@pytest.mark.parametrize(
    ("altered", "fault"),
    [
        pytest.param(one_entry(1, note="khác"), Fault.WORDS, id="a note was changed"),
        pytest.param(one_entry(0, text="thêm"), Fault.WORDS, id="a text was added"),
        pytest.param(one_entry(1, by="officer:x"), Fault.FACTS, id="another did it"),
        pytest.param(one_entry(1, is_visible=False), Fault.FACTS, id="an entry was hidden"),
        pytest.param(
            one_entry(1, facts=CHAIN[1].facts.model_copy(update={"unit": "VTL"})), Fault.FACTS, id="a fact"
        ),
        pytest.param(
            one_entry(0, facts=CHAIN[0].facts.without_digests()), Fault.FACTS, id="the digest of the content"
        ),
        pytest.param(CHAIN[:2] + CHAIN[3:], Fault.PLACE, id="an entry was removed"),
        pytest.param((CHAIN[1], CHAIN[0], *CHAIN[2:]), Fault.PLACE, id="two entries changed places"),
        pytest.param((*CHAIN, CHAIN[-1]), Fault.PLACE, id="an entry was doubled"),
        pytest.param(one_entry(1, is_erased=True), Fault.ERASURE, id="an entry was passed off as erased"),
        pytest.param(
            one_entry(1, is_erased=True, text=None, note=None), Fault.ERASURE, id="and its words removed"
        ),
        pytest.param(
            one_entry(1, is_erased=True, digest="0" * 64), Fault.PLACE, id="and its digest made an old one"
        ),
        pytest.param(rehashed(CHAIN, "another key"), Fault.FACTS, id="the history of another petition"),
    ],
)
def test_altered_history_is_noticed(altered, fault):
    assert history.fault_of(altered, KEY) is fault


@pytest.mark.parametrize(
    ("altered", "fault"),
    [
        pytest.param({"content": "Không có gì."}, Fault.ATTRIBUTE, id="the content"),
        pytest.param({"subject": "Khác"}, Fault.ATTRIBUTE, id="the subject"),
        pytest.param(
            {"answer": PETITION.answer.model_copy(update={"text": "Khác"})}, Fault.ATTRIBUTE, id="the answer"
        ),
        pytest.param({"answer": None}, Fault.ATTRIBUTE, id="the answer removed"),
        pytest.param({"petitioner": Petitioner()}, Fault.ATTRIBUTE, id="the seal"),
        pytest.param({"unit": "VTL"}, Fault.ATTRIBUTE, id="the unit"),
        pytest.param({"complained_unit": "VTL"}, Fault.ATTRIBUTE, id="the unit complained of"),
        pytest.param({"due_on": PETITION.due_on + timedelta(days=30)}, Fault.ATTRIBUTE, id="the due date"),
        pytest.param({"received_at": RECEIVED_AT + timedelta(days=1)}, Fault.ATTRIBUTE, id="the receipt"),
        pytest.param({"reference": "26483190299"}, Fault.ATTRIBUTE, id="moved to another reference"),
        pytest.param(
            {"rating": Rating(score=5, at=RECEIVED_AT)}, Fault.ATTRIBUTE, id="a rating that nobody gave"
        ),
        pytest.param({"state": State.CLOSED}, Fault.STATE, id="the state"),
        pytest.param({"history": CHAIN[:-1]}, Fault.STATE, id="the end cut off"),
        pytest.param({"history": ()}, Fault.STATE, id="the whole history cut off"),
    ],
)
def test_altered_petition_beside_an_intact_history_is_noticed(altered, fault):
    assert PETITION.model_copy(update=altered).fault is fault


def test_later_change_does_not_cover_what_was_altered_before_it():
    altered = PETITION.model_copy(update={"content": "Không có gì."})

    later = altered.rate(Change.by_petitioner(RECEIVED_AT + timedelta(days=9), "rate"), 5, None)

    assert later.fault is Fault.ATTRIBUTE


def test_facts_of_an_erased_entry_stay_verifiable():
    erased = erased_petition()
    number = next(number for number, entry in enumerate(erased.history) if entry.is_erased)

    assert erased.is_intact
    for update in ({"by": "officer:x"}, {"text": "Khác"}, {"at": RECEIVED_AT - timedelta(days=1)}):
        entries = list(erased.history)
        entries[number] = entries[number].model_copy(update=update)
        assert history.fault_of(entries, erased.submission) is not None


def test_texts_put_back_into_an_erased_petition_are_noticed():
    erased = erased_petition()

    assert erased.model_copy(update={"content": "Nội dung khác."}).fault is Fault.ATTRIBUTE


@pytest.mark.parametrize("state", State)
def test_stored_petition_is_as_intact_as_the_one_that_was_written(state):
    petition = a_petition(state)

    assert Petition.model_validate_json(petition.model_dump_json(exclude_defaults=True)).is_intact


def by_earlier_code(petition, entry):
    """Append an entry as code without digests in two parts does."""
    last = petition.history[-1]
    digest = history._first_digest(entry, petition.submission)
    entry = entry.model_copy(update={"digest": digest, "hash": history.link(last.hash, digest)})
    return petition.model_copy(update={"history": (*petition.history, entry)})


def test_entry_that_earlier_code_appends_during_a_deployment_is_no_fault():
    facts = Rated(score=5)
    entry = CHAIN[-1].model_copy(
        update={"seq": PETITION.version + 1, "action": Action.RATE, "facts": facts, "digest": ""}
    )

    rated = by_earlier_code(PETITION.model_copy(update={"rating": Rating(score=5, at=RECEIVED_AT)}), entry)

    assert rated.is_intact
    assert rated.model_copy(update={"content": "Khác"}).fault is Fault.ATTRIBUTE


def test_every_attribute_of_a_petition_is_covered_by_its_history():
    in_groups = [name for names in coverage.groups_of(Petition).values() for name in names]

    assert len(in_groups) == len(set(in_groups))
    assert set(Petition.model_fields) - set(in_groups) == {
        *FILED,
        "state",
        "history",
        "sketch",
        "merged_count",
    }


def canonical(entry, *names):
    content = json.loads(entry.model_dump_json(include=set(names)))
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def two(shown, hidden):
    """Return the SHA-256 of the digest of what is shown, followed by the HMAC of what is hidden."""
    kept_part = hmac.new(KEY.encode(), hidden, hashlib.sha256).hexdigest()
    return hashlib.sha256((hashlib.sha256(shown).hexdigest() + kept_part).encode()).hexdigest()


def test_chain_can_be_verified_by_its_documented_recipe():
    """Facts and words, each shown and kept under a key, then previous hash and digest: with nothing but the data."""
    previous = "0" * 64
    for entry in CHAIN:
        facts = two(
            canonical(entry, "seq", "at", "action", "state"),
            canonical(entry, "by", "change_id", "facts", "is_visible"),
        )
        has_words = entry.text is not None or entry.note is not None
        words = two(canonical(entry, "text"), canonical(entry, "note")) if has_words else ""
        digest = f"2:{facts}:{words}"
        previous = hashlib.sha256((previous + digest).encode()).hexdigest()

        assert (entry.digest, entry.hash) == (digest, previous)


def test_digest_covers_every_member_of_an_entry():
    """A member that is added later must be shown or kept: nothing may stand outside the chain.

    But for what the chain is made of, and the id that finds the log lines of a change, which an erasure drops.
    """
    covered = history.SHOWN | history.KEPT | history.SHOWN_WORDS | history.KEPT_WORDS

    assert set(Entry.model_fields) == covered | {"digest", "hash", "is_erased", "correlation"}


def test_what_officers_keep_cannot_be_found_by_trying_without_the_key():
    entry = CHAIN[1]

    assert history.kept_digest(entry, KEY) != history.kept_digest(entry, "")


def test_entry_says_who_did_what_when_and_where_it_led():
    entry = a_petition(State.IN_PROGRESS).last(Action.ACCEPT)

    assert entry is not None
    assert (entry.seq, entry.at, entry.by, entry.state) == (3, RECEIVED_AT, "officer:minh", State.IN_PROGRESS)
