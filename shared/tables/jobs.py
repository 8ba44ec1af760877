"""Checkpoints of resumable jobs: one row a job, in the partition `jobs` of the statistics table.

A job writes its checkpoint after its work, so one that dies halfway starts again from the checkpoint before; each job
is written so that doing the same work twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, NamedTuple, TypeVar

from pydantic import BeforeValidator, ConfigDict, PlainSerializer

from shared.domain.base_model import BaseModel
from shared.platform.item_by_item import item_by_item
from shared.tables.dynamo import Table, stored_instant

_PARTITION = "jobs"

Instant = Annotated[datetime, PlainSerializer(stored_instant)]
"""Stored in UTC to the second."""


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _key_after(reference: str | None) -> str:
    return json.dumps({"reference": {"S": reference}} if reference else None)


def _reference_in(value: Any) -> Any:
    if isinstance(value, str) and not value.isdigit():
        key = json.loads(value)
        return key["reference"]["S"] if key else None
    return value


Cursor = Annotated[str | None, BeforeValidator(_reference_in), PlainSerializer(_key_after)]
"""A reference; stored as the key that DynamoDB starts after, in its typed JSON."""
Names = Annotated[tuple[str, ...], BeforeValidator(_parsed), PlainSerializer(json.dumps)]
"""Stored as a list in JSON."""


class Dispatch(NamedTuple):
    """An item that the sweep sent and that is still due at the same time."""

    wake_at: datetime
    attempts: int
    """The number of times that it was sent."""
    next_at: datetime
    """The instant from which it is sent again."""


def _dumped(items: Mapping[str, Dispatch]) -> str:
    return json.dumps(
        {key: [stored_instant(d.wake_at), d.attempts, stored_instant(d.next_at)] for key, d in items.items()}
    )


Dispatches = Annotated[Mapping[str, Dispatch], BeforeValidator(_parsed), PlainSerializer(_dumped)]
"""By item, stored in JSON as `{key: [wake_at, attempts, next_at]}`."""


class Checkpoint(BaseModel):
    """The progress of one job; a subclass for each job names its row and its attributes."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)

    job: ClassVar[str]


class CalendarDispatched(Checkpoint):
    """All petitions were woken for a version of the working calendar."""

    job = "calendar-dispatched"

    version: str


class Dispatched(Checkpoint):
    """The items that the sweep before found due."""

    job = "dispatched"

    items: Dispatches


class DigestsRequested(Checkpoint):
    """The officers' digests of a day were requested."""

    job = "digests"

    day: date


class TrendsReported(Checkpoint):
    """The trends up to a day were reported, and those that last on that day (e.g. `field:NV-VAN-THU`)."""

    job = "trends"

    day: date
    jumping: Names


class Reconciled(Checkpoint):
    """The petitions that the reconciliation of a day has read."""

    job = "reconciliation"

    day: date
    start: Cursor
    """The reference after which the next page starts; None once all pages were read."""


class RolledUp(Checkpoint):
    """The changes that the statistics' rows contain."""

    job = "roll-up"

    until: Instant
    """All changes before this instant are in the rows."""
    rules: str
    """Digest of the calendar and terms that duties were computed with."""
    horizon: date
    """The day up to which duties were foreseen."""
    recounted_on: date
    """The day of the latest recount of all rows."""


C = TypeVar("C", bound=Checkpoint)


class Checkpoints:
    """Reads and writes checkpoints."""

    def __init__(self, statistics_table: str) -> None:
        self._table = Table(statistics_table)

    def get(self, kind: type[C]) -> C | None:
        """Return the latest checkpoint of a job; None before its first, or where it cannot be read.

        Each job may begin anew at any time.
        """
        item = self._table.get(_key(kind))
        read = item_by_item(
            [item] if item else [], kind.model_validate, lambda _item: kind.job, job="checkpoints"
        )
        return next(read, None)

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint over the one before it."""
        self._table.put({**_key(type(checkpoint)), **checkpoint.model_dump(mode="json")})


def _key(kind: type[Checkpoint]) -> dict[str, str]:
    return {"period": _PARTITION, "measure": kind.job}
