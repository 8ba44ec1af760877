"""JSON API: queues, search, petitions, actions on them and their files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any

from chalice.app import Request, Response
from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.answers import CITATIONS, CitationInput
from chalicelib.casework.actions.catalogue import INPUTS
from chalicelib.casework.actions.disclosure import OpenSeal
from chalicelib.casework.actions.forms import action_named
from chalicelib.casework.actions.input import LongText
from chalicelib.casework.api.routes import ApiRoutes
from chalicelib.casework.approval.checks import Check, CheckKind, checks_of, marks_in
from chalicelib.casework.approval.review import ReviewOfDraft, review_of
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.queues import Filter
from chalicelib.casework.desk.search import AnswerList, SearchResults
from chalicelib.casework.desk.search_query import query_of
from chalicelib.casework.desk.views import DepartedView
from shared.domain.base_model import BaseModel
from shared.domain.errors import (
    ActionNotPossibleError,
    InvalidInputError,
    NotAllowedError,
    StaleVersionError,
    UnknownPetitionError,
)
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Answer, Citation
from shared.domain.procedures import taking_back
from shared.platform import clock
from shared.use_cases.declare_file import AttachmentInput
from shared.web.answers import json_answer
from shared.web.openapi import Operation
from shared.web.problems import problem_of
from shared.web.requests import json_body, language_of, query_parameters

MAX_DIGITS_OF_DAYS = 3
"""Digits of `due_within`."""


def routes(parts: Callable[[], Parts]) -> ApiRoutes:
    """Return the routes of this module."""
    api = ApiRoutes(__name__, parts)
    api.get("/v1/changes", list_changes)
    api.get("/v1/petitions", list_petitions)
    api.get("/v1/petitions/{reference}", show_petition)
    api.get("/v1/search", search)
    api.get("/v1/petitions/{reference}/similar-answers", list_similar_answers)
    api.get("/v1/petitions/{reference}/draft-review", review_draft)
    api.post("/v1/petitions/{reference}/draft-checks", check_text)
    api.post("/v1/petitions/{reference}/{action}", take_action)
    api.post("/v1/petitions/{reference}/attachments", attach_file)
    api.post("/v1/petitions/{reference}/attachments/{attachment_id}", open_file)
    return api


def list_petitions(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Answer with a page of a queue, by due date."""
    query = query_parameters(request)
    page = parts.queues.page(
        officer,
        queue=query.get("queue") or None,
        only=Filter(
            state=_state(query.get("state")),
            overdue=_flag("overdue", query),
            due_within=_days("due_within", query),
            mine=bool(_flag("mine", query)),
            unassigned=bool(_flag("unassigned", query)),
        ),
        cursor=query.get("cursor") or None,
    )
    return json_answer(page.model_dump(mode="json"))


