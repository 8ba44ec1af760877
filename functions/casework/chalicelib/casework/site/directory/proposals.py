"""The pages of proposed changes of the directory: all of them, and one with its difference, to confirm or reject."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from difflib import unified_diff
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.machines import SECRETS
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.change_control import FactChange, ReviewedProposal
from chalicelib.casework.administration.forms import KINDS
from chalicelib.casework.administration.row_labels import RowLabels
from chalicelib.casework.administration.titles import title_of
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.directory import terms
from chalicelib.casework.site.directory.text_labels import FIELDS as TEXT_FIELDS
from chalicelib.casework.site.frame import FormProblem, language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.errors import (
    InvalidInputError,
    PetitionError,
    ProposalClosedError,
    SecondPersonNeededError,
    StaleProposalError,
)
from shared.tables.proposals import Proposal, ProposalState
from shared.web.answers import see_other
from shared.web.describe.rules import RULES
from shared.web.i18n import N_, Language, gettext
from shared.web.problems import PROBLEMS
from shared.web.rendering import link
from shared.web.requests import form_body, query_parameters
from shared.wording.sources import TextMissingError, name_of, packaged

STATES = {
    ProposalState.OPEN: N_("Chờ xác nhận"),
    ProposalState.CONFIRMED: N_("Đã xác nhận"),
    ProposalState.REJECTED: N_("Đã bác"),
    ProposalState.WITHDRAWN: N_("Đã rút"),
    ProposalState.EXPIRED: N_("Hết hạn"),
}
OTHER_KINDS = {
    "template": N_("Mẫu thông báo"),
    "terms": N_("Thời hạn"),
    "routing-rule": N_("Quy tắc phân loại"),
    SECRETS: N_("Mã bí mật của tài khoản máy"),
}
"""The titles of kinds that have pages of their own beside the lists."""
SHOWN_WHOLE = 600
"""Characters of both values up to which they stand side by side; of longer ones the changed lines are shown."""
_REFUSALS = (ProposalClosedError, SecondPersonNeededError, StaleProposalError)


class ShownChange(NamedTuple):
    """A changed fact as people read it: both values, or of long ones the changed lines."""

    label: str
    before: str
    after: str
    lines: tuple[tuple[str, str], ...] = ()
    """(mark, line): `+` added, `-` removed, a blank for a line that stays."""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/proposals", list_proposals)
    pages.get("/proposals/{proposal_id}", show_proposal)
    pages.post("/proposals/{proposal_id}", decide_proposal)
    return pages


def list_proposals(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the open proposals, and what became of the latest others."""
    language = language_of_page(request)
    lines = [_line(parts, reviewed, language) for reviewed in parts.changes.proposals(officer)]
    return render(
        parts,
        request,
        officer,
        "proposals.html",
        waiting=[line for line in lines if line["is_open"]],
        closed=[line for line in lines if not line["is_open"]],
    )


def show_proposal(parts: Parts, request: Request, officer: DeskOfficer, proposal_id: str) -> Response:
    """Show a proposal with the facts that it changes, and the forms to decide about it."""
    done = bool(query_parameters(request).get("done"))
    return _page(parts, request, officer, parts.changes.proposal(officer, proposal_id), done=done)


def decide_proposal(parts: Parts, request: Request, officer: DeskOfficer, proposal_id: str) -> Response:
    """Confirm, reject or withdraw a proposal; a refusal is shown on its page, with what was typed."""
    permissions.require(officer, Ability.CONFIRM_CHANGES)
    form = form_body(request)
    try:
        _decide(parts, officer, proposal_id, form)
    except (InvalidInputError, *_REFUSALS) as error:
        reviewed = parts.changes.proposal(officer, proposal_id)
        return _page(parts, request, officer, reviewed, problem=error, reason=form.get("reason", ""))
    return see_other(link(f"/desk/proposals/{proposal_id}?done=1", language_of_page(request)))


