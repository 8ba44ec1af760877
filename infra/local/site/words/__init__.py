"""The texts of the workbench, in Vietnamese and in English: a module for each page, put together here."""

from __future__ import annotations

from typing import Final

from infra.local.site.words import (
    clock,
    demonstration,
    design,
    frame,
    inbox,
    officers,
    providers,
    queues,
    telephone,
    trace,
)

PARTS: Final = (frame, telephone, inbox, clock, officers, providers, queues, trace, demonstration, design)
"""The modules; each has `WORDS`, by language and name. No name stands in two."""

WORDS: Final[dict[str, dict[str, str]]] = {
    language: {name: text for part in PARTS for name, text in part.WORDS[language].items()}
    for language in ("vi", "en")
}
