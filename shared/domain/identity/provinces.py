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


class Province(NamedTuple):
    """A province or city under the central government."""

    code: str
    name: str
    name_en: str = ""
    others: tuple[str, ...] = ()
    """Other names and spellings of it, and of the former provinces that are part of it."""


PROVINCES: tuple[Province, ...] = (
    Province("01", "Hà Nội", "Hanoi", ("Hà Tây",)),
    Province("04", "Cao Bằng"),
    Province("08", "Tuyên Quang", "", ("Hà Giang",)),
    Province("11", "Điện Biên"),
    Province("12", "Lai Châu"),
    Province("14", "Sơn La"),
    Province("15", "Lào Cai", "", ("Yên Bái", "Lào Kay")),
    Province("19", "Thái Nguyên", "", ("Bắc Kạn", "Bắc Cạn")),
    Province("20", "Lạng Sơn"),
    Province("22", "Quảng Ninh"),
    Province("24", "Bắc Ninh", "", ("Bắc Giang",)),
    Province("25", "Phú Thọ", "", ("Vĩnh Phúc", "Hòa Bình")),
    Province("31", "Hải Phòng", "Hai Phong", ("Hải Dương",)),
    Province("33", "Hưng Yên", "", ("Thái Bình",)),
    Province("37", "Ninh Bình", "", ("Hà Nam", "Nam Định")),
    Province("38", "Thanh Hóa"),
    Province("40", "Nghệ An"),
    Province("42", "Hà Tĩnh"),
    Province("44", "Quảng Trị", "", ("Quảng Bình",)),
    Province("46", "Huế", "Hue", ("Thừa Thiên Huế",)),
    Province("48", "Đà Nẵng", "Da Nang", ("Quảng Nam",)),
    Province("51", "Quảng Ngãi", "", ("Kon Tum",)),
    Province("52", "Gia Lai", "", ("Bình Định",)),
    Province("56", "Khánh Hòa", "", ("Ninh Thuận",)),
    Province("66", "Đắk Lắk", "", ("Đắc Lắc", "Đăk Lăk", "Daklak", "Phú Yên")),
    Province("68", "Lâm Đồng", "", ("Đắk Nông", "Đắc Nông", "Đăk Nông", "Bình Thuận")),
    Province("75", "Đồng Nai", "", ("Bình Phước",)),
    Province(
        "79",
        "TP. Hồ Chí Minh",
        "Ho Chi Minh City",
        ("Hồ Chí Minh", "HCM", "TPHCM", "HCMC", "Sài Gòn", "Saigon", "Vũng Tàu", "Bình Dương"),
    ),
    Province("80", "Tây Ninh", "", ("Long An",)),
    Province("82", "Đồng Tháp", "", ("Tiền Giang",)),
    Province("86", "Vĩnh Long", "", ("Bến Tre", "Trà Vinh")),
    Province("91", "An Giang", "", ("Kiên Giang",)),
    Province("92", "Cần Thơ", "Can Tho", ("Sóc Trăng", "Hậu Giang")),
    Province("96", "Cà Mau", "", ("Bạc Liêu",)),
)
"""In the order of their codes."""
BY_CODE = {province.code: province for province in PROVINCES}


def province_of(address: str | None) -> str | None:
    """Return the code of the province that an address names last, None where it names none.

    Accents, case and punctuation do not matter. The last name counts, because an address goes from small to large:
    "phố Huế, Hà Nội" lies in Hà Nội.
    """
    names_in_order = list(_names().finditer(_folded(address or "")))
    return _codes()[names_in_order[-1].group()] if names_in_order else None


def _folded(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", unaccented(text).casefold()))


@cache
def _codes() -> dict[str, str]:
    return {
        _folded(name): province.code
        for province in PROVINCES
        for name in (province.name, province.name_en, *province.others)
        if name
    }


@cache
def _names() -> re.Pattern[str]:
    longest_first = sorted(_codes(), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest_first)})\b")
