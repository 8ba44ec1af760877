"""Drives the local stack from outside its HTTP doors: what the seed data and the journeys are written with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from infra.doors import Doors
from infra.local.clock import TravellingClock
from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.providers.outbox import Outgoing
from infra.local.system import LocalSystem


class Driver(Doors):
    """The doors of a system in this process, and the clock with which it travels."""

    clock: TravellingClock

    def __init__(self, system: LocalSystem) -> None:
        self.local = system
        self.clock = system.clock

    def ask(self, request: HttpRequest) -> HttpResponse:
        """Let the function that the path belongs to answer."""
        return self.local.http(request)

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
