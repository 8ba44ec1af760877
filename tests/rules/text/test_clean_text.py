"""Every text has one clean form: what nobody sees is gone, what is written is there."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.text.clean_text import BrokenTextError, clean_message, clean_text

FAMILY = "👨\u200d👩\u200d👧\u200d👦"
FLAG = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    ("pasted", "clean"),
    [
        pytest.param("Kính gửi Bộ\x0bTôi phản ánh", "Kính gửi Bộ\nTôi phản ánh", id="vertical tab of Word"),
        pytest.param("Kính gửi Bộ\fTôi", "Kính gửi Bộ\nTôi", id="form feed of a PDF"),
        pytest.param("một\x85hai\u2028ba\u2029bốn", "một\nhai\nba\nbốn", id="NEL and the separators"),
        pytest.param("một\r\nhai\rba", "một\nhai\nba", id="line ends of Windows and old Macs"),
        pytest.param("\u202a0912345678\u202c", "0912345678", id="direction marks of Contacts and Excel"),
        pytest.param("\u2066An\u2069\u200e\u200f\u061c", "An", id="isolates and marks"),
        pytest.param("An\u200b \ufeffNguyễn\u2060\u00ad", "An Nguyễn", id="zero-width characters"),
        pytest.param("a\x00b\x1bc\x07\x7fd\x9f", "abcd", id="control characters"),
        pytest.param("Ðà Nẵng, ðường", "Đà Nẵng, đường", id="Icelandic letters for Đ"),
        pytest.param("Ðinh Văn", "Đinh Văn", id="the same before other letters"),
        pytest.param("Ðinh, Ðông Hà", "Đinh, Đông Hà", id="the same among letters of Latin-1 alone"),
        pytest.param(unicodedata.normalize("NFD", "Nguyễn"), "Nguyễn", id="decomposed"),
        pytest.param("\uf0b7 một", "• một", id="the bullet of Word"),
        pytest.param("một\ttab\u00a0cứng", "một\ttab\u00a0cứng", id="tabs and hard spaces stay"),
        pytest.param(FAMILY, FAMILY, id="a joined emoji"),
        pytest.param("❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥", id="a heart on fire"),
        pytest.param(FLAG, FLAG, id="a flag of tags"),
        pytest.param("a\U000e0067", "a", id="tags without a flag"),
        pytest.param("a\u200db", "ab", id="a joiner among letters"),
        pytest.param("ភាសា\u200bខ្មែរ", "ភាសា\u200bខ្មែរ", id="Khmer words"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="Persian letters"),
        pytest.param("\ud83d\ude00", "😀", id="two halves side by side"),
        pytest.param("\u200b\u200b", "", id="nothing but zero-width spaces"),
        pytest.param("\u2800", "", id="nothing but Braille blanks"),
        pytest.param("\u3164\u115f\uffa0", "", id="nothing but fillers"),
        pytest.param(" \u0301\ufe0f", "", id="nothing but marks"),
        pytest.param("?", "?", id="a sign is something"),
    ],
)
def test_text_is_brought_into_its_one_form(pasted: str, clean: str) -> None:
    assert clean_text(pasted) == clean


@pytest.mark.parametrize(
    ("text", "position"),
    [("\ud800", 1), ("ab\udc00", 3), ("😀\ud83d", 2), ("\ude00\ud83d", 1)],
)
def test_half_a_character_is_refused_and_its_place_said(text: str, position: int) -> None:
    with pytest.raises(BrokenTextError) as caught:
        clean_text(text)

    assert caught.value.position == position


def test_a_message_that_nobody_can_correct_keeps_all_its_other_characters() -> None:
    assert clean_message("lương \ud83d thấp \ud83d\ude21") == "lương \ufffd thấp 😡"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    clean = clean_text(text)

    assert clean_text(clean) == clean
    assert clean == unicodedata.normalize("NFC", clean).strip()


@given(st.text(alphabet=st.sampled_from("aăâđêôơưạảãáàằẳẵắặềểễếệ ,.\n😀🙏🏽0123456789")))
def test_what_is_written_stays(text: str) -> None:
    assert clean_text(text) == text.strip()
