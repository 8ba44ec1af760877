"""Fills the variables into a text for its channel: one function for sending, for checks and for previews."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.domain.identity.gsm7 import segments, unaccented
from shared.domain.promises.deliveries import DeliveryChannel
from shared.wording.sandbox import as_html, environment_of
from shared.wording.sources import PACKAGED, Source, TextName

_GAP = re.compile(r"\n[ \t]*\n\s*\n|\n[ \t]+\n")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text ready to be sent; its content is not part of `repr`."""

    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    version: str = PACKAGED
    segments: int | None = None


def rendered(name: TextName, source: Source, facts: Mapping[str, Any]) -> Rendered:
    """Return a text with its variables filled in.

    An SMS is one line, without accents unless its template asks for them; an e-mail gets greeting, links and footer.
    An error of the template is raised as Jinja2 or Python raises it.
    """
    environment = environment_of(name.language)
    text = environment.from_string(source.text).render(facts).strip()
    if name.channel is DeliveryChannel.SMS:
        plain = unicodedata.normalize("NFC", text) if source.is_unicode else unaccented(text)
        line = " ".join(plain.split())
        return Rendered(line, version=source.version, segments=segments(line))
    if name.channel is DeliveryChannel.PHONE:
        return Rendered(tidy(text), version=source.version)
    subject = line_of(name, source.subject, facts)
    framed = {**facts, "text": tidy(text)}
    whole = tidy(environment.get_template(f"{name.reader}.{name.language}.txt").render(framed))
    html = environment.get_template(f"{name.reader}.html").render(
        {**facts, "language": name.language, "title": subject, "body": as_html(framed["text"])}
    )
    return Rendered(whole, subject, html, source.version)


def line_of(name: TextName, template: str, facts: Mapping[str, Any]) -> str:
    """Return a subject: one line."""
    return " ".join(environment_of(name.language).from_string(template).render(facts).split())


def body_of(name: TextName, source: Source, facts: Mapping[str, Any]) -> str:
    """Return a text without greeting and footer, as a section of a longer one."""
    return tidy(environment_of(name.language).from_string(source.text).render(facts))


def tidy(text: str) -> str:
    """Leave one empty line where a template left several."""
    return _GAP.sub("\n\n", text).strip()
