"""The workbench shows what goes on inside: a trace drawn live, a dead letter put back, the first steps of a life."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from infra.local.life.scenes import DAYS, SCENES
from infra.local.site.pages.frame import PLACES
from tests.browser.conftest import PHONE, opened, send_petition
from tests.browser.screen import assert_keeps_the_rules
from tests.support.running_stack import RunningStack

WIDE = ViewportSize(width=1280, height=900)
LANGUAGES = ("vi", "en")
SCREENS = 5
"""The longest that a page may be on a telephone, in its heights."""
FIRST_LOAD_BYTES = 40 * 1024
WAITS_MS = 60_000


@pytest.fixture
def own_stack(crowded: RunningStack) -> str:
    """A stack whose clock these tests may move."""
    return crowded.site


@pytest.fixture
def page(browser: Browser, own_stack: str) -> Iterator[Page]:
    with opened(browser, own_stack, WIDE) as page:
        yield page


@pytest.fixture
def plain(browser: Browser, own_stack: str) -> Iterator[Page]:
    """A telephone without JavaScript."""
    with opened(browser, own_stack, has_script=False) as page:
        yield page


def post(site: str, path: str, facts: dict[str, object]) -> None:
    request = urllib.request.Request(f"{site}/local{path}", json.dumps(facts).encode())  # noqa: S310 - our own
    with urllib.request.urlopen(request, timeout=60):  # noqa: S310 - our own address
        return


def keeps_the_rules_on_few_screens(page: Page, axe: Callable[[Page], None], address: str) -> None:
    for language in LANGUAGES:
        page.goto(f"{address}{'&' if '?' in address else '?'}lang={language}")
        assert_keeps_the_rules(page, axe)
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollHeight") <= SCREENS * PHONE["height"]


def test_a_trace_is_drawn_and_goes_on_by_itself(page: Page, own_stack: str, axe: Callable[[Page], None]):
    post(own_stack, "/faults", {"trigger": "notifier.on_notice", "stopped": True})
    reference = send_petition(own_stack, "way")
    page.goto(f"/local/pages/trace?reference={reference}&lang=en")

    expect(page.locator(".path")).to_contain_text("the function is off", timeout=WAITS_MS)
    post(own_stack, "/faults", {"trigger": "notifier.on_notice", "stopped": False})

    expect(page.locator("#sent-title ~ .meta")).not_to_have_text("0", timeout=WAITS_MS)
    expect(page.get_by_text("Receipt: delivered").first).to_be_visible(timeout=WAITS_MS)
    expect(page.locator(".lanes .dot")).not_to_have_count(0)
    keeps_the_rules_on_few_screens(page, axe, f"/local/pages/trace?reference={reference}")


def test_a_dead_letter_is_put_back_without_a_script(
    plain: Page, page: Page, own_stack: str, axe: Callable[[Page], None]
):
    plain.goto("/local/pages/queues?lang=en")
    plain.get_by_label("Function").select_option("router.on_route")
    plain.get_by_role("button", name="Switch off").click()
    send_petition(own_stack, "dead")

    plain.get_by_role("button", name="Let 90 minutes of tries pass").click()
    expect(plain.locator("#dead-title ~ .meta")).to_have_text("1")
    keeps_the_rules_on_few_screens(page, axe, "/local/pages/queues")
    plain.get_by_role("button", name="Switch on").click()
    plain.get_by_role("button", name="Put back").click()

    expect(plain.get_by_role("status")).to_contain_text("Put back: 1")
    expect(plain.get_by_text("No dead letters.")).to_be_visible()


def test_a_life_is_played_to_its_end(page: Page, plain: Page, axe: Callable[[Page], None]):
    plain.goto("/local/pages/demonstration?lang=en")
    plain.get_by_role("button", name="Next step").click()
    expect(plain.locator(".scenes .played")).to_have_count(1)
    plain.get_by_role("button", name="Next step").click(timeout=WAITS_MS)
    expect(plain.locator(".scenes .played")).to_have_count(2)

    page.goto("/local/pages/demonstration?lang=en")
    page.get_by_role("button", name="Play on").click()
    expect(page.locator(".scenes .played")).to_have_count(3, timeout=WAITS_MS)
    page.get_by_role("button", name="Pause").click()

    expect(page.locator("#life-title")).to_contain_text("paused")
    expect(page.locator(".phone .out")).to_contain_text("PAKN Toi la giao vien")

    plain.goto("/local/pages/demonstration?lang=en")
    for played in range(plain.locator(".scenes .played").count(), len(SCENES)):
        plain.get_by_role("button", name="Next step").click(timeout=WAITS_MS)
        expect(plain.locator(".scenes .played")).to_have_count(played + 1)
    expect(page.locator(".scenes .played")).to_have_count(len(SCENES), timeout=WAITS_MS)
    expect(page.locator("#life-title")).to_contain_text(f"Day {DAYS} of {DAYS}: done")
    expect(plain.locator(".scenes .waits")).to_have_count(0)
    keeps_the_rules_on_few_screens(page, axe, "/local/pages/demonstration")

    page.get_by_role("link", name="See the published answer").click()
    expect(page.locator(".results")).to_contain_text("nâng bậc lương")
    page.go_back()
    page.get_by_role("button", name=f"{DAYS} days").click()
    page.get_by_role("button", name="Stop").click()
    expect(page.locator("#life-title")).to_contain_text("stopped")


@pytest.mark.parametrize("address", [place.address for place in PLACES if place.name != "design"])
def test_the_first_load_is_small(page: Page, address: str):
    sizes: list[int] = []
    page.on("requestfinished", lambda sent: sizes.append(sent.sizes()["responseBodySize"]))

    page.goto(address, wait_until="load")

    assert sum(sizes) <= FIRST_LOAD_BYTES
