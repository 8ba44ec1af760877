"""The chain of hashes: whoever alters, removes, adds or moves an entry breaks it."""

import hashlib
import hmac
import json

import pytest

from shared.domain.petition import history
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action, State
from tests.support.builders import RECEIVED_AT, a_petition

PETITION = a_petition(State.ANSWERED)
CHAIN = PETITION.history
KEY = PETITION.submission


@pytest.mark.parametrize(
    "altered",
    [
        pytest.param(
            (*CHAIN[:1], CHAIN[1].model_copy(update={"note": "khác"}), *CHAIN[2:]), id="a note was changed"
        ),
        pytest.param(
            (*CHAIN[:1], CHAIN[1].model_copy(update={"by": "officer:x"}), *CHAIN[2:]), id="another did it"
        ),
        pytest.param(CHAIN[:2] + CHAIN[3:], id="an entry was removed"),
        pytest.param((CHAIN[1], CHAIN[0], *CHAIN[2:]), id="two entries changed places"),
        pytest.param((*CHAIN, CHAIN[-1]), id="an entry was doubled"),
        pytest.param(
            (*CHAIN[:1], CHAIN[1].model_copy(update={"is_erased": True, "digest": "0" * 64}), *CHAIN[2:]),
            id="an entry was passed off as erased",
        ),
    ],
)
def test_altered_history_is_noticed(altered):
    assert not history.is_intact(altered, KEY)


def canonical(entry, *names):
    content = json.loads(entry.model_dump_json(include=set(names)))
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_chain_can_be_verified_by_its_documented_recipe():
    """The shown part, the part kept under a key, then previous hash and digest: with nothing of ours but the data."""
    previous = "0" * 64
    for entry in CHAIN:
        shown = hashlib.sha256(canonical(entry, "seq", "at", "action", "state", "text")).hexdigest()
        kept_part = hmac.new(
            KEY.encode(), canonical(entry, "by", "change_id", "note", "facts", "is_visible"), hashlib.sha256
        ).hexdigest()
        digest = hashlib.sha256((shown + kept_part).encode()).hexdigest()
        previous = hashlib.sha256((previous + digest).encode()).hexdigest()

        assert (entry.digest, entry.hash) == (digest, previous)


def test_digest_covers_every_member_of_an_entry():
    """A member that is added later must be shown or kept: nothing may stand outside the chain."""
    assert set(Entry.model_fields) == history.SHOWN | history.KEPT | {"digest", "hash", "is_erased"}


def test_what_officers_keep_cannot_be_found_by_trying_without_the_key():
    entry = CHAIN[1]

    assert history.kept_digest(entry, KEY) != history.kept_digest(entry, "")


def test_entry_says_who_did_what_when_and_where_it_led():
    entry = a_petition(State.IN_PROGRESS).last(Action.ACCEPT)

    assert entry is not None
    assert (entry.seq, entry.at, entry.by, entry.state) == (3, RECEIVED_AT, "officer:minh", State.IN_PROGRESS)
