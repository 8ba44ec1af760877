"""Actions on the way to an answer: accept the work, draft, return the draft, approve."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from operator import itemgetter
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
    References,
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
from shared.domain.petition.values.answer import Citation, Remark
from shared.domain.text.differences import paragraphs
from shared.web.i18n import N_

CITATIONS = 10
_CITATIONS_BYTES = 6_000
"""Bytes of all of them: the space kept free for an answer has as much for them."""
"""Legal documents that one answer may cite."""
CITATIONS_IN_FORM = 3
"""Rows for citations that the form offers; the JSON API takes up to `CITATIONS`."""
REMARKS = 20
"""Remarks on one draft."""
_REMARK = re.compile(r"remark_(\d{1,3})")
"""The name of the field for a remark on a paragraph, by its number."""
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


WORKERS = frozenset({Role.HANDLER, Role.UNIT_HEAD, Role.APPROVER, Role.INSPECTOR})
"""Roles that take petitions to work."""


class RemarkInput(BaseModel):
    """A remark at a place of a draft: the number of the paragraph, perhaps the words that are meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paragraph: Annotated[int, Field(ge=1, le=1_000)]
    text: Annotated[Text, Field(min_length=1, max_length=500)]
    quote: Annotated[Annotated[str, Field(max_length=200)] | None, EMPTY_IS_ABSENT] = None


class Accept(ActionInput):
    """Take the petition to work; a unit's head may name another handler of the unit."""

    handler: OptionalCode = None

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        handler = self.handler or context.officer.username
        if handler != context.officer.username and not context.officer.has(Role.UNIT_HEAD):
            raise NotAllowedError
        if handler == context.officer.username:
            if context.officer.unit != petition.unit:
                raise InvalidInputError(("handler", "unknown"))
            return petition.accept(context.change, handler=handler)
        return petition.accept(context.change, handler=_colleague(handler, petition, context))


class Reassign(ActionInput):
    """Give accepted work to another officer of the unit; who is away is stood in for."""

    handler: Annotated[str, Field(min_length=1, max_length=64)]
    reason: ShortText

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        handler = _colleague(self.handler, petition, context)
        return petition.reassign(
            context.change,
            handler=handler,
            reason=self.reason,
            instead_of=self.handler if handler != self.handler else None,
        )


def _colleague(username: str, petition: Petition, context: ActionContext) -> str:
    """Return the officer of its unit who gets a petition meant for another: who stands in, while they are away.

    Raises:
        InvalidInputError: `handler` with the rule `unknown`: no officer of this unit who works on petitions.
    """
    officers = context.directory.officers()
    working = context.directory.working(username, context.today)
    for name in (username, working):
        row = officers.get(name)
        if row is None or row.unit != petition.unit or WORKERS.isdisjoint(row.roles):
            raise InvalidInputError(("handler", "unknown"))
    return working


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
            context.change,
            self.text,
            citations=citations,
            attachments=self.attachments,
            needs_signature=_needs_signature(petition, context),
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


def _needs_signature(petition: Petition, context: ActionContext) -> bool:
    """Return whether the head of the unit signs a draft first: where that is set, and somebody else there is one."""
    if not context.units_sign or context.officer.has(Role.UNIT_HEAD):
        return False
    return any(
        officer.unit == petition.unit and Role.UNIT_HEAD in officer.roles
        for officer in context.directory.officers().values()
    )


class SignDraft(ActionInput):
    """Sign the draft for the unit: then it is for the approver."""

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return petition.sign_draft(context.change)

    @override
    def letter(self, petition: Petition) -> Mapping[str, str]:
        draft = petition.draft
        return texts_of_answer(draft.text, draft.citations, "draft.") if draft else {}


