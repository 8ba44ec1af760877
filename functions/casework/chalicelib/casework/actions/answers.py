"""Actions on the way to an answer: accept the work, draft, return the draft, approve."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field
from typing_extensions import override

from chalicelib.casework.access.permissions import Relation
from chalicelib.casework.actions.input import (
    ActionContext,
    ActionInput,
    FileIds,
    LongText,
    OptionalCode,
    ShortText,
    check_files,
)
from chalicelib.casework.actions.officer_action import OfficerAction
from chalicelib.casework.form_fields import FOR_OFFICERS, FOR_PETITIONER, FormField
from shared.domain.access.roles import Role
from shared.domain.base_model import BaseModel
from shared.domain.errors import InvalidInputError, NotAllowedError
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT, Text
from shared.domain.petition.values.answer import Citation
from shared.web.i18n import N_

CITATIONS = 10
_CITATIONS_BYTES = 6_000
"""Bytes of all of them: the space kept free for an answer has as much for them."""
"""Legal documents that one answer may cite."""
CITATIONS_IN_FORM = 3
"""Rows for citations that the form offers; the JSON API takes up to `CITATIONS`."""
_CITATION_PARTS = ("number", "article", "link")


class CitationInput(BaseModel):
    """A legal document that an answer rests on: its number, perhaps the article, perhaps a link to the text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[Text, Field(min_length=3, max_length=200)]
    article: Annotated[Annotated[str, Field(max_length=200)] | None, EMPTY_IS_ABSENT] = None
    link: Annotated[
        Annotated[str, Field(max_length=300, pattern=r"^https?://[^\s]+$")] | None, EMPTY_IS_ABSENT
    ] = None


def texts_of_answer(
    text: str, citations: Iterable[Citation | CitationInput], prefix: str = ""
) -> dict[str, str]:
    """Return the texts of an answer by their location: the letter itself, the number and article of each document."""
    cited = {
        f"{prefix}citations.{n}.{part}": value
        for n, citation in enumerate(citations)
        for part in ("number", "article")
        if (value := getattr(citation, part))
    }
    return {f"{prefix}text": text, **cited}


class Accept(ActionInput):
    """Take the petition to work; a unit's head may name another handler of the unit."""

    handler: OptionalCode = None

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        handler = self.handler or context.officer.username
        if handler != context.officer.username and not context.officer.has(Role.UNIT_HEAD):
            raise NotAllowedError
        if handler != context.officer.username:
            row = context.directory.officers().get(handler)
            unit = row.unit if row else None
        else:
            unit = context.officer.unit
        if unit != petition.unit:
            raise InvalidInputError(("handler", "unknown"))
        return petition.accept(context.change, handler=handler)


def _short_enough(citations: tuple[CitationInput, ...]) -> tuple[CitationInput, ...]:
    if sum(len(citation.model_dump_json().encode()) for citation in citations) > _CITATIONS_BYTES:
        raise ValueError("too-long")
    return citations


class DraftAnswer(ActionInput):
    """Hand a draft answer to the approver, with the legal documents that it rests on."""

    text: LongText
    citations: Annotated[
        tuple[CitationInput, ...],
        Field(max_length=CITATIONS, description="a list of `{number, article?, link?}`"),
        AfterValidator(_short_enough),
    ] = ()
    attachments: Annotated[FileIds, Field(description="identifiers of clean files")] = ()

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        check_files(self.attachments, petition.files_for_answer)
        citations = tuple(Citation(**citation.model_dump()) for citation in self.citations)
        return petition.draft_answer(
            context.change, self.text, citations=citations, attachments=self.attachments
        )

    @override
    def letter(self, _petition: Petition) -> Mapping[str, str]:
        return texts_of_answer(self.text, self.citations)

    @override
    @classmethod
    def values_of(cls, form: Mapping[str, str]) -> dict[str, Any]:
        rows = (
            {part: form.get(f"citation_{n}_{part}", "").strip() for part in _CITATION_PARTS}
            for n in range(1, CITATIONS_IN_FORM + 1)
        )
        return {**super().values_of(form), "citations": [row for row in rows if any(row.values())]}

    @override
    @classmethod
    def form_field_of(cls, location: str) -> str:
        """Return the field for a location: `citations.0.link` is the first row's third."""
        match = re.fullmatch(r"citations\.(\d+)\.(\w+)", location)
        return f"citation_{int(match[1]) + 1}_{match[2]}" if match else location


