"""Administration of the directory: versioned rows, checked by the models that read them before they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, NamedTuple

from pydantic import ConfigDict, Field, ValidationError

from chalicelib.casework import bodies
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.administration import machine_rows
from chalicelib.casework.administration.dependents import Dependent, Dependents, blocking, day_after
from chalicelib.casework.bodies import Body
from chalicelib.casework.desk import answer_templates
from chalicelib.casework.desk.answer_templates import AnswerTemplate
from chalicelib.casework.programs import subscription_rows
from shared.domain.access.roles import Role
from shared.domain.base_model import BaseModel
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import Override, local_date
from shared.domain.errors import InvalidInputError
from shared.domain.procedures import conduct
from shared.platform import clock
from shared.routing.rules import RoutingRules, RoutingRulesError
from shared.tables.directory import Directory, Officer, Row, Unit
from shared.tables.directory import Field as FieldOfResponsibility
from shared.tables.dynamo import stored_instant
from shared.tables.petitions import Petitions
from shared.tables.recorded_rows import RecordedRow, RecordedRows
from shared.web.requests import validated
from shared.wording.check_text import TextProblem, problems_of
from shared.wording.sources import TextMissingError, TextName, name_of, source_of, text_rows

ALL_ROWS = "*"
_RECORDED = frozenset({"changed_by", "changed_at", "confirmed_by", "revision", "corrections"})
"""Facts that are recorded with a row, not taken from a request: its author, times of change and corrections."""
ENDING = frozenset({"unit", "field", "officer"})
"""Kinds whose rows others depend on."""

Name = Annotated[str, Field(min_length=1, max_length=200)]
Brief = Annotated[str, Field(max_length=300)]


class _UnitRow(Unit):
    name: Name
    name_en: Brief = ""
    short_name: Annotated[str, Field(max_length=20)] = ""
    rung: Annotated[int, Field(ge=0, le=9)] = 0


class _FieldRow(FieldOfResponsibility):
    name: Name
    name_en: Brief = ""
    forward_to: Brief | None = None
    example: Brief = ""


class _OfficerRow(Officer):
    name: Name
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    roles: tuple[Role, ...] = ()


class _TemplateRow(Row):
    """A text of notices; `id` is the name of the packaged text that it overrides."""

    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    subject: Annotated[str, Field(max_length=200)] | None = None
    max_segments: Annotated[int, Field(ge=1, le=3)] | None = None
    is_unicode: bool = False


class _RoutingRuleRow(Row):
    """A rule of the router; its further facts depend on its type."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: Annotated[str, Field(min_length=1, max_length=40)]


class Written(NamedTuple):
    """A version of a row that was written."""

    row: dict[str, Any]
    is_new: bool
    revision: int


