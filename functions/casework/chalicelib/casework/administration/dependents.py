"""What depends on a unit, field or officer: shown before a row ends, and what must not be left without an owner.

Each dependent is named by the rule that it breaks when the row ends (`shared.web.http.RULES` says what to do instead).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer, Role
from chalicelib.casework.actions.eligible_units import INTAKE_FIELD
from chalicelib.casework.desk import answer_templates
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import UNANSWERED
from shared.domain.procedures import conduct
from shared.platform import clock
from shared.tables.directory import Directory, Field, Officer, Row, Unit, in_force
from shared.tables.petition_items import Card
from shared.tables.petitions import Petitions
from shared.tables.recorded_rows import RecordedRows

NEEDED_UNITS = frozenset({conduct.OFFICE, conduct.TASK_FORCE})
NEEDED_FIELDS = frozenset({INTAKE_FIELD, conduct.FIELD})
"""What rules of the law name: complaints about conduct, disputes, and what nobody can tell the field of."""
NEEDED_ROLES = (Role.ADMINISTRATOR, Role.INTAKE_OFFICER, Role.APPROVER, Role.INSPECTOR)
"""Roles without which petitions, or the directory itself, would be without an owner."""
AT_WORK = frozenset({Role.HANDLER.value, Role.UNIT_HEAD.value})
NAMED = 8
"""Dependents that are named; all are counted."""
READ_AT_ONCE = 200

R = TypeVar("R", bound=Row)


class Dependent(NamedTuple):
    """Some things of one kind that depend on a row."""

    rule: str
    """The rule that ending the row would break, or what is merely worth knowing."""
    number: int
    names: tuple[str, ...] = ()
    blocks: bool = True
    """Whether the row cannot end before this is settled."""


class Dependents:
    """Finds what depends on a row, read from the directory as it is now and from the officers' lists."""

    def __init__(self, directory: Directory, petitions: Petitions) -> None:
        self._rows = RecordedRows(directory)
        self._petitions = petitions

    def of_unit(self, reader: DeskOfficer, unit: str, on: date) -> tuple[Dependent, ...]:
        """Return what depends on a unit from a day on; what waits for a later day counts too."""
        units = [one for one in self._from(on, "unit", Unit) if one.parent == unit and one.id != unit]
        fields = [one for one in self._from(on, "field", Field) if one.unit == unit]
        officers = [one for one in self._from(on, "officer", Officer) if one.unit == unit]
        return _found(
            Dependent("needed-by-system", int(unit in NEEDED_UNITS)),
            _named("has-units", units),
            _named("has-fields", fields),
            _named("has-officers", officers),
            self._open("has-petitions", reader, self._cards(unit)),
        )

    def of_field(self, reader: DeskOfficer, field: str, on: date) -> tuple[Dependent, ...]:
        """Return what depends on a field from a day on. Its open petitions keep the unit that has them."""
        templates = self._from(on, answer_templates.KIND, answer_templates.AnswerTemplate)
        used_in = [one for one in templates if one.field == field]
        row = in_force(self._versions("field", Field), on).get(field)
        cards = (card for card in self._cards(row.unit) if card.field == field) if row and row.unit else ()
        return _found(
            Dependent("needed-by-system", int(field in NEEDED_FIELDS)),
            _named("has-templates", used_in)._replace(blocks=False),
            self._open("has-petitions", reader, cards)._replace(blocks=False),
        )

    def of_officer(
        self, reader: DeskOfficer, before: Officer, after: Officer | None, on: date
    ) -> tuple[Dependent, ...]:
        """Return what would be left without an owner from a day on.

        Args:
            reader: who wants to know.
            before: the officer as they are.
            after: as they would be in another unit or with other roles; None for who leaves.
            on: the day.
        """
        others = [one for one in self._in_force_on(on) if one.id != before.id]
        lost = set(before.roles) - set(after.roles if after else ())
        stays = after is not None and after.unit == before.unit
        missing = [role for role in NEEDED_ROLES if role in lost and not any(role in o.roles for o in others)]
        cards = [] if stays and not lost else list(self._cards(before.unit))
        is_at_work = stays and after is not None and AT_WORK & set(after.roles)
        has_colleague = any(one.unit == before.unit and AT_WORK & set(one.roles) for one in others)
        is_last = AT_WORK & set(before.roles) and not is_at_work and not has_colleague
        return _found(
            Dependent("yourself", int(before.id == reader.username and Role.ADMINISTRATOR in lost)),
            Dependent("last-of-role", len(missing), tuple(missing)),
            self._open(
                "handles-petitions", reader, () if stays else (c for c in cards if before.handles(c.handler))
            ),
            self._open("last-of-unit", reader, cards if is_last else ()),
        )

    def may_replace(self, before: Officer, successor: str, on: date) -> bool:
        """Tell whether somebody can take over what an officer handles: a colleague of the unit who works on it."""
        return any(
            one.id == successor != before.id and one.unit == before.unit and AT_WORK & set(one.roles)
            for one in self._in_force_on(on)
        )

    def _in_force_on(self, on: date) -> Iterable[Officer]:
        return in_force(self._versions("officer", Officer), on).values()

    def _versions(self, kind: str, model: type[R]) -> tuple[R, ...]:
        return tuple(model.model_validate(one.facts) for one in self._rows.of(kind))

    def _from(self, on: date, kind: str, model: type[R]) -> list[R]:
        """Return the versions in force on a day, and those that begin later."""
        versions = self._versions(kind, model)
        return [*in_force(versions, on).values(), *(one for one in versions if one.valid_from > on)]

    def _cards(self, unit: str) -> Iterator[Card]:
        following: str | None = None
        while True:
            cards, following = self._petitions.desk(unit, after=following, limit=READ_AT_ONCE)
            yield from (card for card in cards if card.state in UNANSWERED)
            if following is None:
                return

    def _open(self, rule: str, reader: DeskOfficer, cards: Iterable[Card]) -> Dependent:
        """Count petitions as far as the reader may know of them; any others hold a row up without a number."""
        known = [permissions.may_know(reader, card) for card in cards]
        return Dependent(rule, sum(known), blocks=bool(known))


def day_after(row: Row) -> date:
    """Return the first day on which a row that ends holds no longer; never before today, for what was is over."""
    today = local_date(clock.now())
    return max(today, row.valid_to + timedelta(days=1)) if row.valid_to else today


def _named(rule: str, rows: Iterable[Unit | Field | Officer | answer_templates.AnswerTemplate]) -> Dependent:
    names = sorted({one.id: one.name for one in rows}.values())
    return Dependent(rule, len(names), tuple(names[:NAMED]))


def _found(*dependents: Dependent) -> tuple[Dependent, ...]:
    return tuple(one for one in dependents if one.number or (one.blocks and one.rule in _COUNTED_APART))


_COUNTED_APART = frozenset({"has-petitions", "handles-petitions", "last-of-unit"})
"""Where there may be petitions that the reader does not know of."""


def blocking(dependents: Iterable[Dependent]) -> dict[str, Dependent]:
    """Return what stands in the way, by rule."""
    return {one.rule: one for one in dependents if one.blocks}
