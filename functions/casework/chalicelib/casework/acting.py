"""What officers do to a petition: each action has a body, and becomes one change under the version they saw."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chalicelib.casework import permissions
from chalicelib.casework.officers import DeskOfficer
from shared import clock
from shared.directory import Directory
from shared.domain import deadlines
from shared.domain.errors import (
    ActionNotPossibleError,
    InvalidInputError,
    NotAllowedError,
    StaleVersionError,
    UnknownPetitionError,
)
from shared.domain.lifecycle import Action, target_of
from shared.domain.petition import Identity, Kind, Lane, Petition, Publication
from shared.domain.submission import clean_text
from shared.domain.working_calendar import local_date
from shared.petitions import Petitions
from shared.seal import Seal

INTAKE_FIELD = "KHAC"
DENUNCIATIONS_FIELD = "TTRA"
OFFICE = "VPB"
"""Văn phòng Bộ: settles disputes, approves, and takes the second look."""

LongText = Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=10_000)]
ShortText = Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=1_000)]
Code = Annotated[str, Field(min_length=1, max_length=20)]


class Refusal(StrEnum):
    """The only reasons for refusing a petition (Nghị định 20/2008/NĐ-CP Đ.7; Quyết định 31/2021/QĐ-TTg)."""

    NOT_VIETNAMESE = "NOT_VIETNAMESE"
    UNCLEAR = "UNCLEAR"
    NO_CONTACT = "NO_CONTACT"
    SPAM = "SPAM"
    ANSWERED_BEFORE = "ANSWERED_BEFORE"


class ActionInput(BaseModel):
    """What every action says: the version that the officer saw."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int


class ClassifyInput(ActionInput):
    """Correct field, kind or lane, or say which unit is complained of."""

    field: Code | None = None
    kind: Kind | None = None
    lane: Lane | None = None
    complained_unit: Code | None = None


class AssignInput(ActionInput):
    """Give the petition to a unit; without one, to the unit of the field."""

    unit: Code | None = None
    field: Code | None = None
    note: ShortText | None = None


class AcceptInput(ActionInput):
    """Take it to work; a unit's head may name the handler."""

    handler: Annotated[str, Field(max_length=64)] | None = None


class ReasonInput(ActionInput):
    """A reason in words."""

    reason: ShortText


class QuestionInput(ActionInput):
    """What the petitioner is asked."""

    question: LongText


class NoteInput(ActionInput):
    """An internal note; `progress` and `expected_on` are for the petitioner."""

    note: ShortText
    progress: ShortText | None = None
    expected_on: date | None = None


class DraftInput(ActionInput):
    """A draft answer."""

    text: LongText


class PublishInput(ActionInput):
    """The redacted texts that everybody may read."""

    subject: Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=200)]
    content: LongText
    answer: LongText


class RefuseInput(ActionInput):
    """A reason from the list, and what to tell the petitioner."""

    reason: Refusal
    text: LongText


class ForwardInput(ActionInput):
    """The body whose matter it is, and what to tell the petitioner."""

    body: Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=200)]
    text: LongText | None = None


class GuideInput(ActionInput):
    """How to make a khiếu nại, or where else to turn."""

    text: LongText


class MergeInput(ActionInput):
    """The petition about the same matter that this one joins."""

    parent: Annotated[str, Field(pattern=r"^\d{11}$")]


class ReopenInput(ActionInput):
    """Why the matter is looked at once more."""

    reason: ShortText | None = None


INPUTS: dict[Action, type[ActionInput]] = {
    Action.CLASSIFY: ClassifyInput,
    Action.ASSIGN: AssignInput,
    Action.ACCEPT: AcceptInput,
    Action.RETURN_TO_INTAKE: ReasonInput,
    Action.REQUEST_INFORMATION: QuestionInput,
    Action.NOTE: NoteInput,
    Action.DRAFT_ANSWER: DraftInput,
    Action.APPROVE: ActionInput,
    Action.RETURN_DRAFT: ReasonInput,
    Action.PUBLISH: PublishInput,
    Action.REFUSE: RefuseInput,
    Action.FORWARD: ForwardInput,
    Action.GUIDE: GuideInput,
    Action.RESTRICT: ActionInput,
    Action.MERGE: MergeInput,
    Action.REOPEN: ReopenInput,
    Action.CLOSE: ActionInput,
    Action.OPEN_SEAL: ReasonInput,
}
"""The actions of the desk and what each needs to be told."""


