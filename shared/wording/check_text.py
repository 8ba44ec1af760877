"""Checks a text before it comes into force: one pure function, for the desk and for the tests.

The texts are the ministry's voice, and citizens trust them: so a text must render whatever its variables hold, name the
petition, say nothing about a complaint of conduct, link only to government sites, and keep its budget of SMS. Its
template keeps the grammar of texts. A stored text that is not safe by today's rules is not sent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from jinja2 import nodes

from shared.domain.identity.gsm7 import is_gsm7
from shared.domain.promises.deliveries import DeliveryChannel
from shared.wording.grammar import ForbiddenTemplateError, parsed, unknown_names, variants
from shared.wording.links import foreign_hosts
from shared.wording.rendering import OutputTooLongError, Rendered, rendered
from shared.wording.samples import extremes, known_variables, ordinary
from shared.wording.sandbox import environment_of
from shared.wording.sources import Source, TextName

MOST_SEGMENTS = 3
"""The limit of SMS for any text: each costs, and old phones show them one by one."""
_UNSAFE = frozenset(
    {"foreign-link", "forbidden", "syntax", "too-complex", "output-too-long", "unknown-variable"}
)
"""Rules whose breach keeps a stored text from being sent; the others are matters of wording and cost."""


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


@lru_cache(maxsize=256)
def is_safe(name: TextName, source: Source) -> bool:
    """Return whether a stored text may be sent: it was checked when it was written, perhaps by earlier rules."""
    return not any(problem.rule in _UNSAFE for problem in problems_of(name, source))


def _templates(name: TextName, source: Source) -> Iterator[tuple[str, str]]:
    if name.channel is DeliveryChannel.EMAIL:
        yield "subject", source.subject
    yield "text", source.text


def _syntax_problems(name: TextName, source: Source) -> Iterator[TextProblem]:
    """Yield forbidden constructs, variables that do not exist, and links, whichever conditions hide them."""
    environment = environment_of(name.language)
    for place, template in _templates(name, source):
        if not template.strip():
            yield TextProblem(place, "missing")
            continue
        try:
            tree = parsed(environment, template)
            unknown = unknown_names(tree, known_variables(name))
            foreign = () if unknown else _foreign_hosts(name, tree)
        except ForbiddenTemplateError as error:
            yield TextProblem(place, error.rule, error.detail)
            continue
        if unknown:
            yield TextProblem(place, "unknown-variable", ", ".join(sorted(unknown)))
        if foreign:
            yield TextProblem(place, "foreign-link", ", ".join(foreign))
    if not 1 <= source.max_segments <= MOST_SEGMENTS:
        yield TextProblem("max_segments", "out-of-range", str(MOST_SEGMENTS))


def _foreign_hosts(name: TextName, tree: nodes.Template) -> tuple[str, ...]:
    """Return the foreign hosts in any combination of a template's branches, filled in with ordinary values."""
    facts = ordinary(name)
    values: dict[nodes.Expr, str] = {}
    hosts: dict[str, None] = {}
    for variant in variants(tree):
        text = "".join(
            piece if isinstance(piece, str) else _value(name, piece, facts, values) for piece in variant
        )
        hosts |= dict.fromkeys(foreign_hosts(text))
    return tuple(hosts)


def _value(
    name: TextName, expression: nodes.Expr, facts: Mapping[str, Any], values: dict[nodes.Expr, str]
) -> str:
    """Return an expression's value as text; nothing where a filter does not suit it, as a condition would prevent."""
    if expression not in values:
        template = nodes.Template([nodes.Output([expression])], lineno=1)
        try:
            values[expression] = environment_of(name.language).from_string(template).render(facts)
        except Exception:  # noqa: BLE001 - a filter fails in its own way for each value
            values[expression] = ""
    return values[expression]


def _rendering_problems(name: TextName, source: Source) -> Iterator[TextProblem]:
    """Yield errors that a text raises with some values of its variables, and links that these values make."""
    for facts in (ordinary(name), *extremes(name)):
        try:
            text = rendered(name, source, facts)
        except OutputTooLongError:
            yield TextProblem("text", "output-too-long")
            return
        except Exception as error:  # noqa: BLE001 - a template can fail in any way it likes
            yield TextProblem("text", "fails", type(error).__name__)
            return
        for place, line in (("subject", text.subject), ("text", text.text)):
            foreign = foreign_hosts(line)
            if foreign:
                yield TextProblem(place, "foreign-link", ", ".join(foreign))
                return
        if "None" in text.text or "None" in text.subject:
            yield TextProblem("text", "gap")
            return


def _content_problems(name: TextName, source: Source) -> Iterator[TextProblem]:
    """Yield forbidden or missing content: the reference, length, characters."""
    text = rendered(name, source, ordinary(name))
    if name.reader == "petitioner" and not _names_the_petition(text, name):
        yield TextProblem("text", "no-reference")
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