class Approve(ActionInput):
    """Approve the draft: it is sent to the petitioner, and to those of the chosen petitions about the same matter."""

    also: Annotated[
        References,
        Field(description="references of open petitions that are answered together with this one"),
    ] = ()

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return petition.approve(context.change)

    @override
    def letter(self, petition: Petition) -> Mapping[str, str]:
        draft = petition.draft
        return texts_of_answer(draft.text, draft.citations, "draft.") if draft else {}


class ReturnDraft(ActionInput):
    """Return a draft that misses the point, with the reason and remarks at places of the text."""

    reason: ShortText
    remarks: Annotated[
        tuple[RemarkInput, ...],
        Field(max_length=REMARKS, description="a list of `{paragraph, text, quote?}`"),
    ] = ()

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        texts = paragraphs(petition.draft.text) if petition.draft else ()
        for n, remark in enumerate(self.remarks):
            if remark.paragraph > len(texts):
                raise InvalidInputError((f"remarks.{n}.paragraph", "unknown"))
            if remark.quote and remark.quote not in texts[remark.paragraph - 1]:
                raise InvalidInputError((f"remarks.{n}.quote", "not-in-paragraph"))
        remarks = tuple(Remark(**remark.model_dump()) for remark in self.remarks)
        return petition.return_draft(context.change, self.reason, remarks=remarks)

    @override
    @classmethod
    def values_of(cls, form: Mapping[str, str]) -> dict[str, Any]:
        remarks = [
            {"paragraph": int(match[1]), "text": text, "quote": form.get(f"quote_{match[1]}", "")}
            for name, text in form.items()
            if (match := _REMARK.fullmatch(name)) and text.strip()
        ]
        return {**super().values_of(form), "remarks": sorted(remarks, key=itemgetter("paragraph"))}


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


def _awaits_signature(petition: Petition) -> bool:
    return petition.draft is not None and petition.draft.awaits_signature


def _is_signed(petition: Petition) -> bool:
    return not _awaits_signature(petition)


def _draft_files(petition: Petition) -> tuple[FormField, ...]:
    return (_DRAFT_FILES,) if petition.files_for_answer else ()


def _has_handler(petition: Petition) -> bool:
    return petition.handler is not None


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
        action=Action.REASSIGN,
        may={Role.UNIT_HEAD: Relation.UNIT},
        input=Reassign,
        example={"handler": "minh.ccvc", "reason": "Người xử lý nghỉ ốm."},
        button=N_("Giao cho người khác"),
        fields=(
            FormField("handler", N_("Người xử lý"), "choice", source="handlers"),
            FormField("reason", N_("Vì sao giao lại"), hint=FOR_OFFICERS),
        ),
        is_offered=_has_handler,
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
        button=N_("Trình phê duyệt"),
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
        button=N_("Duyệt và gửi"),
        fields=(
            FormField(
                "also",
                N_("Trả lời chung cho các hồ sơ đang mở giống hồ sơ này"),
                "ticks",
                is_optional=True,
                source="repeats",
                hint=N_("Mỗi người gửi nhận câu trả lời theo mã số của mình."),
            ),
        ),
        is_offered=_is_signed,
    ),
    OfficerAction(
        action=Action.SIGN_DRAFT,
        may={Role.UNIT_HEAD: Relation.UNIT},
        decides_answer=True,
        input=SignDraft,
        button=N_("Ký, trình Văn phòng Bộ"),
        warning=N_("Dự thảo được trình người phê duyệt của Bộ."),
        is_offered=_awaits_signature,
    ),
    OfficerAction(
        action=Action.RETURN_DRAFT,
        may={Role.APPROVER: Relation.ANY, Role.UNIT_HEAD: Relation.UNIT},
        may_on_second_look={Role.INSPECTOR: Relation.ANY},
        decides_answer=True,
        input=ReturnDraft,
        example={"reason": "Chưa trả lời đúng câu hỏi."},
        button=N_("Trả lại để sửa"),
        fields=(FormField("reason", N_("Vì sao trả lại"), hint=FOR_OFFICERS),),
    ),
)
