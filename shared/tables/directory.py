"""The ministry's own data: terms, calendar overrides, fields, units, officers, routing rules, templates.

Rows are versioned by `valid_from` and kept for 60 seconds in memory, so a change made at the desk holds
everywhere within a minute and no request pays for reading it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from pydantic import ConfigDict

from shared.domain.access.readers import Reader
from shared.domain.access.stand_ins import receiver, replaced
from shared.domain.base_model import BaseModel
from shared.domain.calendar.terms import Terms, terms_in_force
from shared.domain.calendar.working_calendar import Override, WorkingCalendar, local_date
from shared.domain.errors import RuleMissingError
from shared.domain.petition.petition import Petition
from shared.domain.procedures import conduct
from shared.domain.procedures.conduct import Parents
from shared.domain.procedures.second_look import SecondLook, second_look_of
from shared.domain.promises.restorations import Restoration, epoch_of
from shared.platform import clock
from shared.platform.item_by_item import item_by_item
from shared.tables.documents import DIRECTORY
from shared.tables.dynamo import Item, Query, Table

T = TypeVar("T")

KEPT_FOR = timedelta(seconds=60)


_AS_STORED = "#as-stored"
"""Rows as they are stored are kept apart from what is built of the same rows."""
_cache: dict[tuple[Table, str], tuple[datetime, Any]] = {}
"""The rows read, by table and kind, with the instant of reading; one cache per process."""


def forget() -> None:
    """Read the directory anew on next use (tests)."""
    _cache.clear()


class Row(BaseModel):
    """The facts of every directory row: an id, and the days on which it holds."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    valid_from: date
    valid_to: date | None = None
    """The last day, or None while it holds."""

    def holds_on(self, day: date) -> bool:
        """Return whether this row is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Unit(Row):
    """A unit of the ministry."""

    name: str
    name_en: str = ""
    short_name: str = ""
    """Unaccented, at most 20 characters, for SMS."""
    parent: str | None = None
    rung: int = 0
    """Its level when an answered petition is looked at again; 0 where it never does so."""


class Field(Row):
    """A field of responsibility and the unit that answers in it; `forward_to` names another body instead."""

    name: str
    name_en: str = ""
    unit: str | None = None
    forward_to: str | None = None
    example: str = ""


class Officer(Row):
    """An officer as the directory knows them: `id` is the user name; roles also stand in the token."""

    name: str
    email: str
    unit: str
    roles: tuple[str, ...] = ()
    reads_restricted: bool = False
    """True if an approver is a named reader of denunciations; the Task Force's inspectors are by their role."""
    confirms_changes: bool = False
    """True if an approver is named to confirm changes of the directory that one person must not make alone."""
    replaced_by: str | None = None
    """The officer who takes over the petitions of this one, who left or went to another unit."""
    stands_in_for: frozenset[str] = frozenset()
    """Those whose work this officer took over, or stands in for; found in their rows, whatever this one says."""

    def reader(self, parents: Parents) -> Reader:
        """Return the attributes that decide which petitions this officer may know of."""
        return Reader(self.roles, conduct.reporting_line(self.unit, parents), self.reads_restricted)

    def handles(self, handler: str | None) -> bool:
        """Return whether petitions of this handler are theirs: their own, or of somebody whom they replace."""
        return handler is not None and (handler == self.id or handler in self.stands_in_for)


class Absence(Row):
    """An officer is away until `valid_to`, and a colleague stands in; `id` is the user name. It ends by itself."""

    stand_in: str
    reason: str = ""
    """Why, as the unit's head wrote it: shown in the unit alone, never sent."""

    @property
    def is_void(self) -> bool:
        """True if it was taken back before it began."""
        return self.valid_to is not None and self.valid_to < self.valid_from


class OfficerPreference(Row):
    """The notices that an officer wants, as far as duty leaves a choice; `id` is the user name."""

    digest: bool = True
    """True if they get the daily digest."""
    folds: bool = False
    """True if ordinary mails (assigned, handed over, a draft waiting) are left to the digest."""


