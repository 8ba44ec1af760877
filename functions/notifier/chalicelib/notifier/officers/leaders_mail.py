"""Sends those who answer for the ministry's promises the week's mail: the figures of their page, once a week."""

from __future__ import annotations

from typing import Any

from chalicelib.notifier.officers.morning_mails import Mail, MorningMails
from shared.domain.access.readers import may_know
from shared.domain.access.roles import Role
from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.leaders import GOAL_PERCENT, LeadersFigures
from shared.domain.promises.digests import is_first_of_week
from shared.platform import clock, telemetry
from shared.platform.messages import DigestRequest, NoticeRequest
from shared.tables.directory import Directory
from shared.use_cases.leaders import Leaders
from shared.wording.sources import LEADERS

READERS = frozenset({Role.COMMITTEE, Role.INSPECTOR, Role.APPROVER})
"""Roles that get the mail: they read the figures of the whole ministry."""
SEQ = 2
"""Tells the week's mail from the day's digest among the deliveries of one morning."""
UNITS, TOPICS = 5, 5
"""Units that owe answers, and fields, that the mail names; the page has all."""


class LeadersMail:
    """Sends the week's mail on the first working day of a week."""

    def __init__(
        self,
        *,
        leaders: Leaders,
        directory: Directory,
        mails: MorningMails,
    ) -> None:
        self._leaders = leaders
        self._directory = directory
        self._mails = mails

    def send(self, request: DigestRequest) -> None:
        """Send an officer's mail, if they are a leader who wants digests and it is the first working day of a week."""
        now = clock.now()
        officer = self._directory.officers().get(request.officer)
        if officer is None or request.on != local_date(now) or READERS.isdisjoint(officer.roles):
            return
        is_due = is_first_of_week(request.on, self._directory.calendar())
        if not is_due or not self._directory.preference_of(officer.id).digest:
            return
        before = self._mails.before(officer.id, request.on)
        if self._mails.is_over(before):
            return
        reader = officer.reader(self._directory.parents(request.on))
        figures = self._leaders.figures(lambda shelf: may_know(reader, shelf), now)
        if figures.now.due or figures.received.received:
            self._mails.send(Mail(officer, request.on, LEADERS, self._facts(figures), before))
            telemetry.count("LeadersMailSent")

    def resume(self, request: NoticeRequest) -> None:
        """Continue with the mails of a morning that wait for another attempt."""
        for waiting in self._mails.waiting(request):
            self.send(waiting)

    def _facts(self, figures: LeadersFigures) -> dict[str, Any]:
        units = self._directory.units(figures.today)
        fields = self._directory.fields(figures.today)
        owing = [(code, counts.owed) for code, counts in figures.units if counts.owed][:UNITS]
        topics = [(group.code, group.received) for group in figures.fields if group.code][:TOPICS]
        return leaders_facts(
            figures,
            [(units[code].name if code in units else code, number) for code, number in owing],
            [(fields[code].name if code in fields else code, number) for code, number in topics],
            [
                (units[code].name if code in units else code, number)
                for code, number in figures.alarms.repeated.items()
            ],
            self._mails.site,
        )


def leaders_facts(
    figures: LeadersFigures,
    units: list[tuple[str, int]],
    topics: list[tuple[str, int]],
    complaints: list[tuple[str, int]],
    site: str,
) -> dict[str, Any]:
    """Return the variables of the mail's text: numbers alone, no petition and no subject."""
    percent, before = figures.now.percent, figures.then.percent
    change = None if percent is None or before is None else round(percent - before, 1)
    first, last = figures.days
    return {
        "first": first,
        "last": last,
        "percent": "" if percent is None else _written(percent),
        "change": "" if not change else _written(abs(change)),
        "is_up": (change or 0) > 0,
        "goal": GOAL_PERCENT,
        "due": figures.now.due,
        "on_time": figures.now.on_time,
        "late": figures.now.late,
        "owed": figures.now.owed,
        "overdue_now": sum(figures.ages[name] for name in ("late_over_30", "late_8_30", "late_1_7")),
        "updates": sum(figures.alarms.updates.values()),
        "unmoved": sum(figures.alarms.unmoved.values()),
        "undelivered": sum(figures.alarms.undelivered),
        "complaints": "; ".join(f"{name}: {number}" for name, number in complaints),
        "received": figures.received.received,
        "rating": "" if figures.scores.average is None else _written(figures.scores.average),
        "rated": figures.scores.rated,
        "units": "; ".join(f"{name}: {number}" for name, number in units),
        "topics": "; ".join(f"{name}: {number}" for name, number in topics),
        "leaders_link": f"{site}/desk/leaders?from={first}&to={last}",
        "desk": f"{site}/desk/",
    }


def _written(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".").replace(".", ",")
