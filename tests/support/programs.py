"""A program that is notified of events: its address on this machine, and its subscription."""

from __future__ import annotations

import json
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from tests.support.administration import put_confirmed
from tests.support.system import System

NAME = "quy-trinh-bnv"
ALL_EVENTS = ["petition.received", "petition.state_changed", "answer.approved", "answer.published"]


class Receiver:
    """A program's address, on this machine; it answers what it is set to, and with 0 closes the connection."""

    def __init__(self) -> None:
        self.status = 204
        self.requests: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append(
                    ({name.lower(): value for name, value in self.headers.items()}, body)
                )
                if not receiver.status:
                    self.close_connection = True
                    return
                self.send_response(receiver.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}/events"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def events(self) -> list[dict[str, Any]]:
        """The bodies that were taken, each with its id."""
        return [{"id": headers["webhook-id"], **json.loads(body)} for headers, body in self.requests]

    def types(self) -> Counter[str]:
        return Counter(event["type"] for event in self.events)


def subscribe(system: System, receiver: Receiver, **changes: Any) -> None:
    row = {
        "valid_from": "2026-11-03",
        "name": "Quy trình Bộ Nội vụ",
        "address": receiver.address,
        "events": ALL_EVENTS,
        "contact": "van-hanh@bnv.example",
    }
    answer = put_confirmed(system, f"subscription/{NAME}", row | changes)
    assert answer.status == 200, answer.text
