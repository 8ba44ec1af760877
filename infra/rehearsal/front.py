"""One host before the deployed APIs, as base-path mappings on a custom domain are in the cloud; for rehearsals.

It also is the SMS aggregator that the notifier calls: asked with GET, it says what the phones show.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Mapping
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

from infra.local.providers.sms_gateway import SmsGateway

TIMEOUT_SECONDS = 60
_OWN_HEADERS = {"connection", "content-length", "date", "host", "server", "transfer-encoding"}

Answered = tuple[int, list[tuple[str, str]], bytes]


class Front:
    """Serves the deployed APIs on one loopback port, as a context manager."""

    def __init__(self, gateway: SmsGateway) -> None:
        front = self

        class Handler(_Handler):
            front_door = front

        self._gateway = gateway
        self._apis: dict[str, str] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.sms_url = f"{self.url}/sms-gateway"

    def open(self, apis: Mapping[str, str]) -> None:
        """Map prefixes ("/desk") to addresses of APIs; "" is everything else."""
        self._apis = dict(sorted(apis.items(), key=lambda mapping: -len(mapping[0])))

    def __enter__(self) -> Self:
        """Start serving."""
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Answered:
        """Answer a request: take an SMS, or ask the API that the path belongs to, with the prefix taken off."""
        if target == urlsplit(self.sms_url).path:
            body_sent = (
                self._sent() if method == "GET" else json.dumps(self._gateway.receive(json.loads(body)))
            )
            return 200, [("Content-Type", "application/json")], body_sent.encode()
        path = target.partition("?")[0]
        prefix = next(p for p in self._apis if not p or path == p or path.startswith(f"{p}/"))
        api = urlsplit(self._apis[prefix])
        connection = http.client.HTTPConnection(api.hostname or "", api.port, timeout=TIMEOUT_SECONDS)
        forwarded = {name: value for name, value in headers.items() if name.lower() not in _OWN_HEADERS}
        try:
            connection.request(
                method, api.path + (target[len(prefix) :] or "/"), body=body or None, headers=forwarded
            )
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _sent(self) -> str:
        return json.dumps([{**asdict(sms), "at": sms.at.isoformat()} for sms in self._gateway.sent])


class _Handler(BaseHTTPRequestHandler):
    """Forwards the requests of browsers and scripts."""

    protocol_version = "HTTP/1.1"
    front_door: Front

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, headers, answer = self.front_door.answer(
            self.command, self.path, dict(self.headers.items()), body
        )
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _OWN_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = _serve  # noqa: N815 - names that http.server calls

    def log_message(self, *_: Any) -> None:
        """Keep quiet: addresses may hold what somebody wrote."""
