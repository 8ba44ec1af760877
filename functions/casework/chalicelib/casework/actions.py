"""The actions of the desk: what each has to be told, and what it makes of a petition.

An action checks its own input against the directory; whether the officer may take it, and whether somebody else was
faster, is the matter of `acting`.
"""

from __future__ import annotations

from abc import abstractmethod
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, NamedTuple, Self

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from typing_extensions import override

from chalicelib.casework import permissions
from chalicelib.casework.officers import DeskOfficer, Role
from chalicelib.casework.redaction import has_unmistakable
from shared.directory import Directory
from shared.domain import attaching, conduct, deadlines, disputes, merging
from shared.domain.attachments import Attachment
from shared.domain.conduct import NO_UNIT_OF_OURS, OFFICE
from shared.domain.errors import ActionNotPossibleError, InvalidInputError, NotAllowedError
from shared.domain.lifecycle import Action, State
from shared.domain.petition import MAX_CONTENT, Citation, Kind, Lane, Petition, Publication
from shared.domain.reference import normal_reference
from shared.domain.submission import EMPTY_IS_ABSENT, clean_text
from shared.domain.working_calendar import local_date
from shared.petitions import Petitions
from shared.web.i18n import N_, Language, gettext

INTAKE_FIELD = "KHAC"
"""The field whose unit is the intake desk."""

CITATIONS = 10
"""Legal documents that one answer may cite."""

LongText = Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=MAX_CONTENT)]
ShortText = Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=1_000)]
Title = Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=200)]
OptionalLongText = Annotated[Annotated[str, Field(max_length=MAX_CONTENT)] | None, EMPTY_IS_ABSENT]
OptionalShortText = Annotated[Annotated[str, Field(max_length=1_000)] | None, EMPTY_IS_ABSENT]
Chosen = Annotated[
    tuple[Annotated[str, Field(max_length=32)], ...],
    BeforeValidator(lambda value: tuple(value.split()) if isinstance(value, str) else value),
    Field(max_length=20),
]
"""Identifiers of files; a form sends them in one text."""
OptionalCode = Annotated[Annotated[str, Field(max_length=64)] | None, EMPTY_IS_ABSENT]


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

FORWARDED_TEXT = N_(
    "Nội dung thuộc thẩm quyền của {body}. Chúng tôi đã chuyển đến cơ quan này để xem xét, trả lời."
)
MERGED_TEXT = N_(
    "Nội dung này trùng với một phản ánh, kiến nghị đang được xử lý. Ông/bà vẫn theo dõi được bằng mã số của mình."
)


class Act(NamedTuple):
    """Who acts, when, under which name, and what the action may look up."""

    officer: DeskOfficer
    at: datetime
    change_id: str
    directory: Directory
    petitions: Petitions

    @property
    def cause(self) -> dict[str, Any]:
        """What every change of a petition is told."""
        return {"by": self.officer.actor, "at": self.at, "change_id": self.change_id}


class ActionInput(BaseModel):
    """What every action says: the version that the officer saw."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(ge=1)]

    @abstractmethod
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        """Return the petition changed by this action.

        Raises:
            InvalidInputError: the directory does not know what is asked for.
            ActionNotPossibleError: not in this petition's state.
        """


class Classify(ActionInput):
    """Correct field, kind or lane, or say which unit's conduct is complained of; what is left out stays.

    `complained_unit` may be `NONE`: no unit of the ministry is meant.
    """

    field: OptionalCode = None
    kind: Kind | None = None
    lane: Lane | None = None
    complained_unit: OptionalCode = None

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        _check_field(self.field, petition, act)
        if self.lane is Lane.RESTRICTED:
            raise InvalidInputError(("lane", "use-restrict"))
        complained = self._complained_unit(petition, act)
        classified = petition.classify(
            field=self._field(petition, complained),
            kind=self.kind or petition.kind,
            lane=self.lane or petition.lane,
            complained_unit=complained,
            **act.cause,
        )
        self._check_holder(classified, act)
        return classified

    def _field(self, petition: Petition, complained: str | None) -> str | None:
        """A complaint about who knows whom is a matter of conduct, whatever else it speaks of."""
        kind = self.kind or petition.kind
        is_complaint = kind is Kind.CONDUCT and (self.kind is kind or petition.field == conduct.FIELD)
        if not is_complaint or complained is not None:
            return self.field or petition.field
        if self.field not in (None, conduct.FIELD):
            raise InvalidInputError(("complained_unit", "conduct-of-unknown-unit"))
        return conduct.FIELD

    def _complained_unit(self, petition: Petition, act: Act) -> str | None:
        if self.complained_unit is None:
            return petition.complained_unit
        known = {NO_UNIT_OF_OURS, *act.directory.units(local_date(act.at))}
        if self.complained_unit not in known:
            raise InvalidInputError(("complained_unit", "unknown"))
        return self.complained_unit

    def _check_holder(self, classified: Petition, act: Act) -> None:
        """The unit that holds a petition must be one that may have it, now that more is known."""
        if classified.unit is None or _may_be_given(classified.unit, classified, act):
            return
        if classified.complained_unit is not None:
            raise InvalidInputError(("complained_unit", "holds-it"))
        raise InvalidInputError(("kind", "conduct-of-unknown-unit"))


class Assign(ActionInput):
    """Give the petition to a unit; without one, to the unit responsible for the field."""

    unit: OptionalCode = None
    field: OptionalCode = None
    note: OptionalShortText = None

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        _check_field(self.field, petition, act)
        unit = self.unit or _unit_of_field(self.field or petition.field, act)
        if unit not in act.directory.units(local_date(act.at)):
            raise InvalidInputError(("unit", "unknown"))
        _check_may_be_given(unit, petition, act)
        _check_height(unit, petition, act)
        return petition.assign(
            unit,
            field=self.field,
            note=self.note,
            settles_dispute=disputes.is_open(petition),
            tells_petitioner=act.directory.terms_of(petition).tell_assignment,
            **act.cause,
        )


class Accept(ActionInput):
    """Take the petition to work; a unit's head may name another handler of the unit."""

    handler: OptionalCode = None

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        handler = self.handler or act.officer.username
        if handler != act.officer.username and not act.officer.has(Role.UNIT_HEAD):
            raise NotAllowedError
        known = act.directory.officers().get(handler)
        if known is None or known.unit != petition.unit:
            raise InvalidInputError(("handler", "unknown"))
        return petition.accept(handler=handler, **act.cause)


