"""The page of one petition: what an officer reads of it, and the forms of what they may do."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterable
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import forms
from chalicelib.casework.actions.answers import texts_of_answer
from chalicelib.casework.actions.authorization import available_actions
from chalicelib.casework.actions.redaction import LABELS, pieces
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk import answer_templates
from chalicelib.casework.desk.deliveries import deliveries_to_petitioner
from chalicelib.casework.desk.merged import merged_here
from chalicelib.casework.desk.queue_place import address_of, carried, with_place
from chalicelib.casework.desk.reasons import note_in_words, reason_in_words
from chalicelib.casework.desk.similar import similar_petitions
from chalicelib.casework.desk.views import EntryView
from chalicelib.casework.site.frame import Names, language_of_page, names_of, render
from chalicelib.casework.site.petition.action_forms import (
    RefusedAction,
    action_form,
    draft_begun_with,
    form_problems,
)
from chalicelib.casework.site.petition.marks import MarkedText, marked_texts
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Proposal
from shared.domain.petition.values.petitioner import Identity
from shared.domain.procedures import disputes
from shared.platform import clock
from shared.use_cases.check_letter import places_in
from shared.web.answers import forms_may_lead_to
from shared.web.i18n import Language, gettext
from shared.web.labels import ACTIONS, ATTACHMENT_STATES, CHANNELS, KINDS, LANES, REJECTIONS, REPLY_BY, STATES
from shared.web.rendering import link
from shared.web.requests import query_parameters


def petition_page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    petition: Petition,
    *,
    done: str = "",
    template: str = "",
    refused: RefusedAction | None = None,
    identity: Identity | None = None,
) -> Response:
    """Answer with the page.

    Args:
        parts: the function's parts.
        request: for the page's language.
        officer: who reads it.
        petition: one that the officer may see.
        done: the action that was just taken.
        template: id of the answer template that the draft begins with.
        refused: an action that was just refused.
        identity: the petitioner's, when the seal was just opened.
    """
    language = language_of_page(request)
    _ = gettext(language)
    names = names_of(parts, language)
    view = parts.petition_views.of(petition, officer, clock.now())
    answer = render(
        parts,
        request,
        officer,
        "petition.html",
        refused.status if refused else 200,
        view=view,
        **_addresses(request, petition, language),
        labels=_labels(petition, names, language),
        **_proposal(view.proposal, names, language),
        is_open=petition.is_unanswered,
        dispute=_dispute(petition),
        returns=disputes.returns(petition),
        similar=similar_petitions(petition, officer, parts.petitions),
        merged=merged_here(petition, officer, parts.petitions),
        deliveries=deliveries_to_petitioner(petition, parts.deliveries, language),
        history=_history(view.history, petition, refused, names, language),
        marked_draft=_marked_draft(parts, petition, refused, language),
        **_forms(parts, officer, petition, refused, template, language),
        refused=refused,
        done=forms.done_label(done, language),
        identity=identity.model_dump(exclude_none=True) if identity else None,
        identity_labels=_identity_labels(language),
        file_key=randomness.token_hex(16),
        attachment_states={state: _(text) for state, text in ATTACHMENT_STATES.items()},
        rejections={reason: _(text) for reason, text in REJECTIONS.items()},
    )
    if any(file.may_open for file in view.attachments):
        answer.headers.update(forms_may_lead_to(parts.bucket.origin))
    return answer


def _addresses(request: Request, petition: Petition, language: Language) -> dict[str, Any]:
    """Return where the page leads: back to the place in the queue that it was opened from, and to its actions."""
    place = carried(query_parameters(request))

    def address_to(action: str) -> str:
        return link(with_place(f"/desk/petitions/{petition.reference}/{action}", place), language)

    return {"back": link(address_of(place), language), "place": place, "address_to": address_to}


def _labels(petition: Petition, names: Names, language: Language) -> dict[str, str]:
    """Return the petition's facts in words."""
    _ = gettext(language)
    return {
        "state": _(STATES[petition.state]),
        "channel": _(CHANNELS[petition.channel]),
        "kind": _(KINDS[petition.kind]) if petition.kind else "",
        "lane": "" if petition.lane == "ORDINARY" else _(LANES[petition.lane]),
        "field": names.field(petition.field),
        "unit": names.unit(petition.unit),
        "complained_unit": names.complained_unit(petition),
        "handler": names.officer(petition.handler) if petition.handler else "",
        "reply_by": ", ".join(_(REPLY_BY[channel]) for channel in petition.petitioner.reply_by),
        "drafted_by": names.officer(petition.draft.drafted_by) if petition.draft else "",
    }


