"""The page of a unit's board: a column for each officer, and a form that gives ticked petitions to a colleague."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import OVERSEERS, Ability
from chalicelib.casework.board.give_work import AT_MOST, GiveInput, Given, give
from chalicelib.casework.board.read_board import Board, BoardColumn, is_soon
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.views import Line, days_in_words
from chalicelib.casework.site.frame import language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.platform import clock
from shared.web.answers import see_other
from shared.web.i18n import N_, Language, gettext, in_language
from shared.web.problems import one_text_of, problem_of, rule_message
from shared.web.rendering import link
from shared.web.requests import form_pairs, query_parameters, validated

SHOWN_ON_BOARD = 40
"""Cards of the whole board, so that the page stays small; each column has a link to the rest."""
SHOWN_OF_ONE = 50
"""Cards of the page of one officer."""
_DIGITS = 3
"""Digits of the number of the petitions that were given."""
NOBODY = "-"
"""Stands in addresses for the column of what nobody has accepted."""
_LABELS = {"handler": N_("Giao cho"), "reason": N_("Lý do giao lại"), "petitions": N_("Hồ sơ")}


class Filled(NamedTuple):
    """The form below the board as it was sent, its problems, and the outcome of each petition."""

    picked: frozenset[str] = frozenset()
    """References."""
    handler: str = ""
    reason: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    refused: tuple[Given, ...] = ()
    done: int = 0


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/board", show_board)
    pages.post("/board", give_work)
    return pages


def show_board(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the board; `of` names the one officer whose petitions are all shown, `even` picks those to give away."""
    query = query_parameters(request)
    board = parts.board.of(officer, query.get("unit") or None)
    picked = board.even_out.references if query.get("even") and board.even_out else ()
    count = query.get("count", "")[:_DIGITS]
    done = int(count) if count.isascii() and count.isdecimal() else 0
    return _page(parts, request, officer, board, Filled(frozenset(picked), done=done))


