"""The JSON API: reads a request, calls one use case, answers. Errors become problems in the door's decorator."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Annotated

from chalice.app import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from chalicelib.intake import composition
from chalicelib.intake.limits.address_limit import Sender
from chalicelib.intake.petitions.add_contact import ContactInput
from chalicelib.intake.petitions.follow_up import (
    RatingInput,
    ReopeningInput,
    SupplementInput,
    WithdrawalInput,
    cause_of,
)
from chalicelib.intake.petitions.receive_petition import checked_key, receive_petition
from chalicelib.intake.petitions.track_petition import (
    ExpectedView,
    attachment_view,
    petitioners_view,
    receipt,
)
from chalicelib.intake.published.answers import PublishedList
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import ApiKeyNeededError
from shared.domain.petition.petition import MAX_CONTENT, Petition
from shared.domain.petition.submission import PetitionInput, Text
from shared.platform import clock, secrets
from shared.web.http import json_answer, json_body, language_of
from shared.web.i18n import N_, gettext

PIN_IS_SENT = N_(
    "Nếu mã số đúng và đây là số điện thoại hoặc thư điện tử đã cho khi gửi, mã PIN hoặc đường dẫn được gửi đến đó "
    "trong ít phút."
)
"""One answer for everybody who asks for a PIN again."""

PUBLIC = {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}
"""Public answers may be kept by anybody for a minute."""


class UnlockInput(BaseModel):
    """Where the PIN is to be sent: a telephone number or an e-mail address that was given with the petition."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    contact: Annotated[Text, Field(min_length=1, max_length=254)]


