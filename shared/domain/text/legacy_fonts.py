"""Vietnamese written with fonts from before Unicode: TCVN 5712:1993 (`.VnTime`) and VNI (`VNI-Times`).

Old documents are still in these encodings: what looks right in their font arrives as "§Ò nghÞ xem l¹i". A text is
decoded only if nearly all of its marked words become Vietnamese syllables by it and most are none as they stand, so
"café", "Müller" and Vietnamese in Unicode stay as they are.
Source of the tables: TCVN 5712:1993, third set (VN3); the VNI-Windows code page of the Vietnam National Institute.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

_TCVN3_FROM = "¡¢£¤¥¦§¨©ª«¬\u00ad®µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ"
_TCVN3_TO = "ĂÂÊÔƠƯĐăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
_TCVN3 = dict(zip(_TCVN3_FROM, _TCVN3_TO, strict=True))

_VNI_TONES = {"ù": "\u0301", "ø": "\u0300", "û": "\u0309", "õ": "\u0303", "ï": "\u0323"}
_VNI_SHAPES = {
    "â": "\u0302", "á": "\u0302\u0301", "à": "\u0302\u0300", "å": "\u0302\u0309", "ã": "\u0302\u0303",
    "ä": "\u0302\u0323",
    "ê": "\u0306", "é": "\u0306\u0301", "è": "\u0306\u0300", "ú": "\u0306\u0309", "ü": "\u0306\u0303",
    "ë": "\u0306\u0323",
}  # fmt: skip
"""Signs that stand behind their vowel: a circumflex or a breve, with a tone or without."""
_VNI_LETTERS = {
    "ô": "ơ", "ö": "ư", "ñ": "đ", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "í": "í", "ì": "ì"
}  # fmt: skip
_VNI_CIRCUMFLEX, _VNI_BREVE = "âáàåãä", "êéèúüë"

_MARKS_OF_UNICODE = re.compile("[ĂăĐđĨĩŨũƠơƯưẠ-ỹ\u0300\u0301\u0303\u0306\u0309\u031b\u0323]")
"""Signs of Vietnamese in Unicode that neither encoding has: a text with one of them is in Unicode already."""
_WORD = re.compile(r"[A-Za-z\u00a1-\u00ff]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_ONSET = r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnprstvx])?"
_CLOSED = r"(?:a|ă|â|e|ê|i|o|ô|ơ|u|ư|y|iê|yê|uô|ươ|oa|oă|oe|oo|uâ|uê|uy|uyê)(?:ch|ng|nh|c|m|n|p|t)"
_OPEN = (
    r"(?:oai|oay|oao|oeo|uây|uôi|ươi|ươu|uyu|uya|iêu|yêu|ia|ya|ua|ưa|oa|oe|uê|uy|uơ|ai|ao|au|ay|âu|ây|eo|êu|iu|oi"
    r"|ôi|ơi|ui|ưi|ưu|a|e|ê|i|o|ô|ơ|u|ư|y)"
)
_SYLLABLE = re.compile(f"{_ONSET}(?:{_CLOSED}|{_OPEN})")
_STOPPED = re.compile(r"(?:ch|c|p|t)$")
_TONES_OF_STOPPED = frozenset("\u0301\u0323")

_LETTERS_OF_CAPITALS = 4
_FEWEST_LETTERS = 3
_CONSONANT = re.compile("[b-df-hj-np-tvxB-DF-HJ-NP-TVX]")
"""One marked word at least must have three letters and a consonant: vowels alone are read by chance ("aá")."""
_ENOUGH_DECODED = 0.85
_AT_MOST_AS_IT_STANDS = 0.5


def decoded(text: str) -> str:
    """Return a text in Unicode if it is surely in TCVN3 or VNI; else the very same text.

    Case follows the letters around: `.VnTimeH` writes capitals with the codes of small letters.
    """
    if text.isascii() or _MARKS_OF_UNICODE.search(text):
        return text
    marked = [word for word in _WORD.findall(text) if not word.isascii() and re.search("[A-Za-z]", word)]
    if not any(len(word) >= _FEWEST_LETTERS and _CONSONANT.search(word) for word in marked):
        return text
    as_it_stands = _share(_with_plain_d, marked)
    if as_it_stands > _AT_MOST_AS_IT_STANDS:
        return text
    readings = {read: _share(read, marked) for read in (_from_tcvn3, _from_vni)}
    best = max(readings, key=lambda read: (readings[read], -_oddities(read, marked)))
    if readings[best] < _ENOUGH_DECODED:
        return text
    result = _WORD.sub(lambda word: _decoded_word(word[0], best), text)
    letters = [sign for sign in text if sign.isascii() and sign.isalpha()]
    is_in_capitals = len(letters) > _LETTERS_OF_CAPITALS and all(letter.isupper() for letter in letters)
    return result.upper() if is_in_capitals else result


def is_syllable(word: str) -> bool:
    """Return whether a word is spelled as a Vietnamese syllable, its tone and its capitals included."""
    if not (word.islower() or word.isupper() or word.istitle()):
        return False
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [sign for sign in parts if sign in _TONES]
    plain = _without_tones(word)
    if len(tones) > 1 or not _SYLLABLE.fullmatch(plain):
        return False
    return not (_STOPPED.search(plain) and tones and tones[0] not in _TONES_OF_STOPPED)


def _with_plain_d(word: str) -> str:
    """Read the Icelandic letter that old keyboards write for Đ."""
    return word.replace("Ð", "Đ").replace("ð", "đ")


def _share(read: Callable[[str], str], words: list[str]) -> float:
    return sum(is_syllable(_cased(read(word), word)) for word in words) / len(words)


def _oddities(read: Callable[[str], str], words: list[str]) -> int:
    """Count syllables that hardly occur: "Coâng" is "Công" in VNI rather than "Coõng" in TCVN3."""
    return sum("oo" in _without_tones(read(word)) for word in words)


def _without_tones(word: str) -> str:
    parts = unicodedata.normalize("NFD", word.lower())
    return unicodedata.normalize("NFC", "".join(sign for sign in parts if sign not in _TONES))


def _decoded_word(word: str, read: Callable[[str], str]) -> str:
    """Decode one word; signs that stand alone, such as "§ 5" or "©", are no words unless they become one."""
    if word.isascii():
        return word
    result = _cased(read(word), word)
    return result if is_syllable(result) or re.search("[A-Za-z]", word) else word


def _cased(result: str, word: str) -> str:
    letters = [letter for letter in word if letter.isascii()]
    return result.upper() if len(letters) > 1 and all(letter.isupper() for letter in letters) else result


def _from_tcvn3(word: str) -> str:
    return word.translate(_TCVN3_TABLE)


def _from_vni(word: str) -> str:
    result: list[str] = []
    for sign in word:
        small = sign.lower()
        before = unicodedata.normalize("NFD", result[-1].lower())[:1] if result else ""
        added = _vni_sign(small, before, result[-1] if result else "")
        if added:
            result[-1] = unicodedata.normalize("NFC", result[-1] + added)
        else:
            letter = _VNI_LETTERS.get(small, sign)
            result.append(letter.upper() if sign.isupper() else letter)
    return "".join(result)


def _vni_sign(sign: str, before: str, letter: str) -> str:
    """Return the combining marks that a sign adds to the vowel before it, "" where it adds none."""
    if sign in _VNI_CIRCUMFLEX and before in {"a", "e", "o"} and letter.isascii():
        return _VNI_SHAPES[sign]
    if sign in _VNI_BREVE and before == "a" and letter.isascii():
        return _VNI_SHAPES[sign]
    if sign in _VNI_TONES and before in {"a", "e", "o", "u", "y"}:
        return _VNI_TONES[sign]
    return ""


_TCVN3_TABLE: Mapping[int, str] = {ord(code): letter for code, letter in _TCVN3.items()}