class PetitionChange(BaseModel):
    """A petition as it is after its latest change."""

    model_config = ConfigDict(frozen=True)

    reference: str
    version: int
    state: State
    unit: str | None
    changed_at: datetime
    word_at: datetime | None = None
    """The instant from which people outside are notified of a decision that may still be taken back; left out else."""

    @model_serializer(mode="wrap")
    def _without_nothing(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        members: dict[str, Any] = handler(self)
        return {name: value for name, value in members.items() if name != "word_at" or value is not None}


class PetitionChanges(BaseModel):
    """A page of changes, in order."""

    model_config = ConfigDict(frozen=True)

    changes: tuple[PetitionChange, ...]
    cursor: str
    """To be sent as `after`, now or later."""
    has_more: bool
    """True if the next page can be asked for at once."""


def list_changes(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Answer with the petitions that the officer may see, and that changed after a cursor."""
    if not officer.roles & permissions.SEES.keys():
        raise NotAllowedError
    now = clock.now()
    page = parts.changes_feed.page(query_parameters(request).get("after", ""), now)
    changes = (
        PetitionChange(
            reference=petition.reference,
            version=petition.version,
            state=petition.state,
            unit=petition.unit,
            changed_at=petition.history[-1].at,
            word_at=taking_back.word_leaves_at(petition, now),
        )
        for petition in page.petitions
        if permissions.may_see(officer, petition)
    )
    return json_answer(PetitionChanges(changes=tuple(changes), cursor=page.cursor, has_more=page.has_more))


CHANGES = (
    Operation(
        "GET",
        "/v1/changes",
        "listChanges",
        "The petitions that you may see and that changed after a cursor, each once, in order",
        {200: PetitionChanges},
        None,
        ("Authorization", "after", "lang"),
        (401, 403, 422),
    ),
)
"""The operation of the feed in the OpenAPI document."""


def search(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Answer with a page of the petitions, or of the published answers, in which all words stand."""
    results = parts.search.search(officer, query_of(query_parameters(request)), clock.now())
    return json_answer(results.model_dump(mode="json"))


def list_similar_answers(parts: Parts, _request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Answer with the published answers to questions like a petition's."""
    petition = parts.actions.find(officer, reference)
    answers = AnswerList(answers=parts.search.published_like(petition, clock.now()))
    return json_answer(answers.model_dump(mode="json"))


SEARCH = (
    Operation(
        "GET",
        "/v1/petitions/{reference}/similar-answers",
        "listSimilarAnswers",
        "Published answers to questions like this petition's, the likest first",
        {200: AnswerList},
        None,
        ("reference", "Authorization", "lang"),
        (401, 403, 404, 503),
    ),
    Operation(
        "GET",
        "/v1/search",
        "search",
        "Petitions that you may see, or published answers, by words; closed ones too, the best first",
        {200: SearchResults},
        None,
        ("Authorization", "q", "in", "stage", "since", "until", "cursor", "lang"),
        (401, 403, 422, 503),
    ),
)
"""The operations of the search in the OpenAPI document."""


def show_petition(parts: Parts, _request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Answer with one petition."""
    return _petition_answer(parts, officer, parts.actions.find(officer, reference))


def review_draft(parts: Parts, _request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Answer with the draft beside the one that was returned, its remarks and checks."""
    petition = permissions.as_read_by(officer, parts.actions.find(officer, reference))
    answer = ReviewOfDraft(review=review_of(petition, parts.directory))
    return json_answer(answer.model_dump(mode="json"))


class TextToCheck(BaseModel):
    """A draft that is not handed in: its text, and the legal documents that it rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: LongText
    citations: Annotated[tuple[CitationInput, ...], Field(max_length=CITATIONS)] = ()


class PlaceInText(BaseModel):
    """A place of a text: characters from `start` to before `end`."""

    model_config = ConfigDict(frozen=True)

    start: int
    end: int
    kind: CheckKind
    is_passed: bool
    """False where the check of this kind points at it; a legal document that the text names may be in order."""


class ChecksOfText(BaseModel):
    """The checks of a text, and the places that they are about."""

    model_config = ConfigDict(frozen=True)

    checks: tuple[Check, ...]
    places: tuple[PlaceInText, ...]


def check_text(parts: Parts, request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Answer with the checks of a text that is not handed in; nothing of it is stored."""
    petition = permissions.as_read_by(officer, parts.actions.find(officer, reference))
    sent = json_body(request, TextToCheck)
    citations = tuple(Citation(**citation.model_dump()) for citation in sent.citations)
    draft = Answer(text=sent.text, citations=citations, drafted_by=officer.username, drafted_at=clock.now())
    answer = ChecksOfText(
        checks=checks_of(draft, petition, parts.directory),
        places=tuple(PlaceInText(**mark._asdict()) for mark in marks_in(draft, petition, parts.directory)),
    )
    return json_answer(answer.model_dump(mode="json"))


REVIEW = (
    Operation(
        "POST",
        "/v1/petitions/{reference}/draft-checks",
        "checkText",
        "Check a text that is not handed in: gaps, documents, data of others, reading ease, and where they are",
        {200: ChecksOfText},
        TextToCheck,
        ("reference", "Authorization", "lang"),
        (400, 401, 403, 404, 422),
    ),
    Operation(
        "GET",
        "/v1/petitions/{reference}/draft-review",
        "reviewDraft",
        "The draft beside the one that was returned, the differences marked, with remarks and checks",
        {200: ReviewOfDraft},
        None,
        ("reference", "Authorization", "lang"),
        (401, 403, 404),
    ),
)
"""The operations of a draft's review in the OpenAPI document."""


def take_action(
    parts: Parts, request: Request, officer: DeskOfficer, reference: str, action: str
) -> Response:
    """Take an action on a petition and answer with the petition after it."""
    name = action_named(action)
    if name is None:
        raise UnknownPetitionError
    key = request.headers.get("idempotency-key")
    try:
        petition = parts.actions.find(officer, reference, name)
    except (NotAllowedError, UnknownPetitionError):
        done = parts.actions.just_done(
            officer, reference, name, lambda: json_body(request, INPUTS[name]), key
        )
        if done is None:
            raise
        return _petition_answer(parts, officer, done)
    action_input = json_body(request, INPUTS[name])
    try:
        if not isinstance(action_input, OpenSeal):
            changed = parts.actions.act(officer, petition, name, action_input, key)
            return _petition_answer(parts, officer, changed)
        opened, identity = parts.actions.open_seal(officer, petition, action_input, key)
    except (StaleVersionError, ActionNotPossibleError) as error:
        return _conflict_answer(parts, request, officer, reference, action_input.version, error)
    view = parts.petition_views.of(opened, officer, clock.now())
    return json_answer({**view.model_dump(mode="json"), "identity": identity.model_dump(exclude_none=True)})


def attach_file(parts: Parts, request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Declare a file that goes with the answer: 201 with a form that uploads it, 200 for a repeated request."""
    petition = parts.actions.find(officer, reference, Action.DRAFT_ANSWER)
    key = request.headers.get("idempotency-key")
    expected = parts.files.expect(officer, petition, json_body(request, AttachmentInput), key)
    answer = {"id": expected.attachment.id, "upload": expected.form.model_dump(mode="json")}
    return json_answer(answer, 201 if expected.is_new else 200)


def open_file(
    parts: Parts, _request: Request, officer: DeskOfficer, reference: str, attachment_id: str
) -> Response:
    """Answer with a link to a file; the opening of a petitioner's file is recorded."""
    petition = parts.actions.find(officer, reference)
    return json_answer(parts.files.open(officer, petition, attachment_id))


def _petition_answer(parts: Parts, officer: DeskOfficer, petition: Petition) -> Response:
    """Answer with a petition; with less, where the officer's own action put it out of their sight."""
    if not permissions.may_see(officer, petition):
        departed = DepartedView(reference=petition.reference, version=petition.version, state=petition.state)
        return json_answer(departed.model_dump(mode="json"))
    return json_answer(parts.petition_views.of(petition, officer, clock.now()).model_dump(mode="json"))


def _conflict_answer(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    reference: str,
    seen_version: int,
    error: StaleVersionError | ActionNotPossibleError,
) -> Response:
    """Answer with the changes since the version that the officer saw.

    Raises:
        UnknownPetitionError: since then the officer may not see the petition.
    """
    current = parts.actions.find(officer, reference)
    status, document = problem_of(error, language_of(request))
    document |= {
        "current_version": current.version,
        "state": current.state,
        "changes": [
            {"seq": entry.seq, "at": entry.at.isoformat(), "action": entry.action, "by": entry.by}
            for entry in current.history[seen_version:]
        ],
    }
    return json_answer(document, status, {"Content-Type": "application/problem+json; charset=utf-8"})


def _state(value: str | None) -> State | None:
    if not value:
        return None
    try:
        return State(value)
    except ValueError:
        raise InvalidInputError(("state", "unknown")) from None


def _flag(name: str, query: Mapping[str, str]) -> bool | None:
    flags = {"": None, "true": True, "1": True, "false": False, "0": False}
    try:
        return flags[query.get(name, "").lower()]
    except KeyError:
        raise InvalidInputError((name, "invalid")) from None


def _days(name: str, query: Mapping[str, str]) -> int | None:
    value = query.get(name, "")
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= MAX_DIGITS_OF_DAYS):
        raise InvalidInputError((name, "invalid"))
    return int(value)
