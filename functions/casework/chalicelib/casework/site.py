"""The officers' pages: plain HTML forms over the same use cases as the JSON API; they work without JavaScript."""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework import (
    administration_site,
    answer_templates,
    audit_site,
    call_site,
    caller_site,
    composition,
    directory_lists,
    directory_site,
    doubt_site,
    file_site,
    forms,
    gate,
    notice_site,
    permissions,
    preference_site,
    report_site,
    routing_site,
    text_site,
)
from chalicelib.casework.actions import INPUTS, OpenSeal
from chalicelib.casework.alike import alike
from chalicelib.casework.api import query
from chalicelib.casework.frame import (
    FormProblem,
    complained_label,
    field_label,
    language_of_page,
    render,
    unit_label,
    who,
)
from chalicelib.casework.listing import (
    ALL,
    APPROVAL,
    INSPECTION,
    PUBLICATION,
    SECOND_LOOK,
    own_queue,
    queues_of,
)
from chalicelib.casework.merged import merged_here
from chalicelib.casework.officers import DeskOfficer
from chalicelib.casework.permissions import Ability
from chalicelib.casework.redaction import LABELS, pieces
from chalicelib.casework.sessions import Challenge, SignInInput
from chalicelib.casework.telling import told_to_petitioner
from chalicelib.casework.views import Line, actions_open_to, desk_view
from shared import clock
from shared.domain import disputes, errors
from shared.domain.lifecycle import UNANSWERED, Action, State
from shared.domain.petition import Identity, Petition
from shared.domain.reference import normal_reference
from shared.domain.working_calendar import local_date
from shared.http import RULES, form_body, form_pairs, forms_may_lead_to, problem_of, see_other, validated
from shared.web.i18n import N_, Language, gettext
from shared.web.labels import ACTIONS, ATTACHMENT_STATES, CHANNELS, KINDS, LANES, REJECTIONS, REPLY_BY, STATES
from shared.web.rendering import link

QUEUES: dict[str, str] = {
    APPROVAL: N_("Chờ phê duyệt"),
    PUBLICATION: N_("Chờ công khai"),
    SECOND_LOOK: N_("Xem xét lại"),
    INSPECTION: N_("Quá hạn, hành vi cán bộ"),
    ALL: N_("Tất cả đơn vị"),
}
LISTED_STATES = (*(s for s in State if s in UNANSWERED - {State.MERGED}), State.ANSWERED, State.RESTRICTED)


DUE_SOON = 5
"""Days ahead that count as soon: when handlers are warned, unless the terms say otherwise."""
FILTERS: dict[str, str] = {
    "overdue": N_("Quá hạn"),
    "soon": N_("Đến hạn trong 5 ngày"),
    "mine": N_("Của tôi"),
    "unassigned": N_("Chưa có người xử lý"),
}


class Refused(NamedTuple):
    """An action that was not taken: what its form held, and why it was not."""

    action: Action
    form: Mapping[str, str]
    problems: tuple[tuple[str, str], ...] = ()
    detail: str = ""
    seen_version: int | None = None
    """The version that the officer saw, where somebody else was faster: what came after it is shown."""


def answer(name: str, request: Request, *arguments: str) -> Response:
    """Answer with a page of this module: without a session, with the way to sign in; an error becomes a page."""
    try:
        if request.method == "POST" and name not in preference_site.OPEN_PAGES:
            gate.check_origin(request)
        if name in OPEN_PAGES:
            return OPEN_PAGES[name](request)
        return PAGES[name](request, gate.officer_of(request), *arguments)
    except errors.UnauthenticatedError:
        path = request.context.get("path", "/") if request.method == "GET" else "/"
        return see_other(link(gate.to_sign_in(_own_path(path)), language_of_page(request)))
    except errors.PetitionError as error:
        return _error_page(request, error)


# --- signing in -------------------------------------------------------------------------------------


def sign_in_form(request: Request) -> Response:
    """Show the sign-in form; who came by an e-mail's link may be signed in, but the cookie did not travel along."""
    return _sign_in_page(request, gate.way_back(query(request).get("next", "")))