class ReturnToIntake(ActionInput):
    """Say that another unit is responsible; returned too often, it is for Văn phòng Bộ to decide."""

    reason: ShortText

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        is_dispute = disputes.becomes_dispute(petition, act.directory.terms_of(petition))
        desk = OFFICE if is_dispute else _intake_desk(petition, act)
        if not _may_be_given(desk, petition, act):
            desk = _examiner(petition, act)
        if petition.unit == desk:
            raise ActionNotPossibleError(Action.RETURN_TO_INTAKE, petition.state)
        return petition.return_to_intake(desk, reason=self.reason, is_dispute=is_dispute, **act.cause)


class RequestInformation(ActionInput):
    """Ask the petitioner for what is missing."""

    question: Annotated[LongText, Field(validation_alias=AliasChoices("question", "text"))]

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.request_information(self.question, **act.cause)


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
        if self.expected_on is not None and self.expected_on < local_date(act.at):
            raise InvalidInputError(("expected_on", "past"))
        return petition.add_note(self.note, progress=self.progress, expected_on=self.expected_on, **act.cause)


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
        _check_files(self.attachments, attaching.files_for_answer(petition))
        citations = tuple(Citation(**one.model_dump()) for one in self.citations)
        return petition.draft_answer(
            self.text,
            citations=citations,
            attachments=self.attachments,
            officer=act.officer.username,
            **act.cause,
        )


class Approve(ActionInput):
    """Approve the draft."""

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.approve(officer=act.officer.username, **act.cause)


class ReturnDraft(ActionInput):
    """Send a draft back that misses the point."""

    reason: ShortText

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.return_draft(self.reason, **act.cause)


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
        _check_files(self.attachments, attaching.files_of_answer(petition))
        publication = Publication(
            subject=self.subject,
            content=self.content,
            answer=self.answer,
            citations=petition.answer.citations if petition.answer else (),
            attachments=self.attachments,
            published_at=act.at,
        )
        return petition.publish(publication, **act.cause)

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
        return petition.unpublish(self.reason, **act.cause)


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
        parts = (_for_petitioner(REFUSALS[self.reason], petition), self.text, self.link)
        return petition.end_otherwise(
            Action.REFUSE,
            text="\n".join(part for part in parts if part),
            facts={"reason": self.reason},
            **act.cause,
        )


class Forward(ActionInput):
    """Pass on what belongs to another body, and tell the petitioner which."""

    body: Title
    text: OptionalLongText = None

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        text = self.text or _for_petitioner(FORWARDED_TEXT, petition).format(body=self.body)
        return petition.end_otherwise(Action.FORWARD, text=text, facts={"body": self.body}, **act.cause)


class Guide(ActionInput):
    """Tell the petitioner how to make a khiếu nại."""

    text: LongText

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.end_otherwise(Action.GUIDE, text=self.text, **act.cause)


class Restrict(ActionInput):
    """Move a denunciation to its named readers."""

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.restrict(_examiner(petition, act), **act.cause)


class Merge(ActionInput):
    """Join the petition that is about the same matter."""

    parent: Annotated[str, Field(max_length=20)]
    text: OptionalLongText = None

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        parent = self._parent(act)
        if parent is None or not permissions.may_see(act.officer, parent):
            raise InvalidInputError(("parent", "unknown"))
        if parent.reference == petition.reference:
            raise InvalidInputError(("parent", "itself"))
        if parent.state in {State.MERGED, State.WITHDRAWN, State.REFUSED}:
            raise InvalidInputError(("parent", "ended"))
        text = self.text or _for_petitioner(MERGED_TEXT, petition)
        return merging.merge(petition, parent, text=text, **act.cause)

    def _parent(self, act: Act) -> Petition | None:
        """Return the petition that is worked on: of one that was merged itself, the one that it was merged into."""
        reference = normal_reference(self.parent)
        found = act.petitions.get(reference) if reference else None
        if found is not None and found.state is State.MERGED and found.parent is not None:
            return act.petitions.get(found.parent)
        return found


