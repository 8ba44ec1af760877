"""Tells by e-mail what happened to an account: an officer's sign-in or second factor, a program's switching off.

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
from shared.platform import clock, correlation, telemetry
from shared.platform.messages import AccountRequest, NoticeRequest
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.throttle.officer_sessions import OfficerSessions
from shared.use_cases.subscriptions import subscriptions
from shared.wording.texts import Texts

PREFIX = "account-"
"""Begins the `reference` of a letter's delivery, which names a session or a reset instead of a petition."""
_SEQ = 1
_ENDED = NOTIFIED | {DeliveryState.FAILED}


class _Event(NamedTuple):
    """An event, and the reader who is notified of it."""

    reader: str
    """The user name of the officer, or the id of the program's subscription."""
    address: str
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

    def tell_of_program(self, subscription: str, off_since: datetime) -> None:
        """Send the letter that a program gets no more events, unless it was sent."""
        self._send(f"program~{subscription}~{int(off_since.timestamp())}")

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
            notice=(f"{_SEQ}#{NoticeKind.ACCOUNT}#{Audience.OFFICER}#{DeliveryChannel.EMAIL}#{event.reader}"),
            seq=_SEQ,
            kind=NoticeKind.ACCOUNT,
            audience=Audience.OFFICER,
            channel=DeliveryChannel.EMAIL,
            reader=event.reader,
            state=DeliveryState.SENDING,
            at=clock.now(),
            correlation=correlation.handed_on(),
            template=rendered.version,
        )
        message = Message(
            reference=reference,
            notice=delivery.notice,
            to=event.address,
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
        name, _, seconds = about.partition("~")
        if not seconds.isdigit():
            return None
        if kind == "program":
            return self._program_switched_off(name, int(seconds))
        officer = self._directory.officers().get(name)
        if officer is None:
            return None
        return _Event(officer.id, officer.email, self._facts(int(seconds), is_reset=True))

    def _program_switched_off(self, name: str, seconds: int) -> _Event | None:
        subscription = subscriptions(self._directory).get(name)
        if subscription is None:
            return None
        facts = self._facts(seconds, is_reset=False) | {"program": subscription.name}
        return _Event(subscription.id, subscription.contact, facts)

    def _new_device(self, session_id: str) -> _Event | None:
        session = self._sessions.get(session_id)
        officer = self._directory.officers().get(session.officer) if session else None
        if session is None or officer is None:
            return None
        facts = self._facts(session.started_at, is_reset=False)
        return _Event(
            officer.id, officer.email, facts | {"device": session.device, "network": session.network}
        )

    def _facts(self, seconds: int, *, is_reset: bool) -> dict[str, Any]:
        happened_at = datetime.fromtimestamp(seconds, VIETNAM)
        return {
            "happened_at": f"{happened_at:%H:%M, %d/%m/%Y}",
            "is_reset": is_reset,
            "device": "",
            "network": "",
            "program": "",
            "desk": self._desk,
        }
