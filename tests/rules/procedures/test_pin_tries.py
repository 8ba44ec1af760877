"""Guessing PINs: the waits of a guesser, and the chance that the documented limits leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from infra.layout import ROOT
from shared.domain.identity.network import subscriber_of
from shared.domain.procedures.pin_tries import address_wait
from shared.platform.settings import PinSettings

WINDOW = timedelta(minutes=15)
PINS = 10**8


@pytest.mark.parametrize(
    ("tries", "seconds"),
    [
        pytest.param(0, 0, id="none"),
        pytest.param(4, 0, id="four-cost-nothing"),
        pytest.param(5, 5, id="the-sixth-waits"),
        pytest.param(6, 10, id="the-next-twice-as-long"),
        pytest.param(12, 640, id="ten-minutes"),
        pytest.param(13, 900, id="never-longer-than-the-window"),
        pytest.param(10_000, 900, id="however-many"),
    ],
)
def test_wait_of_an_address_doubles_up_to_its_window(tries: int, seconds: int):
    assert address_wait(tries, WINDOW) == seconds


def test_year_of_guessing_one_pin_from_everywhere_succeeds_as_rarely_as_the_decision_says():
    per_day = PinSettings.model_fields["pin_tries_per_reference_a_day"].default

    chance = 1 - (1 - per_day / PINS) ** 365

    decision = (ROOT / "docs" / "adr" / "0044-guessed-pins.md").read_text(encoding="utf-8")
    assert per_day == 300
    assert f"{chance * 100:.2f} %" == "0.11 %"
    assert "= 0.11 % for a" in decision


@pytest.mark.parametrize(
    ("address", "subscriber"),
    [
        pytest.param("203.0.113.9", "203.0.113.9", id="ipv4"),
        pytest.param("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", id="ipv6"),
        pytest.param("::ffff:203.0.113.9", "203.0.113.9", id="ipv4-in-ipv6"),
        pytest.param("2002:cb00:7109:7::1", "203.0.113.9", id="ipv4-that-tunnels"),
        pytest.param("tel:+84912345678", "tel:+84912345678", id="a-caller"),
        pytest.param("officer:tong.dai", "officer:tong.dai", id="an-operator"),
    ],
)
def test_address_stands_for_its_subscriber(address: str, subscriber: str):
    assert subscriber_of(address) == subscriber