class _By(NamedTuple):
    """Who acts, when, and under which name of the cause."""

    officer: DeskOfficer
    at: datetime
    change_id: str


class Casework:
    """Lets officers act: sees to it that they may, that the state allows it, and that nothing is overwritten."""

    def __init__(self, petitions: Petitions, directory: Directory, seal: Seal) -> None:
        self._petitions = petitions
        self._directory = directory
        self._seal = seal
        self._verbs: dict[Action, Callable[[Petition, ActionInput, _By], Petition]] = {
            Action.CLASSIFY: self._classify,
            Action.ASSIGN: self._assign,
            Action.ACCEPT: self._accept,
            Action.RETURN_TO_INTAKE: self._return_to_intake,
            Action.REQUEST_INFORMATION: _request_information,
            Action.NOTE: _add_note,
            Action.DRAFT_ANSWER: _draft_answer,
            Action.APPROVE: _approve,
            Action.RETURN_DRAFT: _return_draft,
            Action.PUBLISH: _publish,
            Action.REFUSE: _refuse,
            Action.FORWARD: _forward,
            Action.GUIDE: _guide,
            Action.RESTRICT: self._restrict,
            Action.MERGE: self._merge,
            Action.REOPEN: self._reopen,
            Action.CLOSE: _close,
            Action.OPEN_SEAL: _open_seal,
        }

    def find(self, officer: DeskOfficer, reference: str) -> Petition:
        """Return a petition that the officer may see.

        Raises:
            UnknownPetitionError: there is none, or the officer may not know of it.
        """
        petition = self._petitions.get(reference)
        if petition is None or not permissions.may_see(officer, petition):
            raise UnknownPetitionError
        return petition

    def act(
        self,
        officer: DeskOfficer,
        reference: str,
        action: Action,
        given: ActionInput,
        cause: str | None = None,
    ) -> Petition:
        """Take one action.

        Args:
            officer: who acts.
            reference: on which petition.
            action: what.
            given: the action's own input, with the version that the officer saw.
            cause: names the request, so that the same one coming again is recognised.

        Raises:
            UnknownPetitionError, NotAllowedError, ActionNotPossibleError, InvalidInputError.
            StaleVersionError: somebody else was faster; nothing was written.
        """
        petition = self.find(officer, reference)
        if not permissions.may(officer, action, petition):
            raise NotAllowedError
        change_id = f"desk:{officer.username}:{cause or f'{action}:{given.version}'}"
        if petition.has_change(change_id):
            return petition
        if petition.version != given.version:
            raise StaleVersionError(petition.version)
        target_of(action, petition.state)
        changed = self._verbs[action](petition, given, _By(officer, clock.now(), change_id))
        self._petitions.save(changed, petition.version)
        return changed

    def open_seal(
        self, officer: DeskOfficer, reference: str, given: ReasonInput, cause: str | None = None
    ) -> tuple[Petition, Identity]:
        """Show who petitioned. That it was opened, by whom and why, is recorded before anything is shown."""
        petition = self.act(officer, reference, Action.OPEN_SEAL, given, cause)
        return petition, self._seal.open(petition.petitioner.seal, petition.reference)

    # --- actions that ask the directory ----------------------------------------------------------------

    def _classify(self, petition: Petition, given: ActionInput, by: _By) -> Petition:
        assert isinstance(given, ClassifyInput)  # noqa: S101 - the table INPUTS says so
        if given.field is not None and given.field not in self._directory.fields(_day_of(petition)):
            raise InvalidInputError(("field", "unknown"))
        if given.complained_unit is not None and given.complained_unit not in self._directory.units(
            local_date(by.at)
        ):
            raise InvalidInputError(("complained_unit", "unknown"))
        if given.lane is Lane.RESTRICTED:
            raise InvalidInputError(("lane", "use-restrict"))
        changed = petition.classify(
            field=given.field or petition.field,
            kind=given.kind or petition.kind,
            lane=given.lane or petition.lane,
            by=by.officer.actor,
            at=by.at,
            change_id=by.change_id,
        )
        complained = given.complained_unit or petition.complained_unit
        if complained is not None and complained == changed.unit:
            intake = self._directory.unit_responsible_for(INTAKE_FIELD, _day_of(petition))
            return changed.model_copy(update={"complained_unit": complained, "unit": intake, "handler": None})
        return changed.model_copy(update={"complained_unit": complained})

    def _assign(self, petition: Petition, given: ActionInput, by: _By) -> Petition:
        assert isinstance(given, AssignInput)  # noqa: S101 - the table INPUTS says so
        field = given.field or petition.field
        if given.field is not None and given.field not in self._directory.fields(_day_of(petition)):
            raise InvalidInputError(("field", "unknown"))
        if given.unit is None and field is None:
            raise InvalidInputError(("unit", "missing"))
        unit = given.unit or self._directory.unit_responsible_for(field or "", local_date(by.at))
        if unit not in self._directory.units(local_date(by.at)):
            raise InvalidInputError(("unit", "unknown"))
        if unit == petition.complained_unit:
            raise InvalidInputError(("unit", "is-complained-of"))
        return petition.assign(
            unit, by=by.officer.actor, at=by.at, change_id=by.change_id, field=given.field, note=given.note
        )

    def _accept(self, petition: Petition, given: ActionInput, by: _By) -> Petition:
        assert isinstance(given, AcceptInput)  # noqa: S101 - the table INPUTS says so
        handler = given.handler or by.officer.username
        known = self._directory.officers().get(handler)
        if known is None or known.unit != petition.unit:
            raise InvalidInputError(("handler", "unknown"))
        return petition.accept(by=by.officer.actor, handler=handler, at=by.at, change_id=by.change_id)

    def _return_to_intake(self, petition: Petition, given: ActionInput, by: _By) -> Petition:
        assert isinstance(given, ReasonInput)  # noqa: S101 - the table INPUTS says so
        intake = self._directory.unit_responsible_for(INTAKE_FIELD, _day_of(petition))
        if petition.unit == intake:
            raise ActionNotPossibleError(Action.RETURN_TO_INTAKE, petition.state)
        return petition.return_to_intake(
            intake, reason=given.reason, by=by.officer.actor, at=by.at, change_id=by.change_id
        )

    def _restrict(self, petition: Petition, _given: ActionInput, by: _By) -> Petition:
        unit = self._directory.unit_responsible_for(DENUNCIATIONS_FIELD, _day_of(petition))
        return petition.restrict(unit, by=by.officer.actor, at=by.at, change_id=by.change_id)

    def _merge(self, petition: Petition, given: ActionInput, by: _By) -> Petition:
        assert isinstance(given, MergeInput)  # noqa: S101 - the table INPUTS says so
        parent = self._petitions.get(given.parent)
        if (
            parent is None
            or parent.reference == petition.reference
            or not permissions.may_see(by.officer, parent)
        ):
            raise InvalidInputError(("parent", "unknown"))
        return petition.end_otherwise(
            Action.MERGE,
            text="Nội dung trùng với một phản ánh, kiến nghị đang được xử lý; kết quả sẽ được gửi theo nội dung đó.",
            by=by.officer.actor,
            at=by.at,
            change_id=by.change_id,
            parent=parent.reference,
        )

    def _reopen(self, petition: Petition, given: ActionInput, by: _By) -> Petition:
        assert isinstance(given, ReopenInput)  # noqa: S101 - the table INPUTS says so
        terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
        return petition.reopen(
            OFFICE,
            deadlines.answer_due_on(by.at, terms, calendar),
            reason=given.reason,
            by=by.officer.actor,
            at=by.at,
            change_id=by.change_id,
        )