class Approve(ActionInput):
    """Approve the draft: it is sent to the petitioner."""

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return petition.approve(context.change)

    @override
    def letter(self, petition: Petition) -> Mapping[str, str]:
        draft = petition.draft
        return texts_of_answer(draft.text, draft.citations, "draft.") if draft else {}


class ReturnDraft(ActionInput):
    """Return a draft that misses the point, with the reason."""

    reason: ShortText

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return petition.return_draft(context.change, self.reason)


_DRAFT_FILES = FormField(
    "attachments",
    N_("Tệp kèm theo câu trả lời"),
    "ticks",
    is_optional=True,
    source="answer_files",
    hint=FOR_PETITIONER,
)


def _citation_fields(n: int) -> tuple[FormField, ...]:
    row = f"citation_{n}"
    return (
        FormField(f"{row}_number", N_("Văn bản căn cứ"), "text", is_optional=True, row=row),
        FormField(f"{row}_article", N_("Điều, khoản"), "text", is_optional=True, row=row),
        FormField(f"{row}_link", N_("Đường dẫn"), "url", is_optional=True, row=row),
    )


def _current_draft(petition: Petition) -> dict[str, str]:
    if petition.draft is None:
        return {"attachments": " ".join(file.id for file in petition.files_for_answer)}
    citations = {
        f"citation_{n}_{part}": getattr(citation, part) or ""
        for n, citation in enumerate(petition.draft.citations, start=1)
        for part in _CITATION_PARTS
    }
    return {"text": petition.draft.text, "attachments": " ".join(petition.draft.attachments), **citations}


def _draft_files(petition: Petition) -> tuple[FormField, ...]:
    return (_DRAFT_FILES,) if petition.files_for_answer else ()


ROWS = (
    OfficerAction(
        action=Action.ACCEPT,
        may={
            Role.HANDLER: Relation.UNIT,
            Role.UNIT_HEAD: Relation.UNIT,
            Role.APPROVER: Relation.UNIT,
            Role.INSPECTOR: Relation.UNIT,
        },
        input=Accept,
        button=N_("Nhận xử lý"),
        fields=(FormField("handler", N_("Người xử lý"), "choice", is_optional=True, source="handlers"),),
    ),
    OfficerAction(
        action=Action.DRAFT_ANSWER,
        may={
            Role.HANDLER: Relation.HANDLER,
            Role.UNIT_HEAD: Relation.UNIT,
            Role.APPROVER: Relation.HANDLER,
            Role.INSPECTOR: Relation.HANDLER,
        },
        decides_answer=True,
        input=DraftAnswer,
        example={"text": "Thời hạn là 30 ngày.", "citations": [{"number": "Nghị định 115/2020/NĐ-CP"}]},
        button=N_("Soạn dự thảo trả lời"),
        fields=(
            FormField("text", N_("Dự thảo trả lời"), hint=FOR_PETITIONER),
            *(field for n in range(1, CITATIONS_IN_FORM + 1) for field in _citation_fields(n)),
        ),
        more_fields=_draft_files,
        initial=_current_draft,
    ),
    OfficerAction(
        action=Action.APPROVE,
        may={Role.APPROVER: Relation.ANY},
        may_on_second_look={Role.INSPECTOR: Relation.ANY},
        decides_answer=True,
        input=Approve,
        button=N_("Phê duyệt và gửi trả lời"),
        warning=N_("Câu trả lời được gửi ngay đến người gửi."),
    ),
    OfficerAction(
        action=Action.RETURN_DRAFT,
        may={Role.APPROVER: Relation.ANY},
        may_on_second_look={Role.INSPECTOR: Relation.ANY},
        decides_answer=True,
        input=ReturnDraft,
        example={"reason": "Chưa trả lời đúng câu hỏi."},
        button=N_("Trả lại để sửa"),
        fields=(FormField("reason", N_("Vì sao trả lại"), hint=FOR_OFFICERS),),
    ),
)
