"""docs/notices.md states what the code does: the table of notices, the variables, the settings, the states."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from chalicelib.notifier.settings import NotifierSettings
from shared.domain.promises.deliveries import DeliveryChannel, DeliveryState
from shared.wording.check_text import longest
from shared.wording.sources import names, packaged
from tests.functions.notifier.notices.test_texts import TO_PETITIONERS, an_extreme_petition, facts

DOCUMENT = (Path(__file__).parents[4] / "docs" / "notices.md").read_text(encoding="utf-8")


def between(name: str) -> str:
    match = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- end -->", DOCUMENT, re.DOTALL)
    assert match is not None, name
    return match[1]


def budgets_table() -> str:
    """Return how long each SMS can become, and in how many parts it may be sent."""
    lines = ["| SMS | language | at longest | parts | budget |", "|---|---|---|---|---|"]
    for name in names():
        if name.channel is DeliveryChannel.SMS:
            source = packaged(name)
            worst = longest(name, source)
            lines.append(
                f"| {name.kind} | {name.language} | {worst.characters} | {worst.segments} | {source.max_segments} |"
            )
    return "\n".join(lines)


def test_every_sms_stays_within_its_budget_and_the_table_says_so():
    assert between("budgets") == budgets_table(), budgets_table()


def test_every_variable_of_the_templates_is_described_and_no_other():
    assert set(re.findall(r"^\| `(\w+)` \|", between("variables"), re.MULTILINE)) == set(
        facts(an_extreme_petition())
    )


def test_every_setting_is_described_and_no_other():
    own = set(NotifierSettings.model_fields)

    assert set(re.findall(r"^\| `(\w+)` \|", between("settings"), re.MULTILINE)) == {
        row.upper() for row in own
    }


def test_every_state_of_a_delivery_is_described_and_no_other():
    assert set(re.findall(r"^\| `(\w+)` \|", between("states"), re.MULTILINE)) == set(DeliveryState)


@pytest.mark.parametrize("kind", TO_PETITIONERS)
def test_every_notice_to_petitioners_can_be_looked_up(kind):
    assert f"| {kind} |" in DOCUMENT
