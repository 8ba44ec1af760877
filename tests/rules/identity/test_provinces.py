"""The province of a petition: one of 34 provinces and cities, found in the address before it is sealed."""

import pytest

from shared.domain.identity.gsm7 import unaccented
from shared.domain.identity.provinces import BY_CODE, PROVINCES, province_of


def test_there_are_34_since_july_2025_each_under_one_code_and_name():
    assert len(PROVINCES) == len(BY_CODE) == 34
    names = [name for province in PROVINCES for name in (province.name, *province.others)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("address", "code"),
    [
        pytest.param("Xa lộ Hà Nội, Thủ Đức", "79", id="a highway called like a city"),
        pytest.param("Đường Hồ Chí Minh, Thạch Thành", None, id="a road called like a city"),
        pytest.param("Đ. Hồ Chí Minh, xã A, Thanh Hoá", "38", id="a road, abbreviated"),
        pytest.param("15 phố Huế quận Hai Bà Trưng Hà Nội", "01", id="without commas"),
        pytest.param("phố Huế", None, id="a street alone"),
        pytest.param("5 Hà Nội", None, id="a house number before a street's name"),
        pytest.param("Hanoi Highway, Thu Duc", "79", id="a street in English"),
        pytest.param("đường Hà Nội, Huế", "46", id="a street before a city"),
        pytest.param("Điện Biên Phủ, Bình Thạnh", None, id="a battle"),
        pytest.param("TP Điện Biên Phủ", "11", id="the city of that battle"),
        pytest.param("123 Điện Biên Phủ, Bình Thạnh, TPHCM, Việt Nam", "79", id="the country last"),
        pytest.param("Quận 1 Hồ Chí Minh", "79", id="a district's number is no house number"),
        pytest.param("ấp 3 Trà Vinh", "86", id="nor is a hamlet's"),
        pytest.param("xã Hòa Bình, Tuyên Hóa", None, id="a commune called like a province"),
        pytest.param("thị xã Hà Tiên", "91", id="a town is no commune"),
        pytest.param("thành phố Hồ Chí Minh", "79", id="a city is no street"),
        pytest.param("Cầu Giấy, HN", "01", id="HN"),
        pytest.param("q.1, SG", "79", id="SG"),
        pytest.param("Hải Châu, ĐN", "48", id="ĐN"),
        pytest.param("BR-VT", "79", id="BR-VT"),
        pytest.param("Q. Ninh Kiều, TPCT", "92", id="TPCT"),
        pytest.param("Thanh Xuân, TPHN", "01", id="TPHN"),
        pytest.param("gần cao tốc Hà Nội - Hải Phòng, Gia Lâm", None, id="a motorway named by both ends"),
        pytest.param("chân cao tốc Hà Nội - Hải Phòng, Hưng Yên", "33", id="the place behind a motorway"),
        pytest.param("tp.hcm", "79", id="tp.hcm"),
        pytest.param("Kontum", "51", id="in one word"),
        pytest.param("Daknong", "68", id="in one word without accents"),
        pytest.param("Đà Lạt", "68", id="a city of a province"),
        pytest.param("Quy Nhơn", "52", id="a city of a former province"),
        pytest.param("Biên Hoà", "75", id="the tone on the other vowel"),
        pytest.param("Thừa Thiên - Huế", "46", id="a name with a dash"),
        pytest.param("TP Vinh", "40", id="Vinh, where it is called a city"),
        pytest.param("Ðà Nẵng", "48", id="the Icelandic letter: Đà Nẵng"),
        pytest.param("Ðắk Lắk", "66", id="the Icelandic letter: Đắk Lắk"),
        pytest.param("Ðồng Nai", "75", id="the Icelandic letter: Đồng Nai"),
        pytest.param("Hà Nội 100000", "01", id="a postal code behind"),
    ],
)
def test_the_last_place_of_an_address_counts_and_no_street(address, code):
    assert province_of(address) == code


@pytest.mark.parametrize("province", PROVINCES, ids=lambda province: province.code)
def test_every_name_of_a_province_is_found_however_it_is_written(province):
    names = [name for name in (province.name, *province.others) if name != "Điện Biên Phủ"]

    for name in names:
        for written in (name, name.upper(), unaccented(name), unaccented(name).replace(" ", "").lower()):
            assert province_of(f"xã Bình Minh, {written}") == province.code


@pytest.mark.parametrize(
    ("address", "name"),
    [
        pytest.param("Xã Đông Sơn, tỉnh Thanh Hóa", "Thanh Hóa", id="as it is written"),
        pytest.param("12 le loi, tp hue", "Huế", id="unaccented, no capitals"),
        pytest.param(
            "15 phố Huế, quận Hai Bà Trưng, Hà Nội", "Hà Nội", id="a street named after another province"
        ),
        pytest.param("Số 3 đường Lê Duẩn, Q1, TP.HCM", "TP. Hồ Chí Minh", id="abbreviated"),
        pytest.param("Thủ Dầu Một, Bình Dương", "TP. Hồ Chí Minh", id="a former province"),
        pytest.param("TP Nam Định, tỉnh Nam Định", "Ninh Bình", id="another former province"),
        pytest.param("Buôn Ma Thuột - Đăk Lăk", "Đắk Lắk", id="another spelling"),
        pytest.param("Ho Chi Minh City, Viet Nam", "TP. Hồ Chí Minh", id="in English"),
        pytest.param("Tây Hà Nộiii", None, id="part of a longer word"),
        pytest.param("số 5 ngõ 2", None, id="no province"),
        pytest.param("", None, id="nothing"),
        pytest.param(None, None, id="no address"),
    ],
)
def test_province_is_read_from_the_end_of_an_address(address, name):
    code = province_of(address)

    assert (BY_CODE[code].name if code else None) == name
