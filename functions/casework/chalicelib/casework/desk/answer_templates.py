"""Answer templates: rows of the directory, for one field or for all, with placeholders that fill themselves."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.reference import spaced
from shared.domain.petition.petition import Petition
from shared.platform.item_by_item import item_by_item
from shared.tables.directory import Directory, Row, in_force
from shared.use_cases.check_letter import ANSWER_TEMPLATES

KIND = ANSWER_TEMPLATES

PLACEHOLDERS: dict[str, Callable[[Petition, Directory], str]] = {
    "Mã số": lambda petition, _directory: spaced(petition.reference),
    "Ngày tiếp nhận": lambda petition, _directory: f"{local_date(petition.received_at):%d/%m/%Y}",
    "Tiêu đề": lambda petition, _directory: petition.subject,
    "Lĩnh vực": lambda petition, directory: _name(
        directory.fields(local_date(petition.received_at)).get(petition.field or "")
    ),
    "Đơn vị": lambda petition, directory: _name(
        directory.units(local_date(petition.received_at)).get(petition.unit or "")
    ),
}
"""The placeholders that fill themselves; any other text in brackets is for the officer to replace."""
_BRACKETS = re.compile(r"\[([^\[\]\n]{1,60})\]")


class AnswerTemplate(Row):
    """A text with which an answer may begin."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    text: Annotated[str, Field(min_length=1, max_length=5_000)]
    field: str | None = None
    """The code of its field; None for every field."""


def templates_for(petition: Petition, directory: Directory, today: date) -> tuple[AnswerTemplate, ...]:
    """Return the templates for a petition's field, before the general ones; a malformed row is passed over, counted."""
    rows = item_by_item(
        directory.rows(KIND),
        AnswerTemplate.model_validate,
        lambda row: str(row.get("id")),
        job="answer-templates",
    )
    fitting = (row for row in in_force(rows, today).values() if row.field in (None, petition.field))
    return tuple(sorted(fitting, key=lambda row: (row.field is None, row.name)))


def filled(template: AnswerTemplate, petition: Petition, directory: Directory) -> str:
    """Return a template's text with its placeholders filled; those without a value stay in brackets."""

    def fill(match: re.Match[str]) -> str:
        value_of = PLACEHOLDERS.get(match[1])
        return (value_of(petition, directory) if value_of else "") or match[0]

    return _BRACKETS.sub(fill, template.text)


def _name(row: Any) -> str:
    return row.name if row is not None else ""
