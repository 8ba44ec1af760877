"""Every text for people has its English, and what is committed is what `make messages` makes."""

from __future__ import annotations

import ast
import re
import string
from collections import Counter

import pytest

from infra.layout import ROOT
from infra.tools import translations

ROOMS = [pytest.param(room, locale, id=str(room.relative_to(ROOT))) for room, locale in translations.rooms()]
LONGEST_REPEATED = 12
"""Letters of a sentence that may stand in a text twice, such as `and not.`"""


@pytest.mark.parametrize(("room", "locale"), ROOMS)
def test_every_text_is_in_the_catalogue_and_has_its_english(room, locale):
    texts = {message.id for message in translations.extracted(room) if message.id}
    catalogue = translations.translated(locale)

    assert texts == {message.id for message in catalogue if message.id}
    assert translations.untranslated(catalogue) == []


@pytest.mark.parametrize(("room", "locale"), ROOMS)
def test_the_compiled_catalogue_is_that_of_the_texts(room, locale):
    assert translations.po_file(locale).with_suffix(".mo").read_bytes() == translations.compiled(
        translations.translated(locale)
    )


@pytest.mark.parametrize(("room", "locale"), ROOMS)
def test_a_translation_keeps_the_places_and_the_markup_of_its_text(room, locale):
    for message in translations.translated(locale):
        if message.id:
            text = message.id if isinstance(message.id, str) else message.id[0]
            for form in translations.forms_of(message):
                assert _frame(form) == _frame(text), message.id


@pytest.mark.parametrize(("room", "locale"), ROOMS)
def test_no_translation_says_a_sentence_twice(room, locale):
    twice = {
        message.id: sentence
        for message in translations.translated(locale)
        if message.id
        for form in translations.forms_of(message)
        for sentence, count in Counter(re.split(r"(?<=[.:?!])\s*", form)).items()
        if count > 1 and len(sentence) > LONGEST_REPEATED
    }

    assert twice == {}


def test_a_text_has_one_english_in_all_catalogues():
    """All functions of the local stack share a process, and with it the last catalogue that holds a text."""
    english: dict[str, set[tuple[str, ...]]] = {}
    for _, locale in translations.rooms():
        for message in translations.translated(locale):
            if message.id:
                forms = english.setdefault(str(message.id), set())
                forms.add(tuple(translations.forms_of(message)))

    assert {text: forms for text, forms in english.items() if len(forms) > 1} == {}


def _frame(text: str) -> tuple[list[str], list[str]]:
    """Return the named places (`%(days)s`, `{days}`) and the tags of a text, in alphabetical order."""
    named = [part.split(")s")[0] for part in text.split("%(")[1:]]
    braced = [name for _, name, _, _ in string.Formatter().parse(text) if name] if "{" in text else []
    tags = [part.split(">")[0].split()[0] for part in text.split("<")[1:]]
    return sorted(named + braced), sorted(tags)


COUNTED_NOUN = re.compile(r"%\(\w+\)s (?:\w+ ){0,2}?(?!this|is|was)[a-z]+s\b")
"""A number, and behind it a noun in the plural."""
COUNTS = re.compile(r"%\((?:count|days|files|hours|minutes|n|number|seconds|segments|times|years)\)s")


@pytest.mark.parametrize(("room", "locale"), ROOMS)
def test_a_text_with_a_number_has_a_form_for_one_and_a_form_for_many(room, locale):
    without = {
        message.id
        for message in translations.translated(locale)
        if isinstance(message.id, str)
        and COUNTS.search(message.id)
        and COUNTED_NOUN.search(str(message.string))
    }

    assert without == set()


SOURCES = sorted(
    path
    for root in ("functions", "shared")
    for path in (ROOT / root).rglob("*.py")
    if "vendor" not in path.parts
)
MARKS = {"_", "_n", "N_"}


def hidden_texts(source: str) -> list[str]:
    """Return the marked texts inside f-strings, where Babel does not see them under Python 3.11."""
    strings = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr))
    calls = (node for string in strings for node in ast.walk(string) if isinstance(node, ast.Call))
    return [
        ast.unparse(call)
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id in MARKS
        and call.args
        and isinstance(call.args[0], ast.Constant)
    ]


def test_no_text_hides_in_an_f_string():
    hidden = {str(path.relative_to(ROOT)): hidden_texts(path.read_text("utf-8")) for path in SOURCES}

    assert {path: texts for path, texts in hidden.items() if texts} == {}
    assert hidden_texts("""f"{_('Có')}: {count}" """) == ["_('Có')"]
