"""From a petition to the next: a link after each action, or by itself where the officer chose that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.local.emulation.cloud import WORD_IS_HELD
from tests.support.desk_pages import Browser, forms_in
from tests.support.people import Citizen, Officer
from tests.support.system import System


@pytest.fixture
def system(running_system: System) -> System:
    running_system.reset()
    return running_system


@pytest.fixture
def held(system: System) -> Iterator[System]:
    """The system while word of decisions waits for ten minutes."""
    system.local.change_settings(WORD_IS_HELD[True])
    yield system
    system.local.change_settings(WORD_IS_HELD[False])


@pytest.fixture
def two(system: System) -> list[str]:
    """Two petitions of a unit, which its handler has accepted."""
    citizens = [Citizen(system) for _ in range(2)]
    for citizen in citizens:
        citizen.send()
        Officer(system, "minh.ccvc").do("accept", citizen.reference)
    return sorted(citizen.reference for citizen in citizens)


def drafted(browser: Browser, reference: str) -> str:
    """Submit an answer by the petition's page, and return the address that this leads to."""
    page = browser.get(f"/desk/petitions/{reference}")
    answer = browser.fill(page, f"/desk/petitions/{reference}/draft-answer", text="Trả lời.")
    assert answer.status == 303, answer.text
    return answer.header("location")


def test_after_an_action_the_next_petition_is_one_link_away(system: System, two: list[str]):
    browser = Browser(system, "minh.ccvc")

    page = browser.get(drafted(browser, two[0])).text

    assert 'role="status"><p><strong>Đã thực hiện: Trình dự thảo trả lời' in page
    assert f'class="btn" href="/desk/next?after={two[0]}' in page


def test_who_chose_to_go_on_is_led_to_the_next_petition_which_says_what_was_done(
    system: System, two: list[str]
):
    browser = Browser(system, "minh.ccvc")
    browser.post("/desk/next", {"after": two[1], "from": "", "goes_on": "true"})
    system.travel(minutes=2)

    onward = browser.get(drafted(browser, two[0]))
    after = browser.get(onward.header("location"))

    assert onward.header("location").startswith(f"/desk/petitions/{two[1]}?done=draft-answer&of={two[0]}")
    assert "Đây là hồ sơ tiếp theo" in after.text
    assert f'href="/desk/petitions/{two[0]}" class="ref"' in after.text
    assert "Thôi tự sang hồ sơ tiếp theo" in after.text


def test_who_chose_it_can_stop_it_again(system: System, two: list[str]):
    browser = Browser(system, "minh.ccvc")
    page = browser.get(drafted(browser, two[0]))
    browser.fill(page, "/desk/next")
    system.travel(minutes=2)

    stopped = browser.post("/desk/next", {"after": two[0], "from": "", "goes_on": ""})

    assert stopped.header("location") == f"/desk/petitions/{two[0]}"
    assert drafted(browser, two[1]).startswith(f"/desk/petitions/{two[1]}?done=draft-answer")


def test_an_action_that_is_no_end_stays_with_its_petition(system: System, two: list[str]):
    browser = Browser(system, "minh.ccvc")
    browser.post("/desk/next", {"after": two[0], "from": "", "goes_on": "true"})
    system.travel(minutes=2)
    page = browser.get(f"/desk/petitions/{two[0]}")

    noted = browser.fill(page, f"/desk/petitions/{two[0]}/note", note="Đã gọi.")

    assert noted.header("location").startswith(f"/desk/petitions/{two[0]}?done=note")


def test_the_last_petition_leads_to_the_queue_which_says_what_was_done(system: System, two: list[str]):
    browser = Browser(system, "minh.ccvc")

    last = browser.get(f"/desk/next?after={two[0]}&done=draft-answer&from=queue%3DVCCVC%26find%3Dkhong")

    assert last.header("location").startswith(f"/desk/queue?done=draft-answer&reference={two[0]}")


def test_decision_is_taken_back_from_the_next_petition_that_it_led_to(held: System, two: list[str]):
    browser = Browser(held, "lan.tiepnhan")
    browser.post("/desk/next", {"after": two[1], "from": "", "goes_on": "true"})
    held.travel(minutes=2)
    page = browser.get(f"/desk/petitions/{two[0]}?from=queue=all")
    (form,) = [form for form in forms_in(page.text) if "/restrict" in form.action]

    onward = browser.get(browser.post(form.action, [*form.fields, ("confirmed", "true")]).header("location"))
    after = browser.get(onward.header("location"))
    back = browser.fill(after, f"/desk/petitions/{two[0]}/take-back")

    assert onward.header("location").startswith(f"/desk/petitions/{two[1]}?done=restrict&of={two[0]}&undo=")
    assert back.status == 303
    assert Officer(held, "lan.tiepnhan").petition(two[0])["state"] == "IN_PROGRESS"
