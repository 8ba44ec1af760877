"""The clock's reminders of one morning are one mail for each officer, and a mail of its own is the exception."""

from __future__ import annotations

from datetime import date

import pytest

from chalicelib.notifier.officers.reminders import BY_CHOICE, REMINDERS, Moment, is_left_to_digest
from shared.domain.identity.reference import damm_digit
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.promises.digests import digest_on, is_time_of_digest
from shared.domain.promises.notices import NoticeKind
from shared.tables.directory import Officer, OfficerPreference
from tests.functions.notifier.conftest import PostRoom
from tests.support.builders import CALENDAR, a_petition, vietnam
from tests.support.desk_pages import Browser

MORNING = "2026-06-17"
"""A Wednesday; the petition of the builders is due on Monday the 22nd."""


def an_officer(*roles: str) -> Officer:
    return Officer(
        id="minh", valid_from=date(2020, 1, 1), name="x", email="m@x.example", unit="VCCVC", roles=roles
    )


def is_left(
    kind: NoticeKind,
    petition: Petition,
    *roles: str,
    at: str = "08:00",
    on: str = MORNING,
    **preference: bool,
) -> bool:
    chosen = OfficerPreference.model_validate({"id": "minh", "valid_from": date(2020, 1, 1), **preference})
    return is_left_to_digest(
        kind, petition, an_officer(*roles), chosen, Moment(vietnam(on, at), CALENDAR, {"VCCVC": None})
    )


@pytest.mark.parametrize("digest", [True, False], ids=["with the digest", "who ended it"])
@pytest.mark.parametrize(
    ("kind", "state", "role", "on"),
    [
        pytest.param(NoticeKind.WARNING, State.IN_PROGRESS, "handler", MORNING, id="due in five days"),
        pytest.param(NoticeKind.WARNING, State.IN_PROGRESS, "unit-head", "2026-06-19", id="due in three"),
        pytest.param(NoticeKind.ESCALATION, State.IN_PROGRESS, "unit-head", "2026-06-23", id="one level up"),
        pytest.param(NoticeKind.ESCALATION, State.IN_PROGRESS, "approver", "2026-07-01", id="two levels up"),
        pytest.param(
            NoticeKind.ESCALATION, State.IN_PROGRESS, "inspector", "2026-07-10", id="three levels up"
        ),
        pytest.param(NoticeKind.ACCEPTANCE_DUE, State.ASSIGNED, "unit-head", "2026-06-03", id="to accept"),
        pytest.param(
            NoticeKind.APPROVAL_DUE, State.AWAITING_APPROVAL, "approver", "2026-06-03", id="to approve"
        ),
        pytest.param(NoticeKind.PUBLICATION_DUE, State.ANSWERED, "approver", "2026-06-03", id="to publish"),
        pytest.param(
            NoticeKind.INCOMPLETE, State.AWAITING_INFORMATION, "handler", "2026-06-16", id="incomplete"
        ),
    ],
)
def test_reminder_is_left_to_the_digest_that_names_its_petition(kind, state, role, on, digest):
    assert is_left(kind, a_petition(state), role, on=on, digest=digest)


def test_reminder_that_the_digest_does_not_name_is_a_mail_of_its_own():
    assert not is_left(NoticeKind.WARNING, a_petition(State.IN_PROGRESS), "handler", on="2026-06-10")
    assert not is_left(NoticeKind.WARNING, a_petition(State.IN_PROGRESS), "auditor")


@pytest.mark.parametrize(
    ("on", "at", "expected"),
    [
        pytest.param("2026-06-19", "11:59", True, id="named by today's digest"),
        pytest.param("2026-06-19", "12:00", True, id="due on the day of the next"),
        pytest.param("2026-06-22", "11:59", True, id="due today, before noon"),
        pytest.param("2026-06-22", "12:00", False, id="due today, and the next digest comes tomorrow"),
        pytest.param("2026-06-23", "15:00", True, id="overdue anyway"),
    ],
)
def test_what_falls_due_before_the_next_digest_is_a_mail_of_its_own(on, at, expected):
    assert is_left(NoticeKind.WARNING, a_petition(State.IN_PROGRESS), "handler", on=on, at=at) is expected


@pytest.mark.parametrize("kind", sorted(set(NoticeKind) - REMINDERS - BY_CHOICE))
def test_what_somebody_did_is_a_mail_of_its_own(kind):
    assert not is_left(kind, a_petition(State.IN_PROGRESS), "handler", digest=True, folds=True)


