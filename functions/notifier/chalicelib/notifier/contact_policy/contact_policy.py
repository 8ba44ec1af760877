"""The contact policy: when, how often and whether at all something is sent to an address."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from chalicelib.notifier.contact_policy.daily_limit import DailyLimit
from chalicelib.notifier.contact_policy.quiet_hours import QuietHours, was_requested_just_now
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.reference import contact_key
from shared.domain.identity.sms_reach import is_served_by_sms
from shared.domain.petition.history import Entry
from shared.domain.petition.notice_kinds import NoticeKind
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.platform import telemetry
from shared.tables.throttle.opt_outs import OptOuts
from shared.tables.throttle.sms_budget import SmsBudget
from shared.tables.throttle.suppressions import Suppressions

SAID_STOP, ADDRESS_SUPPRESSED, NOT_SERVED = "said-stop", "address-suppressed", "not-served-by-sms"
DUTIES = frozenset(
    {
        NoticeKind.ANSWERED,
        NoticeKind.FORWARDED,
        NoticeKind.GUIDED,
        NoticeKind.REFUSED,
        NoticeKind.MERGED,
        NoticeKind.OVERDUE_UPDATE,
        NoticeKind.PUBLISHED,
        NoticeKind.REOPENED,
        NoticeKind.WITHDRAWN,
    }
)
"""Notices that leave also when the budget of SMS is used up: those of duties, and of what a stranger may have done."""
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
        sms_budget: SmsBudget,
        sms_countries: Collection[str],
        keyring: Keyring,
    ) -> None:
        """Take the rules.

        Args:
            quiet_hours: when nothing is sent that was not requested just now.
            batch_for: how long a notice waits for others that can go out in the same message.
            daily_limit: of messages to one address.
            opt_outs: numbers whose owners said stop.
            suppressions: addresses that nothing is sent to any more.
            sms_budget: the SMS of a day.
            sms_countries: the countries whose numbers get SMS.
            keyring: the identifiers' keys, of which one names addresses.
        """
        self._sms_budget = sms_budget
        self._sms_countries = sms_countries
        self._quiet_hours = quiet_hours
        self._batch_for = batch_for
        self._daily_limit = daily_limit
        self._opt_outs = opt_outs
        self._suppressions = suppressions
        self._keyring = keyring

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
        if channel is DeliveryChannel.SMS and not is_served_by_sms(address, self._sms_countries):
            return NOT_SERVED
        key = self._key_of(address)
        with self._suppressions.announced(key):
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

    def unpaid_until(self, kind: NoticeKind, segments: int, now: datetime) -> datetime | None:
        """Count an SMS towards the budget of the day.

        Returns:
            when it may go out, if the budget is used up and the law does not require it; None when it may go out now.
        """
        if self._sms_budget.spend(segments, local_date(now), is_duty=kind in DUTIES):
            return None
        return self._quiet_hours.next_morning(now)

    def suppress_if_permanent(self, delivery: Delivery, address: str) -> None:
        """Suppress an address that a delivery bounced from for good, or whose owner complained of it."""
        failed_for = delivery.reason if delivery.state is DeliveryState.FAILED else None
        reason = _COMPLAINT if delivery.complained_at else failed_for
        if reason is not None and is_permanent(reason):
            self._suppressions.record(self._key_of(address), reason)
            telemetry.count("AddressSuppressed", channel=delivery.channel)

    def _key_of(self, address: str) -> str:
        return contact_key(self._keyring.names(), address)
