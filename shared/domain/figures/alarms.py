"""Alarms of the leaders' figures: matters to attend to now, whatever the period. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from statistics import median
from typing import NamedTuple

from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.counted import Counted
from shared.domain.figures.tallies import Days
from shared.domain.figures.trends import Count, Jump, jumps
from shared.domain.petition.facts import TimeLimitReached
from shared.domain.petition.lifecycle import UNANSWERED, Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind
from shared.domain.procedures.conduct import NO_UNIT_OF_OURS
from shared.domain.promises.notices import ESCALATION_LADDER

REPEATED_FROM, REPEATED_WITHIN = 3, timedelta(days=90)
"""Complaints about the conduct of one unit that are an alarm: so many, received within so long *(setting)*."""
UNDELIVERED_WITHIN = timedelta(days=7)
"""Receipts that were contradicted within so long are an alarm *(setting)*."""
HEAVY_FROM, HEAVY_FACTOR = 20, 1.5
"""Open petitions of one handler that are too many: so many, and so many times those of the handler in the middle."""


class Load(NamedTuple):
    """A handler who has far more open petitions than the one in the middle."""

    unit: str
    handler: str
    open_now: int
    usual: float


class Undelivered(NamedTuple):
    """Notices that did not reach their petitioners, about petitions that the reader's figures count."""

    letters: int = 0
    """No channel and no call reached the petitioner: a letter is to be written."""
    contradicted: int = 0
    """A provider said that the notice arrived, and denied it in the last days."""


class Alarms(NamedTuple):
    """Matters that need attention now, whatever the period."""

    updates: dict[str, int]
    """Petitions of each unit to whose petitioners an update is owed."""
    unmoved: dict[str, int]
    """Petitions of each unit that are unanswered although the Task Force was notified."""
    heavy: tuple[Load, ...]
    jumping: tuple[tuple[str, Jump], ...]
    """Jumps of the seven days until yesterday: the attribute, and the group with its weeks."""
    undelivered: Undelivered
    repeated: dict[str, int]
    """Units whose conduct was complained of repeatedly, and how often, within `REPEATED_WITHIN`."""


def alarms_of(petitions: Sequence[Counted], today: date, undelivered: Undelivered) -> Alarms:
    """Return the matters that need attention now; the notices that did not arrive are about the same petitions."""
    return Alarms(
        updates=_by_unit(each.petition for each in petitions if each.owes_update),
        unmoved=_by_unit(each.petition for each in petitions if _is_unmoved(each, today)),
        heavy=_heavy(petitions),
        jumping=_jumping(petitions, today - timedelta(days=1)),
        undelivered=undelivered,
        repeated=_repeated(petitions, today),
    )


def days_of_complaints(today: date) -> Days:
    """Return the days of receipt of the complaints that are counted as repeated."""
    return Days(today - REPEATED_WITHIN, today)


def _repeated(petitions: Iterable[Counted], today: date) -> dict[str, int]:
    complaints = Counter(
        each.petition.complained_unit or ""
        for each in petitions
        if each.petition.kind is Kind.CONDUCT
        and local_date(each.petition.received_at) >= days_of_complaints(today).first
    )
    return {
        unit: number
        for unit, number in complaints.most_common()
        if number >= REPEATED_FROM and unit not in {"", NO_UNIT_OF_OURS}
    }


def _by_unit(petitions: Iterable[Petition]) -> dict[str, int]:
    return dict(Counter(petition.unit or "" for petition in petitions).most_common())


def _is_unmoved(each: Counted, today: date) -> bool:
    escalated = each.petition.last(Action.ESCALATE)
    return (
        (each.owed_for(today) or 0) > 0
        and escalated is not None
        and isinstance(escalated.facts, TimeLimitReached)
        and escalated.facts.n >= len(ESCALATION_LADDER)
    )


def _heavy(petitions: Iterable[Counted]) -> tuple[Load, ...]:
    loads = Counter(
        (each.petition.unit or "", each.petition.handler)
        for each in petitions
        if each.petition.handler and each.petition.state in UNANSWERED
    )
    usual = median(loads.values()) if loads else 0
    return tuple(
        Load(unit, handler or "", number, usual)
        for (unit, handler), number in loads.most_common()
        if number >= HEAVY_FROM and number >= HEAVY_FACTOR * usual and len(loads) > 1
    )


def _jumping(petitions: Iterable[Counted], last: date) -> tuple[tuple[str, Jump], ...]:
    """Return the jumps of the week that ends on a day, of each attribute that the report of jumps looks at."""
    of: dict[str, Callable[[Petition], str]] = {
        "field": lambda petition: petition.field or "",
        "unit": lambda petition: petition.unit or "",
        "province": lambda petition: petition.province or "",
        "kind": lambda petition: petition.kind or "",
        "matter": lambda petition: petition.sketch[0] if petition.sketch else "",
    }
    received = [each.petition for each in petitions]
    return tuple(
        (by, jump)
        for by, group in of.items()
        for jump in jumps(
            (Count(local_date(petition.received_at), group(petition), 1) for petition in received), last
        )
    )
