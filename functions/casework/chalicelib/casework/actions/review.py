"""Actions after a decision: take it back, look at the matter once more, or close it."""

from __future__ import annotations

from typing_extensions import override

from chalicelib.casework.access.permissions import Relation
from chalicelib.casework.actions import eligible_units
from chalicelib.casework.actions.input import ActionContext, ActionInput, OptionalCode, ShortText
from chalicelib.casework.actions.officer_action import OfficerAction
from chalicelib.casework.form_fields import FOR_PETITIONER, FormField
from shared.domain.access.roles import Role
from shared.domain.calendar import deadlines
from shared.domain.errors import InvalidInputError
from shared.domain.petition.lifecycle import SIDE_EXITS, Action
from shared.domain.petition.petition import Petition
from shared.domain.procedures import taking_back
from shared.platform import clock
from shared.web.i18n import N_


class Reopen(ActionInput):
    """Look once more, at a higher level than the one that answered: as the directory says, unless a unit is named.

    What ended without an answer (refused, forwarded, guided elsewhere, withdrawn) goes back to the unit that had it, or
    to the intake desk.
    """

    reason: ShortText
    unit: OptionalCode = None

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        is_unanswered = petition.state in SIDE_EXITS
        unit = self.unit or self._unit(petition, context)
        eligible_units.check_unit(unit, context)
        if unit == petition.unit and not is_unanswered:
            raise InvalidInputError(("unit", "answered-it"))
        eligible_units.check_eligible(unit, petition, context)
        terms, calendar = context.directory.terms_of(petition), context.directory.calendar()
        due_on = deadlines.answer_due_on(context.change.at, terms, calendar)
        return petition.reopen(context.change, unit, due_on, reason=self.reason)

    def _unit(self, petition: Petition, context: ActionContext) -> str:
        if petition.state not in SIDE_EXITS:
            return context.directory.second_look_of(petition, context.today).unit
        desk = eligible_units.intake_desk(petition, context)
        had_it = petition.unit if petition.unit in context.directory.units(context.today) else None
        return had_it or desk


class Close(ActionInput):
    """Close what is settled."""

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return petition.close(context.change)


class TakeBack(ActionInput):
    """Take back one's own decision before word of it leaves: the petition stands where it stood."""

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        return taking_back.take_back(petition, context.change)


ROWS = (
    OfficerAction(
        action=Action.REOPEN,
        may={Role.APPROVER: Relation.ANY, Role.INSPECTOR: Relation.ANY},
        input=Reopen,
        example={"reason": "Có tình tiết mới."},
        button=N_("Mở lại để xem xét"),
        fields=(
            FormField("reason", N_("Vì sao xem lại"), hint=FOR_PETITIONER),
            FormField("unit", N_("Đơn vị"), "choice", is_optional=True, source="units"),
        ),
    ),
    OfficerAction(
        action=Action.CLOSE,
        may={Role.APPROVER: Relation.ANY, Role.INSPECTOR: Relation.ANY},
        input=Close,
        button=N_("Kết thúc hồ sơ"),
        warning=N_("Kết thúc hồ sơ."),
    ),
    OfficerAction(
        action=Action.TAKE_BACK,
        may={Role.INTAKE_OFFICER: Relation.ANY, Role.APPROVER: Relation.ANY, Role.INSPECTOR: Relation.ANY},
        input=TakeBack,
        button=N_("Hoàn tác việc này"),
        is_offered=lambda petition: taking_back.is_possible(petition, clock.now()),
    ),
)
