"""The work on an officer's desk this morning, by role: pure rules over the lines of the `desk` index.

No line names the petitioner. A complaint about conduct, or a denunciation, is a number without a subject; officers in
the reporting line of the unit complained of do not see it at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import NamedTuple

from shared.domain.access.readers import may_know
from shared.domain.access.roles import Role
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.procedures.conduct import Parents
from shared.tables.directory import Officer
from shared.tables.petition_items import Card

SOON = timedelta(days=5)
"""A digest names due dates of so many days ahead *(setting)*."""
LINES = 15
"""Petitions that one heading names; the desk shows all."""


class Heading(NamedTuple):
    """One thing to do, and the petitions that wait for it."""

    title: str
    cards: tuple[Card, ...]


class _Rule(NamedTuple):
    title: str
    holds: Callable[[Card, Officer, date], bool]
    is_reminder: bool = False
    """The clock reminds of it: an officer is notified of it whatever they chose."""


def _is_open(card: Card) -> bool:
    return card.state in UNANSWERED


_OVERDUE = "Quá hạn trả lời"
_SOON = "Đến hạn trong 5 ngày tới"
_TO_ACCEPT = _Rule(
    "Chờ nhận xử lý", lambda c, o, _today: c.unit == o.unit and c.state is State.ASSIGNED, is_reminder=True
)
_OVERDUE_EVERYWHERE = _Rule(
    "Quá hạn, đã báo cáo cấp trên",
    lambda c, _o, today: _is_open(c) and c.due_on < today,
    is_reminder=True,
)
_RULES: dict[Role, tuple[_Rule, ...]] = {
    Role.HANDLER: (
        _Rule(
            _OVERDUE,
            lambda c, o, today: _is_open(c) and o.handles(c.handler) and c.due_on < today,
            is_reminder=True,
        ),
        _Rule(
            _SOON,
            lambda c, o, today: _is_open(c) and o.handles(c.handler) and today <= c.due_on <= today + SOON,
            is_reminder=True,
        ),
        _TO_ACCEPT._replace(is_reminder=False),
        _Rule(
            "Chờ người gửi bổ sung",
            lambda c, o, _today: c.state is State.AWAITING_INFORMATION and o.handles(c.handler),
            is_reminder=True,
        ),
    ),
    Role.UNIT_HEAD: (
        _Rule(
            f"{_OVERDUE} (cả đơn vị)",
            lambda c, o, today: _is_open(c) and c.unit == o.unit and c.due_on < today,
            is_reminder=True,
        ),
        _Rule(
            f"{_SOON} (cả đơn vị)",
            lambda c, o, today: _is_open(c) and c.unit == o.unit and today <= c.due_on <= today + SOON,
            is_reminder=True,
        ),
        _TO_ACCEPT,
    ),
    Role.APPROVER: (
        _Rule(
            "Dự thảo chờ phê duyệt",
            lambda c, _o, _today: c.state is State.AWAITING_APPROVAL,
            is_reminder=True,
        ),
        _Rule(
            "Chờ công khai kết quả",
            lambda c, _o, _today: c.state is State.ANSWERED and c.may_publish,
            is_reminder=True,
        ),
        _OVERDUE_EVERYWHERE,
    ),
    Role.INTAKE_OFFICER: (
        _Rule(
            "Chờ phân loại, phân công", lambda c, o, _today: c.unit == o.unit and c.state is State.RECEIVED
        ),
        _Rule(
            "Chờ chuyển cơ quan khác",
            lambda c, _o, _today: _is_open(c) and c.lane is Lane.FORWARDING,
            is_reminder=True,
        ),
    ),
    Role.INSPECTOR: (
        _Rule("Quy trình riêng", lambda c, _o, _today: c.state is State.RESTRICTED),
        _Rule("Phản ánh về hành vi", lambda c, _o, _today: _is_open(c) and c.kind is Kind.CONDUCT),
        _OVERDUE_EVERYWHERE,
    ),
}
"""The headings of each role, in this order."""

SEES_ALL_UNITS = frozenset({Role.APPROVER, Role.INTAKE_OFFICER, Role.INSPECTOR})


def units_read(officer: Officer, parents: Parents) -> tuple[str, ...]:
    """Return the units whose petitions a digest is made of; none for an officer without work on the desk."""
    if not _RULES.keys() & set(officer.roles):
        return ()
    return tuple(parents) if SEES_ALL_UNITS & set(officer.roles) else (officer.unit,)


def work_of_the_day(
    officer: Officer, cards: Iterable[Card], parents: Parents, today: date, *, reminders_only: bool = False
) -> tuple[Heading, ...]:
    """Return an officer's work of the day by heading; headings without petitions are left out.

    Args:
        officer: whose work.
        cards: the petitions of the desks that they read.
        parents: the unit that each unit reports to.
        today: the day.
        reminders_only: leaves out what nobody has to be reminded of, for an officer who wants no digest.
    """
    reader = officer.reader(parents)
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
        Heading(rule.title, tuple(card for card in visible if rule.holds(card, officer, today)))
        for rule in rules
    )
    return tuple(heading for heading in headings if heading.cards)
