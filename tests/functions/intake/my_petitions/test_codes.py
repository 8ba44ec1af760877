"""Codes that one network address asks for: enough for a household, too few to write to strangers."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.support.system import System


@pytest.fixture
def counted(intake: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """Intake where addresses differ, and two codes an hour are enough for one."""
    monkeypatch.setenv("ADDRESSES_ARE_COUNTED", "true")
    monkeypatch.setenv("CODES_PER_ADDRESS", "2")
    intake.local.cold_start()
    return intake


def test_one_address_asks_for_no_more_codes_than_its_share_whatever_contacts_it_names(counted: System):
    def ask(number: int, address: str) -> int:
        form = {"contact": f"0912 345 6{number:02d}"}
        return int(counted.http("POST", "/ho-so-cua-toi/ma", form=form, source_ip=address).status)

    from_one = [ask(number, "203.0.113.9") for number in range(3)]
    from_another = ask(3, "203.0.113.77")
    counted.clock.hold_at(counted.clock.now() + timedelta(hours=1))

    assert from_one == [303, 303, 429]
    assert from_another == 303
    assert ask(4, "203.0.113.9") == 303
    assert "203.0.113" not in json.dumps(counted.items("throttle"), default=str)
