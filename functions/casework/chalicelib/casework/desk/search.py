"""Officers' search by words: petitions that they may see, published answers, and answers like a petition.

The index only proposes: each petition is read before it is shown, and left out where the officer may not see it as it
is now; each published answer, where it is public no more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import ConfigDict

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.desk.search_query import MOST, STAGES, Place, SearchQuery, Stage
from shared.domain.base_model import BaseModel
from shared.domain.calendar import deadlines
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.search.documents import for_officers
from shared.search.local_copy import LocalCopy
from shared.search.port import EVERYTHING, Hit, Narrowing, Part
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.tables.public_answers import PublicAnswer

PAGE = 20
"""Results on a page."""
SHOWN_BESIDE = 5
"""Published answers that are proposed for a petition."""
ALIKE = 0.15
"""Share of what is rare in a petition from which a published answer is worth showing."""
_COMPARED = 1_500
"""Characters of a petition that are compared."""


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class PieceView(_View):
    """A piece of a passage, and whether it is one of the words."""

    text: str
    is_match: bool


class PassageView(_View):
    """The place of a petition or an answer where the words stand."""

    part: Part
    pieces: tuple[PieceView, ...]


class PetitionHit(_View):
    """A petition that was found."""

    reference: str
    subject: str
    state: State
    field: str | None
    unit: str | None
    handler: str | None
    received_at: datetime
    due_on: date
    overdue: bool
    is_exact: bool
    passages: tuple[PassageView, ...]


class AnswerHit(_View):
    """A published answer that was found, or is like a petition."""

    name: str
    subject: str
    content: str
    answer: str
    field: str | None
    unit: str | None
    published_at: datetime
    share: float | None = None
    """The share of what is rare in the petition that stands in it too, 0 to 1; None where words were looked for."""
    passages: tuple[PassageView, ...] = ()


class SearchResults(_View):
    """A page of results, the best first, and how many there are that this officer may see."""

    petitions: tuple[PetitionHit, ...] = ()
    published: tuple[AnswerHit, ...] = ()
    total: int
    by_stage: dict[Stage, int]
    cursor: str | None = None


class AnswerList(_View):
    """Published answers like a petition, the likest first."""

    answers: tuple[AnswerHit, ...]


class HolderView(_View):
    """The unit that holds a petition which the officer may know of, but not read; None before it has one."""

    reference: str
    unit: str | None


class DeskSearch:
    """Searches for officers."""

    def __init__(
        self, petitions: Petitions, directory: Directory, desk: LocalCopy, public: LocalCopy
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._desk = desk
        self._public = public

    def search(self, officer: DeskOfficer, query: SearchQuery, now: datetime) -> SearchResults:
        """Return a page of what an officer looks for.

        Raises:
            InvalidInputError: too long a text, or a page that there cannot be.
            SearchUnavailableError: there is no index.
        """
        query.require_valid()
        if query.place is Place.PUBLISHED:
            return self._search_published(query, now)
        results = self._desk.index(now).search(
            query.text,
            permissions.reach(officer),
            Narrowing(STAGES[query.stage] if query.stage else (), query.since, query.until),
            limit=PAGE,
            offset=query.offset,
        )
        petitions = {
            petition.reference: petition
            for petition in self._petitions.get_all(hit.key for hit in results.hits)
            if permissions.may_see(officer, petition) and for_officers(petition).document is not None
        }
        return SearchResults(
            petitions=tuple(
                _petition_hit(hit, petitions[hit.key], now) for hit in results.hits if hit.key in petitions
            ),
            total=results.total,
            by_stage={
                stage: sum(results.by_state.get(state, 0) for state in states)
                for stage, states in STAGES.items()
            },
            cursor=_following(query.offset, results.total),
        )

    def holder(self, officer: DeskOfficer, text: str) -> HolderView | None:
        """Find the unit that holds the petition of a full reference, for who may know of it but not read it."""
        reference = normal_reference(text)
        petition = self._petitions.get(reference) if reference else None
        if (
            petition is None
            or not officer.roles & permissions.SEES.keys()
            or not permissions.may_know(officer, petition)
            or permissions.may_see(officer, petition)
        ):
            return None
        return HolderView(reference=petition.reference, unit=petition.unit)

    def sees(self, officer: DeskOfficer, text: str) -> str | None:
        """Return the full reference in a text, if it is that of a petition that an officer may read."""
        reference = normal_reference(text)
        petition = self._petitions.get(reference) if reference else None
        return reference if petition is not None and permissions.may_see(officer, petition) else None

    def published_like(self, petition: Petition, now: datetime) -> tuple[AnswerHit, ...]:
        """Return the published answers to questions like a petition's, the likest first; of any field and unit.

        Raises:
            SearchUnavailableError: there is no index.
        """
        return self.published_like_text(f"{petition.subject}\n{petition.content}", now)

    def published_like_text(self, text: str, now: datetime) -> tuple[AnswerHit, ...]:
        """Return the published answers to questions like a text, the likest first; of any field and unit.

        Raises:
            SearchUnavailableError: there is no index.
        """
        text = text[:_COMPARED]
        likes = self._public.index(now).like(text, limit=SHOWN_BESIDE)
        answers = (
            (like, self._petitions.published_answer(like.name)) for like in likes if like.share >= ALIKE
        )
        return tuple(_answer_hit(answer, (), like.share) for like, answer in answers if answer is not None)

    def _search_published(self, query: SearchQuery, now: datetime) -> SearchResults:
        results = self._public.index(now).search(
            query.text,
            EVERYTHING,
            Narrowing((), query.since, query.until),
            limit=PAGE,
            offset=query.offset,
        )
        answers = ((hit, self._petitions.published_answer(hit.name)) for hit in results.hits)
        return SearchResults(
            published=tuple(
                _answer_hit(answer, _passages(hit), None) for hit, answer in answers if answer is not None
            ),
            total=results.total,
            by_stage={},
            cursor=_following(query.offset, results.total),
        )


def _following(offset: int, total: int) -> str | None:
    following = offset + PAGE
    return str(following) if following < min(total, MOST) else None


def _petition_hit(hit: Hit, petition: Petition, now: datetime) -> PetitionHit:
    return PetitionHit(
        reference=petition.reference,
        subject=petition.subject,
        state=petition.state,
        field=petition.field,
        unit=petition.unit,
        handler=petition.handler,
        received_at=petition.received_at,
        due_on=petition.due_on,
        overdue=petition.is_unanswered and deadlines.is_overdue(petition.due_on, now),
        is_exact=hit.is_exact,
        passages=_passages(hit),
    )


def _answer_hit(answer: PublicAnswer, passages: Iterable[PassageView], share: float | None) -> AnswerHit:
    return AnswerHit(
        name=answer.name,
        subject=answer.subject,
        content=answer.content,
        answer=answer.answer,
        field=answer.field,
        unit=answer.unit,
        published_at=answer.published_at,
        share=share,
        passages=tuple(passages),
    )


def _passages(hit: Hit) -> tuple[PassageView, ...]:
    return tuple(
        PassageView(
            part=passage.part,
            pieces=tuple(PieceView(text=piece.text, is_match=piece.is_match) for piece in passage.pieces),
        )
        for passage in hit.passages
    )
