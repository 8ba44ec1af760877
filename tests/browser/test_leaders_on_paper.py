"""The leaders' page on paper: two sheets, however many units owe answers and however much people write about."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from shared.domain.identity import reference
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind
from shared.platform import clock
from tests.browser.many_petitions import store
from tests.support.builders import a_petition
from tests.support.running_stack import WITHOUT_SAMPLES, RunningStack, running_stack

DIRECTORY = Path(__file__).parents[2] / "infra/seed/directory.json"
A4_SHEETS = 2
STATES = (State.ANSWERED, State.IN_PROGRESS, State.PUBLISHED, State.ASSIGNED)


def _busy_ministry() -> Iterator[Petition]:
    """Yield four petitions of each unit, of all fields and kinds, about six matters; some complain of one unit."""
    rows = json.loads(DIRECTORY.read_text("utf-8"))
    units, fields = ([row["id"] for row in rows[kind]] for kind in ("unit", "field"))
    for number in range(4 * len(units)):
        kind = tuple(Kind)[number % len(Kind)]
        petition = a_petition(
            STATES[number // len(units)],
            received_at=clock.now() - timedelta(days=35 + number % 50),
            reference=next(reference.candidates(b"many" * 16, f"paper {number}", 2026)),
            subject=f"Điều kiện nâng ngạch lên chuyên viên chính, trường hợp thứ {number}",
            field=fields[number % len(fields)],
            kind=kind,
            complained_unit="CTLBHXH" if kind is Kind.CONDUCT else None,
            sketch=(f"matter {number % 6}",),
        )
        yield petition.model_copy(update={"unit": units[number % len(units)]})


@pytest.fixture(scope="module")
def ministry() -> Iterator[RunningStack]:
    """A local stack of its own, in which every unit has work."""
    with running_stack(WITHOUT_SAMPLES) as stack:
        store(_busy_ministry(), stack.moto)
        yield stack


@pytest.mark.parametrize("language", ["vi", "en"])
def test_page_is_printed_on_two_sheets(browser: Browser, ministry: RunningStack, language: str):
    with browser.new_context(base_url=ministry.site, locale="vi-VN") as context:
        page = context.new_page()
        page.goto("/desk/")
        page.fill("#username", "binh.vanphong")
        page.fill("#password", "Local-binh.vanphong-2026")
        page.keyboard.press("Enter")
        page.locator("details.me").wait_for()
        page.goto(f"/desk/leaders?lang={language}")
        assert page.locator(".bars.units tbody tr").count() >= 15

        printed = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == A4_SHEETS
