"""Things that depend on a unit, field or officer, which must not be left without an owner when its row ends.

Each dependent is named by the rule that it breaks when the row ends (`shared.web.describe.rules.RULES` has its words).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.eligible_units import INTAKE_FIELD
from chalicelib.casework.desk import answer_templates
from shared.domain.access.roles import Role
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
"""Units and fields that rules of the law name, for complaints about conduct, disputes and petitions without a field."""
NEEDED_ROLES = (Role.ADMINISTRATOR, Role.INTAKE_OFFICER, Role.APPROVER, Role.INSPECTOR)
"""Roles of which somebody must remain, or petitions or the directory would have no owner."""
AT_WORK = frozenset({Role.HANDLER.value, Role.UNIT_HEAD.value})
NAMED = 8
"""Dependents that are named; all are counted."""
READ_AT_ONCE = 200

R = TypeVar("R", bound=Row)


class Dependent(NamedTuple):
    """Some things of one kind that depend on a row."""

    rule: str
    """The rule that ending the row would break, where it blocks; else a fact worth knowing."""
    number: int
    names: tuple[str, ...] = ()
    blocks: bool = True
    """The row cannot end before this is settled."""


class Dependents:
    """Finds the dependents of a row in the directory, read past every cache, and in the officers' queues."""

    def __init__(self, directory: Directory, petitions: Petitions) -> None:
        self._rows = RecordedRows(directory)
        self._petitions = petitions

    def of_unit(self, reader: DeskOfficer, unit: str, on: date) -> tuple[Dependent, ...]:
        """Return the dependents of a unit from a day on; versions that begin later count too."""
        units = [row for row in self._from(on, "unit", Unit) if row.parent == unit and row.id != unit]
        fields = [row for row in self._from(on, "field", Field) if row.unit == unit]
        officers = [row for row in self._from(on, "officer", Officer) if row.unit == unit]
        return _present(
            Dependent("needed-by-system", int(unit in NEEDED_UNITS)),
            _named("has-units", units),
            _named("has-fields", fields),
            _named("has-officers", officers),
            self._open("has-petitions", reader, self._cards(unit)),
        )

    def of_field(self, reader: DeskOfficer, field: str, on: date) -> tuple[Dependent, ...]:
        """Return the dependents of a field from a day on. None blocks its end: open petitions keep their unit."""
        templates = self._from(on, answer_templates.KIND, answer_templates.AnswerTemplate)
        used_in = [template for template in templates if template.field == field]
        row = in_force(self._versions("field", Field), on).get(field)
        cards = (card for card in self._cards(row.unit) if card.field == field) if row and row.unit else ()
        return _present(
            Dependent("needed-by-system", int(field in NEEDED_FIELDS)),
            _named("has-templates", used_in)._replace(blocks=False),
            self._open("has-petitions", reader, cards)._replace(blocks=False),
        )

    def of_officer(
        self, reader: DeskOfficer, before: Officer, after: Officer | None, on: date
    ) -> tuple[Dependent, ...]:
        """Return the work that would be left without an owner from a day on.

        Args:
            reader: the administrator.
            before: the officer's present row.
            after: the row with another unit or other roles; None for an officer who leaves.
            on: the day.
        """
        others = [officer for officer in self._in_force_on(on) if officer.id != before.id]
        lost = set(before.roles) - set(after.roles if after else ())
        stays = after is not None and after.unit == before.unit
        missing = [role for role in NEEDED_ROLES if role in lost and not any(role in o.roles for o in others)]
        cards = [] if stays and not lost else list(self._cards(before.unit))
        is_at_work = stays and after is not None and AT_WORK & set(after.roles)
        has_colleague = any(other.unit == before.unit and AT_WORK & set(other.roles) for other in others)
        is_last = AT_WORK & set(before.roles) and not is_at_work and not has_colleague
        return _present(
            Dependent("yourself", int(before.id == reader.username and Role.ADMINISTRATOR in lost)),
            Dependent("last-of-role", len(missing), tuple(missing)),
            self._open(
                "handles-petitions", reader, () if stays else (c for c in cards if before.handles(c.handler))
            ),
            self._open("last-of-unit", reader, cards if is_last else ()),
        )

    def may_replace(self, before: Officer, successor: str, on: date) -> bool:
        """Return whether an officer can take over another's petitions: a colleague of the unit who handles some."""
        return any(
            officer.id == successor != before.id
            and officer.unit == before.unit
            and AT_WORK & set(officer.roles)
            for officer in self._in_force_on(on)
        )

    def _in_force_on(self, on: date) -> Iterable[Officer]:
        return in_force(self._versions("officer", Officer), on).values()

    def _versions(self, kind: str, model: type[R]) -> tuple[R, ...]:
        return tuple(model.model_validate(version.facts) for version in self._rows.of(kind))

    def _from(self, on: date, kind: str, model: type[R]) -> list[R]:
        """Return the versions in force on a day, and those that begin later."""
        versions = self._versions(kind, model)
        return [*in_force(versions, on).values(), *(row for row in versions if row.valid_from > on)]

    def _cards(self, unit: str) -> Iterator[Card]:
        following: str | None = None
        while True:
            cards, following = self._petitions.desk(unit, after=following, limit=READ_AT_ONCE, is_whole=True)
            yield from (card for card in cards if card.state in UNANSWERED)
            if following is None:
                return

    def _open(self, rule: str, reader: DeskOfficer, cards: Iterable[Card]) -> Dependent:
        """Count the petitions that the reader may know of; others block the end of a row without being counted."""
        visible = [permissions.may_know(reader, card) for card in cards]
        return Dependent(rule, sum(visible), blocks=bool(visible))


def day_after(row: Row) -> date:
    """Return the first day on which a row that ends does not hold any more, at least today; today for no end."""
    today = local_date(clock.now())
    return max(today, row.valid_to + timedelta(days=1)) if row.valid_to else today


def _named(rule: str, rows: Iterable[Unit | Field | Officer | answer_templates.AnswerTemplate]) -> Dependent:
    names = sorted({row.id: row.name for row in rows}.values())
    return Dependent(rule, len(names), tuple(names[:NAMED]))


def _present(*dependents: Dependent) -> tuple[Dependent, ...]:
    return tuple(
        dependent
        for dependent in dependents
        if dependent.number or (dependent.blocks and dependent.rule in _WITH_HIDDEN_PETITIONS)
    )


_WITH_HIDDEN_PETITIONS = frozenset({"has-petitions", "handles-petitions", "last-of-unit"})
"""Rules that may be blocked by petitions of which the reader may not know."""


def blocking(dependents: Iterable[Dependent]) -> dict[str, Dependent]:
    """Return the dependents that block the end of a row, by rule."""
    return {dependent.rule: dependent for dependent in dependents if dependent.blocks}
