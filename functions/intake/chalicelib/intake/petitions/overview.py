"""The top of a petition's page: one sentence for now, what stands first, how far it is, and the next date. Pure.

A reader asks in this order: what is the matter now, when do I hear, what can I do. Each state has one row in
`_HEADLINES`; what the ministry asks, or where it sent the matter, stands before everything else.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from shared.domain.calendar import deadlines
from shared.domain.calendar.terms import Terms
from shared.domain.calendar.working_calendar import WorkingCalendar, local_date
from shared.domain.petition.facts import Dispatch, LetterFacts
from shared.domain.petition.history import Entry, letter_of
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.promises.next_steps import next_update_on
from shared.web.i18n import N_, Language, counted, gettext
from shared.web.rendering import day, day_in_sentence


class First(StrEnum):
    """The thing that stands on top of the page."""

    QUESTION = "question"
    ANSWER = "answer"
    DESTINATION = "destination"
    """The body that the matter went to, or the reason for which it was not taken up, and what to do."""
    CLOCK = "clock"
    """Nothing is asked and nothing is answered: the next date."""
    NOTHING = "nothing"
    """The matter has ended, or goes its own way: the sentence is all."""


class Headline(NamedTuple):
    """The row of a state: what stands first, how it looks, and the sentence."""

    first: First
    look: str
    picture: str
    sentence: str


_HEADLINES: dict[State, Headline] = {
    State.RECEIVED: Headline(
        First.CLOCK, "info", "folder", N_("Bộ đã nhận và đang xem đơn vị nào giải quyết việc của bạn.")
    ),
    State.AWAITING_INFORMATION: Headline(First.QUESTION, "attention", "ask", N_("Bộ hỏi bạn một điều.")),
    State.ASSIGNED: Headline(First.CLOCK, "info", "folder", N_("Việc của bạn đã giao cho %(unit)s.")),
    State.IN_PROGRESS: Headline(First.CLOCK, "info", "clock", N_("%(unit)s đang xử lý việc của bạn.")),
    State.AWAITING_APPROVAL: Headline(
        First.CLOCK, "info", "clock", N_("Câu trả lời đã soạn xong, đang chờ lãnh đạo duyệt.")
    ),
    State.ANSWERED: Headline(First.ANSWER, "success", "done", N_("Bộ đã trả lời bạn %(on)s.")),
    State.PUBLISHED: Headline(First.ANSWER, "success", "done", N_("Bộ đã trả lời bạn %(on)s.")),
    State.CLOSED: Headline(First.ANSWER, "success", "done", N_("Bộ đã trả lời bạn %(on)s.")),
    State.REOPENED: Headline(First.CLOCK, "attention", "again", N_("Bộ đang xem xét lại việc của bạn.")),
    State.REFUSED: Headline(First.DESTINATION, "attention", "alert", N_("Bộ không nhận xử lý việc này.")),
    State.FORWARDED: Headline(
        First.DESTINATION, "info", "linkto", N_("Bộ đã chuyển việc của bạn đến %(body)s; nơi đó trả lời bạn.")
    ),
    State.GUIDED: Headline(
        First.DESTINATION, "info", "linkto", N_("Việc này giải quyết theo một thủ tục khác.")
    ),
    State.RESTRICTED: Headline(
        First.NOTHING, "plain", "lock", N_("Việc của bạn được xử lý theo quy trình riêng, giữ kín.")
    ),
    State.MERGED: Headline(
        First.CLOCK, "info", "people", N_("Việc của bạn được trả lời chung với một việc giống như vậy.")
    ),
    State.WITHDRAWN: Headline(First.NOTHING, "plain", "x", N_("Bạn đã rút việc này %(on)s.")),
}
_CLOSED_UNANSWERED = Headline(First.NOTHING, "plain", "done", N_("Việc này đã kết thúc %(on)s."))

STEPS: tuple[tuple[str, frozenset[State]], ...] = (
    (N_("Tiếp nhận"), frozenset({State.RECEIVED})),
    (N_("Phân công"), frozenset({State.ASSIGNED})),
    (N_("Xử lý"), frozenset({State.IN_PROGRESS, State.AWAITING_APPROVAL})),
    (N_("Trả lời"), frozenset({State.ANSWERED, State.PUBLISHED, State.CLOSED})),
)
"""The ordinary steps to the answer. States on none of them leave the step where it is."""
_LOOKING_AGAIN = N_("Xem xét lại")
_FEW_DAYS = 3
"""Working days before the due date from which the clock asks for attention."""


class Step(NamedTuple):
    """One step to the answer: `past`, `now` or `ahead`."""

    label: str
    status: str


class Clock(NamedTuple):
    """The way from receipt (or reopening) to the due date."""

    words: str
    share: int
    """The part of it that has run, 0 to 100."""
    since: date
    due_on: date
    look: str


class Destination(NamedTuple):
    """The body that a matter went to, or the reason for which it was not taken up."""

    body: str | None
    text: str | None
    letter: str | None
    """The way and the day on which the letter was sent, in words."""


class Question(NamedTuple):
    """The thing that the ministry asks."""

    text: str | None
    asked_at: datetime


class Overview(NamedTuple):
    """The top of the page."""

    headline: Headline
    question: Question | None
    destination: Destination | None
    clock: Clock | None
    steps: tuple[Step, ...]
    next_update_on: date | None
    """The day by which the next update on an overdue petition is owed, were it not answered by then."""


def overview_of(
    petition: Petition,
    terms: Terms,
    calendar: WorkingCalendar,
    now: datetime,
    language: Language,
    unit: str | None,
) -> Overview:
    """Return the top of a petition's page, in its reader's language; `unit` is the label of its unit."""
    _ = gettext(language)
    headline = _headline_of(petition)
    destination = _destination(petition, language) if headline.first is First.DESTINATION else None
    settled = _settled(petition)
    sentence = _(headline.sentence) % {
        "unit": unit or _("Bộ"),
        "on": day_in_sentence(local_date(settled.at if settled else petition.stored_at), language),
        "body": (destination.body if destination else None) or _("cơ quan có thẩm quyền"),
    }
    return Overview(
        headline._replace(sentence=sentence[:1].upper() + sentence[1:]),
        _question(petition) if headline.first is First.QUESTION else None,
        destination,
        _clock(petition, settled, calendar, now, language),
        _steps(petition, _),
        _next_update_on(petition, terms, calendar, now),
    )


def _headline_of(petition: Petition) -> Headline:
    if petition.state is State.CLOSED and petition.answer is None:
        return _CLOSED_UNANSWERED
    return _HEADLINES[petition.state]


_SETTLING = (
    Action.APPROVE,
    Action.ANSWER_WITH_PARENT,
    Action.FORWARD,
    Action.GUIDE,
    Action.REFUSE,
    Action.WITHDRAW,
)


def _settled(petition: Petition) -> Entry | None:
    """Return the entry that the present end of the matter is dated by; None while it is open."""
    if petition.is_unanswered:
        return None
    return petition.last(*_SETTLING) or petition.last(Action.CLOSE, Action.RESTRICT)


def _question(petition: Petition) -> Question | None:
    entry = petition.last(Action.REQUEST_INFORMATION)
    return Question(entry.text if entry.is_visible else None, entry.at) if entry else None


_SENT_BY: dict[Dispatch, str] = {
    Dispatch.BY_HAND: N_("trao tận tay"),
    Dispatch.POST: N_("qua bưu điện"),
    Dispatch.EMAIL: N_("qua email"),
    Dispatch.SYSTEM: N_("qua trục liên thông văn bản"),
}


def _destination(petition: Petition, language: Language) -> Destination:
    _ = gettext(language)
    entry = petition.last(Action.FORWARD, Action.GUIDE, Action.REFUSE, Action.ANSWER_WITH_PARENT)
    body = entry.facts.body if entry and isinstance(entry.facts, LetterFacts) else None
    latest, letter = letter_of(petition.in_force), None
    facts = latest.facts if latest else LetterFacts()
    if facts.sent_on:
        by = f" {_(_SENT_BY[facts.sent_by])}" if facts.sent_by else ""
        number = _(", văn bản số %(number)s") % {"number": facts.letter_number} if facts.letter_number else ""
        letter = _("Đã gửi%(by)s ngày %(on)s%(number)s.") % {
            "by": by,
            "on": day(facts.sent_on, language),
            "number": number,
        }
    text = entry.text if entry and entry.is_visible and entry.text != body else None
    return Destination(body, text, letter)


# --- how far it is ------------------------------------------------------------------------------------


def _clock(
    petition: Petition, settled: Entry | None, calendar: WorkingCalendar, now: datetime, language: Language
) -> Clock | None:
    """Return the clock of an open or answered petition; what went elsewhere or was withdrawn has none."""
    is_answered = settled is not None and petition.answer is not None and settled.action in _SETTLING[:2]
    if not petition.is_unanswered and not is_answered:
        return None
    reopened = petition.last(Action.REOPEN)
    since = local_date(reopened.at if reopened else petition.received_at)
    until = local_date(settled.at if settled and is_answered else now)
    whole = max((petition.due_on - since).days, 1)
    share = round(100 * min(max((until - since).days, 0), whole) / whole)
    words, look = (
        _words_of_answer(deadlines.days_before(petition.due_on, until, calendar).in_words, language)
        if is_answered
        else _words_of_days(petition, calendar, now, language)
    )
    return Clock(words, share, since, petition.due_on, look)


def _words_of_answer(early: int, language: Language) -> tuple[str, str]:
    _ = gettext(language)
    _n = counted(language)
    if early > 0:
        return _n("Trả lời sớm %(count)s ngày làm việc", early) % {"count": early}, "success"
    if early == 0:
        return _("Trả lời đúng ngày cuối"), "success"
    return _n("Trả lời muộn %(count)s ngày làm việc", -early) % {"count": -early}, "danger"


def _words_of_days(
    petition: Petition, calendar: WorkingCalendar, now: datetime, language: Language
) -> tuple[str, str]:
    _ = gettext(language)
    _n = counted(language)
    left = deadlines.days_left(petition.due_on, now, calendar).in_words
    if left < 0:
        return _n("Quá hạn %(count)s ngày làm việc", -left) % {"count": -left}, "danger"
    if left == 0:
        return _("Hôm nay là ngày cuối"), "attention"
    words = _n("Còn %(count)s ngày làm việc", left) % {"count": left}
    return words, "attention" if left <= _FEW_DAYS else "info"


def _steps(petition: Petition, _: Callable[[str], str]) -> tuple[Step, ...]:
    """Return the steps to the answer; the farthest that was reached counts, so that none runs backwards.

    Of a matter that left this way (forwarded, refused, withdrawn …) only the state is shown.
    """
    if petition.state not in _HEADLINES or _headline_of(petition).first in (First.DESTINATION, First.NOTHING):
        return ()
    reached = max(
        (
            n
            for n, (_label, states) in enumerate(STEPS)
            for entry in petition.in_force
            if entry.state in states
        ),
        default=0,
    )
    labels = [_(label) for label, _states in STEPS]
    if petition.last(Action.REOPEN) is not None and petition.is_unanswered:
        return (*(Step(label, "past") for label in labels), Step(_(_LOOKING_AGAIN), "now"))
    is_answered = not petition.is_unanswered
    now = len(STEPS) if is_answered else min(reached, len(STEPS) - 2)
    return tuple(
        Step(label, "past" if n < now else "now" if n == now else "ahead") for n, label in enumerate(labels)
    )


def _next_update_on(
    petition: Petition, terms: Terms, calendar: WorkingCalendar, now: datetime
) -> date | None:
    return next_update_on(petition, terms, calendar, now) if petition.is_unanswered else None
