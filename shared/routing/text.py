"""Reads Vietnamese as people really write it: accented or not, with either tone placement, with SMS short forms.

The phrasebooks of the routing rules are matched against what this module makes of a text. Two forms of every
word are kept side by side: how it was *spelled* (accents kept, the tone moved to the end, so that "hoà" and
"hòa" are one word) and how it is *folded* (no accents at all, "y" and "i" united where they sound alike).
A word without accents may stand for any accented one; a word with other accents is another word.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

_TONES = "\u0300\u0301\u0303\u0309\u0323"
_HOI, _NGA = "\u0309", "\u0303"
_WORD = re.compile(r"[^\W_][\w" + "\u0300-\u036f" + "]*")
_TONE = re.compile(f"[{_TONES}]")
_MARK = re.compile("[\u0300-\u036f]")
_LONE_Y = re.compile(r"^([bcdghklmnprstvx]{1,2}|qu)y$")
_ACCENTED_FROM = 0.4
"""Ordinary Vietnamese prose has accents on about three words of four; unaccented prose on next to none."""


@dataclass(frozen=True, slots=True)
class Words:
    """A text as parallel tuples, one entry per word after short forms have been written out."""

    written: tuple[str, ...]
    spelled: tuple[str, ...]
    folded: tuple[str, ...]
    is_accented: bool

    def __len__(self) -> int:
        return len(self.folded)

    def without(self, spans: Iterable[tuple[int, int]]) -> "Words":
        """Return the words outside of spans (start, end)."""
        left_out = {index for start, end in spans for index in range(start, end)}
        rest = [index for index in range(len(self)) if index not in left_out]
        return Words(
            tuple(self.written[index] for index in rest),
            tuple(self.spelled[index] for index in rest),
            tuple(self.folded[index] for index in rest),
            self.is_accented,
        )


@lru_cache(8192)
def spell(word: str) -> str:
    """Bring one decomposed, lower-case word to the form in which spellings are compared.

    The tone goes last; hỏi and ngã are one, since half the country does not tell them apart in writing.
    """
    tones = "" if word.isascii() else "".join(_TONE.findall(word)).replace(_NGA, _HOI)
    return _unite(_TONE.sub("", word) if tones else word) + tones


@lru_cache(8192)
def fold(word: str) -> str:
    """Strip one decomposed, lower-case word of all accents and of the spellings that sound alike."""
    return _unite(word if word.isascii() else _MARK.sub("", word).replace("đ", "d"))


def _unite(word: str) -> str:
    """Bring spellings that stand for one sound, and the typing slip "gn", to one form ("nghạch", "kỷ", "khôgn")."""
    if word.endswith("gn"):
        word = word[:-2] + "ng"
    if word.startswith("ngh"):
        word = "ng" + word[3:]
    elif word.startswith("gh"):
        word = "g" + word[2:]
    if word.endswith("y") and _LONE_Y.match(word):
        word = word[:-1] + "i"
    return word


def split(text: str) -> list[str]:
    """Cut a text into decomposed (NFD) words, letters' case kept."""
    return _WORD.findall(unicodedata.normalize("NFD", text))


def read(text: str, short_forms: Mapping[str, tuple[str, ...]] | None = None) -> Words:
    """Read a text into words, writing out the short forms (keys as `spell` gives them)."""
    written: list[str] = []
    spelled: list[str] = []
    folded: list[str] = []
    letters = accented = 0
    for word in split(text):
        lower = word.lower()
        if lower[0].isalpha():
            letters += 1
            accented += not lower.isascii()
        spelling = spell(lower)
        long_form = short_forms.get(spelling) if short_forms else None
        if long_form is None:
            written.append(word)
            spelled.append(spelling)
            folded.append(fold(lower))
            continue
        for part in long_form:
            written.append(part)
            spelled.append(spell(part))
            folded.append(fold(part))
    return Words(
        tuple(written), tuple(spelled), tuple(folded), letters > 0 and accented / letters >= _ACCENTED_FROM
    )


def joined(subject: str, content: str) -> str:
    """Return the text of a petition: its subject and its content.

    A subject that only repeats the first words of the content, because none was given, is left out: what was said
    once counts once.
    """
    beginning = " ".join(subject.rstrip("… .").split())
    return content if " ".join(content.split()).startswith(beginning) else f"{subject}\n{content}"


_SYLLABLE = re.compile(
    r"(?:ng|nh|ch|gi|kh|ph|qu|th|tr|[bcdghklmnprstvx])?"
    r"(?:oai|oay|uay|uoi|uou|ieu|yeu|uye|uya|oeo|ie|ye|ia|iu|ua|uo|ue|uy|ui|uu|oa|oe|oi|oo|ai|ao|au|ay|eo|eu|a|e|i|o|u|y)"
    r"(?:ng|nh|ch|[cmnpt])?"
)


def is_syllable(folded: str) -> bool:
    """Return whether a folded word could be a Vietnamese syllable (many short foreign words could, too)."""
    return _SYLLABLE.fullmatch(folded) is not None
