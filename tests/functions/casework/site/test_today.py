"""The home of the desk: for each role what waits, what is late, what is due, what is new; as the digest selects it."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest

from chalicelib.casework import composition
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity import reference
from shared.domain.identity.reference import spaced
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.use_cases.daily_work import work_of_the_day
from tests.support.builders import a_petition
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer, answer_petition
from tests.support.system import START, System

MINE = "minh.ccvc"
DUE_IN = {"late": -3, "today": 0, "soon": 4, "later": 12}
TODAY = local_date(START)
REASON = "Thiếu căn cứ về ngày tính thời gian giữ ngạch."


def petition(number: int, name: str, state: State = State.IN_PROGRESS, **facts: object) -> Petition:
    """Return a petition of VCCVC, due as its name says."""
    due_on = TODAY + timedelta(days=DUE_IN[name.split(maxsplit=1)[0]])
    prepared = a_petition(
        state,
        received_at=START - timedelta(days=9),
        reference=next(reference.candidates(b"desk" * 16, str(number), 2026)),
        subject=name,
    )
    return prepared.model_copy(update={"due_on": due_on, **facts})


def returned(number: int) -> Petition:
    """Return a petition whose draft came back to its handler."""
    prepared = petition(number, "later returned", State.AWAITING_APPROVAL, handler=MINE)
    return prepared.return_draft(Change.by_officer("binh.vanphong", START, "return"), REASON)


@pytest.fixture(scope="module")
def morning(running_system: System) -> System:
    """A unit's morning: one petition of each kind of work."""
    running_system.reset()
    Officer(running_system, "minh.ccvc").queue()  # loads the function
    petitions = [
        petition(1, "late mine", handler=MINE),
        petition(2, "today mine", handler=MINE),
        petition(3, "soon mine", handler=MINE),
        petition(4, "later mine", handler=MINE),
        petition(5, "late another's", handler="hoa.ccvc"),
        petition(6, "soon to accept", State.ASSIGNED),
        petition(7, "later to approve", State.AWAITING_APPROVAL, handler=MINE),
        petition(8, "later answered", State.ANSWERED, handler=MINE),
        returned(9),
    ]
    new = petition(10, "later new", State.ASSIGNED).model_copy(update={"received_at": START})
    for each in (*petitions, new):
        composition.parts().petitions.add(each)
    stream = running_system.local.pumps.stream
    stream.go_on_from(stream.position + stream.lag)
    return running_system


