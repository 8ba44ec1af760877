"""The gaps of a letter to a petitioner: what a template left open, and documents cited without their number. Pure.

A letter with a gap does not leave (`shared.use_cases.check_letter`). Ordinary brackets stay: a footnote `[1]`, a
remark, an omission in round brackets. So square brackets are a gap only if they hold nothing, the placeholder of a
template, or nothing but words that placeholders are made of. Every pattern is linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple


class GapKind(StrEnum):
    """The kind of a gap; the values are rules of the API's errors."""

    PLACEHOLDER = "placeholder"
    NUMBER_MISSING = "number-missing"
    NAME_OF_ANOTHER = "name-of-another"


class Gap(NamedTuple):
    """The position of a gap in a text."""

    start: int
    end: int
    kind: GapKind


_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        nội dung trả lời hướng dẫn kết quả ngày tháng năm giờ tiếp nhận họ tên và của người gửi ký nhận ông bà anh chị
        đơn vị cơ quan tổ chức ban hành địa chỉ phương số mã hiệu văn bản điều khoản điểm luật nghị định thông tư quyết
        công lĩnh vực tiêu đề trích yếu căn cứ cách tính thời hạn gian lý do chức vụ danh điện thoại thư email đường dẫn
        liên kết tỉnh thành phố huyện xã phường ở tại thủ tục hồ sơ chuyên môn phụ trách khác vào đây
        name date number content of the answer unit organisation organization address text document article reason here
        your petitioner phone link
        """,
    )
)
_ORDERS = frozenset({"điền", "ghi", "nhập", "chèn", "thêm", "insert", "fill", "enter"})
_LONGEST = 80
_BRACKETS = re.compile(rf"\[([^\[\]\n]{{0,{_LONGEST}}})\]|<([^<>\n]{{0,{_LONGEST}}})>")

_BLANK = r"[\s.…_xX-]{0,20}"
_DOTS = r"(?:…|\.{2,}|_{2,})"
_DOCUMENT = (
    r"(?:[Nn]ghị định|[Tt]hông tư(?: liên tịch)?|[Qq]uyết định|[Cc]ông văn|[Cc]hỉ thị|[Nn]ghị quyết|[Kk]ế hoạch"
    r"|[Tt]ờ trình|[Tt]hông báo|[Kk]ết luận|[Pp]háp lệnh|[Vv]ăn bản|[Hh]ướng dẫn|[Ll]uật)"
)
_NUMBERED = re.compile(
    r"(?:nghị định|thông tư|quyết định|công văn|chỉ thị|nghị quyết|kế hoạch|tờ trình)", re.IGNORECASE
)
"""Documents that are cited by number; a law may be cited by its name alone."""
_SERIES = r"/\s*(?:\d{4}\b|[A-ZĐ]{2,})"

_PLACEHOLDERS = (
    re.compile(r"\{\{[^\n]{0,80}?\}\}|\{%[^\n]{0,80}?%\}|\$?\{[^{}\n]{0,60}\}"),
    re.compile(r"«[^\s«»]{1,60}»"),
    re.compile(r"_{3,}|\?{3,}|\bX{4,}\b|\bx{3,}\b|\b[xX]{2}/[xX]{2}/|\bTODO\b|\bTBD\b|[Ll]orem ipsum"),
    re.compile(r"[.…]{2,}|…(?:[ \t]…){1,20}"),
    re.compile(r"\((?:[Đđ]iền|[Cc]hèn)\s(?!vào|theo|đủ|đầy)[^()\n]{1,60}\)"),
    re.compile(rf"\b[Nn]gày\s*{_DOTS}\s*(?:tháng|/)|\b[Nn]gày\s*/\s*/|\b[Tt]háng\s*{_DOTS}\s*(?:năm|/)"),
    re.compile(rf"\b[Nn]gày{_BLANK}tháng{_BLANK}năm\s*\d{{4}}"),
    re.compile(rf"Kính (?:gửi|thưa)\s*:?\s*(?:(?:[Ôô]ng|[Bb]à|[Aa]nh|[Cc]hị)[/() ]{{0,3}}){{0,2}}{_DOTS}"),
)
_MISSING_NUMBERS = (
    re.compile(rf"\b{_DOCUMENT}\s+(?:số\s*:?)?{_BLANK}{_SERIES}"),
    re.compile(rf"\b[Ss]ố\s*:?{_BLANK}{_SERIES}"),
    re.compile(r"\b\d+/[\s.…_xX]{0,20}/\s*[A-ZĐ]{2,}[\w-]*"),
    re.compile(
        r"\b(?:[Nn]ghị định|[Tt]hông tư|[Qq]uyết định|[Cc]ông văn|[Cc]hỉ thị|[Nn]ghị quyết)\s+số\s*:?\s*"
        rf"(?:{_DOTS}|(?=[,.;)])|(?=(?:ngày|của|về|quy định|và|hoặc)\b)|$)",
        re.MULTILINE,
    ),
    re.compile(rf"\bĐiều\s+{_DOTS}|\b[Kk]hoản\s+(?:{_DOTS}|,)\s*Điều\b|\bĐiều\s*,\s*khoản\b"),
)


def gaps(text: str, *, placeholders: Iterable[str] = ()) -> tuple[Gap, ...]:
    """Return the gaps of a text in order; of two that overlap, the longer one.

    Args:
        text: the letter, or a part of it.
        placeholders: what the templates of the directory have in brackets, as `normal_placeholder` writes it.
    """
    open_placeholders = frozenset(placeholders)
    candidates = sorted(
        {*_open_brackets(text, open_placeholders), *_by_pattern(text)}, key=lambda gap: (gap.start, -gap.end)
    )
    results: list[Gap] = []
    for gap in candidates:
        if not results or gap.start >= results[-1].end:
            results.append(gap)
    return tuple(results)


def gaps_of_number(number: str) -> tuple[Gap, ...]:
    """Return the gaps of the number under which a document is cited: a decree has one, a law may have none."""
    is_numbered = any(character.isdigit() for character in number)
    if number.startswith("/") or (_NUMBERED.match(number) and not is_numbered):
        return (Gap(0, len(number), GapKind.NUMBER_MISSING),)
    return gaps(number)


def normal_placeholder(text: str) -> str:
    """Return a placeholder as it is compared: without case, punctuation and doubled blanks."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def placeholders_in(template: str) -> frozenset[str]:
    """Return the placeholders of a template, as `gaps` compares them."""
    return frozenset(normal_placeholder(match[1] or "") for match in _BRACKETS.finditer(template))


