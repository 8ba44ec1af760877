"""The headings, rows and tiles of the day's page, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.desk.merged import merged_number
from chalicelib.casework.desk.queue_place import address_of
from chalicelib.casework.desk.queues import ALL, APPROVAL, INSPECTION, PUBLICATION, SECOND_LOOK
from chalicelib.casework.site.frame import Names
from chalicelib.casework.today.days_work import ROWS, DaysWork
from shared.domain.access.roles import Role
from shared.domain.calendar.deadlines import days_before
from shared.domain.petition.change import username_of
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.domain.procedures.marks import Mark
from shared.tables.petition_items import Card
from shared.use_cases.daily_work import SOON, Heading
from shared.web.i18n import N_, Language, counted, gettext
from shared.web.labels import STATES
from shared.web.rendering import link, short_day

LONGEST_REASON = 90
"""Characters of the reason for which a draft was returned."""
DAYS = 15
"""Working days of the load to come: three weeks, Monday to Friday."""
_WEEK = 5


class Look(NamedTuple):
    """Appearance and name of a heading, and the filter of the queue that lists the same petitions."""

    look: str
    icon: str
    title: str
    queue: str = ""
    """A queue over all units; empty is the officer's own unit, and no filter is no such list."""
    only: tuple[tuple[str, str], ...] = ()


LOOKS: dict[str, Look] = {
    "returned": Look("soon", "undo", N_("Bị trả lại")),
    "supplemented": Look("soon", "chat", N_("Người gửi đã bổ sung")),
    "disputed": Look("soon", "swap", N_("Tranh chấp đơn vị")),
    "second-look": Look("soon", "undo", N_("Xem xét lại"), SECOND_LOOK),
    "to-approve": Look("info", "pen", N_("Chờ phê duyệt"), APPROVAL),
    "late": Look("late", "alert", N_("Quá hạn"), only=(("mine", "true"), ("overdue", "true"))),
    "late-unit": Look("late", "alert", N_("Quá hạn, cả đơn vị"), only=(("overdue", "true"),)),
    "late-everywhere": Look("late", "alert", N_("Quá hạn, mọi đơn vị"), ALL, (("overdue", "true"),)),
    "soon": Look("soon", "clock", N_("Hạn trong 5 ngày"), only=(("mine", "true"), ("soon", "true"))),
    "soon-unit": Look("soon", "clock", N_("Hạn trong 5 ngày, cả đơn vị"), only=(("soon", "true"),)),
    "to-accept": Look("info", "inbox", N_("Chưa ai nhận"), only=(("state", State.ASSIGNED),)),
    "to-classify": Look("info", "inbox", N_("Chờ phân công"), only=(("state", State.RECEIVED),)),
    "to-forward": Look("info", "send", N_("Chờ chuyển cơ quan khác")),
    "to-publish": Look("info", "web", N_("Chờ công khai"), PUBLICATION),
    "waiting": Look(
        "",
        "wait",
        N_("Chờ người gửi bổ sung"),
        only=(("mine", "true"), ("state", State.AWAITING_INFORMATION)),
    ),
    "restricted": Look("info", "lock", N_("Quy trình riêng"), INSPECTION, (("state", State.RESTRICTED),)),
    "conduct": Look("info", "users", N_("Phản ánh về hành vi"), INSPECTION),
}
"""The headings of `daily_work` on the page."""
_STEPS: dict[State, str] = {
    State.RECEIVED: N_("Phân công hồ sơ"),
    State.ASSIGNED: N_("Nhận xử lý"),
    State.REOPENED: N_("Nhận xử lý"),
    State.IN_PROGRESS: N_("Viết trả lời"),
    State.AWAITING_APPROVAL: N_("Xem, duyệt"),
    State.ANSWERED: N_("Công khai trả lời"),
}
"""The next step of a petition in a state, for who takes it."""
_TAKES: dict[State, frozenset[Role]] = {
    State.RECEIVED: frozenset({Role.INTAKE_OFFICER}),
    State.ASSIGNED: frozenset({Role.HANDLER, Role.UNIT_HEAD}),
    State.REOPENED: frozenset({Role.HANDLER, Role.UNIT_HEAD}),
    State.AWAITING_APPROVAL: frozenset({Role.APPROVER}),
    State.ANSWERED: frozenset({Role.APPROVER}),
}


