"""Drives a system from outside its HTTP doors: what the seed data and the journeys are written with."""

from __future__ import annotations

import json as json_format
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.providers.outbox import Outgoing
from infra.local.system import LocalSystem


class Driver:
    """A system's doors, its clock and its outbox."""

    def __init__(self, system: LocalSystem) -> None:
        self.local = system
        self.clock = system.clock

    def http(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        body: bytes | str | None = None,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        source_ip: str = "127.0.0.1",
    ) -> HttpResponse:
        """Send a request and return the answer; `json`, `form` or `body` is what it carries."""
        sent = {"accept": "*/*", **{name.lower(): value for name, value in (headers or {}).items()}}
        raw = body.encode() if isinstance(body, str) else body or b""
        if json is not None:
            raw = json_format.dumps(json, ensure_ascii=False).encode("utf-8", "backslashreplace")
            sent.setdefault("content-type", "application/json")
        elif form is not None:
            raw = urlencode(form).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        if query:
            path = f"{path}?{urlencode(query, quote_via=quote)}"
        return self.local.http(HttpRequest(method, path, sent, raw, source_ip))

    def upload(self, form: Mapping[str, Any], content: bytes, **changed: str) -> HttpResponse:
        """Put a file into the bucket as a browser does with an upload form; `changed` fields are tampered with."""
        return self.local.bucket.post(
            self.local.cloud.outputs["AttachmentsBucket"], {**form["fields"], **changed}, content
        )

    def settle(self) -> None:
        """Pump until nothing moves: every change relayed, every message handled."""
        self.local.settle()

    def travel(self, to: datetime | str | None = None, *, days: float = 0, minutes: float = 0) -> None:
        """Travel to an instant, or that far ahead; what falls due on the way is handled."""
        if to is None:
            to = self.clock.now() + timedelta(days=days, minutes=minutes)
        self.local.travel(datetime.fromisoformat(to) if isinstance(to, str) else to)

    def outbox(
        self, reference: str | None = None, *, channel: str | None = None, since: datetime | None = None
    ) -> list[Outgoing]:
        """Return the messages that went out to people, by time."""
        return [
            message
            for message in self.local.outbox.read(since=since, reference=reference)
            if channel is None or message.channel == channel
        ]