def _open_brackets(text: str, open_placeholders: frozenset[str]) -> Iterator[Gap]:
    for match in _BRACKETS.finditer(text):
        inside = match[1] if match[1] is not None else match[2]
        if _is_placeholder(inside, open_placeholders, is_angle=match[1] is None):
            yield Gap(match.start(), match.end(), GapKind.PLACEHOLDER)


def _is_placeholder(inside: str, open_placeholders: frozenset[str], *, is_angle: bool) -> bool:
    words = re.findall(r"\w+", inside.casefold())
    if not words or set("".join(words)) <= {"x", "_"}:
        return (not is_angle and inside.casefold() != "x") or bool(words and len(inside) > 1)
    if " ".join(words) in open_placeholders or words[0] in _ORDERS:
        return True
    return all(word in _WORDS for word in words)


def _by_pattern(text: str) -> Iterator[Gap]:
    for kind, patterns in (
        (GapKind.PLACEHOLDER, _PLACEHOLDERS),
        (GapKind.NUMBER_MISSING, _MISSING_NUMBERS),
    ):
        for pattern in patterns:
            for match in pattern.finditer(text):
                if not _ends_a_sentence(text, match):
                    yield Gap(match.start(), match.end(), kind)


def _ends_a_sentence(text: str, match: re.Match[str]) -> bool:
    """Return whether dots are the ordinary ones of "etc." rather than a line to fill in: a few, close to a word."""
    dots = match[0]
    if not set(dots) <= {".", "…"}:
        return False
    length = len(dots) + 2 * dots.count("…")
    before = text[match.start() - 1] if match.start() else " "
    return length <= len("...") or (length < len("......") and not (before.isspace() or before == ":"))
