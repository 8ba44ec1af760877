"""The page of one petition: what an officer reads of it, and the forms of what they may do."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterable
from typing import Any, NamedTuple

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
from chalicelib.casework.desk.similar import SimilarPetition, similar_petitions
from chalicelib.casework.desk.views import EntryView
from chalicelib.casework.site.frame import Names, language_of_page, names_of, render
from chalicelib.casework.site.petition import layout
from chalicelib.casework.site.petition.action_forms import (
    RefusedAction,
    action_form,
    form_problems,
)
from chalicelib.casework.site.petition.draft_forms import own_drafts, shared_drafts
from chalicelib.casework.site.petition.letter import letter_facts
from chalicelib.casework.site.petition.marks import MarkedText, marked_texts
from chalicelib.casework.site.petition.review import effects_of, repeats, review_facts
from chalicelib.casework.site.petition.undo import undo_of
from chalicelib.casework.site.search.hit_rows import answers_beside
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import SearchUnavailableError
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Proposal
from shared.domain.petition.values.petitioner import Identity
from shared.domain.procedures import disputes
from shared.domain.promises.deliveries import Delivery
from shared.platform import clock
from shared.use_cases.check_letter import places_in
from shared.web.answers import forms_may_lead_to
from shared.web.i18n import Language, gettext
from shared.web.labels import ACTIONS, ATTACHMENT_STATES, CHANNELS, KINDS, LANES, REJECTIONS, REPLY_BY, STATES
from shared.web.rendering import link
from shared.web.requests import query_parameters

SIMILAR_IN_SIGHT = 2
"""Similar petitions that a page lists; the others are one link away."""
_ANSWER_AT_WORK = frozenset(
    {State.ASSIGNED, State.IN_PROGRESS, State.AWAITING_INFORMATION, State.AWAITING_APPROVAL, State.REOPENED}
)


class JustDone(NamedTuple):
    """The action that led to the page."""

    action: str = ""
    reference: str = ""
    """That of the petition on which it was taken, where the page is of the next one."""
    undo: str = ""
    """The version of that petition, where the page offers to take the action back."""


def petition_page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    petition: Petition,
    *,
    done: JustDone = JustDone(),  # noqa: B008 - a constant
    template: str = "",
    refused: RefusedAction | None = None,
    identity: Identity | None = None,
) -> Response:
    """Answer with the page: texts, conversation and draft beside what one looks up.

    Args:
        parts: the function's parts.
        request: for the page's language.
        officer: who reads it.
        petition: one that the officer may see.
        done: the action that was just taken, on this petition or on the one before it.
        template: id of the answer template that the draft begins with.
        refused: an action that was just refused.
        identity: the petitioner's, when the seal was just opened.
    """
    language, now = language_of_page(request), clock.now()
    names = names_of(parts, language)
    view, deliveries = parts.petition_views.with_deliveries(petition, officer, now)
    forms_of_page = _forms(parts, officer, petition, refused, template, language)
    by_action = {Action(form["action"]): form for form in forms_of_page["forms"]}
    similar = similar_petitions(petition, officer, parts.petitions)
    forms_of_page["choices"]["repeats"] = repeats(similar, officer)
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
        **_situation(petition, names),
        **_similar(parts, request, petition, similar, language),
        **review_facts(petition, officer, by_action, parts.directory, names, language),
        effects=effects_of(petition, parts, language, now) if Action.APPROVE in by_action else "",
        undo=undo_of(officer, petition, now),
        merged=merged_here(petition, officer, parts.petitions),
        **_sent(petition, deliveries.in_order, language),
        **_history(view.history, petition, refused, names, language),
        clock=layout.clock_of(petition, view, parts.directory, now, language),
        marked_draft=_marked_draft(parts, petition, refused, language),
        **forms_of_page,
        **_next_action(petition, by_action, language),
        shared_drafts=shared_drafts(parts, officer, petition, names, language),
        drafts_kept_days=parts.drafts.kept_for.days,
        refused=refused,
        **_onward(parts, officer, done, language),
        **_identity(identity, language),
        **_file_labels(language),
    )
    if any(file.may_open for file in view.attachments):
        answer.headers.update(forms_may_lead_to(parts.bucket.origin))
    return answer


def _addresses(request: Request, petition: Petition, language: Language) -> dict[str, Any]:
    """Return where the page leads: back to the place in the queue that it was opened from, and to its actions."""
    place = carried(query_parameters(request), str(request.headers.get("referer", "")))

    def address_to(action: str) -> str:
        return link(with_place(f"/desk/petitions/{petition.reference}/{action}", place), language)

    return {"back": link(address_of(place), language), "place": place, "address_to": address_to}


def _situation(petition: Petition, names: Names) -> dict[str, Any]:
    """Return the disputes, the promised day and the returned draft of a petition."""
    return {
        "is_open": petition.is_unanswered,
        "dispute": _dispute(petition),
        "returns": disputes.returns(petition),
        "is_second_look": disputes.is_second_look(petition),
        "promised": _promised(petition, names),
        "returned": _returned(petition, names),
    }


def _onward(parts: Parts, officer: DeskOfficer, done: JustDone, language: Language) -> dict[str, Any]:
    """Return the action that was just taken, and whether actions lead this officer to the next petition."""
    label = forms.done_label(done.action, language)
    goes_on = bool(label) and parts.desk_preferences.of(officer.username).goes_on
    return {"done": label, "done_of": done.reference, "done_undo": done.undo, "goes_on": goes_on}


def _sent(petition: Petition, deliveries: Iterable[Delivery], language: Language) -> dict[str, Any]:
    """Return the letter to another body, and the deliveries of notices to the petitioner."""
    return {
        "letter": letter_facts(petition, language),
        "deliveries": deliveries_to_petitioner(petition, deliveries, language),
    }


def _file_labels(language: Language) -> dict[str, Any]:
    _ = gettext(language)
    return {
        "file_key": randomness.token_hex(16),
        "attachment_states": {state: _(text) for state, text in ATTACHMENT_STATES.items()},
        "rejections": {reason: _(text) for reason, text in REJECTIONS.items()},
    }


def _next_action(
    petition: Petition, by_action: dict[Action, dict[str, Any]], language: Language
) -> dict[str, Any]:
    """Return the page's one filled button, the action whose form stands open for it, and the menu of the others."""
    primary = layout.primary_action(petition.state, tuple(by_action), language)
    here_open = primary.action if primary is not None and primary.sends else ""
    return {
        "primary": primary,
        "here_open": here_open,
        "at_work": by_action[Action(here_open)] if here_open else None,
        "menu": [form for action, form in by_action.items() if action != here_open],
    }


