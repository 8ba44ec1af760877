"""An item that cannot be read is counted and left out; what is about all items stops all."""

from __future__ import annotations

import json

import pytest

from shared.platform.item_by_item import item_by_item
from shared.platform.queues import SendingFailedError
from tests.support.log_capture import Overheard


def test_the_others_are_worked_on_and_the_one_is_counted_and_named(capsys: pytest.CaptureFixture[str]):
    with Overheard() as overheard:
        results = list(
            item_by_item(["1", "Trần Thị Mùa", "3"], int, lambda item: f"key-{len(item)}", job="test")
        )

    assert results == [1, 3]
    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "ItemsSkipped" in line]
    assert [metric["ItemsSkipped"] for metric in metrics if "ItemsSkipped" in metric] == [[1]]
    assert "key-12" in str(overheard.lines())
    assert "Mùa" not in str(overheard.lines())


def test_failure_that_is_about_all_items_is_raised():
    def work(_item: str) -> int:
        raise SendingFailedError([0])

    with pytest.raises(SendingFailedError):
        list(item_by_item(["1", "2"], work, str, job="test"))
