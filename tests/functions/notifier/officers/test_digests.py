"""Each officer reads in the morning what stands on their desk: once, if there is something, nothing they may not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from infra.local.emulation import moto_insides
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.values.classification import Channel, Kind, Lane
from shared.domain.procedures.marks import Mark
from shared.domain.promises.notices import Audience, NoticeKind
from shared.platform.messages import DigestRequest
from shared.tables.directory import Officer
from shared.tables.petition_items import Card
from shared.use_cases.daily_work import units_read, work_of_the_day
from tests.campaigns.faults.injection import Fault
from tests.functions.notifier.conftest import PostRoom
from tests.support.desk_pages import Browser
from tests.support.system import START

TODAY = date(2026, 11, 3)
LATER = date(2026, 12, 24)
PARENTS = {"VP": None, "A": "VP", "A1": "A", "B": None}


def an_officer(*roles: str, unit: str = "A") -> Officer:
    return Officer(id="me", valid_from=TODAY, name="x", email="me@x.example", unit=unit, roles=roles)


def a_card(reference: str = "1", **facts: object) -> Card:
    usual = {
        "reference": reference,
        "state": State.IN_PROGRESS,
        "channel": Channel.WEB,
        "subject": "s",
        "field": None,
        "kind": Kind.REGULATION,
        "unit": "A",
        "handler": "me",
        "lane": Lane.ORDINARY,
        "received_at": START,
        "due_on": TODAY + timedelta(days=3),
        "version": 1,
    }
    return Card.model_validate(usual | facts)


@pytest.mark.parametrize(
    ("role", "card", "title"),
    [
        pytest.param(
            "handler", a_card(due_on=TODAY - timedelta(1)), "Quá hạn trả lời", id="mine and overdue"
        ),
        pytest.param("handler", a_card(due_on=TODAY), "Đến hạn trong 5 ngày tới", id="mine and due today"),
        pytest.param("handler", a_card(due_on=TODAY + timedelta(6)), None, id="mine and due later"),
        pytest.param("handler", a_card(handler="another"), None, id="another's"),
        pytest.param(
            "handler", a_card(handler=None, state=State.ASSIGNED), "Chờ nhận xử lý", id="to be accepted"
        ),
        pytest.param(
            "unit-head", a_card(handler="another"), "Đến hạn trong 5 ngày tới (cả đơn vị)", id="the unit's"
        ),
        pytest.param("unit-head", a_card(unit="B"), None, id="another unit's"),
        pytest.param(
            "approver", a_card(unit="B", state=State.AWAITING_APPROVAL), "Dự thảo chờ phê duyệt", id="a draft"
        ),
        pytest.param(
            "approver",
            a_card(state=State.ANSWERED, may_publish=True),
            "Chờ công khai kết quả",
            id="to be published",
        ),
        pytest.param("approver", a_card(state=State.ANSWERED), None, id="not to be published"),
        pytest.param(
            "intake-officer", a_card(state=State.RECEIVED), "Chờ phân loại, phân công", id="to be classified"
        ),
        pytest.param(
            "inspector",
            a_card(unit="B", kind=Kind.CONDUCT, due_on=date(2027, 1, 1)),
            "Phản ánh về hành vi",
            id="conduct",
        ),
        pytest.param(
            "inspector",
            a_card(state=State.RESTRICTED, lane=Lane.RESTRICTED),
            "Quy trình riêng",
            id="a denunciation",
        ),
        pytest.param(
            "approver", a_card(state=State.RESTRICTED, lane=Lane.RESTRICTED), None, id="not for everybody"
        ),
        pytest.param("auditor", a_card(), None, id="no work at the desk"),
        pytest.param(
            "handler",
            a_card(due_on=LATER, marks=(Mark.RETURNED,)),
            "Dự thảo bị trả lại",
            id="a returned draft",
        ),
        pytest.param(
            "handler",
            a_card(due_on=LATER, marks=(Mark.SUPPLEMENTED,)),
            "Người gửi đã bổ sung",
            id="the sender wrote again",
        ),
        pytest.param(
            "handler",
            a_card(due_on=LATER, marks=(Mark.RETURNED,), handler="another"),
            None,
            id="another's draft",
        ),
        pytest.param(
            "approver",
            a_card(due_on=LATER, marks=(Mark.DISPUTED,), state=State.RECEIVED),
            "Đơn vị nào giải quyết: chờ quyết định",
            id="a dispute",
        ),
        pytest.param(
            "inspector", a_card(due_on=LATER, is_second_look=True), "Chờ xem xét lại", id="a second look"
        ),
    ],
)
def test_what_stands_on_whose_desk(role: str, card: Card, title: str | None):
    titles = [heading.title for heading in work_of_the_day(an_officer(role), [card], PARENTS, TODAY)]

    assert titles == ([title] if title else [])


@pytest.mark.parametrize(
    ("unit", "knows"),
    [
        pytest.param("A", False, id="the unit itself"),
        pytest.param("A1", False, id="a unit below it"),
        pytest.param("VP", False, id="the unit above it"),
        pytest.param("B", True, id="a unit elsewhere"),
    ],
)
def test_nobody_in_the_line_of_the_unit_complained_of_learns_of_it(unit, knows):
    card = a_card(state=State.AWAITING_APPROVAL, kind=Kind.CONDUCT, complained_unit="A", unit="B")

    assert bool(work_of_the_day(an_officer("approver", unit=unit), [card], PARENTS, TODAY)) is knows


def test_digest_reads_only_the_desks_that_it_needs():
    assert units_read(an_officer("handler"), PARENTS) == ("A",)
    assert units_read(an_officer("approver"), PARENTS) == tuple(PARENTS)
    assert units_read(an_officer("auditor", "committee"), PARENTS) == ()


# --- through the system ------------------------------------------------------------------------------------


def ask(post_room: PostRoom, officer: str, on: date = TODAY, times: int = 1) -> None:
    cloud = post_room.system.local.cloud
    body = DigestRequest(officer=officer, on=on).model_dump_json()
    for _ in range(times):
        cloud.client("sqs").send_message(QueueUrl=cloud.queue_url("notices"), MessageBody=body)
    post_room.work()


def mails(post_room: PostRoom) -> list[str]:
    return [
        f"{message.to}: {message.subject}"
        for message in post_room.system.outbox()
        if "Việc trong ngày" in (message.subject or "")
    ]


@pytest.fixture
def busy(post_room: PostRoom) -> PostRoom:
    """A post room with a petition at work that is due today."""
    petition = post_room.a_petition()
    changed = petition.assign(Change.by_officer("x", post_room.clock.now(), "assign"), "VCCVC")
    changed = changed.accept(Change.by_officer("x", post_room.clock.now(), "accept"), handler="minh.ccvc")
    post_room.save(petition, changed.model_copy(update={"due_on": TODAY}))
    return post_room


def test_digest_names_what_is_due_with_a_link_and_says_nothing_of_the_petitioner(busy: PostRoom):
    ask(busy, "minh.ccvc")

    (mail,) = busy.system.outbox()
    assert mail.subject == "Việc trong ngày 03/11/2026: 1 hồ sơ cần xử lý"
    for part in (
        "Đến hạn trong 5 ngày tới: 1",
        "26 4831 9027 5",
        "Phụ cấp không đúng",
        "/desk/petitions/26483190275",
    ):
        assert part in mail.text
        assert part in (mail.html or "")
    assert "Trần Thị Bình Minh" not in mail.text


def test_digest_that_is_asked_for_twice_is_sent_once(busy: PostRoom):
    ask(busy, "minh.ccvc", times=3)

    assert mails(busy) == ["minh.ccvc@pakn.example: Việc trong ngày 03/11/2026: 1 hồ sơ cần xử lý"]
    assert busy.is_done()


@pytest.mark.parametrize(
    ("officer", "on"),
    [
        pytest.param("dung.cchc", TODAY, id="who has nothing to do"),
        pytest.param("minh.ccvc", date(2026, 11, 2), id="yesterday's"),
        pytest.param("nobody.here", TODAY, id="who has left"),
    ],
)
def test_no_digest_for(busy: PostRoom, officer: str, on: date):
    ask(busy, officer, on)

    assert mails(busy) == []
    assert busy.is_done()


def test_digest_that_the_provider_did_not_take_goes_out_at_the_next_try(busy: PostRoom):
    busy.system.local.cold_start()
    with busy.system.faults.counting() as calls:
        ask(busy, "minh.ccvc")
    send = next(call.number for call in calls if call.operation == "SendEmail")
    busy.system.reset()
    petition = busy.a_petition()
    changed = petition.assign(Change.by_officer("x", busy.clock.now(), "assign"), "VCCVC")
    changed = changed.accept(Change.by_officer("x", busy.clock.now(), "accept"), handler="minh.ccvc")
    busy.save(petition, changed.model_copy(update={"due_on": TODAY}))
    busy.system.local.cold_start()

    with busy.system.faults.at({send: Fault.THROTTLE}):
        ask(busy, "minh.ccvc")
    before = mails(busy)
    busy.wait(minutes=6)

    assert before == []
    assert len(mails(busy)) == 1


def test_one_click_ends_the_digest_but_not_the_reminders_of_what_is_overdue(busy: PostRoom):
    ask(busy, "minh.ccvc")
    (mail,) = busy.system.outbox()
    link = next(word for word in mail.text.split() if "/desk/unsubscribe/" in word)
    path = link.removeprefix("http://localhost:8088")

    requested = busy.system.http("GET", path)
    ended = busy.system.http("POST", path, form={"List-Unsubscribe": "One-Click"})
    busy.clock.hold_at(busy.clock.now() + timedelta(days=1))
    ask(busy, "minh.ccvc", TODAY + timedelta(days=1))

    assert (requested.status, ended.status) == (200, 200)
    reminder = busy.system.outbox()[-1]
    assert len(mails(busy)) == 2
    assert "Quá hạn trả lời: 1" in reminder.text
    assert "/desk/unsubscribe/" not in reminder.text


def test_link_of_nobody_ends_nothing(busy: PostRoom):
    assert busy.system.http("POST", f"/desk/unsubscribe/{'0' * 32}").status == 422


def test_officer_leaves_ordinary_mails_to_the_digest_with_the_reminders_but_not_what_somebody_did(
    post_room: PostRoom,
):
    browser = Browser(post_room.system, "huong.ccvc")
    browser.fill(browser.get("/desk/preferences"), "/desk/preferences", digest="true", folds="true")
    petition = post_room.a_petition()
    assigned = petition.assign(Change.by_officer("x", post_room.clock.now(), "assign"), "VCCVC")
    warned = assigned.record(Action.WARN_UNIT_HEAD, Change.by_timer(post_room.clock.now(), "w"))
    added = warned.supplement(Change.by_petitioner(post_room.clock.now(), "s"), "thêm")
    post_room.save(petition, added)

    post_room.notify(NoticeKind.ASSIGNED, Audience.UNIT_HEAD, seq=2)
    post_room.notify(NoticeKind.WARNING, Audience.UNIT_HEAD, seq=3)
    post_room.notify(NoticeKind.SUPPLEMENTED, Audience.HANDLER, seq=4)

    (mail,) = post_room.out()
    assert "người gửi đã bổ sung" in (mail.subject or "")
    for row in ("2#ASSIGNED#UNIT_HEAD#EMAIL#huong.ccvc", "3#WARNING#UNIT_HEAD#EMAIL#huong.ccvc"):
        assert post_room.row(row).reason == "in-digest"


def test_mail_of_the_digest_can_be_ended_in_the_mail_program(busy: PostRoom):
    ask(busy, "minh.ccvc")

    ((_, raw),) = moto_insides.sent_mails()
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in raw
    assert "List-Unsubscribe: <http://localhost:8088/desk/unsubscribe/" in raw


def test_digests_are_asked_for_once_each_working_morning(busy: PostRoom):
    hourly = busy.system.local.pumps.hourly
    for hour in (-3, 0, 1, 2, 12, 23, 24, 96 + 1):
        busy.clock.hold_at(START.replace(hour=0) + timedelta(hours=hour))
        hourly.fire()
        busy.work()

    days = [line.split("ngày ")[1][:10] for line in mails(busy) if line.startswith("minh.ccvc")]
    assert days == ["03/11/2026", "04/11/2026"]
