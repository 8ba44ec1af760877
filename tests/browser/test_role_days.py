"""Each role's working day, played as actions through the pages: from signing in to the visible end of its typical work.

On a desk and on a phone, in both languages; each page that a day meets speaks its language, sticks out of no screen and
breaks no rule of axe, in light and in dark. The figures of docs/casework.md are counted on the way.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, Literal, NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from shared.domain.identity import reference
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.classification import Kind
from shared.domain.petition.values.petitioner import Petitioner
from shared.platform import clock
from tests.browser.hands import Hands
from tests.browser.many_petitions import store
from tests.browser.screen import sticking_out
from tests.support.builders import a_petition
from tests.support.people import CONTENT
from tests.support.running_stack import RunningStack

WIDE = ViewportSize(width=1280, height=800)
NARROW = ViewportSize(width=360, height=740)
MOST_ACTIONS = 12
"""From signing in to the approved answer, handler and approver together."""
FIRST_ROW_PX = 300
STATE_WORDS = {
    "vi": {
        State.ASSIGNED: "Đã phân công",
        State.AWAITING_APPROVAL: "Chờ phê duyệt",
        State.ANSWERED: "Đã có kết quả",
    },
    "en": {
        State.ASSIGNED: "Assigned",
        State.AWAITING_APPROVAL: "Awaiting approval",
        State.ANSWERED: "Answered",
    },
}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
REFERENCE = re.compile(r"\d{2} \d{4} \d{4} \d")


class Setting(NamedTuple):
    """The screen and the language of a day."""

    screen: ViewportSize
    language: str


SETTINGS = [
    pytest.param(Setting(screen, language), id=f"{screen['width']}-{language}")
    for screen in (WIDE, NARROW)
    for language in ("vi", "en")
]
SETTING_NAMES = [str(each.id) for each in SETTINGS]


class Day(Hands):
    """An officer's day in one browser: counts the actions, looks at each page that is met."""

    def __init__(self, page: Page, setting: Setting, axe: Callable[[Page], None]) -> None:
        super().__init__(page)
        self.setting = setting
        self._axe = axe

    def start(self, username: str) -> None:
        """Sign in, and look at the home."""
        self.sign_in(username, f"/desk/?lang={self.setting.language}")
        self.meet()

    def meet(self) -> None:
        """Check the page that stands there."""
        self.page.wait_for_load_state()
        assert self.page.locator("html").get_attribute("lang") == self.setting.language, self.page.url
        assert self.page.locator("h1").count() == 1, self.page.url
        assert sticking_out(self.page) == [], self.page.url
        for scheme in SCHEMES:
            self.page.emulate_media(color_scheme=scheme)
            self._axe(self.page)

    def choose(self, selector: str, value: str) -> None:
        """Choose one of a list."""
        self.page.select_option(selector, value)
        expect(self.page.locator(selector)).to_have_value(value)
        self.actions += 1

    def go(self, path: str) -> None:
        """Follow the menu's link to a page, and look at it."""
        self.follow(f'nav.nav a[href^="{path}"]')
        self.meet()

    def open(self, name: str) -> None:
        """Follow a link to a petition, and look at its page."""
        self.follow(f'main a[href*="/desk/petitions/{name}"]')
        self.meet()

    def unfold(self, action: str) -> None:
        """Bring the form of an action of the menu into sight."""
        self.click("details.menu > summary")
        self.click(f'details.menu a[href="#do-{action}"]')
        expect(self.page.locator(f"#do-{action}")).to_be_visible()

    def expect_state(self, state: State) -> None:
        """Check the state that a petition's page shows."""
        expect(self.page.locator("#state")).to_have_text(STATE_WORDS[self.setting.language][state])

    def expect_next_in_sight(self) -> None:
        """Check that the page's one filled button is seen without scrolling."""
        box = self.page.locator("#next").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= self.setting.screen["height"]
        assert self.page.locator("main .btn.primary:visible").count() == 1


@pytest.fixture(params=SETTINGS)
def setting(request: pytest.FixtureRequest) -> Setting:
    """The screen and the language of the day."""
    chosen: Setting = request.param
    return chosen


