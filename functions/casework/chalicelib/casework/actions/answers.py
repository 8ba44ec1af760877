"""Actions on the way to an answer and after it: ask, note, draft, approve, publish, refuse, close, open the seal."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from typing_extensions import override

from chalicelib.casework.actions.input import (
    Act,
    ActionInput,
    Chosen,
    LongText,
    OptionalLongText,
    OptionalShortText,
    ShortText,
    Title,
    for_petitioner,
)
from chalicelib.casework.actions.redaction import has_unmistakable
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.petition import file_verbs
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT, clean_text
from shared.domain.petition.values.answer import Citation, Publication
from shared.domain.petition.values.attachments import Attachment
from shared.domain.petition.values.classification import Kind
from shared.web.i18n import N_

CITATIONS = 10
"""Legal documents that one answer may cite."""


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
"""What the petitioner reads for each reason, before what the officer adds."""


class RequestInformation(ActionInput):
    """Ask the petitioner for what is missing."""

    question: Annotated[LongText, Field(validation_alias=AliasChoices("question", "text"))]

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.request_information(act.change, self.question)


class AddNote(ActionInput):
    """Write down how it stands: `note` for officers; `progress` and `expected_on` for the petitioner."""

    note: OptionalShortText = None
    progress: OptionalShortText = None
    expected_on: Annotated[date | None, EMPTY_IS_ABSENT] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.note is None and self.progress is None and self.expected_on is None:
            raise ValueError("missing")
        return self

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        if self.expected_on is not None and self.expected_on < local_date(act.change.at):
            raise InvalidInputError(("expected_on", "past"))
        return petition.add_note(act.change, self.note, progress=self.progress, expected_on=self.expected_on)


class CitationInput(BaseModel):
    """A legal document: how it is cited, perhaps where in it, perhaps where to read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[str, BeforeValidator(clean_text), Field(min_length=3, max_length=200)]
    article: Annotated[Annotated[str, Field(max_length=200)] | None, EMPTY_IS_ABSENT] = None
    link: Annotated[
        Annotated[str, Field(max_length=300, pattern=r"^https?://[^\s]+$")] | None, EMPTY_IS_ABSENT
    ] = None


class DraftAnswer(ActionInput):
    """Hand a draft answer to the approver, with the legal documents that it rests on."""

    text: LongText
    citations: Annotated[tuple[CitationInput, ...], Field(max_length=CITATIONS)] = ()
    attachments: Chosen = ()

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        _check_files(self.attachments, file_verbs.files_for_answer(petition))
        citations = tuple(Citation(**one.model_dump()) for one in self.citations)
        return petition.draft_answer(act.change, self.text, citations=citations, attachments=self.attachments)


class Approve(ActionInput):
    """Approve the draft."""

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.approve(act.change)


class ReturnDraft(ActionInput):
    """Send a draft back that misses the point."""

    reason: ShortText

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.return_draft(act.change, self.reason)


class Publish(ActionInput):
    """Make the redacted texts public; a complaint about conduct only when the approver says so expressly.

    What still looks like a telephone number, an e-mail address or the like holds it up until the approver says that it
    may stand there.
    """

    subject: Title
    content: LongText
    answer: LongText
    attachments: Chosen = ()
    although_conduct: bool = False
    although_personal: bool = False

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        if petition.kind is Kind.CONDUCT and not self.although_conduct:
            raise InvalidInputError(("although_conduct", "conduct"))
        if not self.although_personal:
            self._check_redaction()
        _check_files(self.attachments, file_verbs.files_of_answer(petition))
        publication = Publication(
            subject=self.subject,
            content=self.content,
            answer=self.answer,
            citations=petition.answer.citations if petition.answer else (),
            attachments=self.attachments,
            published_at=act.change.at,
        )
        return petition.publish(act.change, publication)

    def _check_redaction(self) -> None:
        texts = {"subject": self.subject, "content": self.content, "answer": self.answer}
        left = [name for name, text in texts.items() if has_unmistakable(text)]
        if left:
            raise InvalidInputError(*((name, "personal-data") for name in left))


class Unpublish(ActionInput):
    """Take back what is public; the reason is for officers."""

    reason: ShortText

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.unpublish(act.change, self.reason)


class Refuse(ActionInput):
    """Refuse with a reason from the list; `text` adds to what the petitioner reads, `link` shows the earlier answer."""

    reason: Annotated[
        Refusal, BeforeValidator(lambda value: value.upper() if isinstance(value, str) else value)
    ]
    text: OptionalLongText = None
    link: Annotated[
        Annotated[str, Field(max_length=300, pattern="^(https?:/)?/[^\\s]*$")] | None, EMPTY_IS_ABSENT
    ] = None

    @model_validator(mode="after")
    def _shows_the_answer(self) -> Self:
        if self.reason is Refusal.ANSWERED_BEFORE and self.link is None:
            raise ValueError("link-missing")
        return self

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        parts = (for_petitioner(REFUSALS[self.reason], petition), self.text, self.link)
        return petition.end_otherwise(
            Action.REFUSE,
            act.change,
            text="\n".join(part for part in parts if part),
            facts={"reason": self.reason},
        )


class Close(ActionInput):
    """End what is settled."""

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.close(act.change)


class OpenSeal(ActionInput):
    """Ask who the petitioner is, and say why."""

    reason: Annotated[str, BeforeValidator(clean_text), Field(min_length=5, max_length=1_000)]

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.record_opening(act.change, self.reason)


def _check_files(chosen: tuple[str, ...], possible: tuple[Attachment, ...]) -> None:
    if not set(chosen) <= {one.id for one in possible}:
        raise InvalidInputError(("attachments", "unknown"))
