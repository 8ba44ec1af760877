"""The desk's JSON API: reads a request, calls one use case, answers. Errors become problems in the door's decorator."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions.catalogue import INPUTS
from chalicelib.casework.actions.disclosure import OpenSeal
from chalicelib.casework.actions.forms import action_named
from chalicelib.casework.desk.views import DepartedView, DeskView, desk_view
from shared.domain.errors import (
    ActionNotPossibleError,
    InvalidInputError,
    NotAllowedError,
    StaleVersionError,
    UnauthenticatedError,
    UnknownPetitionError,
)
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.web.http import json_answer, json_body, language_of, problem_of, raw_body

if TYPE_CHECKING:
    from chalicelib.casework.administration.recorded_rows import RecordedRow
    from chalicelib.casework.hotline.callers import EarlierPetition

LONGEST_REVISION_DIGITS = 6
LONGEST_OUTLOOK_DIGITS = 3
"""Digits of a number of days to look ahead."""


def sign_in(request: Request) -> Response:
    """Open a session: tokens, or a challenge to answer."""
    from chalicelib.casework.access.sessions import SignInInput, Tokens  # noqa: PLC0415 - cryptography is slow to import

    answer = composition.sessions().sign_in(json_body(request, SignInInput))
    if not isinstance(answer, Tokens):
        return json_answer(answer)
    who = composition.sessions().officer(answer.access_token)
    officer = {"username": who.username, "name": who.name, "unit": who.unit, "roles": sorted(who.roles)}
    return json_answer({**answer.model_dump(), "officer": officer})


def officer_of(request: Request) -> DeskOfficer:
    """Return who sends a request, by its bearer token.

    Raises:
        UnauthenticatedError: no token, or one that does not hold.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise UnauthenticatedError
    return composition.sessions().officer(token.strip())


def listed(request: Request) -> Response:
    """List a queue by due date."""
    officer = officer_of(request)
    given = query(request)
    page = composition.lists().page(
        officer,
        queue=given.get("queue") or None,
        state=_state(given.get("state")),
        overdue=_flag("overdue", given),
        due_within=_days("due_within", given),
        mine=bool(_flag("mine", given)),
        unassigned=bool(_flag("unassigned", given)),
        cursor=given.get("cursor") or None,
    )
    return json_answer(_dumped(page))


def shown(request: Request, reference: str) -> Response:
    """Show one petition."""
    officer = officer_of(request)
    return _view(composition.casework().find(officer, reference), officer)


def acted(request: Request, reference: str, name: str) -> Response:
    """Take an action on a petition."""
    officer = officer_of(request)
    action = action_named(name)
    if action is None:
        raise UnknownPetitionError
    key = request.headers.get("idempotency-key")
    try:
        petition = composition.casework().find(officer, reference, action)
    except (NotAllowedError, UnknownPetitionError):
        done = composition.casework().just_done(
            officer, reference, action, lambda: json_body(request, INPUTS[action]), key
        )
        if done is None:
            raise
        return _view(done, officer)
    given = json_body(request, INPUTS[action])
    try:
        if not isinstance(given, OpenSeal):
            return _view(composition.casework().act(officer, petition, action, given, key), officer)
        opened, identity = composition.casework().open_seal(officer, petition, given, key)
    except (StaleVersionError, ActionNotPossibleError) as error:
        return _conflict(request, officer, reference, given.version, error)
    facts = _seen(opened, officer)
    return json_answer({**_dumped(facts), "identity": identity.model_dump(exclude_none=True)})


def attached(request: Request, reference: str) -> Response:
    """Declare a file that goes with the answer: 201 with a form that uploads it, 200 when it came before."""
    from shared.use_cases.declare_file import AttachmentInput  # noqa: PLC0415 - few requests are about files

    officer = officer_of(request)
    petition = composition.casework().find(officer, reference, Action.DRAFT_ANSWER)
    key = request.headers.get("idempotency-key")
    expected = composition.files().expect(officer, petition, json_body(request, AttachmentInput), key)
    told = {"id": expected.attachment.id, "upload": expected.form.model_dump(mode="json")}
    return json_answer(told, 201 if expected.is_new else 200)


def opened(request: Request, reference: str, attachment_id: str) -> Response:
    """Give a link to a file, and record who opened it where it is the petitioner's."""
    officer = officer_of(request)
    petition = composition.casework().find(officer, reference)
    return json_answer(composition.files().open(officer, petition, attachment_id))


def _conflict(
    request: Request,
    officer: DeskOfficer,
    reference: str,
    seen_version: int,
    error: StaleVersionError | ActionNotPossibleError,
) -> Response:
    """Answer what others did since the officer looked, as far as the officer may still see the petition.

    Raises:
        UnknownPetitionError: since then it is none of theirs.
    """
    current = composition.casework().find(officer, reference)
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


def doubts(request: Request) -> Response:
    """List the sends of which nobody knows whether they went out."""
    waiting = composition.doubts().waiting(officer_of(request))
    return json_answer({"in_doubt": [_dumped(one) for one in waiting]})


def doubt_settled(request: Request, reference: str) -> Response:
    """Take what was found out about one of them."""
    from chalicelib.casework.oversight.ambiguous_deliveries import FindingInput  # noqa: PLC0415 - few requests are about them

    composition.doubts().settle(officer_of(request), reference, json_body(request, FindingInput))
    return json_answer({"reference": reference})


