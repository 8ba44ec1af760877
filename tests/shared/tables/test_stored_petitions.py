"""A petition that earlier code stored is written to the table with the same attributes (see `tests/rules/petition`)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.platform import aws
from shared.tables.petition_items import petition_of
from shared.tables.petitions import Petitions
from tests.support.builders import RECEIVED_AT
from tests.support.memory_store import MemoryDirectory
from tests.support.system import System

ROOT = Path(__file__).parents[3]
STORED = json.loads((ROOT / "tests/rules/petition/stored_petitions.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def table(running_system: System) -> str:
    """An empty table, at the time at which the items were made."""
    running_system.reset(at=RECEIVED_AT)
    name: str = running_system.local.cloud.outputs["PetitionsTable"]
    return name


@pytest.mark.parametrize("item", [pytest.param(stored["item"], id=stored["name"]) for stored in STORED])
def test_a_stored_petition_is_written_with_the_same_attributes(table: str, item: dict[str, Any]) -> None:
    petitions = Petitions(table, MemoryDirectory())
    petition = petition_of(item)
    aws.client("dynamodb").delete_item(TableName=table, Key={"reference": item["reference"]})

    assert petitions.add(petition) is None

    written = aws.client("dynamodb").get_item(TableName=table, Key={"reference": item["reference"]})["Item"]
    assert readable(written) == readable({**item, "schema": {"N": "1"}})
    assert petitions.get(petition.reference) == petition


def readable(item: dict[str, Any]) -> dict[str, Any]:
    """An item with its JSON read: the order of an object's members says nothing."""
    values = {name: next(iter(value.values())) for name, value in item.items()}
    return {
        name: json.loads(value) if value.startswith(("{", "[")) else value for name, value in values.items()
    }
