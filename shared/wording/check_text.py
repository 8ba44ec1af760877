"""Checks a text before it comes into force: one pure function, for the desk and for the tests.

The texts are the ministry's voice, and citizens trust them: so a text must render whatever its variables hold, name the
petition, say nothing about a complaint of conduct, link only to government sites, and keep its budget of SMS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from jinja2 import TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError

from shared.domain.identity.gsm7 import is_gsm7
from shared.domain.promises.deliveries import DeliveryChannel
from shared.wording.rendering import Rendered, rendered
from shared.wording.samples import extremes, known_variables, ordinary
from shared.wording.sandbox import environment_of
from shared.wording.sources import Source, TextName

MOST_SEGMENTS = 3
"""The limit of SMS for any text: each costs, and old phones show them one by one."""
_LINK = re.compile(r"https?://([^/\s<>\"]+)", re.IGNORECASE)
_OURS = re.compile(r"(?:[a-z0-9-]+\.)*gov\.vn(?::\d+)?", re.IGNORECASE)


class TextProblem(NamedTuple):
    """One problem: the field, the rule that it breaks, and a detail."""

    place: str
    rule: str
    detail: str = ""


class Measure(NamedTuple):
    """The greatest length of an SMS."""

    characters: int
    segments: int


def problems_of(name: TextName, source: Source) -> tuple[TextProblem, ...]:
    """Return all problems of a text, the most basic ones first; none when it may be sent."""
    syntax = tuple(_syntax_problems(name, source))
    if syntax:
        return syntax
    failures = tuple(_rendering_problems(name, source))
    return failures or tuple(_content_problems(name, source))


def longest(name: TextName, source: Source) -> Measure:
    """Return the length of an SMS when all its variables are as long as possible."""
    worst = max((rendered(name, source, facts) for facts in extremes(name)), key=lambda text: len(text.text))
    return Measure(len(worst.text), worst.segments or 0)


def _syntax_problems(name: TextName, source: Source) -> Iterator[TextProblem]:
    """Yield errors of syntax, and variables that do not exist."""
    environment = environment_of(name.language)
    is_mail = name.channel is DeliveryChannel.EMAIL
    for place, template in (("subject", source.subject if is_mail else None), ("text", source.text)):
        if template is None:
            continue
        if not template.strip():
            yield TextProblem(place, "missing")
            continue
        try:
            parsed = environment.parse(template)
            environment.compile(parsed)
        except TemplateSyntaxError as error:
            yield TextProblem(place, "syntax", f"{error.lineno}: {error.message}")
            continue
        unknown = meta.find_undeclared_variables(parsed) - known_variables(name)
        if unknown:
            yield TextProblem(place, "unknown-variable", ", ".join(sorted(unknown)))
    if not 1 <= source.max_segments <= MOST_SEGMENTS:
        yield TextProblem("max_segments", "out-of-range", str(MOST_SEGMENTS))


def _rendering_problems(name: TextName, source: Source) -> Iterator[TextProblem]:
    """Yield errors that a text raises with some values of its variables."""
    for facts in (ordinary(name), *extremes(name)):
        try:
            text = rendered(name, source, facts)
        except SecurityError:
            yield TextProblem("text", "forbidden")
            return
        except Exception as error:  # noqa: BLE001 - a template can fail in any way it likes
            yield TextProblem("text", "fails", type(error).__name__)
            return
        if "None" in text.text or "None" in text.subject:
            yield TextProblem("text", "gap")
            return


def _content_problems(name: TextName, source: Source) -> Iterator[TextProblem]:
    """Yield forbidden or missing content: the reference, links, length, characters."""
    text = rendered(name, source, ordinary(name))
    if name.reader == "petitioner" and not _names_the_petition(text, name):
        yield TextProblem("text", "no-reference")
    foreign = [host for host in _LINK.findall(source.text) if not _OURS.fullmatch(host)]
    if foreign:
        yield TextProblem("text", "foreign-link", ", ".join(foreign))
    if name.channel is not DeliveryChannel.SMS:
        return
    worst = longest(name, source)
    if worst.segments > source.max_segments:
        yield TextProblem("text", "over-budget", f"{worst.characters} / {worst.segments}")
    strange = "" if source.is_unicode else "".join(sorted({c for c in text.text if not is_gsm7(c)}))
    if strange:
        yield TextProblem("text", "not-gsm7", strange)


def _names_the_petition(text: Rendered, name: TextName) -> bool:
    """Return whether a text names its petition: the frame of every e-mail does, and every SMS must."""
    digits = ordinary(name)["digits"]
    return digits in text.text.replace(" ", "")