class Drawer(NamedTuple):
    """Draws the parts of one page."""

    officer: DeskOfficer
    work: DaysWork
    names: Names
    language: Language

    def tiles(self) -> list[dict[str, Any]]:
        """Return a tile for each heading: its number, and what is most urgent in it."""
        _ = gettext(self.language)
        return [
            {
                "look": LOOKS[heading.name].look,
                "icon": LOOKS[heading.name].icon,
                "label": _(LOOKS[heading.name].title),
                "number": f"{len(heading.cards)}{'' if self.work.is_complete else '+'}",
                "more": self._most_urgent(heading),
                "href": self._list_of(heading.name) or f"#{heading.name}",
                "rows": (),
            }
            for heading in self.work.headings
        ]

    def _most_urgent(self, heading: Heading) -> str:
        _, _n = gettext(self.language), counted(self.language)
        owed = [card.due_on for card in heading.cards if card.state in UNANSWERED]
        if not owed:
            return ""
        late = -self._days_to(min(owed))
        if late > 0:
            return _n("lâu nhất %(count)s ngày", late) % {"count": late}
        today = owed.count(self.work.today)
        if today:
            return _n("%(count)s hồ sơ hôm nay", today) % {"count": today}
        return _("sớm nhất {day}").format(day=short_day(min(owed), self.language))

    def _days_to(self, due_on: date) -> int:
        """Return the working days to a due date that a row says; negative after it."""
        return days_before(due_on, self.work.today, self.work.calendar).in_words

    def _list_of(self, name: str) -> str:
        """Return the address of the queue that lists a heading's petitions; nothing where no queue does."""
        look = LOOKS[name]
        if not look.queue and not look.only:
            return ""
        query = {"queue": look.queue or self.officer.unit, **dict(look.only)}
        return link(address_of(urlencode(query)), self.language)

    def sections(self) -> list[dict[str, Any]]:
        """Return the headings with their first rows; a petition stands under the first heading that it belongs to."""
        shown: set[str] = set()
        sections = []
        for heading in self.work.headings:
            left = [card for card in heading.cards if card.reference not in shown]
            rows = left[:ROWS]
            shown |= {card.reference for card in rows}
            if rows:
                sections.append(self._section(heading, rows))
        return sections

    def _section(self, heading: Heading, rows: list[Card]) -> dict[str, Any]:
        is_short = len(rows) == len(heading.cards)
        return {
            "name": heading.name,
            "title": gettext(self.language)(LOOKS[heading.name].title),
            "count": len(heading.cards),
            "rows": [self._row(card) for card in rows],
            "more": "" if is_short else self._list_of(heading.name),
        }

    def new(self) -> list[dict[str, Any]]:
        """Return the petitions received last."""
        return [self._row(card) for card in self.work.new[:ROWS]]

    def _row(self, card: Card) -> dict[str, Any]:
        is_open = card.state in UNANSWERED
        returned = self.work.returned.get(card.reference)
        return {
            "reference": card.reference,
            "subject": card.subject,
            "address": link(f"/desk/petitions/{card.reference}", self.language),
            "look": _look_of_day(card.due_on, self.work.today) if is_open else "",
            "is_open": is_open,
            "days": self._days_to(card.due_on),
            "due_on": card.due_on,
            "state": gettext(self.language)(STATES[card.state]),
            "marks": [mark.lower() for mark in card.marks],
            "merged": merged_number(card.merged_count),
            "reason": _shortened(returned.reason) if returned else "",
            "returned_by": self.names.officer(username_of(returned.by)) if returned else "",
            "is_second_look": card.is_second_look,
            "may_denounce": card.may_denounce,
            "received_at": card.received_at,
            "who": ""
            if self.officer.handles(card.handler) or not card.handler
            else self.names.officer(card.handler),
            "unit": "" if card.unit == self.officer.unit else self.names.unit(card.unit),
            "step": gettext(self.language)(self._step(card)),
        }

    def _step(self, card: Card) -> str:
        """Return the one next step of a petition, for who takes it; for anybody else, to open it."""
        if card.state is State.IN_PROGRESS and self.officer.handles(card.handler):
            steps = {Mark.RETURNED: N_("Sửa dự thảo"), Mark.SUPPLEMENTED: N_("Đọc, viết tiếp")}
            return next((steps[mark] for mark in card.marks if mark in steps), _STEPS[State.IN_PROGRESS])
        is_theirs = card.unit == self.officer.unit or self.officer.has(*permissions.OVERSEERS)
        takers = _TAKES.get(card.state, frozenset())
        return _STEPS[card.state] if takers and is_theirs and self.officer.has(*takers) else N_("Mở hồ sơ")

    def load(self) -> dict[str, Any]:
        """Return the number of petitions due on each of the days to come, from Monday of this week."""
        due = self.work.due
        monday = self.work.today - timedelta(days=self.work.today.weekday())
        days = tuple(_weekdays(monday))
        most = max((due[day] for day in days), default=0)
        late = sum(number for day, number in due.items() if day < self.work.today)
        return {
            "days": [
                {
                    "day": day,
                    "name": short_day(day, self.language),
                    "number": due[day],
                    "height": round(36 * due[day] / most, 1) if most else 0,
                    "look": _look_of_day(day, self.work.today) if due[day] else "",
                }
                for day in days
            ],
            "busiest": max(days, key=lambda day: due[day]) if most else None,
            "most": most,
            "late": late,
            "total": sum(due.values()),
        }

    def elsewhere(self) -> list[dict[str, Any]]:
        """Return the officer's petitions that wait for somebody else."""
        _n = counted(self.language)
        waiting: Mapping[State, int] = self.work.waiting
        approval, supplement, publication = (
            waiting.get(state, 0)
            for state in (State.AWAITING_APPROVAL, State.AWAITING_INFORMATION, State.ANSWERED)
        )
        words = (
            (approval, _n("%(count)s hồ sơ chờ phê duyệt", approval), State.AWAITING_APPROVAL),
            (supplement, _n("%(count)s hồ sơ chờ người gửi bổ sung", supplement), State.AWAITING_INFORMATION),
            (publication, _n("%(count)s hồ sơ chờ công khai", publication), State.ANSWERED),
        )
        return [
            {
                "words": text % {"count": number},
                "href": link(
                    address_of(urlencode({"queue": self.officer.unit, "state": state, "mine": "true"})),
                    self.language,
                ),
            }
            for number, text, state in words
            if number
        ]


def _weekdays(monday: date) -> Iterator[date]:
    for number in range(DAYS):
        yield monday + timedelta(days=number // _WEEK * 7 + number % _WEEK)


def _look_of_day(day: date, today: date) -> str:
    return "late" if day < today else "soon" if day <= today + SOON else ""


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_REASON else f"{text[:LONGEST_REASON].rstrip()}…"


def number_of_work(headings: Iterable[Heading]) -> int:
    """Return the number of petitions that wait for the officer."""
    return len(
        {card.reference for heading in headings for card in heading.cards if heading.name != "waiting"}
    )