# --- actions that need nothing but the petition --------------------------------------------------------


def _request_information(petition: Petition, given: ActionInput, by: _By) -> Petition:
    assert isinstance(given, QuestionInput)  # noqa: S101 - the table INPUTS says so
    return petition.request_information(given.question, by=by.officer.actor, at=by.at, change_id=by.change_id)


def _add_note(petition: Petition, given: ActionInput, by: _By) -> Petition:
    assert isinstance(given, NoteInput)  # noqa: S101 - the table INPUTS says so
    return petition.add_note(
        given.note,
        by=by.officer.actor,
        at=by.at,
        change_id=by.change_id,
        progress=given.progress,
        expected_on=given.expected_on,
    )


def _draft_answer(petition: Petition, given: ActionInput, by: _By) -> Petition:
    assert isinstance(given, DraftInput)  # noqa: S101 - the table INPUTS says so
    return petition.draft_answer(
        given.text, by=by.officer.actor, officer=by.officer.username, at=by.at, change_id=by.change_id
    )


def _approve(petition: Petition, _given: ActionInput, by: _By) -> Petition:
    return petition.approve(
        by=by.officer.actor, officer=by.officer.username, at=by.at, change_id=by.change_id
    )


def _return_draft(petition: Petition, given: ActionInput, by: _By) -> Petition:
    assert isinstance(given, ReasonInput)  # noqa: S101 - the table INPUTS says so
    return petition.return_draft(given.reason, by=by.officer.actor, at=by.at, change_id=by.change_id)


