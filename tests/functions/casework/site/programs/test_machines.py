"""Administrators issue and end secrets of machine accounts at the desk's pages."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.administration import FIRST, decide, put_confirmed
from tests.support.desk_pages import Browser
from tests.support.system import System

NAME = "quy-trinh-bnv"
LIST, PAGE = "/desk/machines", f"/desk/machines/{NAME}"
ACCOUNT: dict[str, Any] = {
    "valid_from": "2026-11-03",
    "name": "Quy trình Bộ Nội vụ",
    "unit": "VCCVC",
    "roles": ["handler"],
    "scopes": ["petitions:read", "petitions:act"],
    "contact": "van-hanh@bnv.example",
}


@pytest.fixture
def admin(system: System) -> Browser:
    """The browser of an administrator; there is one machine account."""
    assert put_confirmed(system, f"machine/{NAME}", ACCOUNT).status == 200
    return Browser(system, FIRST)


def token_status(system: System, secret: str) -> int:
    """Return the status of the answer to a program that asks for a token."""
    form = {"grant_type": "client_credentials", "client_id": NAME, "client_secret": secret}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return system.http("POST", "/desk/v1/token", body=urlencode(form), headers=headers).status


def issue(system: System, admin: Browser) -> tuple[str, str]:
    """Issue a secret at the page and confirm it as the second person; return it, and its name."""
    page = admin.post(PAGE, {"what": "issue"})
    assert page.status == 200, page.text
    (secret,) = re.findall(r"pakn_ms_[\w-]+", page.text)
    (name,) = re.findall(
        rf"<code>({NAME}\.[0-9a-f]{{6}})</code>", page.text[: page.text.index("secrets-title")]
    )
    proposal = page.text[page.text.index("/desk/proposals/") :].split("/")[3].split('"')[0]
    assert decide(system, proposal).status == 200
    return secret, name


def test_accounts_are_listed_and_lead_to_their_page(system: System, admin: Browser):
    page = admin.get(LIST)

    assert f'href="{PAGE}"' in page.text
    assert "Chưa có mã bí mật" in page.text
    assert f'href="{LIST}"' in admin.get("/desk/directory/machine").text
    assert admin.get(PAGE).status == 200


def test_secret_is_shown_once_and_holds_when_a_second_person_confirmed_it(system: System, admin: Browser):
    page = admin.post(PAGE, {"what": "issue"})
    (secret,) = re.findall(r"pakn_ms_[\w-]+", page.text)
    before = token_status(system, secret)
    waiting = admin.get(PAGE)
    proposal = waiting.text[waiting.text.index("/desk/proposals/") :].split("/")[3].split('"')[0]
    decide(system, proposal)

    assert page.header("cache-control") == "no-store"
    assert secret not in waiting.text
    assert "chờ người thứ hai xác nhận" in waiting.text
    assert before == 401
    assert token_status(system, secret) == 200
    assert "Đang dùng" in admin.get(PAGE).text


def test_secret_is_ended_by_one_person(system: System, admin: Browser):
    secret, name = issue(system, admin)

    answer = admin.post(PAGE, {"end_secret": name})

    assert answer.header("location") == f"{PAGE}?done=secret"
    assert token_status(system, secret) == 401
    assert "đã chấm dứt" in admin.get(f"{PAGE}?done=secret").text


def test_third_secret_is_refused_and_the_page_says_what_to_do(system: System, admin: Browser):
    issue(system, admin)
    issue(system, admin)

    page = admin.get(PAGE)
    refused = admin.post(PAGE, {"what": "issue"})

    assert 'id="full"' in page.text
    assert refused.status == 422
    assert "pakn_ms_" not in refused.text


def test_account_is_ended_with_all_its_secrets(system: System, admin: Browser):
    secret, _name = issue(system, admin)

    answer = admin.post(PAGE, {"what": "end"})

    assert answer.header("location") == f"{PAGE}?done=account"
    assert token_status(system, secret) == 401
    assert "Đã chấm dứt" in admin.get(LIST).text


def test_planned_version_of_an_ended_account_does_not_bring_it_back(system: System, admin: Browser):
    assert (
        put_confirmed(
            system, f"machine/{NAME}", ACCOUNT | {"valid_from": "2026-11-10", "roles": ["unit-head"]}
        ).status
        == 200
    )
    secret, _name = issue(system, admin)
    admin.post(PAGE, {"what": "end"})

    system.travel(days=10)

    assert token_status(system, secret) == 401


@pytest.mark.parametrize("username", ["minh.ccvc", "binh.vanphong", "kiemtoan"])
def test_pages_are_for_administrators_alone(system: System, admin: Browser, username: str):
    browser = Browser(system, username)

    answers = [
        browser.get(LIST).status,
        browser.get(PAGE).status,
        *(browser.post(PAGE, {"what": what}).status for what in ("issue", "end")),
        browser.post(PAGE, {"end_secret": f"{NAME}.000000"}).status,
    ]

    assert answers == [403] * 5


@pytest.mark.parametrize(
    "form",
    [
        pytest.param({"end_secret": f"{NAME}.000000"}, id="unknown secret"),
        pytest.param({"end_secret": ""}, id="no secret"),
    ],
)
def test_secret_that_there_is_not_cannot_be_ended(system: System, admin: Browser, form: dict[str, str]):
    assert admin.post(PAGE, form).status == 404
