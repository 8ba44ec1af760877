"""Actions for what the unit cannot answer: return, forward, guide, merge, split, refuse, restrict."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BeforeValidator, Field, model_validator
from typing_extensions import override

from chalicelib.casework.access import permissions
from chalicelib.casework.access.permissions import Relation
from chalicelib.casework.actions import eligible_units
from chalicelib.casework.actions.input import (
    ActionContext,
    ActionInput,
    LongText,
    OptionalLongText,
    ShortText,
    Title,
    for_petitioner,
)
from chalicelib.casework.actions.officer_action import OfficerAction
from chalicelib.casework.form_fields import FOR_OFFICERS, FOR_PETITIONER, FormField
from shared.domain.access.roles import Role
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import ActionNotPossibleError, InvalidInputError
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.facts import Dispatch, Forwarded
from shared.domain.petition.history import letter_of
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT
from shared.domain.procedures import disputes, merging
from shared.domain.procedures.conduct import OFFICE
from shared.web.i18n import N_

FORWARDED_TEXT = N_(
    "Nội dung thuộc thẩm quyền của {body}. Chúng tôi lập văn bản chuyển đến cơ quan này để xem xét, trả lời."
)
SENT_TEXT = N_(
    "Nội dung thuộc thẩm quyền của {body}. Chúng tôi đã chuyển đến cơ quan này {by}, ngày {day}, để xem xét, trả lời."
)
DISPATCHES: dict[Dispatch, str] = {
    Dispatch.BY_HAND: N_("trao tận tay"),
    Dispatch.POST: N_("qua bưu điện"),
    Dispatch.EMAIL: N_("qua email"),
    Dispatch.SYSTEM: N_("qua trục liên thông văn bản"),
}
"""The ways in which a letter is sent, as a text to the petitioner says it."""
MERGED_TEXT = N_(
    "Nội dung này trùng với một phản ánh, kiến nghị đang được xử lý. Ông/bà vẫn theo dõi được bằng mã số của mình."
)
_SENT_FIELDS = (
    FormField("sent_on", N_("Ngày gửi"), "date", is_optional=True, row="sent"),
    FormField("letter_number", N_("Số văn bản"), "text", is_optional=True, row="sent"),
)
_TEXT_FIELD = FormField("text", N_("Thông báo cho người gửi"), is_optional=True, hint=FOR_PETITIONER)


LetterNumber = Annotated[
    Annotated[str, Field(max_length=60)] | None, EMPTY_IS_ABSENT, Field(description="number of the letter")
]


class ReturnToIntake(ActionInput):
    """Say that another unit is responsible; returned too often, it is for Văn phòng Bộ to decide."""

    reason: ShortText

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        is_dispute = disputes.becomes_dispute(petition, context.directory.terms_of(petition))
        desk = OFFICE if is_dispute else eligible_units.intake_desk(petition, context)
        if not eligible_units.is_eligible(desk, petition, context):
            desk = eligible_units.examiner(petition, context)
        if petition.unit == desk:
            raise ActionNotPossibleError(Action.RETURN_TO_INTAKE, petition.state)
        return petition.return_to_intake(context.change, desk, reason=self.reason, is_dispute=is_dispute)


class Forward(ActionInput):
    """Pass on what belongs to another body, and tell the petitioner which."""

    body: Title
    text: OptionalLongText = None
    sent_by: Annotated[
        Dispatch | None, EMPTY_IS_ABSENT, Field(description="how the letter was sent; none: not sent yet")
    ] = None
    sent_on: Annotated[date | None, EMPTY_IS_ABSENT, Field(description="by default today")] = None
    letter_number: LetterNumber = None

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        if self.sent_on is not None and (self.sent_by is None or self.sent_on > context.today):
            raise InvalidInputError(("sent_by" if self.sent_by is None else "sent_on", "invalid"))
        sent_on = (self.sent_on or context.today) if self.sent_by else None
        forwarded = Forwarded(
            body=self.body, sent_by=self.sent_by, sent_on=sent_on, letter_number=self.letter_number
        )
        return petition.forward(context.change, self.text or _text_of(forwarded, petition), forwarded)

    @override
    def letter(self, _petition: Petition) -> Mapping[str, str]:
        return {"body": self.body, "text": self.text or ""}


class SendLetter(ActionInput):
    """Say how, when, under which number and to whom the letter of a forwarding was sent."""

    body: Title
    sent_by: Annotated[Dispatch, Field(description="how it was sent")]
    sent_on: Annotated[date | None, EMPTY_IS_ABSENT, Field(description="by default today")] = None
    letter_number: LetterNumber = None
    text: OptionalLongText = None

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        sent_on = self.sent_on or context.today
        if not local_date(petition.received_at) <= sent_on <= context.today:
            raise InvalidInputError(("sent_on", "invalid"))
        facts = Forwarded(
            body=self.body, sent_by=self.sent_by, sent_on=sent_on, letter_number=self.letter_number
        )
        return petition.send_letter(context.change, self.text or _text_of(facts, petition), facts)

    @override
    def letter(self, _petition: Petition) -> Mapping[str, str]:
        return {"body": self.body, "text": self.text or ""}


def _text_of(facts: Forwarded, petition: Petition) -> str:
    """Return a text for the petitioner that says truly whether the letter was sent, and how."""
    if facts.sent_by is None or facts.sent_on is None:
        return for_petitioner(FORWARDED_TEXT, petition).format(body=facts.body)
    by = for_petitioner(DISPATCHES[facts.sent_by], petition)
    return for_petitioner(SENT_TEXT, petition).format(body=facts.body, by=by, day=f"{facts.sent_on:%d/%m/%Y}")


class Guide(ActionInput):
    """Tell the petitioner how to lodge a khiếu nại."""

    text: LongText

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return petition.guide(context.change, self.text)

    @override
    def letter(self, _petition: Petition) -> Mapping[str, str]:
        return {"text": self.text}


class Merge(ActionInput):
    """Join the petition that is about the same matter."""

    parent: Annotated[str, Field(max_length=20, description="its reference")]
    text: OptionalLongText = None

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        parent = self._parent(context)
        if parent is None or not permissions.may_see(context.officer, parent):
            raise InvalidInputError(("parent", "unknown"))
        if parent.reference == petition.reference:
            raise InvalidInputError(("parent", "itself"))
        if parent.state in {State.MERGED, State.WITHDRAWN, State.REFUSED}:
            raise InvalidInputError(("parent", "ended"))
        text = self.text or for_petitioner(MERGED_TEXT, petition)
        return merging.merge(petition, context.change, parent, text=text)

    @override
    def letter(self, _petition: Petition) -> Mapping[str, str]:
        return {"text": self.text or ""}

    def _parent(self, context: ActionContext) -> Petition | None:
        """Return the petition that is worked on: where the named one was merged itself, its parent."""
        reference = normal_reference(self.parent)
        parent = context.petitions.get(reference) if reference else None
        if parent is not None and parent.state is State.MERGED and parent.parent is not None:
            return context.petitions.get(parent.parent)
        return parent


class Split(ActionInput):
    """Put a merged petition back to work by itself."""

    reason: ShortText

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return merging.split(petition, context.change, reason=self.reason)


class Refusal(StrEnum):
    """The only reasons for refusing a petition (Nghị định 20/2008/NĐ-CP Đ.7; Quyết định 31/2021/QĐ-TTg)."""

    NOT_VIETNAMESE = "NOT_VIETNAMESE"
    UNCLEAR = "UNCLEAR"
    NO_CONTACT = "NO_CONTACT"
    SPAM = "SPAM"
    ANSWERED_BEFORE = "ANSWERED_BEFORE"


REFUSALS: dict[Refusal, str] = {
    Refusal.NOT_VIETNAMESE: N_(
        "Phản ánh, kiến nghị phải viết bằng tiếng Việt. Mời ông/bà gửi lại bằng tiếng Việt."
    ),
    Refusal.UNCLEAR: N_(
        "Chúng tôi chưa xác định được ông/bà phản ánh việc gì. Mời ông/bà gửi lại, nêu rõ việc gì, ở đâu, khi nào."
    ),
    Refusal.NO_CONTACT: N_(
        "Phản ánh, kiến nghị chưa có họ tên, địa chỉ hoặc cách liên hệ, dù đã được đề nghị bổ sung."
    ),
    Refusal.SPAM: N_("Nội dung không phải là phản ánh, kiến nghị."),
    Refusal.ANSWERED_BEFORE: N_("Nội dung này đã được trả lời."),
}
"""The text for the petitioner for each reason; the officer's own text follows it."""


