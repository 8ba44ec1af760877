"""Search by SQLite's FTS5: which spellings find which, in which order, and what a reader may find."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from shared.domain.errors import SearchUnavailableError
from shared.search.fts5 import Fts5Index
from shared.search.index_file import IndexFile
from shared.search.port import EVERYTHING, Change, Document, Narrowing, Order, Part, Scope


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


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        pytest.param("sáp nh", {"a"}, id="a word begun"),
        pytest.param("sap nha", {"a"}, id="a word begun without marks"),
        pytest.param("sáp nhậ", {"a"}, id="a word begun with a mark"),
        pytest.param("s", {"a"}, id="one letter"),
        pytest.param("nh sáp", set(), id="only the last word is begun"),
        pytest.param("phụ c", {"b"}, id="whole words keep their marks"),
        pytest.param("phù c", set(), id="whole words with other marks"),
    ],
)
def test_last_word_of_what_is_being_typed_is_the_begin_of_one(
    written: IndexFile, path: Path, typed: str, keys: set[str]
):
    written.apply([change("a", "Sáp nhập xã"), change("b", "Phụ cấp công vụ")])

    results = Fts5Index(path).search(typed, EVERYTHING, limit=10, is_unfinished=True)

    assert {hit.key for hit in results.hits} == keys


def test_answers_are_browsed_from_the_newest_and_counted_by_what_they_can_be_narrowed_to(
    written: IndexFile, path: Path
):
    written.apply(
        [
            change("a", "Một", name="2025-03-01T00:00:00Z#a", field="CCVC", unit="V1", month="2025-03"),
            change("b", "Hai", name="2026-03-01T00:00:00Z#b", field="CCVC", unit="V2", month="2026-03"),
            change("c", "Ba", name="2026-04-01T00:00:00Z#c", field="VAN", unit="V2", month="2026-04"),
        ]
    )
    index = Fts5Index(path)

    everything = index.browse(Narrowing(), limit=2)
    of_a_unit = index.browse(Narrowing(unit="V2"), limit=10, offset=1)
    of_a_year = index.browse(Narrowing(year="2025", field="VAN"), limit=10)

    assert [hit.key for hit in everything.hits] == ["c", "b"]
    assert everything.total == 3
    assert everything.by_field == {"CCVC": 2, "VAN": 1}
    assert everything.by_unit == {"V1": 1, "V2": 2}
    assert everything.by_year == {"2025": 1, "2026": 2}
    assert [hit.key for hit in of_a_unit.hits] == ["b"]
    assert of_a_unit.by_field == {"CCVC": 1, "VAN": 1}
    assert of_a_year.total == 0
    assert of_a_year.by_year == {"2026": 1}
    assert index.titles(limit=1) == (("2026-04-01T00:00:00Z#c", "Ba", ""),)


def test_answers_are_narrowed_to_a_kind_and_put_in_order_of_readers_who_have_the_matter(
    written: IndexFile, path: Path
):
    rows = {"a": "REGULATION", "b": "INITIATIVE", "c": "REGULATION"}
    written.apply([change(key, "lương", name=f"2026-03-01T00:00:00Z#{key}", kind=rows[key]) for key in rows])
    written.set_also({"2026-03-01T00:00:00Z#b": 9})
    written.set_also({"2026-03-01T00:00:00Z#a": 5})
    index = Fts5Index(path)

    browsed = index.browse(Narrowing(), limit=10, order=Order.ALSO)
    searched = index.search("lương", EVERYTHING, Narrowing(kind="REGULATION"), limit=10, order=Order.ALSO)

    assert [hit.key for hit in browsed.hits] == ["a", "c", "b"]
    assert [hit.key for hit in searched.hits] == ["a", "c"]
    assert searched.by_kind == {"REGULATION": 2, "INITIATIVE": 1}


def test_what_was_found_is_put_in_order_of_publication_on_demand(written: IndexFile, path: Path):
    written.apply(
        [
            change("old", "nâng ngạch nâng ngạch", name="2025-03-01T00:00:00Z#a"),
            change("new", "nâng ngạch", content="khác", name="2026-03-01T00:00:00Z#b"),
        ]
    )

    newest = Fts5Index(path).search("nâng ngạch", EVERYTHING, limit=10, order=Order.NEWEST)

    assert [hit.key for hit in newest.hits] == ["new", "old"]