class Administration:
    """Reads and writes directory rows for administrators."""

    def __init__(self, directory: Directory, petitions: Petitions, *, is_local: bool = False) -> None:
        self._directory = directory
        self._rows = RecordedRows(directory)
        self._dependents = Dependents(directory, petitions)
        self._checks: dict[str, Callable[[dict[str, Any]], None]] = {
            answer_templates.KIND: self._check_answer_template,
            bodies.KIND: self._check_body,
            "calendar": _check_override,
            "field": self._check_field,
            "officer": self._check_officer,
            "routing-rule": self._check_routing_rule,
            "template": self._check_template,
            "terms": self._check_terms,
            "unit": self._check_unit,
            **machine_rows.checks(directory),
            **subscription_rows.checks(directory, is_local=is_local),
        }

    def _check_routing_rule(self, row: dict[str, Any]) -> None:
        """Compile the rules as they would be, so that no unusable rule reaches the router.

        Raises:
            InvalidInputError: the rules do not compile with this row.
        """
        _checked_by(_RoutingRuleRow)(row)
        others = [
            other
            for other in self._directory.rows("routing-rule")
            if (other["id"], other["valid_from"]) != (row["id"], row["valid_from"])
        ]
        try:
            RoutingRules.from_rows([*others, row], on=date.fromisoformat(row["valid_from"]))
        except (RoutingRulesError, AttributeError, KeyError, TypeError, ValueError):
            raise InvalidInputError(("type", "rule-unusable")) from None

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of rows that administrators may edit."""
        return tuple(self._checks)

    def rows(self, officer: DeskOfficer, kind: str, row_id: str = ALL_ROWS) -> tuple[RecordedRow, ...]:
        """Return all versions of a row, oldest first; all rows of the kind for the id `*`.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: there is no such kind.
        """
        self._may(officer, kind)
        versions = self._rows.of(kind, None if row_id == ALL_ROWS else row_id)
        return tuple(sorted(versions, key=lambda version: (version.id, version.valid_from)))

    def checked(self, officer: DeskOfficer, kind: str, row_id: str, facts: Any) -> dict[str, Any]:
        """Return a row as it would be written, and write nothing.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: naming each invalid field.
        """
        self._may(officer, kind)
        return self.valid(officer, kind, row_id, facts)

    def valid(self, officer: DeskOfficer, kind: str, row_id: str, facts: Any) -> dict[str, Any]:
        """Return a row as it would be written, whoever asks; the officer's eyes decide which dependents are counted.

        Raises:
            InvalidInputError: naming each invalid field.
        """
        if not isinstance(facts, dict):
            raise InvalidInputError(("body", "json"))
        if facts.get("id", row_id) != row_id:
            raise InvalidInputError(("id", "differs-from-id"))
        row = {name: value for name, value in facts.items() if name not in _RECORDED} | {"id": row_id}
        dates = validated(Row, row)
        if dates.valid_to is not None and dates.valid_to < dates.valid_from:
            raise InvalidInputError(("valid_to", "ends-before-it-begins"))
        row["valid_from"] = dates.valid_from.isoformat()
        self._checks[kind](row)
        if kind in ENDING:
            self._check_dependents(officer, kind, row)
        return row

    def write(
        self, officer: DeskOfficer, kind: str, row: dict[str, Any], *, at: datetime, seen: int | None
    ) -> Written:
        """Write one version of a row that was checked: a later `valid_from` makes a new one, the same corrects it.

        Raises:
            StaleVersionError: somebody changed this version meanwhile.
        """
        row = row | {"changed_by": officer.username, "changed_at": stored_instant(at)}
        written = self._rows.write(kind, row, seen=seen)
        is_new = written.revision == 1 and written.facts == row
        return Written(written.facts, is_new, written.revision)

    def dependents(self, officer: DeskOfficer, kind: str, row_id: str, on: date) -> tuple[Dependent, ...]:
        """Return the things that depend on a row from a day on.

        Raises:
            NotAllowedError: no administrator.
        """
        self._may(officer, kind)
        if kind == "unit":
            return self._dependents.of_unit(officer, row_id, on)
        if kind == "field":
            return self._dependents.of_field(officer, row_id, on)
        latest = self._latest("officer", row_id) if kind == "officer" else None
        if latest is None:
            return ()
        return self._dependents.of_officer(officer, Officer.model_validate(latest.facts), None, on)

    def _latest(self, kind: str, row_id: str) -> RecordedRow | None:
        return max(self._rows.of(kind, row_id), key=lambda version: version.valid_from, default=None)

    def _check_dependents(self, officer: DeskOfficer, kind: str, row: dict[str, Any]) -> None:
        """Refuse to end a row, or to move an officer, while something depends on it that has no other owner.

        Raises:
            InvalidInputError: naming each rule that the change would break.
        """
        latest = self._latest(kind, row["id"])
        if latest is None or row["valid_from"] < str(latest.facts["valid_from"]):
            return
        if kind == "officer":
            self._check_officers_work(officer, latest, row)
        elif row.get("valid_to") is not None:
            dependents = self.dependents(officer, kind, row["id"], day_after(Row.model_validate(row)))
            _refuse(dict.fromkeys(blocking(dependents), "valid_to"))

    def _check_officers_work(self, reader: DeskOfficer, latest: RecordedRow, row: dict[str, Any]) -> None:
        before, after = Officer.model_validate(latest.facts), Officer.model_validate(row)
        ends = after.valid_to is not None
        day = day_after(after) if ends else max(after.valid_from, local_date(clock.now()))
        rules = blocking(self._dependents.of_officer(reader, before, None if ends else after, day))
        if after.replaced_by is not None and after.replaced_by != before.replaced_by:
            if not self._dependents.may_replace(before, after.replaced_by, day):
                raise InvalidInputError(("replaced_by", "unknown"))
            rules.pop("handles-petitions", None)
        places = {"handles-petitions": "replaced_by", "last-of-unit": "unit"}
        _refuse({rule: "valid_to" if ends else places.get(rule, "roles") for rule in rules})

    def checked_terms(self, officer: DeskOfficer, row: dict[str, Any]) -> Terms:
        """Return an edition of the time limits as it would be written, for its preview.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: naming each invalid limit.
        """
        self._may(officer, "terms")
        self._check_terms(row)
        return Terms.model_validate(row)

    def check_text(self, officer: DeskOfficer, row: dict[str, Any]) -> tuple[TextProblem, ...]:
        """Return the problems of a text as it would be written, for its check and preview.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: there is no text of that name.
        """
        self._may(officer, "template")
        name = _text_name(row)
        return problems_of(name, source_of(name, row))

    def _may(self, officer: DeskOfficer, kind: str) -> None:
        permissions.require(officer, permissions.Ability.ADMINISTER)
        if kind not in self._checks:
            raise InvalidInputError(("kind", "unknown"))

    # --- the check of each kind ------------------------------------------------------------------------

    def _check_unit(self, row: dict[str, Any]) -> None:
        unit = validated(_UnitRow, row)
        self._check_known_unit("parent", unit.parent, unit.valid_from)
        parents = self._directory.parents(unit.valid_from) | {unit.id: None}
        if unit.parent is not None and unit.id in {unit.parent, *conduct.above(unit.parent, parents)}:
            raise InvalidInputError(("parent", "below-itself"))

    def _check_field(self, row: dict[str, Any]) -> None:
        field = validated(_FieldRow, row)
        if (field.unit is None) == (field.forward_to is None):
            raise InvalidInputError(("unit", "missing" if field.unit is None else "invalid"))
        self._check_known_unit("unit", field.unit, field.valid_from)

    def _check_officer(self, row: dict[str, Any]) -> None:
        officer = validated(_OfficerRow, row)
        self._check_known_unit("unit", officer.unit, officer.valid_from)

    def _check_answer_template(self, row: dict[str, Any]) -> None:
        template = validated(AnswerTemplate, row)
        if template.field is not None and template.field not in self._directory.fields(template.valid_from):
            raise InvalidInputError(("field", "unknown"))

    def _check_body(self, row: dict[str, Any]) -> None:
        body = validated(Body, row)
        if body.field is not None and body.field not in self._directory.fields(body.valid_from):
            raise InvalidInputError(("field", "unknown"))

    def _check_known_unit(self, place: str, unit: str | None, on: date) -> None:
        if unit is not None and unit not in self._directory.units(on):
            raise InvalidInputError((place, "unknown"))

    def _check_template(self, row: dict[str, Any]) -> None:
        """Refuse a text with problems, and to change a version with which notices may have been rendered already."""
        validated(_TemplateRow, row)
        name = _text_name(row)
        problems = problems_of(name, source_of(name, row))
        if problems:
            raise InvalidInputError(*((problem.place, problem.rule) for problem in problems))
        today = local_date(clock.now()).isoformat()
        is_stored = any(
            (old["id"], old["valid_from"]) == (str(name), row["valid_from"])
            for old in text_rows(self._directory)
        )
        if row["valid_from"] < today or (is_stored and row["valid_from"] == today):
            raise InvalidInputError(("valid_from", "in-force"))

    def _check_terms(self, row: dict[str, Any]) -> None:
        """Refuse to change the terms of past days: petitions keep those of their day of receipt."""
        try:
            terms = Terms.model_validate({name: value for name, value in row.items() if name != "valid_to"})
        except ValidationError as error:
            problems = ((str(e["loc"][0]) if e["loc"] else "body", "invalid") for e in error.errors())
            raise InvalidInputError(*problems) from None
        today = local_date(clock.now())
        is_stored = any(old.version == terms.version for old in self._directory.all_terms())
        if terms.valid_from < today or (is_stored and terms.valid_from <= today):
            raise InvalidInputError(("valid_from", "in-force"))


def _refuse(rules: Mapping[str, str]) -> None:
    if rules:
        raise InvalidInputError(*((place, rule) for rule, place in rules.items()))


def _text_name(row: dict[str, Any]) -> TextName:
    try:
        return name_of(str(row["id"]))
    except TextMissingError:
        raise InvalidInputError(("id", "unknown")) from None


def _check_override(row: dict[str, Any]) -> None:
    try:
        on = date.fromisoformat(str(row.get("on", row["id"])))
    except ValueError:
        raise InvalidInputError(("on", "invalid")) from None
    if row["id"] != on.isoformat():
        raise InvalidInputError(("on", "differs-from-id"))
    row["on"] = on.isoformat()
    Override(
        on=on, kind=row.get("kind", ""), document=str(row.get("document", "")), name=str(row.get("name", ""))
    )


def _checked_by(model: type[BaseModel]) -> Callable[[dict[str, Any]], None]:
    def check(row: dict[str, Any]) -> None:
        validated(model, row)

    return check
