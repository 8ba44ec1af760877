"""Serves this process's moto over HTTP, so that the AWS CLI sees the same tables and queues as the functions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import parse_form_data
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.wrappers import Response

from infra.local.emulation.bucket import BucketDoor
from infra.local.emulation.functions import FairLock

MOST_UPLOADED = 64 * 1024 * 1024
"""Bytes of a form that are read at all."""


class MotoServer:
    """moto's own server with each request behind the functions' lock: moto is not safe under threads."""

    def __init__(self, host: str, port: int, lock: FairLock, door: BucketDoor) -> None:
        """Take where to serve, the functions' lock, and what stands before the buckets."""
        self._host, self._port, self._lock, self._door = host, port, lock, door
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve in a thread of its own."""
        app: Any = DomainDispatcherApplication(create_backend_app)

        def serialised(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if _is_preflight(environ):
                return self._preflight(environ)(environ, start_response)
            if _is_upload(environ):
                return self._upload(environ)(environ, start_response)
            with self._lock:
                return list(app(environ, start_response))

        self._server = make_server(
            self._host, self._port, serialised, threaded=True, request_handler=_quiet(MotoRequestHandler)
        )
        self._thread = threading.Thread(target=self._server.serve_forever, name="moto", daemon=True)
        self._thread.start()

    def _upload(self, environ: dict[str, Any]) -> Response:
        """Take a browser's form for a bucket; it is read before anybody has to wait for it."""
        try:
            _, form, files = parse_form_data(environ, max_content_length=MOST_UPLOADED)
            file = files["file"].read() if "file" in files else b""
        except RequestEntityTooLarge:
            return Response("<Error><Code>EntityTooLarge</Code></Error>", 400, mimetype="application/xml")
        with self._lock:
            answer = self._door.post(environ["PATH_INFO"].strip("/"), form.to_dict(), file)
        allowed = self._door.for_scripts_of(environ.get("HTTP_ORIGIN", ""))
        return Response(answer.body, answer.status, [*answer.headers, *allowed])

    def _preflight(self, environ: Mapping[str, Any]) -> Response:
        headers = ("HTTP_ORIGIN", "HTTP_ACCESS_CONTROL_REQUEST_METHOD", "HTTP_ACCESS_CONTROL_REQUEST_HEADERS")
        answer = self._door.preflight(*(environ.get(name, "") for name in headers))
        return Response(answer.body, answer.status, list(answer.headers))

    def stop(self) -> None:
        """End serving."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


def _is_upload(environ: Mapping[str, Any]) -> bool:
    """Return whether a request is a form for a bucket."""
    is_form = str(environ.get("CONTENT_TYPE", "")).startswith("multipart/form-data")
    return environ["REQUEST_METHOD"] == "POST" and is_form and "/" not in environ["PATH_INFO"].strip("/")


def _is_preflight(environ: Mapping[str, Any]) -> bool:
    """Return whether a browser asks if a script may send something to a bucket."""
    return environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ


def _quiet(handler: type[Any]) -> type[Any]:
    """Return the handler without its access log: request lines would carry references."""
    return type("QuietHandler", (handler,), {"log": lambda *_: None, "log_request": lambda *_: None})
