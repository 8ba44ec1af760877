"""A petition that earlier code stored is written to the table with the same attributes (see `tests/rules/petition`)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.layout import ROOT
from shared.platform import aws
from shared.tables.petition_items import petition_of
from shared.tables.petitions import Petitions
from tests.support.builders import RECEIVED_AT
from tests.support.memory_store import MemoryDirectory
from tests.support.system import System

STORED = json.loads((ROOT / "tests/rules/petition/stored_petitions.json").read_text("utf-8"))
MARKS = {
    "routed, corrected, disputed": ["SUPPLEMENTED"],
    "follows into another": ["MERGED"],
    "answered and published with its parent": ["MERGED"],
    "refused with its parent": ["MERGED"],
    "forwarded with the parent of its parent": ["MERGED"],
}
"""The marks that the card has since: earlier code wrote none, and a card without any is written as before."""
OTHER_CONTACTS = {"overdue": "d" * 32}
"""The keys of second contacts, which have an index since: earlier code wrote none."""

FIRST_NAMES = dict.fromkeys(("published and rated", "second look"), "2026-06-01T08:32:00Z#55555555")
"""The names of answers that were published anew: since, the first publication's, so that their pages stay."""


@pytest.fixture(scope="module")
def table(running_system: System) -> str:
    """An empty table, at the time at which the items were made."""
    running_system.reset(at=RECEIVED_AT)
    name: str = running_system.local.cloud.outputs["PetitionsTable"]
    return name


@pytest.mark.parametrize(
    ("item", "marks", "other_contact", "first_name"),
    [
        pytest.param(
            stored["item"],
            MARKS.get(stored["name"]),
            OTHER_CONTACTS.get(stored["name"]),
            FIRST_NAMES.get(stored["name"]),
            id=stored["name"],
        )
        for stored in STORED
    ],
)
def test_a_stored_petition_is_written_with_the_same_attributes(
    table: str,
    item: dict[str, Any],
    marks: list[str] | None,
    other_contact: str | None,
    first_name: str | None,
) -> None:
    petitions = Petitions(table, MemoryDirectory())
    petition = petition_of(item)
    aws.client("dynamodb").delete_item(TableName=table, Key={"reference": item["reference"]})

    assert petitions.add(petition) is None

    written = aws.client("dynamodb").get_item(TableName=table, Key={"reference": item["reference"]})["Item"]
    expected = readable({"schema": {"N": "1"}, **item})
    if marks:
        expected["card"] = {**expected["card"], "marks": marks}
    if other_contact:
        expected["other_contact_key"] = other_contact
    if first_name:
        expected["published_at"] = first_name
        expected["public"] = {**expected["public"], "name": first_name}
    assert readable(written) == expected
    assert petitions.get(petition.reference) == petition


def readable(item: dict[str, Any]) -> dict[str, Any]:
    """An item with its JSON read: the order of an object's members says nothing."""
    values = {name: next(iter(value.values())) for name, value in item.items()}
    return {
        name: json.loads(value) if value.startswith(("{", "[")) else value for name, value in values.items()
    }