def _similar(
    parts: Parts,
    request: Request,
    petition: Petition,
    similar: tuple[SimilarPetition, ...],
    language: Language,
) -> dict[str, Any]:
    """Return the open petitions that say nearly the same, and the published answers to such questions."""
    query = query_parameters(request)
    place = carried(query)
    address = with_place(f"/desk/petitions/{petition.reference}?similar=all", place)
    return {
        "similar": similar,
        "in_sight": len(similar) if query.get("similar") == "all" else SIMILAR_IN_SIGHT,
        "all_similar": link(address, language),
        "published_like": _published_like(parts, petition, language),
    }


def _published_like(parts: Parts, petition: Petition, language: Language) -> list[dict[str, Any]]:
    """Return the published answers like a petition that is being worked on; none while there is no index."""
    if petition.state not in _ANSWER_AT_WORK:
        return []
    try:
        answers = parts.search.published_like(petition, clock.now())
    except SearchUnavailableError:
        return []
    return answers_beside(answers, names_of(parts, language), language)


def _promised(petition: Petition, names: Names) -> dict[str, Any] | None:
    promised = layout.promised_day(petition)
    if promised is None:
        return None
    return {"on": promised.on, "who": names.actor(promised.note.by), "at": promised.note.at}


def _returned(petition: Petition, names: Names) -> dict[str, Any] | None:
    """Return the reason for which the draft at work was returned, by whom and when; None where none was returned."""
    entry = layout.returned_draft(petition)
    if entry is None:
        return None
    return {"note": entry.note or "", "who": names.actor(entry.by), "at": entry.at}


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
) -> dict[str, Any]:
    """Return the history as list, story and conversation; what a refused officer has not seen yet is marked."""
    _ = gettext(language)
    rows = [
        {
            "at": entry.at,
            "seq": entry.seq,
            "action": entry.action,
            "by": entry.by,
            "is_shown_above": entry.action in layout.SHOWN_ABOVE,
            "label": _(ACTIONS[entry.action]),
            "who": names.actor(entry.by),
            "text": entry.text,
            "is_held": entry.is_held,
            "note": _note(entry, names, language),
            "is_visible": entry.is_visible,
            "unit": names.unit(entry.facts.get("unit")),
            "taken_back": _taken_back(entry, petition, language),
            "is_new": refused is not None and entry.seq > (refused.seen_version or petition.version),
        }
        for entry in entries
    ]
    return {"history": rows, "story": layout.story(rows), "talk": layout.talk(rows)}


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
    offered = [a for a in available_actions(officer, petition) if a is not Action.TAKE_BACK]
    may_draft = Action.DRAFT_ANSWER in offered
    problems = form_problems(refused, petition, language)
    drafts = own_drafts(parts, officer, petition, template if may_draft else "", offered)
    return {
        "forms": [
            action_form(action, petition, refused, problems, drafts.get(action), language)
            for action in offered
        ],
        "choices": forms.choices(petition, officer, directory, today, language),
        "marked": _marked(petition, language) if Action.PUBLISH in offered else (),
        "templates": answer_templates.templates_for(petition, directory, today) if may_draft else (),
        "chosen_template": template,
        "may_attach": may_draft,
        "errors": problems,
        "lost": _lost(refused, offered),
    }


def _lost(refused: RefusedAction | None, offered: Iterable[Action]) -> dict[str, str]:
    """Return the texts of a refused form that the page has no longer."""
    if refused is None or refused.action in offered:
        return {}
    return {name: value for name, value in refused.form.items() if name != "version"}


def _taken_back(entry: EntryView, petition: Petition, language: Language) -> str:
    """Return in words the action that an entry took back, or that it was taken back itself; "" for any other."""
    _ = gettext(language)
    if entry.action is Action.TAKE_BACK:
        return _(ACTIONS[Action(entry.facts["taken_back"])])
    return _("đã hoàn tác") if entry.seq in petition.taken_back else ""


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


def _identity(identity: Identity | None, language: Language) -> dict[str, Any]:
    """Return the petitioner's identity, where the seal was just opened, and the labels of its parts."""
    _ = gettext(language)
    labels = {
        "name": _("Họ và tên"),
        "organisation": _("Tên doanh nghiệp hoặc tổ chức"),
        "address": _("Địa chỉ"),
        "phone": _("Số điện thoại"),
        "phone_note": _("Ghi thêm về số điện thoại"),
        "email": _("Email"),
        "text": _("Bổ sung bằng tin nhắn"),
        "recording": _("Bản ghi âm cuộc gọi"),
    }
    opened = identity.model_dump(exclude_none=True) if identity else None
    return {"identity": opened, "identity_labels": labels}
