"""Actions for what the unit cannot answer: return, forward, guide, merge, split, refuse, restrict."""

from __future__ import annotations

from collections.abc import Mapping
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
from shared.domain.errors import ActionNotPossibleError, InvalidInputError
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT
from shared.domain.procedures import disputes, merging
from shared.domain.procedures.conduct import OFFICE
from shared.web.i18n import N_

FORWARDED_TEXT = N_(
    "Nội dung thuộc thẩm quyền của {body}. Chúng tôi đã chuyển đến cơ quan này để xem xét, trả lời."
)
MERGED_TEXT = N_(
    "Nội dung này trùng với một phản ánh, kiến nghị đang được xử lý. Ông/bà vẫn theo dõi được bằng mã số của mình."
)
_TEXT_FIELD = FormField("text", N_("Thông báo cho người gửi"), is_optional=True, hint=FOR_PETITIONER)


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

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        text = self.text or for_petitioner(FORWARDED_TEXT, petition).format(body=self.body)
        return petition.forward(context.change, text, body=self.body)

    @override
    def letter(self, _petition: Petition) -> Mapping[str, str]:
        return {"body": self.body, "text": self.text or ""}


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
        fields=(FormField("body", N_("Cơ quan có thẩm quyền"), "text"), _TEXT_FIELD),
        initial=_proposed_body,
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