def sign_in(request: Request) -> Response:
    """Take name and password, or the answer to a challenge."""
    form = form_body(request)
    following = gate.way_back(form.get("next", ""))
    facts = {name: value for name, value in form.items() if name in SignInInput.model_fields and value}
    try:
        opened = composition.sessions().sign_in(validated(SignInInput, facts))
    except (errors.UnauthenticatedError, errors.InvalidInputError):
        return _sign_in_page(request, following, username=form.get("username", ""), is_wrong=True, status=401)
    if isinstance(opened, Challenge):
        return _sign_in_page(request, following, username=form.get("username", ""), challenge=opened)
    return see_other(link(following, language_of_page(request)), {"Set-Cookie": gate.cookie_of(opened)})


def sign_out(request: Request) -> Response:
    """End the session on this device."""
    to = link("/desk/sign-in", language_of_page(request))
    return see_other(to, {"Set-Cookie": gate.no_cookie()})


def _sign_in_page(
    request: Request,
    following: str,
    *,
    username: str = "",
    is_wrong: bool = False,
    challenge: Challenge | None = None,
    status: int = 200,
) -> Response:
    return render(
        request,
        None,
        "sign_in.html",
        status,
        following=following,
        username=username[:128],
        is_wrong=is_wrong,
        challenge=challenge,
    )


# --- the queue --------------------------------------------------------------------------------------


def queue(request: Request, officer: DeskOfficer) -> Response:
    """Show a queue by due date; officers without one are led to their own work."""
    asked = query(request)
    language = language_of_page(request)
    searched = normal_reference(asked.get("find", ""))
    if searched:
        return see_other(link(f"/desk/petitions/{searched}", language))
    if not queues_of(officer):
        return see_other(link(_own_work(officer), language))
    name = asked.get("queue") or own_queue(officer)
    state = next((state for state in LISTED_STATES if state == asked.get("state")), None)
    ticked = {one for one in FILTERS if asked.get(one) == "true"}
    page = composition.lists().page(
        officer,
        queue=name,
        state=state,
        overdue=True if "overdue" in ticked else None,
        due_within=DUE_SOON if "soon" in ticked else None,
        mine="mine" in ticked,
        unassigned="unassigned" in ticked,
        cursor=asked.get("cursor") or None,
    )
    kept = {"queue": name, "state": state or "", **dict.fromkeys(sorted(ticked), "true")}
    following = urlencode(
        {key: value for key, value in {**kept, "cursor": page.cursor or ""}.items() if value}
    )
    return render(
        request,
        officer,
        "queue.html",
        queue=name,
        queue_label=_queue_label(name, language),
        is_over_units=name in QUEUES,
        queues=[(one, _queue_label(one, language)) for one in queues_of(officer)],
        states=[(one.value, gettext(language)(STATES[one])) for one in LISTED_STATES],
        state=state or "",
        filters=[(one, gettext(language)(label), one in ticked) for one, label in FILTERS.items()],
        is_filtered=bool(ticked or state),
        not_found=asked.get("find", "")[:40],
        lines=[_shown_line(line, language) for line in page.petitions],
        following=link(f"/desk/?{following}", language) if page.cursor else "",
        done=_done(asked.get("done", ""), language),
        reference=asked.get("reference", "")[:11],
    )


def _own_work(officer: DeskOfficer) -> str:
    if permissions.is_able(officer, Ability.ENTER_PETITION):
        return "/desk/calls"
    return "/desk/directory" if permissions.is_able(officer, Ability.ADMINISTER) else "/desk/reports"


