"""A smoke test of a deployed function: its addresses are asked, and its consumers get an empty batch by their alias."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from infra.deployment.stages import Parameters, lambda_names
from shared.web.health import MISSING

PREFIXES = {"casework": "/desk", "intake": "", "notifier": "/receipts"}
"""The functions with addresses, and where they stand on the stage's host."""
PAGES = {"casework": ("/health",), "intake": ("/health", "/"), "notifier": ("/health",)}
"""Pages that are asked of each: health builds the function's parts from its settings; the home page is drawn."""
WITHIN_SECONDS = 15
ALIAS = "live"
HEALTH = "/health"


def addresses(function: str, parameters: Parameters, outputs: Mapping[str, str]) -> list[str]:
    """Return the addresses to ask of a function: on the stage's host if it has one, else on API Gateway's."""
    if function not in PREFIXES:
        return []
    host = parameters.get("DomainName")
    base = f"https://{host}{PREFIXES[function]}" if host else outputs["EndpointURL"].rstrip("/")
    return [f"{base}{page}" for page in PAGES[function]]


def consumers(function: str, stage: str) -> list[str]:
    """Return the names of a function's Lambdas that take batches of a queue or a stream."""
    return [name for handler, name in lambda_names(function, stage).items() if handler.startswith("on_")]


def failures(addresses: Iterable[str], consumers: Iterable[str], lambdas: Any) -> Iterator[str]:
    """Yield the addresses and Lambdas that do not answer as they should, a sentence each.

    Args:
        addresses: Of a function that was just deployed.
        consumers: Names of its Lambdas that take batches of a queue or a stream.
        lambdas: A client of Lambda.
    """
    for address in addresses:
        yield from _unanswered(address)
    for name in consumers:
        done = lambdas.invoke(FunctionName=name, Qualifier=ALIAS, Payload=json.dumps({"Records": []}))
        if "FunctionError" in done:
            yield f"{name} fails with an empty batch: {done['Payload'].read().decode(errors='replace')[:300]}"


def _unanswered(address: str) -> Iterator[str]:
    if urlsplit(address).scheme not in {"http", "https"}:
        yield f"{address} is no address of the web"
        return
    try:
        with urlopen(Request(address), timeout=WITHIN_SECONDS) as answer:  # noqa: S310 - its scheme was looked at
            if address.endswith(HEALTH):
                yield from (
                    f"{address}: its runtime lacks {name}" for name in json.load(answer).get(MISSING, ())
                )
    except HTTPError as error:
        yield f"{address} answers {error.code}"
    except (URLError, OSError) as error:
        yield f"{address} does not answer: {error}"
