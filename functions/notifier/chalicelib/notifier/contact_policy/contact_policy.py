"""The contact policy: when, how often and whether at all something is sent to an address."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.notifier.contact_policy.daily_limit import DailyLimit
from chalicelib.notifier.contact_policy.quiet_hours import QuietHours, was_requested_just_now
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.reference import contact_key
from shared.domain.petition.history import Entry
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.platform import telemetry
from shared.tables.throttle.opt_outs import OptOuts
from shared.tables.throttle.suppressions import Suppressions

SAID_STOP, ADDRESS_SUPPRESSED = "said-stop", "address-suppressed"
_COMPLAINT = "ses-Complaint"
_PERMANENT = re.compile(rf"{_COMPLAINT}|[a-z]+-[A-Za-z_]+-Permanent\b")
"""The beginnings of the reasons after which nothing more is sent to an address."""
_BATCH_AFTER = timedelta(minutes=15)
"""From this age on a notice takes others along, where notices wait for no batch."""


def is_permanent(reason: str | None) -> bool:
    """Return whether the next delivery to the same address would fail for the same reason."""
    return reason is not None and _PERMANENT.match(reason) is not None


class ContactPolicy:
    """Decides when, and whether, something may be sent to an address."""

    def __init__(
        self,
        *,
        quiet_hours: QuietHours,
        batch_for: timedelta,
        daily_limit: DailyLimit,
        opt_outs: OptOuts,
        suppressions: Suppressions,
        identifiers_key: Callable[[], bytes],
    ) -> None:
        """Take the rules; `batch_for`: how long a notice waits for others that can go out in the same message."""
        self._quiet_hours = quiet_hours
        self._batch_for = batch_for
        self._daily_limit = daily_limit
        self._opt_outs = opt_outs
        self._suppressions = suppressions
        self._identifiers_key = identifiers_key

    def held_until(self, entry: Entry, now: datetime) -> datetime | None:
        """Return when a notice about `entry` may go out; None when it may go out now.

        A notice that the petitioner did not just request is held for a moment, so that others go out with it.
        """
        quiet_until = self._quiet_hours.held_until(entry, now)
        if quiet_until is not None or was_requested_just_now(entry, now):
            return quiet_until
        batch_at = entry.at + self._batch_for
        return batch_at if now < batch_at else None

    def may_batch(self, entry: Entry, now: datetime) -> bool:
        """Return whether a notice waited long enough for others to the same address to have followed."""
        is_old = now - entry.at >= (self._batch_for or _BATCH_AFTER)
        return is_old and not was_requested_just_now(entry, now)

    def refusal(self, channel: DeliveryChannel, address: str, *, is_requested: bool = False) -> str | None:
        """Return the reason why nothing may be sent to an address; None when something may.

        A message that the petitioner requested is sent in spite of `HUY`.
        """
        if channel is DeliveryChannel.PHONE:
            return None
        key = self._key_of(address)
        if channel is DeliveryChannel.SMS and not is_requested and self._opt_outs.has(key):
            return SAID_STOP
        return ADDRESS_SUPPRESSED if self._suppressions.has(key) else None

    def postponed_until(
        self, channel: DeliveryChannel, address: str, notice: str, now: datetime
    ) -> datetime | None:
        """Count a message towards its address's limit of the day; counting the same notice twice counts once.

        Returns:
            when the message may go out, if the limit is reached; None when it may go out now.
        """
        if channel is DeliveryChannel.PHONE:
            return None
        if self._daily_limit.admits(self._key_of(address), notice, local_date(now)):
            return None
        telemetry.count("NoticeOverDailyLimit", channel=channel)
        return self._quiet_hours.next_morning(now)

    def suppress_if_permanent(self, delivery: Delivery, address: str) -> None:
        """Suppress an address that a delivery bounced from for good, or whose owner complained of it."""
        failed_for = delivery.reason if delivery.state is DeliveryState.FAILED else None
        reason = _COMPLAINT if delivery.complained_at else failed_for
        if reason is not None and is_permanent(reason):
            self._suppressions.record(self._key_of(address), reason)
            telemetry.count("AddressSuppressed", channel=delivery.channel)

    def _key_of(self, address: str) -> str:
        return contact_key(self._identifiers_key(), address)
