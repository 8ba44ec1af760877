"""Subscriptions to the week's new answers: asked for, confirmed by a link, ended by another (docs/adr/0074).

Whoever asks gets one answer, whether or not the address is subscribed already; the link goes to the address alone.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from shared.domain.calendar.working_calendar import end_of_day, local_date
from shared.domain.errors import InvalidInputError, TooManyRequestsError
from shared.domain.identity import reference as references
from shared.domain.identity.contact import ContactError, normal_email
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.network import subscriber_of
from shared.domain.identity.subscribers import KEPT_FOR, confirm_token, end_token, is_token, subscriber_name
from shared.domain.petition.values.petitioner import Identity
from shared.platform import clock, telemetry
from shared.platform.messages import SubscriberRequest
from shared.platform.seal import Seal
from shared.tables.contacts.subscribers import Subscriber, Subscribers, context_of
from shared.tables.throttle.counters import NameCounter
from shared.web.i18n import Language

CONFIRMATIONS_PER_DAY = 3
"""Confirmations that one address is sent in a day, for whichever fields."""
_HOUR = 3600
_LONGEST_EMAIL = 254


class Subscriptions:
    """Takes, confirms and ends subscriptions.

    Args:
        rows: the subscriptions.
        counters: count what one address, and one network address, asks for.
        seal: closes the address.
        keyring: the identifiers' keys.
        per_address: requests of one network address in an hour; 0 is no limit.
        ask: puts a request on the notices queue.
    """

    def __init__(
        self,
        rows: Subscribers,
        counters: NameCounter,
        seal: Seal,
        keyring: Keyring,
        ask: Callable[[SubscriberRequest], object],
        *,
        per_address: int,
    ) -> None:
        self._rows = rows
        self._counters = counters
        self._seal = seal
        self._keyring = keyring
        self._key = keyring.names()
        self._ask = ask
        self._per_address = per_address

    def subscribe(self, email: str, field: str, address: str, language: Language) -> None:
        """Have a link sent that confirms a subscription.

        Args:
            email: as a person writes it.
            field: the code of a field in force, "" for all.
            address: the caller's network address.
            language: of the mails.

        Raises:
            InvalidInputError: it can be no address.
            TooManyRequestsError: enough for this address, or from this network.
        """
        try:
            normal = normal_email(email[:_LONGEST_EMAIL])
        except ContactError as error:
            raise InvalidInputError(("email", error.rule)) from None
        name, now = subscriber_name(self._key, normal, field), clock.now()
        self._count(normal, address, f"{name}:{int(now.timestamp()) // 60}")
        sealed = self._seal.close(Identity(email=normal), context_of(name), now)
        seconds = int(now.timestamp())
        wanted = Subscriber(name, field, language, sealed.ciphertext, seconds, seconds)
        stored = self._rows.ask(wanted, now)
        if stored.is_confirmed:
            stored = stored._replace(asked_at=seconds)
        self._ask(SubscriberRequest(subscriber=name, asked_at=stored.asked_at))
        telemetry.count("SubscriptionAsked")

    def find(self, name: str, token: str) -> Subscriber | None:
        """Return the subscription that a link confirms; None for a link that is wrong or too old."""
        row = self._rows.get(name[:40], clock.now())
        asked_at = row.asked_at if row else 0
        key = self._keyring.at(datetime.fromtimestamp(asked_at, UTC))
        return row if is_token(confirm_token(key, name, asked_at), token) else None

    def confirm(self, row: Subscriber) -> bool:
        """Begin to send the weekly mail; return whether it holds."""
        telemetry.count("SubscriptionConfirmed")
        return self._rows.confirm(row, clock.now())

    def may_end(self, name: str, token: str) -> bool:
        """Return whether a link ends this subscription, which may have ended already: any of the last year's mails."""
        keys = self._keyring.since(clock.now() - KEPT_FOR)
        return any(is_token(end_token(key, name), token) for key in keys)

    def end(self, name: str) -> None:
        """Send no weekly mail any more, and forget the address."""
        self._rows.end(name[:40])
        telemetry.count("SubscriptionEnded")

    def _count(self, email: str, address: str, name: str) -> None:
        now = clock.now()
        contact, midnight = references.contact_key(self._key, email), end_of_day(local_date(now))
        day = f"confirmations#{contact}#{local_date(now)}"
        if not self._counters.admit(day, name, limit=CONFIRMATIONS_PER_DAY, expires_at=midnight):
            raise TooManyRequestsError(max(1, int((midnight - now).total_seconds())))
        if not self._per_address or not address:
            return
        hour = int(now.timestamp()) // _HOUR
        network = references.derive(self._key, "throttle-subscriptions", subscriber_of(address)).hex()[:32]
        until = now + timedelta(seconds=2 * _HOUR)
        row = f"confirmations-from#{network}#{hour}"
        if not self._counters.admit(row, name, limit=self._per_address, expires_at=until):
            raise TooManyRequestsError(_HOUR - int(now.timestamp()) % _HOUR)
