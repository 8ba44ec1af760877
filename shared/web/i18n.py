"""Two languages: Vietnamese, which the texts are written in, and English, from gettext catalogues beside them."""

from __future__ import annotations

import gettext as stdlib_gettext
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Literal

from shared.domain.words import N_

__all__ = ["N_", "Language", "add_catalogue", "counted", "gettext", "in_language", "translations"]

Language = Literal["vi", "en"]

_catalogues: list[Path] = [Path(__file__).parent / "locale"]


def in_language(language: Language, vietnamese: str, english: str) -> str:
    """Return a name of the directory's in a language; the Vietnamese one where it has no English."""
    return english if language == "en" and english else vietnamese


def add_catalogue(folder: Path) -> None:
    """Let a function add its own `locale` folder (`en/LC_MESSAGES/pakn.mo`)."""
    if folder not in _catalogues:
        _catalogues.append(folder)
        translations.cache_clear()


@cache
def translations(language: Language) -> stdlib_gettext.NullTranslations:
    """Return the catalogue of a language; Vietnamese needs none."""
    merged = stdlib_gettext.NullTranslations()
    if language == "vi":
        return merged
    for folder in _catalogues:
        catalogue = stdlib_gettext.translation("pakn", folder, languages=[language], fallback=True)
        catalogue.add_fallback(merged)
        merged = catalogue
    return merged


def gettext(language: Language) -> Callable[[str], str]:
    """Return the function that puts a Vietnamese text into a language; gettext has its header under no text."""
    catalogue = translations(language)
    return lambda text: catalogue.gettext(text) if text else ""


def counted(language: Language) -> Callable[[str, int], str]:
    """Return the function that puts a text with a number into a language, in the form for that number (ngettext).

    Vietnamese has one form for all numbers, so that the code says a text once. Callers name the function `_n`.
    """
    catalogue = translations(language)
    return lambda text, number: catalogue.ngettext(text, text, number)
