"""The JSON API of petitions: each view reads a request, calls one use case and answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from chalice.app import Request, Response
from pydantic import ConfigDict, Field

from chalicelib.intake.api.answers import view_answer
from chalicelib.intake.composition import Parts
from chalicelib.intake.limits.address_limit import Sender
from chalicelib.intake.petitions.add_contact import ContactInput
from chalicelib.intake.petitions.find_petition import Proof
from chalicelib.intake.petitions.follow_up import (
    ChannelsInput,
    RatingInput,
    ReopeningInput,
    SupplementInput,
    WithdrawalInput,
    undoing_on_the_web,
    web_cause,
)
from chalicelib.intake.petitions.pin_again import PIN_IS_SENT
from chalicelib.intake.petitions.receive_petition import answered_by, checked_key, receive_petition
from chalicelib.intake.petitions.track_petition import (
    ExpectedView,
    attachment_view,
    petitioners_view,
    receipt,
)
from shared.domain.base_model import BaseModel
from shared.domain.errors import ApiKeyNeededError
from shared.domain.petition.change import PETITIONER, client_actor
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import PetitionInput, Text
from shared.platform import clock
from shared.use_cases.declare_file import AttachmentInput
from shared.web.answers import json_answer, rate_limits
from shared.web.i18n import gettext
from shared.web.requests import json_body, language_of, source_address
from shared.web.routes import Routes


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of petitions."""
    api = Routes(__name__, parts)
    api.post("/v1/petitions", receive)
    api.get("/v1/petitions/{reference}", track)
    api.post("/v1/petitions/{reference}/supplements", supplement)
    api.post("/v1/petitions/{reference}/contact", add_contact)
    api.post("/v1/petitions/{reference}/channels", choose_channels)
    api.post("/v1/petitions/{reference}/withdrawal", withdraw)
    api.post("/v1/petitions/{reference}/withdrawal/undo", undo_withdrawal)
    api.post("/v1/petitions/{reference}/consent/withdrawal", withdraw_consent)
    api.post("/v1/petitions/{reference}/rating", rate)
    api.post("/v1/petitions/{reference}/reopening", reopen)
    api.post("/v1/petitions/{reference}/unlock", unlock)
    api.post("/v1/petitions/{reference}/renewal", renew)
    api.post("/v1/petitions/{reference}/attachments", attach)
    api.get("/v1/petitions/{reference}/attachments/{attachment_id}", fetch_file)
    return api


class UnlockInput(BaseModel):
    """The contact that the PIN is to be sent to: a telephone number or e-mail address given with the petition."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    contact: Annotated[Text, Field(min_length=1, max_length=254)]


class UnlockAnswer(BaseModel):
    """The same answer to everybody who asks for a PIN again."""

    model_config = ConfigDict(frozen=True)

    message: str


class RenewalAnswer(BaseModel):
    """The petition's new PIN and link: the earlier ones open it no more."""

    model_config = ConfigDict(frozen=True)

    reference: str
    pin: str
    link: str


def renew(parts: Parts, request: Request, reference: str) -> Response:
    """Give the petition another PIN and link; every contact is notified."""
    renewed = parts.renewal.renew(_petition(parts, request, reference), by=_actor(parts, request))
    digits = renewed.petition.reference
    link = f"{parts.settings.public_url}/tra-cuu?ma={digits}&t={renewed.token}"
    return json_answer(RenewalAnswer(reference=digits, pin=renewed.pin, link=link))


def receive(parts: Parts, request: Request) -> Response:
    """Take a petition: 201 with its reference and PIN, 200 with the same when it had come before."""
    client = parts.api_keys.client_of(request.headers.get("x-api-key", ""))
    sender = None if client else _sender(parts, request)
    petition = json_body(request, PetitionInput)
    received = receive_petition(parts.limited_reception, petition, _key(request), sender, client)
    view = receipt(
        received.petition,
        received.pin,
        parts.settings.public_url,
        language_of(request),
        answered_by(petition, parts.settings.opened_countries),
    )
    headers = {"Location": f"/v1/petitions/{view.reference}", **rate_limits(received.quotas)}
    return view_answer(view, 201 if received.is_new else 200, headers)


def _sender(parts: Parts, request: Request) -> Sender:
    """Return where a petition came from that shows no client's key: it is counted like a page without a proof.

    Whoever has a key (`open311` in the providers' secret) is answerable for its users and is not counted by address.

    Raises:
        ApiKeyNeededError: in the cloud, where programs need a key (ADR 0032).
    """
    if parts.settings.api_key_needed:
        raise ApiKeyNeededError
    return Sender(source_address(request), is_proven=False)


def track(parts: Parts, request: Request, reference: str) -> Response:
    """Show a petition to whoever has its PIN."""
    return _view(parts, request, _petition(parts, request, reference))


def supplement(parts: Parts, request: Request, reference: str) -> Response:
    """Add to a petition: 201, or 200 when the same had come before."""
    petition = _petition(parts, request, reference)
    body = json_body(request, SupplementInput)
    cause = web_cause(_key(request), body, clock.now())
    changed = parts.follow_up.supplement(petition, body.content, cause, by=_actor(parts, request))
    return _view(parts, request, changed, 201 if changed.version > petition.version else 200)


