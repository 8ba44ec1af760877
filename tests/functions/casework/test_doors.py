"""Every door of the desk as every role: who gets in, asked over HTTP and not of the table.

A door that is not in the table below fails the test, so a new route must say who may use it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from infra.layout import ROOT
from infra.local.emulation.functions import load
from tests.functions.casework.actions.test_authorization import _cells
from tests.support.desk_pages import Browser
from tests.support.people import CITIZEN, CONTENT, Citizen, Officer
from tests.support.system import System

WHO = {
    "I": "lan.tiepnhan",
    "H": "minh.ccvc",
    "U": "huong.ccvc",
    "A": "binh.vanphong",
    "O": "tong.dai",
    "T": "khanh.tocongtac",
    "C": "yen.bcd",
    "S": "quantri",
    "R": "kiemtoan",
}
"""An officer of each role, by the letters of the matrix."""
EVERYBODY = "".join(WHO)
GETS = {
    "/v1/petitions": "IHUATR",
    "/v1/petitions/{reference}": "IHUATR",
    "/v1/petitions/{reference}/similar-answers": "IHUATR",
    "/v1/board": "HUAT",
    "/v1/absences": "HUAT",
    "/board": "HUAT",
    "/board/absences": "HUAT",
    "/v1/petitions/{reference}/draft-review": "IHUATR",
    "/v1/search": EVERYBODY,
    "/search": EVERYBODY,
    "/v1/changes": "IHUAOTR",
    "/v1/subscriptions": "S",
    "/v1/calls": "OT",
    "/v1/openings": "R",
    "/v1/in-doubt": "S",
    "/v1/contradicted-receipts": "ATSR",
    "/v1/directory/{kind}/{row_id}": "S",
    "/v1/proposals": "S",
    "/v1/reports/{name}": "UATCR",
    "/v1/reports/{name}/cases": "UATR",
    "/v1/openapi.json": EVERYBODY,
    "/": EVERYBODY,
    "/queue": EVERYBODY,
    "/petitions/{reference}": "IHUATR",
    "/petitions/{reference}/notices": "IHUATR",
    "/preferences": EVERYBODY,
    "/keys": EVERYBODY,
    "/next": "IHUATR",
    "/v1/sessions": EVERYBODY,
    "/sessions": EVERYBODY,
    "/second-factor": EVERYBODY,
    "/routing": "IAS",
    "/routing/models": "S",
    "/callers": "IO",
    "/call": "IO",
    "/calls/new": "IO",
    "/calls": "OT",
    "/leaders": "UATCR",
    "/reports": "UATCR",
    "/reports/cases": "UATR",
    "/openings": "R",
    "/in-doubt": "S",
    "/contradicted-receipts": "ATSR",
    "/calendar": "S",
    "/directory": "S",
    "/directory/{kind}": "S",
    "/directory/{kind}/{row_id}": "S",
    "/terms": "S",
    "/texts": "S",
    "/proposals": "S",
    "/subscriptions": "S",
    "/machines": "S",
}
"""The roles that may read, with a petition that VCCVC has and nobody handles."""
OTHERWISE = {
    "/health",
    "/sign-in",
    "/sign-out",
    "/{name}",
    "/file-sent",
    "/petitions/{reference}/letter",
    "/texts/{name}",
    "/v1/session",
    "/v1/session/renewal",
    "/v1/token",
    "/v1/machines/{machine}/secrets",
    "/v1/subscriptions/{subscription}/keys",
    "/v1/subscriptions/{subscription}/deliveries",
    "/v1/subscriptions/{subscription}/test",
    "/v1/subscriptions/{subscription}/resumption",
    "/v1/session/end",
    "/v1/sessions/end-others",
    "/sessions/end-others",
    "/accounts/{username}",
    "/second-factor/confirm",
    "/second-factor/reset",
    "/v1/petitions/bulk",
    "/bulk",
    "/views",
    "/v1/petitions/{reference}/draft-checks",
    "/v1/petitions/{reference}/{action}",
    "/petitions/{reference}/{action}",
    "/v1/petitions/{reference}/drafts/{form}",
    "/petitions/{reference}/drafts/{form}",
    "/v1/petitions/{reference}/attachments",
    "/petitions/{reference}/attachments",
    "/v1/petitions/{reference}/attachments/{attachment_id}",
    "/petitions/{reference}/attachments/{attachment_id}",
    "/unsubscribe/{token}",
    "/v1/callers",
    "/v1/callers/{reference}",
    "/v1/calls/{reference}/dial",
    "/v1/calls/{reference}/outcome",
    "/calls/{reference}",
    "/v1/absences/{username}",
    "/v1/absences/{username}/end",
    "/board/absences/{username}",
    "/v1/in-doubt/{reference}",
    "/in-doubt/{reference}",
    "/v1/proposals/{proposal_id}",
    "/v1/proposals/{proposal_id}/confirm",
    "/v1/proposals/{proposal_id}/reject",
    "/v1/proposals/{proposal_id}/withdraw",
    "/proposals/{proposal_id}",
    "/subscriptions/{subscription}",
    "/machines/{machine_id}",
}
"""Doors that are open to all, or tested elsewhere: actions below, the others in tests of their own."""


@pytest.fixture(scope="module")
def desk(running_system: System) -> tuple[System, str, dict[str, Officer], dict[str, Browser]]:
    """A petition that lies in VCCVC, and an officer of each role twice: at the API and in a browser."""
    running_system.reset()
    citizen = Citizen(running_system)
    citizen.send()
    running_system.local.pumps.hourly.fire()
    officers = {letter: Officer(running_system, name) for letter, name in WHO.items()}
    browsers = {letter: Browser(running_system, name) for letter, name in WHO.items()}
    return running_system, citizen.reference, officers, browsers


def _filled(route: str, reference: str) -> str:
    row_id = "*" if route.startswith("/v1/") else "VCCVC"
    filled = route.replace("{reference}", reference).replace("{kind}", "unit").replace("{row_id}", row_id)
    query = "?measure=received&name=timeliness" if route.endswith("/cases") else ""
    return filled.replace("{name}", "timeliness") + query


def _letters(statuses: Mapping[str, int], *good: int) -> str:
    """Return the letters of those who got in; all others are refused with 403."""
    assert set(statuses.values()) <= {403, *good}, statuses
    return "".join(letter for letter, status in statuses.items() if status != 403)


def test_each_door_is_open_to_its_roles_alone(desk: Any):
    _system, reference, officers, browsers = desk

    decided = {}
    for route in GETS:
        path = _filled(route, reference)
        statuses = {
            letter: (
                officers[letter].get(path)
                if route.startswith("/v1/")
                else browsers[letter].get(f"/desk{path}")
            ).status
            for letter in WHO
        }
        decided[route] = _letters(statuses, 200, 303, 422)

    assert decided == GETS


CELLS = {
    (cell.what, letter): letter in cell.letters
    for cell in _cells()
    if cell.what not in ("see", "open-attachment")
    for letter in WHO
    if cell.column == ("unit" if letter in "HU" else "stranger")
}


def test_each_action_is_open_to_its_roles_alone_over_both_doors(desk: Any):
    """With a version that is none, so that whoever gets in changes nothing."""
    _system, reference, officers, browsers = desk

    api, page = {}, {}
    for what, letter in CELLS:
        status = officers[letter].try_to(what, reference, version=999).status
        assert status in (403, 409, 422), (what, letter)
        api[what, letter] = status != 403
        form = browsers[letter].post(f"/desk/petitions/{reference}/{what}", {"version": "999"})
        page[what, letter] = form.status != 403

    assert api == CELLS
    assert page == CELLS


def test_enough_cells_are_tried_over_http():
    assert len(CELLS) * 2 + len(GETS) * len(WHO) >= 450


OUTCOME = {"notice": "x", "attempt": 0, "outcome": "REACHED"}
WRITES: dict[str, tuple[str, str, Any]] = {
    "enter a call": (
        "IO",
        "/v1/petitions",
        {"content": CONTENT, "petitioner": CITIZEN, "call_id": "door"},
    ),
    "dial": ("OT", "/v1/calls/26000000000/dial", {"notice": "x"}),
    "say what came of a call": ("OT", "/v1/calls/26000000000/outcome", OUTCOME),
    "confirm a change": ("S", "/v1/proposals/000000000000/confirm", {}),
    "reject a change": ("S", "/v1/proposals/000000000000/reject", {"reason": "x"}),
    "withdraw a change": ("S", "/v1/proposals/000000000000/withdraw", {}),
    "look a number up": ("O", "/v1/callers", {"call_id": "door", "phone": "0987654321"}),
    "do what a caller wants, by PIN": (
        "IO",
        "/v1/callers/26000000000",
        {"call_id": "door", "pin": "00000000", "wish": "track"},
    ),
    "do what a caller wants, by number": (
        "O",
        "/v1/callers/26000000000",
        {"call_id": "door", "phone": "0987654321", "wish": "track"},
    ),
    "settle a delivery in doubt": ("S", "/v1/in-doubt/26000000000", {"notice": "x", "finding": "TAKEN"}),
}


def test_writing_is_open_to_its_roles_alone(desk: Any):
    system, _reference, officers, _browsers = desk

    decided = {
        what: _letters(
            {
                letter: system.http("POST", f"/desk{path}", json=body, headers=officer._bearer).status
                for letter, officer in officers.items()
            },
            200,
            201,
            404,
            422,
        )
        for what, (_allowed, path, body) in WRITES.items()
    }

    assert decided == {what: allowed for what, (allowed, _path, _body) in WRITES.items()}


ADMINISTRATION = (
    "/calendar",
    "/terms",
    "/directory/unit",
    "/directory/field",
    "/directory/officer",
    "/directory/unit/VCCVC",
    "/directory/officer/minh.ccvc",
)


def test_administration_is_for_administrators_alone(desk: Any):
    _system, _reference, _officers, browsers = desk

    decided = {
        path: _letters(
            {letter: browser.post(f"/desk{path}", {}).status for letter, browser in browsers.items()},
            409,
            422,
        )
        for path in ADMINISTRATION
    }

    assert decided == dict.fromkeys(ADMINISTRATION, "S")


def test_every_door_says_whom_it_is_for():
    routes = set(load(ROOT / "functions")["casework"].routes)

    assert routes - OTHERWISE == set(GETS)
