"""The officers' page of one petition: what is known of it, and a form for each action that they may take now."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import forms
from chalicelib.casework.actions.authorization import available_actions
from chalicelib.casework.actions.catalogue import INPUTS, ROWS
from chalicelib.casework.actions.disclosure import OpenSeal
from chalicelib.casework.actions.redaction import LABELS, pieces
from chalicelib.casework.api.doors import query
from chalicelib.casework.desk import answer_templates
from chalicelib.casework.desk.deliveries import told_to_petitioner
from chalicelib.casework.desk.merged import merged_here
from chalicelib.casework.desk.similar import alike
from chalicelib.casework.desk.views import desk_view
from chalicelib.casework.site.frame import (
    FormProblem,
    complained_label,
    field_label,
    language_of_page,
    render,
    unit_label,
    who,
)
from shared.domain import errors
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.change import actor_of
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import Identity
from shared.domain.procedures import disputes
from shared.platform import clock
from shared.web.http import RULES, form_pairs, forms_may_lead_to, problem_of, see_other, validated
from shared.web.i18n import Language, gettext
from shared.web.labels import ACTIONS, ATTACHMENT_STATES, CHANNELS, KINDS, LANES, REJECTIONS, REPLY_BY, STATES
from shared.web.rendering import link


class Refused(NamedTuple):
    """An action that was not taken: what its form held, and why it was not."""

    action: Action
    form: Mapping[str, str]
    problems: tuple[tuple[str, str], ...] = ()
    detail: str = ""
    seen_version: int | None = None
    """The version that the officer saw, where somebody else was faster: what came after it is shown."""


def petition(request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Show a petition with the forms of what this officer may do now."""
    found = composition.casework().find(officer, reference)
    asked = query(request)
    return _petition_page(
        request, officer, found, done=asked.get("done", ""), template=asked.get("template", "")
    )


def act(request: Request, officer: DeskOfficer, reference: str, name: str) -> Response:
    """Take an action from its form; when it cannot be taken, show why and keep what was written."""
    action = forms.action_named(name)
    if action is None:
        raise errors.UnknownPetitionError
    form = _action_form(request)
    try:
        found = composition.casework().find(officer, reference, action)
    except (errors.NotAllowedError, errors.UnknownPetitionError):
        done = composition.casework().just_done(
            officer, reference, action, lambda: validated(INPUTS[action], INPUTS[action].values_of(form))
        )
        if done is None:
            raise
        return see_other(link(_next_page(officer, done, action), language_of_page(request)))
    try:
        given = validated(INPUTS[action], INPUTS[action].values_of(form))
        if isinstance(given, OpenSeal):
            opened, identity = composition.casework().open_seal(officer, found, given)
            return _petition_page(request, officer, opened, identity=identity)
        changed = composition.casework().act(officer, found, action, given)
    except errors.InvalidInputError as error:
        refused = Refused(action, form, error.problems)
        return _petition_page(request, officer, found, refused=refused, status=422)
    except (errors.StaleVersionError, errors.ActionNotPossibleError) as error:
        return _conflict_page(request, officer, Refused(action, form), reference, error)
    return see_other(link(_next_page(officer, changed, action), language_of_page(request)))


def _action_form(request: Request) -> dict[str, str]:
    """Return an action's form; of boxes with one name, all that were ticked, in one text."""
    pairs = form_pairs(request)
    ticked = " ".join(value for name, value in pairs if name == "attachments")
    return {**dict(pairs), **({"attachments": ticked} if ticked else {})}


def _conflict_page(
    request: Request,
    officer: DeskOfficer,
    refused: Refused,
    reference: str,
    error: errors.StaleVersionError | errors.ActionNotPossibleError,
) -> Response:
    current = composition.casework().find(officer, reference)
    status, problem = problem_of(error, language_of_page(request))
    seen = refused.form.get("version", "")
    refused = refused._replace(
        detail=problem["detail"], seen_version=int(seen) if seen.isdecimal() else current.version
    )
    return _petition_page(request, officer, current, refused=refused, status=status)


def _next_page(officer: DeskOfficer, changed: Petition, action: Action) -> str:
    if permissions.may_see(officer, changed):
        return f"/desk/petitions/{changed.reference}?done={action}"
    return f"/desk/?done={action}&reference={changed.reference}"


