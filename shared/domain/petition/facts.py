"""Typed facts of history entries: what an action records besides its texts, one model for each kind of action.

An entry stores its facts as one flat object of strings, and the digest of the entry covers that object. So each model
reads it and writes the same object again (`stored`), with every fact that this version of the code does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, model_serializer

from shared.domain.base_model import BaseModel
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.values.attachments import BelongsTo, Rejection
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.petition.values.petitioner import ReplyBy

FILED = ("unit", "field", "kind", "lane", "handler", "complained_unit", "province", "due_on")
"""Attributes that a petition is filed and counted under; each entry records those that its change set."""

_EMPTY_IS_NONE = BeforeValidator(lambda value: None if value == "" else value)
_LIST_IN_ONE_TEXT = BeforeValidator(
    lambda value: tuple(filter(None, value.split(","))) if isinstance(value, str) else value
)
_YES = "yes"


class Finding(StrEnum):
    """The result of screening an added text."""

    NOTHING = "nothing"
    MAY_DENOUNCE = "may-denounce"


class Facts(BaseModel):
    """The facts that every entry may have: the attributes in `FILED` that the change set.

    An attribute that the change did not set is not in `model_fields_set`; one that the petition has no longer is None,
    stored as "".
    """

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)
    __pydantic_extra__: dict[str, str]

    unit: Annotated[str | None, _EMPTY_IS_NONE] = None
    field: Annotated[str | None, _EMPTY_IS_NONE] = None
    kind: Annotated[Kind | None, _EMPTY_IS_NONE] = None
    lane: Annotated[Lane | None, _EMPTY_IS_NONE] = None
    handler: Annotated[str | None, _EMPTY_IS_NONE] = None
    complained_unit: Annotated[str | None, _EMPTY_IS_NONE] = None
    province: Annotated[str | None, _EMPTY_IS_NONE] = None
    due_on: Annotated[date | None, _EMPTY_IS_NONE] = None
    word_at: datetime | None = None
    """The instant from which others are notified of the change; None: at once."""
    digests: Annotated[tuple[str, ...] | None, _LIST_IN_ONE_TEXT] = None
    """`group=digest` of the attributes that the change set (`coverage.groups_of`); None in entries of earlier code."""

    @model_serializer
    def stored(self) -> dict[str, str]:
        """Return the facts as the table stores them and the digest of the entry covers them."""
        present = self.model_fields_set
        if not present:
            return {}
        facts = {
            info.alias or name: _text(value)
            for name, info in type(self).model_fields.items()
            if name in present and _is_stored(name, value := getattr(self, name))
        }
        return {**facts, **(self.__pydantic_extra__ or {})}

    def __eq__(self, other: object) -> bool:
        """Compare what is stored: facts without any content are equal whatever the action."""
        return isinstance(other, Facts) and self.stored() == other.stored()

    def __hash__(self) -> int:
        """Return a hash that fits `__eq__`."""
        return hash(frozenset(self.stored().items()))

    def recorded(self) -> dict[str, str]:
        """Return the facts as they are stored, without the digests, which tell nothing but that all is as it was."""
        return {name: value for name, value in self.stored().items() if name != "digests"}

    def without_digests(self) -> Self:
        """Return these facts for counting."""
        return self.model_validate(self.recorded()) if self.digests is not None else self

    def has(self, name: str) -> bool:
        """Return whether the change set an attribute, be it to nothing."""
        return name in self.model_fields_set

    def with_filed(self, filed: Mapping[str, str], digests: tuple[str, ...] = ()) -> Self:
        """Return these facts with more attributes that the change set, and the digests of others.

        Attributes that are here already stay.
        """
        of_change = {"digests": ",".join(digests)} if digests else {}
        return self.model_validate({**filed, **self.recorded(), **of_change})


def _is_stored(name: str, value: object) -> bool:
    """Return whether a fact that was set is stored: an optional fact of an action has no form for nothing."""
    return name in FILED or not (value is None or value is False)


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case True:
            return _YES
        case tuple():
            return ",".join(value)
        case datetime():
            return value.isoformat()
        case _:
            return str(value)


class Receipt(Facts):
    """Facts of the receipt of a petition."""

    missing_parts: str | None = None
    """The parts of a long SMS that never arrived, e.g. `2/3`."""


class ContactAdded(Facts):
    """Facts of a contact that the petitioner added."""

    parts_before: int
    """The number of sealed parts before this contact: those whose owners are notified of it."""
    chosen_before: Annotated[tuple[ReplyBy, ...] | None, _LIST_IN_ONE_TEXT] = None
    """The channels that were chosen before; None in entries from before this was recorded."""


class ChannelsChosen(Facts):
    """Facts of the choice of other channels."""

    chosen_before: Annotated[tuple[ReplyBy, ...], _LIST_IN_ONE_TEXT]


class PinSent(Facts):
    """Facts of a PIN that was sent again."""

    channel: ReplyBy


class Rated(Facts):
    """Facts of a rating by the petitioner."""

    score: int
    """1 (not at all satisfied) to 5."""


class Assigned(Facts):
    """Facts of giving a petition to a unit, by the router or by an officer."""

    tells: Literal["PETITIONER"] | None = None
    """Set where the petitioner is notified of the assignment."""
    dispute: Literal["decided"] | None = None
    """Set where this assignment decided a dispute between units."""


class Reassigned(Facts):
    """Facts of giving a petition to another officer of its unit; `handler` is who has it now."""

    from_handler: str = ""
    instead_of: str | None = None
    """The officer who was named and is away; `handler` stands in for them."""


class ReturnedToIntake(Facts):
    """Facts of a unit's return of a petition."""

    from_unit: str = ""
    dispute: Literal["open"] | None = None
    """Set where this return is one too many, so that Văn phòng Bộ decides."""


