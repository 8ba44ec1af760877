"""The work on an officer's desk, by role: what the page *Hôm nay* shows and the morning's digest names. Pure rules.

No line names the petitioner. A complaint about conduct, or a denunciation, is a number without a subject in a message;
officers in the reporting line of the unit complained of do not see it at all.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date, timedelta
from typing import NamedTuple, Protocol

from shared.domain.access.readers import Reader, may_know
from shared.domain.access.roles import Role
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.procedures.conduct import Parents
from shared.domain.procedures.marks import Mark
from shared.tables.directory import Officer
from shared.tables.petition_items import Card

SOON = timedelta(days=5)
"""Due dates of so many days ahead are named *(setting)*."""
LINES = 15
"""Petitions that one heading of a digest names; the desk shows all."""


class Worker(Protocol):
    """An officer whose work is asked for: of the directory, or signed in at the desk."""

    @property
    def unit(self) -> str: ...  # noqa: D102
    @property
    def roles(self) -> Collection[str]: ...  # noqa: D102
    def handles(self, handler: str | None) -> bool: ...  # noqa: D102


class Heading(NamedTuple):
    """One thing to do, and the petitions that wait for it, by due date."""

    title: str
    cards: tuple[Card, ...]
    name: str
    """Names the thing to do for pages and style sheets."""


class _Rule(NamedTuple):
    name: str
    title: str
    holds: Callable[[Card, Worker, date], bool]
    is_reminder: bool = False
    """The clock reminds of it: an officer is notified of it whatever they chose."""


def _is_open(card: Card) -> bool:
    return card.state in UNANSWERED


def _is_late(card: Card, today: date) -> bool:
    return _is_open(card) and card.due_on < today


def _is_soon(card: Card, today: date) -> bool:
    return _is_open(card) and today <= card.due_on <= today + SOON


_OVERDUE = "Quá hạn trả lời"
_SOON = "Đến hạn trong 5 ngày tới"
_RETURNED = _Rule(
    "returned", "Dự thảo bị trả lại", lambda c, o, _today: Mark.RETURNED in c.marks and o.handles(c.handler)
)
_SUPPLEMENTED = _Rule(
    "supplemented",
    "Người gửi đã bổ sung",
    lambda c, o, _today: Mark.SUPPLEMENTED in c.marks and _is_open(c) and o.handles(c.handler),
)
_TO_ACCEPT = _Rule(
    "to-accept",
    "Chờ nhận xử lý",
    lambda c, o, _today: c.unit == o.unit and c.state is State.ASSIGNED,
    is_reminder=True,
)
_LATE_EVERYWHERE = _Rule(
    "late-everywhere",
    "Quá hạn, đã báo cáo cấp trên",
    lambda c, _o, today: _is_late(c, today),
    is_reminder=True,
)
_SECOND_LOOK = _Rule(
    "second-look",
    "Chờ xem xét lại",
    lambda c, o, _today: c.is_second_look and _is_open(c) and c.unit == o.unit,
)
_RULES: dict[Role, tuple[_Rule, ...]] = {
    Role.HANDLER: (
        _RETURNED,
        _SUPPLEMENTED,
        _Rule(
            "late",
            _OVERDUE,
            lambda c, o, today: _is_late(c, today) and o.handles(c.handler),
            is_reminder=True,
        ),
        _Rule(
            "soon",
            _SOON,
            lambda c, o, today: _is_soon(c, today) and o.handles(c.handler),
            is_reminder=True,
        ),
        _TO_ACCEPT._replace(is_reminder=False),
        _Rule(
            "waiting",
            "Chờ người gửi bổ sung",
            lambda c, o, _today: c.state is State.AWAITING_INFORMATION and o.handles(c.handler),
            is_reminder=True,
        ),
    ),
    Role.UNIT_HEAD: (
        _Rule(
            "late-unit",
            f"{_OVERDUE} (cả đơn vị)",
            lambda c, o, today: _is_late(c, today) and c.unit == o.unit,
            is_reminder=True,
        ),
        _Rule(
            "soon-unit",
            f"{_SOON} (cả đơn vị)",
            lambda c, o, today: _is_soon(c, today) and c.unit == o.unit,
            is_reminder=True,
        ),
        _TO_ACCEPT,
    ),
    Role.APPROVER: (
        _Rule(
            "to-approve",
            "Dự thảo chờ phê duyệt",
            lambda c, _o, _today: c.state is State.AWAITING_APPROVAL,
            is_reminder=True,
        ),
        _Rule(
            "disputed",
            "Đơn vị nào giải quyết: chờ quyết định",
            lambda c, _o, _today: Mark.DISPUTED in c.marks and _is_open(c),
        ),
        _SECOND_LOOK,
        _Rule(
            "to-publish",
            "Chờ công khai kết quả",
            lambda c, _o, _today: c.state is State.ANSWERED and c.may_publish,
            is_reminder=True,
        ),
        _LATE_EVERYWHERE,
    ),
    Role.INTAKE_OFFICER: (
        _Rule(
            "to-classify",
            "Chờ phân loại, phân công",
            lambda c, o, _today: c.unit == o.unit and c.state is State.RECEIVED,
        ),
        _Rule(
            "to-forward",
            "Chờ chuyển cơ quan khác",
            lambda c, _o, _today: _is_open(c) and c.lane is Lane.FORWARDING,
            is_reminder=True,
        ),
    ),
    Role.INSPECTOR: (
        _Rule("restricted", "Quy trình riêng", lambda c, _o, _today: c.state is State.RESTRICTED),
        _Rule("conduct", "Phản ánh về hành vi", lambda c, _o, _today: _is_open(c) and c.kind is Kind.CONDUCT),
        _SECOND_LOOK,
        _LATE_EVERYWHERE,
    ),
}
"""The headings of each role, in this order: what others handed back comes before what is late."""

SEES_ALL_UNITS = frozenset({Role.APPROVER, Role.INTAKE_OFFICER, Role.INSPECTOR})


def units_read(officer: Worker, units: Iterable[str]) -> tuple[str, ...]:
    """Return the units whose petitions a day's work is made of; none for an officer without work on the desk."""
    if not _RULES.keys() & set(officer.roles):
        return ()
    return tuple(units) if SEES_ALL_UNITS & set(officer.roles) else (officer.unit,)


def work_of_the_day(
    officer: Officer, cards: Iterable[Card], parents: Parents, today: date, *, reminders_only: bool = False
) -> tuple[Heading, ...]:
    """Return the work of the day of an officer of the directory; the arguments are those of `headings_of`."""
    return headings_of(officer, officer.reader(parents), cards, today, reminders_only=reminders_only)


def headings_of(
    officer: Worker, reader: Reader, cards: Iterable[Card], today: date, *, reminders_only: bool = False
) -> tuple[Heading, ...]:
    """Return an officer's work of the day by heading; headings without petitions are left out.

    Args:
        officer: whose work.
        reader: decides which petitions they may know of.
        cards: the petitions of the desks that they read.
        today: the day.
        reminders_only: leaves out what nobody has to be reminded of, for an officer who wants no digest.
    """
    visible = sorted(
        (card for card in cards if may_know(reader, card)), key=lambda c: (c.due_on, c.reference)
    )
    rules = dict.fromkeys(
        rule
        for role, rules in _RULES.items()
        if role in officer.roles
        for rule in rules
        if rule.is_reminder or not reminders_only
    )
    headings = (
        Heading(rule.title, tuple(card for card in visible if rule.holds(card, officer, today)), rule.name)
        for rule in rules
    )
    return tuple(heading for heading in headings if heading.cards)
