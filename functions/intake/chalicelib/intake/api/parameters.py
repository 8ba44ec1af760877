"""The parameters of the JSON API, and what proves whose a request is, as its OpenAPI document describes them."""

from __future__ import annotations

from typing import Any

from chalicelib.intake.api.open_data import FILES
from shared.web.openapi import AFTER, IF_NONE_MATCH, LANG, Security, one_of

PARAMETERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "in": "header",
        "description": "Names the submission: the same key and body again give the same answer, another body is refused"
        " (`idempotency-key-reused`). A petition's key belongs to the client that sent it (`X-Api-Key`) and holds for"
        " the year in Viet Nam in which it was used, and five days longer; a key of a change or a file belongs to the"
        " petition and holds as long as that does. Without it, the same body of the same client on the same day is one"
        " submission.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
    },
    "X-Petition-Proof": {
        "in": "header",
        "required": False,
        "description": "The ticket of a 429, after its wait, or the base64 solution of its ALTCHA challenge, at once",
        "schema": {"type": "string", "maxLength": 4000},
    },
    "reference": {
        "in": "path",
        "required": True,
        "description": "11 digits; the last one checks the others.",
        "schema": {"type": "string", "pattern": "^[0-9]{11}$"},
    },
    "attachment_id": {
        "in": "path",
        "required": True,
        "description": "`id` of a file of the answer.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
    "field": {
        "in": "query",
        "description": "Code of a field.",
        "schema": {"type": "string", "maxLength": 10},
    },
    "month": {
        "in": "query",
        "description": "Year and month.",
        "schema": {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"},
    },
    "q": {
        "in": "query",
        "description": "Words that must all occur; accents are optional.",
        "schema": {"type": "string", "maxLength": 100},
    },
    "after": AFTER,
    "cursor": {
        "in": "query",
        "description": "`next_cursor` of the page before.",
        "schema": {"type": "string", "maxLength": 400},
    },
    "day": {
        "in": "path",
        "required": True,
        "description": "A day in Viet Nam.",
        "schema": {"type": "string", "format": "date"},
    },
    "file": {
        "in": "path",
        "required": True,
        "description": "What, and in which form.",
        "schema": one_of("OpenDataFile", FILES),
    },
    "lang": LANG,
    "If-None-Match": IF_NONE_MATCH,
}

SECURITY = {
    "X-Petition-Pin": Security(
        "petitionPin",
        {
            "type": "apiKey",
            "in": "header",
            "name": "X-Petition-Pin",
            "description": "The PIN of the receipt, or the token of a link. Wrong PINs cost their sender waits: 429.",
        },
    ),
    "X-Api-Key": Security(
        "apiKey",
        {
            "type": "apiKey",
            "in": "header",
            "name": "X-Api-Key",
            "description": "The key of a client of the ministry's: needed in the cloud to send."
            " The history of whatever a client does names it.",
        },
        is_optional=True,
    ),
}
