"""Machine accounts: two persons give them, a program acts under its own name, one person may end them."""

from __future__ import annotations

import re
from base64 import b64encode
from datetime import timedelta
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.casework.access.machines import MACHINE_ROLES, Scope, hash_of, scope_of
from chalicelib.casework.settings import SECOND_FACTOR_ROLES
from infra.local.emulation.functions import HttpResponse, load
from infra.local.system import FUNCTIONS
from shared.domain.errors import TooManyRequestsError
from shared.tables import directory as directories
from shared.tables.throttle.machine_tokens import MachineTokens
from tests.support.administration import FIRST, decide, put_confirmed, put_row
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer
from tests.support.system import System

NAME = "quy-trinh-bnv"
TODAY = "2026-11-03"
ACCOUNT: dict[str, Any] = {
    "valid_from": TODAY,
    "name": "Quy trình Bộ Nội vụ",
    "unit": "VCCVC",
    "roles": ["handler"],
    "scopes": ["petitions:read", "petitions:act"],
    "contact": "van-hanh@bnv.example",
}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def token(system: System, *basic: str, **form: str) -> HttpResponse:
    return system.http(
        "POST",
        "/desk/v1/token",
        body=urlencode(form),
        headers=FORM | dict(zip(("Authorization",), basic, strict=False)),
    )


def granted(system: System, secret: str, **form: str) -> HttpResponse:
    answer = token(system, **form, grant_type="client_credentials", client_id=NAME, client_secret=secret)
    assert answer.status == 200, answer.text
    return answer


def new_secret(system: System) -> dict[str, Any]:
    answer = Officer(system, FIRST).post(f"/v1/machines/{NAME}/secrets")
    assert answer.status == 202, answer.text
    return dict(answer.json())


def with_secret(system: System, **changes: Any) -> str:
    """Return the secret of an account that two persons gave."""
    assert put_confirmed(system, f"machine/{NAME}", ACCOUNT | changes).status == 200
    issued = new_secret(system)
    assert decide(system, issued["proposal_id"]).status == 200
    return str(issued["client_secret"])


class Machine:
    """A program with a token."""

    def __init__(self, system: System, secret: str, **form: str) -> None:
        self._system = system
        self._bearer = {"Authorization": f"Bearer {granted(system, secret, **form).json()['access_token']}"}

    def get(self, path: str) -> HttpResponse:
        return self._system.http("GET", f"/desk{path}", headers=self._bearer)

    def post(self, path: str, **body: Any) -> HttpResponse:
        answer = self._system.http("POST", f"/desk{path}", json=body, headers=self._bearer)
        self._system.settle()
        return answer


def ended(system: System, kind: str, row_id: str) -> None:
    row = Officer(system, FIRST).get(f"/v1/directory/{kind}/{row_id}").json()["rows"][-1]
    answer = put_row(system, f"{kind}/{row_id}", row | {"is_ended": True})
    assert answer.status == 200, answer.text


def test_machine_takes_a_petition_and_its_name_stands_in_the_history(system: System):
    citizen = Citizen(system)
    citizen.send()
    machine = Machine(system, with_secret(system))
    version = machine.get(f"/v1/petitions/{citizen.reference}").json()["version"]

    accepted = machine.post(f"/v1/petitions/{citizen.reference}/accept", version=version)

    assert accepted.status == 200, accepted.text
    petition = accepted.json()
    assert petition["history"][-1]["by"] == f"machine:{NAME}"
    assert petition["handler"] == f"machine:{NAME}"
    assert citizen.look()["state"] == "IN_PROGRESS"


def test_account_and_secret_hold_only_once_a_second_person_has_confirmed_them(system: System):
    proposed = put_row(system, f"machine/{NAME}", ACCOUNT)
    before = Officer(system, FIRST).post(f"/v1/machines/{NAME}/secrets")
    decide(system, proposed.json()["id"])
    issued = new_secret(system)
    secret = str(issued["client_secret"])

    early = token(system, grant_type="client_credentials", client_id=NAME, client_secret=secret)
    alone = decide(system, issued["proposal_id"], username=FIRST)
    confirmed = decide(system, issued["proposal_id"])

    assert proposed.status == 202
    assert before.status == 404
    assert (early.status, early.json()["error"]) == (401, "invalid_client")
    assert alone.status == 403
    assert confirmed.status == 200
    assert granted(system, secret).json()["token_type"] == "Bearer"


def test_secret_stands_in_its_answer_and_nowhere_else(system: System):
    secret = with_secret(system)
    tokens = [granted(system, secret).json()["access_token"]]

    rows = Officer(system, FIRST).get("/v1/directory/machine-secret/*").text
    proposals = Officer(system, FIRST).get("/v1/proposals").text

    assert hash_of(secret) in rows
    for text in (rows, proposals):
        assert secret not in text
        assert tokens[0] not in text


