"""Drafts that units sign: the handler submits, the head signs, the approver approves, each by the page's button."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from shared.domain.petition.lifecycle import State
from tests.browser.desk import signed_in
from tests.browser.many_petitions import petitions_of_a_unit, store
from tests.support.running_stack import WITHOUT_SAMPLES, RunningStack, running_stack


@pytest.fixture(scope="module")
def signing() -> Iterator[RunningStack]:
    """A local stack in which the heads of units sign."""
    with running_stack(WITHOUT_SAMPLES, settings={"UNITS_SIGN_DRAFTS": "true"}) as stack:
        yield stack


def test_a_draft_goes_from_the_handler_over_the_head_to_the_approver(browser: Browser, signing: RunningStack):
    (petition,) = petitions_of_a_unit(1, state=State.ASSIGNED, subject="Chờ lãnh đạo đơn vị ký")
    store([petition], signing.moto)
    address = f"/desk/petitions/{petition.reference}"
    with signed_in(browser, signing.site, "minh.ccvc") as page:
        page.goto(address)
        page.locator("#next").click()
        page.fill("#draft-answer-text", "Kết quả được công bố trước ngày 30/12/2026.")
        page.locator("#next").click()
        expect(page.locator("#state")).to_have_text("Chờ phê duyệt")

    with signed_in(browser, signing.site, "binh.vanphong") as page:
        page.goto(address)
        expect(page.locator("#do-approve")).to_have_count(0)

    with signed_in(browser, signing.site, "huong.ccvc") as page:
        page.goto(address)
        expect(page.locator("#next")).to_have_text("Ký, trình Văn phòng Bộ")
        page.locator("#next").click()
        expect(page.locator(".notice[role=status]")).to_contain_text("Lãnh đạo ký dự thảo")

    with signed_in(browser, signing.site, "binh.vanphong") as page:
        page.goto(address)
        expect(page.locator("#next")).to_have_text("Duyệt và gửi")
        page.locator("#next").click()
        expect(page.locator("#state")).to_have_text("Đã có kết quả")
