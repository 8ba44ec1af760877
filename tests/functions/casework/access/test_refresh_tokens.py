"""Refresh tokens of sessions at the API: each is used once, and none outlives its session."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest

from infra.local.emulation.functions import HttpResponse
from tests.support.system import System

NAME = "minh.ccvc"


def signed_in(system: System) -> dict[str, Any]:
    answer = system.http(
        "POST", "/desk/v1/session", json={"username": NAME, "password": f"Local-{NAME}-2026"}
    )
    assert answer.status == 200, answer.text
    return dict(answer.json())


def refresh(system: System, token: str) -> HttpResponse:
    return system.http(
        "POST",
        "/desk/v1/token",
        body=urlencode({"grant_type": "refresh_token", "refresh_token": token}),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )


def opens(system: System, token: str) -> int:
    return system.http("GET", "/desk/v1/petitions", headers={"Authorization": f"Bearer {token}"}).status


def test_refresh_token_gives_new_tokens_of_the_same_session(system: System):
    session = signed_in(system)

    answer = refresh(system, session["refresh_token"])

    assert answer.status == 200, answer.text
    assert answer.header("Cache-Control") == "no-store"
    assert answer.json()["refresh_token"] != session["refresh_token"]
    assert opens(system, answer.json()["access_token"]) == 200


def test_the_latest_token_but_one_may_come_again_because_an_answer_was_lost(system: System):
    first = signed_in(system)["refresh_token"]

    answers = [refresh(system, first) for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json()["refresh_token"] == answers[1].json()["refresh_token"]


def test_a_copied_token_that_comes_late_ends_the_session(system: System):
    session = signed_in(system)
    second = refresh(system, session["refresh_token"]).json()
    third = refresh(system, second["refresh_token"]).json()

    late = refresh(system, session["refresh_token"])

    assert (late.status, late.json()["error"]) == (400, "invalid_grant")
    assert opens(system, third["access_token"]) == 401
    assert refresh(system, third["refresh_token"]).status == 400


def test_signing_out_ends_the_refresh_token_too(system: System):
    session = signed_in(system)

    system.http(
        "POST", "/desk/v1/session/end", headers={"Authorization": f"Bearer {session['access_token']}"}
    )

    assert refresh(system, session["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("place", [0, 1, 2])
def test_forged_tokens_give_nothing_and_end_no_session(system: System, place: int):
    session = signed_in(system)
    parts = session["refresh_token"].rsplit(".", 2)
    parts[place] = parts[place][:-1] + ("1" if parts[place][-1] != "1" else "2")

    assert refresh(system, ".".join(parts)).json()["error"] == "invalid_grant"
    assert opens(system, session["access_token"]) == 200
