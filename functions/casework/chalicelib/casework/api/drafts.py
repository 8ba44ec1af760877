"""JSON API: an officer's own drafts on a petition, a form each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalice.app import Request, Response
from pydantic import ConfigDict

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.drafts import FORMS, Draft, DraftInput
from shared.domain.base_model import BaseModel
from shared.domain.errors import InvalidInputError, UnknownDraftError
from shared.domain.petition.lifecycle import Action
from shared.web.answers import json_answer
from shared.web.openapi import Operation
from shared.web.requests import json_body


class DraftView(BaseModel):
    """A draft; `version` is in the header `ETag` too, and names what the next save follows."""

    model_config = ConfigDict(frozen=True)

    reference: str
    form: Action
    version: int
    saved_at: datetime
    ends_at: datetime
    shared: bool
    fields: dict[str, str]


def routes(parts: Callable[[], Parts]) -> ApiRoutes:
    """Return the routes of this module."""
    api = ApiRoutes(__name__, parts)
    api.get("/v1/petitions/{reference}/drafts/{form}", show_draft)
    api.put("/v1/petitions/{reference}/drafts/{form}", put_draft)
    api.delete("/v1/petitions/{reference}/drafts/{form}", delete_draft)
    return api


def show_draft(parts: Parts, _request: Request, officer: DeskOfficer, reference: str, form: str) -> Response:
    """Answer with the officer's own draft."""
    petition = parts.actions.find_written_on(officer, reference)
    return _answer(parts.drafts.get(officer, petition, _form(form)))


def put_draft(parts: Parts, request: Request, officer: DeskOfficer, reference: str, form: str) -> Response:
    """Keep a draft; `If-Match` names the version that was seen, `"0"` for none: another is answered with 412."""
    petition = parts.actions.find_written_on(officer, reference)
    draft = json_body(request, DraftInput)
    return _answer(parts.drafts.save(officer, petition, _form(form), draft, _seen(request)))


def delete_draft(parts: Parts, request: Request, officer: DeskOfficer, reference: str, form: str) -> Response:
    """Discard a draft; where there is none, nothing happens."""
    petition = parts.actions.find_written_on(officer, reference)
    parts.drafts.discard(officer, petition, _form(form), _seen(request))
    return Response(body="", status_code=204, headers={})


def _form(name: str) -> Action:
    form = next((action for action in FORMS if action == name), None)
    if form is None:
        raise UnknownDraftError
    return form


def _seen(request: Request) -> int | None:
    value = request.headers.get("if-match", "").strip().strip('"')
    if value and not (value.isascii() and value.isdecimal() and len(value) <= len("999999")):
        raise InvalidInputError(("If-Match", "invalid"))
    return int(value) if value else None


def _answer(draft: Draft) -> Response:
    view = DraftView(
        reference=draft.reference,
        form=draft.form,
        version=draft.version,
        saved_at=draft.saved_at,
        ends_at=draft.ends_at,
        shared=draft.is_shared,
        fields=dict(draft.fields),
    )
    return json_answer(view, headers={"ETag": f'"{draft.version}"'})


_PATH = "/v1/petitions/{reference}/drafts/{form}"
_AS = ("reference", "form", "Authorization")
OPERATIONS = (
    Operation(
        "GET",
        _PATH,
        "showDraft",
        "Your own draft of a form; its version is its ETag",
        {200: DraftView},
        None,
        (*_AS, "lang"),
        (401, 403, 404),
    ),
    Operation(
        "PUT",
        _PATH,
        "putDraft",
        "Keep what you are writing; nothing is submitted",
        {200: DraftView},
        DraftInput,
        (*_AS, "If-Match", "lang"),
        (400, 401, 403, 404, 412, 422),
    ),
    Operation(
        "DELETE",
        _PATH,
        "discardDraft",
        "Discard your draft",
        {204: None},
        None,
        (*_AS, "If-Match", "lang"),
        (401, 403, 404, 412, 422),
    ),
)
