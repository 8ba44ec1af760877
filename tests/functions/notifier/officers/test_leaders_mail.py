"""Leaders read the figures of their page on the first working day of a week: once, numbers alone, each their own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chalicelib.notifier.officers.leaders_mail import leaders_facts
from shared.domain.calendar.working_calendar import WorkingCalendar
from shared.domain.figures.alarms import Undelivered
from shared.domain.figures.counted import counted
from shared.domain.figures.leaders import leaders_figures
from shared.domain.figures.periods import month_of
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.promises.digests import is_first_of_week
from shared.platform.messages import DigestRequest
from tests.functions.notifier.conftest import PostRoom
from tests.support.builders import CALENDAR, TERMS, a_petition, vietnam

MONDAY = date(2026, 11, 9)


def ask(post_room: PostRoom, officer: str, on: date, times: int = 1) -> None:
    cloud = post_room.system.local.cloud
    body = DigestRequest(officer=officer, on=on).model_dump_json()
    for _ in range(times):
        cloud.client("sqs").send_message(QueueUrl=cloud.queue_url("notices"), MessageBody=body)
    post_room.work()


@pytest.fixture
def busy(post_room: PostRoom) -> PostRoom:
    """A post room on a Monday, with a petition that fell due in October and is unanswered."""
    petition = post_room.a_petition()
    changed = petition.assign(Change.by_officer("x", post_room.clock.now(), "assign"), "VCCVC")
    post_room.save(petition, changed.model_copy(update={"due_on": date(2026, 10, 20)}))
    post_room.clock.hold_at(post_room.clock.now() + (MONDAY - date(2026, 11, 3)))
    return post_room


def weekly(post_room: PostRoom) -> list[str]:
    return [m.to for m in post_room.system.outbox() if "Giữ lời hứa" in (m.subject or "")]


def test_committee_reads_the_share_and_where_it_comes_from(busy: PostRoom):
    ask(busy, "yen.bcd", MONDAY, times=2)

    (mail,) = [m for m in busy.system.outbox() if m.to == "yen.bcd@pakn.example"]
    assert mail.subject == "Giữ lời hứa: 0 % trả lời đúng hạn (01/10/2026 – 31/10/2026)"
    for part in (
        "Đến hạn: 1; đúng hạn 0, trễ 0, còn nợ 1",
        "Vụ Công chức - Viên chức: 1",
        "/desk/leaders?from=2026-10-01",
    ):
        assert part in mail.text
    assert "26 4831" not in mail.text
    assert "Phụ cấp" not in mail.text
    assert "/desk/unsubscribe/" in mail.text
    assert busy.is_done()


@pytest.mark.parametrize(
    ("officer", "later"),
    [
        pytest.param("minh.ccvc", 0, id="a handler"),
        pytest.param("yen.bcd", 1, id="on a Tuesday"),
    ],
)
def test_nobody_else_and_no_other_day(busy: PostRoom, officer: str, later: int):
    busy.clock.hold_at(busy.clock.now() + timedelta(days=later))

    ask(busy, officer, MONDAY + timedelta(days=later))

    assert weekly(busy) == []
    assert busy.is_done()


@pytest.mark.parametrize(
    ("day", "is_first"),
    [
        pytest.param("2026-11-09", True, id="a Monday"),
        pytest.param("2026-11-10", False, id="a Tuesday"),
        pytest.param("2026-11-08", False, id="a Sunday"),
        pytest.param("2026-09-01", False, id="a day off"),
    ],
)
def test_first_working_day_of_a_week(day: str, is_first: object):
    assert is_first_of_week(date.fromisoformat(day), WorkingCalendar(())) is is_first


def test_mail_and_page_have_the_same_figures():
    answered = a_petition(State.ANSWERED, received_at=vietnam("2026-06-01"))
    owed = a_petition(State.IN_PROGRESS, received_at=vietnam("2026-06-02"))
    today = date(2026, 7, 6)
    figures = leaders_figures(
        [counted(each, TERMS, CALENDAR, today) for each in (answered, owed)],
        month_of(date(2026, 6, 1)),
        today,
        Undelivered(letters=2, contradicted=1),
    )

    facts = leaders_facts(figures, [("Vụ CCVC", 1)], [], [("Vụ CCVC", 3)], "https://pakn.example")

    assert (facts["percent"], facts["due"], facts["owed"]) == ("50", figures.now.due, figures.now.owed)
    assert (facts["undelivered"], facts["complaints"]) == (3, "Vụ CCVC: 3")
    assert facts["leaders_link"] == "https://pakn.example/desk/leaders?from=2026-06-01&to=2026-06-30"
