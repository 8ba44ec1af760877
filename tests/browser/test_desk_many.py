"""Much work at the desk: how many actions it takes, and how much a page of 500 sends. Time is printed, not asserted."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.hands import WITHIN_MS, Hands
from tests.browser.many_petitions import petitions_of_a_unit, store
from tests.support.running_stack import RunningStack

WIDE = ViewportSize(width=1280, height=900)
TO_ACCEPT, REPEATS, OTHERS = 60, 34, 290
ACTIONS_TO_ACCEPT, ACTIONS_TO_MERGE = 8, 5
BYTES = 40_000
CAUGHT_UP_WITHIN_SECONDS = 300
"""The stack routes and indexes what was just stored, one function at a time: no request has a share of it before."""
SCRIPTING = ("plain", "scripted")
SHORT = "Hỏi lịch thi"
REPEATED = "Chậm chi trả trợ cấp"
WAITING = "Xin xác nhận thâm niên"


@pytest.fixture(scope="module")
def busy(crowded: RunningStack) -> str:
    """A unit with nearly 500 open petitions, of which 60 wait for a handler, and 35 are of one matter."""
    store(petitions_of_a_unit(OTHERS, subject=SHORT), crowded.moto)
    for scripting in SCRIPTING:
        store(petitions_of_a_unit(TO_ACCEPT, subject=f"{WAITING} {scripting}"), crowded.moto)
        store(petitions_of_a_unit(REPEATS + 1, subject=f"{REPEATED} {scripting}"), crowded.moto)
    wait_until_caught_up(crowded.site)
    return crowded.site


def wait_until_caught_up(site: str) -> None:
    """Return when the stack has handled every change and every message of them."""
    until = time.monotonic() + CAUGHT_UP_WITHIN_SECONDS
    while time.monotonic() < until:
        with urllib.request.urlopen(f"{site}/local/queues", timeout=60) as answer:  # noqa: S310 - our own address
            now = json.load(answer)
        waiting = sum(queue["visible"] for queue in now["queues"].values())
        if not now["stream"]["lag"] and not waiting:
            return
        time.sleep(1)
    pytest.fail("the stack did not catch up with what was stored")


@pytest.fixture(params=SCRIPTING)
def scripting(request: pytest.FixtureRequest) -> str:
    """The pages with JavaScript or without: one of `SCRIPTING`."""
    return str(request.param)


@pytest.fixture
def page(browser: Browser, busy: str, scripting: str) -> Iterator[Page]:
    """A page with or without JavaScript."""
    context = browser.new_context(
        base_url=busy, viewport=WIDE, java_script_enabled=scripting == SCRIPTING[1], locale="vi-VN"
    )
    yield context.new_page()
    context.close()


def at_the_queue(page: Page, username: str) -> Hands:
    """Sign in and stand before the queue, where counting begins."""
    hands = Hands(page)
    hands.sign_in(username)
    page.goto("/desk/?queue=VCCVC")
    hands.actions = 0
    return hands


def test_sixty_petitions_are_accepted_with_few_actions(page: Page, scripting: str):
    waiting = f"{WAITING} {scripting}"
    hands = at_the_queue(page, "minh.ccvc")

    hands.follow('a.view:has-text("Chưa có người xử lý")')
    hands.write("main #find", waiting)
    hands.enter()
    while page.locator("#all").count():
        hands.tick("#all")
        hands.follow('.bulk button[value="accept"]')
        go_on(page, scripting)

    page.goto(f"/desk/?queue=VCCVC&mine=true&find={waiting}")
    expect(page.locator("#shown")).to_contain_text(f"{TO_ACCEPT} hồ sơ")
    assert hands.actions <= ACTIONS_TO_ACCEPT


def go_on(page: Page, scripting: str) -> None:
    """Wait for the page's script where one request did not reach all, or do what it does: no officer acts."""
    if scripting == SCRIPTING[1]:
        expect(page.locator("form[data-goes-on]")).to_have_count(0, timeout=WITHIN_MS)
    while page.locator("form[data-goes-on]").count():
        with page.expect_navigation(timeout=WITHIN_MS):
            page.click("form[data-goes-on] button")


def test_repeats_are_merged_with_few_actions(page: Page, scripting: str):
    repeated = f"{REPEATED} {scripting}"
    hands = at_the_queue(page, "lan.tiepnhan")

    hands.write("main #find", repeated)
    hands.enter()
    hands.tick("#all")
    hands.follow('.bulk button[value="merge"]')
    hands.follow("main button.primary")
    go_on(page, scripting)

    page.goto(f"/desk/?queue=VCCVC&find={repeated}")
    expect(page.locator("tr.p")).to_have_count(1)
    page.goto(f"/desk/?queue=VCCVC&state=MERGED&find={repeated}")
    expect(page.locator("tr.p")).to_have_count(REPEATS)
    assert hands.actions <= ACTIONS_TO_MERGE


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("", id="first page"),
        pytest.param("&order=received", id="sorted"),
        pytest.param("&overdue=true", id="filtered"),
        pytest.param("&mine=true&order=state", id="own, by state"),
    ],
)
def test_page_of_a_large_queue_is_small(page: Page, query: str):
    at_the_queue(page, "minh.ccvc")
    started = time.perf_counter()

    answer = page.request.get(f"/desk/?queue=VCCVC{query}", timeout=WITHIN_MS)

    size = len(answer.body())
    print(f"{size} bytes in {time.perf_counter() - started:.2f} s")
    assert answer.ok
    assert size <= BYTES
