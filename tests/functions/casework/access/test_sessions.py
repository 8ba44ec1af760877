"""Officers with real tokens of the user pool are let in; every kind of wrong token is refused."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.casework import composition
from chalicelib.casework.access.cognito import Cognito
from chalicelib.casework.access.sessions import SessionRules, Sessions
from chalicelib.casework.access.tokens import TokenVerifier
from infra.local.emulation.functions import HttpResponse
from shared.domain.access.roles import Role
from shared.domain.errors import IdentityUnavailableError, UnauthenticatedError
from shared.domain.promises.restorations import Restoration
from shared.tables.directory import OPERATIONS
from shared.tables.throttle.officer_sessions import OfficerSessions
from tests.support.builders import keyring_of
from tests.support.desk_pages import Browser, form_to
from tests.support.system import System

POOL, CLIENT = "ap-southeast-1_Pool", "client-of-the-desk"
ISSUER = f"https://cognito-idp.ap-southeast-1.amazonaws.com/{POOL}"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def sessions(system: System, tmp_path: Path) -> Sessions:
    """Sessions that trust the public half of KEY alone, over the real directory."""
    assert system.officers
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    keys = {"keys": [public | {"kid": "ours", "alg": "RS256", "use": "sig"}]}
    jwks = tmp_path / "khóa công khai.json"
    jwks.write_text(json.dumps(keys), encoding="utf-8")
    return Sessions(
        Cognito(POOL, CLIENT),
        TokenVerifier(POOL, CLIENT, jwks.as_uri()),
        OfficerSessions(system.local.cloud.outputs["ThrottleTable"]),
        composition.parts().directory,
        keyring_of("a key of the identifiers' length."),
        SessionRules(timedelta(minutes=30), timedelta(hours=12), frozenset()),
        announce=lambda _event: None,
    )


def a_token(
    *,
    key: rsa.RSAPrivateKey = KEY,
    kid: str | None = "ours",
    without: str = "",
    groups: tuple[str, ...] = ("handler",),
    **claims: Any,
) -> str:
    """Build an access token as Cognito makes them; `claims` replace, `without` leaves one out."""
    now = int(time.time())
    facts = {
        "iss": ISSUER,
        "client_id": CLIENT,
        "token_use": "access",
        "username": "minh.ccvc",
        "cognito:groups": groups,
        "origin_jti": "0a1b2c3d-session",
        "iat": now,
        "exp": now + 3600,
        **claims,
    }
    facts.pop(without, None)
    return jwt.encode(facts, key, algorithm="RS256", headers={"kid": kid} if kid else {})


def test_token_of_the_pool_names_the_officer_with_unit_and_roles(sessions: Sessions):
    officer = sessions.officer(a_token())

    assert (officer.username, officer.name, officer.unit) == ("minh.ccvc", "Nguyễn Đức Minh", "VCCVC")
    assert officer.roles == {Role.HANDLER}


@pytest.mark.parametrize(
    ("groups", "roles"),
    [
        pytest.param(("handler", "root", "Handler"), {Role.HANDLER}, id="unknown-groups-are-none"),
        pytest.param(("approver", "handler"), {Role.HANDLER}, id="what-the-directory-does-not-give-is-none"),
        pytest.param((), set(), id="what-the-account-lacks-is-none"),
    ],
)
def test_role_holds_where_both_token_and_directory_give_it(
    sessions: Sessions, groups: tuple[str, ...], roles: set[Role]
):
    assert sessions.officer(a_token(groups=groups)).roles == roles


def _unsigned(**claims: Any) -> str:
    header, body = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in (
            {"alg": "none", "typ": "JWT", "kid": "ours"},
            {**jwt.decode(a_token(), options={"verify_signature": False}), **claims},
        )
    )
    return f"{header}.{body}."


def _signed_with_public_key_as_secret() -> str:
    header, body, _signature = a_token().split(".")
    facts = json.loads(base64.urlsafe_b64decode(body + "=="))
    assert header
    return jwt.encode(facts, "x" * 64, algorithm="HS256", headers={"kid": "ours"})


def _with_other_claims() -> str:
    header, _body, signature = a_token().split(".")
    other = a_token(username="binh.vanphong").split(".")[1]
    return f"{header}.{other}.{signature}"


FORGED = [
    pytest.param(lambda: a_token(key=FOREIGN_KEY), id="signed-by-another-key-under-our-key-id"),
    pytest.param(lambda: a_token(kid="theirs"), id="unknown-key-id"),
    pytest.param(lambda: a_token(kid=None), id="no-key-id"),
    pytest.param(_unsigned, id="algorithm-none"),
    pytest.param(_signed_with_public_key_as_secret, id="hmac-instead-of-rsa"),
    pytest.param(_with_other_claims, id="claims-exchanged"),
    pytest.param(lambda: a_token()[:-4] + "AAAA", id="signature-altered"),
    pytest.param(lambda: a_token() + "x", id="signature-lengthened"),
    pytest.param(lambda: a_token(exp=int(time.time()) - 1), id="expired"),
    pytest.param(lambda: a_token(without="exp"), id="without-end"),
    pytest.param(lambda: a_token(exp="mai"), id="end-that-is-no-time"),
    pytest.param(lambda: a_token(nbf=int(time.time()) + 600), id="not-yet-valid"),
    pytest.param(lambda: a_token(iss=f"{ISSUER}x"), id="another-pool"),
    pytest.param(lambda: a_token(without="iss"), id="without-issuer"),
    pytest.param(lambda: a_token(client_id="client-of-somebody"), id="another-client"),
    pytest.param(lambda: a_token(without="client_id"), id="without-client"),
    pytest.param(lambda: a_token(without="client_id", aud=CLIENT), id="audience-instead-of-client"),
    pytest.param(lambda: a_token(token_use="id"), id="id-token"),
    pytest.param(lambda: a_token(without="token_use"), id="without-use"),
    pytest.param(lambda: a_token(username="ai.do"), id="nobody-we-know"),
    pytest.param(lambda: a_token(without="username"), id="without-name"),
    pytest.param(lambda: a_token(without="origin_jti"), id="without-session"),
    pytest.param(lambda: a_token(origin_jti=5), id="session-that-is-no-name"),
    pytest.param(lambda: a_token(iat=int(time.time()) - 13 * 3600), id="signed-in-yesterday"),
    pytest.param(lambda: "", id="empty"),
    pytest.param(lambda: "a.b.c", id="no-token"),
    pytest.param(lambda: "ếch.ngồi.đáy", id="not-ascii"),
    pytest.param(lambda: "x" * 20_000, id="huge"),
]


@pytest.mark.parametrize("forge", FORGED)
def test_token_that_does_not_hold_names_nobody(sessions: Sessions, forge: Any):
    with pytest.raises(UnauthenticatedError):
        sessions.officer(forge())


def list_with(system: System, authorization: str | None) -> HttpResponse:
    """Ask for the queue."""
    headers = {"Authorization": authorization} if authorization is not None else {}
    return system.http("GET", "/desk/v1/petitions", headers=headers)


def test_access_token_opens_the_desk_and_the_id_token_does_not(system: System):
    assert list_with(system, f"Bearer {system.access_token('minh.ccvc')}").status == 200
    assert list_with(system, f"bearer {system.access_token('minh.ccvc')}").status == 200
    assert list_with(system, f"Bearer {system.token('minh.ccvc')}").status == 401


@pytest.mark.parametrize(
    "authorization",
    [
        pytest.param(None, id="none"),
        pytest.param("", id="empty"),
        pytest.param("Bearer", id="no-token"),
        pytest.param("Bearer  ", id="blank-token"),
        pytest.param("Basic bWluaDptaW5o", id="basic"),
        pytest.param(f"Bearer {a_token()}", id="token-of-another-pool-and-key"),
    ],
)
def test_request_without_a_session_learns_nothing(system: System, authorization: str | None):
    answer = list_with(system, authorization)

    assert (answer.status, answer.json()["code"]) == (401, "unauthenticated")
    assert answer.header("www-authenticate") == "Bearer"


def test_tokens_of_another_pool_and_of_another_client_are_refused(system: System):
    cognito = system.local.cloud.client("cognito-idp")
    password = "Local-minh.ccvc-2026"
    elsewhere = cognito.create_user_pool(PoolName="elsewhere")["UserPool"]["Id"]
    cognito.admin_create_user(UserPoolId=elsewhere, Username="minh.ccvc", MessageAction="SUPPRESS")
    cognito.admin_set_user_password(
        UserPoolId=elsewhere, Username="minh.ccvc", Password=password, Permanent=True
    )

    for pool in (elsewhere, system.local.cloud.pool_id):
        client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="another")["UserPoolClient"]
        tokens = cognito.initiate_auth(
            ClientId=client["ClientId"],
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": "minh.ccvc", "PASSWORD": password},
        )["AuthenticationResult"]
        assert list_with(system, f"Bearer {tokens['AccessToken']}").status == 401


def sign_in(system: System, **body: Any) -> HttpResponse:
    """Ask for a session."""
    return system.http("POST", "/desk/v1/session", json=body)


def test_session_tells_who_the_officer_is(system: System):
    answer = sign_in(system, username="huong.ccvc", password="Local-huong.ccvc-2026")

    assert answer.status == 200
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["officer"] == {
        "username": "huong.ccvc",
        "name": "Trần Thị Hương",
        "unit": "VCCVC",
        "roles": ["unit-head"],
    }
    assert answer.header("cache-control") == "no-store"


def test_wrong_password_and_unknown_name_are_one_answer(system: System):
    wrong = sign_in(system, username="minh.ccvc", password="sai-mật-khẩu")
    unknown = sign_in(system, username="ai.do", password="sai-mật-khẩu")

    assert (wrong.status, unknown.status) == (401, 401)
    assert wrong.body == unknown.body


def test_first_sign_in_asks_for_a_new_password_and_takes_it(system: System):
    cognito = system.local.cloud.client("cognito-idp")
    cognito.admin_set_user_password(
        UserPoolId=system.local.cloud.pool_id, Username="kiemtoan", Password="Tam-thoi-2026!", Permanent=False
    )

    challenge = sign_in(system, username="kiemtoan", password="Tam-thoi-2026!")
    assert challenge.json()["challenge"] == "NEW_PASSWORD_REQUIRED"
    opened = sign_in(
        system,
        username="kiemtoan",
        challenge="NEW_PASSWORD_REQUIRED",
        session=challenge.json()["session"],
        new_password="Local-kiemtoan-2026",
    )

    assert opened.status == 200, opened.text
    assert opened.json()["officer"]["username"] == "kiemtoan"


# --- the provider's keys cannot be read -------------------------------------------------------------------


class _Keys(BaseHTTPRequestHandler):
    """Answers as an identity provider in trouble does."""

    status, body = 500, b"Internal Server Error"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def keys_that_answer(status: int, body: bytes) -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), type("_", (_Keys,), {"status": status, "body": body}))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/jwks.json"
    server.shutdown()
    server.server_close()


@pytest.fixture(
    params=[
        pytest.param((500, b"Internal Server Error"), id="an error"),
        pytest.param((200, b"<html>Maintenance</html>"), id="no JSON"),
        pytest.param((200, b'{"keys": []}'), id="no keys"),
        pytest.param(None, id="nobody listens"),
    ]
)
def unreachable(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a key set that cannot be read."""
    if request.param is None:
        yield "http://127.0.0.1:1/jwks.json"
    else:
        yield from keys_that_answer(*request.param)


