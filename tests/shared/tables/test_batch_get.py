"""Items that a door announces come along with the next one that is read, and are good for one read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from shared.platform import aws
from shared.tables.batches.batch_get import announced
from shared.tables.dynamo import Table
from tests.support.builders import RECEIVED_AT
from tests.support.system import System

SESSION, PETITION = {"key": "session#1"}, {"period": "2026-11", "measure": "1"}


class Listening:
    """DynamoDB as it is, with its calls counted; a batch may leave keys unread at first."""

    def __init__(self, client: Any, *, unread_at_first: bool) -> None:
        self.calls: Counter[str] = Counter()
        self._client = client
        self._is_throttled = unread_at_first

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def call(**request: Any) -> Any:
            self.calls[name] += 1
            if name == "batch_get_item" and self._is_throttled:
                self._is_throttled = False
                return {"Responses": {}, "UnprocessedKeys": request["RequestItems"]}
            return getattr(self._client, name)(**request)

        return call


@pytest.fixture
def tables(running_system: System) -> tuple[Table, Table]:
    """Two tables, with an item each."""
    running_system.reset(at=RECEIVED_AT)
    outputs = running_system.local.cloud.outputs
    sessions, petitions = Table(outputs["ThrottleTable"]), Table(outputs["StatisticsTable"])
    sessions.put(SESSION | {"officer": "minh"})
    petitions.put(PETITION | {"state": "ASSIGNED"})
    return sessions, petitions


@pytest.fixture(params=[False, True], ids=["read at once", "unread at first"])
def calls(request: pytest.FixtureRequest, tables: object, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """The calls to DynamoDB from now on."""
    listening = Listening(aws.client("dynamodb"), unread_at_first=request.param)
    monkeypatch.setattr(aws, "client", lambda _service: listening)
    return listening.calls


def test_announced_item_comes_along_with_the_one_before_it(tables: tuple[Table, Table], calls: Counter[str]):
    sessions, petitions = tables

    with announced([petitions.key(PETITION), petitions.key(PETITION | {"measure": "none"})]):
        session, petition = sessions.get(SESSION), petitions.get(PETITION)
        nothing = petitions.get(PETITION | {"measure": "none"})

    assert session == SESSION | {"officer": "minh"}
    assert petition == PETITION | {"state": "ASSIGNED"}
    assert nothing is None
    assert calls.keys() == {"batch_get_item"}


def test_what_came_along_is_good_for_one_read(tables: tuple[Table, Table], calls: Counter[str]):
    """A second read asks DynamoDB: somebody else changed the item."""
    sessions, petitions = tables

    with announced([petitions.key(PETITION)]):
        sessions.get(SESSION)
        before = petitions.get(PETITION)
        petitions.put(PETITION | {"state": "IN_PROGRESS"})
        after = petitions.get(PETITION)

    assert before is not None
    assert after is not None
    assert (before["state"], after["state"]) == ("ASSIGNED", "IN_PROGRESS")
    assert calls["get_item"] == 1


def test_announced_item_that_is_read_first_is_read_alone_and_by_the_next_door_anew(
    tables: tuple[Table, Table], calls: Counter[str]
):
    sessions, petitions = tables

    with announced([petitions.key(PETITION)]):
        assert petitions.get(PETITION) is not None
    assert petitions.get(PETITION) is not None
    assert sessions.get({"key": "session#2"}) is None

    assert calls == {"get_item": 3}
