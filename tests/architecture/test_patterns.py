"""No regular expression takes four times as long for a text twice as long, whatever somebody sends."""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from chalicelib.casework.actions.redaction import masked
from chalicelib.intake.sms.commands import parse
from chalicelib.intake.sms.name_or_petition import choice_in, says_it_is_a_name
from infra.layout import ROOT
from infra.tools.import_graph import source_files, syntax_nodes
from shared.domain.identity.contact import ContactError, normal_email
from shared.domain.identity.provinces import province_of
from shared.domain.identity.telephone import LONGEST_PHONE, telephone_numbers
from shared.domain.text.clean_text import clean_text

SCANS = {"search", "finditer", "findall", "sub", "split"}
ANCHORED = {"match", "fullmatch"}
BRICKS = [
    "_", " ", "a", "A", "0", ".", "-", "+", "(", "@", ",", "/", "\n", "\t", "<", "[", "{{", "đ", "\u0301",
    "a ", "A ", "0 ", "0.", "a.", "a@", "@a", "0-", "a,", "x0", "p.", "o0", "1/", "[...]", "http://a",
    "Nguyễn ", "ông ", "Thôn A ", "số 1 ", "12 Lê ", "ngõ 1 ", "đường A ", "tôi ", "không ", "PAKN ", "\u00ad¬",
]  # fmt: skip
"""Texts of one of these, many times over, with a sign at the end that fits nothing."""
SHORT, LONG = 1_000, 4_000
NOTICEABLE = 0.004
"""Seconds below which nothing is compared: the clock's own noise."""
QUADRATIC = 10
"""Four times the text takes a linear pattern 4 times as long, a quadratic one 16 times."""


class Pattern(NamedTuple):
    """A regular expression where it stands, and whether it is tried at every place of a text."""

    place: str
    pattern: re.Pattern[str]
    scans: bool

    def run(self, text: str) -> None:
        """Try the pattern on a text as the code does."""
        if self.scans:
            for _ in self.pattern.finditer(text):
                pass
        else:
            self.pattern.match(text)
            self.pattern.fullmatch(text)


def module_of(path: Path) -> str:
    """Return the name under which a file is imported."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[2:] if parts[0] == "functions" else parts).removesuffix(".__init__")


def patterns_in(value: Any, depth: int = 0) -> Iterator[re.Pattern[str]]:
    """Yield the patterns of a module's value, also inside of tables."""
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            yield value
    elif depth < 3 and isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from patterns_in(item, depth + 1)
    elif depth < 3 and isinstance(value, dict):
        for item in value.values():
            yield from patterns_in(item, depth + 1)


def compiled_patterns() -> Iterator[Pattern]:
    """Yield the patterns that modules compile when they are imported."""
    for path in source_files("shared", "functions"):
        source = path.read_text("utf-8")
        if "re.compile" not in source or path.name == "app.py":
            continue
        module = importlib.import_module(module_of(path))
        for name, value in vars(module).items():
            if not re.search(rf"^{re.escape(name)}\b.*=", source, re.MULTILINE):
                continue
            methods = set(re.findall(rf"\b{re.escape(name)}\.(\w+)\(", source))
            scans = not methods & ANCHORED or bool(methods & SCANS)
            for pattern in patterns_in(value):
                yield Pattern(f"{module_of(path)}.{name}", pattern, scans)


def literal_patterns() -> Iterator[Pattern]:
    """Yield the patterns that stand in a call such as `re.sub("…", …)`."""
    for path in source_files("shared", "functions"):
        for node in syntax_nodes(path):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "re"
                and node.func.attr in SCANS | ANCHORED
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                pattern = re.compile(node.args[0].value)
                yield Pattern(f"{module_of(path)}:{node.lineno}", pattern, node.func.attr in SCANS)


def growth(run: Callable[[str], object], brick: str) -> float:
    """Return how many times as long `run` takes for a text four times as long; 0 where neither is noticed."""

    def seconds(length: int) -> float:
        text = (brick * length)[:length] + "!"
        begun = time.process_time()
        run(text)
        return time.process_time() - begun

    if seconds(LONG) < NOTICEABLE:
        return 0
    short, long = (min(seconds(length) for _ in range(3)) for length in (SHORT, LONG))
    return long / max(short, 1e-6) if long >= NOTICEABLE else 0


TRIES = 3
"""A machine that does something else just then stretches one time more than the other, now this, now that."""


def is_quadratic(run: Callable[[str], object], brick: str) -> bool:
    """Return whether each of some tries says so."""
    return all(growth(run, brick) > QUADRATIC for _ in range(TRIES))


PATTERNS = [*compiled_patterns(), *literal_patterns()]


def test_the_patterns_of_the_project_are_seen() -> None:
    places = {pattern.place for pattern in PATTERNS}

    assert len(PATTERNS) > 150
    assert "chalicelib.casework.actions.redaction._PATTERNS" in places
    assert any(place.startswith("shared.routing") for place in places)


def test_no_pattern_is_quadratic() -> None:
    slow = {
        (pattern.place, brick) for pattern in PATTERNS for brick in BRICKS if is_quadratic(pattern.run, brick)
    }

    assert slow == set(), "bound the repetition, or begin where no such character stands before: (?<!…)"


def phones(text: str) -> object:
    return telephone_numbers(text[-LONGEST_PHONE:])


def mail(text: str) -> object:
    try:
        return normal_email(text)
    except ContactError:
        return None


@pytest.mark.parametrize(
    "read", [masked, parse, choice_in, says_it_is_a_name, province_of, clean_text, phones, mail]
)
def test_nothing_that_reads_citizens_texts_is_quadratic(read: Callable[[str], object]) -> None:
    slow = {brick for brick in BRICKS if is_quadratic(read, brick)}

    assert slow == set()


def test_a_quadratic_pattern_is_noticed() -> None:
    assert any(is_quadratic(re.compile(r"[\w.+-]+@").search, "_") for _ in range(TRIES))
