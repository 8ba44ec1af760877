"""Administrators look after the programs that are notified of events, at the desk's pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from chalicelib.casework.programs import look_after
from chalicelib.casework.site.programs import subscriptions
from tests.support.administration import FIRST
from tests.support.desk_pages import Browser, forms_in
from tests.support.people import Citizen, Officer
from tests.support.programs import NAME, Receiver, subscribe
from tests.support.system import System

LIST, PAGE = "/desk/subscriptions", f"/desk/subscriptions/{NAME}"
SIGNING_KEY = "whsec_"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def admin(system: System, receiver: Receiver) -> Browser:
    """The browser of an administrator, who looks after one program."""
    subscribe(system, receiver)
    return Browser(system, FIRST)


def references_on(page: str) -> list[str]:
    """Return the references of a page's deliveries, in their order."""
    buttons = [value for form in forms_in(page) for name, value in form.buttons if name == "repeat"]
    return [value.partition("|")[0] for value in buttons]


def repeat_button(page: str, event: str) -> str:
    """Return the value of the button beside an event."""
    buttons = [value for form in forms_in(page) for name, value in form.buttons if name == "repeat"]
    return next(value for value in buttons if value.endswith(f":{event}"))


def test_programs_are_listed_with_their_state_and_the_latest_that_was_sent(system: System, admin: Browser):
    Citizen(system).send()

    page = admin.get(LIST)

    assert page.status == 200
    assert PAGE in page.text
    assert "Đang gửi" in page.text
    assert "Hồ sơ đổi trạng thái" in page.text
    assert len(page.body) < 40_000


def test_menu_and_directory_lead_to_the_programs(system: System, admin: Browser):
    assert f'href="{LIST}"' in admin.get("/desk/calendar").text
    assert f'href="{LIST}"' in admin.get("/desk/directory/subscription").text
    assert f'href="{PAGE}"' in admin.get(f"/desk/directory/subscription/{NAME}").text


@pytest.mark.parametrize("username", ["minh.ccvc", "binh.vanphong", "kiemtoan"])
def test_pages_are_for_administrators_alone(system: System, admin: Browser, username: str):
    browser = Browser(system, username)

    answers = [
        browser.get(LIST).status,
        browser.get(PAGE).status,
        browser.post(PAGE, {"what": "keys"}).status,
        browser.post(PAGE, {"what": "test"}).status,
    ]

    assert answers == [403] * 4


def test_keys_are_shown_when_they_are_asked_for_and_never_stored(system: System, admin: Browser):
    shown = admin.post(PAGE, {"what": "keys"})

    key = Officer(system, FIRST).get(f"/v1/subscriptions/{NAME}/keys").json()["keys"][0]
    assert key in shown.text
    assert shown.header("cache-control") == "no-store"
    assert SIGNING_KEY not in admin.get(PAGE).text


def test_test_event_is_sent_by_a_button_and_stands_in_the_list(
    system: System, admin: Browser, receiver: Receiver
):
    answer = admin.post(PAGE, {"what": "test"})
    system.settle()

    assert answer.header("location") == f"{PAGE}?done=test"
    assert receiver.types() == Counter({"webhook.test": 1})
    page = admin.get(answer.header("location"))
    assert "Đã gửi thử" in page.text
    assert "webhook.test" in page.text


def test_event_is_sent_again_under_the_same_id(system: System, admin: Browser, receiver: Receiver):
    Citizen(system).send()

    answer = admin.post(PAGE, {"repeat": repeat_button(admin.get(PAGE).text, "petition.received")})
    system.travel(minutes=2)

    assert answer.header("location") == f"{PAGE}?done=repeat"
    received = [event["id"] for event in receiver.events if event["type"] == "petition.received"]
    assert len(received) == 2
    assert len(set(received)) == 1


def test_event_that_is_on_its_way_already_is_not_repeated_and_the_page_says_so(
    system: System, admin: Browser, receiver: Receiver
):
    receiver.status = 503
    Citizen(system).send()
    waiting = admin.get(PAGE)
    (row,) = [
        row
        for row in Officer(system, FIRST).get(f"/v1/subscriptions/{NAME}/deliveries").json()["deliveries"]
        if row["event"] == "petition.received"
    ]

    answer = admin.post(PAGE, {"repeat": f"{row['reference']}|{row['delivery']}"})

    assert references_on(waiting.text) == []
    assert "Địa chỉ trả lời HTTP 503" in waiting.text
    assert answer.status == 409
    assert "đang trên đường" in answer.text


def test_program_that_was_switched_off_is_switched_on_again(
    system: System, admin: Browser, receiver: Receiver
):
    receiver.status = 410
    Citizen(system).send()
    receiver.requests.clear()
    receiver.status = 204
    off = admin.get(PAGE)

    answer = admin.post(PAGE, {"what": "on"})
    system.travel(minutes=2)

    assert "Ngừng gửi" in off.text
    assert "Ngừng gửi" not in admin.get(LIST).text
    assert answer.status == 303
    assert "done=on" in answer.header("location")
    assert "Gửi lại" in admin.get(answer.header("location")).text
    assert receiver.types()["petition.received"] == 1


def test_older_failures_are_sent_again_page_by_page(
    system: System, admin: Browser, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(look_after, "PAGE", 1)
    monkeypatch.setattr(look_after, "REPEATED_AT_ONCE", 1)
    receiver.status = 410
    people = [Citizen(system) for _ in range(3)]
    for citizen in people:
        citizen.send()
        system.travel(minutes=1)
    receiver.requests.clear()
    receiver.status = 204

    address = admin.post(PAGE, {"what": "on"}).header("location")
    presses = 0
    while "more=" in address:
        (form,) = [form for form in forms_in(admin.get(address).text) if "cursor" in form.names]
        address = admin.post(PAGE, [*form.fields, ("what", "on")]).header("location")
        presses += 1
    system.travel(minutes=2)

    assert presses >= 2
    received = {event["data"]["reference"] for event in receiver.events}
    assert received == {citizen.reference for citizen in people}


def test_pages_of_deliveries_lead_both_ways_and_pass_over_none(
    system: System, admin: Browser, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(subscriptions, "ROWS", 2)
    people = [Citizen(system) for _ in range(3)]
    for citizen in people:
        citizen.send()
        system.travel(minutes=1)

    down = [admin.get(PAGE)]
    while "Cũ hơn" in down[-1].text:
        down.append(admin.get(_link(down[-1].text, "Cũ hơn")))
    up = [down[-1]]
    while "Mới hơn" in up[-1].text:
        up.append(admin.get(_link(up[-1].text, "Mới hơn")))

    listed = [reference for page in down for reference in references_on(page.text)]
    assert list(dict.fromkeys(listed)) == [citizen.reference for citizen in people][::-1]
    assert references_on(up[-1].text) == references_on(down[0].text)
    assert {reference for page in up for reference in references_on(page.text)} == set(listed)


def _link(page: str, label: str) -> str:
    """Return the address that a link with this label leads to."""
    before = page[: page.index(f">{label}</a>")]
    return before[before.rindex('href="') + len('href="') :].rstrip('"').replace("&amp;", "&")


@pytest.mark.parametrize("name", ["before", "after"])
def test_cursor_that_is_none_is_refused(admin: Browser, name: str):
    assert admin.get(f"{PAGE}?{name}=yesterday").status == 422


def test_unknown_program_is_a_page_that_there_is_not(admin: Browser):
    assert admin.get(f"{LIST}/no-such-program").status == 404
