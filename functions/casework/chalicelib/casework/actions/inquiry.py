"""Actions while a petition is worked on: ask the petitioner for what is missing, record progress."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Self

from pydantic import AliasChoices, Field, model_validator
from typing_extensions import override

from chalicelib.casework.access.permissions import Relation
from chalicelib.casework.actions.input import ActionContext, ActionInput, LongText, OptionalShortText
from chalicelib.casework.actions.officer_action import OfficerAction
from chalicelib.casework.form_fields import FOR_OFFICERS, FOR_PETITIONER, FormField
from shared.domain.access.roles import Role
from shared.domain.errors import InvalidInputError
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT
from shared.web.i18n import N_


class RequestInformation(ActionInput):
    """Ask the petitioner for what is missing."""

    question: Annotated[LongText, Field(validation_alias=AliasChoices("question", "text"))]

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return petition.request_information(context.change, self.question)

    @override
    def letter(self, _petition: Petition) -> Mapping[str, str]:
        return {"question": self.question}


class AddNote(ActionInput):
    """Record progress: `note` for officers, `progress` and `expected_on` for the petitioner; at least one of them."""

    note: Annotated[OptionalShortText, Field(description="for officers")] = None
    progress: Annotated[OptionalShortText, Field(description="the petitioner reads it")] = None
    expected_on: Annotated[date | None, EMPTY_IS_ABSENT, Field(description="the petitioner reads it")] = None

    @model_validator(mode="after")
    def _is_not_empty(self) -> Self:
        if self.note is None and self.progress is None and self.expected_on is None:
            raise ValueError("missing")
        return self

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        if self.expected_on is not None and self.expected_on < context.today:
            raise InvalidInputError(("expected_on", "past"))
        return petition.add_note(
            context.change, self.note, progress=self.progress, expected_on=self.expected_on
        )

    @override
    def letter(self, _petition: Petition) -> Mapping[str, str]:
        return {"progress": self.progress or ""}


ROWS = (
    OfficerAction(
        action=Action.REQUEST_INFORMATION,
        may={
            Role.INTAKE_OFFICER: Relation.ANY,
            Role.HANDLER: Relation.HANDLER,
            Role.UNIT_HEAD: Relation.UNIT,
        },
        may_on_second_look={Role.INSPECTOR: Relation.HANDLER},
        input=RequestInformation,
        example={"question": "Ông/bà dự thi năm nào?"},
        button=N_("Hỏi thêm người gửi"),
        fields=(FormField("question", N_("Cần bổ sung gì"), hint=FOR_PETITIONER),),
    ),
    OfficerAction(
        action=Action.NOTE,
        may={
            Role.INTAKE_OFFICER: Relation.ANY,
            Role.HANDLER: Relation.UNIT,
            Role.UNIT_HEAD: Relation.UNIT,
            Role.APPROVER: Relation.ANY,
            Role.HOTLINE_OPERATOR: Relation.ENTERED,
            Role.INSPECTOR: Relation.ANY,
        },
        input=AddNote,
        example={"progress": "Đang xác minh."},
        button=N_("Ghi chú, báo tiến độ"),
        fields=(
            FormField("note", N_("Ghi chú nội bộ"), is_optional=True, hint=FOR_OFFICERS),
            FormField("progress", N_("Tình hình xử lý"), is_optional=True, hint=FOR_PETITIONER),
            FormField("expected_on", N_("Dự kiến có kết quả"), "date", is_optional=True),
        ),
    ),
)
