"""The wrapper of DynamoDB: typed values, names of attributes, conditions, pages, back-off, retries."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import moto.dynamodb.parsing
import pytest

from infra.tools.import_graph import source_files, syntax_tree
from shared.domain.errors import StaleVersionError
from shared.platform import aws
from shared.tables import dynamo
from shared.tables.batches import batch_get
from shared.tables.batches.batch_get import UnprocessedKeysError
from shared.tables.dynamo import (
    ConditionalPut,
    ConditionFailedError,
    Query,
    Table,
    with_ties,
)
from tests.architecture.sources import place
from tests.support.builders import RECEIVED_AT
from tests.support.system import System

RESERVED = frozenset(
    (Path(moto.dynamodb.parsing.__path__[0]) / "reserved_keywords.txt").read_text("utf-8").split()
)
OPERATORS = {"ADD", "AND", "BETWEEN", "CONTAINS", "IN", "NOT", "OR", "REMOVE", "SET", "SIZE"}
EXPRESSION = re.compile(r"(=|<|>|<=|BETWEEN|ADD \w+|IN \() :|attribute_(not_)?exists\(")
WORD = re.compile(r"(?<![#:\w])[A-Za-z_]\w*")


@pytest.fixture
def throttle(running_system: System) -> Table:
    running_system.reset(at=RECEIVED_AT)
    return Table(running_system.local.cloud.outputs["ThrottleTable"])


@pytest.fixture
def statistics(running_system: System) -> Table:
    running_system.reset(at=RECEIVED_AT)
    return Table(running_system.local.cloud.outputs["StatisticsTable"])


class ThrottledTable:
    """DynamoDB that reads only the first key of each batch."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, reads: int) -> None:
        self.calls = 0
        self._reads = reads
        monkeypatch.setattr(aws, "client", lambda _service: self)

    def batch_get_item(self, RequestItems: dict[str, Any]) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        self.calls += 1
        ((table, request),) = RequestItems.items()
        read, left = request["Keys"][: self._reads], request["Keys"][self._reads :]
        unprocessed = {table: {"Keys": left}} if left else {}
        return {"Responses": {table: read}, "UnprocessedKeys": unprocessed}


def test_item_comes_back_as_it_was_written_without_what_is_none(throttle: Table):
    throttle.put({"key": "a", "tries": 3, "is_stopped": True, "names": {"x", "y"}, "reason": None})

    assert throttle.get({"key": "a"}) == {"key": "a", "tries": 3, "is_stopped": True, "names": {"x", "y"}}
    assert throttle.get({"key": "b"}) is None


def test_failed_condition_of_a_put_gives_the_item_that_stands_there(throttle: Table):
    throttle.put_if({"key": "a", "claim": "first"}, "attribute_not_exists(#key)")

    with pytest.raises(ConditionFailedError) as refused:
        throttle.put_if({"key": "a", "claim": "second"}, "attribute_not_exists(#key)")

    assert refused.value.old == {"key": "a", "claim": "first"}
    assert throttle.get({"key": "a"}) == {"key": "a", "claim": "first"}


def test_failed_condition_on_no_item_has_no_old_one(throttle: Table):
    with pytest.raises(ConditionFailedError) as refused:
        throttle.put_if({"key": "a", "claim": "second"}, "claim = :claim", {"claim": "first"})

    assert refused.value.old is None


@pytest.mark.parametrize(
    ("returns", "expected"),
    [
        pytest.param("ALL_NEW", {"key": "a", "name": "new", "tries": 2}, id="as it is now"),
        pytest.param("ALL_OLD", {"key": "a", "name": "old", "tries": 1}, id="as it was"),
    ],
)
def test_update_returns_the_item(throttle: Table, returns, expected):
    throttle.put({"key": "a", "name": "old", "tries": 1})

    changed = throttle.update_if(
        {"key": "a"},
        "SET #n = :new ADD tries :one",
        "#n = :old",
        {"new": "new", "old": "old", "one": 1},
        names={"n": "name"},
        returns=returns,
    )

    assert changed == expected


def test_failed_condition_of_an_update_gives_the_item_that_stands_there(throttle: Table):
    throttle.put({"key": "a", "tries": 5})

    with pytest.raises(ConditionFailedError) as refused:
        throttle.update_if({"key": "a"}, "ADD tries :one", "tries < :limit", {"one": 1, "limit": 5})

    assert refused.value.old == {"key": "a", "tries": 5}


def test_query_goes_on_to_its_last_page(statistics: Table):
    for number in range(30):
        statistics.put({"period": "2026-11", "measure": f"{number:02}", "groups": "x" * 100_000})

    first = statistics.query(Query("period = :period", {"period": "2026-11"}))
    everything = list(statistics.query_all(Query("period = :period", {"period": "2026-11"})))

    assert first.last_key is not None
    assert [item["measure"] for item in everything] == [f"{number:02}" for number in range(30)]


