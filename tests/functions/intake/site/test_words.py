"""Words of the site: it says "bạn" and "Bộ", never the words of letters or of engineers (docs/adr/0071)."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from chalicelib.intake.site.frame import LABELS, MISSING
from infra.layout import ROOT

TEMPLATES = ROOT / "functions" / "intake" / "chalicelib" / "intake" / "pages"
FOR_DEVELOPERS = {"developers.html", "reference.html", "schemas.html", "problem.html"}
SAID = sorted(path for path in TEMPLATES.rglob("*.html") if path.name not in FOR_DEVELOPERS)
CODE = ROOT / "functions" / "intake" / "chalicelib" / "intake"
SAID_BY_CODE = sorted(
    path
    for room in ("site", "petitions", "my_petitions", "published")
    for path in (CODE / room).rglob("*.py")
    if "developers" not in path.parts
)
TRANSLATE = {"_", "_n", "N_"}
LETTERS = sorted(
    path
    for path in (ROOT / "shared" / "wording" / "templates").rglob("*")
    if path.suffix in {".toml", ".txt", ".html"}
)
TEXT = re.compile(r"_n?\(\s*\"((?:[^\"\\]|\\.)*)\"|\{% trans[^%]*%\}(.*?)\{% endtrans %\}", re.DOTALL)
NOT_ON_THE_SITE = re.compile(
    r"ông/bà|chúng tôi|dấu gốc|dấu kiểm chứng|bản ghi|thư điện tử|không có mạng\?", re.IGNORECASE
)
NOT_IN_A_LETTER = re.compile(r"\bbạn\b|thư điện tử|e-mail", re.IGNORECASE)


def texts_of(path: Path) -> list[str]:
    """Return the texts of a template that are put into the reader's language."""
    return [marked or translated for marked, translated in TEXT.findall(path.read_text("utf-8"))]


def texts_in_code(path: Path) -> list[str]:
    """Return the texts of a module that are put into the reader's language."""
    calls = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call))
    arguments = (
        call.args[0]
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id in TRANSLATE and call.args
    )
    return [
        text.value for text in arguments if isinstance(text, ast.Constant) and isinstance(text.value, str)
    ]


def test_texts_are_read_from_the_templates_and_the_code():
    assert sum(len(texts_of(path)) for path in SAID) > 200
    assert sum(len(texts_in_code(path)) for path in SAID_BY_CODE) > 150


def test_code_of_the_pages_speaks_in_plain_words_too():
    wrong = {
        path.name: [text for text in texts_in_code(path) if NOT_ON_THE_SITE.search(text)]
        for path in SAID_BY_CODE
    }

    assert {name: texts for name, texts in wrong.items() if texts} == {}


@pytest.mark.parametrize("path", SAID, ids=lambda path: path.name)
def test_page_speaks_to_its_reader_in_plain_words(path: Path):
    assert [text for text in texts_of(path) if NOT_ON_THE_SITE.search(text)] == []


def test_every_field_says_what_to_do_where_it_is_empty():
    assert LABELS.keys() == MISSING.keys()


def test_letters_keep_to_their_own_form_of_address():
    quoted = {
        path.name: [
            line
            for line in path.read_text("utf-8").splitlines()
            if NOT_IN_A_LETTER.search(line) and not line.startswith("#")
        ]
        for path in LETTERS
    }

    assert len(LETTERS) > 30
    assert {name: lines for name, lines in quoted.items() if lines} == {}
