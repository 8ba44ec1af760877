"""The parameters, the parts and the proofs of the JSON API, as its OpenAPI document describes them."""

from __future__ import annotations

from typing import Any

from chalicelib.casework.access.machines import SCOPES
from chalicelib.casework.desk.drafts import FORMS
from chalicelib.casework.desk.search_query import Place, Stage
from shared.domain.petition.lifecycle import State
from shared.search.port import LONGEST
from shared.web.openapi import AFTER, LANG, Security, one_of

_REFERENCE = {"type": "string", "pattern": "^[0-9]{11}$"}
_FLAG = one_of("Flag", ("true", "false"))
PARAMETERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "in": "header",
        "description": "Names the change: sent again, it takes effect once.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"},
    },
    "If-Match": {
        "in": "header",
        "description": 'The revision that was seen, e.g. `"3"`; `"0"` for none. Without it, whatever is there.',
        "schema": {"type": "string", "pattern": '^"[0-9]{1,6}"$'},
    },
    "reference": {"in": "path", "required": True, "description": "11 digits.", "schema": _REFERENCE},
    "username": {
        "in": "path",
        "required": True,
        "description": "User name of an officer.",
        "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]{1,63}$"},
    },
    "attachment_id": {
        "in": "path",
        "required": True,
        "description": "`id` of a file.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{32}$"},
    },
    "form": {
        "in": "path",
        "required": True,
        "description": "The action whose form a draft is of.",
        "schema": one_of("Form", sorted(FORMS)),
    },
    "machine": {
        "in": "path",
        "required": True,
        "description": "Client id of a machine account.",
        "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,39}$"},
    },
    "subscription": {
        "in": "path",
        "required": True,
        "description": "Id of a subscription.",
        "schema": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,39}$"},
    },
    "after": AFTER,
    "kind": {
        "in": "path",
        "required": True,
        "description": "Kind of rows.",
        "schema": one_of(
            "DirectoryKind",
            (
                "answer-template",
                "body",
                "calendar",
                "field",
                "machine",
                "machine-secret",
                "officer",
                "routing-rule",
                "subscription",
                "template",
                "terms",
                "unit",
            ),
        ),
    },
    "proposal_id": {
        "in": "path",
        "required": True,
        "description": "Id of a proposed change.",
        "schema": {"type": "string", "pattern": "^[0-9a-f]{12}$"},
    },
    "row_id": {
        "in": "path",
        "required": True,
        "description": "Id of a row; reading, `*` is all of them.",
        "schema": {"type": "string", "pattern": "^([A-Za-z0-9._-]{1,64}|[*])$"},
    },
    "name": {
        "in": "path",
        "required": True,
        "description": "Which report.",
        "schema": one_of(
            "ReportName",
            ("steering-committee", "task-force", "six-month", "timeliness", "workload", "trends"),
        ),
    },
    "queue": {
        "in": "query",
        "description": "A unit's code, or `all`, `approval`, `publication`, `second-look`, `inspection`.",
        "schema": {"type": "string", "maxLength": 20},
    },
    "state": {"in": "query", "description": "Only these.", "schema": one_of("ListedState", State)},
    "overdue": {"in": "query", "description": "Only those overdue, or only those not.", "schema": _FLAG},
    "mine": {"in": "query", "description": "Only those that you handle.", "schema": _FLAG},
    "unassigned": {"in": "query", "description": "Only those that nobody handles.", "schema": _FLAG},
    "due_within": {
        "in": "query",
        "description": "Only those due within so many days.",
        "schema": {"type": "integer", "minimum": 0, "maximum": 999},
    },
    "q": {
        "in": "query",
        "description": "Words that must all occur, with marks or without; “…” holds words side by side.",
        "schema": {"type": "string", "maxLength": LONGEST},
    },
    "in": {
        "in": "query",
        "description": "Where to look; petitions unless this says otherwise.",
        "schema": one_of("SearchedPlace", Place),
    },
    "stage": {
        "in": "query",
        "description": "Only petitions in these states.",
        "schema": one_of("SearchedStage", Stage),
    },
    "since": {
        "in": "query",
        "description": "Only those received on this day or later.",
        "schema": {"type": "string", "format": "date"},
    },
    "until": {
        "in": "query",
        "description": "Only those received on this day or before.",
        "schema": {"type": "string", "format": "date"},
    },
    "cursor": {
        "in": "query",
        "description": "`cursor` of the page before.",
        "schema": {"type": "string", "maxLength": 400},
    },
    "month": {
        "in": "query",
        "description": "Year and month.",
        "schema": {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"},
    },
    "day": {
        "in": "query",
        "description": "A day in Vietnam; today by default.",
        "schema": {"type": "string", "format": "date"},
    },
    "by-officer": {
        "name": "by",
        "in": "query",
        "description": "User name of an officer.",
        "schema": {"type": "string", "maxLength": 64},
    },
    "from": {
        "in": "query",
        "description": "First day of receipt, or of due dates (`timeliness`).",
        "schema": {"type": "string", "format": "date"},
    },
    "to": {
        "in": "query",
        "description": "Last day of receipt, or of due dates; by default of the last month that is over.",
        "schema": {"type": "string", "format": "date"},
    },
    "as_of": {
        "in": "query",
        "description": "The past day at whose end the petitions are looked at; without it, as they stand now.",
        "schema": {"type": "string", "format": "date"},
    },
    "by": {
        "in": "query",
        "description": "What it is broken down by.",
        "schema": one_of("BrokenDownBy", ("field", "unit", "kind", "channel", "province")),
    },
    "by-group": {
        "name": "by",
        "in": "query",
        "description": "Of which breakdown `group` is a row.",
        "schema": one_of(
            "GroupedBy", ("field", "kind", "channel", "province", "handler", "complained_unit", "matter")
        ),
    },
    "format": {
        "in": "query",
        "description": "As what it is wanted.",
        "schema": one_of("ReportFormat", ("json", "csv", "xlsx")),
    },
    "measure": {
        "in": "query",
        "description": "Name of a figure.",
        "schema": {"type": "string", "maxLength": 64},
    },
    "unit": {"in": "query", "description": "Code of a unit.", "schema": {"type": "string", "maxLength": 20}},
    "group": {"in": "query", "description": "Code of a row.", "schema": {"type": "string", "maxLength": 64}},
    "page": {
        "in": "query",
        "description": "Number of a page, from 1; behind the last one stands the last.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 9999},
    },
    "lang": LANG,
}

