"""The doors of a system, wherever it runs: what people do there, and what reaches them.

Two systems have them: the local stack in this process (`infra.local.driver`) and a deployed cloud
(`tests.support.cloud`). Seed data and journeys are written against this alone, so that the same ones go through both.
"""

from __future__ import annotations

import json as json_format
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.providers.outbox import Outgoing


class Clock(Protocol):
    """The time of a system."""

    def now(self) -> datetime:
        """Return the present instant, aware, in UTC."""


class Doors(ABC):
    """A system's doors, its time and its outbox."""

    clock: Clock

    @abstractmethod
    def ask(self, request: HttpRequest) -> HttpResponse:
        """Send a request and return the answer."""

    @abstractmethod
    def upload(self, form: Mapping[str, Any], content: bytes, **changed: str) -> HttpResponse:
        """Put a file into the bucket as a browser does with an upload form; `changed` fields are tampered with."""

    @abstractmethod
    def settle(self) -> None:
        """Wait until nothing moves: every change relayed, every message handled."""

    @abstractmethod
    def outbox(
        self, reference: str | None = None, *, channel: str | None = None, since: datetime | None = None
    ) -> list[Outgoing]:
        """Return the messages that went out to people, by time."""

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
        return self.ask(HttpRequest(method, path, sent, raw, source_ip))
