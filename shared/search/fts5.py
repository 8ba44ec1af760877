"""An index in one SQLite file: each text once, and two FTS5 tables over it, without marks and with them.

The table `plain` folds marks by the tokenizer itself (`unicode61 remove_diacritics 2`; only `đ` is folded before), the
table `marked` keeps them, with the tone behind the word. Both have the texts as *external content*: passages are cut
out of the text as it was written. https://www.sqlite.org/fts5.html
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from math import log
from pathlib import Path

from shared.domain.errors import SearchUnavailableError
from shared.domain.text import word_forms
from shared.search.expressions import alike, expressions
from shared.search.port import (
    Change,
    Document,
    Found,
    Hit,
    Like,
    Narrowing,
    Part,
    Passage,
    Piece,
    Scope,
)

SCHEMA = 1
"""The number of the tables below and of how texts are folded; a file of another number is built anew."""
PARTS = tuple(Part)
_OPENED, _CLOSED = "\x02", "\x03"
_WORDS_AROUND = 24
"""Words of a passage."""
_WEIGHTS = "4.0, 8.0, 2.0, 2.0, 1.0"
"""The weights of a word in reference, subject, content, answer and draft (BM25)."""
_COMPARED = 20
"""Documents that are compared with a text; BM25 has found them."""
_MOST_WORDS = 300
"""Words of a text that it is compared by, the first."""
_MOST_PAIRS = 30
"""Pairs of words by which documents to compare are looked for, the rarest."""

_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE documents (
  id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, version INTEGER NOT NULL,
  subject TEXT NOT NULL, content TEXT NOT NULL, answer TEXT NOT NULL, received_on TEXT NOT NULL,
  draft TEXT NOT NULL, state TEXT NOT NULL, unit TEXT NOT NULL, complained_unit TEXT NOT NULL,
  entered_by TEXT NOT NULL, name TEXT NOT NULL
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
            f"INSERT INTO documents ({', '.join(row)}) VALUES ({_listed(row)})",  # noqa: S608 - names of ours
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


class Fts5Index:
    """Searches an index file, which it opens for reading only."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def search(
        self,
        text: str,
        scope: Scope,
        narrowing: Narrowing = Narrowing(),  # noqa: B008 - a constant
        *,
        limit: int,
        offset: int = 0,
    ) -> Found:
        """Return the documents in which all words stand: as they were typed first, then by BM25.

        A word that was typed with marks is found with these marks, and in texts without any; a word without marks is
        found with any.

        Raises:
            SearchUnavailableError: there is no file, or no FTS5.
        """
        phrases = expressions(text)
        if not phrases.plain or scope.is_empty:
            return Found((), 0, {})
        with self._reading() as db:
            condition, values = _conditions(scope, narrowing)
            for name, match in (("exact", phrases.exact), ("spelt", phrases.marked)):
                db.execute(f"CREATE TEMP TABLE {name} (id INTEGER PRIMARY KEY)")
                if match:
                    db.execute(f"INSERT INTO {name} SELECT rowid FROM marked WHERE marked MATCH ?", (match,))  # noqa: S608
            spelt = "AND plain.rowid IN (SELECT id FROM spelt)" if phrases.marked else ""
            db.execute(
                f"""
                CREATE TEMP TABLE found AS
                SELECT documents.id, documents.key, documents.name, documents.state, bm25(plain, {_WEIGHTS}) AS score,
                  plain.rowid IN (SELECT id FROM exact) AS is_exact
                FROM plain JOIN documents ON documents.id = plain.rowid
                WHERE plain MATCH :plain {spelt} AND {condition}
                """,  # noqa: S608 - conditions of ours
                {**values, "plain": phrases.plain},
            )
            by_state = dict(db.execute("SELECT state, count(*) FROM found GROUP BY state"))
            wanted = frozenset(narrowing.states) or frozenset(by_state)
            rows = db.execute(
                f"""SELECT id, key, name, is_exact FROM found WHERE state IN ({_listed(wanted)})
                ORDER BY is_exact DESC, score, key DESC LIMIT ? OFFSET ?""",  # noqa: S608 - as many places as states
                (*sorted(wanted), limit, offset),
            ).fetchall()
            table, match = ("marked", phrases.marked) if phrases.marked else ("plain", phrases.plain)
            hits = tuple(
                Hit(key, name, bool(is_exact), _passages(db, table, match, number))
                for number, key, name, is_exact in rows
            )
        return Found(hits, sum(by_state[state] for state in wanted if state in by_state), by_state)

    def like(self, text: str, *, limit: int) -> tuple[Like, ...]:
        """Return the documents that share the most with a text of what is rare: words, and pairs of words.

        Raises:
            SearchUnavailableError: there is no file, or no FTS5.
        """
        plain = [word_forms.unmarked(word) for word in word_forms.words(text)][:_MOST_WORDS]
        if not plain:
            return ()
        with self._reading() as db:
            size = db.execute("SELECT count(*) FROM documents").fetchone()[0]
            rarity = {word: _rarity(db, word, size) for word in dict.fromkeys(plain)}
            weights = {term: sum(rarity[word] for word in term) / len(term) for term in _terms(plain)}
            pairs = sorted(weights, key=lambda term: (-len(term), -weights[term], term))[:_MOST_PAIRS]
            rows = db.execute(
                f"""SELECT documents.id, key, name FROM documents JOIN (
                SELECT rowid FROM plain WHERE plain MATCH ? ORDER BY bm25(plain, {_WEIGHTS}) LIMIT {_COMPARED}
                ) AS near ON near.rowid = documents.id""",  # noqa: S608 - numbers of ours
                (alike(pairs),),
            ).fetchall()
            shares = [(_share(db, number, weights), key, name) for number, key, name in rows]
        best = sorted(shares, key=lambda row: (-row[0], row[1]))[:limit]
        return tuple(Like(key, name, share) for share, key, name in best)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        if not self._path.exists() or not has_fts5():
            raise SearchUnavailableError
        with closing(sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)) as db:
            db.execute("PRAGMA temp_store = MEMORY")
            yield db


