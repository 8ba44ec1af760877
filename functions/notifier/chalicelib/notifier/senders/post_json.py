"""One POST of JSON with time limits, and what its failures mean; used by the senders that speak HTTP themselves."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from types import MappingProxyType
from typing import Any

from chalicelib.notifier.senders.sender import (
    PermanentSendError,
    SendError,
    TemporarySendError,
    UnknownOutcomeError,
)
from shared.platform import correlation

TIMEOUT_SECONDS = 10
LARGEST_ANSWER = 64 * 1024

_NOT_TAKEN = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would carry the reader's number to another host: it is an error like any other status."""

    def redirect_request(self, *_args: object, **_facts: object) -> None:
        return None


def opener(*handlers: urllib.request.BaseHandler) -> urllib.request.OpenerDirector:
    """Return an opener of requests that follows no redirect."""
    return urllib.request.build_opener(_NoRedirects, *handlers)


_OPENER = opener()


OUR_ACCOUNT: Mapping[int, type[SendError]] = {
    HTTPStatus.UNAUTHORIZED: TemporarySendError,
    HTTPStatus.PAYMENT_REQUIRED: TemporarySendError,
    HTTPStatus.FORBIDDEN: TemporarySendError,
}
"""For providers that say by these statuses that our account needs an operator: nothing was sent, and it waits."""


def post_json(
    url: str,
    body: Mapping[str, object],
    headers: Mapping[str, str] | None = None,
    meaning: Mapping[int, type[SendError]] = MappingProxyType({}),
) -> dict[str, Any]:
    """Post JSON and return the JSON object that comes back; `meaning` says what a provider means by a status.

    Raises:
        TemporarySendError: nobody listened, or 429 or 503: nothing was taken.
        PermanentSendError: any other 3xx or 4xx.
        UnknownOutcomeError: any other 5xx, a broken connection, no answer in time, or an answer that is no JSON object.
    """
    content = post(url, json.dumps(body).encode(), headers or {}, meaning)
    try:
        facts = json.loads(content)
    except ValueError:
        raise UnknownOutcomeError("answer-is-no-json") from None
    if not isinstance(facts, dict):
        raise UnknownOutcomeError("answer-is-no-object")
    return facts


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    meaning: Mapping[int, type[SendError]],
    opener: urllib.request.OpenerDirector = _OPENER,
) -> bytes:
    """Post JSON as it stands and return the body of the answer, whatever it is.

    Raises:
        TemporarySendError, PermanentSendError, UnknownOutcomeError: as `post_json`.
    """
    name = correlation.handed_on()
    trail = {correlation.HEADER: name} if name else {}
    request = urllib.request.Request(  # noqa: S310 - the address is configuration, http in the local stack
        url,
        data=body,
        headers={"Content-Type": "application/json", "Accept": "application/json", **trail, **headers},
        method="POST",
    )
    try:
        with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
            content: bytes = answer.read(LARGEST_ANSWER)
            return content
    except urllib.error.HTTPError as error:
        if error.code in meaning:
            raise meaning[error.code](f"http-{error.code}") from None
        raise _of_status(error.code) from None
    except urllib.error.URLError as error:
        raise _of_connection(error.reason) from None
    except (OSError, HTTPException) as error:
        raise UnknownOutcomeError(type(error).__name__) from None


def _of_status(status: int) -> PermanentSendError | TemporarySendError | UnknownOutcomeError:
    reason = f"http-{status}"
    if status in _NOT_TAKEN:
        return TemporarySendError(reason)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return UnknownOutcomeError(reason)
    return PermanentSendError(reason)


def _of_connection(reason: object) -> TemporarySendError | UnknownOutcomeError:
    """Return the error of a connection that was never made (nothing can have been sent), or of one that broke."""
    if isinstance(reason, ConnectionRefusedError | socket.gaierror):
        return TemporarySendError(type(reason).__name__)
    return UnknownOutcomeError(type(reason).__name__)
