"""Officers' sessions from their sign-in to their end: idle, too long, signed out, ended elsewhere, renewed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.casework import composition
from chalicelib.casework.access.sign_in_input import Tokens
from chalicelib.casework.site import gate
from infra.local.emulation import moto_identity
from infra.local.emulation.functions import HttpResponse
from shared.platform import settings
from shared.tables.throttle.officer_sessions import OfficerSessions, SessionRow
from tests.campaigns.faults.injection import Fault
from tests.support.desk_pages import Browser, form_to
from tests.support.people import Citizen
from tests.support.system import System

MINUTE = 60
NAME, PASSWORD = "minh.ccvc", "Local-minh.ccvc-2026"


def signed_in(
    system: System, name: str = NAME, agent: str = "", address: str = "127.0.0.1", **more: str
) -> str:
    """Return the access token of a new session at the API."""
    body = {"username": name, "password": f"Local-{name}-2026", **more}
    answer = system.http(
        "POST", "/desk/v1/session", json=body, headers={"User-Agent": agent}, source_ip=address
    )
    assert answer.status == 200, answer.text
    return str(answer.json()["access_token"])


def ask(system: System, method: str, path: str, token: str) -> HttpResponse:
    """Send a request with an access token."""
    return system.http(method, path, headers={"Authorization": f"Bearer {token}"})


def petition_with(system: System, token: str) -> int:
    """Return the status of asking for a petition, which is read by the same call as the session."""
    return ask(system, "GET", "/desk/v1/petitions/26000000013", token).status


def queue_with(system: System, token: str) -> int:
    """Return the status of asking for the queue."""
    return ask(system, "GET", "/desk/v1/petitions", token).status


def rows(system: System) -> list[dict[str, Any]]:
    """Return the stored sessions."""
    return [item for item in system.items("throttle") if item["key"]["S"].startswith("session#")]


def set_times(system: System, **seconds_ago: int) -> None:
    """Let the sessions have been started or used so long ago."""
    table = system.local.cloud.outputs["ThrottleTable"]
    for row in rows(system):
        for name, ago in seconds_ago.items():
            system.local.cloud.client("dynamodb").update_item(
                TableName=table,
                Key={"key": row["key"]},
                UpdateExpression="SET #name = :at",
                ExpressionAttributeNames={"#name": name},
                ExpressionAttributeValues={":at": {"N": str(int(time.time()) - ago)}},
            )


def letters(system: System) -> list[Any]:
    """Return the letters about accounts that went out."""
    system.settle()
    return [mail for mail in system.outbox(channel="EMAIL") if mail.reference.startswith("account-")]


# --- the end -----------------------------------------------------------------------------------------


def test_copied_token_opens_nothing_after_its_officer_has_signed_out(system: System):
    browser = Browser(system, NAME)
    thief = Browser(system)
    thief.cookies = dict(browser.cookies)
    assert thief.get("/desk/").status == 200

    browser.fill(browser.get("/desk/"), "/desk/sign-out")

    assert thief.get("/desk/").status == 303
    assert queue_with(system, thief.cookies["pakn_desk"]) == 401


def test_signing_in_anew_ends_the_session_that_the_browser_had(system: System):
    browser = Browser(system, NAME)
    former = browser.cookies["pakn_desk"]

    browser.post("/desk/sign-in", {"username": NAME, "password": PASSWORD})

    assert browser.get("/desk/").status == 200
    assert queue_with(system, former) == 401


def test_refresh_token_is_revoked_with_the_session_and_lies_encrypted_until_then(system: System):
    token = signed_in(system)
    (row,) = rows(system)
    pool = moto_identity.pool(system.local.cloud.pool_id)
    (refresh,) = [
        name for name, facts in pool.refresh_tokens.items() if facts and row["key"]["S"].endswith(facts[2])
    ]
    assert refresh not in str(row)

    assert ask(system, "POST", "/desk/v1/session/end", token).status == 200

    (ended,) = rows(system)
    assert "refresh_token" not in ended
    assert pool.refresh_tokens[refresh] is None
    assert int(ended["expires_at"]["N"]) > time.time() + 24 * 60 * MINUTE


def test_all_other_sessions_are_denied_though_cognito_revokes_none(system: System):
    mine, *others = (signed_in(system) for _ in range(3))

    with system.faults.broken("RevokeToken", Fault.SERVER_ERROR):
        ask(system, "POST", "/desk/v1/sessions/end-others", mine)

    assert [queue_with(system, token) for token in (mine, *others)] == [200, 401, 401]


def test_session_is_denied_though_the_call_to_cognito_fails(system: System):
    token = signed_in(system)

    with system.faults.broken("RevokeToken", Fault.SERVER_ERROR):
        ask(system, "POST", "/desk/v1/session/end", token)

    assert queue_with(system, token) == 401


@pytest.mark.parametrize(
    ("times", "status"),
    [
        pytest.param({"used_at": 29 * MINUTE}, 200, id="29-minutes-idle"),
        pytest.param({"used_at": 32 * MINUTE}, 401, id="32-minutes-idle"),
        pytest.param({"started_at": 11 * 60 * MINUTE}, 200, id="eleven-hours-of-work"),
        pytest.param({"started_at": 12 * 60 * MINUTE}, 401, id="twelve-hours-of-work"),
    ],
)
def test_session_ends_when_idle_or_too_long(system: System, times: dict[str, int], status: int):
    token = signed_in(system)

    set_times(system, **times)

    assert queue_with(system, token) == status


def test_request_prolongs_a_session_and_a_late_one_does_not_bring_it_back(system: System):
    token = signed_in(system)

    set_times(system, used_at=25 * MINUTE)
    assert queue_with(system, token) == 200
    (row,) = rows(system)
    assert time.time() - int(row["used_at"]["N"]) < MINUTE

    set_times(system, used_at=40 * MINUTE)
    assert queue_with(system, token) == 401
    assert queue_with(system, token) == 401


def test_ended_session_is_not_brought_back_by_a_request_that_was_on_its_way(system: System):
    sessions = OfficerSessions(system.local.cloud.outputs["ThrottleTable"])
    row = SessionRow("a-session", NAME, started_at=1000, used_at=1000, device="", network="")
    sessions.open(row)
    sessions.end("a-session", 2000)

    sessions.use("a-session", 3000)
    sessions.open(row)
    sessions.end("a-session", 4000)

    stored = sessions.get("a-session")
    assert stored is not None
    assert (stored.used_at, stored.ended_at) == (1000, 2000)


def test_travelling_in_time_ends_no_session(system: System):
    token = signed_in(system)

    system.travel(days=30)

    assert queue_with(system, token) == 200


# --- renewal -----------------------------------------------------------------------------------------


def test_token_is_renewed_while_somebody_works_and_the_session_stays_the_same(system: System):
    old = signed_in(system)

    renewed = ask(system, "POST", "/desk/v1/session/renewal", old)

    assert renewed.status == 200
    assert renewed.json()["access_token"] != old
    assert queue_with(system, renewed.json()["access_token"]) == 200
    assert len(rows(system)) == 1


def test_page_hands_out_a_new_cookie_once_the_token_is_ten_minutes_old(
    system: System, monkeypatch: pytest.MonkeyPatch
):
    browser = Browser(system, NAME)
    young = browser.cookies["pakn_desk"]
    assert browser.get("/desk/").header("set-cookie") == ""

    monkeypatch.setattr("chalicelib.casework.access.sessions.RENEWED_AFTER", timedelta(0))

    assert browser.get("/desk/").status == 200
    assert browser.cookies["pakn_desk"] != young
    assert browser.get("/desk/").status == 200


def test_disabled_account_loses_its_session_with_the_next_renewal(
    system: System, monkeypatch: pytest.MonkeyPatch
):
    browser = Browser(system, NAME)
    monkeypatch.setattr("chalicelib.casework.access.sessions.RENEWED_AFTER", timedelta(0))

    system.local.cloud.client("cognito-idp").admin_user_global_sign_out(
        UserPoolId=system.local.cloud.pool_id, Username=NAME
    )

    assert browser.get("/desk/").status == 303


# --- nothing typed is lost -----------------------------------------------------------------------------


def test_what_was_typed_when_the_session_ended_is_there_after_signing_in_again_and_is_sent_by_its_officer(
    system: System,
):
    citizen = Citizen(system)
    citizen.send()
    browser = Browser(system, NAME)
    page = f"/desk/petitions/{citizen.reference}"
    browser.fill(browser.get(page), f"{page}/accept")
    form = browser.get(page)
    set_times(system, used_at=40 * MINUTE)

    draft = "Kính gửi Ông/Bà,\n\nPhụ cấp <b>thâm niên</b> được tính lại từ tháng 9."
    again = browser.fill(form, f"{page}/draft-answer", text=draft)
    signed_in = browser.fill(again, "/desk/sign-in", password=PASSWORD)
    assert (again.status, signed_in.status) == (401, 303)
    assert "Chữ bạn viết vẫn còn" in again.text
    assert f'value="{NAME}"' in again.text
    form_again = browser.get(str(signed_in.header("location")))
    assert (form_again.status, dict(form_to(form_again.text, f"{page}/draft-answer").fields)["text"]) == (
        200,
        draft,
    )
    assert "<b>thâm niên" not in again.text + form_again.text
    sent = browser.fill(form_again, f"{page}/draft-answer")

    assert sent.status == 303
    assert "Phụ cấp &lt;b&gt;thâm niên&lt;/b&gt; được tính lại" in browser.get(page).text


def test_typed_text_survives_a_wrong_password_and_leads_to_no_other_site(system: System):
    browser = Browser(system, NAME)
    browser.cookies = {}

    again = browser.post("/desk/preferences", {"digest": "true", "note": "một ghi chú dài"})
    wrong = browser.fill(again, "/desk/sign-in", username=NAME, password="sai")
    form_again = browser.fill(wrong, "/desk/sign-in", username=NAME, password=PASSWORD)
    assert "một ghi chú dài" in wrong.text
    assert "một ghi chú dài" in form_again.text

    elsewhere = browser.post(
        "/desk/sign-in",
        {"username": NAME, "password": PASSWORD, "kept_address": "https://evil.example/", "kept.a": "b c"},
    )
    assert (elsewhere.status, elsewhere.header("location")) == (303, "/desk/")


# --- my sessions ---------------------------------------------------------------------------------------


def test_officer_sees_their_sessions_and_ends_all_others(system: System):
    phone = signed_in(system, agent="Mozilla/5.0 (Linux; Android 14) Chrome/131.0", address="113.160.4.7")
    stranger = signed_in(system, "huong.ccvc")
    browser = Browser(system, NAME)

    page = browser.get("/desk/sessions")
    done = browser.fill(page, "/desk/sessions/end-others")

    assert "Chrome · Android" in page.text
    assert "113.160.*.*" in page.text
    assert "113.160.4.7" not in page.text
    assert done.header("location") == "/desk/sessions?done=1"
    assert (queue_with(system, phone), queue_with(system, stranger)) == (401, 200)
    assert browser.get("/desk/").status == 200


def test_api_lists_and_ends_the_sessions_of_who_asks_alone(system: System):
    first, second = signed_in(system), signed_in(system)
    other = signed_in(system, "huong.ccvc")

    listed = ask(system, "GET", "/desk/v1/sessions", second).json()["sessions"]
    ended = ask(system, "POST", "/desk/v1/sessions/end-others", second).json()

    assert [session["is_this"] for session in listed].count(True) == 1
    assert len(listed) == 2
    assert ended == {"ended": 1}
    assert [queue_with(system, token) for token in (first, second, other)] == [401, 200, 200]
    assert [petition_with(system, token) for token in (first, second, other)] == [401, 404, 404]


def test_officer_is_notified_of_a_new_device_once(system: System):
    Browser(system, NAME)
    assert letters(system) == []

    signed_in(system, agent="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", address="14.225.1.2")
    (letter,) = letters(system)
    signed_in(system, agent="Mozilla/5.0 (Windows NT 10.0) Firefox/141.0", address="14.225.9.9")

    assert letters(system) == [letter]
    assert letter.to == system.officers[NAME].email
    assert "Firefox · Windows" in letter.text
    assert "14.225.*.*" in letter.text
    assert "14.225.1.2" not in letter.text


def test_device_with_our_cookie_is_known_after_signing_out(system: System):
    browser = Browser(system, NAME)
    browser.fill(browser.get("/desk/"), "/desk/sign-out")

    browser.post("/desk/sign-in", {"username": NAME, "password": PASSWORD})

    assert letters(system) == []


# --- the second factor ---------------------------------------------------------------------------------


@pytest.fixture
def strict(system: System, monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    """The system where the roles that decide need a second factor."""
    monkeypatch.setenv("SECOND_FACTOR_NEEDED", "true")
    settings.forget()
    composition.parts.cache_clear()
    yield system
    for name in ("binh.vanphong", "quantri", "khanh.tocongtac", "kiemtoan"):
        moto_identity.forget_second_factor(system.local.cloud.pool_id, name)
    monkeypatch.delenv("SECOND_FACTOR_NEEDED")
    system.local.forget_parts()


def enrol(browser: Browser) -> HttpResponse:
    """Enrol the authenticator application that moto knows."""
    begun = browser.fill(browser.get("/desk/second-factor"), "/desk/second-factor")
    assert "<svg" in begun.text
    return browser.fill(begun, "/desk/second-factor/confirm", code=moto_identity.current_code())


@pytest.mark.parametrize("name", ["binh.vanphong", "khanh.tocongtac", "quantri", "kiemtoan"])
def test_role_that_decides_gets_nowhere_without_a_second_factor(strict: System, name: str):
    browser = Browser(strict, name)
    token = signed_in(strict, name)
    straight = strict.access_token(name)

    assert browser.get("/desk/").header("location") == "/desk/second-factor"
    assert browser.get("/desk/reports").header("location") == "/desk/second-factor"
    for bearer in (token, straight):
        answer = ask(strict, "GET", "/desk/v1/petitions", bearer)
        assert (answer.status, answer.json()["code"]) == (403, "second-factor-needed")


def test_other_roles_work_with_a_password(strict: System):
    assert Browser(strict, NAME).get("/desk/").status == 200


def test_officer_enrols_at_the_desk_and_needs_the_code_from_then_on(strict: System):
    browser = Browser(strict, "binh.vanphong")
    begun = browser.fill(browser.get("/desk/second-factor"), "/desk/second-factor")
    wrong = browser.fill(begun, "/desk/second-factor/confirm", code="000000")
    assert (wrong.status, wrong.text.count("<svg")) == (422, begun.text.count("<svg"))
    done = browser.fill(wrong, "/desk/second-factor/confirm", code=moto_identity.current_code())
    assert done.status == 303
    assert browser.get("/desk/").status == 200

    later = Browser(strict)
    challenge = later.post(
        "/desk/sign-in", {"username": "binh.vanphong", "password": "Local-binh.vanphong-2026"}
    )
    refused = later.fill(challenge, "/desk/sign-in", code="000000")
    challenge = later.post(
        "/desk/sign-in", {"username": "binh.vanphong", "password": "Local-binh.vanphong-2026"}
    )
    let_in = later.fill(challenge, "/desk/sign-in", code=moto_identity.current_code())

    assert (refused.status, let_in.status) == (401, 303)
    assert later.get("/desk/").status == 200


def test_code_that_opened_a_session_opens_no_second_one_by_page_or_program(strict: System):
    enrol(Browser(strict, "binh.vanphong"))
    code = moto_identity.current_code()
    login = {"username": "binh.vanphong", "password": "Local-binh.vanphong-2026"}
    signed_in(strict, "binh.vanphong", code=code)

    page = Browser(strict)
    on_page = page.fill(page.post("/desk/sign-in", login), "/desk/sign-in", code=code)
    by_program = strict.http("POST", "/desk/v1/session", json={**login, "code": code})

    assert (on_page.status, by_program.status) == (401, 401)
    assert "access_token" not in by_program.text


def test_guessing_codes_is_slowed_for_who_has_the_password_and_nobody_else_slows_the_owner(strict: System):
    enrol(Browser(strict, "binh.vanphong"))
    login = {"username": "binh.vanphong", "password": "Local-binh.vanphong-2026"}
    invented = {"challenge": "SOFTWARE_TOKEN_MFA", "session": "x" * 40, "username": "binh.vanphong"}

    for number in range(12):
        strict.http("POST", "/desk/v1/session", json={**invented, "code": f"{number:06}"})
    stranger = Browser(strict)
    owner = stranger.fill(
        stranger.post("/desk/sign-in", login), "/desk/sign-in", code=moto_identity.current_code()
    )
    wrong = [
        strict.http("POST", "/desk/v1/session", json={**login, "code": f"{n:03}abc"}).status
        for n in range(11)
    ]

    assert owner.status == 303
    assert wrong == [401] * 10 + [429]


def test_enrolling_ends_the_sessions_that_had_the_password_alone(strict: System):
    thief = Browser(strict, "binh.vanphong")
    owner = Browser(strict, "binh.vanphong")

    enrol(owner)

    assert owner.get("/desk/").status == 200
    assert thief.post("/desk/second-factor", {}).header("location").startswith("/desk/sign-in")


def test_administrator_resets_a_lost_second_factor_and_it_is_recorded_and_its_owner_notified(strict: System):
    lost = Browser(strict, "binh.vanphong")
    enrol(lost)
    administrator = Browser(strict, "quantri")
    enrol(administrator)
    reason = "Mất điện thoại, đã gọi lại số nội bộ"

    own = administrator.post("/desk/second-factor/reset", {"username": "quantri", "reason": reason})
    done = administrator.post("/desk/second-factor/reset", {"username": "binh.vanphong", "reason": reason})
    auditor = Browser(strict, "kiemtoan")
    enrol(auditor)

    assert (own.status, done.status) == (422, 303)
    assert lost.get("/desk/").status == 303
    assert Browser(strict, "binh.vanphong").get("/desk/").header("location") == "/desk/second-factor"
    assert reason in auditor.get("/desk/second-factor").text
    letter = next(mail for mail in letters(strict) if "reset" in mail.reference)
    assert letter.to == strict.officers["binh.vanphong"].email
    assert "đã đặt lại xác thực hai bước" in letter.text


@pytest.mark.parametrize("name", ["lan.tiepnhan", "minh.ccvc", "kiemtoan", "binh.vanphong"])
def test_nobody_but_an_administrator_resets(system: System, name: str):
    browser = Browser(system, name)

    answer = browser.post("/desk/second-factor/reset", {"username": "quantri", "reason": "một lý do nào đó"})

    assert answer.status == 403


def test_administrator_without_a_second_factor_of_their_own_resets_nobodys(strict: System):
    browser = Browser(strict, "quantri")

    answer = browser.post(
        "/desk/second-factor/reset", {"username": "binh.vanphong", "reason": "một lý do nào đó"}
    )

    assert answer.status == 403


# --- cookies -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("public_url", "begins", "flags"),
    [
        pytest.param("https://pakn.example.vn", "__Host-pakn_desk=", {"Secure", "Path=/"}, id="https"),
        pytest.param("http://localhost:8088", "pakn_desk=", {"Path=/desk"}, id="this-machine"),
    ],
)
def test_cookie_is_bound_to_its_host_wherever_there_is_https(public_url: str, begins: str, flags: set[str]):
    tokens = Tokens(access_token="a.b.c", id_token="", expires_in=60)

    cookie = gate.session_cookie(tokens, public_url)

    parts = set(cookie.split("; "))
    assert cookie.startswith(begins)
    assert flags | {"HttpOnly", "SameSite=Strict"} <= parts
    assert not any(part.startswith("Domain") for part in parts)
