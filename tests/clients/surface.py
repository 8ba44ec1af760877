"""The promises of both OpenAPI documents (ADR 0064), a line each: `.venv/bin/python -m tests.clients.surface`.

Lines that begin with `must:` are what a caller has to send; no more of them may come. All others may never go.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from chalicelib.casework.api.openapi import document as desk_document
from chalicelib.intake.api.openapi import document as petitions_document

HERE = Path(__file__).parent
DOCUMENTS: dict[str, Callable[[], dict[str, Any]]] = {
    "petitions": petitions_document,
    "desk": desk_document,
}
MUST = "must: "


def promised(document: Mapping[str, Any]) -> set[str]:
    """Return the lines of a document."""
    lines = set()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            lines |= set(_of_operation(f"{method.upper()} {path}", operation))
    for name, schema in document["components"]["schemas"].items():
        lines |= {f"{name}.{member}" for member in schema.get("properties", ())}
        lines |= {f"{name} = {value}" for value in schema.get("enum", ())}
        lines |= {f"{MUST}{name}.{member}" for member in schema.get("required", ())}
    return lines


def _of_operation(address: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"{address} {operation['operationId']}"
    for parameter in operation["parameters"]:
        yield f"{address} {parameter['in']} {parameter['name']}"
        if parameter.get("required"):
            yield f"{MUST}{address} {parameter['name']}"
    for status in operation["responses"]:
        if status.startswith("2"):
            yield f"{address} {status}"


def recorded_file(name: str) -> Path:
    """Return the file of what a document promised."""
    return HERE / f"surface-{name}.txt"


def main() -> int:
    """Record what both documents promise."""
    for name, document in DOCUMENTS.items():
        recorded_file(name).write_text("\n".join(sorted(promised(document()))) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