def _proposal(proposal: Proposal | None, names: Names, language: Language) -> dict[str, Any]:
    """Return the router's reasons and best guesses in words, as far as the reader may see them."""
    if proposal is None:
        return {"best": (), "reasons": ()}
    return {
        "best": [(names.field(field), share) for field, share in proposal.best],
        "reasons": [reason_in_words(reason, names.field, language) for reason in proposal.because],
    }


def _note(entry: EntryView, names: Names, language: Language) -> str | None:
    return note_in_words(entry.action, entry.note, entry.by, names.field, names.unit, language)


def _dispute(petition: Petition) -> str:
    """Return the status of a dispute between units: `open`, `decided`, or nothing."""
    if not petition.is_unanswered:
        return ""
    return "open" if disputes.is_open(petition) else "decided" if disputes.is_decided(petition) else ""


def _history(
    entries: Iterable[EntryView],
    petition: Petition,
    refused: RefusedAction | None,
    names: Names,
    language: Language,
) -> list[dict[str, Any]]:
    """Return the entries of the history; those that a refused officer has not seen yet are marked."""
    _ = gettext(language)
    return [
        {
            "at": entry.at,
            "seq": entry.seq,
            "label": _(ACTIONS[entry.action]),
            "who": names.actor(entry.by),
            "text": entry.text,
            "is_held": entry.is_held,
            "note": _note(entry, names, language),
            "is_visible": entry.is_visible,
            "unit": names.unit(entry.facts.get("unit")),
            "is_new": refused is not None and entry.seq > (refused.seen_version or petition.version),
        }
        for entry in entries
    ]


def _forms(
    parts: Parts,
    officer: DeskOfficer,
    petition: Petition,
    refused: RefusedAction | None,
    template: str,
    language: Language,
) -> dict[str, Any]:
    """Return the variables for the forms of the actions that this officer may take now."""
    today, directory = local_date(clock.now()), parts.directory
    offered = available_actions(officer, petition)
    may_draft = Action.DRAFT_ANSWER in offered
    problems = form_problems(refused, petition, language)
    draft = draft_begun_with(template, petition, directory, today) if template and may_draft else None
    begun = {Action.DRAFT_ANSWER: draft}
    return {
        "forms": [
            action_form(action, petition, refused, problems, begun.get(action), language)
            for action in offered
        ],
        "choices": forms.choices(petition, officer, directory, today, language),
        "marked": _marked(petition, language) if Action.PUBLISH in offered else (),
        "templates": answer_templates.templates_for(petition, directory, today) if may_draft else (),
        "chosen_template": template,
        "may_attach": may_draft,
        "errors": problems,
        "lost": dict(refused.form) if refused is not None and refused.action not in offered else {},
    }


def _marked_draft(
    parts: Parts, petition: Petition, refused: RefusedAction | None, language: Language
) -> tuple[MarkedText, ...]:
    """Return the draft with the gaps marked that are seen without the seal; a refused approval marks its own."""
    if petition.draft is None or petition.answer is not None:
        return ()
    if refused is not None and refused.action is Action.APPROVE and refused.places:
        return ()
    letter = texts_of_answer(petition.draft.text, petition.draft.citations, "draft.")
    return marked_texts(letter, places_in(letter, petition, parts.directory), language, "draft-gap")


def _marked(petition: Petition, language: Language) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the texts to be published, suspected personal data marked: (heading, [(text, what it may be)])."""
    _ = gettext(language)
    texts = {_("Tiêu đề"): petition.subject, _("Nội dung"): petition.content}
    if petition.answer:
        texts[_("Trả lời")] = petition.answer.text
    return [
        (heading, [(piece.text, _(LABELS[piece.kind]) if piece.kind else "") for piece in pieces(text)])
        for heading, text in texts.items()
    ]


def _identity_labels(language: Language) -> dict[str, str]:
    _ = gettext(language)
    return {
        "name": _("Họ và tên"),
        "organisation": _("Tên doanh nghiệp hoặc tổ chức"),
        "address": _("Địa chỉ"),
        "phone": _("Số điện thoại"),
        "phone_note": _("Ghi thêm về số điện thoại"),
        "email": _("Email"),
        "text": _("Bổ sung bằng tin nhắn"),
        "recording": _("Bản ghi âm cuộc gọi"),
    }