TAGS = {
    "session": "Sign in and out",
    "sessions": "Your sessions that hold",
    "petitions": "Queues, petitions, and every action on them",
    "board": "A unit's work by officer, and work given to somebody else",
    "absences": "Officers who are away, and who stands in",
    "search": "Petitions and published answers by words",
    "callers": "What a caller of the hotline may hear and do",
    "calls": "Calls to be made",
    "in-doubt": "Deliveries of which nobody knows whether the provider took them",
    "contradicted-receipts": "Receipts that later ones contradicted",
    "openings": "Openings of seals and files",
    "directory": "Units, fields, officers, rules, texts, the calendar",
    "token": "Tokens of machine accounts, and of sessions that go on",
    "machines": "Secrets of machine accounts",
    "webhooks": "What programs that subscribed are sent",
    "subscriptions": "Programs that are notified of events, and what was sent to them",
    "changes": "What changed, for programs that poll",
    "proposals": "Changes of the directory that wait for a second person",
    "reports": "Reports, and the petitions behind each figure",
    "openapi": "The API of itself",
    "health": "The function's health",
}
"""The parts of the API, by the first word of their paths."""

MACHINE = "Authorization-Machine"
"""The name of the scheme of machine accounts; like a session's token it is a bearer token."""
SECURITY = {
    "Authorization": Security(
        "bearer",
        {"type": "http", "scheme": "bearer", "description": "The access token of an officer's session."},
    ),
    "Authorization-Basic": Security(
        "clientSecret",
        {"type": "http", "scheme": "basic", "description": "Client id and secret of a machine account."},
        is_optional=True,
    ),
    MACHINE: Security(
        "machine",
        {
            "type": "oauth2",
            "description": "A machine account: its secret gives a token for some minutes, limited to scopes.",
            "flows": {
                "clientCredentials": {
                    "tokenUrl": "/desk/v1/token",
                    "scopes": {scope.value: words for scope, words in SCOPES.items()},
                }
            },
        },
    ),
}
"""The schemes that prove whose a request is."""
