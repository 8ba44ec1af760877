"""Actions that decide who has a petition: what it is about, which unit, another body, or together with which other."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import override

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import Role
from chalicelib.casework.actions.input import (
    INTAKE_FIELD,
    Act,
    ActionInput,
    LongText,
    OptionalCode,
    OptionalLongText,
    OptionalShortText,
    ShortText,
    Title,
    for_petitioner,
)
from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import ActionNotPossibleError, InvalidInputError, NotAllowedError
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.procedures import conduct, disputes, merging
from shared.domain.procedures.conduct import NO_UNIT_OF_OURS, OFFICE
from shared.web.i18n import N_

FORWARDED_TEXT = N_(
    "Nội dung thuộc thẩm quyền của {body}. Chúng tôi đã chuyển đến cơ quan này để xem xét, trả lời."
)
MERGED_TEXT = N_(
    "Nội dung này trùng với một phản ánh, kiến nghị đang được xử lý. Ông/bà vẫn theo dõi được bằng mã số của mình."
)


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
            act.change,
            field=self._field(petition, complained),
            kind=self.kind or petition.kind,
            lane=self.lane or petition.lane,
            complained_unit=complained,
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
        known = {NO_UNIT_OF_OURS, *act.directory.units(local_date(act.change.at))}
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
        if unit not in act.directory.units(local_date(act.change.at)):
            raise InvalidInputError(("unit", "unknown"))
        _check_may_be_given(unit, petition, act)
        _check_height(unit, petition, act)
        return petition.assign(
            act.change,
            unit,
            field=self.field,
            note=self.note,
            settles_dispute=disputes.is_open(petition),
            tells_petitioner=act.directory.terms_of(petition).tell_assignment,
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
        return petition.accept(act.change, handler=handler)


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
        return petition.return_to_intake(act.change, desk, reason=self.reason, is_dispute=is_dispute)


class Forward(ActionInput):
    """Pass on what belongs to another body, and tell the petitioner which."""

    body: Title
    text: OptionalLongText = None

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        text = self.text or for_petitioner(FORWARDED_TEXT, petition).format(body=self.body)
        return petition.end_otherwise(Action.FORWARD, act.change, text=text, facts={"body": self.body})


class Guide(ActionInput):
    """Tell the petitioner how to make a khiếu nại."""

    text: LongText

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.end_otherwise(Action.GUIDE, act.change, text=self.text)


class Restrict(ActionInput):
    """Move a denunciation to its named readers."""

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        return petition.restrict(act.change, _examiner(petition, act))


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
        text = self.text or for_petitioner(MERGED_TEXT, petition)
        return merging.merge(petition, act.change, parent, text=text)

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
        return merging.split(petition, act.change, reason=self.reason)


class Reopen(ActionInput):
    """Look once more, at a higher level than the one that answered: as the directory says, unless a unit is named."""

    reason: ShortText
    unit: OptionalCode = None

    @override
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        unit = self.unit or act.directory.second_look_of(petition, local_date(act.change.at)).unit
        if unit not in act.directory.units(local_date(act.change.at)):
            raise InvalidInputError(("unit", "unknown"))
        if unit == petition.unit:
            raise InvalidInputError(("unit", "answered-it"))
        _check_may_be_given(unit, petition, act)
        terms, calendar = act.directory.terms_of(petition), act.directory.calendar()
        due_on = deadlines.answer_due_on(act.change.at, terms, calendar)
        return petition.reopen(act.change, unit, due_on, reason=self.reason)


def _check_field(field: str | None, petition: Petition, act: Act) -> None:
    if field is not None and field not in act.directory.fields(local_date(petition.received_at)):
        raise InvalidInputError(("field", "unknown"))


def _may_be_given(unit: str, petition: Petition, act: Act) -> bool:
    parents = act.directory.parents(local_date(act.change.at))
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
        units = act.directory.units(local_date(act.change.at))
        looking = units.get(reopened.facts["unit"])
        if looking is not None and units[unit].rung < looking.rung:
            raise InvalidInputError(("unit", "answered-it"))


def _examiner(petition: Petition, act: Act) -> str:
    complained = [petition.complained_unit] if petition.complained_unit else []
    return act.directory.examiner(complained, local_date(petition.received_at))


def _unit_of_field(field: str | None, act: Act) -> str:
    row = act.directory.fields(local_date(act.change.at)).get(field or "")
    if row is None or row.unit is None:
        raise InvalidInputError(("unit", "missing"))
    return row.unit


def _intake_desk(petition: Petition, act: Act) -> str:
    return act.directory.unit_responsible_for(INTAKE_FIELD, local_date(petition.received_at))
