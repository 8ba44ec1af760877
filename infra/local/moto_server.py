"""Serves this process's moto over HTTP, so that the AWS CLI sees the same tables and queues as the functions."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server


class MotoServer:
    """moto's own server with each request behind the functions' lock: moto is not safe under threads."""

    def __init__(self, host: str, port: int, lock: threading.RLock) -> None:
        self._host, self._port, self._lock = host, port, lock
        self._server: BaseWSGIServer | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve in a thread of its own."""
        app: Any = DomainDispatcherApplication(create_backend_app)

        def serialised(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            with self._lock:
                return list(app(environ, start_response))

        self._server = make_server(
            self._host, self._port, serialised, threaded=True, request_handler=_quiet(MotoRequestHandler)
        )
        self._thread = threading.Thread(target=self._server.serve_forever, name="moto", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End serving."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


def _quiet(handler: type[Any]) -> type[Any]:
    """Return the handler without its access log: request lines would carry references."""
    return type("QuietHandler", (handler,), {"log": lambda *_: None, "log_request": lambda *_: None})
