"""Records the examples of both OpenAPI documents from a real run: `make examples`. A test plays the run again.

Of each operation the first request that was taken, its answer, and the first problem of each kind are kept. What is
secret or changes with every run (tokens, signatures, addresses with either) is replaced by a fixed value.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qsl

from chalicelib.casework.api.openapi import document as desk_document
from chalicelib.intake.api.openapi import document as petitions_document
from infra.layout import ROOT
from infra.local.emulation.functions import HttpResponse
from tests.clients import lives
from tests.support.system import System

FILES = {
    name: ROOT / "functions" / name / "chalicelib" / name / "api" / "examples.json"
    for name in ("intake", "casework")
}
MASKED = {
    "access_token": "eyJraWQiOiJleGFtcGxlIn0.e30.c2lnbmF0dXJl",
    "id_token": "eyJraWQiOiJleGFtcGxlIn0.e30.c2lnbmF0dXJl",
    "refresh_token": "pakn_rt_example.0.0",
    "client_secret": "pakn_ms_example",
    "password": "a long passphrase",
    "policy": "eyJleHBpcmF0aW9uIjoi",
    "x-amz-signature": "0" * 64,
    "x-amz-credential": "EXAMPLE/20261103/ap-southeast-1/s3/aws4_request",
    "x-amz-security-token": "example",
    "incident": "0000",
}
"""Members whose values are fixed."""
DESCRIBED = ("Location", "Retry-After")
"""Headers that are compared with the documents."""
LONGEST_LIST = 3
"""Rows that are kept of a list."""
Examples = dict[str, dict[str, dict[str, Any]]]


class Recorder:
    """A system whose HTTP requests to the two APIs are recorded; all else is the system's."""

    def __init__(self, system: System) -> None:
        self._system = system
        self.examples: Examples = {"intake": {}, "casework": {}}
        self.headers: dict[tuple[str, str, int], set[str]] = {}
        """Headers of answers that a document has to describe, by API, operation and status."""
        self._routes = {
            name: [
                (method.upper(), re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operation)
                for path, methods in document()["paths"].items()
                for method, operation in methods.items()
            ]
            for name, document in (("intake", petitions_document), ("casework", desk_document))
        }

    def __getattr__(self, name: str) -> Any:
        return getattr(self._system, name)

    def http(self, method: str, path: str, **request: Any) -> HttpResponse:
        """Send a request, and keep it with its answer if it is the first of its kind."""
        answer = self._system.http(method, path, **request)
        api, own = ("casework", path.removeprefix("/desk")) if path.startswith("/desk") else ("intake", path)
        for verb, pattern, operation in self._routes[api]:
            if verb == method and pattern.fullmatch(own.partition("?")[0]):
                name = operation["operationId"]
                self._keep(self.examples[api].setdefault(name, {}), request, answer)
                sent = {header for header in DESCRIBED if answer.header(header)}
                self.headers.setdefault((api, name, answer.status), set()).update(sent)
        return answer

    def _keep(self, example: dict[str, Any], request: Mapping[str, Any], answer: HttpResponse) -> None:
        if "json" not in answer.header("content-type"):
            return
        answers = example.setdefault("answers", {})
        if str(answer.status) in answers:
            return
        body = request.get("json")
        if body is None and request.get("body"):
            body = dict(parse_qsl(str(request["body"])))
        if body is not None and answer.status < 300:
            example.setdefault("request", masked(body))
        answers[str(answer.status)] = masked(answer.json())


def masked(value: Any, name: str = "") -> Any:
    """Return facts without what is secret or changes with every run, and of long lists the beginning."""
    if isinstance(value, dict):
        return {key: masked(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each, name) for each in value[:LONGEST_LIST]]
    if name in MASKED and value:
        return MASKED[name]
    if isinstance(value, str) and value.startswith("http"):
        address = re.sub(r"https?://[^/]+", "https://pakn.example", value)
        return address.partition("?")[0] if name == "url" else address
    return value


def play(system: System) -> Recorder:
    """Play a life of each kind, and return the recorder."""
    recorder = Recorder(system)
    lives.play(cast(System, recorder))
    return recorder


def main() -> int:
    """Write the examples of both documents."""
    system = System()
    system.start()
    try:
        system.reset()
        for name, examples in play(system).examples.items():
            text = json.dumps(examples, ensure_ascii=False, indent=1, sort_keys=True)
            FILES[name].write_text(f"{text}\n", "utf-8")
    finally:
        system.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