@pytest.mark.parametrize("kind", sorted(BY_CHOICE))
def test_ordinary_mail_is_left_to_the_digest_by_choice(kind):
    assert is_left(kind, a_petition(State.IN_PROGRESS), "handler", digest=True, folds=True)
    assert not is_left(kind, a_petition(State.IN_PROGRESS), "handler", digest=True, folds=False)


@pytest.mark.parametrize(
    ("at", "on"),
    [
        pytest.param(("2026-06-19", "06:00"), "2026-06-19", id="before it"),
        pytest.param(("2026-06-19", "11:59"), "2026-06-19", id="until noon"),
        pytest.param(("2026-06-19", "12:00"), "2026-06-22", id="on Friday afternoon"),
        pytest.param(("2026-06-20", "08:00"), "2026-06-22", id="on a Saturday"),
    ],
)
def test_day_of_the_digest_that_contains_a_reminder(at, on):
    assert f"{digest_on(vietnam(*at), CALENDAR)}" == on


def test_digests_are_sent_on_the_mornings_of_working_days():
    assert is_time_of_digest(vietnam("2026-06-19", "07:00"), CALENDAR)
    assert not is_time_of_digest(vietnam("2026-06-19", "06:59"), CALENDAR)
    assert not is_time_of_digest(vietnam("2026-06-19", "12:00"), CALENDAR)
    assert not is_time_of_digest(vietnam("2026-06-20", "08:00"), CALENDAR)


# --- through the system: the mails of one morning, counted -----------------------------------------------


def reference_of(n: int) -> str:
    digits = f"2648319{n:03}"
    return digits + damm_digit(digits)


def many(post_room: PostRoom, count: int) -> None:
    """Let so many petitions lie on the desk of one handler."""
    for n in range(count):
        petition = post_room.a_petition(reference=reference_of(n), email=None, phone=None)
        at_work = post_room.at_work(petition, "VCCVC", "minh.ccvc")
        post_room.save(at_work, at_work.add_note(Change.by_officer("x", post_room.clock.now(), "n"), "n"))


def a_morning(post_room: PostRoom, until: date) -> dict[str, int]:
    """Let time pass to the evening of a day; return how many mails each officer got on that day."""
    post_room.system.travel(days=(until - post_room.clock.now().date()).days)
    counts: dict[str, int] = {}
    for message in post_room.system.outbox():
        if message.channel == "EMAIL" and message.at.date() == until:
            counts[message.to] = counts.get(message.to, 0) + 1
    return counts


def test_handler_and_head_of_many_petitions_get_one_mail_on_the_morning_of_the_warnings(post_room: PostRoom):
    """Received on 3 November and due on the 23rd: handlers are warned on Wednesday the 18th, unit leaders on Friday."""
    many(post_room, 6)

    wednesday = a_morning(post_room, date(2026, 11, 18))
    friday = a_morning(post_room, date(2026, 11, 20))

    assert wednesday["minh.ccvc@pakn.example"] == 1
    assert friday["huong.ccvc@pakn.example"] == 1
    assert max(friday.values()) == 1
    warned = [
        row.state
        for n in range(6)
        for row in post_room.deliveries.of_petition(reference_of(n))
        if row.kind == "WARNING"
    ]
    assert len(warned) == 12
    assert set(warned) == {"SUPERSEDED"}


def test_office_and_task_force_get_one_mail_on_the_morning_of_the_escalations(post_room: PostRoom):
    """Level two is on 2 December, level three on the 11th; drafts wait for approval meanwhile."""
    many(post_room, 4)

    second, third = a_morning(post_room, date(2026, 12, 2)), a_morning(post_room, date(2026, 12, 11))

    assert second["binh.vanphong@pakn.example"] == 1
    assert third["khanh.tocongtac@pakn.example"] == 1
    assert max(*second.values(), *third.values()) == 1


def test_who_ended_the_digest_still_gets_one_mail_with_what_is_due(post_room: PostRoom):
    browser = Browser(post_room.system, "minh.ccvc")
    browser.fill(browser.get("/desk/preferences"), "/desk/preferences", digest="", folds="")
    many(post_room, 3)

    counts = a_morning(post_room, date(2026, 11, 18))

    assert counts["minh.ccvc@pakn.example"] == 1
    mail = next(m for m in reversed(post_room.system.outbox()) if m.to == "minh.ccvc@pakn.example")
    assert "Đến hạn trong 5 ngày tới: 3" in mail.text
    assert "/desk/unsubscribe/" not in mail.text


def test_preferences_say_what_is_bundled_and_what_is_not(post_room: PostRoom):
    page = Browser(post_room.system, "minh.ccvc").get("/desk/preferences").text

    assert "gộp trong một thư mỗi sáng" in page
    assert "thư riêng" in page