def add_contact(parts: Parts, request: Request, reference: str) -> Response:
    """Take another contact."""
    petition = _petition(parts, request, reference)
    body = json_body(request, ContactInput)
    cause = web_cause(_key(request), body, clock.now())
    return _view(parts, request, parts.add_contact.add(petition, body, cause, by=_actor(parts, request)))


def choose_channels(parts: Parts, request: Request, reference: str) -> Response:
    """Notify the petitioner over other channels; those that are chosen already change nothing."""
    petition = _petition(parts, request, reference)
    body, actor = json_body(request, ChannelsInput), _actor(parts, request)
    return _view(parts, request, parts.follow_up.choose_channels(petition, body.reply_by, by=actor))


def withdraw(parts: Parts, request: Request, reference: str) -> Response:
    """Take a petition back."""
    petition = _petition(parts, request, reference)
    body = json_body(request, WithdrawalInput)
    cause = web_cause(_key(request), body, clock.now())
    undone = sum(entry.action is Action.UNDO_WITHDRAWAL for entry in petition.history)
    if undone and _key(request) is None:
        cause = f"{cause}:{undone}"  # the same words of the same day, but a withdrawal of its own
    withdrawn = parts.follow_up.withdraw(petition, body.reason, cause, by=_actor(parts, request))
    return _view(parts, request, withdrawn)


def undo_withdrawal(parts: Parts, request: Request, reference: str) -> Response:
    """Take a withdrawal back, within the working days for it; asked again, it is done already."""
    petition = _petition(parts, request, reference)
    cause = undoing_on_the_web(petition)
    return _view(parts, request, parts.follow_up.undo_withdrawal(petition, cause, by=_actor(parts, request)))


def withdraw_consent(parts: Parts, request: Request, reference: str) -> Response:
    """Allow publication no more: what is public of the answer is taken down; asked again, it is done already."""
    petition = _petition(parts, request, reference)
    return _view(parts, request, parts.follow_up.withdraw_consent(petition, by=_actor(parts, request)))


def rate(parts: Parts, request: Request, reference: str) -> Response:
    """Rate the answer."""
    petition = _petition(parts, request, reference)
    body = json_body(request, RatingInput)
    cause = web_cause(_key(request), body, clock.now())
    rated = parts.follow_up.rate(petition, body.score, body.comment, cause, by=_actor(parts, request))
    return _view(parts, request, rated)


def reopen(parts: Parts, request: Request, reference: str) -> Response:
    """Ask for a second look, once and after a poor rating."""
    petition = _petition(parts, request, reference)
    body = json_body(request, ReopeningInput)
    cause = web_cause(_key(request), body, clock.now())
    reopened = parts.follow_up.reopen(petition, body.reason, cause, by=_actor(parts, request))
    return _view(parts, request, reopened)


def unlock(parts: Parts, request: Request, reference: str) -> Response:
    """Have the PIN sent to a contact on file: always 202 with the same body."""
    body = json_body(request, UnlockInput)
    parts.pin_again.ask(reference, body.contact)
    return view_answer(UnlockAnswer(message=gettext(language_of(request))(PIN_IS_SENT)), 202)


def attach(parts: Parts, request: Request, reference: str) -> Response:
    """Declare a file: 201 with a form that uploads it, 200 with another form for the same file when it came before."""
    petition = _petition(parts, request, reference)
    declared = json_body(request, AttachmentInput)
    expected = parts.files.expect(petition, declared, _key(request), by=_actor(parts, request))
    view = ExpectedView(
        attachment=attachment_view(expected.attachment, language_of(request)), upload=expected.form
    )
    return json_answer(view, 201 if expected.is_new else 200)


def fetch_file(parts: Parts, request: Request, reference: str, attachment_id: str) -> Response:
    """Give a link to a file of the answer."""
    petition = _petition(parts, request, reference)
    return json_answer(parts.files.answers_file(petition, attachment_id))


def _actor(parts: Parts, request: Request) -> str:
    """Return the name in the history of who acts: the program whose key comes with the request, else the petitioner."""
    client = parts.api_keys.client_of(request.headers.get("x-api-key", ""))
    return client_actor(client) if client else PETITIONER


def _key(request: Request) -> str | None:
    key: str | None = request.headers.get("idempotency-key")
    return None if key is None else checked_key(key)


def _petition(parts: Parts, request: Request, reference: str) -> Petition:
    return parts.finder.find(reference, proof_of(request))


def proof_of(request: Request) -> Proof:
    """Return the PIN or link token of a request, and the ticket or work that comes with it."""
    offered = str(request.headers.get("x-petition-proof", ""))
    return Proof(_secret(request), source_address(request), offered)


def _secret(request: Request) -> str:
    return str(request.headers.get("x-petition-pin", ""))


def _view(parts: Parts, request: Request, petition: Petition, status: int = 200) -> Response:
    view = petitioners_view(
        petition,
        parts.directory,
        clock.now(),
        parts.settings.public_url,
        language_of(request),
        parts.views.evidence(petition, _secret(request), clock.now()),
    )
    return view_answer(view, status)