def _shown_line(line: Line, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    day = local_date(clock.now())
    return {
        **line.model_dump(),
        "state_label": _(STATES[line.state]),
        "field_label": field_label(line.field, language),
        "unit_label": unit_label(line.unit, language),
        "handler_label": who(f"officer:{line.handler}", language) if line.handler else "",
        "lane_label": "" if line.lane == "ORDINARY" else _(LANES[line.lane]),
        "is_open": line.state in UNANSWERED,
        "is_today": line.due_on == day,
    }


def _queue_label(name: str, language: Language) -> str:
    return gettext(language)(QUEUES[name]) if name in QUEUES else unit_label(name, language)


# --- one petition -----------------------------------------------------------------------------------


def petition(request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Show a petition with the forms of what this officer may do now."""
    found = composition.casework().find(officer, reference)
    asked = query(request)
    return _petition_page(
        request, officer, found, done=asked.get("done", ""), template=asked.get("template", "")
    )


def act(request: Request, officer: DeskOfficer, reference: str, name: str) -> Response:
    """Take an action from its form; when it cannot be taken, show why and keep what was written."""
    action = next((action for action in INPUTS if action == name), None)
    if action is None:
        raise errors.UnknownPetitionError
    form = _action_form(request)
    try:
        found = composition.casework().find(officer, reference, action)
    except (errors.NotAllowedError, errors.UnknownPetitionError):
        done = composition.casework().just_done(
            officer, reference, action, lambda: validated(INPUTS[action], forms.facts_of(action, form))
        )
        if done is None:
            raise
        return see_other(link(_next_page(officer, done, action), language_of_page(request)))
    try:
        given = validated(INPUTS[action], forms.facts_of(action, form))
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
    offered = actions_open_to(officer, petition)
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
            "handler": who(f"officer:{petition.handler}", language) if petition.handler else "",
            "reply_by": ", ".join(_(REPLY_BY[one]) for one in petition.petitioner.reply_by),
            "drafted_by": who(f"officer:{petition.draft.drafted_by}", language) if petition.draft else "",
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
        done=_done(done, language),
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
    was_refused = refused is not None and refused.action is action
    begun = _begun(petition, template) if template and action is Action.DRAFT_ANSWER else None
    return {
        "action": action.value,
        "label": _(forms.OFFERS[action]),
        "warning": _(forms.WARNINGS[action]) if action in forms.WARNINGS else "",
        "is_open": was_refused or begun is not None,
        "given": dict(refused.form)
        if refused and was_refused
        else begun or forms.given_at_first(action, petition),
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
        name = forms.place_of(place)
        name = name if name in fields else next(iter(fields), "")
        label = _(fields[name].label) if name else _(forms.OFFERS[refused.action])
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


# --- pieces -----------------------------------------------------------------------------------------


def _error_page(request: Request, error: errors.PetitionError) -> Response:
    status, problem = problem_of(error, language_of_page(request))
    try:
        officer = gate.officer_of(request)
    except errors.UnauthenticatedError:
        officer = None
    return render(request, officer, "problem.html", status, title=problem["title"], detail=problem["detail"])


def not_found(request: Request, officer: DeskOfficer) -> Response:
    """Say that there is no such page."""
    _ = gettext(language_of_page(request))
    detail = _("Địa chỉ này không có trên trang của cán bộ.")
    return render(request, officer, "problem.html", 404, title=_("Không tìm thấy trang"), detail=detail)


def _done(name: str, language: Language) -> str:
    action = next((action for action in INPUTS if action == name), None)
    return gettext(language)(ACTIONS[action]) if action else ""


def _own_path(path: str) -> str:
    """Return a request's path as this function sees it, whether or not the gateway's path still has its prefix."""
    return path.removeprefix("/desk") or "/"


OPEN_PAGES: dict[str, Callable[[Request], Response]] = {
    "sign_in_form": sign_in_form,
    "sign_in": sign_in,
    "sign_out": sign_out,
    "file_sent": file_site.file_sent,
    **preference_site.OPEN_PAGES,
}
"""Pages that need no session."""

PAGES: dict[str, Callable[..., Response]] = {
    "queue": queue,
    "petition": petition,
    "act": act,
    "not_found": not_found,
    "new_call": call_site.new_call,
    "caller": caller_site.caller,
    "serve_caller": caller_site.serve_caller,
    "take_call": call_site.take_call,
    "calls_to_make": call_site.calls_to_make,
    "make_call": call_site.make_call,
    **doubt_site.PAGES,
    **file_site.PAGES,
    **report_site.PAGES,
    **audit_site.PAGES,
    **administration_site.PAGES,
    **directory_lists.PAGES,
    **directory_site.PAGES,
    **routing_site.PAGES,
    **text_site.PAGES,
    **notice_site.PAGES,
    **preference_site.PAGES,
}
"""Pages for who has signed in."""
