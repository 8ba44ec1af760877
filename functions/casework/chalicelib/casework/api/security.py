"""Schemes that prove whose a request is, as the OpenAPI document of the desk describes them."""

from __future__ import annotations

from chalicelib.casework.access.machines import SCOPES
from shared.web.openapi import Security

MACHINE = "Authorization-Machine"
"""The name of the scheme in this module; like a session's token it is a bearer token."""
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