class Screened(Facts):
    """Facts of the screening of one added text; `unit` is set where the petition was taken back to the intake desk."""

    entry: int
    """The number of the history entry with the text."""
    finding: Finding = Field(alias="found")


class Noted(Facts):
    """Facts of a note."""

    expected_on: date | None = None
    """The day by which the handler expects to answer; the next update to the petitioner contains it."""


class Refused(Facts):
    """Facts of a refusal."""

    reason: str | None = None
    """One of the reasons that the law allows, e.g. `SPAM`."""


class Dispatch(StrEnum):
    """The way in which a letter to another body was sent."""

    BY_HAND = "BY_HAND"
    POST = "POST"
    EMAIL = "EMAIL"
    SYSTEM = "SYSTEM"
    """Over the documents' exchange of the government (trục liên thông văn bản)."""


class LetterFacts(Facts):
    """Facts of the letter to another body: to whom, and how it was sent; entries of earlier code say only to whom."""

    body: str | None = None
    sent_by: Dispatch | None = None
    """The way in which the letter was sent; None as long as it is only written."""
    sent_on: date | None = None
    letter_number: str | None = None
    """The number of the letter in the register of outgoing documents."""


class Forwarded(LetterFacts):
    """Facts of forwarding to another body, and of its letter's way."""


class Drafted(Facts):
    """Facts of a draft that was handed in."""

    needs_signature: bool = False
    """True if the head of the unit signs it first."""


class Merged(Facts):
    """Facts of a merge."""

    parent: str | None = None
    parent_due_on: date | None = None
    follows: str | None = None
    """The former parent, where a merged petition follows it into another; the petitioner is not notified again."""
    answers_at_once: bool = False
    """True if it was joined to be answered with the other one's approval, of which alone its petitioner is notified."""


class Split(Facts):
    """Facts of a split."""

    parent: str = ""


class AnsweredWithParent(LetterFacts):
    """Facts of an answer that came with the parent's: those of the entry that settled the parent, and which it was.

    Where that one was forwarded, the child has a letter of its own, sent as the parent's.
    """

    parent: str
    settled_as: Action = Field(alias="as")
    """The action that settled the parent: approve, refuse, forward or guide."""
    reason: str | None = None


