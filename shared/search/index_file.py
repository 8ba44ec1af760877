"""The file of an index: each text once, and two FTS5 tables over it, without marks and with them.

The table `plain` folds marks by the tokenizer itself (`unicode61 remove_diacritics 2`; only `đ` is folded before), the
table `marked` keeps them, with the tone behind the word. Both have the texts as *external content*: passages are cut
out of the text as it was written. https://www.sqlite.org/fts5.html
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path

from shared.domain.errors import SearchUnavailableError
from shared.domain.text import word_forms
from shared.search.port import Change, Document, Part

SCHEMA = 3
"""The number of the tables below and of how texts are folded; a file of another number is built anew."""
PARTS = tuple(Part)
OPENED, CLOSED = "\x02", "\x03"
"""The signs around a passage's words; a text is kept without them."""

_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE documents (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
  subject TEXT NOT NULL, content TEXT NOT NULL, answer TEXT NOT NULL, received_on TEXT NOT NULL,
  draft TEXT NOT NULL, state TEXT NOT NULL, unit TEXT NOT NULL, complained_unit TEXT NOT NULL,
  entered_by TEXT NOT NULL, name TEXT NOT NULL, field TEXT NOT NULL, month TEXT NOT NULL,
  kind TEXT NOT NULL, published_on TEXT NOT NULL, also INTEGER NOT NULL DEFAULT 0
);
CREATE VIRTUAL TABLE plain USING fts5(
  key, subject, content, answer, draft, content='documents', content_rowid='id',
  tokenize="unicode61 remove_diacritics 2"
);
CREATE VIRTUAL TABLE marked USING fts5(
  subject, content, answer, draft, content='documents', content_rowid='id',
  tokenize="unicode61 remove_diacritics 0"
);
CREATE VIRTUAL TABLE terms USING fts5vocab('plain', 'row');
"""


def has_fts5() -> bool:
    """Return whether this machine's SQLite has FTS5; without it nothing can be searched."""
    with closing(sqlite3.connect(":memory:")) as db:
        options = {option for (option,) in db.execute("PRAGMA compile_options")}
    return "ENABLE_FTS5" in options


class IndexFile:
    """An index that is written: by the timer in the bucket's file, by the desk in its own copy of it."""

    def __init__(self, path: Path) -> None:
        """Open a file, or make an empty one.

        Raises:
            SearchUnavailableError: this machine's SQLite has no FTS5.
        """
        if not has_fts5():
            raise SearchUnavailableError
        self.path = path
        is_new = not path.exists()
        self._db = sqlite3.connect(path, check_same_thread=False)
        # What is deleted is overwritten. The file is a copy: nothing is lost where its writer dies.
        self._db.executescript(
            "PRAGMA secure_delete = ON; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
        )
        if is_new:
            self._db.executescript(_TABLES)
            self.set_about("schema", str(SCHEMA))

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def about(self, name: str) -> str | None:
        """Return a fact about the file: `schema`, or one that was set."""
        row = self._db.execute("SELECT value FROM about WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def set_about(self, name: str, value: str | None) -> None:
        """Write a fact about the file."""
        with self._db:
            self._db.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))

    def version(self, key: str) -> int | None:
        """Return the version of a document; None for one that is not in the index."""
        row = self._db.execute("SELECT version FROM documents WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def has_name(self, name: str) -> bool:
        """Return whether a published answer is in the index."""
        return bool(self._db.execute("SELECT 1 FROM documents WHERE name = ?", (name,)).fetchone())

    def count(self) -> int:
        """Return how many documents there are."""
        return int(self._db.execute("SELECT count(*) FROM documents").fetchone()[0])

    def apply(self, changes: Iterable[Change]) -> int:
        """Put documents in, or their newer versions, take out those that must not be there; return how many left."""
        removed = 0
        with self._db:
            for key, document in changes:
                if document is not None and self.version(key) == document.version:
                    continue
                removed += self._remove(key)
                if document is not None:
                    self._add(document)
        return removed

    def set_also(self, counts: Mapping[str, int]) -> None:
        """Write how many readers have the matter of each published answer, by its name; of all others nobody."""
        rows = [(number, name) for name, number in counts.items()]
        with self._db:
            self._db.execute("UPDATE documents SET also = 0 WHERE also > 0")
            self._db.executemany("UPDATE documents SET also = ? WHERE name = ?", rows)

    def purge(self) -> None:
        """Write the tables of words anew, so that no word of a document that left is in the file any more."""
        with self._db:
            self._db.execute("INSERT INTO plain(plain) VALUES ('optimize')")
            self._db.execute("INSERT INTO marked(marked) VALUES ('optimize')")

    def _add(self, document: Document) -> None:
        texts = [_stored(getattr(document, part)) for part in PARTS]
        folded = {part.value: text for part, text in zip(PARTS, texts, strict=True)}
        row = {**document._asdict(), **folded, "received_on": document.received_on.isoformat()}
        cursor = self._db.execute(
            f"INSERT INTO documents ({', '.join(row)}) VALUES ({listed(row)})",  # noqa: S608 - names of ours
            list(row.values()),
        )
        self._index(cursor.lastrowid or 0, document.key, texts, "")

    def _remove(self, key: str) -> int:
        row = self._db.execute(
            "SELECT id, subject, content, answer, draft FROM documents WHERE key = ?", (key,)
        ).fetchone()
        if row is None:
            return 0
        self._index(row[0], key, row[1:], "delete")
        self._db.execute("DELETE FROM documents WHERE id = ?", (row[0],))
        return 1

    def _index(self, number: int, key: str, texts: Iterable[str], command: str) -> None:
        """Put the words of a document in, or take the same words out again."""
        texts = list(texts)
        plain = (number, key, *map(word_forms.uncrossed, texts))
        marked = (number, *map(word_forms.spelt_text, texts))
        if command:
            self._db.execute(
                "INSERT INTO plain(plain, rowid, key, subject, content, answer, draft) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (command, *plain),
            )
            self._db.execute(
                "INSERT INTO marked(marked, rowid, subject, content, answer, draft) VALUES (?, ?, ?, ?, ?, ?)",
                (command, *marked),
            )
        else:
            self._db.execute(
                "INSERT INTO plain(rowid, key, subject, content, answer, draft) VALUES (?, ?, ?, ?, ?, ?)",
                plain,
            )
            self._db.execute(
                "INSERT INTO marked(rowid, subject, content, answer, draft) VALUES (?, ?, ?, ?, ?)", marked
            )


def _stored(text: str) -> str:
    """Return a text as it is kept: in NFC, without the signs that mark a passage's words."""
    return unicodedata.normalize("NFC", text).replace(OPENED, " ").replace(CLOSED, " ")


def listed(values: Iterable[str]) -> str:
    """Return a place in a statement for each value."""
    return ", ".join("?" for _ in values)
