"""The unit's board with a pointer: many petitions given to a colleague, and an absence with a stand-in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Browser, Page, expect

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import State
from shared.platform import clock
from tests.browser.desk import assert_fits, signed_in
from tests.browser.many_petitions import petitions_of_a_unit, store
from tests.support.running_stack import RunningStack

HEAD = "huong.ccvc"


def test_a_head_gives_ticked_petitions_to_somebody_else(
    browser: Browser, stack: RunningStack, axe: Callable[[Page], None]
):
    petitions = petitions_of_a_unit(3, state=State.IN_PROGRESS, subject="Giao lại trên bảng")
    store(petitions, stack.moto)
    with signed_in(browser, stack.site, HEAD) as page:
        page.goto("/desk/board")
        for petition in petitions:
            page.locator(f'input[name=pick][value^="{petition.reference}"]').check()
        page.select_option("#handler", HEAD)
        page.fill("#reason", "Người xử lý nghỉ ốm.")
        page.get_by_role("button", name="Giao hồ sơ đã chọn").click()

        expect(page.locator(".notice[role=status]")).to_contain_text("Đã giao 3 hồ sơ")
        page.goto(f"/desk/petitions/{petitions[0].reference}")
        expect(page.locator("main")).to_contain_text("Người xử lý nghỉ ốm.")
        page.goto("/desk/board")
        assert_fits(page, axe)


def test_an_absence_has_a_stand_in_and_ends(browser: Browser, stack: RunningStack):
    today = local_date(clock.now())
    with signed_in(browser, stack.site, HEAD) as page:
        page.goto("/desk/board/absences")
        page.select_option("#officer", "minh.ccvc")
        page.select_option("#stand_in", HEAD)
        page.fill("#valid_from", today.isoformat())
        page.fill("#valid_to", (today + timedelta(days=2)).isoformat())
        page.get_by_role("button", name="Ghi vắng mặt").click()

        row = page.locator("table tbody tr", has_text="Minh")
        expect(row).to_be_visible()
        page.goto("/desk/board")
        expect(page.locator("#board")).to_contain_text("vắng đến hết")
        page.goto("/desk/board/absences")
        page.locator('form[action*="/absences/"] button').first.click()
        expect(page.locator("#empty")).to_be_visible()
