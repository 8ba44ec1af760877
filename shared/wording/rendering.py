"""Fills the variables into a text for its channel: one function for sending, for checks and for previews."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from jinja2 import Template
from jinja2.sandbox import SandboxedEnvironment

from shared.domain.identity.gsm7 import segments, unaccented
from shared.domain.promises.deliveries import DeliveryChannel
from shared.wording.grammar import parsed
from shared.wording.sandbox import as_html, environment_of
from shared.wording.sources import PACKAGED, Language, Source, TextName

LONGEST_OUTPUT = 100_000
"""Characters that an administrator's text may become; an answer has at most a fifth of it."""
NAMED_REFERENCES = 2
"""Petitions that an SMS about several names."""
_GAP = re.compile(r"\n[ \t]*\n\s*\n|\n[ \t]+\n")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text ready to be sent; its content is not part of `repr`."""

    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    version: str = PACKAGED
    segments: int | None = None


class OutputTooLongError(ValueError):
    """A text repeats its variables so often that it is no letter any more."""


def rendered(name: TextName, source: Source, facts: Mapping[str, Any]) -> Rendered:
    """Return a text with its variables filled in.

    An SMS is one line, without accents unless its template asks for them; an e-mail gets greeting, links and footer.
    An error of the template is raised as Jinja2 or Python raises it.

    Raises:
        ForbiddenTemplateError: the template breaks the grammar of texts.
        OutputTooLongError: an administrator's text becomes too long.
    """
    environment = environment_of(name.language)
    text = filled(name.language, source, source.text, facts).strip()
    if name.channel is DeliveryChannel.SMS:
        plain = unicodedata.normalize("NFC", text) if source.is_unicode else unaccented(text)
        line = " ".join(plain.split())
        return Rendered(line, version=source.version, segments=segments(line))
    if name.channel is DeliveryChannel.PHONE:
        return Rendered(tidy(text), version=source.version)
    subject = line_of(name, source, facts)
    framed = {**facts, "text": tidy(text)}
    whole = tidy(environment.get_template(f"{name.reader}.{name.language}.txt").render(framed))
    html = environment.get_template(f"{name.reader}.html").render(
        {**facts, "language": name.language, "title": subject, "body": as_html(framed["text"])}
    )
    return Rendered(whole, subject, html, source.version)


def filled(language: Language, source: Source, template: str, facts: Mapping[str, Any]) -> str:
    """Return the text or the subject of a source with its variables filled in, and nothing around it.

    Raises:
        ForbiddenTemplateError: the template breaks the grammar of texts.
        OutputTooLongError: an administrator's text becomes too long.
    """
    pieces, length = [], 0
    for piece in _compiled(environment_of(language), template).generate(facts):
        length += len(piece)
        if length > LONGEST_OUTPUT and source.version != PACKAGED:
            raise OutputTooLongError
        pieces.append(piece)
    return "".join(pieces)


def line_of(name: TextName, source: Source, facts: Mapping[str, Any]) -> str:
    """Return the subject of a source: one line."""
    return " ".join(filled(name.language, source, source.subject, facts).split())


def body_of(name: TextName, source: Source, facts: Mapping[str, Any]) -> str:
    """Return a text without greeting and footer, as a section of a longer one."""
    return tidy(filled(name.language, source, source.text, facts))


def batch_variables(
    name: TextName, references: Sequence[str], sections: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return the variables of a text that contains several notices: its petitions, and its sections as one text.

    Args:
        name: of the text.
        references: of the petitions, each once.
        sections: title, text and link of each notice; none for an SMS, which only names them.
    """
    variables: dict[str, Any] = {
        "references": list(references),
        "cases": list(references),  # their name in texts that administrators wrote earlier
        "first_references": ", ".join(references[:NAMED_REFERENCES]),
        "more_references": max(len(references) - NAMED_REFERENCES, 0),
        "contents": "",
    }
    if sections:
        frame = environment_of(name.language).get_template(f"sections.{name.channel}.{name.language}.txt")
        variables["contents"] = tidy(frame.render(references=references, sections=sections))
    return variables


def tidy(text: str) -> str:
    """Leave one empty line where a template left several."""
    return _GAP.sub("\n\n", text).strip()


@lru_cache(maxsize=256)
def _compiled(environment: SandboxedEnvironment, template: str) -> Template:
    return environment.from_string(parsed(environment, template))
