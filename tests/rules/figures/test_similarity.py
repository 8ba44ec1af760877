"""Petitions that count as nearly the same, and how one finds the other."""

from __future__ import annotations

import pytest

from shared.domain.figures.similarity import KEYS, similarity, sketch

LETTER = (
    "Kính gửi Bộ Nội vụ, chúng tôi là giáo viên hợp đồng của huyện, đã dạy mười hai năm nhưng chưa được xét tuyển "
    "đặc cách vào viên chức, đề nghị Bộ hướng dẫn tỉnh thực hiện để chúng tôi yên tâm công tác"
)
UNACCENTED = (
    "kinh gui bo noi vu chung toi la giao vien hop dong cua huyen da day muoi hai nam nhung chua duoc xet tuyen "
    "dac cach vao vien chuc de nghi bo huong dan tinh thuc hien de chung toi yen tam cong tac"
)
OTHER = "Xin hỏi thủ tục cấp lại bằng huân chương kháng chiến của bố tôi bị mất trong trận lũ năm ngoái thì nộp ở đâu"


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(LETTER, id="the same letter"),
        pytest.param(LETTER.upper(), id="in capitals"),
        pytest.param(UNACCENTED, id="without accents and punctuation"),
    ],
)
def test_the_same_wording_has_the_same_sketch(again):
    assert sketch(again) == sketch(LETTER)
    assert similarity(LETTER, again) == 1.0


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(LETTER.replace("mười hai", "mười ba"), id="another number"),
        pytest.param(LETTER + ". Tôi xin cảm ơn.", id="thanks added"),
        pytest.param(LETTER.replace("Kính gửi Bộ Nội vụ, ", ""), id="the greeting left out"),
    ],
)
def test_a_letter_with_little_changed_is_found_by_a_key(again):
    assert set(sketch(again)) & set(sketch(LETTER))
    assert similarity(LETTER, again) >= 0.7


def test_of_a_hundred_changed_letters_nearly_all_share_a_key():
    letters = [LETTER.replace("mười hai", f"{n}").replace("huyện", f"huyện số {n}") for n in range(100)]

    result = sum(bool(set(sketch(letter)) & set(sketch(LETTER))) for letter in letters)

    assert result >= 80


def test_letters_on_other_matters_share_neither_key_nor_wording():
    assert not set(sketch(LETTER)) & set(sketch(OTHER))
    assert similarity(LETTER, OTHER) < 0.2


@pytest.mark.parametrize("text", ["", "!!!", "xin chào", "cho tôi hỏi về lương"])
def test_a_text_of_a_few_words_has_no_sketch(text):
    assert sketch(text) == ()


def test_a_sketch_is_two_short_keys():
    assert len(sketch(LETTER)) == KEYS
    assert {len(key) for key in sketch(LETTER)} == {12}


def test_texts_without_words_resemble_nothing():
    assert similarity("", "...") == 0.0


def test_similarity_does_not_depend_on_the_order_of_its_arguments():
    assert similarity(LETTER, OTHER) == similarity(OTHER, LETTER)
