"""Help beside the work at the desk: texts put in, remarks kept, the next petition said, keys of a call, undoing."""

from __future__ import annotations

import json
import re
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from shared.domain.identity import reference
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import Petitioner
from shared.platform import clock
from tests.browser.desk import assert_fits, signed_in
from tests.browser.many_petitions import store
from tests.support.builders import a_petition
from tests.support.running_stack import RunningStack

WORDS = "Kính gửi Ông/Bà, thời hạn là 30 ngày."
SAVED = re.compile("Đã lưu trên máy chủ")


def waiting(stack: RunningStack, name: str, state: State = State.IN_PROGRESS, **facts: object) -> Petition:
    """Write a petition of VCCVC that is due tomorrow into the table of a stack."""
    petition = a_petition(
        state,
        received_at=clock.now() - timedelta(days=12),
        reference=next(reference.candidates(b"help" * 16, name, 2026)),
        subject="Kỳ thi nâng ngạch công chức",
        petitioner=Petitioner(),
    )
    tomorrow = (clock.now() + timedelta(days=1)).date()
    handler = "minh.ccvc" if state is State.IN_PROGRESS else petition.handler
    changed = petition.model_copy(update={"due_on": tomorrow, "handler": handler, **facts})
    store([changed], stack.moto)
    return changed


@pytest.fixture
def held(stack: RunningStack) -> Iterator[RunningStack]:
    """The stack while word of decisions waits for ten minutes."""
    set_undo(stack, 10)
    yield stack
    set_undo(stack, 0)


def set_undo(stack: RunningStack, minutes: int) -> None:
    """Set after how many minutes word of a decision leaves."""
    body = urllib.parse.urlencode({"minutes": minutes}).encode()
    urllib.request.urlopen(f"{stack.site}/local/undo", body, timeout=30).close()  # noqa: S310 - our own address


def test_published_answer_is_put_into_the_draft_behind_what_was_typed(
    browser: Browser, samples: RunningStack
):
    with urllib.request.urlopen(f"{samples.site}/v1/published", timeout=30) as answer:  # noqa: S310 - our own address
        published = json.load(answer)["items"][0]
    petition = waiting(samples, "insert", subject=published["subject"], content=published["content"])
    with signed_in(browser, samples.site, "minh.ccvc") as page:
        page.goto(f"/desk/petitions/{petition.reference}")
        page.fill("#draft-answer-text", WORDS)
        page.get_by_role("button", name="Chèn vào dự thảo").first.click()

        expect(page.locator("#draft-answer-text")).to_have_value(re.compile(f"^{re.escape(WORDS)}\\s+\\S+"))
        longer = page.locator("#draft-answer-text").input_value()
        page.reload()
        expect(page.locator("#draft-answer-text")).to_have_value(longer)


def test_remark_that_is_being_typed_is_kept_on_the_server(browser: Browser, stack: RunningStack):
    petition = waiting(stack, "remarks", State.AWAITING_APPROVAL)
    with signed_in(browser, stack.site, "binh.vanphong") as page:
        page.goto(f"/desk/petitions/{petition.reference}")
        page.locator("details.add summary").first.click()
        page.fill('[name="remark_1"]', "Dẫn đúng khoản.")
        expect(page.locator("#f-return-draft .draft-state")).to_have_text(SAVED)
        page.reload()

        expect(page.locator('[name="remark_1"]')).to_have_value("Dẫn đúng khoản.")
        expect(page.locator('[name="remark_1"]')).to_be_visible()


def test_next_petition_after_an_action_is_said_to_screen_readers(browser: Browser, stack: RunningStack):
    subject = "Kỳ xét thăng hạng viên chức"
    both = (waiting(stack, name, State.ASSIGNED, subject=subject) for name in ("said-1", "said-2"))
    first, second = sorted(both, key=lambda petition: petition.reference)
    place = urllib.parse.quote(urllib.parse.urlencode({"queue": "VCCVC", "find": subject}))
    with signed_in(browser, stack.site, "minh.ccvc") as page:
        page.goto(f"/desk/petitions/{first.reference}?from={place}")
        page.keyboard.press("a")
        page.get_by_role("button", name="Từ nay tự sang hồ sơ tiếp theo").click()
        expect(page).to_have_url(re.compile(f"/desk/petitions/{second.reference}"))
        page.goto(f"/desk/petitions/{first.reference}?from={place}")
        page.fill("#draft-answer-text", WORDS)
        page.locator("#next").click()

        expect(page).to_have_url(re.compile(f"/desk/petitions/{second.reference}"))
        expect(page.locator("body > [role=status]")).to_have_text(re.compile("Đây là hồ sơ tiếp theo"))
        page.get_by_role("button", name="Thôi tự sang hồ sơ tiếp theo").click()