def give_work(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Give the ticked petitions to an officer; what is missing is asked for, and nothing ticked or typed is lost."""
    permissions.require(officer, Ability.LEAD_UNIT)
    pairs = form_pairs(request)
    form = dict(pairs)
    ticked = list(dict.fromkeys(value for name, value in pairs if name == "pick"))[:AT_MOST]
    filled = Filled(
        frozenset(pick.partition(".")[0] for pick in ticked),
        form.get("handler", "")[:64],
        form.get("reason", "")[:1_000],
    )
    try:
        outcomes = give(parts.actions, parts.directory, officer, _request_of(ticked, filled))
    except InvalidInputError as error:
        return _again(parts, request, officer, filled._replace(problems=_of_fields(error.problems)))
    refused = tuple(outcome for outcome in outcomes if outcome.error is not None)
    missing = [g for g in refused if isinstance(g.error, InvalidInputError) and _is_of_form(g.error)]
    if missing and isinstance(missing[0].error, InvalidInputError):
        left = frozenset(outcome.reference for outcome in refused)
        again = filled._replace(picked=left, problems=_of_fields(missing[0].error.problems))
        return _again(parts, request, officer, again._replace(done=len(outcomes) - len(refused)))
    if refused:
        return _again(
            parts,
            request,
            officer,
            filled._replace(picked=frozenset(), refused=refused, done=len(outcomes) - len(refused)),
            409,
        )
    return see_other(link(f"/desk/board?count={len(outcomes)}", language_of_page(request)))


def _request_of(ticked: list[str], filled: Filled) -> GiveInput:
    petitions = [
        {"reference": reference, "version": int(version) if version.isdecimal() else 0}
        for reference, _dot, version in (pick.partition(".") for pick in ticked)
    ]
    facts = {"petitions": petitions, "handler": filled.handler, "reason": filled.reason}
    return validated(GiveInput, facts)


def _is_of_form(error: InvalidInputError) -> bool:
    return all(field in _LABELS for field, _rule in error.problems)


def _of_fields(problems: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return one problem of each field of the bar; one of a single petition's belongs to the petitions."""
    rules: dict[str, str] = {}
    for place, rule in problems:
        name = place.split(".")[0]
        rules.setdefault(name if name in _LABELS else "petitions", rule)
    return tuple(rules.items())


def _again(
    parts: Parts, request: Request, officer: DeskOfficer, filled: Filled, status: int = 422
) -> Response:
    return _page(parts, request, officer, parts.board.of(officer), filled, status)


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    board: Board,
    filled: Filled,
    status: int = 200,
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    names = names_of(parts, language)
    of = query_parameters(request).get("of", "")
    chosen = [column for column in board.columns if of == (column.handler or NOBODY)]
    shown = SHOWN_OF_ONE if chosen else max(2, SHOWN_ON_BOARD // max(len(board.columns), 1))
    most = max((column.open for column in board.columns), default=0)
    return render(
        parts,
        request,
        officer,
        "board.html",
        status,
        board=board,
        unit_name=names.unit(board.unit),
        today=local_date(clock.now()),
        columns=[
            _column_view(column, board, shown, most, filled.picked, language)
            for column in chosen or board.columns
        ],
        one=chosen[0] if chosen else None,
        even_out=board.even_out,
        even_out_name=names.officer(board.even_out.handler) if board.even_out else "",
        may_give=_may_give(officer, board),
        units=_units(parts, officer, language),
        colleagues=[
            (column.handler, column.name, column.open, column.absence)
            for column in sorted(board.columns, key=lambda column: column.open)
            if column.handler and column.is_in_unit
        ],
        filled=filled,
        errors=[(name, _(_LABELS[name]), rule_message(rule, language)) for name, rule in filled.problems],
        refused=[
            (outcome.reference, one_text_of(problem_of(outcome.error, language)[1]))
            for outcome in filled.refused
            if outcome.error is not None
        ],
    )


def _may_give(officer: DeskOfficer, board: Board) -> bool:
    return board.unit == officer.unit and permissions.is_able(officer, Ability.LEAD_UNIT)


def _units(parts: Parts, officer: DeskOfficer, language: Language) -> list[tuple[str, str]]:
    """Return the units among which an officer who sees all of them chooses."""
    if not officer.has(*OVERSEERS):
        return []
    units = parts.directory.units(local_date(clock.now())).values()
    return [(unit.id, in_language(language, unit.name, unit.name_en)) for unit in units]


def _column_view(
    column: BoardColumn, board: Board, shown: int, most: int, picked: frozenset[str], language: Language
) -> Mapping[str, Any]:
    _ = gettext(language)
    own = f"&unit={board.unit}"
    ordered = sorted(column.petitions, key=lambda line: line.reference not in picked)[:shown]
    return {
        "handler": column.handler,
        "name": column.name if column.handler else _("Chưa có người nhận"),
        "is_in_unit": column.is_in_unit,
        "open": column.open,
        "overdue": column.overdue,
        "soon": column.soon,
        "calm": column.open - column.overdue - column.soon,
        "awaiting_approval": column.awaiting_approval,
        "absence": column.absence,
        "most": max(most, 1),
        "cards": [_card(line, language) for line in sorted(ordered, key=lambda line: line.due_on)],
        "more": max(0, column.open - shown),
        "address": link(f"/desk/board?of={column.handler or NOBODY}{own}", language),
    }


def _card(line: Line, language: Language) -> Mapping[str, Any]:
    return {
        "reference": line.reference,
        "pick": f"{line.reference}.{line.version}",
        "subject": line.subject,
        "overdue": line.overdue,
        "is_soon": is_soon(line),
        "days": days_in_words(line),
        "awaits_approval": line.state.value == "AWAITING_APPROVAL",
        "address": link(f"/desk/petitions/{line.reference}", language),
    }