def text_of(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def tiles_of(page: str) -> dict[str, str]:
    """Return the numbers of the tiles by their labels."""
    tiles = re.findall(
        r'<span class="n">([^<]+)</span><span class="l">.*?</svg> ([^<]+)</span>', page, re.DOTALL
    )
    return {html.unescape(label): number for number, label in tiles}


def section_of(page: str, name: str) -> str:
    """Return the rows under one heading."""
    section = re.search(rf'<section class="group" id="{name}".*?</section>', page, re.DOTALL)
    return text_of(section[0]) if section else ""


def test_handler_sees_what_came_back_before_what_is_late_and_why(morning: System):
    page = Browser(morning, "minh.ccvc").get("/desk/").text

    assert tiles_of(page) == {
        "Bị trả lại": "1",
        "Quá hạn": "1",
        "Hạn trong 5 ngày": "2",
        "Chưa ai nhận": "2",
    }
    assert page.index('id="returned"') < page.index('id="late"') < page.index('id="soon"')
    assert REASON in section_of(page, "returned")
    assert "Phan Thanh Bình" in section_of(page, "returned")
    assert "Sửa dự thảo" in section_of(page, "returned")
    assert "quá 2 ngày" in section_of(page, "late")
    assert "late another's" not in page


def test_one_button_is_the_first(morning: System):
    page = Browser(morning, "minh.ccvc").get("/desk/").text

    assert page.count("btn primary") == 1
    assert page.index("btn primary") < page.index('id="late"')


def test_new_ones_stand_last_and_what_waits_for_others_aside(morning: System):
    page = Browser(morning, "minh.ccvc").get("/desk/").text

    assert "later new" in section_of(page, "new")
    assert "late mine" not in section_of(page, "new")
    aside = text_of(page[page.index("<aside") :])
    assert "1 hồ sơ chờ phê duyệt" in aside
    assert "1 hồ sơ chờ công khai" in aside
    assert "1 hồ sơ đã quá hạn" in aside


@pytest.mark.parametrize(
    ("username", "labels"),
    [
        pytest.param("huong.ccvc", {"Quá hạn, cả đơn vị": "2", "Chưa ai nhận": "2"}, id="head"),
        pytest.param(
            "binh.vanphong",
            {"Chờ phê duyệt": "1", "Chờ công khai": "1", "Quá hạn, mọi đơn vị": "2"},
            id="approver",
        ),
        pytest.param("khanh.tocongtac", {"Quá hạn, mọi đơn vị": "2", "Cần gọi lại": "0"}, id="inspector"),
        pytest.param("tong.dai", {"Cần gọi lại": "0"}, id="operator"),
        pytest.param("quantri", {"Đề nghị thay đổi": "0", "Tin chưa rõ đã gửi": "0"}, id="administrator"),
        pytest.param(
            "kiemtoan", {"Lần mở niêm phong, mở tệp": "0", "Báo đã nhận rồi bị bác": "0"}, id="auditor"
        ),
    ],
)
def test_each_role_has_a_home_with_its_own_work(morning: System, username: str, labels: dict[str, str]):
    page = Browser(morning, username).get("/desk/")

    assert page.status == 200
    assert labels.items() <= tiles_of(page.text).items()


def test_page_and_digest_name_the_same_petitions(morning: System):
    parts = composition.parts()
    officer = parts.directory.officers()["minh.ccvc"]
    cards, _following = parts.petitions.desk("VCCVC", limit=100)
    digest = work_of_the_day(officer, cards, parts.directory.parents(TODAY), TODAY)

    page = Browser(morning, "minh.ccvc").get("/desk/").text

    assert {heading.name: len(heading.cards) for heading in digest} == {
        "returned": 1,
        "late": 1,
        "soon": 2,
        "to-accept": 2,
    }
    for heading in digest:
        for card in heading.cards:
            assert spaced(card.reference) in section_of(page, heading.name)


def test_tile_leads_to_a_queue_with_as_many_petitions(morning: System):
    browser = Browser(morning, "huong.ccvc")
    page = browser.get("/desk/").text
    tiles = re.findall(r'class="tile [a-z]*" href="(/desk/queue[^"]+)"><span class="n">(\d+)', page)

    assert len(tiles) >= 3
    for address, number in tiles:
        listed = browser.get(html.unescape(address)).text
        if "soon=true" not in address:  # that filter of the queue has what is late, too
            assert len(set(re.findall(r'name="pick" value="(\d{11})', listed))) == int(number), address


def test_numbers_in_the_navigation_are_those_of_the_page(morning: System):
    page = Browser(morning, "minh.ccvc").get("/desk/").text

    assert re.search(r'aria-current="page">Hôm nay <span class="count">6<', page)
    assert re.search(r'>Hồ sơ <span class="count">7<', page)


def test_search_box_stands_on_every_page(morning: System):
    browser = Browser(morning, "minh.ccvc")

    for path in ("/desk/", "/desk/queue", "/desk/preferences", "/desk/search"):
        assert 'class="find" role="search"' in browser.get(path).text


def test_address_of_a_queue_from_earlier_days_leads_to_it(morning: System):
    browser = Browser(morning, "minh.ccvc")

    moved = browser.get("/desk/" + "?queue=VCCVC&overdue=true")

    assert (moved.status, moved.header("location")) == (303, "/desk/queue?queue=VCCVC&overdue=true")


def test_page_costs_what_a_page_of_the_queue_costs_and_the_returned_drafts(morning: System):
    browser = Browser(morning, "minh.ccvc")
    browser.get("/desk/")

    with morning.faults.counting() as calls:
        page = browser.get("/desk/")

    assert [call.operation for call in calls] == ["GetItem", "Query", "BatchGetItem"]
    assert len(page.body) < 40_000


def test_work_beside_the_queues_has_its_first_rows_and_its_number_in_the_menu(system: System):
    person = {"name": "Lò Thị Mai", "address": "Bản Khẩu Cắm, Điện Biên", "phone": "0912345678"}
    citizen = Citizen(system, petitioner=person, reply_by=["PHONE"])
    citizen.send()
    answer_petition(system, citizen.reference, text="Kết quả được công bố trước ngày 30/11/2026.")
    system.settle()
    administrator = Browser(system, "quantri")
    text = "/desk/texts/officer.ASSIGNED.EMAIL.vi"
    administrator.fill(administrator.get(text), text, text="Xin nhận xử lý.", step="save")
    operator = Officer(system, "tong.dai")
    waiting = operator.get("/v1/calls").json()["calls"]
    call = waiting[0]
    operator.post(f"/v1/calls/{call['reference']}/dial", notice=call["notice"])

    calls, proposals, openings = (
        Browser(system, username).get("/desk/").text for username in ("tong.dai", "hien.quantri", "kiemtoan")
    )

    assert spaced(citizen.reference) in calls
    assert re.search(rf'Cần gọi lại <span class="count">{len(waiting)}<', calls)
    assert "Tạ Văn Hậu" in text_of(proposals)
    assert 'href="/desk/proposals/' in proposals
    assert re.search(r'Đề nghị thay đổi <span class="count">1<', proposals)
    assert "Phạm Thu Trang" in text_of(openings)
    assert spaced(citizen.reference) in openings
