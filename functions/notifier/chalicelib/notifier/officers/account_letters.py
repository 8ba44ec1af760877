"""Tells an officer by e-mail what happened to their account: a sign-in on a new device, a second factor taken away.

The request names what happened; what the letter says stands in the session's row and in the directory.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.notifier.attempts.back_off import MAX_ROUNDS
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.senders.sender import Message
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.promises.deliveries import NOTIFIED, Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience, NoticeKind
from shared.platform import clock, telemetry
from shared.platform.messages import AccountRequest, NoticeRequest
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory, Officer
from shared.tables.throttle.officer_sessions import OfficerSessions
from shared.wording.texts import Texts

PREFIX = "account-"
"""Begins the `reference` of a letter's delivery, which names a session or a reset instead of a petition."""
_SEQ = 1
_ENDED = NOTIFIED | {DeliveryState.FAILED}


class _Event(NamedTuple):
    """An event, and the officer whose account it is about."""

    officer: Officer
    facts: dict[str, Any]


class AccountLetters:
    """Sends officers letters about their accounts: one for each event."""

    def __init__(
        self,
        directory: Directory,
        deliveries: Deliveries,
        sessions: OfficerSessions,
        texts: Texts,
        attempts: Attempts,
        public_url: str,
    ) -> None:
        self._directory = directory
        self._deliveries = deliveries
        self._sessions = sessions
        self._texts = texts
        self._attempts = attempts
        self._desk = f"{public_url.rstrip('/')}/desk/"

    def send(self, request: AccountRequest) -> None:
        """Send the letter of an event, unless it was sent, or its officer has left."""
        self._send(request.event)

    def resume(self, request: NoticeRequest) -> None:
        """Continue with a letter that waits for another attempt."""
        self._send(request.reference.removeprefix(PREFIX))

    def _send(self, event_name: str) -> None:
        event = self._event(event_name)
        if event is None:
            return
        reference = f"{PREFIX}{event_name}"
        earlier = self._deliveries.of_notice(reference, _SEQ, NoticeKind.ACCOUNT, Audience.OFFICER)
        before = next(iter(earlier), None)
        if before is not None and before.state in _ENDED:
            return
        rendered = self._texts.render("officer", NoticeKind.ACCOUNT, DeliveryChannel.EMAIL, "vi", event.facts)
        delivery = Delivery(
            reference=reference,
            notice=(
                f"{_SEQ}#{NoticeKind.ACCOUNT}#{Audience.OFFICER}#{DeliveryChannel.EMAIL}#{event.officer.id}"
            ),
            seq=_SEQ,
            kind=NoticeKind.ACCOUNT,
            audience=Audience.OFFICER,
            channel=DeliveryChannel.EMAIL,
            reader=event.officer.id,
            state=DeliveryState.SENDING,
            at=clock.now(),
            template=rendered.version,
        )
        message = Message(
            reference=reference,
            notice=delivery.notice,
            to=event.officer.email,
            text=rendered.text,
            subject=rendered.subject,
            html=rendered.html,
        )
        self._attempts.send(delivery, message, before, max_rounds=MAX_ROUNDS)
        telemetry.count("AccountLetterSent")

    def _event(self, name: str) -> _Event | None:
        kind, _, about = name.partition("~")
        if kind == "session":
            return self._new_device(about)
        officer_id, _, seconds = about.partition("~")
        officer = self._directory.officers().get(officer_id)
        if officer is None or not seconds.isdigit():
            return None
        return _Event(officer, self._facts(int(seconds), is_reset=True))

    def _new_device(self, session_id: str) -> _Event | None:
        session = self._sessions.get(session_id)
        officer = self._directory.officers().get(session.officer) if session else None
        if session is None or officer is None:
            return None
        facts = self._facts(session.started_at, is_reset=False)
        return _Event(officer, facts | {"device": session.device, "network": session.network})

    def _facts(self, seconds: int, *, is_reset: bool) -> dict[str, Any]:
        happened_at = datetime.fromtimestamp(seconds, VIETNAM)
        return {
            "happened_at": f"{happened_at:%H:%M, %d/%m/%Y}",
            "is_reset": is_reset,
            "device": "",
            "network": "",
            "desk": self._desk,
        }
