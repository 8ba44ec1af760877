"""When two petitions count as nearly the same."""

import pytest

from chalicelib.router.similarity import distance, fingerprint, similarity

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
def test_the_same_wording_has_the_same_fingerprint(again):
    assert fingerprint(again) == fingerprint(LETTER)
    assert similarity(LETTER, again) == 1.0


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(LETTER.replace("mười hai", "mười ba"), id="another number"),
        pytest.param(LETTER + ". Tôi xin cảm ơn.", id="thanks added"),
        pytest.param(LETTER.replace("Kính gửi Bộ Nội vụ, ", ""), id="the greeting left out"),
    ],
)
def test_a_letter_with_little_changed_stays_near(again):
    assert distance(fingerprint(LETTER), fingerprint(again)) <= 12
    assert similarity(LETTER, again) >= 0.7


def test_letters_on_other_matters_lie_far_apart():
    assert distance(fingerprint(LETTER), fingerprint(OTHER)) > 16
    assert similarity(LETTER, OTHER) < 0.2


def test_a_fingerprint_is_sixteen_hex_digits_whatever_the_text():
    for text in ("", "a", "!!!", LETTER):
        assert len(fingerprint(text)) == 16
        assert 0 <= int(fingerprint(text), 16) < 2**64


def test_distance_counts_bits():
    assert distance("0" * 16, "f" * 16) == 64
    assert distance("0" * 15 + "1", "0" * 15 + "2") == 2


def test_texts_without_words_resemble_nothing():
    assert similarity("", "...") == 0.0


def test_similarity_does_not_depend_on_the_order_of_its_arguments():
    assert similarity(LETTER, OTHER) == similarity(OTHER, LETTER)
