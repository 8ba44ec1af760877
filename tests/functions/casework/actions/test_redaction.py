"""Personal data is found in a text before it is published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.casework.actions.redaction import (
    LABELS,
    MASKS,
    UNMISTAKABLE,
    Personal,
    findings,
    has_unmistakable,
    masked,
    pieces,
)

P = Personal
FOUND = [
    pytest.param("Gọi tôi 0912 345 678 nhé", P.PHONE, "0912 345 678", id="mobile"),
    pytest.param("ĐT: +84912345678.", P.PHONE, "+84912345678", id="mobile-international"),
    pytest.param("Máy bàn 024.3825.1234", P.PHONE, "024.3825.1234", id="landline"),
    pytest.param("Thư: mua.tran+1@thu.example.vn, cảm ơn", P.EMAIL, "mua.tran+1@thu.example.vn", id="e-mail"),
    pytest.param("CCCD 001 090 012 345", P.IDENTITY_NUMBER, "001 090 012 345", id="identity-card"),
    pytest.param("số 001090012345 cấp", P.IDENTITY_NUMBER, "001090012345", id="twelve-digits"),
    pytest.param("cmnd so 162345678", P.IDENTITY_NUMBER, "162345678", id="old-identity-card"),
    pytest.param("Chuyển vào STK 19034567890123 Techcombank", P.ACCOUNT, "19034567890123", id="account"),
    pytest.param("số tài khoản: 0011 0041 23456", P.ACCOUNT, "0011 0041 23456", id="account-like-a-phone"),
    pytest.param("Xe 29A-123.45 đỗ", P.PLATE, "29A-123.45", id="car"),
    pytest.param("xe máy 29-C1 234.56", P.PLATE, "29-C1 234.56", id="motorcycle"),
    pytest.param("Ông Trần Văn Cường nói", P.NAME, "Trần Văn Cường", id="name-after-mr"),
    pytest.param("Tôi là Lò Thị Mủa, dân tộc Thái", P.NAME, "Lò Thị Mủa", id="name-after-i-am"),
    pytest.param("gặp Nguyễn Thị Hoa ở cửa số 2", P.NAME, "Nguyễn Thị Hoa", id="name-by-its-surname"),
    pytest.param("cô Hoa ở bộ phận một cửa", P.NAME, "Hoa", id="given-name-alone"),
    pytest.param("Nhà ở số nhà 12 ngõ 5, phường X", P.ADDRESS, "số nhà 12 ngõ 5", id="house"),
    pytest.param("thôn Đông Hạ, xã Y", P.ADDRESS, "thôn Đông Hạ", id="hamlet"),
    pytest.param("tổ dân phố 7 phường Z", P.ADDRESS, "tổ dân phố 7", id="neighbourhood"),
]
ADDRESSES = [
    "K12/5 Ông Ích Khiêm",
    "12 đường số 7",
    "lô 5 đường số 7",
    "số 12 Nguyễn Trãi",
    "12/5 Lê Lợi",
    "số 15B ngõ 20 phố Nguyễn Trãi",
    "45 Hai Bà Trưng",
    "7 Trần Phú",
    "nhà số 3 đường Phan Chu Trinh",
    "số 9, đường Võ Nguyên Giáp",
    "so 12 duong nguyen trai",
    "12 đường 30/4",
    "hẻm 25/7 Điện Biên Phủ",
    "số 5 ngách 3 ngõ 7 Đặng Thai Mai",
    "Kiệt 5 Lê Duẩn",
    "số 31 phố Nguyễn Thị Minh Khai",
    "128A Quang Trung",
]
NOT_PERSONAL = [
    pytest.param("Theo Quyết định 852/QĐ-BNV ngày 18/06/2018", id="document"),
    pytest.param("Nghị định số 20/2008/NĐ-CP Điều 7", id="decree"),
    pytest.param("lương 12.500.000.000 đồng, phụ cấp 1.000.000.000", id="money"),
    pytest.param("từ 01/01/2026 đến 31/12/2026", id="dates"),
    pytest.param("Gọi tổng đài 1900 1547 hoặc nhắn 8088", id="our-own-numbers"),
    pytest.param("Thành phố Hồ Chí Minh", id="a-city"),
    pytest.param("thời hạn 20 ngày, hệ số 2,34", id="numbers"),
    pytest.param("Công văn số 12 Bộ Nội vụ, Điều 12 Luật Cán bộ", id="documents-of-institutions"),
    pytest.param("Quận 1 Thành phố Hồ Chí Minh", id="a-district"),
]


@pytest.mark.parametrize(("text", "kind", "piece"), FOUND)
def test_personal_data_is_found_by_kind(text: str, kind: Personal, piece: str):
    assert (piece, kind) in [(part.text.strip(), part.kind) for part in pieces(text)]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize(
    "sentence", ["Nhà tôi ở {}, phường 3, cần xem lại.", "Địa chỉ: {}, Huế", "{}, quận 5", "Tôi ở {}."]
)
def test_house_and_street_are_one_address_whosever_name_the_street_bears(address: str, sentence: str):
    text = sentence.format(address)

    assert masked(text) == sentence.format(MASKS[P.ADDRESS])


@pytest.mark.parametrize(("text", "kind", "piece"), FOUND)
def test_suggestion_covers_it_and_leaves_the_rest(text: str, kind: Personal, piece: str):
    assert piece not in masked(text)
    assert MASKS[kind] in masked(text)
    assert masked(text).startswith(text[:2]) or text.startswith(piece)


@pytest.mark.parametrize("text", NOT_PERSONAL)
def test_what_is_no_personal_data_stays(text: str):
    assert masked(text) == text


@pytest.mark.parametrize(("text", "kind", "piece"), FOUND)
def test_only_the_unmistakable_holds_up_publication(text: str, kind: Personal, piece: str):
    assert has_unmistakable(text) is (kind in UNMISTAKABLE)
    assert not has_unmistakable(masked(text))


@given(st.text(alphabet="0123456789 .-@abcNguyễnVăn/:\nÔôông", max_size=120))
def test_pieces_are_the_text_and_covering_twice_covers_no_more(text: str):
    assert "".join(piece.text for piece in pieces(text)) == text
    assert all(0 <= finding.start < finding.end <= len(text) for finding in findings(text))
    assert not has_unmistakable(masked(text))


def test_every_kind_has_its_mask_and_its_word():
    assert MASKS.keys() == LABELS.keys() == set(Personal)
