"""The sandbox that renders texts and their frames, and HTML made from plain text. What a text may use: `grammar`."""

from __future__ import annotations

import re
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from shared.domain.calendar.working_calendar import ENGLISH_MONTHS, ENGLISH_WEEKDAYS, WEEKDAYS
from shared.wording.sources import Language

_FRAMES = Path(__file__).parent / "templates" / "frames"
_LINK = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")


@cache
def environment_of(language: Language) -> SandboxedEnvironment:
    """Return the sandbox that texts are rendered in: no access to attributes of Python, no silent gaps."""
    sandbox = SandboxedEnvironment(
        loader=FileSystemLoader(_FRAMES),
        undefined=StrictUndefined,
        autoescape=False,  # these are plain texts; what becomes HTML is escaped by as_html
        trim_blocks=True,
        lstrip_blocks=True,
    )
    sandbox.filters |= {
        "day": lambda value: day(value, language),
        "weekday": lambda value: weekday(value, language),
    }
    return sandbox


def day(value: date, language: Language) -> str:
    """Return a date as it is written in a language: 23/02/2026, or 23 Feb 2026."""
    if language == "en":
        return f"{value.day} {ENGLISH_MONTHS[value.month - 1][:3]} {value.year}"
    return f"{value:%d/%m/%Y}"


def weekday(value: date, language: Language) -> str:
    """Return a date with its day of the week: `thứ Hai, 23/02/2026`, or `Monday, 23 February 2026`."""
    if language == "en":
        month = ENGLISH_MONTHS[value.month - 1]
        return f"{ENGLISH_WEEKDAYS[value.weekday()]}, {value.day} {month} {value.year}"
    return f"{WEEKDAYS[value.weekday()].replace('Thứ', 'thứ')}, {day(value, language)}"


def as_html(text: str) -> Markup:
    """Return a plain text as HTML: paragraphs, line breaks, links; everything else escaped."""
    paragraphs = (part for part in re.split(r"\n\s*\n", text.strip()) if part)
    return Markup("\n").join(
        Markup('<p style="margin:0 0 16px">{}</p>').format(_lines(part)) for part in paragraphs
    )


def _lines(paragraph: str) -> Markup:
    return Markup("<br>\n").join(_linked(line) for line in paragraph.split("\n"))


def _linked(line: str) -> Markup:
    pieces: list[Markup] = []
    position = 0
    for link in _LINK.finditer(line):
        pieces.append(escape(line[position : link.start()]))
        pieces.append(Markup('<a class="plain" href="{0}" style="color:#0b57d0">{0}</a>').format(link[0]))
        position = link.end()
    return Markup("").join([*pieces, escape(line[position:])])
