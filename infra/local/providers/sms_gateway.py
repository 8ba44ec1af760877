"""The other end of the telephone: a local eSMS-style aggregator that records each message instead of sending it.

It takes the messages of the other providers too, each in the provider's own form (`outbound.py`). A message to the
number that fails first (`shared.providers.simulator`) is taken when it is sent again.

Contract: eSMS REST, `SendMultipleMessage_V4_post_json` (ApiKey, SecretKey, Phone, Content, SmsType, Brandname,
RequestId, IsUnicode; answers CodeResult 100 when taken, 101 for wrong credentials, 124 when the RequestId is known).
Answers without the functions' lock, because the notifier asks from inside a pump.
"""

from __future__ import annotations

import json
import threading
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from typing import Any

from infra.local.providers.outbound import ANSWERS, READERS, SentSms
from shared.providers.simulator import PHONE_FAILS_FIRST

_KEYS = frozenset({"ApiKey", "SecretKey"})
_AWS_IS_BUSY = 400, b'{"__type": "ThrottlingException", "message": "Rate exceeded"}'


class Trouble(Enum):
    """Faults of one request, for tests of the notifier."""

    UNAVAILABLE = auto()
    """503, and nothing was taken."""
    REFUSED = auto()
    """A permanent error code (99), and nothing was taken."""
    ERROR_AFTER_TAKING = auto()
    """The message was taken, and the answer is 500."""
    LOST_REPLY = auto()
    """The message was taken, and the connection is closed without an answer."""


class SmsGateway:
    """Records messages. `trouble` holds what goes wrong with the next requests, one entry each."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._taken: dict[str, SentSms] = {}
        self._failed_first: set[str] = set()
        self.credentials: dict[str, str] = {}
        self.trouble: deque[Trouble] = deque()
        self.is_down = False
        """True: every request is answered with 503."""
        self.requests = 0
        """The number of requests."""

    @property
    def sent(self) -> list[SentSms]:
        """All messages, oldest first."""
        with self._lock:
            return list(self._taken.values())

    def forget(self) -> None:
        """Drop every message and all trouble."""
        with self._lock:
            self._taken.clear()
            self._failed_first.clear()
            self.trouble.clear()
            self.is_down, self.requests = False, 0

    def keep(self) -> dict[str, SentSms]:
        """Return the messages taken, for `put_back`."""
        with self._lock:
            return dict(self._taken)

    def put_back(self, taken: Mapping[str, SentSms]) -> None:
        """Have taken only this, and be well."""
        self.forget()
        with self._lock:
            self._taken.update(taken)

    def receive(self, body: dict[str, Any], provider: str = "esms") -> dict[str, Any] | None:
        """Take one request as a provider and answer it; `None`: close the connection without an answer.

        Raises:
            KeyError: the provider's request lacks what it requires.
            UnavailableError: answer what it says.
            BrokenError: answer 500.
        """
        with self._lock:
            self.requests += 1
            trouble = self.trouble.popleft() if self.trouble else None
            if self.is_down or trouble is Trouble.UNAVAILABLE:
                raise UnavailableError
            if trouble is Trouble.REFUSED:
                return {"CodeResult": "99", "ErrorMessage": "Unknown error"}
            answer = (
                self._take({key: str(value) for key, value in body.items()})
                if provider == "esms"
                else self._take_as(provider, body)
            )
        if trouble is Trouble.ERROR_AFTER_TAKING:
            raise BrokenError
        return None if trouble is Trouble.LOST_REPLY else answer

    def _fail_first(self, provider: str, to: str, message: str) -> None:
        """Refuse the first request for each message to the number that fails first.

        Raises:
            UnavailableError: it is the first.
        """
        if to == PHONE_FAILS_FIRST and message not in self._failed_first:
            self._failed_first.add(message)
            raise UnavailableError(*(_AWS_IS_BUSY if provider == "aws" else ()))

    def _take_as(self, provider: str, body: dict[str, Any]) -> dict[str, Any]:
        sms = replace(READERS[provider](body, self._now()), request=_as_it_came(body))
        self._fail_first(provider, sms.to, f"{provider} {sms.request_id}")
        self._taken.setdefault(f"{provider} {sms.request_id}", sms)
        return ANSWERS[provider]()

    def _take(self, body: dict[str, str]) -> dict[str, Any]:
        keys = {"ApiKey": self.credentials.get("api_key"), "SecretKey": self.credentials.get("secret_key")}
        if any(expected is not None and body.get(name) != expected for name, expected in keys.items()):
            return {"CodeResult": "101", "ErrorMessage": "Authorization failed"}
        if not body.get("Phone") or not body.get("Content"):
            return {"CodeResult": "99", "ErrorMessage": "Phone and Content are required"}
        request_id = body.get("RequestId") or str(uuid.uuid4())
        if request_id in self._taken:
            return {"CodeResult": "124", "ErrorMessage": "RequestId has been used"}
        to = _e164(body["Phone"])
        self._fail_first("esms", to, request_id)
        self._taken[request_id] = SentSms(
            at=self._now(),
            to=to,
            text=body["Content"],
            reference=request_id.partition("-")[0],
            request_id=request_id,
            sender=body.get("Brandname", ""),
            callback_url=body.get("CallbackUrl", ""),
            request=_as_it_came(body),
        )
        return {"CodeResult": "100", "CountRegenerate": 0, "SMSID": str(uuid.uuid4())}


def _as_it_came(body: Mapping[str, Any]) -> str:
    """Return the body of a request as JSON that people read, without its keys."""
    return json.dumps(
        {name: "…" if name in _KEYS else value for name, value in body.items()}, ensure_ascii=False, indent=2
    )


def _e164(phone: str) -> str:
    """Return a number as everything else here writes it: the provider takes `84…` and `0…`."""
    digits = phone.removeprefix("+")
    return f"+84{digits[1:]}" if digits.startswith("0") else f"+{digits}"


class UnavailableError(Exception):
    """The gateway took nothing, and answers so: with 503, or as the provider does."""

    def __init__(self, status: int = 503, body: bytes = b"") -> None:
        super().__init__(status)
        self.status = status
        self.body = body


class BrokenError(Exception):
    """The gateway answers 500, though it took the message."""
