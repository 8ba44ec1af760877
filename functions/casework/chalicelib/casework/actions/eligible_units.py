"""The units that may be given a petition, and the units that the directory makes responsible."""

from __future__ import annotations

from chalicelib.casework.actions.input import ActionContext
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.petition.petition import Petition
from shared.domain.procedures import conduct
from shared.domain.procedures.conduct import OFFICE

INTAKE_FIELD = "KHAC"
"""The field whose unit is the intake desk."""


def is_eligible(unit: str, petition: Petition, context: ActionContext) -> bool:
    """Return whether a unit may be given a petition, in view of the unit that it complains of."""
    parents = context.directory.parents(context.today)
    examiners = {
        context.directory.unit_responsible_for(conduct.FIELD, local_date(petition.received_at)),
        OFFICE,
        conduct.TASK_FORCE,
        intake_desk(petition, context),
    }
    return conduct.may_be_given(unit, petition, parents, examiners=examiners)


def check_unit(unit: str, context: ActionContext) -> None:
    """Check that a unit exists today.

    Raises:
        InvalidInputError: `unit` with the rule `unknown`.
    """
    if unit not in context.directory.units(context.today):
        raise InvalidInputError(("unit", "unknown"))


def check_eligible(unit: str, petition: Petition, context: ActionContext) -> None:
    """Check that a unit may be given a petition.

    Raises:
        InvalidInputError: `unit` with the rule `is-complained-of` or `conduct-of-unknown-unit`.
    """
    if not is_eligible(unit, petition, context):
        is_known = petition.complained_unit is not None
        raise InvalidInputError(("unit", "is-complained-of" if is_known else "conduct-of-unknown-unit"))


def check_height(unit: str, petition: Petition, context: ActionContext) -> None:
    """Check that a second look does not come down again to the level that gave the first answer.

    Raises:
        InvalidInputError: `unit` with the rule `answered-it`.
    """
    reopened = petition.second_look
    if reopened is not None:
        units = context.directory.units(context.today)
        looking = units.get(reopened.facts.unit or "")
        if looking is not None and units[unit].rung < looking.rung:
            raise InvalidInputError(("unit", "answered-it"))


def check_field(field: str | None, petition: Petition, context: ActionContext) -> None:
    """Check that a field, where one is given, was in force when the petition was received.

    Raises:
        InvalidInputError: `field` with the rule `unknown`.
    """
    if field is not None and field not in context.directory.fields(local_date(petition.received_at)):
        raise InvalidInputError(("field", "unknown"))


def unit_of_field(field: str | None, context: ActionContext) -> str:
    """Return the unit that is responsible for a field today.

    Raises:
        InvalidInputError: `unit` with the rule `missing`: no field, or no unit of the ministry.
    """
    row = context.directory.fields(context.today).get(field or "")
    if row is None or row.unit is None:
        raise InvalidInputError(("unit", "missing"))
    return row.unit


def field_of_unit(unit: str, petition: Petition, context: ActionContext) -> str:
    """Return the field that a petition gets with its unit.

    Of several fields of the unit it is the one that the router takes for the most probable, then the one that the
    petitioner chose, then the first of the directory. For a unit without fields it is the router's, else "other".
    """
    fields = context.directory.fields(local_date(petition.received_at))
    own = [code for code, field in fields.items() if field.unit == unit]
    best = [code for code, _ in petition.proposal.best] if petition.proposal else []
    probable = [code for code in (*best, petition.chosen_field) if code in fields]
    return next((code for code in probable if not own or code in own), (*own, INTAKE_FIELD)[0])


def intake_desk(petition: Petition, context: ActionContext) -> str:
    """Return the unit that was the intake desk when the petition was received."""
    return context.directory.unit_responsible_for(INTAKE_FIELD, local_date(petition.received_at))


def examiner(petition: Petition, context: ActionContext) -> str:
    """Return the unit that examines denunciations and complaints about conduct, never the one complained of."""
    complained = [petition.complained_unit] if petition.complained_unit else []
    return context.directory.examiner(complained, local_date(petition.received_at))
