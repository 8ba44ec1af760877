"""Gaps of a letter are found, and ordinary answers have none."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.procedures.unfinished_text import (
    Gap,
    GapKind,
    gaps,
    gaps_of_number,
    normal_placeholder,
    placeholders_in,
)

PLACEHOLDERS = (
    "Theo […] thì được.",
    "Theo [...] thì được.",
    "Theo [ … ] thì được.",
    "Theo [] thì được.",
    "Về việc trên: [nội dung trả lời]",
    "trước ngày [ngày].",
    "Kính gửi [Họ và tên], [Địa chỉ]",
    "[điền số văn bản vào đây]",
    "<ngày>",
    "Kính gửi {{ name }},",
    "{% if name %}",
    "{ten_nguoi_gui}",
    "${name}",
    "«HoTen»",
    "Họ tên: ........",
    "Trường hợp của Ông/Bà ……",
    "Mức hưởng là _____ đồng",
    "Kính gửi: Ông/Bà …",
    "ngày … tháng … năm 2024",
    "ngày ... tháng 3 năm 2024",
    "ngày tháng năm 2024",
    "trước ngày xx/xx/2024",
    "XXXX",
    "???",
    "TODO: hỏi lại",
    "Kính gửi (điền tên),",
    "Mức hưởng là … … … đồng",
)
MISSING_NUMBERS = (
    "Nghị định số /2024/NĐ-CP",
    "Nghị định /2024/NĐ-CP",
    "theo Nghị định số …/2024/NĐ-CP",
    "Nghị định số ___/2024/NĐ-CP",
    "Thông tư số     /TT-BNV",
    "Luật số /2019/QH14",
    "số ... /QĐ-BNV",
    "Quyết định số ngày 12/3/2024",
    "Công văn số: của Bộ Nội vụ",
    "theo Quyết định số",
    "Nghị định 30//NĐ-CP",
    "30/…/NĐ-CP",
    "tại Điều …, khoản 2",
)
ORDINARY = (
    "Xem [1] và [2] dưới đây.",
    "theo Mẫu số 02 [ban hành kèm theo Nghị định 30/2020/NĐ-CP]",
    "[Hội đồng thi nâng ngạch năm 2024] công bố.",
    "[Phụ lục I] và [sic]",
    "[x] Có",
    "đơn, giấy khai sinh…",
    "v.v... và v.v… như trên",
    "(…) và (...) trong đoạn trích",
    "một số... việc còn lại",
    "Xin cảm ơn Ông/Bà... đã gửi",
    "kéo dài nhiều ngày... Đề nghị",
    "Hà Nội.... Trân trọng",
    "Nghị định số 30/2020/NĐ-CP ngày 05/3/2020",
    "Nghị định số: 115/2020/NĐ-CP",
    "Nghị quyết số 18-NQ/TW",
    "Luật Cán bộ, công chức số 22/2008/QH12",
    "Quyết định số 852/QĐ-BNV",
    "Thông tư 03/2023/TT-BNV",
    "theo Nghị định của Chính phủ",
    "Nghị định/Thông tư hướng dẫn",
    "quyết định số phận, thông báo số liệu",
    "văn bản số và chữ ký số",
    "Điều khoản chuyển tiếp; Điều 5, khoản 2",
    "tài khoản , mật khẩu",
    "ngày tháng năm sinh",
    "tháng 01/2024 và/hoặc quý I",
    "khóa XXX",
    "https://example.vn/a?b=c_1",
    "1 < 2 và 3 > 2",
    "viết cho <hotro@example.vn>",
)


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_what_a_template_left_open_is_a_gap(text: str):
    assert {gap.kind for gap in gaps(text)} == {GapKind.PLACEHOLDER}


@pytest.mark.parametrize("text", MISSING_NUMBERS)
def test_document_cited_without_its_number_is_a_gap(text: str):
    assert {gap.kind for gap in gaps(text)} == {GapKind.NUMBER_MISSING}


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_answer_has_no_gap(text: str):
    assert gaps(text) == ()


def test_placeholder_of_a_template_is_a_gap_whatever_it_says():
    template = "Đề nghị Ông/Bà liên hệ [Nơi nhận, số máy] trước [hạn  cuối]."
    text = "Liên hệ [nơi nhận số máy], [Hạn cuối]. Mẫu [khác]."

    results = gaps(text, placeholders=placeholders_in(template))

    assert [text[gap.start : gap.end] for gap in results] == ["[nơi nhận số máy]", "[Hạn cuối]", "[khác]"]
    assert gaps("[Nơi nhận, số máy]") == ()
    assert normal_placeholder(" Hạn   cuối. ") == "hạn cuối"


def test_gap_is_marked_at_its_place():
    text = "Theo Nghị định số /2024/NĐ-CP, trước ngày [ngày]."

    assert gaps(text) == (
        Gap(5, 23, GapKind.NUMBER_MISSING),
        Gap(text.index("["), text.index("]") + 1, GapKind.PLACEHOLDER),
    )


@pytest.mark.parametrize(
    "number",
    ["Nghị định số /2024/NĐ-CP", "Nghị định", "Thông tư của Bộ Nội vụ", "/2024/NĐ-CP", "Công văn số"],
)
def test_decree_is_cited_with_its_number(number: str):
    assert [gap.kind for gap in gaps_of_number(number)] == [GapKind.NUMBER_MISSING]


@pytest.mark.parametrize(
    "number",
    ["Nghị định 115/2020/NĐ-CP", "Luật Tố cáo", "Bộ luật Lao động 2019", "Công văn 12/BNV-TCBC", "Hiến pháp"],
)
def test_law_may_be_cited_by_its_name(number: str):
    assert gaps_of_number(number) == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(piece * (10_000 // len(piece)), id=repr(piece))
        for piece in (
            "_",
            ".",
            "[",
            "{",
            "{{",
            "<",
            "số ",
            "Nghị định ",
            "ngày ",
            "Điều ",
            "1/",
            "Kính gửi ",
            " ",
            "«",
        )
    ],
)
def test_time_grows_with_the_length_alone(text: str):
    begun = time.perf_counter()

    gaps(text)

    assert time.perf_counter() - begun < 0.5


@given(st.text(alphabet="[]{}….._/ sốNghịđnh12", max_size=200))
def test_gaps_are_in_order_apart_and_within_the_text(text: str):
    results = gaps(text)

    ends = [0, *(gap.end for gap in results)]
    assert all(before <= gap.start < gap.end <= len(text) for before, gap in zip(ends, results, strict=False))