class Refuse(ActionInput):
    """Refuse with a reason from the list; `text` adds to what the petitioner reads, `link` shows the earlier answer."""

    reason: Annotated[
        Refusal,
        BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value),
        Field(description="from the list"),
    ]
    text: OptionalLongText = None
    link: Annotated[
        Annotated[str, Field(max_length=300, pattern="^(https?:/)?/[^\\s]*$")] | None,
        EMPTY_IS_ABSENT,
        Field(description="required with `ANSWERED_BEFORE`"),
    ] = None

    @model_validator(mode="after")
    def _shows_the_answer(self) -> Self:
        if self.reason is Refusal.ANSWERED_BEFORE and self.link is None:
            raise ValueError("link-missing")
        return self

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        parts = (for_petitioner(REFUSALS[self.reason], petition), self.text, self.link)
        return petition.refuse(context.change, "\n".join(part for part in parts if part), reason=self.reason)

    @override
    def letter(self, _petition: Petition) -> Mapping[str, str]:
        return {"text": self.text or ""}


class Restrict(ActionInput):
    """Move a denunciation to its named readers."""

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return petition.restrict(context.change, eligible_units.examiner(petition, context))


def _letter_so_far(petition: Petition) -> dict[str, str]:
    letter = letter_of(petition.in_force)
    if letter is None:
        return {}
    return {"body": letter.facts.body or "", "letter_number": letter.facts.letter_number or ""}