class Split(ActionInput):
    """Put a merged petition back to work by itself."""

    reason: ShortText

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return merging.split(petition, reason=self.reason, **act.cause)


class Reopen(ActionInput):
    """Look once more, at a higher level than the one that answered: as the directory says, unless a unit is named."""

    reason: ShortText
    unit: OptionalCode = None

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        unit = self.unit or act.directory.second_look_of(petition, local_date(act.at)).unit
        if unit not in act.directory.units(local_date(act.at)):
            raise InvalidInputError(("unit", "unknown"))
        if unit == petition.unit:
            raise InvalidInputError(("unit", "answered-it"))
        _check_may_be_given(unit, petition, act)
        terms, calendar = act.directory.terms_of(petition), act.directory.calendar()
        due_on = deadlines.answer_due_on(act.at, terms, calendar)
        return petition.reopen(unit, due_on, reason=self.reason, **act.cause)


class Close(ActionInput):
    """End what is settled."""

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.close(**act.cause)


class OpenSeal(ActionInput):
    """Ask who the petitioner is, and say why."""

    reason: Annotated[str, BeforeValidator(clean_text), Field(min_length=5, max_length=1_000)]

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.record_opening(self.reason, **act.cause)


INPUTS: dict[Action, type[ActionInput]] = {
    Action.ACCEPT: Accept,
    Action.DRAFT_ANSWER: DraftAnswer,
    Action.APPROVE: Approve,
    Action.RETURN_DRAFT: ReturnDraft,
    Action.PUBLISH: Publish,
    Action.UNPUBLISH: Unpublish,
    Action.ASSIGN: Assign,
    Action.CLASSIFY: Classify,
    Action.REQUEST_INFORMATION: RequestInformation,
    Action.NOTE: AddNote,
    Action.RETURN_TO_INTAKE: ReturnToIntake,
    Action.FORWARD: Forward,
    Action.GUIDE: Guide,
    Action.MERGE: Merge,
    Action.SPLIT: Split,
    Action.REFUSE: Refuse,
    Action.RESTRICT: Restrict,
    Action.REOPEN: Reopen,
    Action.CLOSE: Close,
    Action.OPEN_SEAL: OpenSeal,
}
"""The actions of the desk, in the order in which pages offer them, and what each has to be told."""


def _check_files(chosen: tuple[str, ...], possible: tuple[Attachment, ...]) -> None:
    if not set(chosen) <= {one.id for one in possible}:
        raise InvalidInputError(("attachments", "unknown"))


def _check_field(field: str | None, petition: Petition, act: Act) -> None:
    if field is not None and field not in act.directory.fields(local_date(petition.received_at)):
        raise InvalidInputError(("field", "unknown"))


def _may_be_given(unit: str, petition: Petition, act: Act) -> bool:
    parents = act.directory.parents(local_date(act.at))
    examiners = {
        act.directory.unit_responsible_for(conduct.FIELD, local_date(petition.received_at)),
        OFFICE,
        conduct.TASK_FORCE,
        _intake_desk(petition, act),
    }
    return conduct.may_be_given(unit, petition, parents, examiners=examiners)


def _check_may_be_given(unit: str, petition: Petition, act: Act) -> None:
    if not _may_be_given(unit, petition, act):
        is_known = petition.complained_unit is not None
        raise InvalidInputError(("unit", "is-complained-of" if is_known else "conduct-of-unknown-unit"))


def _check_height(unit: str, petition: Petition, act: Act) -> None:
    """A second look never comes down again to where the first answer came from."""
    reopened = petition.last(Action.REOPEN)
    if reopened is not None:
        units = act.directory.units(local_date(act.at))
        looking = units.get(reopened.facts["unit"])
        if looking is not None and units[unit].rung < looking.rung:
            raise InvalidInputError(("unit", "answered-it"))


def _examiner(petition: Petition, act: Act) -> str:
    complained = [petition.complained_unit] if petition.complained_unit else []
    return act.directory.examiner(complained, local_date(petition.received_at))


def _unit_of_field(field: str | None, act: Act) -> str:
    row = act.directory.fields(local_date(act.at)).get(field or "")
    if row is None or row.unit is None:
        raise InvalidInputError(("unit", "missing"))
    return row.unit


def _intake_desk(petition: Petition, act: Act) -> str:
    return act.directory.unit_responsible_for(INTAKE_FIELD, local_date(petition.received_at))


def _for_petitioner(text: str, petition: Petition) -> str:
    language: Language = "en" if petition.language == "en" else "vi"
    return gettext(language)(text)
