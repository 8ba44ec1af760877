"""JSON API: proposed changes of the directory, for those who confirm them."""

from __future__ import annotations

from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.administration.change_control import RejectionInput, ReviewedProposal
from chalicelib.casework.api.response_models import ProposalList, ProposalView
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.composition import Parts
from shared.web.answers import json_answer
from shared.web.i18n import N_, gettext
from shared.web.openapi import Operation
from shared.web.requests import json_body, language_of

WAITS = N_("Chưa có hiệu lực: người thứ hai phải xác nhận đề nghị này.")


def add_routes(api: ApiRoutes) -> None:
    """Add the routes of this module to those of the directory."""
    api.get("/v1/proposals", list_proposals)
    api.get("/v1/proposals/{proposal_id}", show_proposal)
    api.post("/v1/proposals/{proposal_id}/confirm", confirm_proposal)
    api.post("/v1/proposals/{proposal_id}/reject", reject_proposal)
    api.post("/v1/proposals/{proposal_id}/withdraw", withdraw_proposal)


def proposed(parts: Parts, request: Request, officer: DeskOfficer, proposal_id: str) -> Response:
    """Answer that a change waits for a second person, and where it is confirmed."""
    view = _view(parts, parts.changes.proposal(officer, proposal_id))
    detail = gettext(language_of(request))(WAITS)
    return json_answer({**view, "detail": detail}, 202, {"Location": view["confirm_at"]})


def list_proposals(parts: Parts, _request: Request, officer: DeskOfficer) -> Response:
    """Answer with the open proposals, and the latest of the others."""
    proposals = parts.changes.proposals(officer)
    return json_answer({"proposals": [_view(parts, proposal) for proposal in proposals]})


def show_proposal(parts: Parts, _request: Request, officer: DeskOfficer, proposal_id: str) -> Response:
    """Answer with one proposal and the facts that it changes."""
    return json_answer(_view(parts, parts.changes.proposal(officer, proposal_id)))


def confirm_proposal(parts: Parts, _request: Request, officer: DeskOfficer, proposal_id: str) -> Response:
    """Confirm a proposal of somebody else's: its row is written."""
    return json_answer(_view(parts, parts.changes.confirm(officer, proposal_id)))


def reject_proposal(parts: Parts, request: Request, officer: DeskOfficer, proposal_id: str) -> Response:
    """Reject a proposal of somebody else's, with the reason."""
    rejection = json_body(request, RejectionInput)
    return json_answer(_view(parts, parts.changes.reject(officer, proposal_id, rejection.reason)))


def withdraw_proposal(parts: Parts, _request: Request, officer: DeskOfficer, proposal_id: str) -> Response:
    """Withdraw a proposal of one's own."""
    return json_answer(_view(parts, parts.changes.withdraw(officer, proposal_id)))


def _view(parts: Parts, reviewed: ReviewedProposal) -> dict[str, Any]:
    proposal = reviewed.proposal
    facts = proposal.model_dump(mode="json", exclude={"row", "base", "seen"})
    site = parts.settings.public_url.rstrip("/")
    return facts | {
        "row_id": proposal.row_id,
        "valid_from": proposal.row["valid_from"],
        "state": reviewed.state.value,
        "is_stale": reviewed.is_stale,
        "changes": [change._asdict() for change in reviewed.changes],
        "confirm_at": f"{site}/desk/v1/proposals/{proposal.id}/confirm",
        "page": f"{site}/desk/proposals/{proposal.id}",
    }


OPERATIONS = (
    Operation(
        "GET",
        "/v1/proposals",
        "listProposals",
        "The proposed changes of the directory that wait for a second person, and the latest others",
        {200: ProposalList},
        None,
        ("Authorization", "lang"),
        (401, 403),
    ),
    Operation(
        "GET",
        "/v1/proposals/{proposal_id}",
        "showProposal",
        "One proposed change with the facts that it changes",
        {200: ProposalView},
        None,
        ("proposal_id", "Authorization", "lang"),
        (401, 403, 404),
    ),
    Operation(
        "POST",
        "/v1/proposals/{proposal_id}/confirm",
        "confirmProposal",
        "Confirm a change that somebody else proposed: it is written",
        {200: ProposalView},
        None,
        ("proposal_id", "Authorization", "lang"),
        (401, 403, 404, 409, 422),
    ),
    Operation(
        "POST",
        "/v1/proposals/{proposal_id}/reject",
        "rejectProposal",
        "Reject a change that somebody else proposed",
        {200: ProposalView},
        RejectionInput,
        ("proposal_id", "Authorization", "lang"),
        (400, 401, 403, 404, 409, 422),
    ),
    Operation(
        "POST",
        "/v1/proposals/{proposal_id}/withdraw",
        "withdrawProposal",
        "Withdraw a proposal of your own",
        {200: ProposalView},
        None,
        ("proposal_id", "Authorization", "lang"),
        (401, 403, 404, 409),
    ),
)
"""The operations of this module in the OpenAPI document."""