@pytest.mark.parametrize("kind", ["machine", "machine-secret"])
def test_one_administrator_ends_an_account_or_a_secret_with_every_token_at_once(system: System, kind: str):
    secret = with_secret(system)
    machine = Machine(system, secret)
    row_id = NAME
    if kind == "machine-secret":
        rows = Officer(system, FIRST).get("/v1/directory/machine-secret/*").json()["rows"]
        row_id = rows[0]["id"]
    assert machine.get("/v1/petitions").status == 200

    ended(system, kind, row_id)

    assert machine.get("/v1/petitions").status == 401
    refused = token(system, grant_type="client_credentials", client_id=NAME, client_secret=secret)
    assert refused.json()["error"] == "invalid_client"


def test_process_that_read_the_account_before_lets_its_tokens_in_for_a_minute_at_most():
    assert timedelta(minutes=1) >= directories.KEPT_FOR


def test_ended_account_comes_back_by_two_persons_only(system: System):
    with_secret(system)
    ended(system, "machine", NAME)

    back = put_row(system, f"machine/{NAME}", ACCOUNT)

    assert back.status == 202


def test_two_secrets_hold_while_a_program_goes_over_and_a_third_waits_for_the_end_of_one(system: System):
    old = with_secret(system)
    issued = new_secret(system)
    decide(system, issued["proposal_id"])

    both = [granted(system, old).status, granted(system, issued["client_secret"]).status]
    third = Officer(system, FIRST).post(f"/v1/machines/{NAME}/secrets")
    ended(system, "machine-secret", issued["secret_id"])

    assert both == [200, 200]
    assert (third.status, third.json()["errors"][0]["rule"]) == (422, "two-secrets")
    assert granted(system, old).status == 200
    assert new_secret(system)["client_secret"] != old


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"roles": ["approver"]}, "roles", id="a role that decides"),
        pytest.param({"roles": ["administrator"]}, "roles", id="a role that administers"),
        pytest.param({"roles": []}, "roles", id="no role"),
        pytest.param({"scopes": ["everything"]}, "scopes.0", id="no such scope"),
        pytest.param({"unit": "NOWHERE"}, "unit", id="no such unit"),
        pytest.param({"contact": "somebody"}, "contact", id="nobody who answers for it"),
    ],
)
def test_account_that_may_not_be_is_refused(system: System, change: dict[str, Any], field: str):
    answer = put_row(system, f"machine/{NAME}", ACCOUNT | change)

    assert answer.status == 422
    assert answer.json()["errors"][0]["field"] == field


def test_no_role_of_a_machine_needs_a_second_factor():
    assert not MACHINE_ROLES & SECOND_FACTOR_ROLES


def test_token_opens_its_scopes_alone_within_role_and_unit(system: System):
    citizen = Citizen(system)
    citizen.send()
    secret = with_secret(system)
    reader = Machine(system, secret, scope="petitions:read")
    path = f"/v1/petitions/{citizen.reference}"

    petition = reader.get(path)
    acting = reader.post(f"{path}/accept", version=petition.json()["version"])
    whole = Machine(system, secret)
    identity = whole.post(f"{path}/open-seal", version=petition.json()["version"], reason="Gọi lại")
    reports = whole.get("/v1/reports/workload")
    people_only = whole.get("/v1/directory/unit/*")
    all_units = whole.get("/v1/petitions?queue=all")

    assert petition.status == 200
    assert (acting.status, acting.json()["code"], acting.json()["scope"]) == (
        403,
        "scope-needed",
        "petitions:act",
    )
    assert (identity.status, identity.json()["scope"]) == (403, "identities:open")
    assert reports.json()["scope"] == "reports:read"
    assert (people_only.status, people_only.json()["scope"]) == (403, None)
    assert (all_units.status, all_units.json()["code"]) == (403, "not-allowed")


def test_scope_that_is_taken_from_the_account_is_taken_from_its_tokens(system: System):
    machine = Machine(system, with_secret(system))
    assert machine.get("/v1/petitions").status == 200

    put_confirmed(system, f"machine/{NAME}", ACCOUNT | {"scopes": ["reports:read"]})

    assert machine.get("/v1/petitions").json()["code"] == "scope-needed"


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        pytest.param({}, 400, "invalid_request", id="no grant type"),
        pytest.param({"grant_type": "password"}, 400, "unsupported_grant_type", id="another grant"),
        pytest.param({"grant_type": "client_credentials"}, 401, "invalid_client", id="nobody"),
        pytest.param(
            {"grant_type": "client_credentials", "client_id": NAME, "client_secret": "pakn_ms_wrong"},
            401,
            "invalid_client",
            id="a wrong secret",
        ),
        pytest.param(
            {"grant_type": "refresh_token", "refresh_token": "pakn_rt_a.0.b"},
            400,
            "invalid_grant",
            id="no session",
        ),
    ],
)
def test_refusal_reads_as_a_problem_and_as_oauth(
    system: System, form: dict[str, str], status: int, error: str
):
    with_secret(system)

    answer = token(system, **form)

    assert answer.status == status
    assert answer.header("Content-Type").startswith("application/problem+json")
    assert answer.json()["error"] == error
    assert answer.json()["title"]


