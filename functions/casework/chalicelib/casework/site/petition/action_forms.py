"""The forms of the actions on a petition's page, filled as they begin or as they were refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from chalicelib.casework.actions import forms
from chalicelib.casework.actions.catalogue import INPUTS, ROWS
from chalicelib.casework.desk import answer_templates
from chalicelib.casework.desk.drafts import Draft
from chalicelib.casework.site.frame import FormProblem
from chalicelib.casework.site.petition import layout
from chalicelib.casework.site.petition.marks import marked_texts, problems_of_marks
from shared.domain.errors import Place
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.tables.directory import Directory
from shared.web.i18n import Language, gettext
from shared.web.problems import rule_message


class RefusedAction(NamedTuple):
    """An action that was not taken: its form, and why it was refused."""

    action: Action
    form: Mapping[str, str]
    status: int
    """HTTP status of the page that shows it again."""
    problems: tuple[tuple[str, str], ...] = ()
    detail: str = ""
    seen_version: int | None = None
    """The version that the officer saw, where the petition was changed meanwhile: later entries are marked."""
    letter: Mapping[str, str] = MappingProxyType({})
    """The texts that would have gone to the petitioner, by location, where they have gaps."""
    places: tuple[Place, ...] = ()
    """The gaps of the letter."""


class DraftOfForm(NamedTuple):
    """The draft of a form, as the page shows it."""

    version: int
    """The version that the next save follows."""
    begun: Mapping[str, str] | None = None
    """The fields that the form begins with instead of its usual values."""
    saved: Draft | None = None

    @property
    def is_shared(self) -> bool:
        """True if the unit's head and the approver read it."""
        return self.saved is not None and self.saved.is_shared

    @property
    def texts(self) -> list[str]:
        """The saved texts."""
        return [text for text in self.saved.fields.values() if " " in text] if self.saved else []


def draft_begun_with(
    template: str, petition: Petition, directory: Directory, today: date
) -> Mapping[str, str] | None:
    """Return the form of a draft that begins with an answer template; None where there is no such template."""
    templates = answer_templates.templates_for(petition, directory, today)
    chosen = next((answer for answer in templates if answer.id == template), None)
    return {"text": answer_templates.filled(chosen, petition, directory)} if chosen else None


def with_template(
    form: Mapping[str, str], template: str, petition: Petition, directory: Directory, today: date
) -> dict[str, str]:
    """Return a draft with an answer template added behind what is written; an unknown template adds nothing."""
    begun = draft_begun_with(template, petition, directory, today) or {"text": ""}
    return with_text(form, begun["text"])


def with_text(form: Mapping[str, str], added: str) -> dict[str, str]:
    """Return a draft with a text added behind what is written; one that stands in it adds nothing."""
    written = form.get("text", "").rstrip()
    is_there = not added or added.strip() in written
    return {**form, "text": written if is_there else f"{written}\n\n{added}".lstrip()}


def action_form(
    action: Action,
    petition: Petition,
    refused: RefusedAction | None,
    problems: Iterable[FormProblem],
    draft: DraftOfForm | None,
    language: Language,
) -> dict[str, Any]:
    """Return an action's form for the template `petition/actions.html`.

    Args:
        action: which action.
        petition: the petition of the page.
        refused: the action that was refused, if any; its own form keeps what was written.
        problems: what is wrong with the refused form.
        draft: what the officer has written so far, where the form has a text to write; then the form is open.
        language: the reader's.
    """
    _ = gettext(language)
    row = ROWS[action]
    was_refused = refused is not None and refused.action is action
    begun = draft.begun if draft else None
    values = dict(refused.form) if refused and was_refused else begun
    return {
        "action": action.value,
        "label": f"{_(row.button_text)}…" if row.question else _(row.button_text),
        "warning": _(row.warning) if row.warning else "",
        "is_grave": layout.is_grave(action),
        "draft": draft,
        "is_shared": values.get("draft_shared") == "true"
        if values and was_refused
        else draft and draft.is_shared,
        "is_open": values is not None,
        "contents": values if values is not None else row.initial(petition),
        "marked": marked_texts(refused.letter, refused.places, language) if refused and was_refused else (),
        "messages": {problem.id: problem.message for problem in problems},
        "rows": [
            [
                {
                    **field._asdict(),
                    "id": f"{action}-{field.name}",
                    "label": _(field.label),
                    "hint": _(field.hint) if field.hint else "",
                }
                for field in form_row
            ]
            for form_row in forms.rows_of(action, petition)
        ],
    }


def form_problems(
    refused: RefusedAction | None, petition: Petition, language: Language
) -> tuple[FormProblem, ...]:
    """Return the first problem of each field of a refused form, and each place of a letter that has to be mended.

    What belongs to no field is the first field's.
    """
    if refused is None:
        return ()
    _ = gettext(language)
    fields = {field.name: field for field in forms.fields_of(refused.action, petition)}
    problems: dict[str, FormProblem] = {}
    for place, rule in refused.problems:
        name = INPUTS[refused.action].form_field_of(place)
        name = name if name in fields else next(iter(fields), "")
        label = _(fields[name].label) if name else _(ROWS[refused.action].button_text)
        problems.setdefault(
            name, FormProblem(f"{refused.action}-{name}", label, rule_message(rule, language))
        )
    marks = problems_of_marks(marked_texts(refused.letter, refused.places, language))
    return (*(problem for problem in problems.values() if fields or not marks), *marks)
