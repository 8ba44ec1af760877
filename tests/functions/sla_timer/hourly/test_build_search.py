"""The files of the search index: built from all petitions, then from what changed; what must not be there is not."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.sla_timer.hourly import build_search
from chalicelib.sla_timer.hourly.build_search import SearchIndexing
from shared.domain.errors import SearchUnavailableError
from shared.domain.petition.lifecycle import State
from shared.platform import clock
from shared.platform.search_files import SearchFiles
from shared.search.documents import for_everybody, for_officers
from shared.search.fts5 import Fts5Index
from shared.search.index_file import IndexFile
from shared.search.local_copy import DESK, PUBLIC, LocalCopy, NewestChanges
from shared.search.port import EVERYTHING
from shared.tables.directory import Directory
from shared.tables.outlines import Outlines
from shared.tables.petition_items import StoredPetition
from shared.tables.petitions import Petitions
from tests.support.builders import a_petition
from tests.support.people import Citizen, Officer, answer_petition, citizen_of
from tests.support.system import System

SECRETS = {"name": "Zqtên Zqhọ", "phone": "0987012345", "address": "12 phố Zqphố, Hà Nội"}


class Ticks:
    """A clock that stops the first run after one page."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += build_search.WORKS.total_seconds()
        return self.now


class OnTwoAPage(Petitions):
    """Petitions whose pages are short."""

    def page(self, after: str | None, **_options: Any) -> tuple[list[StoredPetition], str | None]:
        return super().page(after, limit=2)


@pytest.fixture
def files(system: System) -> SearchFiles:
    return SearchFiles(system.local.cloud.outputs["AttachmentsBucket"])


@pytest.fixture
def tables(system: System) -> tuple[Petitions, Outlines, Directory]:
    outputs = system.local.cloud.outputs
    directory = Directory(outputs["DirectoryTable"])
    return Petitions(outputs["PetitionsTable"], directory), Outlines(outputs["PetitionsTable"]), directory


def content(files: SearchFiles, name: str, folder: Path) -> bytes:
    path = folder / Path(name).name
    assert files.fetch(name, path) is not None
    return path.read_bytes()


def hits(files: SearchFiles, name: str, folder: Path, text: str) -> set[str]:
    path = folder / Path(name).name
    assert files.fetch(name, path) is not None
    results = Fts5Index(path).search(text, EVERYTHING, limit=10)
    return {hit.key for hit in results.hits}


def hourly(system: System) -> None:
    system.local.pumps.hourly.fire()
    system.settle()


def test_ordinary_petitions_are_in_the_file_and_neither_identity_nor_denunciations_are(
    system: System, files: SearchFiles, tmp_path: Path
):
    ordinary = Citizen(system, subject="Thi nâng ngạch zqđầu", petitioner={**citizen_of(system), **SECRETS})
    assert ordinary.send().status == 201
    denunciation = Citizen(
        system, subject="Thi nâng ngạch zqcuối", content="Tôi tố cáo ông A zqgiữa nhận hối lộ."
    )
    denunciation.send()

    hourly(system)

    written = content(files, DESK, tmp_path)
    assert hits(files, DESK, tmp_path, "nâng ngạch") == {ordinary.reference}
    assert "zqđầu".encode() in written
    for secret in (*SECRETS.values(), "zqcuối", "zqgiữa", "zqgiua", denunciation.reference):
        assert secret.encode() not in written
    assert content(files, PUBLIC, tmp_path)


def test_the_public_file_holds_published_answers_alone_and_no_reference(
    system: System, files: SearchFiles, tmp_path: Path
):
    published, unpublished = (Citizen(system, may_publish=True, subject=f"Nâng ngạch zq{n}") for n in "ab")
    for citizen in (published, unpublished):
        citizen.send()
    answer_petition(system, published.reference)
    Officer(system, "binh.vanphong").do(
        "publish", published.reference, subject="Nâng ngạch zqpublic", content="Hỏi", answer="Đáp"
    )

    hourly(system)

    written = content(files, PUBLIC, tmp_path)
    assert len(hits(files, PUBLIC, tmp_path, "nâng ngạch")) == 1
    assert b"zqpublic" in written
    for secret in (published.reference, unpublished.reference, "zqa", "zqb"):
        assert secret.encode() not in written


def test_what_is_withdrawn_leaves_the_file_with_the_next_build(
    system: System, files: SearchFiles, tmp_path: Path
):
    citizen = Citizen(system, subject="Nâng ngạch zqone")
    citizen.send()
    hourly(system)
    before = hits(files, DESK, tmp_path, "nâng ngạch")

    citizen.add("withdrawal")
    hourly(system)

    assert before == {citizen.reference}
    assert hits(files, DESK, tmp_path, "nâng ngạch") == set()
    assert b"zqone" not in content(files, DESK, tmp_path)


def test_newest_changes_are_put_into_a_copy_before_the_next_build(
    system: System, files: SearchFiles, tables: tuple[Petitions, Outlines, Directory]
):
    petitions, outlines, _directory = tables
    first = Citizen(system, subject="Nâng ngạch")
    first.send()
    hourly(system)
    copy = LocalCopy(files, DESK, NewestChanges(outlines, petitions))
    second = Citizen(system, subject="Nâng ngạch")
    second.send()
    first.add("withdrawal")

    results = copy.index(clock.now()).search("nâng ngạch", EVERYTHING, limit=10)

    assert [hit.key for hit in results.hits] == [second.reference]


def test_build_from_all_petitions_goes_on_where_the_hour_before_stopped(
    system: System,
    files: SearchFiles,
    tables: tuple[Petitions, Outlines, Directory],
    tmp_path: Path,
):
    _petitions, outlines, directory = tables
    petitions = OnTwoAPage(system.local.cloud.outputs["PetitionsTable"], directory)
    citizens = [Citizen(system, subject="Nâng ngạch") for _ in range(3)]
    for citizen in citizens:
        citizen.send()
    indexing = SearchIndexing(petitions, outlines, directory, files, dict, monotonic=Ticks())

    indexing.run(clock.now())
    is_there_early = files.fetch(DESK, tmp_path / "early") is not None
    indexing.run(clock.now() + timedelta(hours=1))

    assert not is_there_early
    assert hits(files, DESK, tmp_path, "nâng ngạch") == {citizen.reference for citizen in citizens}
    assert not system.objects("building-")


@pytest.mark.parametrize(
    ("state", "is_searched"),
    [
        *(pytest.param(state, True, id=state) for state in (State.RECEIVED, State.IN_PROGRESS, State.CLOSED)),
        pytest.param(State.WITHDRAWN, False, id="withdrawn"),
        pytest.param(State.RESTRICTED, False, id="restricted"),
    ],
)
def test_closed_petitions_are_searched_and_restricted_and_withdrawn_ones_are_not(
    state: State, *, is_searched: bool
):
    petition = a_petition(state)

    assert (for_officers(petition).document is not None) is is_searched
    assert petition.reference not in str(for_everybody(petition))


def test_without_a_file_the_copy_says_that_there_is_no_search(files: SearchFiles):
    with pytest.raises(SearchUnavailableError):
        LocalCopy(files, DESK).index(clock.now())


def test_a_file_is_read_again_only_when_it_changed(files: SearchFiles, tmp_path: Path):
    path = tmp_path / "written"
    IndexFile(path).close()
    files.store(DESK, path)
    first = files.fetch(DESK, tmp_path / "copy")
    (tmp_path / "copy").unlink()

    again = files.fetch(DESK, tmp_path / "copy", first)

    assert again == first
    assert not (tmp_path / "copy").exists()
