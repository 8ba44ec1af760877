"""The OpenAPI 3.1 document, generated from the models that check requests and shape answers.

`OPERATIONS` is the table of the API's routes; a test compares it with the routes that the app has.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from chalice.app import Request, Response

from chalicelib.intake.api.parameters import PARAMETERS, SECURITY
from chalicelib.intake.api.petitions import RenewalAnswer, UnlockAnswer, UnlockInput
from chalicelib.intake.api.published import SimilarInput
from chalicelib.intake.api.webhooks import WEBHOOKS
from chalicelib.intake.composition import Parts
from chalicelib.intake.petitions.add_contact import ContactInput
from chalicelib.intake.petitions.follow_up import (
    ChannelsInput,
    RatingInput,
    ReopeningInput,
    SupplementInput,
    WithdrawalInput,
)
from chalicelib.intake.petitions.track_petition import ExpectedView, PetitionView, ReceiptView
from chalicelib.intake.published.answers import FieldList, PublishedList
from chalicelib.intake.published.changes import PublicChanges
from chalicelib.intake.published.open_data import OpenData
from chalicelib.intake.published.statistics import MonthFigures
from chalicelib.intake.verification.record import Record, RootList, SigningKey
from shared.domain.petition.submission import PetitionInput
from shared.platform.bucket import Download
from shared.tables.roots import SignedRoot
from shared.use_cases.declare_file import AttachmentInput
from shared.web.answers import PUBLIC_FOR_A_MINUTE, json_answer
from shared.web.openapi import Health, Operation, Words, describe
from shared.web.routes import Routes

VERSION = "1.1.0"

_EXAMPLES = Path(__file__).with_name("examples.json")
"""Recorded from a run of the whole system (`make examples`)."""

_TAGS = {
    "petitions": "Send petitions, follow them, add to them",
    "fields": "The ministry's fields of responsibility",
    "published": "Published answers",
    "statistics": "Figures of a month",
    "roots": "Daily signed roots of all histories",
    "signing-key": "The key that signs the roots",
    "open-data": "Open data",
    "openapi": "The API of itself",
    "webhooks": "What gateways and the call centre send us, signed, and what we send to a gateway",
    "health": "The function's health",
}

_PIN = ("reference", "X-Petition-Pin", "X-Petition-Proof", "lang")
_PIN_ACTS = ("reference", "X-Petition-Pin", "X-Api-Key", "X-Petition-Proof", "lang")
_PIN_ONCE = (*_PIN_ACTS, "Idempotency-Key")

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "POST",
        "/v1/petitions",
        "receivePetition",
        "Send a petition",
        {201: ReceiptView, 200: ReceiptView},
        PetitionInput,
        ("Idempotency-Key", "X-Api-Key", "lang"),
        (400, 401, 422, 429),
        located=(200, 201),
        quotas=("person", "address"),
    ),
    Operation(
        "GET",
        "/v1/petitions/{reference}",
        "trackPetition",
        "Follow a petition",
        {200: PetitionView},
        None,
        _PIN,
        (404, 429),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/supplements",
        "supplementPetition",
        "Add to a petition",
        {201: PetitionView, 200: PetitionView},
        SupplementInput,
        _PIN_ONCE,
        (400, 404, 409, 422, 429),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/contact",
        "addContact",
        "Add a contact; the earlier ones are notified",
        {200: PetitionView},
        ContactInput,
        _PIN_ONCE,
        (400, 404, 409, 422, 429),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/channels",
        "chooseChannels",
        "Be notified over other channels; one remains",
        {200: PetitionView},
        ChannelsInput,
        _PIN_ACTS,
        (400, 404, 409, 422, 429),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/renewal",
        "renewSecrets",
        "Another PIN and link; the earlier ones open it no more, every contact is notified",
        {200: RenewalAnswer},
        None,
        _PIN_ACTS,
        (404, 409, 429),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/withdrawal",
        "withdrawPetition",
        "Take a petition back",
        {200: PetitionView},
        WithdrawalInput,
        _PIN_ONCE,
        (400, 404, 409, 422, 429),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/withdrawal/undo",
        "undoWithdrawal",
        "Take the withdrawal back, within a few working days",
        {200: PetitionView},
        None,
        _PIN_ACTS,
        (400, 404, 409),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/consent/withdrawal",
        "withdrawConsent",
        "Allow publication no more; a published answer is taken down at once",
        {200: PetitionView},
        None,
        _PIN_ACTS,
        (404, 409, 429),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/rating",
        "ratePetition",
        "Rate the answer",
        {200: PetitionView},
        RatingInput,
        _PIN_ONCE,
        (400, 404, 409, 422, 429),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/reopening",
        "reopenPetition",
        "Ask once, after a poor rating, for a second look by a higher level",
        {200: PetitionView},
        ReopeningInput,
        _PIN_ONCE,
        (400, 404, 409, 422, 429),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/unlock",
        "unlockPetition",
        "Have the PIN sent to a contact on file",
        {202: UnlockAnswer},
        UnlockInput,
        ("reference", "lang"),
        (400, 422),
    ),
    Operation(
        "POST",
        "/v1/petitions/{reference}/attachments",
        "attachFile",
        "Declare a file and get the form that uploads it",
        {201: ExpectedView, 200: ExpectedView},
        AttachmentInput,
        _PIN_ONCE,
        (400, 404, 409, 422, 429),
    ),
    Operation(
        "GET",
        "/v1/petitions/{reference}/attachments/{attachment_id}",
        "fetchFile",
        "A link to a file that came with the answer",
        {200: Download},
        None,
        ("reference", "attachment_id", "X-Petition-Pin", "X-Petition-Proof", "lang"),
        (404, 429),
    ),
    Operation(
        "GET",
        "/v1/fields",
        "listFields",
        "Fields of responsibility",
        {200: FieldList},
        None,
        ("lang",),
        is_public=True,
    ),
    Operation(
        "GET",
        "/v1/published",
        "listPublished",
        "Published answers, newest first",
        {200: PublishedList},
        None,
        ("field", "month", "q", "cursor", "lang"),
        (422,),
        is_public=True,
    ),
    Operation(
        "GET",
        "/v1/published/changes",
        "listPublishedChanges",
        "Answers that were published, replaced or taken down after a cursor, in order",
        {200: PublicChanges},
        None,
        ("after", "lang"),
        (422,),
        is_public=True,
    ),
    Operation(
        "POST",
        "/v1/published/similar",
        "listSimilar",
        "Published answers to questions like a text, the nearest first",
        {200: PublishedList},
        SimilarInput,
        ("lang",),
        (400, 422),
    ),
    Operation(
        "GET",
        "/v1/statistics",
        "monthFigures",
        "How the petitions received in a month fared",
        {200: MonthFigures},
        None,
        ("month", "lang"),
        (422,),
        is_public=True,
    ),
    Operation(
        "GET",
        "/v1/petitions/{reference}/record",
        "historyRecord",
        "The record of the history, to keep and to verify",
        {200: Record},
        None,
        _PIN,
        (404, 429),
    ),
    Operation(
        "GET",
        "/v1/roots",
        "listRoots",
        "Daily signed roots of all histories",
        {200: RootList},
        None,
        ("month", "lang"),
        (422,),
        is_public=True,
    ),
    Operation(
        "GET",
        "/v1/roots/{day}",
        "rootOfDay",
        "A day's root",
        {200: SignedRoot},
        None,
        ("day", "lang"),
        (422,),
        is_public=True,
    ),
    Operation(
        "GET",
        "/v1/signing-key",
        "signingKey",
        "The public half of the key that signs the roots",
        {200: SigningKey},
        None,
        ("lang",),
        (422,),
        is_public=True,
    ),
    Operation(
        "GET",
        "/v1/open-data/{file}",
        "openData",
        "Open data: the months' figures, their breakdowns, the published answers of a month and of all",
        {200: OpenData},
        None,
        ("file", "month", "field", "cursor", "lang"),
        (422,),
        ("text/csv", "application/jsonl"),
        is_public=True,
    ),
    Operation(
        "GET",
        "/v1/open-data/datapackage.json",
        "openDataPackage",
        "Every column of the open data, as a Frictionless data package",
        {200: None},
        None,
        ("lang",),
        (422,),
        is_public=True,
    ),
    Operation(
        "GET",
        "/v1/open-data/catalogue.jsonld",
        "openDataCatalogue",
        "The open data as a DCAT catalogue in JSON-LD",
        {200: None},
        None,
        ("lang",),
        (422,),
        ("application/ld+json",),
        is_public=True,
    ),
    Operation("GET", "/openapi.json", "openapi", "This document", {200: None}, is_public=True),
    Operation("GET", "/health", "health", "Whether intake answers", {200: Health}),
)

_PROBLEM_TITLES = {
    400: "The body is no JSON",
    401: "In the cloud a program needs the key of a client",
    404: "Unknown reference, wrong PIN or locked: one answer for all three",
    409: "The petition's state does not allow this",
    422: "The input breaks a rule",
    429: "Sent enough for now, or a PIN has to wait; retry_after is in seconds",
}


@cache
def document() -> dict[str, Any]:
    """Return the document."""
    return describe(
        OPERATIONS,
        PARAMETERS,
        Words(
            title="PAKN petitions",
            version=VERSION,
            description="Send and follow petitions to the Ministry of Home Affairs of Viet Nam."
            " Times are RFC 3339 in UTC; dates are days in Viet Nam.",
            server="/",
            problems=_PROBLEM_TITLES,
            security=SECURITY,
            tags=_TAGS,
            examples=json.loads(_EXAMPLES.read_text("utf-8")),
            webhooks=WEBHOOKS,
        ),
    )


def routes(parts: Callable[[], Parts]) -> Routes[Parts]:
    """Return the routes of what the API says of itself."""
    api = Routes(__name__, parts)
    api.get("/openapi.json", openapi)
    api.get("/health", health)
    return api


def openapi(_parts: Parts, _request: Request) -> Response:
    """Describe the API."""
    return json_answer(document(), headers=PUBLIC_FOR_A_MINUTE)


def health(_parts: Parts, _request: Request) -> Response:
    """Say that intake answers."""
    return json_answer({"status": "ok"})