class Closed(BaseModel):
    """The doors are closed: the stored data are being restored."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    since: datetime
    until: datetime
    """The time at which they open again, as far as that is known."""


class _Operations(NamedTuple):
    """The rows of the kind `OPERATIONS`, which operators alone write (infra.restoration)."""

    restorations: tuple[Restoration, ...]
    closed: Closed | None


ABSENCE = "absence"
"""The kind of the rows of absences, which heads of units write (casework.board.absences)."""
OPERATIONS = "operations"
"""The kind of the rows of operators: a row for each restoration (its number), and `doors`."""
DOORS = "doors"

R = TypeVar("R", bound=Row)


def in_force(rows: Iterable[R], on: date) -> dict[str, R]:
    """Return the rows in force on a day, by id: the version that began last decides, and it may have ended."""
    return {row_id: row for row_id, row in _begun(rows, on).items() if row.holds_on(on)}


def _begun(rows: Iterable[R], on: date) -> dict[str, R]:
    ordered = sorted(rows, key=lambda row: row.valid_from)
    return {row.id: row for row in ordered if row.valid_from <= on}


class Directory:
    """Reads the directory table, one kind of rows at a time, and keeps it for a minute."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    @property
    def table(self) -> str:
        """The table's name, for who writes rows with their history."""
        return self._table.name

    # --- what functions ask --------------------------------------------------------------------

    def calendar(self) -> WorkingCalendar:
        """Return the calendar in force, with the administrators' overrides."""
        return self._keep("calendar", lambda rows: WorkingCalendar(_overrides(rows)))

    def all_terms(self) -> tuple[Terms, ...]:
        """Return every version of the ministry's time limits."""
        return self._keep(
            "terms", lambda rows: tuple(Terms.model_validate(_without_key(row)) for row in rows)
        )

    def terms_on(self, day: date, *, field: str | None = None, kind: str | None = None) -> Terms:
        """Return the terms in force on a day (of receipt), for the field and kind that the sender chose."""
        return terms_in_force(self.all_terms(), day, field=field, kind=kind)

    def terms_of(self, petition: Petition) -> Terms:
        """Return the terms that hold for a petition: those of its day of receipt."""
        return next((t for t in self.all_terms() if t.version == petition.terms), None) or self.terms_on(
            local_date(petition.received_at)
        )

    def units(self, on: date) -> dict[str, Unit]:
        """Return the units in force on a day, by code."""
        return in_force(self._unit_rows(), on)

    def names_of_units(self, on: date) -> tuple[Unit, ...]:
        """Return the units in force on a day with every earlier version: people go on using the names they had."""
        current = self.units(on)
        return tuple(unit for unit in self._unit_rows() if unit.id in current and unit.valid_from <= on)

    def _unit_rows(self) -> tuple[Unit, ...]:
        return self._keep("unit", lambda rows: tuple(Unit.model_validate(row) for row in rows))

    def fields(self, on: date) -> dict[str, Field]:
        """Return the fields in force on a day, by code."""
        return in_force(
            self._keep("field", lambda rows: tuple(Field.model_validate(row) for row in rows)), on
        )

    def codes_of_fields(self) -> frozenset[str]:
        """Return the codes of all fields that ever were: what was published keeps the code that it had."""
        return frozenset(str(row["id"]) for row in self.rows("field"))

    def officers(self) -> dict[str, Officer]:
        """Return the officers in force today, by user name."""
        today = local_date(clock.now())
        begun = _begun(self._officer_rows(), today)
        current = {name: officer for name, officer in begun.items() if officer.holds_on(today)}
        followed = [officer for officer in begun.values() if officer.replaced_by]
        absent = self.absences(today)
        return {
            name: officer.model_copy(
                update={
                    "stands_in_for": replaced(officer, followed, today)
                    | {who for who, absence in absent.items() if absence.stand_in == name}
                }
            )
            for name, officer in current.items()
        }

    def absences(self, on: date) -> dict[str, Absence]:
        """Return the officers who are away on a day, by user name, with the colleague who stands in."""
        rows = sorted(self.all_absences(), key=lambda row: row.valid_from)
        return {row.id: row for row in rows if row.holds_on(on)}

    def all_absences(self) -> tuple[Absence, ...]:
        """Return every absence that was ever recorded."""
        return self._keep(ABSENCE, lambda rows: _each(rows, Absence))

    def working(self, username: str, on: date) -> str:
        """Return the officer who gets new work meant for another: their stand-in while they are away, else themselves.

        A stand-in who is away too passes it on; a circle ends with who was named.
        """
        return receiver(username, {who: absence.stand_in for who, absence in self.absences(on).items()})

    def officers_names(self) -> dict[str, str]:
        """Return the names of all officers by user name, also of those who left: the history names them."""
        return {row.id: row.name for row in self._officer_rows()}

    def _officer_rows(self) -> tuple[Officer, ...]:
        return self._keep("officer", lambda rows: _each(rows, Officer))

    def parents(self, on: date) -> dict[str, str | None]:
        """Return which unit each unit of a day reports to."""
        return {code: unit.parent for code, unit in self.units(on).items()}

    def examiner(self, complained_units: Iterable[str], on: date) -> str:
        """Return the unit that examines a complaint about the conduct of these units (none: the unit is unknown)."""
        inspectorate = self.unit_responsible_for(conduct.FIELD, on)
        return conduct.examiner(inspectorate, complained_units, self.parents(on))

    def preference_of(self, officer: str) -> OfficerPreference:
        """Return the notices that an officer wants; the latest row counts."""
        rows = self._keep("officer-preference", lambda rows: _each(rows, OfficerPreference))
        theirs = [row for row in rows if row.id == officer]
        latest = max(theirs, key=lambda row: row.valid_from, default=None)
        return latest or OfficerPreference(id=officer, valid_from=date.min)

    def unit_responsible_for(self, field: str, on: date) -> str:
        """Return the unit that answers in a field on a day.

        Raises:
            RuleMissingError: when the directory has no such field, or it went to another body.
        """
        row = self.fields(on).get(field)
        if row is None or row.unit is None:
            raise RuleMissingError(f"no unit for field {field} on {on}")
        return row.unit

    def second_look_of(self, petition: Petition, on: date) -> SecondLook:
        """Return the unit that looks again at an answered petition, were it reopened on a day.

        Raises:
            ActionNotPossibleError: no unit has a rung.
        """
        approver = self.officers().get((petition.answer and petition.answer.approved_by) or "")
        parents = self.parents(on)
        rungs = {
            unit.id: unit.rung
            for unit in self.units(on).values()
            if not conduct.is_barred(unit.id, petition.complained_unit, parents)
        }
        return second_look_of(petition, rungs, approver.unit if approver else None)

    def restorations(self) -> tuple[Restoration, ...]:
        """Return the restorations of the stored data so far: none, unless the worst has happened."""
        return self._operations().restorations

    def epoch_at(self, at: datetime) -> int:
        """Return the epoch of a history entry that was made at an instant: 0 before any restoration."""
        return epoch_of(at, self.restorations())

    def closed(self) -> Closed | None:
        """Return since when nothing is taken while the data are restored; None while the doors are open."""
        return self._operations().closed

    def _operations(self) -> _Operations:
        return self._keep(OPERATIONS, _operations_in)

    def rows(self, kind: str) -> tuple[dict[str, Any], ...]:
        """Return all rows of a kind as they are stored (routing rules, templates, administration)."""
        return self._keep(f"{kind}{_AS_STORED}", tuple)

    # --- writing (administration, seeding) -------------------------------------------------------

    def put(self, kind: str, id: str, valid_from: date, facts: dict[str, Any]) -> None:  # noqa: A002 - the row's own word
        """Write one version of a row; the same version again replaces it."""
        body = {**facts, "id": id, "valid_from": valid_from.isoformat()}
        self._table.put({**_key(kind, id, valid_from), "body": json.dumps(body, ensure_ascii=False)})
        self.has_changed(kind)

    def remove(self, kind: str, id: str, valid_from: date) -> None:  # noqa: A002 - the row's own word
        """Remove one version of a row (an override that was declared by mistake)."""
        self._table.delete(_key(kind, id, valid_from))
        self.has_changed(kind)

    # --- the cache --------------------------------------------------------------------------------

    def _keep(self, kind: str, build: Callable[[list[dict[str, Any]]], T]) -> T:
        now = clock.now()
        cached = _cache.get((self._table, kind))
        if cached is None or abs(now - cached[0]) >= KEPT_FOR:
            cached = (now, build(self._read(kind.removesuffix(_AS_STORED))))
            _cache[self._table, kind] = cached
        value: T = cached[1]
        return value

    def has_changed(self, kind: str) -> None:
        """Read a kind anew on next use: it was just written."""
        for name in (kind, f"{kind}{_AS_STORED}"):
            _cache.pop((self._table, name), None)

    def _read(self, kind: str) -> list[dict[str, Any]]:
        items = self._table.query_all(Query("kind = :kind", {"kind": kind}))
        return [_row(item) for item in items]