def test_steps_of_a_call_are_taken_by_their_keys(browser: Browser, stack: RunningStack):
    with signed_in(browser, stack.site, "tong.dai") as page:
        page.goto("/desk/call")
        page.keyboard.type("0987 111 222")
        press(page, "Alt+1")
        expect(page.locator("#none")).to_be_visible()
        page.fill("#content", "Xã tôi chưa trả phụ cấp tháng 9 cho trưởng bản.")
        page.fill('[name="name"]', "Lò Thị Mai")
        page.fill('[name="address"]', "Xã Mường Phăng, Điện Biên")
        press(page, "Alt+4")
        expect(page.locator("#read-back")).to_be_visible()
        press(page, "Alt+5")
        receipt = page.locator("#new-reference").inner_text()
        pin = page.locator("#new-pin").inner_text()
        page.fill('[name="reference"]', receipt)
        page.fill('[name="pin"]', pin)
        press(page, "Alt+2")
        expect(page.locator("#aloud")).to_be_visible()
        page.fill('[name="text"]', "Tháng 8 cũng chưa có.")
        press(page, "Alt+3")

        expect(page.locator("#done")).to_contain_text("Bổ sung nội dung")


def press(page: Page, key: str) -> None:
    """Press Alt and the digit of a step as a keyboard does, and wait for the page that it leads to.

    `keyboard.press` leaves out the character of the key, by which a browser knows an access key.
    """
    digit = key[-1]
    session = page.context.new_cdp_session(page)
    facts = {"modifiers": 1, "key": digit, "code": f"Digit{digit}", "windowsVirtualKeyCode": ord(digit)}
    with page.expect_navigation():
        session.send(
            "Input.dispatchKeyEvent", {"type": "keyDown", "text": digit, "unmodifiedText": digit, **facts}
        )
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", **facts})


@pytest.mark.parametrize("language", ["vi", "en"])
def test_decision_is_taken_back_from_a_page_that_everybody_can_read(
    browser: Browser, held: RunningStack, axe: Callable[[Page], None], language: str
):
    petition = waiting(held, f"undo-{language}", State.AWAITING_APPROVAL)
    with signed_in(browser, held.site, "binh.vanphong") as page:
        page.goto(f"/desk/petitions/{petition.reference}?lang={language}")
        before = page.locator("#state").inner_text()
        page.locator("#next").click()
        expect(page.locator("#undo")).to_be_visible()
        assert page.locator("html").get_attribute("lang") == language
        assert_fits(page, axe)
        page.locator("#undo button").click()

        expect(page.locator("#state")).to_have_text(before)
        expect(page.locator("#undo")).to_have_count(0)
        assert_fits(page, axe)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_decision_is_taken_back_from_the_queue_that_it_led_to(
    browser: Browser, held: RunningStack, axe: Callable[[Page], None], language: str
):
    petition = waiting(held, f"undo-queue-{language}", State.ASSIGNED)
    with signed_in(browser, held.site, "lan.tiepnhan") as page:
        page.goto(f"/desk/petitions/{petition.reference}?lang={language}#do-restrict")
        before = page.locator("#state").inner_text()
        page.locator("#do-restrict form button").click()
        expect(page.locator("main .notice.bad")).to_contain_text(
            "9 phút" if language == "vi" else "9 minutes"
        )
        page.locator("main form button").click()
        expect(page.locator("#undo")).to_be_visible()
        assert urllib.parse.urlsplit(page.url).path == "/desk/queue"
        assert page.locator("html").get_attribute("lang") == language
        assert_fits(page, axe)
        page.locator("#undo button").click()

        expect(page.locator("#state")).to_have_text(before)
        expect(page.locator("#undo")).to_have_count(0)
