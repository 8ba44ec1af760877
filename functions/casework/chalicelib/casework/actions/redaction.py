"""Personal data in a text: finds it, marks it for the officer who publishes, and suggests a mask.

It suggests, it never decides: an officer can uncover what it masks, and must look for what it did not find.
"""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from shared.web.i18n import N_


class Personal(StrEnum):
    """The kind of personal data that a piece of text seems to be."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    ACCOUNT = "ACCOUNT"
    IDENTITY_NUMBER = "IDENTITY_NUMBER"
    PLATE = "PLATE"
    NAME = "NAME"
    ADDRESS = "ADDRESS"


MASKS: dict[Personal, str] = {
    Personal.EMAIL: "[email]",
    Personal.PHONE: "[số điện thoại]",
    Personal.ACCOUNT: "[số tài khoản]",
    Personal.IDENTITY_NUMBER: "[số giấy tờ]",
    Personal.PLATE: "[biển số]",
    Personal.NAME: "[họ tên]",
    Personal.ADDRESS: "[địa chỉ]",
}
"""The text that replaces each kind; published texts are Vietnamese."""
LABELS: dict[Personal, str] = {
    Personal.EMAIL: N_("Email"),
    Personal.PHONE: N_("Số điện thoại"),
    Personal.ACCOUNT: N_("Số tài khoản"),
    Personal.IDENTITY_NUMBER: N_("Số giấy tờ"),
    Personal.PLATE: N_("Biển số xe"),
    Personal.NAME: N_("Họ tên"),
    Personal.ADDRESS: N_("Địa chỉ"),
}
UNMISTAKABLE = frozenset(
    {Personal.EMAIL, Personal.PHONE, Personal.ACCOUNT, Personal.IDENTITY_NUMBER, Personal.PLATE}
)
"""Kinds whose patterns hardly ever match anything else: published only with `although_personal`."""


class Finding(NamedTuple):
    """The position of a piece of a text that looks like personal data."""

    start: int
    end: int
    kind: Personal


class Piece(NamedTuple):
    """A stretch of a text, and its kind if it looks like personal data."""

    text: str
    kind: Personal | None


_UPPER = "A-ZÀÁÂÃÈÉÊÌÍÒÓÔÕÙÚÝĂĐĨŨƠƯ" + "".join(map(chr, range(0x1EA0, 0x1EFA, 2)))
_WORD = rf"[{_UPPER}][^\W\d_]*"
_SURNAMES = (
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Huỳnh|Phan|Vũ|Võ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Đoàn|Trịnh|Trương|Mai|Tạ|Lương|Cao|"
    "Đào|Hà|Lâm|Tô|Tống|Châu|Quách|Thái|Nông|Vi|Lò|Hà|Cù|Chu|Kiều|Phùng|Vương|Tăng|Quan|Nghiêm|Khổng|Doãn"
)
_CALLED = (
    "[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị|[Cc]ô|[Cc]hú|[Bb]ác|[Ee]m|[Cc]háu|[Tt]hầy|[Đđ]/c|[Đđ]ồng chí|[Cc]on|"
    "[Tt]ôi là|[Tt]ôi tên(?: là)?|[Tt]ên(?: tôi)? là|[Hh]ọ(?: và)? tên:?"
)
_INSTITUTION = (
    "(?:Bộ|Sở|Phòng|Vụ|Cục|Ban|Ủy|Uỷ|Hội|Nghị|Luật|Điều|Khoản|Thông|Quyết|Chính|Chủ|Thủ|Văn phòng|Trung tâm|Công|Viện"
    "|Trường|Đại|Bệnh|Tỉnh|Thành|Quận|Huyện|Phường|Xã|Tháng|Năm|Ngày)"
)
"""Words that are written with a capital behind a figure and begin no street's name."""
_NUMBER = r"[KH]?\d{1,4}[A-Za-zĐđ]?(?:[/-]\d{1,4}[A-Za-z]?){0,4}(?!\w)"
_LANE = rf"(?:[Nn]gõ|[Nn]gách|[Hh]ẻm|[Kk]iệt|[Nn]go|[Nn]gach|[Hh]em|[Ll]ô)\s+{_NUMBER}"
_STREET = (
    "(?:[Đđ]ường|[Dd]uong|(?<![Tt]hành )(?<![Kk]hu )[Pp]hố|(?<![Tt]hanh )(?<![Kk]hu )[Pp]ho|[Đđ][.]|[Đđ]ại lộ"
    "|[Qq]uốc lộ|[Tt]ỉnh lộ|[Xx]a lộ)"
)
_WORDS_OF_STREET = rf"(?:\d[\w/]{{0,9}}|{_WORD}(?:[ ]+{_WORD}){{0,4}}|[^\W\d_]+(?:[ ]+[^\W\d_]+){{0,2}})"
_NAMED_STREET = rf"{_STREET}\s*(?:[Ss]ố\s+)?{_WORDS_OF_STREET}"
_STREET_ALONE = rf"(?!{_INSTITUTION}){_WORD}(?:[ ]+{_WORD}){{1,4}}"
"""A street without the word for it: "12 Nguyễn Trãi" is named after a person, as most are."""
_BEFORE_HOUSE = "(?:[Ss]ố nhà|[Nn]hà số|[Nn]hà|[Ss]ố|[Ss]o nha|[Nn]ha so|[Ss]o)"
_BEHIND_STREET = (
    r"(?=\s{0,3}(?:[,.;\n]|$)|\s{0,3}(?:[Pp]hường|[Xx]ã|[Qq]uận|[Hh]uyện|[Tt]hị|[Tt]hành|[Tt]ổ|[Kk]hu|[PQ][.]|TP"
    "|[Pp]huong|[Qq]uan))"
)
_LANES = rf"(?:,?\s+{_LANE}){{0,4}},?\s+"
_AT = "(?:(?<=[Ởở] )|(?<=[Tt]ại )|(?<=chỉ )|(?<=chỉ: )|(?<=trú ))"
_STREET_ADDRESSES = (
    rf"(?<!\w)(?<![Đđ]ường )(?<![Dd]uong ){_BEFORE_HOUSE}\s+{_NUMBER}{_LANES}(?:{_NAMED_STREET}|{_STREET_ALONE})",
    rf"(?<!\w){_LANE}{_LANES}(?:{_NAMED_STREET}|{_STREET_ALONE})",
    rf"(?<![\w/.,-]){_NUMBER}{_LANES}{_NAMED_STREET}",
    rf"{_AT}(?:{_BEFORE_HOUSE}\s+)?{_NUMBER}{_LANES}{_STREET_ALONE}",
    rf"(?<![\w/.,-]){_NUMBER}{_LANES}{_STREET_ALONE}{_BEHIND_STREET}",
    rf"(?<![\w/.,-]){_NUMBER},?\s+(?:{_SURNAMES})(?:[ ]+{_WORD}){{1,4}}",
)
"""House and street together, so that the house stays in no text whose street bears a person's name."""
_HOUSE = (
    rf"(?:[Ss]ố nhà|[Nn]hà số|[Ll]ô|[Cc]ăn hộ|[Cc]ăn)\s+{_NUMBER}|{_LANE}"
    rf"|[Ss]ố\s+{_NUMBER}(?=,?\s+(?:[Nn]gõ|[Đđ]ường|[Pp]hố))"
)
_PLACE = (
    r"(?:[Tt]hôn|[Xx]óm|[Ấấ]p|[Bb]ản|[Bb]uôn|[Kk]hu phố|[Tt]ổ dân phố|[Tt]ổ|[Đđ]ường|(?<![Tt]hành )[Pp]hố)"
    rf"\s+(?:\d\w*|{_WORD})(?:[ ]+{_WORD})*"
)
_FURTHER = rf"(?:[Nn]gõ|[Nn]gách|[Đđ]ường|[Pp]hố|[Tt]hôn|[Tt]ổ)\s+[\w/]+(?:[ ]+{_WORD})*"
_PATTERNS: tuple[tuple[Personal, re.Pattern[str]], ...] = (
    (Personal.EMAIL, re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    (
        Personal.ACCOUNT,
        re.compile(
            r"(?i)(?:số tài khoản|so tai khoan|tài khoản|tai khoan|\bstk)(?: số)?\D{0,15}?(\d[\d .-]{4,20}\d)"
        ),
    ),
    (
        Personal.IDENTITY_NUMBER,
        re.compile(
            r"(?i)(?:\bcccd|\bcmnd|\bcmt|căn cước|can cuoc|chứng minh|hộ chiếu|mã số thuế|\bbhxh)"
            r"\D{0,20}?(\d[\d .]{6,14}\d)"
        ),
    ),
    (Personal.IDENTITY_NUMBER, re.compile(r"(?<![\d.,/-])\d{12}(?![\d/-])")),
    (Personal.PHONE, re.compile(r"(?<![\d.,/])(?:\+?84|0)(?:[ .-]?\d){8,10}(?![\d/]|[.,]\d)")),
    (Personal.IDENTITY_NUMBER, re.compile(r"(?<![\d.,/-])[1-9]\d{8}(?![\d/-])")),
    (
        Personal.PLATE,
        re.compile(r"(?<![\w./-])\d{2}\s?-?\s?[A-Z][A-Z\d]?\s?-?\s?(?:\d{3}[. ]?\d{2}|\d{4})(?![\w/-])"),
    ),
    *((Personal.ADDRESS, re.compile(address)) for address in _STREET_ADDRESSES),
    (Personal.ADDRESS, re.compile(rf"(?<!\w)(?:{_HOUSE}|{_PLACE})(?:,?\s+{_FURTHER})*")),
    (Personal.NAME, re.compile(rf"(?<!\w)(?:{_CALLED})\s+({_WORD}(?:[ ]+{_WORD}){{0,4}})")),
    (Personal.NAME, re.compile(rf"(?<!\w)(?:{_SURNAMES})(?:[ ]+{_WORD}){{1,4}}")),
)
"""The pattern of each kind, the most reliable first."""
_NO_PERSON = re.compile(r"(?:Hồ Chí Minh|Tp|Bộ|Sở|Phòng|Vụ|Cục|Ban|Ủy|Uỷ|Chủ tịch|Trưởng|Phó)\b")
"""Matches of the name patterns that are no names of persons."""


def findings(text: str) -> tuple[Finding, ...]:
    """Return the findings in a text, in order; of two that overlap, the more reliable one."""
    results: list[Finding] = []
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span(match.lastindex or 0)
            if kind is Personal.NAME and _NO_PERSON.match(text, start):
                continue
            place = bisect(results, start, key=lambda finding: finding.start)
            is_after = place == 0 or results[place - 1].end <= start
            is_before = place == len(results) or end <= results[place].start
            if is_after and is_before:
                results.insert(place, Finding(start, end, kind))
    return tuple(results)


def pieces(text: str) -> tuple[Piece, ...]:
    """Return a text cut where personal data begins and ends, for marking it."""
    return tuple(_pieces(text))


def masked(text: str) -> str:
    """Return a text with each finding replaced by its mask."""
    return "".join(MASKS[piece.kind] if piece.kind else piece.text for piece in _pieces(text))


def has_unmistakable(text: str) -> bool:
    """Return whether a text still holds a finding of an unmistakable kind."""
    return any(finding.kind in UNMISTAKABLE for finding in findings(text))


def _pieces(text: str) -> Iterator[Piece]:
    at = 0
    for start, end, kind in findings(text):
        if start > at:
            yield Piece(text[at:start], None)
        yield Piece(text[start:end], kind)
        at = end
    if at < len(text):
        yield Piece(text[at:], None)