def test_scope_that_the_account_has_not_is_refused_and_basic_credentials_are_taken(system: System):
    secret = with_secret(system)
    basic = "Basic " + b64encode(f"{NAME}:{secret}".encode()).decode()

    wide = token(system, basic, grant_type="client_credentials", scope="identities:open")
    narrow = token(system, basic, grant_type="client_credentials", scope="petitions:read")

    assert (wide.status, wide.json()["error"]) == (400, "invalid_scope")
    assert narrow.json()["scope"] == "petitions:read"
    assert narrow.header("Cache-Control") == "no-store"


def test_token_ends_by_itself(system: System):
    secret = with_secret(system)
    bearer = granted(system, secret).json()
    tokens = MachineTokens(system.local.cloud.outputs["ThrottleTable"])
    stored = tokens.get(hash_of(bearer["access_token"]))
    assert stored is not None

    tokens.add(
        hash_of(bearer["access_token"]), stored._replace(expires_at=stored.expires_at - bearer["expires_in"])
    )

    answer = system.http(
        "GET", "/desk/v1/petitions", headers={"Authorization": f"Bearer {bearer['access_token']}"}
    )
    assert answer.status == 401


def test_requests_of_a_minute_are_limited_for_each_account(system: System):
    tokens = MachineTokens(system.local.cloud.outputs["ThrottleTable"])
    at = system.clock.now()

    quotas = [tokens.count("requests", NAME, at, limit=3) for _ in range(3)]

    assert [(quota.left, quota.limit, quota.window) for quota in quotas] == [
        (2, 3, 60),
        (1, 3, 60),
        (0, 3, 60),
    ]
    with pytest.raises(TooManyRequestsError) as refused:
        tokens.count("requests", NAME, at, limit=3)
    assert 0 < refused.value.retry_after <= 60
    assert [quota.left for quota in refused.value.quotas] == [0]
    assert tokens.count("requests", "another", at, limit=3).left == 2
    assert tokens.count("requests", NAME, at + timedelta(minutes=1), limit=3).left == 2


def test_each_answer_to_a_machine_account_says_what_is_left_of_its_minute(system: System):
    machine = Machine(system, with_secret(system))

    answers = [machine.get("/v1/petitions") for _ in range(3)]

    assert {answer.header("RateLimit-Policy") for answer in answers} == {'"requests";q=120;w=60'}
    left = [re.fullmatch(r'"requests";r=(\d+);t=([1-9]|[1-5]\d|60)', a.header("RateLimit")) for a in answers]
    assert any(
        a and b and int(a[1]) == int(b[1]) + 1 for a, b in pairwise(left)
    )  # a minute may begin between


def test_machine_account_over_its_limit_sees_when_it_begins_anew(
    system: System, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MACHINE_REQUESTS_A_MINUTE", "1")
    machine = Machine(system, with_secret(system))

    answers = [machine.get("/v1/petitions") for _ in range(3)]

    refused = [answer for answer in answers if answer.status == 429]
    assert refused
    assert {answer.header("RateLimit") for answer in refused} == {
        f'"requests";r=0;t={answer.header("Retry-After")}' for answer in refused
    }


def test_a_token_comes_with_what_is_left_of_the_minutes_tokens(system: System):
    secret = with_secret(system)

    answers = [granted(system, secret) for _ in range(2)]

    assert {answer.header("RateLimit-Policy") for answer in answers} == {'"tokens";q=20;w=60'}
    assert answers[0].header("RateLimit").startswith('"tokens";r=19;t=')


def test_people_at_the_desk_are_not_counted_and_see_no_limit(system: System):
    answer = Officer(system, "minh.ccvc").get("/v1/petitions")

    assert answer.status == 200
    assert answer.header("RateLimit") == answer.header("RateLimit-Policy") == ""


def test_every_scope_leads_somewhere_and_no_route_of_people_has_one():
    app = load(FUNCTIONS, ("casework",))["casework"]
    scopes = {
        (method, path): scope_of(method, path)
        for path, methods in app.routes.items()
        for method in methods
        if path.startswith("/v1/")
    }

    assert {scope for scope in scopes.values() if scope} == set(Scope)
    for_people = (
        "/v1/directory",
        "/v1/proposals",
        "/v1/session",
        "/v1/machines",
        "/v1/token",
        "/v1/openings",
    )
    assert not [path for (_method, path), scope in scopes.items() if scope and path.startswith(for_people)]


def test_token_of_a_machine_opens_no_page_and_no_session(system: System):
    bearer = granted(system, with_secret(system)).json()["access_token"]
    headers = {"Authorization": f"Bearer {bearer}", "Cookie": f"__Host-pakn_desk={bearer}"}

    page = system.http("GET", "/desk/", headers=headers)
    sessions = system.http("GET", "/desk/v1/sessions", headers=headers)

    assert page.status == 303
    assert sessions.status == 401


def test_administrator_adds_an_account_on_its_page(system: System):
    page = Browser(system, FIRST).get("/desk/directory/machine?add=1")

    assert page.status == 200
    assert "Tài khoản máy" in page.text
    assert "Tra cứu người gọi" in page.text
    assert "Đã chấm dứt" not in page.text, "a new account has not ended"
