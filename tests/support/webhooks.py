"""Requests of webhook providers, signed with the credentials of the running system."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

from infra.local.emulation.functions import HttpResponse
from tests.support.target import Target


def signed_post(system: Target, path: str, provider: str, facts: dict[str, Any]) -> HttpResponse:
    """Send a body as Standard Webhooks sign it, now."""
    raw, timestamp = json.dumps(facts).encode(), str(int(system.clock.now().timestamp()))
    name = system.unique("msg_1")
    secret = system.secret(provider, "secret").removeprefix("whsec_")
    digest = hmac.digest(base64.b64decode(secret), f"{name}.{timestamp}.".encode() + raw, hashlib.sha256)
    headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }
    return system.http("POST", path, body=raw, headers=headers)
