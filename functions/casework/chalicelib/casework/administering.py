"""Administration of the directory: versioned rows, checked by the models that read them before they are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.casework import answer_templates, permissions
from chalicelib.casework.answer_templates import AnswerTemplate
from chalicelib.casework.officers import DeskOfficer, Role
from shared import clock
from shared.directory import Directory, Officer, Row, Unit
from shared.directory import Field as FieldOfResponsibility
from shared.domain.errors import InvalidInputError
from shared.domain.terms import Terms
from shared.domain.working_calendar import Override, local_date
from shared.http import validated
from shared.petitions import stored_instant
from shared.wording.sources import TextMissingError, TextName, name_of, source_of

if TYPE_CHECKING:
    from shared.wording.checking import TextProblem

ALL_ROWS = "*"
_OURS = frozenset({"changed_by", "changed_at"})
"""What we write beside a row: who changed it, and when."""


class _OfficerRow(Officer):
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
    roles: tuple[Role, ...] = ()


class _TemplateRow(Row):
    """A text of the notifier's; `id` is the name of the packaged one that it overrides."""

    text: Annotated[str, Field(min_length=1, max_length=10_000)]
    subject: Annotated[str, Field(max_length=200)] | None = None
    max_segments: Annotated[int, Field(ge=1, le=3)] | None = None
    is_unicode: bool = False


class _RoutingRuleRow(Row):
    """A rule of the router's; what else it says depends on its type."""

    model_config = ConfigDict(frozen=True, extra="allow")

    type: Annotated[str, Field(min_length=1, max_length=40)]


class Written(NamedTuple):
    """A row as it was written."""

    row: dict[str, Any]
    is_new: bool


