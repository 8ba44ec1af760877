"""The drafts that a petition's page shows: an officer's own in their forms, and those that colleagues share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.drafts import FORMS, texts_in
from chalicelib.casework.site.frame import Names
from chalicelib.casework.site.petition.action_forms import DraftOfForm, with_template
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.web.i18n import Language, gettext
from shared.web.labels import ACTIONS


def own_drafts(
    parts: Parts, officer: DeskOfficer, petition: Petition, template: str, offered: Iterable[Action]
) -> dict[Action, DraftOfForm]:
    """Return the drafts of the forms with a text to write; an answer template is added to its draft."""
    forms_with_text = [action for action in offered if action in FORMS]
    if not forms_with_text:
        return {}
    own, versions = parts.drafts.of(officer, petition)
    drafts = {}
    for action in forms_with_text:
        saved = own.get(action)
        begun: Mapping[str, str] | None = saved.fields if saved else None
        if template and action is Action.DRAFT_ANSWER:
            today = local_date(clock.now())
            begun = with_template(begun or {}, template, petition, parts.directory, today)
            begun = begun if begun["text"] else None
        drafts[action] = DraftOfForm(versions.get(action, 0), begun, saved)
    return drafts


def shared_drafts(
    parts: Parts, officer: DeskOfficer, petition: Petition, names: Names, language: Language
) -> list[dict[str, Any]]:
    """Return the drafts of colleagues that this officer may read, for the page."""
    _ = gettext(language)
    return [
        {
            "who": names.officer(draft.officer),
            "label": _(ACTIONS[draft.form]),
            "saved_at": draft.saved_at,
            "texts": texts_in(draft.fields, draft.form, petition),
        }
        for draft in parts.drafts.shared_with(officer, petition)
    ]
