"""The province of a petition: one of 34 provinces and cities, found in the address before it is sealed."""

import pytest

from shared.domain.identity.provinces import BY_CODE, PROVINCES, province_of


def test_there_are_34_since_july_2025_each_under_one_code_and_name():
    assert len(PROVINCES) == len(BY_CODE) == 34
    names = [name for province in PROVINCES for name in (province.name, *province.others)]
    assert len(names) == len(set(names))


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