class Administration:
    """Reads and writes directory rows for administrators."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._checks: dict[str, Callable[[dict[str, Any]], None]] = {
            answer_templates.KIND: self._check_answer_template,
            "calendar": _check_override,
            "field": self._check_field,
            "officer": self._check_officer,
            "routing-rule": self._check_routing_rule,
            "template": self._check_template,
            "terms": self._check_terms,
            "unit": self._check_unit,
        }

    def _check_routing_rule(self, row: dict[str, Any]) -> None:
        """Compile the rules as they would be: what the router could not use never reaches it.

        Raises:
            InvalidInputError: the row cannot be used; whatever of the directory it breaks, it is the row's fault.
        """
        from shared.routing.rules import RoutingRules, RoutingRulesError  # noqa: PLC0415 - administrators alone need it

        _checked_by(_RoutingRuleRow)(row)
        others = [
            one
            for one in self._directory.rows("routing-rule")
            if (one["id"], one["valid_from"]) != (row["id"], row["valid_from"])
        ]
        try:
            RoutingRules.from_rows([*others, row], on=date.fromisoformat(row["valid_from"]))
        except (RoutingRulesError, AttributeError, KeyError, TypeError, ValueError):
            raise InvalidInputError(("type", "rule-unusable")) from None

    @property
    def kinds(self) -> tuple[str, ...]:
        """What administrators may edit."""
        return tuple(self._checks)

    def rows(self, officer: DeskOfficer, kind: str, row_id: str) -> list[dict[str, Any]]:
        """Return all versions of a row, oldest first; all rows of the kind for the id `*`.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: there is no such kind.
        """
        self._may(officer, kind)
        found = [row for row in self._directory.rows(kind) if row_id in (ALL_ROWS, row["id"])]
        return sorted(found, key=lambda row: (row["id"], row["valid_from"]))

    def check(self, officer: DeskOfficer, kind: str, row: dict[str, Any]) -> None:
        """Check a row as `put` would, and write nothing.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: what the row's reader would not take.
        """
        self._may(officer, kind)
        validated(Row, row)
        self._checks[kind](row)

    def put(self, officer: DeskOfficer, kind: str, row_id: str, facts: Any) -> Written:
        """Write one version of a row: a later `valid_from` makes a new one, the same replaces it.

        Args:
            officer: an administrator.
            kind: one of `kinds`.
            row_id: e.g. a unit's code, or for the calendar the day itself.
            facts: the row; `valid_from` says from when it holds.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: what the row's reader would not take, named field by field.
        """
        self._may(officer, kind)
        if not isinstance(facts, dict):
            raise InvalidInputError(("body", "json"))
        if facts.get("id", row_id) != row_id:
            raise InvalidInputError(("id", "differs-from-id"))
        row = {name: value for name, value in facts.items() if name not in _OURS} | {"id": row_id}
        valid_from = validated(Row, row).valid_from
        row["valid_from"] = valid_from.isoformat()
        self._checks[kind](row)
        is_new = all(
            (old["id"], old["valid_from"]) != (row_id, row["valid_from"])
            for old in self._directory.rows(kind)
        )
        row |= {"changed_by": officer.username, "changed_at": stored_instant(clock.now())}
        self._directory.put(kind, row_id, valid_from, row)
        return Written(row, is_new)

    def checked_terms(self, officer: DeskOfficer, row: dict[str, Any]) -> Terms:
        """Return an edition of the time limits as it would be written (the preview of the page).

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: naming each limit that will not do.
        """
        self._may(officer, "terms")
        self._check_terms(row)
        return Terms.model_validate(row)

    def check_text(self, officer: DeskOfficer, row: dict[str, Any]) -> tuple[TextProblem, ...]:
        """Return everything that is wrong with a text as it would be written (the page's check and preview).

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: there is no text of that name.
        """
        from shared.wording.checking import problems_of  # noqa: PLC0415 - Jinja2, for whoever edits a text

        self._may(officer, "template")
        name = _text_name(row)
        return problems_of(name, source_of(name, row))

    def _may(self, officer: DeskOfficer, kind: str) -> None:
        permissions.require(officer, permissions.Ability.ADMINISTER)
        if kind not in self._checks:
            raise InvalidInputError(("kind", "unknown"))

    # --- what the rows' readers ask --------------------------------------------------------------------

    def _check_unit(self, row: dict[str, Any]) -> None:
        unit = validated(Unit, row)
        self._check_known_unit("parent", unit.parent, unit.valid_from)

    def _check_field(self, row: dict[str, Any]) -> None:
        field = validated(FieldOfResponsibility, row)
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

    def _check_known_unit(self, place: str, unit: str | None, on: date) -> None:
        if unit is not None and unit not in self._directory.units(on):
            raise InvalidInputError((place, "unknown"))

    def _check_template(self, row: dict[str, Any]) -> None:
        """Refuse a text that must not go out, and to change one that notices were already told in."""
        from shared.wording.checking import problems_of  # noqa: PLC0415 - Jinja2, for whoever edits a text

        validated(_TemplateRow, row)
        name = _text_name(row)
        problems = problems_of(name, source_of(name, row))
        if problems:
            raise InvalidInputError(*((one.place, one.rule) for one in problems))
        today = local_date(clock.now()).isoformat()
        is_known = any(
            (old["id"], old["valid_from"]) == (row["id"], row["valid_from"])
            for old in self._directory.rows("template")
        )
        if row["valid_from"] < today or (is_known and row["valid_from"] == today):
            raise InvalidInputError(("valid_from", "in-force"))

    def _check_terms(self, row: dict[str, Any]) -> None:
        """Refuse to change the past: petitions were received under the terms of their day."""
        try:
            terms = Terms.model_validate({name: value for name, value in row.items() if name != "valid_to"})
        except ValidationError as error:
            problems = ((str(e["loc"][0]) if e["loc"] else "body", "invalid") for e in error.errors())
            raise InvalidInputError(*problems) from None
        today = local_date(clock.now())
        is_known = any(old.version == terms.version for old in self._directory.all_terms())
        if terms.valid_from < today or (is_known and terms.valid_from <= today):
            raise InvalidInputError(("valid_from", "in-force"))


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
