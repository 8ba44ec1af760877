"""The cost of an SMS, and Vietnamese without accents."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.identity.gsm7 import is_gsm7, segments, unaccented

EVERY_VIETNAMESE_LETTER = (
    "aàáảãạăằắẳẵặâầấẩẫậbcdđeèéẻẽẹêềếểễệghiìíỉĩịklmnoòóỏõọôồốổỗộơờớởỡợpqrstuùúủũụưừứửữựvxyỳýỷỹỵ"
)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("Phản ánh, kiến nghị", "Phan anh, kien nghi", id="composed accents go"),
        pytest.param(
            unicodedata.normalize("NFD", "Đề nghị trả lời"), "De nghi tra loi", id="decomposed accents go too"
        ),
        pytest.param("ĐƯỜNG đường", "DUONG duong", id="d with a stroke becomes d"),
        pytest.param("“Trích”…", '"Trich"...', id="typographic quotes and dots become plain"),
        pytest.param("2024–2025 — hạn", "2024-2025 - han", id="dashes become hyphens"),
        pytest.param("5\u00a0000\u00a0₫", "5 000 d", id="hard spaces and the dong sign become plain"),
        pytest.param("a\u200bb\ufeffc", "abc", id="invisible characters go"),
        pytest.param("100€ £5", "100€ £5", id="what GSM-7 knows stays"),
        pytest.param("`x`\ty", "'x' y", id="ASCII outside GSM-7 becomes its neighbour"),
        pytest.param("ﬁnal ½", "final ½", id="ligatures are taken apart, fractions stay"),
        pytest.param("北京", "北京", id="what has no plain form stays for the caller to see"),
        pytest.param("", "", id="nothing stays nothing"),
    ],
)
def test_text_without_accents_reads_as_people_type_it(text: str, plain: str) -> None:
    assert unaccented(text) == plain


def test_every_vietnamese_letter_has_an_ascii_one() -> None:
    for text in (EVERY_VIETNAMESE_LETTER, EVERY_VIETNAMESE_LETTER.upper()):
        plain = unaccented(text)

        assert plain.isascii()
        assert len(plain) == len(text)
        assert set(plain.lower()) <= set("abcdefghijklmnopqrstuvwxyz")


@given(st.text())
def test_taking_accents_off_twice_changes_nothing_more(text: str) -> None:
    assert unaccented(unaccented(text)) == unaccented(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", 0, id="no text is no SMS"),
        pytest.param("a" * 160, 1, id="160 characters fit into one"),
        pytest.param("a" * 161, 2, id="161 take two"),
        pytest.param("a" * 306, 2, id="two parts hold 153 each"),
        pytest.param("a" * 307, 3, id="the 307th character opens a third"),
        pytest.param("€" * 80, 1, id="80 characters of the extension fill one"),
        pytest.param("€" * 81, 2, id="the 81st does not fit"),
        pytest.param("a" * 159 + "€", 2, id="an extension character at the border does not fit"),
        pytest.param("a" * 152 + "€" + "a" * 152, 3, id="an escape pair is not cut in half"),
        pytest.param("ế" * 70, 1, id="70 accented characters fit into one"),
        pytest.param("a" * 70 + "ế", 2, id="one accented letter makes 71 characters cost two"),
        pytest.param("ế" * 134, 2, id="two accented parts hold 67 each"),
        pytest.param("ế" * 135, 3, id="the 135th accented character opens a third"),
        pytest.param("😀" * 35, 1, id="an emoji counts twice"),
        pytest.param("😀" * 67, 3, id="emoji are not cut in half: 33 to a part"),
    ],
)
def test_segments_are_counted_as_networks_bill_them(text: str, expected: int) -> None:
    assert segments(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("PAKN TC 26 4831 9027 5", True, id="plain text"),
        pytest.param("[a] {b} ~ | \\ ^ €", True, id="the extension table"),
        pytest.param("à è é ì ò ù Ö ñ Ç", True, id="the few accented letters of GSM-7"),
        pytest.param("á", False, id="an accent that GSM-7 lacks"),
        pytest.param("ç", False, id="small c with cedilla, of which GSM-7 has only the capital"),
        pytest.param("`", False, id="the back quote, although ASCII"),
        pytest.param("\t", False, id="a tab, although ASCII"),
    ],
)
def test_gsm7_is_distinguished_from_the_rest(text: str, expected: bool) -> None:  # noqa: FBT001 - a column of the table
    assert is_gsm7(text) is expected


@given(st.text(alphabet=EVERY_VIETNAMESE_LETTER + EVERY_VIETNAMESE_LETTER.upper() + " .,0123456789"))
def test_unaccented_vietnamese_always_goes_out_as_gsm7(text: str) -> None:
    assert is_gsm7(unaccented(text))
    assert segments(unaccented(text)) <= segments(text)
