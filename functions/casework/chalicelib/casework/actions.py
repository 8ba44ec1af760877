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
from shared.directory import Directory
from shared.domain import deadlines
from shared.domain.errors import ActionNotPossibleError, InvalidInputError, NotAllowedError
from shared.domain.lifecycle import Action, State
from shared.domain.petition import MAX_CONTENT, Kind, Lane, Petition, Publication
from shared.domain.reference import normal_reference
from shared.domain.submission import EMPTY_IS_ABSENT, clean_text
from shared.domain.working_calendar import local_date
from shared.petitions import Petitions
from shared.web.i18n import N_, Language, gettext

INTAKE_FIELD = "KHAC"
"""The field whose unit is the intake desk."""
DENUNCIATIONS_FIELD = "TTRA"
"""The field whose unit examines denunciations."""
OFFICE = "VPB"
"""Văn phòng Bộ: settles disputes between units, and takes the second look."""
RETURNS_TO_INTAKE = 2
"""How often a petition goes back to the intake desk; returned once more, Văn phòng Bộ decides who answers."""

LongText = Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=MAX_CONTENT)]
ShortText = Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=1_000)]
Title = Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=200)]
OptionalLongText = Annotated[Annotated[str, Field(max_length=MAX_CONTENT)] | None, EMPTY_IS_ABSENT]
OptionalShortText = Annotated[Annotated[str, Field(max_length=1_000)] | None, EMPTY_IS_ABSENT]
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
    """Correct field, kind or lane, or say which unit's conduct is complained of; what is left out stays."""

    field: OptionalCode = None
    kind: Kind | None = None
    lane: Lane | None = None
    complained_unit: OptionalCode = None

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        complained = self.complained_unit or petition.complained_unit
        _check_field(self.field, petition, act)
        if self.complained_unit is not None and self.complained_unit not in act.directory.units(
            local_date(act.at)
        ):
            raise InvalidInputError(("complained_unit", "unknown"))
        if complained is not None and complained == petition.unit:
            raise InvalidInputError(("complained_unit", "holds-it"))
        if self.lane is Lane.RESTRICTED:
            raise InvalidInputError(("lane", "use-restrict"))
        return petition.classify(
            field=self.field or petition.field,
            kind=self.kind or petition.kind,
            lane=self.lane or petition.lane,
            complained_unit=complained,
            **act.cause,
        )


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
        if unit == petition.complained_unit:
            raise InvalidInputError(("unit", "is-complained-of"))
        return petition.assign(unit, field=self.field, note=self.note, **act.cause)


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
    """Say that another unit is responsible; after two returns Văn phòng Bộ decides."""

    reason: ShortText

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        returned = sum(entry.action is Action.RETURN_TO_INTAKE for entry in petition.history)
        desk = OFFICE if returned >= RETURNS_TO_INTAKE else _intake_desk(petition, act)
        if petition.unit == desk:
            raise ActionNotPossibleError(Action.RETURN_TO_INTAKE, petition.state)
        return petition.return_to_intake(desk, reason=self.reason, **act.cause)


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
        if self.note is None and self.progress is None:
            raise ValueError("missing")
        return self

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        if self.expected_on is not None and self.expected_on < local_date(act.at):
            raise InvalidInputError(("expected_on", "past"))
        return petition.add_note(self.note, progress=self.progress, expected_on=self.expected_on, **act.cause)


class DraftAnswer(ActionInput):
    """Hand a draft answer to the approver."""

    text: LongText

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.draft_answer(self.text, officer=act.officer.username, **act.cause)


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
    """Make the redacted texts public; a complaint about conduct only when the approver says so expressly."""

    subject: Title
    content: LongText
    answer: LongText
    although_conduct: bool = False

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        if petition.kind is Kind.CONDUCT and not self.although_conduct:
            raise InvalidInputError(("although_conduct", "conduct"))
        publication = Publication(
            subject=self.subject, content=self.content, answer=self.answer, published_at=act.at
        )
        return petition.publish(publication, **act.cause)


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
        unit = act.directory.unit_responsible_for(DENUNCIATIONS_FIELD, local_date(petition.received_at))
        return petition.restrict(unit, **act.cause)


class Merge(ActionInput):
    """Join the petition that is about the same matter."""

    parent: Annotated[str, Field(max_length=20)]
    text: OptionalLongText = None

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        reference = normal_reference(self.parent)
        parent = act.petitions.get(reference) if reference and reference != petition.reference else None
        if parent is None or not permissions.may_see(act.officer, parent):
            raise InvalidInputError(("parent", "unknown"))
        if parent.state in {State.MERGED, State.WITHDRAWN, State.REFUSED}:
            raise InvalidInputError(("parent", "ended"))
        return petition.end_otherwise(
            Action.MERGE,
            text=self.text or _for_petitioner(MERGED_TEXT, petition),
            parent=parent.reference,
            **act.cause,
        )


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
        if unit == petition.complained_unit:
            raise InvalidInputError(("unit", "is-complained-of"))
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
    Action.ASSIGN: Assign,
    Action.CLASSIFY: Classify,
    Action.REQUEST_INFORMATION: RequestInformation,
    Action.NOTE: AddNote,
    Action.RETURN_TO_INTAKE: ReturnToIntake,
    Action.FORWARD: Forward,
    Action.GUIDE: Guide,
    Action.MERGE: Merge,
    Action.REFUSE: Refuse,
    Action.RESTRICT: Restrict,
    Action.REOPEN: Reopen,
    Action.CLOSE: Close,
    Action.OPEN_SEAL: OpenSeal,
}
"""The actions of the desk, in the order in which pages offer them, and what each has to be told."""


def _check_field(field: str | None, petition: Petition, act: Act) -> None:
    if field is not None and field not in act.directory.fields(local_date(petition.received_at)):
        raise InvalidInputError(("field", "unknown"))


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
