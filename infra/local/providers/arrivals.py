"""The SMS that reached the doors of 8088, whoever posted them: the telephones of the workbench show them as typed.

They are read from the requests themselves, proven or not: a message that was refused is shown with its answer.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.local.emulation.functions import HttpRequest, HttpResponse
from shared.domain.identity.contact import ContactError, normal_phone

KEPT = 500
DOORS = "/sms/"
_REPLY = re.compile(r"<Message>(.*?)</Message>", re.DOTALL)
Sent = tuple[str, str]
"""A sender's number as its provider writes it, and a text."""


@dataclass(frozen=True)
class ArrivedSms:
    """One SMS to 8088."""

    at: datetime
    sender: str
    """In E.164, or as its provider wrote it where that is no number."""
    text: str
    status: int
    """The answer's status; other than 200: it was not taken."""
    reply: str = ""
    """The SMS that its provider was given to send back with the answer."""


class Arrivals:
    """The latest SMS, oldest first."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._by_request: dict[tuple[str, bytes], list[ArrivedSms]] = {}

    def note(self, request: HttpRequest, response: HttpResponse) -> None:
        """Keep the messages of a request; one that its provider repeats stands once, with its first place."""
        texts = list(_texts_of(request)) if request.path.startswith(DOORS) else []
        if not texts:
            return
        reply = next((unescape(text).strip() for text in _REPLY.findall(response.text)), "")
        with self._lock:
            key = request.path, request.body
            before = self._by_request.get(key)
            at = before[0].at if before else self._now()
            self._by_request[key] = [
                ArrivedSms(
                    at, _number(sender), text, response.status, reply or (before[0].reply if before else "")
                )
                for sender, text in texts
            ]
            if len(self._by_request) > KEPT:
                del self._by_request[next(iter(self._by_request))]

    def forget(self) -> None:
        """Drop all of them."""
        with self._lock:
            self._by_request.clear()

    @property
    def all(self) -> list[ArrivedSms]:
        """All that are kept, oldest first."""
        with self._lock:
            return [sms for texts in self._by_request.values() for sms in texts]


def _texts_of(request: HttpRequest) -> Iterator[Sent]:
    """Yield the messages of a request; none of one that no provider writes so."""
    address = urlsplit(request.path)
    read = READERS.get(address.path.removeprefix(DOORS).rstrip("/"))
    try:
        yield from read(dict(parse_qsl(address.query)), request.body) if read else ()
    except (ValueError, KeyError, TypeError, AttributeError):
        return


def _of_esms(query: Mapping[str, str], _body: bytes) -> list[Sent]:
    return [(query["sender"], query["content"])]


def _of_twilio(_query: Mapping[str, str], body: bytes) -> list[Sent]:
    form = dict(parse_qsl(body.decode()))
    return [(form["From"], form["Body"])]


def _of_standard(_query: Mapping[str, str], body: bytes) -> list[Sent]:
    return [_sent(json.loads(body)["data"])]


def _of_infobip(_query: Mapping[str, str], body: bytes) -> list[Sent]:
    return [_sent(message) for message in json.loads(body)["results"]]


def _of_vonage(_query: Mapping[str, str], body: bytes) -> list[Sent]:
    return [_sent(json.loads(body))]


def _of_aws(_query: Mapping[str, str], body: bytes) -> list[Sent]:
    message = json.loads(json.loads(body)["Message"])
    return [(str(message["originationNumber"]), str(message["messageBody"]))]


def _sent(message: Mapping[str, Any]) -> Sent:
    return str(message["from"]), str(message["text"])


READERS: Mapping[str, Callable[[Mapping[str, str], bytes], list[Sent]]] = {
    "esms": _of_esms,
    "twilio": _of_twilio,
    "standard": _of_standard,
    "infobip": _of_infobip,
    "vonage": _of_vonage,
    "aws": _of_aws,
}
"""By the provider's name in the address `/sms/{provider}`."""


def _number(sender: str) -> str:
    """Return a sender's number in E.164: providers write it with the plus or without."""
    written = sender.strip()
    for spelling in (written,) if written.startswith(("0", "+")) else (f"+{written}", written):
        try:
            return normal_phone(spelling)
        except ContactError:
            continue
    return written