def _publish(petition: Petition, given: ActionInput, by: _By) -> Petition:
    assert isinstance(given, PublishInput)  # noqa: S101 - the table INPUTS says so
    publication = Publication(
        subject=given.subject, content=given.content, answer=given.answer, published_at=by.at
    )
    return petition.publish(publication, by=by.officer.actor, at=by.at, change_id=by.change_id)


def _refuse(petition: Petition, given: ActionInput, by: _By) -> Petition:
    assert isinstance(given, RefuseInput)  # noqa: S101 - the table INPUTS says so
    return petition.end_otherwise(
        Action.REFUSE,
        text=given.text,
        by=by.officer.actor,
        at=by.at,
        change_id=by.change_id,
        facts={"reason": given.reason},
    )


def _forward(petition: Petition, given: ActionInput, by: _By) -> Petition:
    assert isinstance(given, ForwardInput)  # noqa: S101 - the table INPUTS says so
    return petition.end_otherwise(
        Action.FORWARD,
        text=given.text
        or f"Nội dung thuộc thẩm quyền của {given.body}. Bộ Nội vụ đã chuyển đến cơ quan này.",
        by=by.officer.actor,
        at=by.at,
        change_id=by.change_id,
        facts={"body": given.body},
    )


def _guide(petition: Petition, given: ActionInput, by: _By) -> Petition:
    assert isinstance(given, GuideInput)  # noqa: S101 - the table INPUTS says so
    return petition.end_otherwise(
        Action.GUIDE, text=given.text, by=by.officer.actor, at=by.at, change_id=by.change_id
    )


def _close(petition: Petition, _given: ActionInput, by: _By) -> Petition:
    return petition.close(by=by.officer.actor, at=by.at, change_id=by.change_id)


def _open_seal(petition: Petition, given: ActionInput, by: _By) -> Petition:
    assert isinstance(given, ReasonInput)  # noqa: S101 - the table INPUTS says so
    return petition.record_opening(given.reason, by=by.officer.actor, at=by.at, change_id=by.change_id)


def _day_of(petition: Petition) -> date:
    return local_date(petition.received_at)
