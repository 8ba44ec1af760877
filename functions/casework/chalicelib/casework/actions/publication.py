"""Actions on the public answer: publish the redacted question and answer, withdraw the publication."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import override

from chalicelib.casework.access.permissions import Relation
from chalicelib.casework.actions.input import (
    ActionContext,
    ActionInput,
    FileIds,
    LongText,
    ShortText,
    Title,
    check_files,
)
from chalicelib.casework.actions.officer_action import OfficerAction
from chalicelib.casework.actions.redaction import has_unmistakable, masked
from chalicelib.casework.form_fields import FOR_OFFICERS, FormField
from shared.domain.access.roles import Role
from shared.domain.errors import InvalidInputError
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.classification import Kind
from shared.web.i18n import N_


class Publish(ActionInput):
    """Make the redacted texts public.

    A complaint about conduct is published only with `although_conduct`; a text that still holds what looks like a
    telephone number, an e-mail address, an account, an identity number or a plate only with `although_personal`.
    """

    subject: Annotated[Title, Field(description="redacted")]
    content: Annotated[LongText, Field(description="redacted")]
    answer: Annotated[LongText, Field(description="redacted")]
    attachments: Annotated[FileIds, Field(description="the answer's files that become public")] = ()
    although_conduct: bool = False
    although_personal: Annotated[
        bool, Field(description="what still looks like a number or an address is published by decision")
    ] = False

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        if petition.kind is Kind.CONDUCT and not self.although_conduct:
            raise InvalidInputError(("although_conduct", "conduct"))
        if not self.although_personal:
            self._check_redaction()
        check_files(self.attachments, petition.files_of_answer)
        publication = Publication(
            subject=self.subject,
            content=self.content,
            answer=self.answer,
            citations=petition.answer.citations if petition.answer else (),
            attachments=self.attachments,
            published_at=context.change.at,
        )
        return petition.publish(context.change, publication)

    def _check_redaction(self) -> None:
        texts = {"subject": self.subject, "content": self.content, "answer": self.answer}
        unredacted = [name for name, text in texts.items() if has_unmistakable(text)]
        if unredacted:
            raise InvalidInputError(*((name, "personal-data") for name in unredacted))


class Unpublish(ActionInput):
    """Withdraw the publication; the answer stands."""

    reason: Annotated[ShortText, Field(description="for officers")]

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return petition.unpublish(context.change, self.reason)


_REDACTED_HINT = N_("Chỗ nghi là thông tin cá nhân đã được che sẵn; hãy đọc lại và che nốt phần còn sót.")
_ALTHOUGH_PERSONAL = FormField(
    "although_personal",
    N_("Tôi xác nhận số điện thoại, địa chỉ thư hoặc số giấy tờ còn lại được phép công khai."),
    "tick",
)
_ALTHOUGH_CONDUCT = FormField(
    "although_conduct", N_("Tôi xác nhận công khai dù đây là phản ánh về hành vi cán bộ."), "tick"
)
_PUBLIC_FILES = FormField(
    "attachments",
    N_("Tệp được công khai"),
    "ticks",
    is_optional=True,
    source="public_files",
    hint=N_("Chỉ chọn tệp không có thông tin cá nhân."),
)


def _masked_texts(petition: Petition) -> dict[str, str]:
    answer = petition.answer.text if petition.answer else ""
    return {
        "subject": masked(petition.subject),
        "content": masked(petition.content),
        "answer": masked(answer),
    }


def _confirmations_and_files(petition: Petition) -> tuple[FormField, ...]:
    conduct = (_ALTHOUGH_CONDUCT,) if petition.kind is Kind.CONDUCT else ()
    files = (_PUBLIC_FILES,) if petition.files_of_answer else ()
    return (_ALTHOUGH_PERSONAL, *conduct, *files)


ROWS = (
    OfficerAction(
        action=Action.PUBLISH,
        may={Role.APPROVER: Relation.ANY},
        input=Publish,
        example={"subject": "Thi nâng ngạch", "content": "Khi nào thi?", "answer": "Thời hạn là 30 ngày."},
        button=N_("Công khai câu hỏi và trả lời"),
        fields=(
            FormField("subject", N_("Tiêu đề công khai"), "text"),
            FormField("content", N_("Nội dung công khai"), hint=_REDACTED_HINT),
            FormField("answer", N_("Trả lời công khai"), hint=_REDACTED_HINT),
        ),
        more_fields=_confirmations_and_files,
        initial=_masked_texts,
        is_offered=lambda petition: petition.may_publish,
    ),
    OfficerAction(
        action=Action.UNPUBLISH,
        may={Role.APPROVER: Relation.ANY},
        input=Unpublish,
        example={"reason": "Còn tên người gửi."},
        button=N_("Gỡ khỏi trang công khai"),
        warning=N_("Trang công khai và dữ liệu mở bỏ nội dung này ngay (bản lưu đệm: trong 60 giây)."),
        fields=(FormField("reason", N_("Vì sao gỡ"), hint=FOR_OFFICERS),),
        is_offered=lambda petition: petition.publication is not None,
    ),
)
