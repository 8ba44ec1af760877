"""Checks of a draft before it is handed in or approved: gaps, documents, other people's data, reading ease.

Only a gap keeps a letter from leaving (`shared.use_cases.check_letter`); the others are for the officer to look at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from pydantic import ConfigDict

from chalicelib.casework.actions.answers import texts_of_answer
from chalicelib.casework.actions.redaction import Personal, findings
from shared.domain.base_model import BaseModel
from shared.domain.petition.change import is_petitioner
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Answer, Citation
from shared.domain.text.reading_ease import long_sentences, reading_ease
from shared.tables.directory import Directory
from shared.use_cases.check_letter import places_in

_NUMBER = re.compile(r"\b\d{1,5}(?:/\d{4})?/[A-ZĐ]{2,10}[A-ZĐ\d-]{0,20}", re.IGNORECASE)
"""The form of a document's number: `115/2020/NĐ-CP`, `852/QĐ-BNV`, `91/2025/QH15`."""
_LAW = re.compile(r"\b(?:Bộ luật|Luật|Hiến pháp)\b.{0,150}\b(?:19|20)\d{2}\b", re.IGNORECASE)
_PERSONAL = frozenset({*Personal} - {Personal.ADDRESS})
_MOST = 5
"""Places that a check quotes."""
_LONGEST_QUOTE = 60


class CheckKind(StrEnum):
    """The kind of a check."""

    GAPS = "GAPS"
    CITATIONS = "CITATIONS"
    OTHERS = "OTHERS"
    READING = "READING"


class Check(BaseModel):
    """The result of one check."""

    model_config = ConfigDict(frozen=True)

    kind: CheckKind
    is_passed: bool
    quotes: tuple[str, ...] = ()
    """The words that did not pass, at most 5."""
    average_sentence: int | None = None
    """Syllables, of the check of reading."""
    longest_sentence: int | None = None


class Mark(NamedTuple):
    """A place of a draft's text: one that did not pass a check, or a legal document that it names."""

    start: int
    end: int
    kind: CheckKind
    is_passed: bool


def marks_in(draft: Answer, petition: Petition, directory: Directory) -> tuple[Mark, ...]:
    """Return the places of a draft's text in order; of those that overlap, the one that matters more."""
    letter = texts_of_answer(draft.text, draft.citations)
    gaps = ((p.start, p.end) for p in places_in(letter, petition, directory) if p.field == "text")
    every = (
        *(Mark(start, end, CheckKind.GAPS, is_passed=False) for start, end in gaps),
        *(Mark(s, e, CheckKind.OTHERS, is_passed=False) for s, e in _places_of_others(draft.text, petition)),
        *_documents_in(draft),
        *(Mark(s, e, CheckKind.READING, is_passed=False) for s, e in long_sentences(draft.text)),
    )
    chosen: list[Mark] = []
    for mark in every:
        if all(mark.end <= other.start or other.end <= mark.start for other in chosen):
            chosen.append(mark)
    return tuple(sorted(chosen))


def checks_of(draft: Answer, petition: Petition, directory: Directory) -> tuple[Check, ...]:
    """Return the checks of a draft, in the order of pages. The petitioner's seal stays closed.

    Args:
        draft: text and documents.
        petition: as its reader may read it; words of the petitioner's own are nobody else's data.
        directory: holds the placeholders of templates.
    """
    letter = texts_of_answer(draft.text, draft.citations)
    gaps = [letter[p.field][p.start : p.end] for p in places_in(letter, petition, directory)]
    ease = reading_ease(draft.text)
    return (
        _check(CheckKind.GAPS, gaps),
        _check(CheckKind.CITATIONS, _unclear_documents(draft)),
        _check(CheckKind.OTHERS, _data_of_others(draft.text, petition)),
        Check(
            kind=CheckKind.READING,
            is_passed=ease.is_easy,
            average_sentence=round(ease.average),
            longest_sentence=ease.longest,
        ),
    )


def _check(kind: CheckKind, quotes: Iterable[str]) -> Check:
    distinct = tuple(dict.fromkeys(quote[:_LONGEST_QUOTE] for quote in quotes))
    return Check(kind=kind, is_passed=not distinct, quotes=distinct[:_MOST])


def _unclear_documents(draft: Answer) -> Iterator[str]:
    """Yield documents without a number of the usual form, and those that the text names and the list does not."""
    yield from (document.number for document in draft.citations if not _has_form(document))
    listed = " ".join(document.number for document in draft.citations).casefold()
    if draft.citations:
        yield from (match[0] for match in _NUMBER.finditer(draft.text) if match[0].casefold() not in listed)


def _documents_in(draft: Answer) -> Iterator[Mark]:
    """Yield the legal documents that the text names; those that the list lacks, where there is one, did not pass."""
    listed = " ".join(document.number for document in draft.citations).casefold()
    for match in (*_NUMBER.finditer(draft.text), *_LAW.finditer(draft.text)):
        is_listed = not listed or match.re is _LAW or match[0].casefold() in listed
        yield Mark(*match.span(), CheckKind.CITATIONS, is_listed)


def _has_form(document: Citation) -> bool:
    return bool(_NUMBER.search(document.number) or _LAW.search(document.number))


def _data_of_others(text: str, petition: Petition) -> Iterator[str]:
    """Yield names, numbers and addresses that the petitioner did not write themselves."""
    yield from (text[start:end] for start, end in _places_of_others(text, petition))


def _places_of_others(text: str, petition: Petition) -> Iterator[tuple[int, int]]:
    written = (entry.text for entry in petition.history if is_petitioner(entry.by) and entry.text)
    own = " ".join((petition.subject, petition.content, *written)).casefold()
    for start, end, kind in findings(text):
        if kind in _PERSONAL and text[start:end].casefold() not in own:
            yield start, end
