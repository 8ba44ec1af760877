"""The name by which a letter addresses somebody is found, compared with the petitioner's, and nothing else is."""

from __future__ import annotations

import pytest

from shared.domain.petition.values.petitioner import Identity
from shared.domain.procedures.addressee import addressed_names, is_name_of, is_named_in

MUA = Identity(name="Trần Thị Mùa", address="Thôn Hạ, xã Đông Sơn")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Kính gửi ông Nguyễn Văn Bình,", "Nguyễn Văn Bình"),
        ("Kính gửi: Bà Trần Thị Hoa", "Trần Thị Hoa"),
        ("Kính gửi Ông/Bà Phạm Minh Đức", "Phạm Minh Đức"),
        ("Kính gửi Ông (Bà) Trần Văn Nam", "Trần Văn Nam"),
        ("Thưa anh Kiều Anh Tuấn,", "Kiều Anh Tuấn"),
        ("Kính gửi Nguyễn Văn Bình,", "Nguyễn Văn Bình"),
        ("Trả lời phản ánh, kiến nghị của ông Lê Văn Tám về", "Lê Văn Tám"),
        ("Bộ nhận được đơn của bà Mùa Thị Sua", "Mùa Thị Sua"),
        ("Bà Ksor H'Bia hỏi về tiền lương.", "Ksor H'Bia"),
        ("Dear Mr Smith,", "Smith"),
        ("Dear Minh Nguyen,", "Minh Nguyen"),
        ("Kính gửi: Công ty TNHH Minh Long, địa chỉ", "Công ty TNHH Minh Long"),
        ("Trường hợp như Nguyễn Văn A thì", "Nguyễn Văn A"),
    ],
)
def test_addressee_is_found(text: str, name: str):
    names = addressed_names(text)

    assert [(match.name, text[match.start : match.end]) for match in names] == [(name, name)]


@pytest.mark.parametrize(
    "text",
    [
        "Kính gửi Ông/Bà,",
        "Kính gửi quý Ông, Bà",
        "Thưa bà con,",
        "Kính gửi ông Chủ tịch UBND xã",
        "Kính gửi: Sở Nội vụ tỉnh Hà Nam",
        "Kính gửi Ủy ban nhân dân Thành phố",
        "Gửi Cổng Dịch vụ công",
        "Đề nghị Ông/Bà liên hệ bà Trần Thị Lan, điện thoại 024",
        "Đơn vị đã làm việc với ông Nguyễn Văn Hùng, Trưởng phòng.",
        "theo ý kiến của Bộ Tài chính",
        "phản ánh của Ông/Bà về Hà Nội",
        "kiến nghị của cử tri Hà Nam",
        "Ông hỏi về thời hạn. Bà gửi đơn ngày 3/4.",
    ],
)
def test_nobody_is_name_of_by_name(text: str):
    assert addressed_names(text) == ()


@pytest.mark.parametrize("name", ["Trần Thị Mùa", "Mùa", "tran thi mua", "TRẦN THỊ MÙA", "Trần Mùa"])
def test_petitioners_own_name_is_recognised_with_and_without_its_marks(name: str):
    assert is_name_of(name, MUA)


@pytest.mark.parametrize("name", ["Trần Thị Hoa", "Mùa Xuân", "Nguyễn Văn A", ""])
def test_another_name_is_not(name: str):
    assert not is_name_of(name, MUA)


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        pytest.param(
            Identity(name="Lê An", organisation="Công ty TNHH Minh Long"), "Công ty Minh Long", id="company"
        ),
        pytest.param(
            Identity(text="Nguyen Van An, thon Ha, Thanh Hoa"), "Nguyễn Văn An", id="by SMS, in one piece"
        ),
    ],
)
def test_name_is_recognised_in_whatever_the_seal_holds(identity: Identity, name: str):
    assert is_name_of(name, identity)


def test_name_that_the_petitioner_wrote_may_be_repeated():
    assert is_named_in("Đỗ Văn Tám", ["tôi là Đỗ Văn Tám, ở xã"])
    assert not is_named_in("Đỗ Văn", ["tôi là Đỗ Vănh"])
