"""Builds the files of the search index from what changed since they were built; both at once, hourly.

The first time, after a restoration of the data, and when the tables of the file changed, they are built from all
petitions, a few minutes an hour: what is built so far stands in the bucket, with the place where the next hour goes on.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from shared.domain.petition.petition import Petition
from shared.platform import telemetry
from shared.platform.search_files import SearchFiles
from shared.search.documents import for_everybody, for_officers
from shared.search.index_file import IndexFile
from shared.search.local_copy import DESK, OVERLAP, PUBLIC, UNTIL
from shared.tables.directory import Directory
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.use_cases.answer_addresses import read_address

WORKS = timedelta(minutes=8)
"""The time of one run for building from all petitions; the function has 15 minutes."""
_CURSOR, _BEGUN, _EPOCH = "cursor", "begun", "epoch"


class _Pair(NamedTuple):
    """Both files, opened."""

    desk: IndexFile
    public: IndexFile

    def apply(self, petitions: Iterable[Petition]) -> int:
        """Put petitions into both; return how many older versions left."""
        read = list(petitions)
        return self.desk.apply(map(for_officers, read)) + self.public.apply(map(for_everybody, read))

    def set_about(self, name: str, value: str | None) -> None:
        """Write a fact about both."""
        for file in self:
            file.set_about(name, value)


class SearchIndexing:
    """Keeps the files up to date."""

    def __init__(
        self,
        petitions: Petitions,
        outlines: Outlines,
        directory: Directory,
        files: SearchFiles,
        also_totals: Callable[[], Mapping[str, int]],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._petitions = petitions
        self._outlines = outlines
        self._directory = directory
        self._files = files
        self._also_totals = also_totals
        self._monotonic = monotonic

    def run(self, now: datetime) -> None:
        """Bring both files up to date, or go on with building them; measure how old they are (`SearchIndexMinutes`).

        Raises:
            SearchUnavailableError: this machine's SQLite has no FTS5.
        """
        with self._opened("") as pair:
            until = self._until(pair)
            if pair is not None and until is not None:
                telemetry.count("SearchIndexMinutes", (now - until).total_seconds() // 60)
                self._update(pair, until, now)
                return
        with self._opened(self._partial, is_made=True) as partial:
            assert partial is not None  # noqa: S101 - made where there was none
            self._build(partial, now)

    def _until(self, pair: _Pair | None) -> datetime | None:
        """Return up to when two files hold all changes; None where they have to be built anew."""
        if pair is None or any(file.about(_EPOCH) != self._epoch for file in pair):
            return None
        until = [file.about(UNTIL) for file in pair]
        return min(datetime.fromisoformat(instant or "") for instant in until)

    @property
    def _epoch(self) -> str:
        """The number of restorations of the data: what was built before the latest is given up."""
        return str(len(self._directory.restorations()))

    @property
    def _partial(self) -> str:
        """The begin of the names of unfinished files."""
        return f"building-{self._epoch}-"

    def _update(self, pair: _Pair, until: datetime, now: datetime) -> None:
        changed = self._outlines.changed_since(until - OVERLAP, now)
        if pair.apply(self._petitions.get_all(changed)):
            for file in pair:
                file.purge()
        self._count_readers(pair)
        pair.set_about(UNTIL, now.isoformat())
        self._store(pair, "")

    def _build(self, pair: _Pair, now: datetime) -> None:
        """Read petitions page by page until the time is over; write the files where they are complete."""
        stop_at = self._monotonic() + WORKS.total_seconds()
        begun, cursor = pair.desk.about(_BEGUN), pair.desk.about(_CURSOR)
        if begun is None:
            begun = now.isoformat()
            pair.set_about(_BEGUN, begun)
            pair.set_about(_EPOCH, self._epoch)
        while True:
            page, cursor = self._petitions.page(cursor)
            pair.apply(stored.petition for stored in page)
            if cursor is None or self._monotonic() >= stop_at:
                break
        pair.set_about(_CURSOR, cursor)
        if cursor is not None:
            self._store(pair, self._partial)
            return
        for file in pair:
            file.purge()
        self._count_readers(pair)
        pair.set_about(UNTIL, begun)
        self._store(pair, "")
        for name in (DESK, PUBLIC):
            self._files.remove(_key(self._partial, name))

    def _count_readers(self, pair: _Pair) -> None:
        """Write how many readers have the matter of each answer: lists can be ordered by it."""
        addresses = ((read_address(answer), also) for answer, also in self._also_totals().items())
        pair.public.set_also({address.name: also for address, also in addresses if address})

    @contextmanager
    def _opened(self, prefix: str, *, is_made: bool = False) -> Iterator[_Pair | None]:
        """Open both files of the bucket; None where one is missing and none is to be made."""
        with tempfile.TemporaryDirectory(prefix="pakn-search-") as folder, ExitStack() as opened:
            paths = [Path(folder) / Path(name).name for name in (DESK, PUBLIC)]
            are_there = [
                self._files.fetch(_key(prefix, name), path) is not None
                for name, path in zip((DESK, PUBLIC), paths, strict=True)
            ]
            if not all(are_there):
                for path in paths:
                    path.unlink(missing_ok=True)
            if not all(are_there) and not is_made:
                yield None
                return
            desk, public = (opened.enter_context(closing(IndexFile(path))) for path in paths)
            yield _Pair(desk, public)

    def _store(self, pair: _Pair, prefix: str) -> None:
        for name, file in zip((DESK, PUBLIC), pair, strict=True):
            self._files.store(_key(prefix, name), file.path)


def _key(prefix: str, name: str) -> str:
    """Return where a file stands in the bucket; an unfinished one beside the one that it becomes."""
    folder, _slash, file = name.rpartition("/")
    return f"{folder}/{prefix}{file}"
