"""The forms of the actions: their fields for a petition, their first values, and the lists that they choose from."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.answers import WORKERS
from chalicelib.casework.actions.catalogue import INPUTS, ROWS
from chalicelib.casework.actions.referral import DISPATCHES, REFUSALS, Refusal
from chalicelib.casework.bodies import bodies_on
from chalicelib.casework.form_fields import FormField
from shared.domain.access.roles import Role
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.procedures.conduct import NO_UNIT_OF_OURS
from shared.tables.directory import Directory
from shared.web.i18n import Language, gettext, in_language
from shared.web.labels import ACTIONS, KINDS, LANES


def action_named(name: str) -> Action | None:
    """Return the action with a request of its own that has this name in paths, or None."""
    return next((action for action in INPUTS if action == name), None)


def fields_of(action: Action, petition: Petition) -> tuple[FormField, ...]:
    """Return the fields of an action's form for a petition."""
    row = ROWS[action]
    return (*row.fields, *row.more_fields(petition))


def rows_of(action: Action, petition: Petition) -> tuple[tuple[FormField, ...], ...]:
    """Return the fields of an action's form, row by row."""
    fields = fields_of(action, petition)
    return tuple(tuple(row) for _key, row in groupby(fields, key=lambda field: field.row or field.name))


def done_label(name: str, language: Language) -> str:
    """Return the label of the action that was just taken, for the page that confirms it; empty for other names."""
    action = action_named(name)
    return gettext(language)(ACTIONS[action]) if action else ""


def choices(
    petition: Petition, officer: DeskOfficer, directory: Directory, today: date, language: Language
) -> dict[str, list[tuple[str, str]]]:
    """Return the lists that forms choose from, as (value, text), by the `source` of the field."""
    _ = gettext(language)
    received_on = local_date(petition.received_at)
    units = [
        (unit.id, in_language(language, unit.name, unit.name_en)) for unit in directory.units(today).values()
    ]
    colleagues = [
        (colleague.id, colleague.name)
        for colleague in directory.officers().values()
        if colleague.unit == petition.unit
        and not WORKERS.isdisjoint(colleague.roles)
        and (colleague.id == officer.username or officer.has(Role.UNIT_HEAD))
    ]
    return {
        "units": units,
        "complained": [(NO_UNIT_OF_OURS, _("Không phải đơn vị của Bộ")), *units],
        "fields": [
            (field.id, in_language(language, field.name, field.name_en))
            for field in directory.fields(received_on).values()
        ],
        "kinds": [(kind.value, _(KINDS[kind])) for kind in Kind],
        "lanes": [(lane.value, _(LANES[lane])) for lane in Lane if lane is not Lane.RESTRICTED],
        "refusals": [(reason.value, _(REFUSALS[reason])) for reason in Refusal],
        "handlers": colleagues,
        "bodies": _bodies(petition, directory, today),
        "dispatches": [(dispatch.value, _(words)) for dispatch, words in DISPATCHES.items()],
        "answer_files": [(file.id, file.filename) for file in petition.files_for_answer],
        "repeats": [],  # filled by the page, which searched for them
        "public_files": [(file.id, file.filename) for file in petition.files_of_answer],
    }


def _bodies(petition: Petition, directory: Directory, today: date) -> list[tuple[str, str]]:
    """Return the bodies of the directory with their addresses, those of the petition's field first."""
    bodies = sorted(bodies_on(directory, today), key=lambda body: body.field != (petition.field or ""))
    listed = {
        body.name: " · ".join(part for part in (body.name, body.address, body.email) if part)
        for body in bodies
    }
    fields = directory.fields(today).values()
    named = sorted({field.forward_to for field in fields if field.forward_to} - set(listed))
    return [*listed.items(), *((name, name) for name in named)]
