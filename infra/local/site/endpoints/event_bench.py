"""The workbench's part about events: takes what is sent to subscriptions of this machine, and shows it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.site.endpoints.requests import Routes, json_answer
from infra.local.subscriber import Subscriber
from infra.local.system import LocalSystem
from shared.platform import secrets
from shared.tables.directory import Directory
from shared.use_cases.subscriptions import signing_keys, subscriptions, versions

PREFIX = "/events/"
"""The beginning of the addresses below `/local` that events are posted to."""
ANY = "/events/{subscription}"


class EventBench:
    """Answers what is below `/local/events`."""

    def __init__(self, system: LocalSystem) -> None:
        self._system = system
        self._subscriber = Subscriber(system.clock.now)

    def routes(self) -> Routes:
        """Return the views by method and path below `/local`."""
        return {("GET", "/events"): self._list, ("POST", ANY): self._take}

    def latest(self) -> list[dict[str, Any]]:
        """Return the events that came, oldest first, each with whether its signature holds."""
        with self._system.functions.lock:
            outputs = self._system.cloud.outputs
            directory = Directory(outputs["DirectoryTable"])
            by_name, keyring = subscriptions(directory), secrets.keyring(outputs["IdentifiersSecret"])
            stored = versions(directory)
            return self._subscriber.latest(
                lambda name: signing_keys(by_name[name], stored, keyring.at) if name in by_name else None
            )

    def _take(self, request: HttpRequest) -> HttpResponse:
        """Keep an event. No lock is taken: whoever sends it holds that of all functions."""
        name = urlsplit(request.path).path.removeprefix(f"/local{PREFIX}")
        self._subscriber.take(name, request.headers, request.body)
        return HttpResponse(204)

    def _list(self, request: HttpRequest) -> HttpResponse:
        wanted = parse_qs(urlsplit(request.path).query).get("subscription")
        events = [event for event in self.latest() if wanted is None or event["subscription"] in wanted]
        return json_answer(events, indent=1)
