"""Travelling in time: from one instant at which something falls due to the next, not minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from infra.local.all_pumps import Pumps
from infra.local.clock import TravellingClock
from infra.local.emulation.cloud import Cloud
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.promises.digests import DIGEST_FROM, DIGEST_UNTIL

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class BackwardsError(Exception):
    """The clock only goes forward once there are petitions."""


class Traveller:
    """Moves the clock, and does on the way what the schedules would have done.

    The sweep runs in each minute in which a wake-up falls due (in the others it would find nothing), and whenever a
    hidden message comes into sight the queues are pumped. The hourly schedule runs at midnight in Vietnam, on arrival,
    and once on each morning on which something falls due, so that the officers' digests remind of it.
    The monthly training runs at the first midnight of a month.
    """

    def __init__(self, clock: TravellingClock, cloud: Cloud, pumps: Pumps) -> None:
        self._clock = clock
        self._cloud = cloud
        self._pumps = pumps

    def to(self, target: datetime) -> None:
        """Travel to an instant; return when everything that fell due on the way has been handled.

        Raises:
            BackwardsError: the instant is past, and there are petitions.
        """
        target = target.astimezone(UTC)
        is_empty = not self._cloud.has_petitions()
        if target < self._clock.now() and not is_empty:
            raise BackwardsError
        self._clock.hold_at(self._clock.now())
        self._pumps.settle()
        if target < self._clock.now():
            self._cloud.empty_queues()
            self._clock.hold_at(target)
        elif is_empty and self._pumps.next_retry_at() is None and not any(self._cloud.wake_ups()):
            self._clock.hold_at(target)
        else:
            self._go(target)

    def _go(self, target: datetime) -> None:
        hourly_at = self._clock.now()
        morning: date | None = None
        while (stop := self._next_stop(target)) < target:
            self._clock.hold_at(stop)
            if stop == midnight_after(hourly_at):
                self._pumps.hourly.fire()
                hourly_at = stop
                if stop.astimezone(VIETNAM).day == 1:
                    self._pumps.learn.fire()
            if any(at <= stop for at in self._cloud.wake_ups()):
                self._pumps.sweep.fire()
                if _is_morning(stop) and morning != stop.astimezone(VIETNAM).date():
                    morning = stop.astimezone(VIETNAM).date()
                    self._pumps.hourly.fire()
            self._pumps.settle()
        self._clock.hold_at(target)
        if target - hourly_at >= HOUR or _hour(target) != _hour(hourly_at):
            self._pumps.hourly.fire()
        self._pumps.sweep.fire()
        self._pumps.settle()

    def _next_stop(self, target: datetime) -> datetime:
        now = self._clock.now()
        wakes = [_next_minute(at) for at in self._cloud.wake_ups() if at > now]
        retry = self._pumps.next_retry_at()
        stops = [*wakes, midnight_after(now)]
        if retry is not None:
            stops.append(max(retry, now) + timedelta(seconds=1))
        return min([*stops, target])


def _is_morning(at: datetime) -> bool:
    return DIGEST_FROM <= at.astimezone(VIETNAM).time() < DIGEST_UNTIL


def _next_minute(at: datetime) -> datetime:
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + MINUTE


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def midnight_after(at: datetime) -> datetime:
    """Return the next midnight in Vietnam."""
    tomorrow = at.astimezone(VIETNAM).date() + DAY
    return datetime.combine(tomorrow, time(), tzinfo=VIETNAM).astimezone(UTC)
