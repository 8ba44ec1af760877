"""What is wrong with a text before it is put in force: one pure function, for the desk and for the tests.

The texts are the ministry's voice, and a citizen trusts what they say: so a text must render whatever is put in,
name the petition, say nothing of a conduct case, lead nowhere but to government sites, and cost what it may.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from jinja2 import TemplateSyntaxError, meta
from jinja2.exceptions import SecurityError

from shared.domain.identity.gsm7 import is_gsm7
from shared.tables.deliveries import DeliveryChannel
from shared.wording.rendering import Rendered, rendered
from shared.wording.samples import extremes, known_variables, ordinary
from shared.wording.sandbox import environment_of
from shared.wording.sources import Source, TextName

MOST_SEGMENTS = 3
"""SMS that one text may ever become: each costs, and old phones show them one by one."""
_LINK = re.compile(r"https?://([^/\s<>\"]+)", re.IGNORECASE)
_OURS = re.compile(r"(?:[a-z0-9-]+\.)*gov\.vn(?::\d+)?", re.IGNORECASE)


class TextProblem(NamedTuple):
    """One thing that is wrong: where, which rule, and what to look at."""

    place: str
    rule: str
    detail: str = ""


class Measure(NamedTuple):
    """How long an SMS gets at worst."""

    characters: int
    segments: int


def problems_of(name: TextName, source: Source) -> tuple[TextProblem, ...]:
    """Return everything that is wrong with a text, the most basic first; nothing when it may go out."""
    unreadable = tuple(_unreadable(name, source))
    if unreadable:
        return unreadable
    broken = tuple(_broken(name, source))
    return broken or tuple(_ill_mannered(name, source))


def longest(name: TextName, source: Source) -> Measure:
    """Return how long an SMS gets when everything that is put in is as long as it gets."""
    worst = max((rendered(name, source, facts) for facts in extremes(name)), key=lambda one: len(one.text))
    return Measure(len(worst.text), worst.segments or 0)


def _unreadable(name: TextName, source: Source) -> Iterator[TextProblem]:
    """Yield what stops a text from being read at all: its syntax, and names that nothing stands for."""
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


def _broken(name: TextName, source: Source) -> Iterator[TextProblem]:
    """Yield how a text fails when something is put in."""
    for facts in (ordinary(name), *extremes(name)):
        try:
            said = rendered(name, source, facts)
        except SecurityError:
            yield TextProblem("text", "forbidden")
            return
        except Exception as error:  # noqa: BLE001 - a template can fail in any way it likes
            yield TextProblem("text", "fails", type(error).__name__)
            return
        if "None" in said.text or "None" in said.subject:
            yield TextProblem("text", "gap")
            return


def _ill_mannered(name: TextName, source: Source) -> Iterator[TextProblem]:
    """Yield what a text says that it must not, or leaves out."""
    said = rendered(name, source, ordinary(name))
    if name.reader == "petitioner" and not _names_the_petition(said, name):
        yield TextProblem("text", "no-reference")
    foreign = [host for host in _LINK.findall(source.text) if not _OURS.fullmatch(host)]
    if foreign:
        yield TextProblem("text", "foreign-link", ", ".join(foreign))
    if name.channel is not DeliveryChannel.SMS:
        return
    worst = longest(name, source)
    if worst.segments > source.max_segments:
        yield TextProblem("text", "over-budget", f"{worst.characters} / {worst.segments}")
    strange = "" if source.is_unicode else "".join(sorted({c for c in said.text if not is_gsm7(c)}))
    if strange:
        yield TextProblem("text", "not-gsm7", strange)


def _names_the_petition(said: Rendered, name: TextName) -> bool:
    """Tell whether the reader learns which petition it is about; every e-mail's frame says it, every SMS must."""
    digits = ordinary(name)["digits"]
    return digits in said.text.replace(" ", "")
