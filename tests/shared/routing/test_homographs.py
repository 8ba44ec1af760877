"""Phrases that mean something else without their accents."""

import json

from shared.routing.homographs import Homograph, homographs
from shared.routing.text import read
from tests.bench import routing, routing_figures

ORDINARY = [read("Bí thư chi bộ ấp tôi hỏi về phụ cấp"), read("ông bí thư đưa bì thư"), read("bi thu")]


def rows(*phrases: str) -> list[dict[str, object]]:
    return [{"id": "signal-violation", "type": "signal", "terms": list(phrases)}]


def test_phrase_that_is_mostly_another_one_without_accents_is_named():
    assert homographs(rows("bì thư", "phụ cấp"), ORDINARY) == [Homograph("signal-violation", "bì thư", 1, 2)]


def test_phrase_that_needs_its_accents_is_safe():
    assert homographs(rows("bì thư!", "chó"), ORDINARY) == []


def test_single_syllable_that_counts_without_accents_is_looked_at():
    assert homographs(rows("thu~"), ORDINARY) == [Homograph("signal-violation", "thu~", 0, 3)]


def test_no_phrase_of_the_seeded_rules_is_mistaken_more_often_than_meant():
    rules = routing.rules_on(routing.LATEST)
    seeded = json.loads(routing.RULES.read_text(encoding="utf-8"))
    texts = [read(text.text, rules.short_forms) for text in routing_figures.texts()]

    assert homographs(seeded, texts) == []