def _decide(parts: Parts, officer: DeskOfficer, proposal_id: str, form: Mapping[str, str]) -> None:
    match form.get("decision"):
        case "confirm":
            parts.changes.confirm(officer, proposal_id)
        case "withdraw":
            parts.changes.withdraw(officer, proposal_id)
        case "reject":
            parts.changes.reject(officer, proposal_id, form.get("reason", ""))
        case _:
            raise InvalidInputError(("decision", "missing"))


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    reviewed: ReviewedProposal,
    *,
    done: bool = False,
    problem: PetitionError | None = None,
    reason: str = "",
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    rules = problem.problems if isinstance(problem, InvalidInputError) else ()
    errors = tuple(
        FormProblem(place, _("Lý do") if place == "reason" else place, _(RULES.get(rule, RULES["invalid"])))
        for place, rule in rules
    )
    status, title, detail = PROBLEMS[type(problem)] if problem else (200, "", "")
    return render(
        parts,
        request,
        officer,
        "proposal.html",
        status,
        line=_line(parts, reviewed, language),
        changes=_changes(parts, reviewed, language),
        is_own=reviewed.proposal.proposed_by == officer.username,
        errors=errors,
        messages={error.id: error.message for error in errors},
        refusal=(_(title), _(detail)) if problem and not errors else None,
        reason=reason,
        done=done,
    )


def _line(parts: Parts, reviewed: ReviewedProposal, language: Language) -> dict[str, Any]:
    """Return a proposal as its line in the list: what, by whom, and what became of it."""
    _, names = gettext(language), names_of(parts, language)
    proposal = reviewed.proposal
    kind_title = KINDS[proposal.kind].title if proposal.kind in KINDS else OTHER_KINDS[proposal.kind]
    return {
        "id": proposal.id,
        "kind": _(kind_title),
        "title": title_of(proposal, language),
        "row_id": proposal.row_id,
        "valid_from": date.fromisoformat(str(proposal.row["valid_from"])),
        "state": _(STATES[reviewed.state]),
        "is_open": reviewed.state is ProposalState.OPEN,
        "is_stale": reviewed.is_stale,
        "proposed_by": names.officer(proposal.proposed_by),
        "proposed_at": proposal.proposed_at,
        "expires_at": proposal.expires_at,
        "decided_by": names.officer(proposal.decided_by) if proposal.decided_by else "",
        "decided_at": proposal.decided_at,
        "reason": proposal.reason,
    }


def _changes(parts: Parts, reviewed: ReviewedProposal, language: Language) -> list[ShownChange]:
    """Return the changed facts; a text that the directory does not have yet replaces the shipped one."""
    labels, proposal = RowLabels(parts.directory, language), reviewed.proposal
    if proposal.row.get("type") == "model":
        return [_shown_fact(change, labels, language) for change in reviewed.changes]
    shipped = _shipped(proposal)
    shown = [
        _shown(
            _label(proposal.kind, change.name, labels, language),
            _text(
                labels, change.name, change.before if change.before is not None else shipped.get(change.name)
            ),
            _text(labels, change.name, change.after),
        )
        for change in reviewed.changes
    ]
    return [change for change in shown if change.lines or change.before != change.after]


def _shown_fact(change: FactChange, labels: RowLabels, language: Language) -> ShownChange:
    """Return a changed fact of a model of the router; of its thousands of weights, how many change."""
    if change.name != "weights":
        return ShownChange(
            change.name, _text(labels, change.name, change.before), _text(labels, change.name, change.after)
        )
    before, after = (set(str(value or "").split("|")) for value in (change.before, change.after))
    after_text = gettext(language)("%(count)s, trong đó %(changed)s thay đổi")
    return ShownChange(
        gettext(language)("Số từ và cụm từ"),
        str(len(before)),
        after_text % {"count": len(after), "changed": len(after - before)},
    )


def _shipped(proposal: Proposal) -> Mapping[str, Any]:
    if proposal.kind != "template":
        return {}
    try:
        source = packaged(name_of(proposal.row_id))
    except TextMissingError:
        return {}
    return {"text": source.text.strip(), "subject": source.subject}


def _label(kind: str, name: str, labels: RowLabels, language: Language) -> str:
    fields = {"template": TEXT_FIELDS, "terms": terms.FIELDS}.get(kind, ())
    own = {field.name: field.label for field in fields}
    if name in own:
        return gettext(language)(own[name])
    return labels.label(kind if kind in KINDS else "officer", name)


def _text(labels: RowLabels, name: str, value: Any) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True)
    if isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        return json.dumps(value, ensure_ascii=False, indent=1)
    return labels.text(name, value)


def _shown(label: str, before: str, after: str) -> ShownChange:
    if len(before) + len(after) <= SHOWN_WHOLE:
        return ShownChange(label, before, after)
    difference = list(unified_diff(before.split("\n"), after.split("\n"), n=2, lineterm=""))[2:]
    lines = tuple(("", "…") if line.startswith("@@") else (line[:1].strip(), line[1:]) for line in difference)
    return ShownChange(label, "", "", lines)
