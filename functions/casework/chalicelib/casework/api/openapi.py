"""The OpenAPI 3.1 document of the JSON API, generated from the models of its requests and responses.

Each action of a petition has a path of its own here, because each has a body of its own; it is served by one route.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access.machines import scope_of
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.sign_in_input import SignInInput
from chalicelib.casework.actions.catalogue import INPUTS
from chalicelib.casework.api.board import OPERATIONS as BOARD
from chalicelib.casework.api.bulk import OPERATIONS as BULK
from chalicelib.casework.api.drafts import OPERATIONS as DRAFTS
from chalicelib.casework.api.hotline import OPERATIONS as HOTLINE
from chalicelib.casework.api.machines import OPERATIONS as MACHINES
from chalicelib.casework.api.oversight import OPERATIONS as OVERSIGHT
from chalicelib.casework.api.parameters import MACHINE, PARAMETERS, SECURITY, TAGS
from chalicelib.casework.api.petitions import CHANGES, REVIEW, SEARCH
from chalicelib.casework.api.proposals import OPERATIONS as PROPOSALS
from chalicelib.casework.api.response_models import (
    AfterAction,
    EnteredView,
    OpenedView,
    PetitionsBehindFigure,
    ProposedView,
    ReportView,
    RowInput,
    RowList,
    RowView,
    SessionView,
    UploadView,
)
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.api.session import EndedSessions, OwnSessions
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.views import DeskView, LinePage
from chalicelib.casework.hotline.enter_petition import CallInput
from chalicelib.casework.programs.events import WEBHOOKS
from shared.domain.petition.lifecycle import Action
from shared.platform.bucket import Download
from shared.use_cases.declare_file import AttachmentInput
from shared.web.answers import json_answer
from shared.web.openapi import Health, Operation, Words, describe

VERSION = "1.0.0"


def routes(parts: Callable[[], Parts]) -> ApiRoutes:
    """Return the routes of this module."""
    api = ApiRoutes(__name__, parts)
    api.get("/v1/openapi.json", describe_api)
    return api


def describe_api(_parts: Parts, _request: Request, _officer: DeskOfficer) -> Response:
    """Answer with the document, to officers alone."""
    return json_answer(document())


_AS = ("Authorization",)
_REFUSED = (401, 403)

_EXAMPLES = Path(__file__).with_name("examples.json")
"""Recorded from a run of the whole system (`make examples`)."""

_ACTIONS = tuple(
    Operation(
        "POST",
        f"/v1/petitions/{{reference}}/{action}",
        "".join([first := action.split("-")[0], *(word.title() for word in action.split("-")[1:])]),
        model.__doc__.splitlines()[0] if model.__doc__ else first,
        {200: OpenedView if action is Action.OPEN_SEAL else AfterAction},
        model,
        ("reference", *_AS, "Idempotency-Key", "lang"),
        (400, *_REFUSED, 404, 409, 422),
    )
    for action, model in INPUTS.items()
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "POST",
        "/v1/session",
        "signIn",
        "Open a session, or answer its challenge",
        {200: SessionView},
        SignInInput,
        ("lang",),
        (400, 401, 422, 429),
    ),
    Operation(
        "POST",
        "/v1/session/renewal",
        "renewSession",
        "New tokens of your session, as long as it holds",
        {200: SessionView},
        None,
        (*_AS, "lang"),
        (*_REFUSED,),
    ),
    Operation(
        "POST",
        "/v1/session/end",
        "signOut",
        "End your session: no token of it holds any more",
        {200: EndedSessions},
        None,
        (*_AS, "lang"),
        (401,),
    ),
    Operation(
        "GET",
        "/v1/sessions",
        "listSessions",
        "Your sessions that hold",
        {200: OwnSessions},
        None,
        (*_AS, "lang"),
        (401,),
    ),
    Operation(
        "POST",
        "/v1/sessions/end-others",
        "endOtherSessions",
        "End your sessions but this one",
        {200: EndedSessions},
        None,
        (*_AS, "lang"),
        (401,),
    ),
    Operation(
        "GET",
        "/v1/petitions",
        "listPetitions",
        "A queue by due date",
        {200: LinePage},
        None,
        (*_AS, "queue", "state", "overdue", "due_within", "mine", "unassigned", "cursor", "lang"),
        (*_REFUSED, 422),
    ),
    Operation(
        "POST",
        "/v1/petitions",
        "enterPetition",
        "Receive a caller's petition; the same call again is the same petition",
        {201: EnteredView, 200: EnteredView},
        CallInput,
        (*_AS, "lang"),
        (400, *_REFUSED, 422, 429),
    ),
    *BULK,
    Operation(
        "GET",
        "/v1/petitions/{reference}",
        "showPetition",
        "One petition, as far as you may see it",
        {200: DeskView},
        None,
        ("reference", *_AS, "lang"),
        (*_REFUSED, 404),
    ),
    *_ACTIONS,
    *BOARD,
    *SEARCH,
    *DRAFTS,
    Operation(
        "POST",
        "/v1/petitions/{reference}/attachments",
        "attachFile",
        "Declare a file that goes with the answer and get the form that uploads it",
        {201: UploadView, 200: UploadView},
        AttachmentInput,
        ("reference", *_AS, "Idempotency-Key", "lang"),
        (400, *_REFUSED, 404, 409, 422),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/attachments/{attachment_id}",
        "openFile",
        "A link to a file; that a petitioner's was opened is recorded",
        {200: Download},
        None,
        ("reference", "attachment_id", *_AS, "lang"),
        (*_REFUSED, 404, 409),
    ),
    *HOTLINE,
    *OVERSIGHT,
    Operation(
        "GET",
        "/v1/directory/{kind}/{row_id}",
        "showRows",
        "All versions of a directory row",
        {200: RowList},
        None,
        ("kind", "row_id", *_AS, "lang"),
        (*_REFUSED, 422),
    ),
    Operation(
        "PUT",
        "/v1/directory/{kind}/{row_id}",
        "putRow",
        "Write one version of a directory row; what needs a second person is proposed, and has no effect yet",
        {201: RowView, 200: RowView, 202: ProposedView},
        RowInput,
        ("kind", "row_id", *_AS, "If-Match", "lang"),
        (400, *_REFUSED, 409, 422),
        located=(202,),
    ),
    *PROPOSALS,
    *MACHINES,
    *CHANGES,
    *REVIEW,
    Operation(
        "GET",
        "/v1/reports/{name}",
        "report",
        "A report",
        {200: ReportView},
        None,
        ("name", *_AS, "from", "to", "as_of", "by", "format", "lang"),
        (*_REFUSED, 422),
        ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ),
    Operation(
        "GET",
        "/v1/reports/{name}/cases",
        "listPetitionsBehindFigure",
        "The petitions behind a figure",
        {200: PetitionsBehindFigure},
        None,
        ("name", *_AS, "from", "to", "as_of", "measure", "unit", "by-group", "group", "page", "lang"),
        (*_REFUSED, 422),
    ),
    Operation(
        "GET", "/v1/openapi.json", "openapi", "This document", {200: None}, None, (*_AS, "lang"), (401,)
    ),
    Operation("GET", "/health", "health", "Health of the function", {200: Health}),
)

_PROBLEMS = {
    400: "The body is no JSON",
    401: "No token, or one that does not hold",
    403: "Your roles do not allow it",
    404: "There is none, or you may not know of it: one answer for both",
    409: "The petition was changed meanwhile, or its state does not allow it; see `current_version` and `changes`",
    412: "The draft was saved from elsewhere since the version in `If-Match`",
    422: "The input breaks a rule",
    429: "Enough for now; `retry_after` is in seconds",
    503: "This cannot be done just now; `retry_after` is in seconds",
}


def _open_to_machines(operation: Operation) -> Operation:
    """Return an operation with the scope by which a machine account may call it, if one may."""
    before, _slash, action = operation.path.rpartition("/")
    path = f"{before}/{{action}}" if action in INPUTS else operation.path
    scope = scope_of(operation.method, path, action)
    if scope is None:
        return operation
    problems = tuple(
        dict.fromkeys((*operation.problems, 429))
    )  # requests of a machine in a minute are limited
    return operation._replace(scopes={MACHINE: scope.value}, problems=problems)


@cache
def document() -> dict[str, Any]:
    """Return the document."""
    return describe(
        (_open_to_machines(operation) for operation in OPERATIONS),
        PARAMETERS,
        Words(
            title="PAKN desk",
            version=VERSION,
            description="Petitions at the Ministry of Home Affairs, for its officers. Your roles and unit decide"
            " which petitions you may see and which actions you may take. Times are RFC 3339 in UTC; dates are"
            " days in Viet Nam.",
            server="/desk",
            problems=_PROBLEMS,
            security=SECURITY,
            tags=TAGS,
            examples=json.loads(_EXAMPLES.read_text("utf-8")),
            webhooks=WEBHOOKS,
        ),
    )
