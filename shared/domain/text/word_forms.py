"""Spellings of Vietnamese words for searching: with marks, in one way; and without marks.

`hoà` and `hòa` are one word, `phụ` and `phù` are two: which vowel of a syllable carries its tone is a matter of taste,
so the tone is written behind the word. `đ` is a letter of its own in Unicode, not a `d` with a mark.
"""

from __future__ import annotations

import re
import unicodedata

TONES = "\u0300\u0301\u0303\u0309\u0323"
"""The five marks of tone."""
_WORD = re.compile(r"[^\W_]+")
_CROSSED = str.maketrans("đĐ", "dD")


def words(text: str) -> list[str]:
    """Return the words of a text in small letters, as they are written."""
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold())


def spelt(word: str) -> str:
    """Return a word with its marks, spelt in one way: the tone stands behind it."""
    letters = unicodedata.normalize("NFD", word)
    tones = "".join(letter for letter in letters if letter in TONES)
    rest = "".join(letter for letter in letters if letter not in TONES)
    return unicodedata.normalize("NFC", rest) + tones


def unmarked(word: str) -> str:
    """Return a word without marks: `duong` for `đường`."""
    letters = unicodedata.normalize("NFD", word.translate(_CROSSED))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def uncrossed(text: str) -> str:
    """Return a text with `d` for `đ`; all else stays, so that it has as many characters as before."""
    return text.translate(_CROSSED)


def spelt_text(text: str) -> str:
    """Return a text with each word spelt in one way; it has the same words in the same order."""
    return _WORD.sub(lambda word: spelt(word[0]), unicodedata.normalize("NFC", text).casefold())
