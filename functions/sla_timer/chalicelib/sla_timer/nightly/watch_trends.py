"""Looks once a day, after the roll-up, whether a field, unit, province or kind jumped; alarms on the day it begins.

What jumped on the day looked at last is kept in one row, written after the alarm: a jump that lasts alarms once.
Denunciations are left out, because whoever is alarmed could not see them in the report; their readers do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.tallies import Breakdown
from shared.domain.petition.values.classification import Lane
from shared.platform import aws, telemetry
from shared.tables.statistics import Figure, Reading, Statistics
from shared.use_cases.find_trends import Daily, trends

_KEY: dict[str, Any] = {"period": {"S": "jobs"}, "measure": {"S": "trends"}}


class TrendWatch:
    """Counts jumps that were not there the day before."""

    def __init__(self, statistics: Statistics, statistics_table: str) -> None:
        self._statistics = statistics
        self._table = statistics_table

    def look_if_due(self, now: datetime) -> list[str] | None:
        """Look at the seven days up to yesterday.

        Returns:
            what began to jump, as `field:NV-VAN-THU`; None when today was looked at already.
        """
        today = local_date(now)
        item = (
            aws.client("dynamodb").get_item(TableName=self._table, Key=_KEY, ConsistentRead=True).get("Item")
        )
        if item is not None and item["day"]["S"] == today.isoformat():
            return None
        before = set(json.loads(item["jumping"]["S"])) if item is not None else set()
        found = trends(_open_to_leaders(self._statistics.at(now)), today - timedelta(days=1))
        jumping = [f"{trend.by}:{trend.jump.group}" for trend in found]
        began = [one for one in jumping if one not in before]
        telemetry.count("TrendAlarm", len(began))
        if began:
            telemetry.logger().warning("trend", began=began)
        aws.client("dynamodb").put_item(
            TableName=self._table,
            Item={**_KEY, "day": {"S": today.isoformat()}, "jumping": {"S": json.dumps(jumping)}},
        )
        return began


def _open_to_leaders(reading: Reading) -> Daily:
    def daily(by: Breakdown, first: date, last: date) -> Iterator[tuple[date, Figure]]:
        for day, figure in reading.daily(by, first, last):
            if figure.shelf.lane is not Lane.RESTRICTED:
                yield day, figure

    return daily