def entered(request: Request) -> Response:
    """Take down a caller's petition."""
    from chalicelib.casework.hotline.enter_petition import CallInput, enter_call  # noqa: PLC0415 - operators alone need it

    officer = officer_of(request)
    received = enter_call(composition.reception(), officer, json_body(request, CallInput))
    petition = received.petition
    return json_answer(
        {
            "reference": petition.reference,
            "pin": received.pin,
            "state": petition.state,
            "received_at": _instant(petition),
            "due_on": petition.due_on.isoformat(),
            "links": {
                "self": f"{composition.configuration().public_url}/desk/v1/petitions/{petition.reference}"
            },
        },
        201 if received.is_new else 200,
    )


def earlier(request: Request) -> Response:
    """List a caller's earlier petitions."""
    from chalicelib.casework.hotline.callers import CallerInput  # noqa: PLC0415 - few requests are about calls

    officer = officer_of(request)
    found = composition.callers().earlier(officer, json_body(request, CallerInput))
    return json_answer({"petitions": [_standing(one) for one in found]})


def served(request: Request, reference: str) -> Response:
    """Do what a caller wants with their petition."""
    from chalicelib.casework.hotline.callers import WishInput, standing_of  # noqa: PLC0415 - few requests are about calls

    officer = officer_of(request)
    petition = composition.callers().serve(officer, reference, json_body(request, WishInput))
    return json_answer(_standing(standing_of(petition)))


def _standing(one: EarlierPetition) -> dict[str, object]:
    return {
        "reference": one.reference,
        "channel": one.channel,
        "state": one.state,
        "received_on": one.received_on.isoformat(),
        "due_on": one.due_on.isoformat(),
    }


def calls(request: Request) -> Response:
    """List the calls to be made."""
    waiting = composition.call_tasks().waiting(officer_of(request))
    return json_answer({"calls": [_dumped(one) for one in waiting]})


def dialled(request: Request, reference: str) -> Response:
    """Show whom to call."""
    from chalicelib.casework.hotline.call_tasks import CallRequest  # noqa: PLC0415 - few requests are about calls

    officer = officer_of(request)
    callee = composition.call_tasks().dial(officer, reference, json_body(request, CallRequest))
    return json_answer(callee._asdict())


def called(request: Request, reference: str) -> Response:
    """Write what came of a call."""
    from chalicelib.casework.hotline.call_tasks import OutcomeInput  # noqa: PLC0415 - few requests are about calls

    officer = officer_of(request)
    return json_answer(
        _dumped(composition.call_tasks().record(officer, reference, json_body(request, OutcomeInput)))
    )


def openings(request: Request) -> Response:
    """List openings of seals."""
    officer = officer_of(request)
    given = query(request)
    page = composition.audit().page(
        officer, month=given.get("month", ""), by=given.get("by", ""), cursor=given.get("cursor") or None
    )
    return json_answer(_dumped(page))


def directory_rows(request: Request, kind: str, row_id: str) -> Response:
    """Show all versions of a directory row."""
    rows = composition.administration().rows(officer_of(request), kind, row_id)
    return json_answer({"rows": [_row(one) for one in rows]})


def _row(one: RecordedRow) -> dict[str, Any]:
    corrections = [correction._asdict() for correction in one.corrections]
    return {**one.facts, "revision": one.revision, "corrections": corrections}


def directory_put(request: Request, kind: str, row_id: str) -> Response:
    """Write one version of a directory row; `If-Match` names the revision that was seen, 0 for none."""
    officer = officer_of(request)
    seen = request.headers.get("if-match", "").strip().strip('"')
    if seen and not (seen.isascii() and seen.isdecimal() and len(seen) <= LONGEST_REVISION_DIGITS):
        raise InvalidInputError(("If-Match", "invalid"))
    try:
        facts = json.loads(raw_body(request).decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise InvalidInputError(("body", "json")) from None
    written = composition.administration().put(officer, kind, row_id, facts, seen=int(seen) if seen else None)
    return json_answer({**written.row, "revision": written.revision}, 201 if written.is_new else 200)


def described(request: Request) -> Response:
    """Describe the API to who has signed in."""
    from chalicelib.casework.api.openapi import document  # noqa: PLC0415 - no other request needs the schemas

    officer_of(request)
    return json_answer(document())


def query(request: Request) -> dict[str, str]:
    """Return the query parameters."""
    given = request.query_params
    return {str(name): str(given[name]) for name in given} if given else {}


def _state(value: str | None) -> State | None:
    if not value:
        return None
    try:
        return State(value)
    except ValueError:
        raise InvalidInputError(("state", "unknown")) from None


def _flag(name: str, given: Mapping[str, str]) -> bool | None:
    flags = {"": None, "true": True, "1": True, "false": False, "0": False}
    try:
        return flags[given.get(name, "").lower()]
    except KeyError:
        raise InvalidInputError((name, "invalid")) from None


def _days(name: str, given: Mapping[str, str]) -> int | None:
    value = given.get(name, "")
    if not value:
        return None
    if not (value.isascii() and value.isdecimal() and len(value) <= LONGEST_OUTLOOK_DIGITS):
        raise InvalidInputError((name, "invalid"))
    return int(value)


def _view(petition: Petition, officer: DeskOfficer) -> Response:
    if not permissions.may_see(officer, petition):
        left = DepartedView(reference=petition.reference, version=petition.version, state=petition.state)
        return json_answer(_dumped(left))
    return json_answer(_dumped(_seen(petition, officer)))


def _seen(petition: Petition, officer: DeskOfficer) -> DeskView:
    limits, evidence = composition.configuration().file_limits, composition.evidence(petition)
    return desk_view(petition, officer, composition.directory(), clock.now(), evidence, limits)


def _instant(petition: Petition) -> str:
    return petition.received_at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _dumped(view: Any) -> dict[str, Any]:
    dumped: dict[str, Any] = view.model_dump(mode="json")
    return dumped
