"""One form for every text that comes in, whichever door it came through.

What nobody sees goes (zero-width and control characters, direction marks), what stands for a line end becomes one,
look-alikes of Đ become Đ, fonts from before Unicode are decoded, and the whole is in NFC. What a script or an emoji
needs stays. Only halves of characters are refused: no storage holds them, and dropping them could change a meaning.
"""

from __future__ import annotations

import re
import unicodedata

from shared.domain.text import legacy_fonts

_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_PAIR = re.compile("([\ud800-\udbff])([\udc00-\udfff])")
_LOOKALIKES = str.maketrans(
    {"\u00d0": "Đ", "\u00f0": "đ", "\u0189": "Đ", "\u0256": "đ", "\u2800": " ", "\uf0b7": "•"}
)
"""Icelandic and African letters that old keyboards write for Đ; the Braille blank; the bullet of Word's symbol font."""
_SOFT_HYPHEN = "\u00ad"
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufdd0-\ufdef\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\U000e0000-\U000e007f]"
)
_HORIZONTAL = re.compile("[\u200b-\u200d]")
_TAG = re.compile("[\U000e0020-\U000e007f]")
_COMPLEX_SCRIPTS = re.compile("[\u0600-\u109f\u1700-\u1cff\ua800-\uabff]")
"""Arabic to Burmese, Khmer, Cham: they join and part letters, and some words, by zero-width characters."""
_EMOJI = re.compile("[\u2190-\u2bff\u3030\u303d\ufe0f\U0001f000-\U0001faff]")
_EMOJI_BASE_OF_TAGS = "\U0001f3f4"
_ORDINARY = re.compile("[\n\t -~\u00a1-\u00ac\u00ae-\u00cf\u00d1-\u00ef\u00f1-\u02ff\u1ea0-\u1ef9]*")
"""Texts of these characters alone need no care but for the fonts from before Unicode."""


class BrokenTextError(ValueError):
    """A text with half a character in it; `position` counts from 1."""

    def __init__(self, position: int) -> None:
        super().__init__(f"half a character at {position}")
        self.position = position


def clean_text(text: str) -> str:
    """Return a text in its one form; "" where nothing of it can be seen.

    Raises:
        BrokenTextError: it holds half of a character (a lone surrogate).
    """
    lone = _SURROGATE.search(text)
    if lone:
        text = _joined(text)
        lone = _SURROGATE.search(text)
    if lone:
        raise BrokenTextError(lone.start() + 1)
    text = unicodedata.normalize("NFC", _LINE_END.sub("\n", text))
    # The soft hyphen is a letter of TCVN3: what else cannot be seen goes before fonts are recognised.
    text = _SOFT_HYPHEN.join(map(_without_invisible, text.split(_SOFT_HYPHEN)))
    text = legacy_fonts.decoded(text)
    if not _ORDINARY.fullmatch(text):
        text = _without_invisible(text).translate(_LOOKALIKES)
    text = unicodedata.normalize("NFC", text).strip()
    return text if text.isascii() or any(map(_is_seen, text)) else ""


def clean_message(text: str) -> str:
    """Return the text of a message that cannot be refused: halves of characters become U+FFFD."""
    return clean_text(_SURROGATE.sub("\ufffd", _joined(text)))


def _joined(text: str) -> str:
    """Put together halves that stand side by side, as two parts of a long SMS leave them."""
    return _PAIR.sub(
        lambda pair: pair[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le"),
        text,
    )


def _without_invisible(text: str) -> str:
    return _INVISIBLE.sub(lambda match: match[0] if _is_needed(text, match.start()) else "", text)


def _is_needed(text: str, at: int) -> bool:
    """Return whether an invisible character is part of an emoji, or of a script that is written with it."""
    before, after = text[at - 1 : at], text[at + 1 : at + 2]
    if _TAG.match(text[at]):
        begin = at
        while begin and _TAG.match(text[begin - 1]) and at - begin < _LONGEST_TAG:
            begin -= 1
        return text[begin - 1 : begin] == _EMOJI_BASE_OF_TAGS
    if not _HORIZONTAL.match(text[at]):
        return False
    if text[at] == "\u200d" and _EMOJI.match(before) and _EMOJI.match(after):
        return True
    return bool(_COMPLEX_SCRIPTS.match(before) and _COMPLEX_SCRIPTS.match(after))


_LONGEST_TAG = 8
"""Tag characters behind a flag: five letters of a region, and the end."""


def _is_seen(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNPS" or unicodedata.category(character) in {"Co", "Cn"}
