"""Vietnam's 34 provinces and cities since 1 July 2025, and which of them an address lies in.

Basis: Nghị quyết 202/2025/QH15 (mergers), Quyết định 19/2025/QĐ-TTg (codes). A petition keeps the code alone: it is
found before the address is sealed, says no more than "one of two million people", and lets leaders see where matters
come from. Addresses with a former name count for the province that it belongs to now.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from shared.domain.identity.gsm7 import unaccented
from shared.domain.text.clean_text import clean_message


class Province(NamedTuple):
    """A province or city under the central government."""

    code: str
    name: str
    name_en: str = ""
    others: tuple[str, ...] = ()
    """Other names and spellings of it, and of the former provinces that are part of it."""


PROVINCES: tuple[Province, ...] = (
    Province(
        "01",
        "Hà Nội",
        "Hanoi",
        ("TPHN", "Hà Tây", "Hà Đông", "Cầu Giấy", "Hoàn Kiếm", "Ba Đình", "Long Biên"),
    ),
    Province("04", "Cao Bằng"),
    Province("08", "Tuyên Quang", "", ("Hà Giang",)),
    Province("11", "Điện Biên", "", ("Điện Biên Phủ",)),
    Province("12", "Lai Châu"),
    Province("14", "Sơn La", "", ("Mộc Châu",)),
    Province("15", "Lào Cai", "", ("Yên Bái", "Lào Kay", "Lao Kai", "Sa Pa", "Nghĩa Lộ")),
    Province("19", "Thái Nguyên", "", ("Bắc Kạn", "Bắc Cạn", "Sông Công", "Phổ Yên")),
    Province("20", "Lạng Sơn", "", ("Đồng Đăng",)),
    Province("22", "Quảng Ninh", "", ("Hạ Long", "Cẩm Phả", "Uông Bí", "Móng Cái", "Đông Triều")),
    Province("24", "Bắc Ninh", "", ("Bắc Giang", "Từ Sơn", "Quế Võ")),
    Province("25", "Phú Thọ", "", ("Vĩnh Phúc", "Hòa Bình", "Việt Trì", "Vĩnh Yên", "Phúc Yên")),
    Province("31", "Hải Phòng", "Hai Phong", ("Hải Dương", "Chí Linh", "Đồ Sơn")),
    Province("33", "Hưng Yên", "", ("Thái Bình",)),
    Province("37", "Ninh Bình", "", ("Hà Nam", "Nam Định", "Phủ Lý", "Tam Điệp", "Hoa Lư")),
    Province("38", "Thanh Hóa", "", ("Sầm Sơn", "Bỉm Sơn", "Nghi Sơn")),
    Province("40", "Nghệ An", "", ("thành phố Vinh", "TP Vinh", "Cửa Lò")),
    Province("42", "Hà Tĩnh", "", ("Hồng Lĩnh", "Kỳ Anh")),
    Province("44", "Quảng Trị", "", ("Quảng Bình", "Đông Hà", "Đồng Hới")),
    Province("46", "Huế", "Hue", ("Thừa Thiên Huế", "Thừa Thiên", "TTH")),
    Province("48", "Đà Nẵng", "Da Nang", ("Quảng Nam", "Hội An", "Tam Kỳ")),
    Province("51", "Quảng Ngãi", "", ("Kon Tum", "Công Tum")),
    Province(
        "52",
        "Gia Lai",
        "",
        ("Bình Định", "Quy Nhơn", "Qui Nhơn", "Pleiku", "Plei Ku", "An Nhơn", "Hoài Nhơn", "An Khê"),
    ),
    Province("56", "Khánh Hòa", "", ("Ninh Thuận", "Nha Trang", "Cam Ranh", "Phan Rang", "Tháp Chàm")),
    Province(
        "66",
        "Đắk Lắk",
        "",
        (
            "Đắc Lắc",
            "Đăk Lăk",
            "Phú Yên",
            "Tuy Hòa",
            "Buôn Ma Thuột",
            "Buôn Mê Thuột",
            "Ban Mê Thuột",
            "BMT",
            "Buôn Hồ",
        ),
    ),
    Province(
        "68",
        "Lâm Đồng",
        "",
        ("Đắk Nông", "Đắc Nông", "Bình Thuận", "Đà Lạt", "Bảo Lộc", "Phan Thiết", "Gia Nghĩa"),
    ),
    Province("75", "Đồng Nai", "", ("Bình Phước", "Biên Hòa", "Long Khánh", "Đồng Xoài")),
    Province(
        "79",
        "TP. Hồ Chí Minh",
        "Ho Chi Minh City",
        (
            "Hồ Chí Minh",
            "HCM",
            "TPHCM",
            "HCMC",
            "Sài Gòn",
            "Thủ Đức",
            "Bà Rịa",
            "Vũng Tàu",
            "BR VT",
            "Bình Dương",
            "Thủ Dầu Một",
            "Dĩ An",
            "Tân Uyên",
            "Bến Cát",
        ),
    ),
    Province("80", "Tây Ninh", "", ("Long An", "Trảng Bàng")),
    Province("82", "Đồng Tháp", "", ("Tiền Giang", "Mỹ Tho", "Cao Lãnh", "Sa Đéc", "Gò Công", "Cai Lậy")),
    Province("86", "Vĩnh Long", "", ("Bến Tre", "Trà Vinh")),
    Province(
        "91",
        "An Giang",
        "",
        ("Kiên Giang", "Long Xuyên", "Châu Đốc", "Rạch Giá", "Hà Tiên", "Phú Quốc"),
    ),
    Province("92", "Cần Thơ", "Can Tho", ("TPCT", "Sóc Trăng", "Hậu Giang", "Vị Thanh", "Ngã Bảy")),
    Province("96", "Cà Mau", "", ("Bạc Liêu",)),
)
"""In the order of their codes."""
BY_CODE = {province.code: province for province in PROVINCES}


_SHORT = {"hn": "01", "sg": "79", "dn": "48", "hp": "31", "ct": "92"}
"""Two letters that stand for a city at the end of an address; anywhere else they are ordinary letters."""
_STREET_BEFORE = re.compile(
    r"(?:(?<!thanh )\bpho|\b(?:duong|d|dai lo|xa lo|quoc lo|tinh lo|huong lo|cao toc)"
    r"|\b(?:ngo|ngach|hem|kiet|cau|cho|ben xe))(?: so)? $"
)
_END_OF_A_LINE_BEFORE = re.compile(r"\b(?:cao toc|duong sat|tuyen duong)(?: [a-z]+){1,4} $")
"""The second end that roads and railways are named by: "cao tốc Hà Nội - Hải Phòng"."""
_SMALL_PLACE_BEFORE = re.compile(r"(?:(?<!thi )\bxa|\b(?:thon|xom|ap|lang|ban|buon|to|khom|khu pho)) $")
"""Villages and communes bear the names of provinces far away."""
_HOUSE_BEFORE = re.compile(r"(?:so |nha |so nha )?\d{1,4}[a-z]?(?: \d{1,4}[a-z]?)* $")
_BATTLE, _CITY_BEFORE = "dien bien phu", re.compile(r"\b(?:tp|thanh pho|phuong|t p) $")
"""Nearly every city has a street named after the battle: it is the place only where it is called a city or a ward."""
_STREET_AFTER = re.compile(r" (?:street|road|highway|st|rd)\b")
_LONGEST_ADDRESS = 2_000


def province_of(address: str | None) -> str | None:
    """Return the code of the province that an address names last, None where it names none.

    Accents, case and punctuation do not matter. The last place counts, because an address goes from small to large:
    "phố Huế, Hà Nội" lies in Hà Nội. Streets and villages that are called like a province are passed over.
    """
    lines = [_folded(line) for line in re.split(r"[,;\n]", clean_message(address or "")[-_LONGEST_ADDRESS:])]
    lines = [line for line in lines if line and line not in _COUNTRY]
    last_word = lines[-1].rpartition(" ")[2] if lines else ""
    if last_word in _SHORT:
        return _SHORT[last_word]
    for line in reversed(lines):
        places = [match for match in _names().finditer(line) if not _is_smaller(line, match)]
        if places:
            return _codes()[places[-1].group()]
    return None


def _is_smaller(line: str, match: re.Match[str]) -> bool:
    """Return whether a name is that of a street or a village."""
    before = line[: match.start()]
    is_battle = match.group() == _BATTLE and not _CITY_BEFORE.search(before)
    return is_battle or bool(
        _STREET_BEFORE.search(before)
        or _END_OF_A_LINE_BEFORE.search(before)
        or _SMALL_PLACE_BEFORE.search(before)
        or _HOUSE_BEFORE.fullmatch(before)
        or _STREET_AFTER.match(line, match.end())
    )


_COUNTRY = frozenset({"viet nam", "vietnam", "vn"})


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", unaccented(text).casefold()))


@cache
def _codes() -> dict[str, str]:
    """Return the code of each name, also written in one word ("Daknong")."""
    names = {
        _folded(name): province.code
        for province in PROVINCES
        for name in (province.name, province.name_en, *province.others)
        if name
    }
    return {name.replace(" ", ""): code for name, code in names.items()} | names


@cache
def _names() -> re.Pattern[str]:
    longest_first = sorted(_codes(), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b")
