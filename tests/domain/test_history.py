"""The chain of hashes: whoever alters, removes, adds or moves an entry breaks it."""

import hashlib
import json

import pytest

from shared.domain import history
from shared.domain.lifecycle import Action, State
from tests.builders import RECEIVED_AT, a_petition

CHAIN = a_petition(State.ANSWERED).history


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
    assert not history.is_intact(altered)


def test_chain_can_be_verified_by_its_documented_recipe():
    """SHA-256 over canonical JSON, then over previous hash and digest: with nothing of ours but the data."""
    previous = "0" * 64
    for entry in CHAIN:
        content = json.loads(entry.model_dump_json(exclude={"digest", "hash", "is_erased"}))
        canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        previous = hashlib.sha256((previous + digest).encode()).hexdigest()

        assert (entry.digest, entry.hash) == (digest, previous)


def test_entry_says_who_did_what_when_and_where_it_led():
    entry = a_petition(State.IN_PROGRESS).last(Action.ACCEPT)

    assert entry is not None
    assert (entry.seq, entry.at, entry.by, entry.state) == (3, RECEIVED_AT, "officer:minh", State.IN_PROGRESS)