class UnlockAnswer(BaseModel):
    """What everybody is told who asks for a PIN again."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    message: str


def receive(request: Request) -> Response:
    """Take a petition: 201 with its reference and PIN, 200 with the same when it had come before."""
    sender = sender_of(request)
    received = receive_petition(
        composition.limited_reception(), json_body(request, PetitionInput), _key(request), sender
    )
    told = receipt(
        received.petition, received.pin, composition.configuration().public_url, language_of(request)
    )
    headers = {"Location": f"/v1/petitions/{told.reference}"}
    return _shown(told, 201 if received.is_new else 200, headers)


def sender_of(request: Request) -> Sender | None:
    """Return where a program's petition came from: like a page without a proof, unless it shows a client's key.

    Whoever has a key (`open311` in the providers' secret) is answerable for its users and is not counted by address.

    Raises:
        ApiKeyNeededError: in the cloud, where programs need a key (ADR 0032).
    """
    if (given := request.headers.get("x-api-key")) and client_of(given):
        return None
    if composition.configuration().asks_for_a_key:
        raise ApiKeyNeededError
    return Sender(address_of(request), is_proven=False)


def client_of(api_key: str) -> str | None:
    """Return the name of the client that was given this key, None where nobody was."""
    keys = secrets.providers(composition.configuration().providers_secret).get("open311", {})
    matching = (
        name for name, key in keys.items() if key and hmac.compare_digest(key.encode(), api_key.encode())
    )
    return next(matching, None)


def track(request: Request, reference: str) -> Response:
    """Show a petition to whoever has its PIN."""
    return _view(_petition(request, reference), request)


def supplement(request: Request, reference: str) -> Response:
    """Add to a petition: 201, or 200 when the same had come before."""
    petition = _petition(request, reference)
    body = json_body(request, SupplementInput)
    changed = composition.follow_up().supplement(
        petition, body.content, cause_of(_key(request), "web", body, local_date(clock.now()))
    )
    return _view(changed, request, 201 if changed.version > petition.version else 200)


def add_contact(request: Request, reference: str) -> Response:
    """Take another contact."""
    petition = _petition(request, reference)
    body = json_body(request, ContactInput)
    cause = cause_of(_key(request), "web", body, local_date(clock.now()))
    return _view(composition.contact_adding().add(petition, body, cause), request)


def withdraw(request: Request, reference: str) -> Response:
    """Take a petition back."""
    petition = _petition(request, reference)
    body = json_body(request, WithdrawalInput)
    cause = cause_of(_key(request), "web", body, local_date(clock.now()))
    return _view(composition.follow_up().withdraw(petition, body.reason, cause), request)


def rate(request: Request, reference: str) -> Response:
    """Rate the answer."""
    petition = _petition(request, reference)
    body = json_body(request, RatingInput)
    cause = cause_of(_key(request), "web", body, local_date(clock.now()))
    return _view(composition.follow_up().rate(petition, body.score, body.comment, cause), request)


def reopen(request: Request, reference: str) -> Response:
    """Take the wish for a second look, once and after a poor rating."""
    petition = _petition(request, reference)
    body = json_body(request, ReopeningInput)
    cause = cause_of(_key(request), "web", body, local_date(clock.now()))
    return _view(composition.follow_up().reopen(petition, body.reason, cause), request)


def unlock(request: Request, reference: str) -> Response:
    """Have the PIN sent to a contact on file: 202, whoever asks and whatever comes of it."""
    body = json_body(request, UnlockInput)
    composition.pin_again().ask(reference, body.contact)
    return _shown(UnlockAnswer(message=gettext(language_of(request))(PIN_IS_SENT)), 202)


def attach(request: Request, reference: str) -> Response:
    """Declare a file: 201 with a form that uploads it, 200 with another form for the same file when it came before."""
    from shared.use_cases.declare_file import AttachmentInput  # noqa: PLC0415 - few requests are about files

    petition = _petition(request, reference)
    expected = composition.file_desk().expect(petition, json_body(request, AttachmentInput), _key(request))
    told = ExpectedView(
        attachment=attachment_view(expected.attachment, language_of(request)), upload=expected.form
    )
    return json_answer(told, 201 if expected.is_new else 200)


def answers_file(request: Request, reference: str, attachment_id: str) -> Response:
    """Give a link to a file of the answer."""
    petition = _petition(request, reference)
    return json_answer(composition.file_desk().answers_file(petition, attachment_id))


def fields(request: Request) -> Response:
    """List the fields of responsibility."""
    return _shown(composition.public_record().fields(language_of(request)), headers=PUBLIC)


def published(request: Request) -> Response:
    """List published answers."""
    page = composition.public_record().published(
        field=query(request, "field"),
        month=query(request, "month"),
        search=query(request, "q"),
        cursor=query(request, "cursor"),
        language=language_of(request),
    )
    return _shown(page, headers=PUBLIC)


class SimilarInput(BaseModel):
    """A text that is being written."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    content: Annotated[Text, Field(min_length=1, max_length=MAX_CONTENT)]


def similar(request: Request) -> Response:
    """List the published answers to questions like this text; nothing of it is kept."""
    body = json_body(request, SimilarInput)
    found = composition.similar_answers().to(body.content, language_of(request))
    return _shown(PublishedList(items=found))


def statistics(request: Request) -> Response:
    """Give the figures of one month."""
    return _shown(composition.public_statistics().figures(query(request, "month")), headers=PUBLIC)


def open_data(request: Request, file: str) -> Response:
    """Give the month's figures or the published answers as a file of open data."""
    from chalicelib.intake.api import open_data as files  # noqa: PLC0415 - few ask for a file

    return files.answer(request, file)


def query(request: Request, name: str) -> str:
    """Return a query parameter, "" where it is not given."""
    given = request.query_params
    return str(given[name]).strip() if given and name in given else ""


def address_of(request: Request) -> str:
    """Return the caller's network address as API Gateway saw it, never a header that the caller wrote."""
    return str(request.context.get("identity", {}).get("sourceIp", ""))


def _key(request: Request) -> str | None:
    key: str | None = request.headers.get("idempotency-key")
    return None if key is None else checked_key(key)


def _petition(request: Request, reference: str) -> Petition:
    return composition.finder().find(reference, _secret(request), address_of(request))


def _secret(request: Request) -> str:
    return str(request.headers.get("x-petition-pin", ""))


def _view(petition: Petition, request: Request, status: int = 200) -> Response:
    view = petitioners_view(
        petition,
        composition.directory(),
        clock.now(),
        composition.configuration().public_url,
        language_of(request),
        composition.sightings().evidence(petition, _secret(request), clock.now()),
    )
    return _shown(view, status)


def _shown(view: BaseModel, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Answer with a view: optional parts that are not there are left out, required ones may be null."""
    return json_answer(view.model_dump(mode="json", exclude_defaults=True), status, headers)