def _petition_page(
    request: Request,
    officer: DeskOfficer,
    petition: Petition,
    *,
    done: str = "",
    template: str = "",
    refused: Refused | None = None,
    identity: Identity | None = None,
    status: int = 200,
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    now, directory = clock.now(), composition.directory()
    limits = composition.configuration().file_limits
    view = desk_view(petition, officer, directory, now, composition.evidence(petition), limits)
    offered = available_actions(officer, petition)
    problems = _form_problems(refused, petition, language)
    shown = render(
        request,
        officer,
        "petition.html",
        status,
        view=view,
        labels={
            "state": _(STATES[petition.state]),
            "channel": _(CHANNELS[petition.channel]),
            "kind": _(KINDS[petition.kind]) if petition.kind else "",
            "lane": "" if petition.lane == "ORDINARY" else _(LANES[petition.lane]),
            "field": field_label(petition.field, language),
            "unit": unit_label(petition.unit or "", language),
            "complained_unit": complained_label(petition, language),
            "handler": who(actor_of(petition.handler), language) if petition.handler else "",
            "reply_by": ", ".join(_(REPLY_BY[one]) for one in petition.petitioner.reply_by),
            "drafted_by": who(actor_of(petition.draft.drafted_by), language) if petition.draft else "",
        },
        best=[(field_label(field, language), share) for field, share in petition.proposal.best]
        if petition.proposal
        else [],
        is_open=petition.is_unanswered,
        dispute=_dispute(petition),
        returns=disputes.returns(petition),
        alike=alike(petition, officer, composition.petitions()),
        merged=merged_here(petition, officer, composition.petitions()),
        told=told_to_petitioner(petition, composition.deliveries(), language),
        history=[
            {
                "at": entry.at,
                "seq": entry.seq,
                "label": _(ACTIONS[entry.action]),
                "who": who(entry.by, language),
                "text": entry.text,
                "is_held": entry.is_held,
                "note": entry.note,
                "is_visible": entry.is_visible,
                "unit": unit_label(entry.facts.get("unit", ""), language),
                "is_new": refused is not None and entry.seq > (refused.seen_version or petition.version),
            }
            for entry in view.history
        ],
        forms=[_shown_form(action, petition, refused, problems, language, template) for action in offered],
        choices=forms.choices(petition, officer, directory, local_date(now), language),
        marked=_marked(petition, language) if Action.PUBLISH in offered else (),
        templates=answer_templates.templates_for(petition, directory, local_date(now))
        if Action.DRAFT_ANSWER in offered
        else (),
        chosen_template=template,
        errors=problems,
        refused=refused,
        lost=dict(refused.form) if refused is not None and refused.action not in offered else {},
        done=forms.done_label(done, language),
        identity=identity.model_dump(exclude_none=True) if identity else None,
        identity_labels=_identity_labels(language),
        may_attach=Action.DRAFT_ANSWER in offered,
        file_key=randomness.token_hex(16),
        attachment_states={state: _(text) for state, text in ATTACHMENT_STATES.items()},
        rejections={reason: _(text) for reason, text in REJECTIONS.items()},
    )
    if any(one.may_open for one in view.attachments):
        shown.headers.update(forms_may_lead_to(composition.bucket().origin))
    return shown


def _dispute(petition: Petition) -> str:
    """Return how a dispute between units stands: `open`, `decided`, or nothing."""
    if not petition.is_unanswered:
        return ""
    return "open" if disputes.is_open(petition) else "decided" if disputes.is_decided(petition) else ""


def _marked(petition: Petition, language: Language) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return what would be published with what looks like personal data marked: (heading, (text, what it seems))."""
    _ = gettext(language)
    texts = {_("Tiêu đề"): petition.subject, _("Nội dung"): petition.content}
    if petition.answer:
        texts[_("Trả lời")] = petition.answer.text
    return [
        (heading, [(piece.text, _(LABELS[piece.kind]) if piece.kind else "") for piece in pieces(text)])
        for heading, text in texts.items()
    ]


def _begun(petition: Petition, template: str) -> Mapping[str, str] | None:
    """Return the form of a draft that begins with a chosen template."""
    directory = composition.directory()
    chosen = answer_templates.templates_for(petition, directory, local_date(clock.now()))
    found = next((one for one in chosen if one.id == template), None)
    return {"text": answer_templates.filled(found, petition, directory)} if found else None


def _shown_form(
    action: Action,
    petition: Petition,
    refused: Refused | None,
    problems: Iterable[FormProblem],
    language: Language,
    template: str = "",
) -> dict[str, Any]:
    _ = gettext(language)
    row = ROWS[action]
    was_refused = refused is not None and refused.action is action
    begun = _begun(petition, template) if template and action is Action.DRAFT_ANSWER else None
    return {
        "action": action.value,
        "label": _(row.button_text),
        "warning": _(row.warning) if row.warning else "",
        "is_open": was_refused or begun is not None,
        "given": dict(refused.form) if refused and was_refused else begun or row.initial(petition),
        "messages": {one.id: one.message for one in problems},
        "rows": [
            [
                {
                    **field._asdict(),
                    "id": f"{action}-{field.name}",
                    "label": _(field.label),
                    "hint": _(field.hint) if field.hint else "",
                }
                for field in row
            ]
            for row in forms.rows_of(action, petition)
        ],
    }


def _form_problems(
    refused: Refused | None, petition: Petition, language: Language
) -> tuple[FormProblem, ...]:
    """Return what is wrong with a form, one line for each field; what belongs to no field stands at the first."""
    if refused is None:
        return ()
    _ = gettext(language)
    fields = {field.name: field for field in forms.fields_of(refused.action, petition)}
    found: dict[str, FormProblem] = {}
    for place, rule in refused.problems:
        name = INPUTS[refused.action].form_field_of(place)
        name = name if name in fields else next(iter(fields), "")
        label = _(fields[name].label) if name else _(ROWS[refused.action].button_text)
        found.setdefault(
            name, FormProblem(f"{refused.action}-{name}", label, _(RULES.get(rule, RULES["invalid"])))
        )
    return tuple(found.values())


def _identity_labels(language: Language) -> dict[str, str]:
    _ = gettext(language)
    return {
        "name": _("Họ và tên"),
        "organisation": _("Tên doanh nghiệp hoặc tổ chức"),
        "address": _("Địa chỉ"),
        "phone": _("Số điện thoại"),
        "email": _("Thư điện tử"),
        "text": _("Bổ sung bằng tin nhắn"),
    }


PAGES: dict[str, Callable[..., Response]] = {"petition": petition, "act": act}
"""What `app.py` may ask for."""
