"""Checkpoints of resumable jobs: one row a job, in the partition `jobs` of the statistics table.

A job writes its checkpoint after its work, so one that dies halfway starts again from the checkpoint before; each job
is written so that doing the same work twice changes nothing.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, NamedTuple, TypeVar

from pydantic import BeforeValidator, ConfigDict, PlainSerializer

from shared.domain.base_model import BaseModel
from shared.platform.item_by_item import item_by_item
from shared.tables.dynamo import ConditionFailedError, Item, Query, Table, stored_instant

_PARTITION = "jobs"

Instant = Annotated[datetime, PlainSerializer(stored_instant)]
"""Stored in UTC to the second."""


def _parsed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _day_or_none(day: date | None) -> str | None:
    return day.isoformat() if day else None


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

    model_config = ConfigDict(frozen=True, extra="ignore")

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


class AnswersRequested(Checkpoint):
    """The mails about a week's new answers were requested."""

    job = "answers-by-mail"

    monday: date


class TrendsReported(Checkpoint):
    """The trends up to a day were reported, and those that last on that day (e.g. `field:NV-VAN-THU`)."""

    job = "trends"

    day: date
    jumping: Names


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
    since: Annotated[date | None, PlainSerializer(_day_or_none)] = None
    """The first day of receipt that is known; None where earlier code wrote it."""


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


class Round(NamedTuple):
    """One round of a resumable job: every shard of its work, once."""

    job: str
    name: str
    """The cause of the round, e.g. a day: the same cause begins no second round."""
    shards: tuple[str, ...]
    started_at: datetime
    completed_at: datetime | None
    is_new: bool = False
    """True: it was begun by this very call, so none of its shards is."""


class Progress(NamedTuple):
    """The progress of one shard in a round."""

    cursor: str | None
    """The place after which its next step starts; None at its beginning."""
    is_done: bool


NOT_BEGUN = Progress(None, is_done=False)


class Rounds:
    """Reads and writes the rounds of resumable jobs: one row for a round, and one for each of its shards."""

    def __init__(self, statistics_table: str) -> None:
        self._table = Table(statistics_table)

    def current(self, job: str) -> Round | None:
        """Return the latest round of a job; None before its first."""
        item = self._table.get(_round_key(job))
        return _round_of(item) if item else None

    def latest(self, jobs: Iterable[str]) -> dict[str, Round]:
        """Return the latest round of each of some jobs, read by one call; a job without one is left out."""
        rounds = map(_round_of, self._table.batch_get(map(_round_key, jobs)))
        return {each.job: each for each in rounds}

    def forget(self, job: str = "") -> None:
        """Remove the round of a job with its progress; without a name, of all jobs: they begin anew."""
        query = Query(
            "period = :period AND begins_with(measure, :rounds)",
            {"period": _PARTITION, "rounds": f"{_ROUND}{job}"},
            is_consistent=True,
        )
        for item in self._table.query_all(query):
            if not job or item["measure"].removeprefix(_ROUND).partition("#")[0] == job:
                self._table.delete({"period": _PARTITION, "measure": item["measure"]})

    def begin(self, job: str, name: str, shards: Iterable[str], now: datetime) -> Round:
        """Begin a round, unless it was begun before; a round of another name that was unfinished is given up."""
        begun = Round(job, name, tuple(shards), now, None, is_new=True)
        try:
            self._table.put_if(
                _round_item(begun), "attribute_not_exists(#round) OR #round <> :name", {"name": name}
            )
        except ConditionFailedError:
            return self.current(job) or begun
        return begun

    def complete(self, finished: Round, now: datetime) -> None:
        """Write that a round is complete, unless another one has begun."""
        with suppress(ConditionFailedError):
            self._table.put_if(
                _round_item(finished._replace(completed_at=now)), "#round = :name", {"name": finished.name}
            )

    def progress(self, current: Round) -> dict[str, Progress]:
        """Return the progress of each shard."""
        query = Query(
            "period = :period AND begins_with(measure, :shards)",
            {"period": _PARTITION, "shards": f"{_ROUND}{current.job}#"},
            is_consistent=True,
        )
        stored = {
            item["measure"].rpartition("#")[2]: Progress(item.get("position"), item["is_done"])
            for item in self._table.query_all(query)
            if item["round"] == current.name
        }
        return {shard: stored.get(shard, NOT_BEGUN) for shard in current.shards}

    def advance(self, current: Round, shard: str, seen: Progress, reached: Progress) -> bool:
        """Write how far a shard has come, if nobody else has gone on with it; return whether it was written."""
        item = {
            **_round_key(f"{current.job}#{shard}"),
            "round": current.name,
            "position": reached.cursor,
            "is_done": reached.is_done,
            "written_as": uuid.uuid4().hex,
        }
        condition, values = "attribute_not_exists(#round) OR #round <> :name", {"name": current.name}
        if seen.cursor is not None:
            condition, values = "#round = :name AND #position = :seen", {**values, "seen": seen.cursor}
        try:
            self._table.put_if(item, condition, values)
        except ConditionFailedError as error:
            # It may be our own write, whose reply was lost.
            return (error.old or {}).get("written_as") == item["written_as"]
        return True


_ROUND = "round:"


def _round_key(name: str) -> dict[str, str]:
    return {"period": _PARTITION, "measure": f"{_ROUND}{name}"}


def _round_of(item: Item) -> Round:
    completed_at = item.get("completed_at")
    return Round(
        item["measure"].removeprefix(_ROUND),
        item["round"],
        tuple(json.loads(item["shards"])),
        datetime.fromisoformat(item["started_at"]),
        datetime.fromisoformat(completed_at) if completed_at else None,
    )


def _round_item(current: Round) -> dict[str, str | None]:
    return {
        **_round_key(current.job),
        "round": current.name,
        "shards": json.dumps(current.shards),
        "started_at": stored_instant(current.started_at),
        "completed_at": stored_instant(current.completed_at) if current.completed_at else None,
    }


def _key(kind: type[Checkpoint]) -> dict[str, str]:
    return {"period": _PARTITION, "measure": kind.job}