def _conditions(scope: Scope, narrowing: Narrowing) -> tuple[str, dict[str, str]]:
    """Return the condition that a document is in a scope, and its values."""
    values: dict[str, str] = {}
    allowed = ["1"] if scope.is_everything else []
    for column, value in (("unit", scope.unit), ("entered_by", scope.entered_by)):
        if value is not None and not scope.is_everything:
            allowed.append(f"documents.{column} = :{column}")
            values[column] = value
    conditions = [f"({' OR '.join(allowed)})"]
    if scope.not_about:
        names = {f"barred_{number}": unit for number, unit in enumerate(sorted(scope.not_about))}
        conditions.append(f"documents.complained_unit NOT IN ({', '.join(f':{name}' for name in names)})")
        values |= names
    for name, operator, day in (("since", ">=", narrowing.since), ("until", "<=", narrowing.until)):
        if day is not None:
            conditions.append(f"documents.received_on {operator} :{name}")
            values[name] = day.isoformat()
    return " AND ".join(conditions), values


def _passages(db: sqlite3.Connection, table: str, match: str, number: int) -> tuple[Passage, ...]:
    """Return the passage of each part in which words of the search stand."""
    first = 1 if table == "plain" else 0
    columns = ", ".join(
        f"snippet({table}, {column}, '{_OPENED}', '{_CLOSED}', '…', {_WORDS_AROUND})"
        for column, _part in enumerate(PARTS, first)
    )
    row = db.execute(
        f"SELECT {columns} FROM {table} WHERE {table} MATCH ? AND rowid = ?",  # noqa: S608 - names of ours
        (match, number),
    ).fetchone()
    return tuple(
        Passage(part, _pieces(text)) for part, text in zip(PARTS, row or (), strict=False) if _OPENED in text
    )


def _pieces(text: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for number, piece in enumerate(text.split(_OPENED)):
        matched, end, rest = piece.partition(_CLOSED) if number else ("", "", piece)
        pieces += [Piece(matched, is_match=True)] if end else []
        pieces += [Piece(rest, is_match=False)] if rest else []
    return tuple(pieces)


def _stored(text: str) -> str:
    """Return a text as it is kept: in NFC, without the signs that mark a passage's words."""
    return unicodedata.normalize("NFC", text).replace(_OPENED, " ").replace(_CLOSED, " ")


def _listed(values: Iterable[str]) -> str:
    return ", ".join("?" for _ in values)


def _terms(plain: list[str]) -> list[tuple[str, ...]]:
    """Return words, and the pairs that stand side by side, each once: most Vietnamese words have two syllables."""
    return list(dict.fromkeys([*pairwise(plain), *((word,) for word in plain)]))


def _rarity(db: sqlite3.Connection, word: str, size: int) -> float:
    """Return the weight of a word: the rarer in the index, the more."""
    row = db.execute("SELECT doc FROM terms WHERE term = ?", (word,)).fetchone()
    return log(1 + size / max(1, row[0] if row else 0))


def _share(db: sqlite3.Connection, number: int, weights: dict[tuple[str, ...], float]) -> float:
    """Return how much of the weight of a text's terms a document has."""
    row = db.execute("SELECT subject, content, answer FROM documents WHERE id = ?", (number,)).fetchone()
    own = set(_terms([word_forms.unmarked(word) for word in word_forms.words("\n".join(row))]))
    whole = sum(weight * weight for weight in weights.values())
    return sum(weight * weight for term, weight in weights.items() if term in own) / whole if whole else 0.0
