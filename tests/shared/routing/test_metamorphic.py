"""Changes of a text that change nothing of its matter: the router must not send it to another unit for them.

They need no labels: each ordinary letter is decided as it is and as changed.
"""

import re
import unicodedata

import pytest

from shared.routing.classifier import Decision, Lane, decide
from shared.routing.text import joined
from tests.bench import routing, routing_figures

LETTERS = [t.text for t in routing_figures.texts() if t.source in {"letters", "short"}]
RULES = routing.rules_on(routing.LATEST)


def decision_on(text: str) -> Decision:
    return decide(text, RULES, chosen_field=None, chosen_kind=None, fields_in_force=routing.FIELDS_2025)


def without_accents(text: str) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


CHANGES = [
    pytest.param(without_accents, id="accents off"),
    pytest.param(lambda text: joined(" ".join(text.split()[:12]), text), id="beginning repeated as subject"),
    pytest.param(lambda text: f"Kính gửi quý cơ quan, {text} Tôi xin chân thành cảm ơn.", id="politeness"),
    pytest.param(lambda text: re.sub(r"\d", "7", text), id="other numbers"),
    pytest.param(str.upper, id="shouted"),
    pytest.param(lambda text: text.replace(", ", ",\n\n"), id="other lines"),
]


def place(decision: Decision) -> str | None:
    """Return the field whose unit gets a text, or None where a person reads it first."""
    return decision.field if decision.lane is Lane.ORDINARY else None


@pytest.mark.parametrize("change", CHANGES)
def test_change_of_form_sends_no_letter_to_another_unit(change):
    moved = [
        (text, place(decision_on(text)), place(decision_on(change(text))))
        for text in LETTERS
        if None is not place(decision_on(text)) != place(decision_on(change(text))) is not None
    ]

    assert moved == []


@pytest.mark.parametrize("change", CHANGES)
def test_change_of_form_keeps_nearly_every_outcome(change):
    decisions = [(decision_on(text), decision_on(change(text))) for text in LETTERS]

    alike = sum(place(before) == place(after) for before, after in decisions)

    assert alike >= 0.93 * len(decisions)


@pytest.mark.parametrize("change", CHANGES)
def test_change_of_form_restricts_no_ordinary_letter(change):
    before = {text for text in LETTERS if decision_on(text).lane is Lane.RESTRICTED}
    after = {text for text in LETTERS if decision_on(change(text)).lane is Lane.RESTRICTED}

    assert after <= before


def test_two_harmless_letters_joined_are_no_denunciation():
    pairs = zip(LETTERS[::2], LETTERS[1::2], strict=False)
    harmless = [f"{a} {b}" for a, b in pairs if not decision_on(a).suspicion and not decision_on(b).suspicion]

    held = [
        text for text in harmless if decision_on(text).suspicion or decision_on(text).lane is Lane.RESTRICTED
    ]

    assert len(held) <= 0.05 * len(harmless)
