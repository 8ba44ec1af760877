"""Search by SQLite's FTS5: which spellings find which, in which order, and what a reader may find."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from shared.domain.errors import SearchUnavailableError
from shared.search.fts5 import Fts5Index, IndexFile
from shared.search.port import EVERYTHING, Change, Document, Narrowing, Part, Scope


def change(key: str, subject: str, **facts: object) -> Change:
    plain = {"version": 1, "content": "", "answer": "", "received_on": date(2026, 11, 2)}
    return Change(key, Document(**{"key": key, "subject": subject, **plain, **facts}))  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "index.sqlite"


@pytest.fixture
def written(path: Path) -> Iterator[IndexFile]:
    index = IndexFile(path)
    yield index
    index.close()


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        pytest.param("hòa giải", {"a", "b"}, id="the tone on the other vowel, new way"),
        pytest.param("hoà giải", {"a", "b"}, id="the tone on the other vowel, old way"),
        pytest.param(unicodedata.normalize("NFD", "hòa giải"), {"a", "b"}, id="in pieces"),
        pytest.param("hoa giai", {"a", "b"}, id="without marks"),
        pytest.param("đường", {"c", "d"}, id="the crossed letter, and a text without marks"),
        pytest.param("duong", {"c", "d"}, id="a plain letter finds the crossed one"),
        pytest.param("ĐƯỜNG PHỐ", {"c"}, id="capitals"),
        pytest.param("phụ", {"e"}, id="a marked word finds no other mark"),
        pytest.param("phu", {"e", "f"}, id="an unmarked word finds any mark"),
        pytest.param("“phố đường”", set(), id="quoted words stand in this order"),
        pytest.param('"đường phố"', {"c"}, id="quoted words stand side by side"),
        pytest.param("phố đường", {"c"}, id="words without quotes stand anywhere"),
        pytest.param("đường OR phụ", set(), id="operators are words"),
        pytest.param('"', set(), id="a sign alone"),
        pytest.param("  ", set(), id="nothing"),
    ],
)
def test_spellings_find_the_same_word_and_no_other(
    written: IndexFile, path: Path, typed: str, keys: set[str]
):
    written.apply(
        [
            change("a", "Hoà giải ở cơ sở"),
            change("b", unicodedata.normalize("NFD", "Hòa giải viên")),
            change("c", "Tên đường phố"),
            change("d", "ten duong o xa"),
            change("e", "Phụ cấp công vụ"),
            change("f", "Phù hợp với quy định"),
        ]
    )

    results = Fts5Index(path).search(typed, EVERYTHING, limit=10)

    assert {hit.key for hit in results.hits} == keys
    assert results.total == len(keys)


def test_what_stands_as_it_was_typed_comes_before_what_differs_in_marks(written: IndexFile, path: Path):
    written.apply([change("plain", "nang ngach nang ngach"), change("marked", "Xét nâng ngạch")])
    index = Fts5Index(path)

    by_marks = index.search("nâng ngạch", EVERYTHING, limit=10)
    without = index.search("nang ngach", EVERYTHING, limit=10)

    assert [(hit.key, hit.is_exact) for hit in by_marks.hits] == [("marked", True), ("plain", False)]
    assert [(hit.key, hit.is_exact) for hit in without.hits] == [("plain", True), ("marked", False)]


def test_words_side_by_side_and_in_the_subject_come_first(written: IndexFile, path: Path):
    filler = "về việc khác của cơ quan nhà nước ở địa phương"
    written.apply(
        [
            change("apart", filler, content=f"nâng {filler} bậc, rồi tới kỳ thi {filler} ngạch"),
            change("in-content", filler, content=f"kỳ thi nâng ngạch {filler}"),
            change("in-subject", "Thi nâng ngạch", content=filler),
        ]
    )

    results = Fts5Index(path).search("nâng ngạch", EVERYTHING, limit=10)

    assert [hit.key for hit in results.hits] == ["in-subject", "in-content", "apart"]


def test_passages_say_where_the_words_stand_in_the_text_as_it_was_written(written: IndexFile, path: Path):
    written.apply(
        [change("a", "Hoà giải", content="Xin hỏi về hoà giải.", answer="Không liên quan", draft="HÒA")]
    )

    [hit] = Fts5Index(path).search("hòa", EVERYTHING, limit=10).hits

    assert {
        passage.part: "".join(f"[{piece.text}]" if piece.is_match else piece.text for piece in passage.pieces)
        for passage in hit.passages
    } == {Part.SUBJECT: "[Hoà] giải", Part.CONTENT: "Xin hỏi về [hoà] giải.", Part.DRAFT: "[HÒA]"}


@pytest.mark.parametrize(
    ("scope", "keys"),
    [
        pytest.param(Scope(), set(), id="nobody"),
        pytest.param(EVERYTHING, {"own", "other", "conduct"}, id="everything"),
        pytest.param(Scope(unit="VPB"), {"own"}, id="a unit"),
        pytest.param(Scope(entered_by="officer:dai"), {"other"}, id="who entered it"),
        pytest.param(Scope(unit="VPB", entered_by="officer:dai"), {"own", "other"}, id="either"),
        pytest.param(
            EVERYTHING._replace(not_about={"VPB"}), {"own", "other"}, id="no complaint about one's own"
        ),
    ],
)
def test_nothing_out_of_a_readers_scope_is_found_or_counted(
    written: IndexFile, path: Path, scope: Scope, keys: set[str]
):
    written.apply(
        [
            change("own", "phụ cấp", unit="VPB", state="ASSIGNED"),
            change("other", "phụ cấp", unit="TTRA", state="CLOSED", entered_by="officer:dai"),
            change("conduct", "phụ cấp", unit="TTRA", state="ASSIGNED", complained_unit="VPB"),
        ]
    )

    results = Fts5Index(path).search("phụ cấp", scope, limit=10)

    assert {hit.key for hit in results.hits} == keys
    assert results.total == sum(results.by_state.values()) == len(keys)


def test_pages_follow_each_other_and_conditions_narrow(written: IndexFile, path: Path):
    days = [date(2026, month, 1) for month in (1, 5, 9)]
    written.apply(
        [
            change(
                str(day.month), "phụ cấp", received_on=day, state="CLOSED" if day.month == 9 else "ASSIGNED"
            )
            for day in days
        ]
    )
    index = Fts5Index(path)

    pages = [index.search("phụ cấp", EVERYTHING, limit=2, offset=offset) for offset in (0, 2)]
    since = index.search("phụ cấp", EVERYTHING, Narrowing(since=date(2026, 5, 1)), limit=10)
    closed = index.search("phụ cấp", EVERYTHING, Narrowing(states={"CLOSED"}), limit=10)

    assert sorted(hit.key for page in pages for hit in page.hits) == ["1", "5", "9"]
    assert {hit.key for hit in since.hits} == {"5", "9"}
    assert ([hit.key for hit in closed.hits], closed.total) == (["9"], 1)
    assert closed.by_state == {"ASSIGNED": 2, "CLOSED": 1}


def test_a_number_is_the_begin_of_a_reference(written: IndexFile, path: Path):
    written.apply([change("26483190274", "phụ cấp"), change("26999990274", "phụ cấp")])

    results = Fts5Index(path).search("26 4831", EVERYTHING, limit=10)

    assert [hit.key for hit in results.hits] == ["26483190274"]


def test_a_newer_version_takes_the_place_of_the_older_one(written: IndexFile, path: Path):
    written.apply([change("a", "phụ cấp")])

    removed = written.apply([change("a", "nghỉ phép", version=2)])

    index = Fts5Index(path)
    assert (removed, written.count(), written.version("a")) == (1, 1, 2)
    assert index.search("phụ cấp", EVERYTHING, limit=10).total == 0
    assert index.search("nghỉ phép", EVERYTHING, limit=10).total == 1


def test_nothing_of_a_document_that_left_is_in_the_file(written: IndexFile, path: Path):
    written.apply([change("a", "zq001a cơ quan"), change("b", "zq002b cơ quan")])

    written.apply([Change("a", None)])
    written.purge()

    content = path.read_bytes()
    assert b"zq001a" not in content
    assert b"zq002b" in content


def test_what_is_like_a_text_shares_what_is_rare_in_it(written: IndexFile, path: Path):
    written.apply(
        [
            change("near", "Thời hạn công bố kết quả thi nâng ngạch", answer="Chậm nhất 15 ngày."),
            change("far", "Thời hạn giải quyết hồ sơ nghỉ phép", answer="Chậm nhất 5 ngày."),
            change("none", "Lễ hội"),
        ]
    )

    likes = Fts5Index(path).like("Xin cho biết thời hạn công bố kết quả thi nâng ngạch năm nay", limit=5)

    assert [like.key for like in likes][:2] == ["near", "far"]
    assert likes[0].share > 2 * likes[1].share


def test_without_a_file_there_is_no_search(path: Path):
    with pytest.raises(SearchUnavailableError):
        Fts5Index(path).search("phụ cấp", EVERYTHING, limit=10)