def test_unreachable_keys_say_nothing_about_a_token_and_are_counted(
    unreachable: str, capsys: pytest.CaptureFixture[str]
):
    verifier = TokenVerifier(POOL, CLIENT, unreachable)

    with pytest.raises(IdentityUnavailableError):
        verifier.claims(a_token())

    assert "IdentityKeysUnreachable" in capsys.readouterr().out


def test_what_is_no_token_is_refused_even_then(unreachable: str):
    with pytest.raises(UnauthenticatedError):
        TokenVerifier(POOL, CLIENT, unreachable).claims("no token")


@pytest.fixture
def without_keys(system: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """The desk with a session, and with keys that cannot be read."""
    parts = composition.parts()
    monkeypatch.setattr(
        parts.sessions, "_tokens", TokenVerifier(POOL, CLIENT, "http://127.0.0.1:1/jwks.json")
    )
    return system


def test_api_answers_503_and_when_to_try_again(without_keys: System):
    headers = {"Authorization": f"Bearer {without_keys.access_token('minh.ccvc')}"}

    answer = without_keys.http("GET", "/desk/v1/petitions", headers=headers)

    assert (answer.status, answer.json()["code"]) == (503, "identity-unavailable")
    assert answer.header("retry-after") == "30"


def test_page_signs_nobody_out_and_keeps_a_form_that_was_sent(without_keys: System):
    browser = Browser(without_keys)
    browser.cookies["pakn_desk"] = without_keys.access_token("minh.ccvc")

    page = browser.get("/desk/")
    sent = browser.post(
        "/desk/petitions/26483190275/note", {"version": "3", "note": "Đã gọi cho địa phương ngày 3/11."}
    )

    for answer in (page, sent):
        assert answer.status == 503
        assert answer.header("retry-after") == "30"
        assert not answer.header("set-cookie")
    form = form_to(sent.text, "/desk/petitions/26483190275/note")
    assert dict(form.fields) == {"version": "3", "note": "Đã gọi cho địa phương ngày 3/11."}


def test_sessions_of_before_a_restoration_of_the_data_end(sessions: Sessions, system: System):
    now = datetime.now(UTC)
    token = a_token(iat=int(now.timestamp()))
    assert sessions.officer(token).username == "minh.ccvc"
    restored = Restoration(number=1, to=now - timedelta(hours=8), at=now + timedelta(seconds=1))
    directory = composition.parts().directory

    directory.put(OPERATIONS, "1", date(2026, 1, 1), restored.model_dump(mode="json"))

    with pytest.raises(UnauthenticatedError):
        sessions.officer(token)
    directory.remove(OPERATIONS, "1", date(2026, 1, 1))
