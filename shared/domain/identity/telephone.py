"""Telephone numbers as people write them: with labels, brackets, two in one field, prefixes of long ago.

Called through `shared.domain.identity.contact`.
Source of the prefixes: Quyết định 2036/QĐ-BTTTT of 21 November 2016 (area codes, changed by 17 June 2017) and
Quyết định 798/QĐ-BTTTT of 25 May 2018 (mobile prefixes); Thông tư 22/2014/TT-BTTTT for the plan since.
"""

from __future__ import annotations

import re
import unicodedata

OLD_MOBILE_PREFIXES = {
    "120": "70", "121": "79", "122": "77", "126": "76", "128": "78",
    "123": "83", "124": "84", "125": "85", "127": "81", "129": "82",
    "162": "32", "163": "33", "164": "34", "165": "35",
    "166": "36", "167": "37", "168": "38", "169": "39",
    "186": "56", "188": "58",
    "199": "59",
}  # fmt: skip
"""Mobile prefixes of 11-digit numbers and what they became in 2018: MobiFone, VinaPhone, Viettel, Vietnamobile,
Gmobile. People still write the old ones; the last seven digits stayed."""

OLD_AREA_CODES = {
    "4": "24", "8": "28",
    "20": "214", "22": "212", "25": "205", "26": "206", "27": "207", "29": "216",
    "30": "229", "31": "225", "33": "203", "36": "227", "37": "237", "38": "238", "39": "239",
    "52": "232", "53": "233", "54": "234", "55": "255", "56": "256", "57": "257", "58": "258", "59": "269",
    "60": "260", "61": "251", "62": "252", "63": "263", "64": "254", "66": "276", "67": "277", "68": "259",
    "70": "270", "72": "272", "73": "273", "74": "294", "75": "275", "76": "296", "77": "297", "79": "299",
    "230": "215", "231": "213", "240": "204", "241": "222", "280": "208", "281": "209",
    "320": "220", "321": "221", "350": "228", "351": "226",
    "500": "262", "501": "261", "510": "235", "511": "236",
    "650": "274", "651": "271", "710": "292", "711": "293", "780": "290", "781": "291",
}  # fmt: skip
"""Area codes of before 2017 and what they became; the subscriber's number stayed."""
_NOW_MOBILE = re.compile(r"3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d")
"""Prefixes of today's mobile numbers: an old area code that is one of them today is read as today's."""

_COUNTRY = r"(?:\+?84|0084|0)0?"
_OLD_MOBILE = re.compile(rf"{_COUNTRY}(1\d\d)(\d{{7}})")
_OLD_LANDLINE = (
    re.compile(rf"{_COUNTRY}(\d{{3}})([2-9]\d{{6}})"),
    re.compile(rf"{_COUNTRY}(\d{{2}})([2-9]\d{{6}})"),
    re.compile(rf"{_COUNTRY}([48])([2-9]\d{{7}})"),
)
"""No subscriber's number begins with 0 or 1, so a number of today ("028 …") is none of before ("0280 …")."""
_MOBILE = re.compile(r"\+84[35789]\d{8}")
"""Any mobile number of the plan since 2018: networks open new ranges sooner than numbering tables list them."""
_DIALLED_MOBILE = re.compile(r"(?:\+84|84|0)([35789]\d{8})")
"""The form of nearly every number: read without the numbering tables, which take 50 ms to load."""

LONGEST_PHONE = 120
"""Characters of what somebody writes as a telephone number: two numbers and whose they are."""
_FEWEST_DIGITS, _MOST_DIGITS = 7, 17
_DIGITS_OF_MOBILE = 9
_LETTER_FOR_ZERO = re.compile(r"(?<![^\W\d_])[oO](?=[ .\-]?\d)|(?<=\d)[oO](?=\d|\b)")
_EXTENSION = re.compile(
    r"(?:\bext(?:ension)?|\bm[áa]y l[ẻe]|\bs[ốo] l[ẻe]|\bn[ộo]i b[ộo]|\bnh[áa]nh|\bx|#)\s{0,3}[.:=]?\s{0,3}\d{1,6}\b",
    re.IGNORECASE,
)
_WRITTEN_AS_AREA_CODE = re.compile(r"(?<![\d+])(?:\(0(\d{1,2})\)|0([48])(?=[\s.\-]))(?=\D{0,3}3)")
"""Brackets around an old area code, or a space behind Saigon's and Hanoi's, before a subscriber's number: these begin
with 3. A mobile number is not grouped like this, so "08 3822 3344" is no number of VinaPhone."""
_RUN = re.compile(r"[+\d][+\d\s().\-/\u2010-\u2015]*")
_GROUP = re.compile(r"\+?\d+")


