"""Petitions that are stored packed are read as long as there are any, and say what those in text say."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.tables.documents import PETITION, packed, unpacked
from shared.tables.dynamo import decode, encode
from shared.tables.petition_items import item_bytes, item_of, petition_in, petition_of
from tests.support.builders import RECEIVED_AT, a_petition

GOLDEN = Path(__file__).parent / "golden" / "petition-3-packed.json"
"""Packed documents in base64, as they stand in tables, each with its JSON."""
DICTIONARY = 0x8EDB35E2
"""The checksum of the dictionary, which each packed value names."""
STATES = pytest.mark.parametrize(
    "state", [State.RECEIVED, State.IN_PROGRESS, State.AWAITING_APPROVAL, State.ANSWERED, State.CLOSED]
)


def stored(petition: Petition, *, is_packed: bool) -> dict[str, Any]:
    """Return the item of a petition."""
    return dict(item_of(petition, RECEIVED_AT + timedelta(days=1), is_packed=is_packed))


@pytest.mark.parametrize("golden", json.loads(GOLDEN.read_text("utf-8")))
def test_what_was_once_packed_is_read(golden: dict[str, str]):
    assert json.loads(unpacked(base64.b64decode(golden["packed"]))) == golden["document"]


def test_the_dictionary_is_never_changed():
    content = packed("{}")

    assert content[1] & 0x20, "the dictionary is named"
    assert int.from_bytes(content[2:6], "big") == DICTIONARY, "another one needs a number of the schema"


@given(st.text())
def test_each_text_is_read_as_it_was_packed(text: str):
    assert unpacked(packed(text)) == text


@STATES
def test_a_packed_petition_says_what_one_in_text_says(state: State):
    petition = a_petition(state)

    text, dense = (stored(petition, is_packed=is_packed) for is_packed in (False, True))

    expected = {
        name: json.loads(value) | {"schema": 3} if str(value).startswith("{") else value
        for name, value in text.items()
        if name != "state"
    }
    read = {
        name: json.loads(unpacked(value)) if isinstance(value, bytes) else value
        for name, value in dense.items()
    }
    assert read == expected | {"schema": 3}
    assert petition_in(dense).model_dump() == petition.model_dump() | {"schema": 3}
    assert petition_in(dense).fault is None


@STATES
def test_a_packed_petition_is_half_as_long(state: State):
    petition = a_petition(state)

    assert item_bytes(stored(petition, is_packed=True)) < 0.7 * item_bytes(stored(petition, is_packed=False))


@pytest.mark.parametrize("is_packed", [False, True])
def test_what_was_written_packed_stays_so(*, is_packed: bool):
    before = stored(a_petition(), is_packed=True)

    assert stored(petition_in(before), is_packed=is_packed) == before


def test_a_stream_hands_packed_petitions_on_in_base64():
    item = stored(a_petition(), is_packed=True)
    image = json.loads(json.dumps(encode(item), default=lambda packed: base64.b64encode(packed).decode()))

    assert petition_of(image) == petition_in(item)
    assert decode(image) == decode(encode(item)) == item


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}", id="text"),
        pytest.param(packed("{}")[:-4], id="cut off"),
        pytest.param(packed("[1]"), id="no petition"),
    ],
)
def test_what_is_no_packed_petition_is_not_read(content: bytes):
    with pytest.raises(ValidationError):
        PETITION.read(Petition, content)
