"""Public data: published answers and the fields of responsibility."""

from __future__ import annotations

import hashlib
import re
from datetime import date, datetime, timedelta
from urllib.parse import quote

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, SearchUnavailableError, UnknownAttachmentError
from shared.domain.petition.values.answer import Citation
from shared.domain.petition.values.attachments import Attachment, AttachmentState, BelongsTo
from shared.domain.petition.values.classification import Kind
from shared.platform import clock
from shared.search.local_copy import LocalCopy
from shared.search.port import EVERYTHING, Narrowing
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.tables.public_answers import PublicAnswer, publication_name
from shared.use_cases.answer_addresses import answer_address
from shared.web.i18n import Language, in_language

FIRST_MONTH = "2018-06"
"""The system opened on 18 June 2018."""
PAGE = 20
"""Published answers on a page; a page may hold a few more, because it ends where a page of the index ends."""
MONTHS_PER_REQUEST = 24
LONGEST_SEARCH = 100
MOST_FOUND = 1_000
"""Answers of a search that can be turned to, page by page."""
SHOWN_LIKE = 3
ALIKE = 0.15
"""Share of what is rare in a text from which a published answer is worth showing."""

_PLACE = re.compile(r"[0-9]{1,4}")
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")
_NAME = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z#[0-9a-f]{8}")
_CURSOR = re.compile(r"(20[0-9]{2}-(?:0[1-9]|1[0-2]))(?:~([0-9TZ:#a-f-]{1,40}))?")


def public_id(name: str) -> str:
    """Return the id of a published answer in public data: of its name, which is public but long."""
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def _is_name(text: str) -> bool:
    """Return whether a text can name a published answer."""
    if not _NAME.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text.partition("#")[0])
    except ValueError:
        return False
    return True


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class FieldView(_View):
    """A field of responsibility, for choosing it."""

    code: str
    name: str
    example: str
    unit: str | None = None
    forward_to: str | None = None


class FieldList(_View):
    """All fields in force today."""

    fields: tuple[FieldView, ...]
    as_of: datetime
    complete: bool


class PublishedFile(_View):
    """A file of a published answer, and where to get it."""

    filename: str
    content_type: str
    size: int
    url: str


class PublishedItem(_View):
    """A published question and its answer; it carries neither reference nor person."""

    id: str
    """Names this publication for good; an answer that is published anew is another one."""
    subject: str
    content: str
    answer: str
    citations: tuple[Citation, ...] = ()
    field: str | None = None
    field_label: str | None = None
    unit: str | None = None
    unit_label: str | None = None
    kind: Kind | None = None
    received_on: date
    answered_on: date
    published_at: datetime
    attachments: tuple[PublishedFile, ...] = ()
    url: str = ""
    """Its page on this site."""


class PublishedList(_View):
    """A page of published answers, newest first; `next_cursor` leads to older ones."""

    items: tuple[PublishedItem, ...]
    next_cursor: str | None = None
    as_of: datetime
    complete: bool
    """True if no other page belongs to this list."""
    total: int | None = None
    """The number of answers that were found; null where no words were searched."""
    by_field: dict[str, int] | None = None
    """Found answers by field (`""`: without one), whichever field is chosen; null where no words were searched."""
    by_month: dict[str, int] | None = None
    """Found answers by month of publication, whichever month is chosen; null where no words were searched."""