def telephone_numbers(text: str) -> tuple[str, ...]:
    """Return the numbers in a text in E.164, in their order; none of what no network would connect.

    A number without a country code is Vietnamese. Labels and all other words between the numbers are passed over.
    """
    written = unicodedata.normalize("NFKC", text)
    if len(written) > LONGEST_PHONE:
        return ()
    written = "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in written)
    written = _EXTENSION.sub(" ; ", _LETTER_FOR_ZERO.sub("0", written))
    written = _WRITTEN_AS_AREA_CODE.sub(_code_of_today, written)
    numbers: dict[str, None] = {}
    for run in _RUN.findall(written):
        groups = _GROUP.findall(run)
        while groups:
            number, used = _longest(groups)
            if number is not None:
                numbers.setdefault(number)
            groups = groups[used:]
    return tuple(numbers)


def more_than_a_number(text: str) -> str | None:
    """Return a text that says more than one number, such as a second one or an extension; None for any other."""
    says_more = len(telephone_numbers(text)) > 1 or _EXTENSION.search(text)
    return text.strip()[:LONGEST_PHONE] if says_more else None


def _code_of_today(match: re.Match[str]) -> str:
    code = OLD_AREA_CODES.get(match[1] or match[2])
    return f"+84 {code}" if code else match[0]


def _longest(groups: list[str]) -> tuple[str | None, int]:
    """Return the number that the first groups of digits make, as many of them as can belong to it, and their count.

    Without one, the groups up to the next that may begin a number are passed over: the rest of a wrong number must
    not be taken for another.
    """
    end = next((i for i, group in enumerate(groups[1:], 1) if group.startswith("+")), len(groups))
    for used in range(end, 0, -1):
        digits = "".join(groups[:used])
        if _FEWEST_DIGITS <= len(digits.removeprefix("+")) <= _MOST_DIGITS:
            number = e164(digits)
            if number is not None:
                return number, used
    following = range(1, len(groups))
    return None, next((i for i in following if _may_begin(groups[i])), len(groups))


def _may_begin(group: str) -> bool:
    return group.startswith(("+", "0"))


def e164(digits: str) -> str | None:
    """Return dialled digits in E.164, None where no network would connect them."""
    number = _as_dialled_today(digits)
    if mobile := _DIALLED_MOBILE.fullmatch(number):
        return f"+84{mobile[1]}"
    import phonenumbers  # noqa: PLC0415 - takes 50 ms to import; most requests carry no number

    try:
        parsed = phonenumbers.parse(number, region="VN")
    except phonenumbers.NumberParseException:
        return None
    formatted: str = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    is_one = _MOBILE.fullmatch(formatted) or phonenumbers.is_valid_number(parsed)
    return _as_dialled_today(formatted) if is_one else None


def _as_dialled_today(number: str) -> str:
    mobile = _OLD_MOBILE.fullmatch(number)
    if mobile and mobile[1] in OLD_MOBILE_PREFIXES:
        return f"+84{OLD_MOBILE_PREFIXES[mobile[1]]}{mobile[2]}"
    for pattern in _OLD_LANDLINE:
        landline = pattern.fullmatch(number)
        code = landline[1] if landline else ""
        national = code + landline[2] if landline else ""
        is_mobile = len(national) == _DIGITS_OF_MOBILE and _NOW_MOBILE.match(national)
        if landline and code in OLD_AREA_CODES and not is_mobile:
            return f"+84{OLD_AREA_CODES[code]}{landline[2]}"
    if number.startswith("00"):
        return f"+{number[2:]}"
    return number


_GROUPED = re.compile(r"\+84([0-9]{3})([0-9]{3})([0-9]{3})")


def as_dialled_here(number: str) -> str:
    """Return a number in E.164 as people in Vietnam write it: `+84912345678` is `0912 345 678`."""
    grouped = _GROUPED.fullmatch(number)
    if grouped:
        return f"0{grouped[1]} {grouped[2]} {grouped[3]}"
    return f"0{number.removeprefix('+84')}" if number.startswith("+84") else number
