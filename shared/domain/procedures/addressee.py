"""The person whom a letter addresses by name: is it its petitioner? Pure.

A letter that was begun from another one may still greet the other's sender. Names are looked for only where a letter
says whose it is: in the greeting, in "phản ánh của ông …", in "Bà … hỏi". Officials and third persons whom an answer
mentions elsewhere are none of its addressees. No list of surnames decides: a name is what is written in capitals.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shared.domain.petition.values.petitioner import Identity


class AddressedName(NamedTuple):
    """A name by which a letter addresses somebody, and its position."""

    start: int
    end: int
    name: str


_TITLE = (
    r"(?:[Ôô]ng\s?/\s?[Bb]à|[Ôô]ng\s?\(\s?[Bb]à\s?\)|[Ôô]ng|[Bb]à|[Aa]nh/[Cc]hị|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Bb]ạn"
    r"|Mr\.?|Mrs\.?|Ms\.?|Dr\.?)"
)
_GREETING = r"(?:Kính gửi|Kính thưa|Kính chào|Thân gửi|Thưa|Gửi|Chào|Dear)\s?[:,]?\s?(?:Quý |quý )?"
_MATTER = (
    r"(?:phản ánh|kiến nghị|đơn|thư|câu hỏi|ý kiến|đề nghị|góp ý|thắc mắc|hồ sơ|petition|question|letter)"
    r"(?: [^\W\d_]{1,10}){0,2} (?:của|from|of)"
)
_BEFORE_A_NAME = (
    re.compile(rf"\b{_GREETING}{_TITLE}\s?:?\s"),
    re.compile(rf"\b{_MATTER} {_TITLE} "),
)
_GREETED_WITHOUT_TITLE = re.compile(r"\b(?:Kính gửi|Kính thưa|Dear)\s?[:,]?\s?(?=[^\W\d_])")
_ASKING = re.compile(rf"(?:^|(?<=[.\n;] )|(?<=\n)){_TITLE} ", re.MULTILINE)
_ASKS = re.compile(
    r"\s?(?:hỏi|phản ánh|kiến nghị|thắc mắc|có (?:đơn|câu hỏi|ý kiến|phản ánh)|gửi (?:đơn|câu hỏi|phản ánh))"
)
_ORGANISATION = re.compile(
    rf"\b{_GREETING}(?:Quý )?((?:Công ty|Doanh nghiệp|Hợp tác xã|HTX)(?=\s)[^\n,;.:]{{2,100}})"
)
_SAMPLE = re.compile(
    r"\b(?:Nguyễn|Trần|Lê|Phạm|Hoàng|Phan|Vũ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý)(?: (?:Văn|Thị|Đình|Hữu))? [A-Z]\b(?![.\w])"
    r"|\bJohn Doe\b|\bJane Doe\b"
)
"""Names that samples of letters bear."""
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_NO_PERSON = frozenset(
    re.findall(
        r"\w+",
        """
    bộ sở ủy uỷ ubnd hđnd công ban phòng vụ cục tổng văn trung hội trường viện cơ đảng quốc chính chi đội thanh tòa toà
    doanh hợp tập quý các toàn chủ giám trưởng phó thứ chánh bí đại ngân liên mặt lãnh đạo đồng nhà cán bộ hiệu thủ kế
    cổng bưu báo đài kho nhóm ông bà anh chị cô chú bác bạn mr mrs ms dr sir madam all ministry department office
    """,
    )
)
"""First words in capitals that begin an office or a title rather than a person's name."""
_LEAST_WITHOUT_TITLE = 2
_LONGEST = 6


def addressed_names(text: str) -> tuple[AddressedName, ...]:
    """Return the names by which a letter addresses somebody, in order, and names that only samples bear."""
    matches = [
        *(name for pattern in _BEFORE_A_NAME for name in _after(pattern, text, least=1)),
        *_after(_GREETED_WITHOUT_TITLE, text, least=_LEAST_WITHOUT_TITLE),
        *(name for name in _after(_ASKING, text, least=1) if _ASKS.match(text, name.end)),
        *(AddressedName(m.start(1), m.end(1), m[1].strip()) for m in _ORGANISATION.finditer(text)),
        *(AddressedName(m.start(), m.end(), m[0]) for m in _SAMPLE.finditer(text)),
    ]
    names: list[AddressedName] = []
    for name in sorted(matches, key=lambda name: (name.start, -name.end)):
        if not names or name.start >= names[-1].end:
            names.append(name)
    return tuple(names)


def is_named_in(name: str, texts: Iterable[str]) -> bool:
    """Return whether a petitioner's own texts hold a name: then the letter may use it."""
    wanted = f" {_folded(name)} "
    return any(wanted in f" {_folded(text)} " for text in texts)


def is_name_of(name: str, identity: Identity) -> bool:
    """Return whether a name is the petitioner's, whole or in part, with or without its marks."""
    own = " ".join(filter(None, (identity.name, identity.organisation, identity.text)))
    words = _folded(name).split()
    return bool(words) and set(words) <= set(_folded(own).split())


def _after(pattern: re.Pattern[str], text: str, *, least: int) -> Iterator[AddressedName]:
    """Yield the words in capitals that follow each match of a pattern, if they may be a person's name."""
    for match in pattern.finditer(text):
        words: list[re.Match[str]] = []
        at = match.end()
        while len(words) < _LONGEST and (word := _WORD.match(text, at)) and word[0][0].isupper():
            words.append(word)
            at = word.end() + (text[word.end() : word.end() + 1] == " ")
        if len(words) >= least and words[0][0].casefold() not in _NO_PERSON:
            yield AddressedName(words[0].start(), words[-1].end(), text[words[0].start() : words[-1].end()])


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", plain))