def _row(item: Item) -> dict[str, Any]:
    DIRECTORY.require(item)
    row: dict[str, Any] = json.loads(item["body"])
    return row


def _each(rows: list[dict[str, Any]], model: type[R]) -> tuple[R, ...]:
    """Return the rows about persons; one that cannot be read takes nobody else from the desk."""
    return tuple(item_by_item(rows, model.model_validate, lambda row: str(row.get("id")), job="directory"))


def _key(kind: str, row_id: str, valid_from: date) -> dict[str, str]:
    return {"kind": kind, "row": f"{row_id}#{valid_from.isoformat()}"}


def _operations_in(rows: list[dict[str, Any]]) -> _Operations:
    restorations = sorted(
        (Restoration.model_validate(row) for row in rows if row["id"] != DOORS), key=lambda each: each.number
    )
    doors = next((row for row in rows if row["id"] == DOORS and row.get("since")), None)
    return _Operations(tuple(restorations), Closed.model_validate(doors) if doors else None)


def _overrides(rows: list[dict[str, Any]]) -> Iterable[Override]:
    """Return one override a day: the latest row wins, and a withdrawn one counts for nothing."""
    latest = {row["on"]: row for row in sorted(rows, key=lambda row: str(row["valid_from"]))}
    return [_override(row) for row in latest.values() if not row.get("is_withdrawn")]


def _override(row: dict[str, Any]) -> Override:
    return Override(
        on=date.fromisoformat(row["on"]), kind=row["kind"], document=row["document"], name=row.get("name", "")
    )


def _without_key(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key not in _KEPT_BESIDE_TERMS}


_KEPT_BESIDE_TERMS = frozenset({"valid_to", "changed_by", "changed_at"})
"""The attributes of a row that are no time limits: its end, and who wrote it when."""