class PublicRecord:
    """Reads and searches published answers; reads the fields."""

    def __init__(self, petitions: Petitions, directory: Directory, index: LocalCopy) -> None:
        self._petitions = petitions
        self._directory = directory
        self._index = index

    def fields(self, language: Language) -> FieldList:
        """Return the fields in force today."""
        today = local_date(clock.now())
        units = self._directory.units(today)
        return FieldList(
            fields=tuple(
                FieldView(
                    code=field.id,
                    name=in_language(language, field.name, field.name_en),
                    example=field.example,
                    unit=in_language(language, units[field.unit].name, units[field.unit].name_en)
                    if field.unit in units
                    else None,
                    forward_to=field.forward_to,
                )
                for field in self._directory.fields(today).values()
            ),
            as_of=hour_of(clock.now()),
            complete=True,
        )

    def this_month(self) -> str:
        """Return the month that it is in Vietnam, e.g. `2026-11`."""
        return f"{local_date(clock.now()):%Y-%m}"

    def published(self, *, field: str, month: str, cursor: str, language: Language) -> PublishedList:
        """Return a page of published answers, the newest first.

        Args:
            field: code of a field, or "".
            month: `2026-11`, or "" for all.
            cursor: `next_cursor` of the page before, or "".
            language: of the labels.

        Raises:
            InvalidInputError: an unknown field; a month or cursor that can be none.
        """
        only_month = self._checked(field, month)
        at_month, after = self._start(only_month, cursor)
        items: list[PublicAnswer] = []
        for _ in range(MONTHS_PER_REQUEST):
            page, after = self._petitions.published(at_month, after=after, limit=PAGE)
            items += [answer for answer in page if not field or answer.field == field]
            if after is None:
                at_month = _month_before(at_month)
            if len(items) >= PAGE or (after is None and (only_month or at_month < FIRST_MONTH)):
                break
        is_over = after is None and (bool(only_month) or at_month < FIRST_MONTH)
        next_cursor = None if is_over else (f"{at_month}~{after}" if after else at_month)
        return PublishedList(
            items=tuple(self.item(answer, language) for answer in items),
            next_cursor=next_cursor,
            as_of=hour_of(clock.now()),
            complete=not cursor and next_cursor is None,
        )

    def search(self, words: str, *, field: str, month: str, cursor: str, language: Language) -> PublishedList:
        """Return a page of the published answers in which all words stand, the best first.

        Args:
            words: a word without accents finds those with any; words in “…” stand side by side.
            field: code of a field, or "".
            month: of publication, `2026-11`, or "" for all.
            cursor: `next_cursor` of the page before, or "".
            language: of the labels.

        Raises:
            InvalidInputError: an unknown field; a month, cursor or words that can be none.
            SearchUnavailableError: there is no index.
        """
        if len(words) > LONGEST_SEARCH:
            raise InvalidInputError(("q", "too-long"))
        if cursor and not _PLACE.fullmatch(cursor):
            raise InvalidInputError(("cursor", "invalid"))
        narrowing = Narrowing(field=field, month=self._checked(field, month))
        offset = int(cursor or 0)
        index = self._index.index(clock.now())
        results = index.search(words, EVERYTHING, narrowing, limit=PAGE, offset=offset)
        answers = (self._petitions.published_answer(hit.name) for hit in results.hits)
        has_more = offset + PAGE < min(results.total, MOST_FOUND)
        return PublishedList(
            items=tuple(self.item(answer, language) for answer in answers if answer is not None),
            next_cursor=str(offset + PAGE) if has_more else None,
            as_of=hour_of(clock.now()),
            complete=not offset and not has_more,
            total=results.total,
            by_field=results.by_field,
            by_month=results.by_month,
        )

    def like(self, text: str, language: Language, *, but: str = "") -> tuple[PublishedItem, ...]:
        """Return the published answers to questions like a text, the likest first; nothing where none is like it.

        Args:
            text: a question.
            language: of the labels.
            but: the name of the answer that the text is of.
        """
        try:
            likes = self._index.index(clock.now()).like(text, limit=SHOWN_LIKE + bool(but))
        except SearchUnavailableError:
            return ()
        names = [like.name for like in likes if like.share >= ALIKE and like.name != but][:SHOWN_LIKE]
        answers = map(self._petitions.published_answer, names)
        return tuple(self.item(answer, language) for answer in answers if answer is not None)

    def answer(self, name: str, language: Language) -> PublishedItem | None:
        """Return one published answer by its name; None where it is not public (any more)."""
        answer = self._petitions.published_answer(name) if _is_name(name) else None
        return self.item(answer, language) if answer else None

    def public_file(self, name: str, file_id: str) -> Attachment:
        """Return a file of a published answer.

        Raises:
            UnknownAttachmentError: there is no such answer (any more), or it has no such file.
        """
        answer = self._petitions.published_answer(name) if _is_name(name) else None
        if answer is None:
            raise UnknownAttachmentError
        for file in answer.attachments:
            if file.id == file_id:
                return Attachment(
                    **file.model_dump(),
                    belongs_to=BelongsTo.ANSWER,
                    state=AttachmentState.CLEAN,
                    by="",
                    declared_at=answer.published_at,
                )
        raise UnknownAttachmentError

    def _checked(self, field: str, month: str) -> str:
        if field and field not in self._directory.codes_of_fields():
            raise InvalidInputError(("field", "unknown"))
        if month and not _MONTH.fullmatch(month):
            raise InvalidInputError(("month", "invalid"))
        return month

    def _start(self, month: str, cursor: str) -> tuple[str, str | None]:
        if cursor:
            match = _CURSOR.fullmatch(cursor)
            if not match or (month and match[1] != month):
                raise InvalidInputError(("cursor", "invalid"))
            return match[1], match[2]
        return month or f"{local_date(clock.now()):%Y-%m}", None

    def item(self, answer: PublicAnswer, language: Language) -> PublishedItem:
        """Return a published answer as everybody may read it."""
        field = self._directory.fields(answer.received_on).get(answer.field or "")
        unit = self._directory.units(answer.answered_on).get(answer.unit or "")
        return PublishedItem(
            id=public_id(publication_name(answer.name.partition("#")[2], answer.published_at)),
            **answer.model_dump(exclude={"attachments", "name"}),
            attachments=tuple(
                PublishedFile(
                    **file.model_dump(exclude={"id"}),
                    url=f"/cong-khai/tep?a={quote(answer.name)}&f={file.id}",
                )
                for file in answer.attachments
            ),
            url=answer_address(answer.name, answer.subject),
            field_label=in_language(language, field.name, field.name_en) if field else None,
            unit_label=in_language(language, unit.name, unit.name_en) if unit else None,
        )


def hour_of(at: datetime) -> datetime:
    """Return the beginning of an hour: what is the same for an hour has one entity tag for as long."""
    return at.replace(minute=0, second=0, microsecond=0)


def _month_before(month: str) -> str:
    first = date.fromisoformat(f"{month}-01")
    return f"{first - timedelta(days=1):%Y-%m}"
