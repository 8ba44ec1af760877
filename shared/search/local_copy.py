"""A process's own copy of an index file: fetched when it changed, with what changed since put in from the table.

The copy stands in the process's temporary folder and is opened for reading only by whoever searches it. The newest
changes are put into it by the same code that the timer builds the file with, so a search asks one index, and ranks by
one measure.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from threading import Lock

from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import SearchUnavailableError
from shared.domain.petition.petition import Petition
from shared.platform import telemetry
from shared.platform.search_files import SearchFiles
from shared.search.documents import for_officers, published_document
from shared.search.fts5 import Fts5Index
from shared.search.index_file import SCHEMA, IndexFile
from shared.search.port import Change
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions

DESK, PUBLIC = f"search/desk-{SCHEMA}.sqlite", f"search-public/answers-{SCHEMA}.sqlite"
"""The files: what officers search, and the published answers; code of another schema reads files of its own."""
UNTIL = "until"
"""The fact about a file up to which it holds all changes."""
OVERLAP = timedelta(minutes=10)
"""The index of changes may lag, and a change is dated by its beginning: rather read twice than never."""
LOOK_AGAIN = timedelta(minutes=1)
"""The time after which the bucket is asked for a newer file."""
MOST_CHANGES = 500
"""Petitions that one search puts in; further ones wait for the next, or for the timer's file."""

Changes = Callable[[IndexFile, datetime, datetime], Iterable[Change]]
"""The function that reads what a file lacks of the changes from one instant to another."""


class LocalCopy:
    """The copy of one file.

    Args:
        files: the bucket's.
        name: which of them.
        changes: what changed since the file was built; without it, the file alone is searched.
    """

    def __init__(self, files: SearchFiles, name: str, changes: Changes | None = None) -> None:
        self._files = files
        self._name = name
        self._changes = changes
        self._seen: str | None = None
        self._looked_at: datetime | None = None
        self._lock = Lock()

    def index(self, now: datetime) -> Fts5Index:
        """Return the index as it is now.

        Raises:
            SearchUnavailableError: no file was built yet, or this machine's SQLite has no FTS5.
        """
        with self._lock:
            if self._looked_at is None or self._seen is None or abs(now - self._looked_at) >= LOOK_AGAIN:
                self._seen = self._files.fetch(self._name, self._path, self._seen)
                self._looked_at = now
            if self._seen is None:
                raise SearchUnavailableError
            if self._changes is not None:
                self._put_in(self._changes, now)
        return Fts5Index(self._path)

    @cached_property
    def _folder(self) -> tempfile.TemporaryDirectory[str]:
        return tempfile.TemporaryDirectory(prefix="pakn-search-")

    @property
    def _path(self) -> Path:
        return Path(self._folder.name) / Path(self._name).name

    def _put_in(self, changes: Changes, now: datetime) -> None:
        with closing(IndexFile(self._path)) as file:
            since = datetime.fromisoformat(file.about(UNTIL) or now.isoformat()) - OVERLAP
            file.apply(changes(file, since, now))


class NewestChanges:
    """The petitions that changed lately, read once for each of their versions."""

    def __init__(self, outlines: Outlines, petitions: Petitions) -> None:
        self._outlines = outlines
        self._petitions = petitions
        self._latest: dict[str, tuple[int, Change]] = {}

    def __call__(self, _file: IndexFile, since: datetime, now: datetime) -> Iterable[Change]:
        """Return the petitions changed from one instant to another, as officers search them."""
        versions = self._outlines.changed_since(since, now)
        unread = [
            reference
            for reference, version in versions.items()
            if self._latest.get(reference, (0, None))[0] < version
        ]
        if len(unread) > MOST_CHANGES:
            telemetry.logger().warning("search lags behind", changes=len(unread))
        read: list[Petition] = list(self._petitions.get_all(unread[:MOST_CHANGES]))
        latest = {petition.reference: (petition.version, for_officers(petition)) for petition in read}
        self._latest = {name: row for name, row in {**self._latest, **latest}.items() if name in versions}
        return [change for _version, change in self._latest.values()]


class NewestAnswers:
    """The answers published lately; one that was taken down stays in the copy, so read each before it is shown."""

    def __init__(self, petitions: Petitions) -> None:
        self._petitions = petitions

    def __call__(self, file: IndexFile, since: datetime, now: datetime) -> Iterable[Change]:
        """Return the answers published from one instant to another that the file lacks."""
        for month in {f"{local_date(at):%Y-%m}" for at in (since, now)}:
            after: str | None = None
            while True:
                page, after = self._petitions.published(month, after=after)
                lacking = [
                    answer
                    for answer in page
                    if answer.published_at >= since and not file.has_name(answer.name)
                ]
                yield from (
                    Change(answer.name, published_document(answer.name, 1, answer)) for answer in lacking
                )
                if after is None or not page or page[-1].published_at < since:
                    break
