"""Actions that decide what a petition is about and which unit works on it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field
from typing_extensions import override

from chalicelib.casework.access.permissions import Relation
from chalicelib.casework.actions import eligible_units
from chalicelib.casework.actions.input import ActionContext, ActionInput, OptionalCode, OptionalShortText
from chalicelib.casework.actions.officer_action import OfficerAction
from chalicelib.casework.form_fields import FOR_OFFICERS, FormField
from shared.domain.access.roles import Role
from shared.domain.errors import InvalidInputError
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.procedures import conduct, disputes
from shared.domain.procedures.conduct import NO_UNIT_OF_OURS
from shared.web.i18n import N_


class Assign(ActionInput):
    """Give the petition to a unit; without one, to the unit responsible for the field.

    A petition without a field gets the unit's: reports and the router's corrections count petitions by field.
    """

    unit: Annotated[OptionalCode, Field(description="by default the unit responsible for the field")] = None
    field: OptionalCode = None
    note: Annotated[OptionalShortText, Field(description="for officers")] = None

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        eligible_units.check_field(self.field, petition, context)
        unit = self.unit or eligible_units.unit_of_field(self.field or petition.field, context)
        eligible_units.check_unit(unit, context)
        eligible_units.check_eligible(unit, petition, context)
        eligible_units.check_height(unit, petition, context)
        return petition.assign(
            context.change,
            unit,
            field=self.field or petition.field or eligible_units.field_of_unit(unit, petition, context),
            note=self.note,
            settles_dispute=disputes.is_open(petition),
            notifies_petitioner=context.directory.terms_of(petition).tell_assignment,
        )


class Classify(ActionInput):
    """Correct field, kind or lane, or name the unit whose conduct is complained of; what is left out stays."""

    field: OptionalCode = None
    kind: Kind | None = None
    lane: Annotated[Lane | None, Field(description="any but `RESTRICTED`, for which there is `restrict`")] = (
        None
    )
    complained_unit: Annotated[
        OptionalCode, Field(description="`NONE`: no unit of the ministry is meant")
    ] = None

    @override
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        eligible_units.check_field(self.field, petition, context)
        if self.lane is Lane.RESTRICTED:
            raise InvalidInputError(("lane", "use-restrict"))
        complained_unit = self._complained_unit(petition, context)
        classified = petition.classify(
            context.change,
            field=self._field(petition, complained_unit),
            kind=self.kind or petition.kind,
            lane=self.lane or petition.lane,
            complained_unit=complained_unit,
        )
        self._check_holder(classified, context)
        return classified

    def _field(self, petition: Petition, complained_unit: str | None) -> str | None:
        """Return the field; a complaint about an unknown unit's conduct is always in the field of conduct."""
        kind = self.kind or petition.kind
        is_complaint = kind is Kind.CONDUCT and (self.kind is kind or petition.field == conduct.FIELD)
        if not is_complaint or complained_unit is not None:
            return self.field or petition.field
        if self.field not in (None, conduct.FIELD):
            raise InvalidInputError(("complained_unit", "conduct-of-unknown-unit"))
        return conduct.FIELD

    def _complained_unit(self, petition: Petition, context: ActionContext) -> str | None:
        if self.complained_unit is None:
            return petition.complained_unit
        if self.complained_unit not in {NO_UNIT_OF_OURS, *context.directory.units(context.today)}:
            raise InvalidInputError(("complained_unit", "unknown"))
        return self.complained_unit

    def _check_holder(self, classified: Petition, context: ActionContext) -> None:
        """Check that the unit that has the petition may keep it, now that more is known."""
        if classified.unit is None or eligible_units.is_eligible(classified.unit, classified, context):
            return
        if classified.complained_unit is not None:
            raise InvalidInputError(("complained_unit", "holds-it"))
        raise InvalidInputError(("kind", "conduct-of-unknown-unit"))


def _current_classification(petition: Petition) -> dict[str, str]:
    return {
        "field": petition.field or "",
        "kind": petition.kind or "",
        "lane": petition.lane,
        "complained_unit": petition.complained_unit or "",
    }


def _proposed_field(petition: Petition) -> dict[str, str]:
    """Return the petition's field, or what the router takes for the most probable one: one click confirms it."""
    best = petition.proposal.best if petition.proposal else ()
    proposed = next((field for field, _ in best), "")
    return {"field": petition.field or (proposed if proposed != eligible_units.INTAKE_FIELD else "")}


ROWS = (
    OfficerAction(
        action=Action.ASSIGN,
        may={Role.INTAKE_OFFICER: Relation.ANY, Role.APPROVER: Relation.ANY},
        input=Assign,
        example={"unit": "VTCBC"},
        button=N_("Phân công cho đơn vị"),
        fields=(
            FormField(
                "unit",
                N_("Đơn vị"),
                "choice",
                is_optional=True,
                source="units",
                hint=N_("Để trống thì giao cho đơn vị phụ trách lĩnh vực."),
            ),
            FormField(
                "field",
                N_("Lĩnh vực"),
                "choice",
                is_optional=True,
                source="fields",
                hint=N_("Để trống thì hồ sơ chưa có lĩnh vực được ghi theo lĩnh vực của đơn vị."),
            ),
            FormField("note", N_("Ghi chú"), is_optional=True, hint=FOR_OFFICERS),
        ),
        initial=_proposed_field,
    ),
    OfficerAction(
        action=Action.CLASSIFY,
        may={Role.INTAKE_OFFICER: Relation.ANY, Role.APPROVER: Relation.ANY},
        input=Classify,
        example={"kind": "REGULATION"},
        button=N_("Phân loại lại"),
        fields=(
            FormField("field", N_("Lĩnh vực"), "choice", is_optional=True, source="fields"),
            FormField("kind", N_("Loại"), "choice", is_optional=True, source="kinds"),
            FormField("lane", N_("Cách xử lý"), "choice", is_optional=True, source="lanes"),
            FormField(
                "complained_unit",
                N_("Đơn vị bị phản ánh"),
                "choice",
                is_optional=True,
                source="complained",
                hint=N_(
                    "Đơn vị này, cấp trên và cấp dưới của đơn vị sẽ không thấy hồ sơ và không được giao xử lý."
                ),
            ),
        ),
        initial=_current_classification,
    ),
)