class TakenBack(Facts):
    """Facts of an action that was taken back."""

    entry: int
    """The number of its history entry."""
    taken_back: Action
    """The action."""
    overtaken: bool = False
    """True if an act of the petitioner came before they were notified; else its officer took it back."""


class Reopened(Facts):
    """Facts of a reopening; `due_on` is the day by which the second answer is due."""

    first_due_on: date


PAUSED = "paused"
"""The reason of a due date that moved because the petitioner was awaited."""


class DueDateMoved(Facts):
    """Facts of a due date that moved with the calendar, or by the days waited for the petitioner."""

    moved_from: date = Field(alias="from")
    moved_to: date = Field(alias="to")
    reason: str | None = None
    """`calendar`, or `PAUSED`."""


class TimeLimitReached(Facts):
    """Facts of a warning, a reminder or an escalation by the timer."""

    n: int = 1
    """The level of an escalation, the number of an update."""
    anchor: str = ""
    """The due date, or the number of the history entry, from which the time limit is counted."""


class PetitionerUpdated(TimeLimitReached):
    """Facts of an update to the petitioner about an overdue petition."""

    next_update_on: date | None = None
    expected_on: date | None = None
    """The day that the handler named in the latest note."""


class FileDeclared(Facts):
    """Facts of a file that was declared, before its upload."""

    attachment: str
    belongs_to: BelongsTo


class FileKept(Facts):
    """Facts of a file that was found clean."""

    attachment: str
    sha256: str
    completes: bool = False
    """True if a petition that waited for information goes back to work with it."""


class FileRejected(Facts):
    """Facts of a file that was not kept."""

    attachment: str
    reason: Rejection


class FileOpened(Facts):
    """Facts of a petitioner's file that an officer opened."""

    attachment: str


FACTS: dict[Action, type[Facts]] = {
    Action.RECEIVE: Receipt,
    Action.ADD_CONTACT: ContactAdded,
    Action.CHOOSE_CHANNELS: ChannelsChosen,
    Action.SEND_PIN: PinSent,
    Action.RATE: Rated,
    Action.ROUTE: Assigned,
    Action.ASSIGN: Assigned,
    Action.REASSIGN: Reassigned,
    Action.RETURN_TO_INTAKE: ReturnedToIntake,
    Action.SCREEN: Screened,
    Action.NOTE: Noted,
    Action.REFUSE: Refused,
    Action.FORWARD: Forwarded,
    Action.SEND_LETTER: Forwarded,
    Action.DRAFT_ANSWER: Drafted,
    Action.MERGE: Merged,
    Action.SPLIT: Split,
    Action.ANSWER_WITH_PARENT: AnsweredWithParent,
    Action.REOPEN: Reopened,
    Action.TAKE_BACK: TakenBack,
    Action.MOVE_DUE_DATE: DueDateMoved,
    Action.WARN_HANDLER: TimeLimitReached,
    Action.WARN_UNIT_HEAD: TimeLimitReached,
    Action.ESCALATE: TimeLimitReached,
    Action.UPDATE_PETITIONER: PetitionerUpdated,
    Action.REMIND_ACCEPTANCE: TimeLimitReached,
    Action.REMIND_APPROVAL: TimeLimitReached,
    Action.REMIND_COMPLETION: TimeLimitReached,
    Action.REPORT_INCOMPLETE: TimeLimitReached,
    Action.REMIND_FORWARDING: TimeLimitReached,
    Action.REMIND_PUBLICATION: TimeLimitReached,
    Action.ATTACH: FileDeclared,
    Action.KEEP_ATTACHMENT: FileKept,
    Action.REJECT_ATTACHMENT: FileRejected,
    Action.OPEN_ATTACHMENT: FileOpened,
}
"""The model that reads the facts of each action; `Facts` for an action that records nothing of its own."""


_NO_FACTS = Facts()


def facts_of(action: Action | None, stored: Mapping[str, str]) -> Facts:
    """Return the typed facts of an entry from what is stored.

    Raises:
        ValidationError: a fact is missing that every entry of this action has, or has another form.
    """
    model = FACTS.get(action, Facts) if action else Facts
    return model.model_validate(stored) if stored or model is not Facts else _NO_FACTS