def _proposed_body(petition: Petition) -> dict[str, str]:
    return {"body": (petition.proposal.body or "") if petition.proposal else ""}


ROWS = (
    OfficerAction(
        action=Action.RETURN_TO_INTAKE,
        may={Role.HANDLER: Relation.UNIT, Role.UNIT_HEAD: Relation.UNIT},
        input=ReturnToIntake,
        example={"reason": "Không thuộc chức năng của đơn vị."},
        button=N_("Trả lại: không thuộc đơn vị"),
        fields=(FormField("reason", N_("Vì sao không thuộc đơn vị"), hint=FOR_OFFICERS),),
    ),
    OfficerAction(
        action=Action.FORWARD,
        may={Role.INTAKE_OFFICER: Relation.ANY, Role.APPROVER: Relation.ANY},
        input=Forward,
        example={"body": "Bộ Giáo dục và Đào tạo"},
        button=N_("Chuyển đến cơ quan có thẩm quyền"),
        fields=(
            FormField("body", N_("Cơ quan có thẩm quyền"), "text", source="bodies"),
            FormField(
                "sent_by",
                N_("Đã gửi văn bản bằng cách nào"),
                "choice",
                is_optional=True,
                source="dispatches",
                hint=N_("Để trống nếu chưa gửi: thông báo cho người gửi sẽ không nói là đã chuyển."),
                row="sent",
            ),
            *_SENT_FIELDS,
            _TEXT_FIELD,
        ),
        initial=_proposed_body,
    ),
    OfficerAction(
        action=Action.SEND_LETTER,
        may={Role.INTAKE_OFFICER: Relation.ANY, Role.APPROVER: Relation.ANY},
        input=SendLetter,
        example={"body": "Bộ Giáo dục và Đào tạo", "sent_by": "POST"},
        button=N_("Ghi đã gửi văn bản"),
        warning=N_(
            "Người gửi được báo văn bản đã gửi bằng cách nào, ngày nào, đến cơ quan nào. "
            "Hồ sơ đã gộp vào hồ sơ này có văn bản riêng: hãy gửi cùng lúc; từng người gửi được báo như vậy."
        ),
        fields=(
            FormField("body", N_("Cơ quan nhận"), "text", source="bodies"),
            FormField(
                "sent_by", N_("Đã gửi văn bản bằng cách nào"), "choice", source="dispatches", row="sent"
            ),
            *_SENT_FIELDS,
            _TEXT_FIELD,
        ),
        initial=_letter_so_far,
    ),
    OfficerAction(
        action=Action.GUIDE,
        may={Role.INTAKE_OFFICER: Relation.ANY, Role.APPROVER: Relation.ANY},
        input=Guide,
        example={"text": "Mời ông/bà gửi đơn khiếu nại đến cơ quan đã ra quyết định."},
        button=N_("Hướng dẫn đúng thủ tục"),
        fields=(FormField("text", N_("Hướng dẫn"), hint=FOR_PETITIONER),),
    ),
    OfficerAction(
        action=Action.MERGE,
        may={Role.INTAKE_OFFICER: Relation.ANY, Role.APPROVER: Relation.ANY},
        input=Merge,
        example={"parent": "26483190282"},
        button=N_("Gộp vào hồ sơ trùng"),
        fields=(FormField("parent", N_("Mã số của phản ánh, kiến nghị trùng"), "text"), _TEXT_FIELD),
    ),
    OfficerAction(
        action=Action.SPLIT,
        may={Role.INTAKE_OFFICER: Relation.ANY, Role.APPROVER: Relation.ANY},
        input=Split,
        example={"reason": "Là việc khác."},
        button=N_("Tách khỏi hồ sơ gộp"),
        fields=(FormField("reason", N_("Vì sao tách ra"), hint=FOR_OFFICERS),),
    ),
    OfficerAction(
        action=Action.REFUSE,
        may={Role.INTAKE_OFFICER: Relation.ANY, Role.APPROVER: Relation.ANY},
        input=Refuse,
        example={"reason": "SPAM"},
        button=N_("Từ chối, nêu lý do"),
        question=N_("Từ chối hồ sơ này?"),
        warning=N_("Người gửi được báo hồ sơ bị từ chối, kèm lý do."),
        fields=(
            FormField("reason", N_("Lý do"), "choice", source="refusals"),
            FormField("text", N_("Nói thêm với người gửi"), is_optional=True, hint=FOR_PETITIONER),
            FormField("link", N_("Đường dẫn đến câu trả lời trước"), "text", is_optional=True),
        ),
    ),
    OfficerAction(
        action=Action.RESTRICT,
        may={Role.INTAKE_OFFICER: Relation.ANY, Role.APPROVER: Relation.ANY},
        input=Restrict,
        button=N_("Chuyển sang quy trình riêng"),
        question=N_("Chuyển hồ sơ này sang quy trình riêng?"),
        warning=N_("Hồ sơ sẽ rời hàng đợi thông thường; chỉ người được chỉ định mới mở được."),
    ),
)