def test_next_page_starts_after_the_last_key(statistics: Table):
    for number in range(5):
        statistics.put({"period": "2026-11", "measure": str(number)})
    query = Query("period = :period", {"period": "2026-11"}, is_ascending=False)

    first = statistics.query(query, limit=3)
    second = statistics.query(query, limit=3, start_after=first.last_key)

    assert [item["measure"] for item in first.items + second.items] == ["4", "3", "2", "1", "0"]
    assert second.last_key is None


def test_scan_reads_every_page(statistics: Table):
    for number in range(30):
        statistics.put({"period": f"{number:02}", "measure": "-", "groups": "x" * 100_000})

    assert len(statistics.scan().items) < 30
    assert len(list(statistics.scan_all())) == 30


def test_batch_reads_more_keys_than_one_call_takes(throttle: Table):
    for number in range(130):
        throttle.put({"key": str(number)})

    items = list(throttle.batch_get({"key": str(number)} for number in range(140)))

    assert {item["key"] for item in items} == {str(number) for number in range(130)}


def test_unprocessed_keys_are_asked_for_again_after_a_growing_back_off(monkeypatch):
    dynamodb = ThrottledTable(monkeypatch, reads=1)
    waits: list[float] = []

    items = list(Table("t").batch_get([{"key": "a"}, {"key": "b"}, {"key": "c"}], sleep=waits.append))

    assert [item["key"] for item in items] == ["a", "b", "c"]
    assert waits == [0.05, 0.1]
    assert dynamodb.calls == 3


def test_keys_that_are_never_processed_are_an_error_after_a_bounded_number_of_attempts(monkeypatch):
    dynamodb = ThrottledTable(monkeypatch, reads=0)
    waits: list[float] = []

    with pytest.raises(UnprocessedKeysError):
        list(Table("t").batch_get([{"key": "a"}], sleep=waits.append))

    assert dynamodb.calls == batch_get.BATCH_ATTEMPTS
    assert waits == [0.05, 0.1, 0.2, 0.4, 0.8]


def test_lost_race_is_tried_again():
    outcomes = iter([StaleVersionError(2), StaleVersionError(3), "written"])

    def attempt():
        outcome = next(outcomes)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    assert dynamo.retry_when_stale(attempt) == "written"


def test_race_that_is_always_lost_ends_after_a_bounded_number_of_attempts():
    attempts = []

    def attempt():
        attempts.append(1)
        raise StaleVersionError(len(attempts))

    with pytest.raises(StaleVersionError) as refused:
        dynamo.retry_when_stale(attempt)

    assert len(attempts) == dynamo.ATTEMPTS
    assert refused.value.current_version == dynamo.ATTEMPTS


def reserved_in(expression: str) -> set[str]:
    """Return the reserved words that stand for attributes in an expression (moto lets some of them pass)."""
    words = {word.upper() for word in WORD.findall(expression)}
    return (words & RESERVED) - OPERATORS


def test_reserved_word_is_recognised():
    assert reserved_in("reference = :reference AND #state = :state") == {"REFERENCE"}
    assert reserved_in("SET #at = :at ADD tries :one") == set()


def test_no_expression_names_an_attribute_by_a_reserved_word():
    offenders = {
        place(path, node): words
        for path in source_files("shared/tables")
        for node in ast.walk(syntax_tree(path))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and "\n" not in node.value
        and EXPRESSION.search(node.value)
        and (words := reserved_in(node.value))
    }

    assert offenders == {}


def test_several_items_are_written_together_or_not_at_all(throttle: Table):
    throttle.put({"key": "b", "claim": "other"})
    new = ConditionalPut({"key": "a", "claim": "mine"}, "attribute_not_exists(#key)")

    with pytest.raises(ConditionFailedError) as refused:
        throttle.put_all_if([new, ConditionalPut({"key": "b"}, "claim = :mine", {"mine": "mine"})])
    nothing = throttle.get({"key": "a"})
    throttle.put_all_if([new, ConditionalPut({"key": "b"}, "claim = :other", {"other": "other"})])

    assert refused.value.old == {"key": "b", "claim": "other"}
    assert nothing is None
    assert throttle.get({"key": "a"}) == {"key": "a", "claim": "mine"}
    assert throttle.get({"key": "b"}) == {"key": "b"}


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        pytest.param(1, ["a1"], id="a last one alone"),
        pytest.param(2, ["a1", "b1", "b2", "b3"], id="the others of the last one's key come too"),
        pytest.param(4, ["a1", "b1", "b2", "b3"], id="as many as are wanted, to the end of a key"),
        pytest.param(9, ["a1", "b1", "b2", "b3", "c1"], id="fewer than are wanted"),
    ],
)
def test_page_that_ends_within_a_key_holds_all_of_it(limit: int, expected: list[str]):
    items = ["a1", "b1", "b2", "b3", "c1"]

    assert list(with_ties(items, limit, lambda item: item[0])) == expected
