"""What is owed to people besides the notice itself: rest at night, few messages, none where none is wanted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from chalicelib.notifier.contact_policy.daily_limit import DailyLimit
from chalicelib.notifier.contact_policy.quiet_hours import QuietHours, was_asked_for_just_now
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.reference import contact_key
from shared.domain.petition.history import Entry
from shared.platform import telemetry
from shared.tables.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.tables.throttle.opt_outs import OptOuts
from shared.tables.throttle.suppressions import Suppressions

SAID_STOP, ADDRESS_SUPPRESSED = "said-stop", "address-suppressed"
_COMPLAINT = "ses-Complaint"
_LASTING = ("ses-Bounce-Permanent", _COMPLAINT)
"""Reasons of failed deliveries after which nothing more is sent to that address."""


def is_lasting(reason: str | None) -> bool:
    """Tell whether a delivery failed in a way that the next one to the same address would, too."""
    return reason is not None and reason.startswith(_LASTING)


class Manners:
    """Says when, and whether, somebody may be written to."""

    def __init__(
        self,
        *,
        quiet_hours: QuietHours,
        bunch_for: timedelta,
        daily_limit: DailyLimit,
        opt_outs: OptOuts,
        suppressions: Suppressions,
        identifiers_key: Callable[[], bytes],
    ) -> None:
        self._quiet_hours = quiet_hours
        self._bunch_for = bunch_for
        self._daily_limit = daily_limit
        self._opt_outs = opt_outs
        self._suppressions = suppressions
        self._identifiers_key = identifiers_key

    def hold_until(self, entry: Entry, now: datetime) -> datetime | None:
        """Return when a notice about `entry` may go out, or None when it may go now.

        What nobody waits for stays a moment, so that what comes right after it goes out with it.
        """
        rests = self._quiet_hours.hold_until(entry, now)
        if rests is not None or was_asked_for_just_now(entry, now):
            return rests
        settled_at = entry.at + self._bunch_for
        return settled_at if now < settled_at else None

    def is_late(self, entry: Entry, now: datetime) -> bool:
        """Tell whether a notice waited long enough that others to the same person may have gathered."""
        return not was_asked_for_just_now(entry, now) and now - entry.at >= (
            self._bunch_for or timedelta(minutes=15)
        )

    def refusal(self, channel: DeliveryChannel, address: str, *, was_asked_for: bool = False) -> str | None:
        """Return why nothing may be sent to this address, or None; who asks for a message gets it despite `HUY`."""
        if channel is DeliveryChannel.PHONE:
            return None
        key = contact_key(self._identifiers_key(), address)
        if channel is DeliveryChannel.SMS and not was_asked_for and self._opt_outs.has(key):
            return SAID_STOP
        return ADDRESS_SUPPRESSED if self._suppressions.has(key) else None

    def wait_for_morning(
        self, channel: DeliveryChannel, address: str, name: str, now: datetime
    ) -> datetime | None:
        """Count a message; return when it may go out if this address had enough for today, else None."""
        if channel is DeliveryChannel.PHONE:
            return None
        key = contact_key(self._identifiers_key(), address)
        if self._daily_limit.admits(key, name, local_date(now)):
            return None
        telemetry.count("NoticeOverDailyLimit", channel=channel)
        return self._quiet_hours.next_morning(now)

    def learn(self, delivery: Delivery, address: str) -> None:
        """Remember an address that messages came back from, or whose owner complained."""
        failed_for = delivery.reason if delivery.state is DeliveryState.FAILED else None
        reason = _COMPLAINT if delivery.complained_at else failed_for
        if reason is not None and is_lasting(reason):
            key = contact_key(self._identifiers_key(), address)
            self._suppressions.record(key, reason)
            telemetry.count("AddressSuppressed", channel=delivery.channel)
