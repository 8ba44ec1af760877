"""Searches an index file with SQLite's FTS5: by words, ranked, and by likeness."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from math import log
from pathlib import Path
from typing import NamedTuple

from shared.domain.errors import SearchUnavailableError
from shared.domain.text import word_forms
from shared.search.expressions import alike, expressions
from shared.search.index_file import CLOSED, OPENED, PARTS, has_fts5, listed
from shared.search.port import (
    NOTHING_FOUND,
    Found,
    Hit,
    Like,
    Narrowing,
    Order,
    Passage,
    Piece,
    Scope,
)

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


class Title(NamedTuple):
    """A published answer in a list of all."""

    name: str
    subject: str
    published_on: str
    """The day of its latest publication."""


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
        order: Order = Order.BEST,
        is_unfinished: bool = False,
    ) -> Found:
        """Return the documents in which all words stand: as they were typed first, then by BM25.

        A word that was typed with marks is found with these marks, and in texts without any; a word without marks is
        found with any. Of a text that is still being typed the last word is the begin of one.

        Raises:
            SearchUnavailableError: there is no file, or no FTS5.
        """
        phrases = expressions(text, is_unfinished=is_unfinished)
        if not phrases.plain or scope.is_empty:
            return NOTHING_FOUND
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
                SELECT {_FACTS},
                  bm25(plain, {_WEIGHTS}) AS score,
                  plain.rowid IN (SELECT id FROM exact) AS is_exact
                FROM plain JOIN documents ON documents.id = plain.rowid
                WHERE plain MATCH :plain {spelt} AND {condition}
                """,  # noqa: S608 - conditions of ours
                {**values, "plain": phrases.plain},
            )
            rows, counts = _chosen_rows(db, narrowing, order, limit=limit, offset=offset)
            table, match = ("marked", phrases.marked) if phrases.marked else ("plain", phrases.plain)
            hits = tuple(
                Hit(key, name, bool(is_exact), _passages(db, table, match, number))
                for number, key, name, is_exact in rows
            )
        return Found(hits, *counts)

    def browse(
        self, narrowing: Narrowing, *, limit: int, offset: int = 0, order: Order = Order.NEWEST
    ) -> Found:
        """Return all documents of an index that everybody may read, the newest publication first.

        Raises:
            SearchUnavailableError: there is no file, or no FTS5.
        """
        with self._reading() as db:
            db.execute(
                f"CREATE TEMP TABLE found AS SELECT {_FACTS}, 0 AS score, 0 AS is_exact FROM documents"  # noqa: S608
            )
            rows, counts = _chosen_rows(db, narrowing, order, limit=limit, offset=offset)
        return Found(tuple(Hit(key, name, False, ()) for _id, key, name, _is_exact in rows), *counts)

    def titles(self, *, limit: int) -> tuple[Title, ...]:
        """Return the names, subjects and days of the newest published answers.

        Raises:
            SearchUnavailableError: there is no file, or no FTS5.
        """
        with self._reading() as db:
            rows = db.execute(
                "SELECT name, subject, published_on FROM documents WHERE name <> '' ORDER BY name DESC LIMIT ?",
                (limit,),
            )
            return tuple(Title(*row) for row in rows)

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


_FACTS = ", ".join(
    (
        *(
            f"documents.{column}"
            for column in ("id", "key", "name", "state", "field", "month", "unit", "kind", "also")
        ),
        "substr(documents.month, 1, 4) AS year",
    )
)
"""The columns of the table `found`: what documents are counted and ordered by."""
_ORDERS = {
    Order.BEST: "is_exact DESC, score, key DESC",
    Order.NEWEST: "name DESC, key DESC",
    Order.ALSO: "also DESC, name DESC, key DESC",
}


class _Counts(NamedTuple):
    total: int
    by_state: dict[str, int]
    by_field: dict[str, int]
    by_month: dict[str, int]
    by_unit: dict[str, int]
    by_year: dict[str, int]
    by_kind: dict[str, int]


def _chosen_rows(
    db: sqlite3.Connection, narrowing: Narrowing, order: Order, *, limit: int, offset: int
) -> tuple[list[tuple[int, str, str, int]], _Counts]:
    """Return a page of the table `found`, and counts: of each column without the condition on that column."""
    chosen = {
        "state": sorted(narrowing.states),
        "field": [narrowing.field] if narrowing.field else [],
        "month": [narrowing.month] if narrowing.month else [],
        "unit": [narrowing.unit] if narrowing.unit else [],
        "year": [narrowing.year] if narrowing.year else [],
        "kind": [narrowing.kind] if narrowing.kind else [],
    }
    conditions = {
        column: f"{column} IN ({listed(values)})" if values else "1" for column, values in chosen.items()
    }

    def where(but: str = "") -> tuple[str, list[str]]:
        columns = [column for column in chosen if column != but]
        values = [value for column in columns for value in chosen[column]]
        return " AND ".join(conditions[column] for column in columns), values

    condition, values = where()
    rows = db.execute(
        f"""SELECT id, key, name, is_exact FROM found WHERE {condition}
        ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?""",  # noqa: S608 - conditions of ours
        (*values, limit, offset),
    ).fetchall()
    total = db.execute(f"SELECT count(*) FROM found WHERE {condition}", values).fetchone()[0]  # noqa: S608
    by_column = []
    for column in chosen:
        others, values = where(but=column)
        counted = f"SELECT {column}, count(*) FROM found WHERE {others} GROUP BY {column}"  # noqa: S608
        by_column.append(dict(db.execute(counted, values)))
    return rows, _Counts(total, *by_column)


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
        f"snippet({table}, {column}, '{OPENED}', '{CLOSED}', '…', {_WORDS_AROUND})"
        for column, _part in enumerate(PARTS, first)
    )
    row = db.execute(
        f"SELECT {columns} FROM {table} WHERE {table} MATCH ? AND rowid = ?",  # noqa: S608 - names of ours
        (match, number),
    ).fetchone()
    return tuple(
        Passage(part, _pieces(text)) for part, text in zip(PARTS, row or (), strict=False) if OPENED in text
    )


def _pieces(text: str) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    for number, piece in enumerate(text.split(OPENED)):
        matched, end, rest = piece.partition(CLOSED) if number else ("", "", piece)
        pieces += [Piece(matched, is_match=True)] if end else []
        pieces += [Piece(rest, is_match=False)] if rest else []
    return tuple(pieces)


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
