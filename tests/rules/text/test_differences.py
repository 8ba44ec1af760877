"""Two editions of a draft, word by word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.text.differences import MOST_WORDS, Edition, differences, paragraphs
from shared.domain.text.reading_ease import reading_ease

WORDS = st.sampled_from(["Điều", "18", "khoản", "3", "ngày", "được", "tính", "không", "nộp", "hồ", "sơ."])
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=8).map(" ".join), max_size=6).map("\n\n".join)


def marked(before: str, after: str) -> str:
    """Return the differences as one line: `-left out-`, `+added+`."""
    signs = {Edition.BOTH: "", Edition.BEFORE: "-", Edition.AFTER: "+"}
    return " | ".join(
        "".join(f"{signs[piece.part]}{piece.text}{signs[piece.part]}" for piece in row.pieces)
        for row in differences(before, after)
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("Được tính.", "Được tính.", "Được tính.", id="the same"),
        pytest.param("Tính từ ngày nộp.", "Tính từ ngày ký.", "Tính từ ngày -nộp.-+ký.+", id="one word"),
        pytest.param("A một hai.\n\nB.", "A một hai.", "A một hai. | -B.-", id="a paragraph is left out"),
        pytest.param("B.", "A một hai.\n\nB.", "+A một hai.+ | B.", id="a paragraph is added"),
        pytest.param("", "Mới.", "+Mới.+", id="from nothing"),
    ],
)
def test_words_that_changed_are_marked(before: str, after: str, expected: str):
    assert marked(before, after) == expected


@given(before=TEXTS, after=TEXTS)
def test_both_editions_can_be_read_from_the_differences(before: str, after: str):
    rows = differences(before, after)

    old = {row.before: "".join(p.text for p in row.pieces if p.part is not Edition.AFTER) for row in rows}
    new = {row.after: "".join(p.text for p in row.pieces if p.part is not Edition.BEFORE) for row in rows}

    assert [old[n].strip() for n in range(1, len(paragraphs(before)) + 1)] == list(paragraphs(before))
    assert [new[n].strip() for n in range(1, len(paragraphs(after)) + 1)] == list(paragraphs(after))
    assert [row.after for row in rows if row.after] == sorted(row.after for row in rows if row.after)


def test_long_texts_are_compared_by_paragraphs_alone():
    before = "\n".join(f"Đoạn {n} nói về việc này." for n in range(MOST_WORDS // 6))
    after = before.replace("Đoạn 7 nói", "Đoạn 7 viết")

    rows = differences(before, after)

    assert [row.pieces[0].part for row in rows if row.is_changed] == [Edition.AFTER, Edition.BEFORE]


@pytest.mark.parametrize(
    ("text", "average", "longest"),
    [
        pytest.param("", 0, 0, id="nothing"),
        pytest.param("Ông nộp hồ sơ tại xã. Xã trả lời ông.", 5, 6, id="two sentences"),
        pytest.param("Theo khoản 3 Điều 18 NĐ 170/2025.", 7, 7, id="numbers end no sentence"),
        pytest.param("Một hai\nba bốn năm", 2.5, 3, id="lines end sentences"),
    ],
)
def test_reading_ease_is_the_length_of_sentences(text: str, average: float, longest: int):
    ease = reading_ease(text)

    assert (ease.average, ease.longest) == (average, longest)
    assert ease.is_easy


def test_sentence_of_five_lines_is_not_easy():
    assert not reading_ease("việc " * 90).is_easy