@pytest.fixture
def begin(
    browser: Browser, samples: RunningStack, setting: Setting, axe: Callable[[Page], None]
) -> Iterator[Callable[[str], Day]]:
    """Signs officers in, each in a browser of their own; an error of a script fails the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def signed_in(username: str) -> Day:
        context = browser.new_context(viewport=setting.screen, base_url=samples.site, locale="vi-VN")
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        day = Day(page, setting, axe)
        day.start(username)
        return day

    yield signed_in
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def waiting(samples: RunningStack, setting: Setting, request: pytest.FixtureRequest) -> Callable[..., str]:
    """Writes a petition that waits for somebody, due first of all open ones; returns its reference."""

    def stored(state: State, **facts: Any) -> str:
        name = next(reference.candidates(b"days" * 16, request.node.name, 2026))
        petition = a_petition(
            state,
            received_at=clock.now() - timedelta(days=12),
            reference=name,
            subject="Điều kiện nâng ngạch lên chuyên viên chính",
            petitioner=Petitioner(),
        )
        tomorrow = (clock.now() + timedelta(days=1)).date()
        store([petition.model_copy(update={"due_on": tomorrow, **facts})], samples.moto)
        return name

    return stored


def test_handler_and_approver_answer_a_petition(
    begin: Callable[[str], Day], waiting: Callable[..., str], setting: Setting
):
    name = waiting(State.ASSIGNED)

    handler = begin("minh.ccvc")
    handler.open(name)
    handler.expect_next_in_sight()
    handler.follow("#next")
    expect(handler.page.locator("#do-draft-answer")).to_be_visible()
    handler.meet()
    handler.write("#draft-answer-text", "Kết quả được công bố trong 15 ngày kể từ ngày chấm xong.")
    handler.follow("#next")
    handler.expect_state(State.AWAITING_APPROVAL)
    handler.meet()
    approver = begin("binh.vanphong")
    approver.open(name)
    approver.expect_next_in_sight()
    approver.follow("#next")
    approver.expect_state(State.ANSWERED)
    approver.meet()

    assert handler.actions + approver.actions <= MOST_ACTIONS
    handler.go("/desk/queue")
    first = handler.page.locator("tr.p").first.bounding_box()
    assert first is not None
    assert first["y"] <= FIRST_ROW_PX


def test_head_gives_work_to_somebody_else(begin: Callable[[str], Day], waiting: Callable[..., str]):
    name = waiting(State.IN_PROGRESS, handler="minh.ccvc")

    head = begin("huong.ccvc")
    head.go("/desk/board")
    head.click(f'input[name="pick"][value^="{name}"]')
    head.choose("#handler", "huong.ccvc")
    head.write("#reason", "Anh Minh đi công tác.")
    head.follow("form.giving .btn.primary")

    expect(head.page.locator(".notice[role=status]")).to_be_visible()
    head.meet()
    head.open(name)
    expect(head.page.locator("main")).to_contain_text("Anh Minh đi công tác.")


def test_intake_officer_assigns_what_was_received(begin: Callable[[str], Day], waiting: Callable[..., str]):
    name = waiting(State.RECEIVED, unit="TTTT")

    intake = begin("lan.tiepnhan")
    intake.open(name)
    intake.expect_next_in_sight()
    intake.choose("#assign-unit", "VCCVC")
    intake.meet()
    intake.follow("#next")

    expect(intake.page.locator(".notice[role=status]").first).to_be_visible()
    intake.expect_state(State.ASSIGNED)
    intake.meet()


def test_operator_takes_a_call(begin: Callable[[str], Day]):
    operator = begin("tong.dai")
    operator.go("/desk/call")
    operator.write("#content", CONTENT)
    operator.write("#name", "Lê Văn Tư")
    operator.write("#address", "Bản Mường, Sơn La")
    operator.write("#contact_phone", "0912 345 678")
    operator.follow('button[value="check"]')
    expect(operator.page.locator("#read-back")).to_contain_text("Lê Văn Tư")
    operator.meet()
    operator.follow('button[value="confirm"]')

    expect(operator.page.locator("#new-reference")).to_have_text(REFERENCE)
    operator.meet()


def test_inspector_asks_after_a_complaint_about_conduct(
    begin: Callable[[str], Day], waiting: Callable[..., str]
):
    name = waiting(State.IN_PROGRESS, unit="TTRA", kind=Kind.CONDUCT, complained_unit="CTLBHXH")

    inspector = begin("khanh.tocongtac")
    inspector.open(name)
    inspector.unfold("note")
    inspector.write("#note-note", "Đề nghị báo cáo tiến độ trước ngày mai.")
    inspector.meet()
    inspector.follow("#f-note p.inline > .btn")

    expect(inspector.page.locator(".notice[role=status]").first).to_be_visible()
    expect(inspector.page.locator("main")).to_contain_text("Đề nghị báo cáo tiến độ trước ngày mai.")
    inspector.go("/desk/calls")


def test_committee_reads_the_promises_and_where_they_come_from(begin: Callable[[str], Day]):
    committee = begin("yen.bcd")
    expect(committee.page.locator(".promise")).to_be_visible()
    committee.click(".lead-head details.menu > summary")
    committee.follow(".lead-head .sheet a >> nth=1")
    committee.meet()
    committee.page.go_back()
    committee.follow('.lead-grid a[href*="/desk/reports?name="]')
    committee.meet()

    expect(committee.page.locator("main table").first).to_be_visible()


def test_administrator_declares_a_day_off(begin: Callable[[str], Day], request: pytest.FixtureRequest):
    day_off = f"2027-01-{11 + SETTING_NAMES.index(request.node.callspec.id)}"
    administrator = begin("quantri")
    administrator.go("/desk/calendar")
    administrator.write('[name="on"]', day_off)
    administrator.choose('[name="kind"]', "OFF")
    administrator.write('main form [name="document"]', f"{day_off}/VPCP-KGVX")
    administrator.follow('form:has(input[value="declare"]) button[type=submit]')
    administrator.meet()
    administrator.follow('button[value="confirm"]')
    administrator.meet()

    expect(administrator.page.locator("main")).to_contain_text(f"{day_off}/VPCP-KGVX")


def test_auditor_looks_at_what_was_opened(begin: Callable[[str], Day]):
    auditor = begin("kiemtoan")
    auditor.go("/desk/openings")
    auditor.follow("form.filter button[type=submit]")
    auditor.meet()
    auditor.go("/desk/contradicted-receipts")
    auditor.go("/desk/reports")

    expect(auditor.page.locator("main table").first).to_be_visible()
