"""HTTP reaches a function as through API Gateway, and its answer comes back as it was given."""

from __future__ import annotations

from typing import Any

import pytest

from infra.local.emulation.functions import MAX_BODY_BYTES, HttpResponse, load
from infra.local.system import split
from tests.campaigns.faults.injection import Crash
from tests.local.tiny import Script
from tests.support.system import System

OCTETS = {"content-type": "application/octet-stream"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param("/", ("intake", "/"), id="the site"),
        pytest.param("/v1/petitions?a=b", ("intake", "/v1/petitions?a=b"), id="the JSON API with its query"),
        pytest.param("/desk", ("casework", "/"), id="the desk without slash"),
        pytest.param("/desk/", ("casework", "/"), id="the desk"),
        pytest.param("/desk/v1/session", ("casework", "/v1/session"), id="below the desk"),
        pytest.param("/desk?lang=en", ("casework", "/?lang=en"), id="the desk with a query"),
        pytest.param("/desks", ("intake", "/desks"), id="not the desk"),
        pytest.param("/receipts/esms", ("notifier", "/esms"), id="providers' receipts"),
        pytest.param("/v1/desk/", ("intake", "/v1/desk/"), id="desk further on in the path"),
    ],
)
def test_the_path_decides_which_function_answers(path: str, expected: tuple[str, str]) -> None:
    assert split(path) == expected


def test_the_prefix_is_gone_before_the_function_sees_the_path(tiny: System) -> None:
    assert tiny.http("GET", "/receipts/esms").json() == {"path": "/esms"}


@pytest.mark.parametrize(
    ("path", "field", "expected"),
    [
        pytest.param("//echo///word", "word", "word", id="slashes that were typed twice"),
        pytest.param("/echo/word/", "word", "word", id="a slash at the end"),
        pytest.param("/echo/a%2Fb", "word", "a%2Fb", id="a path parameter stays encoded"),
        pytest.param(
            "/echo/w?x=1&x=2&y=", "query", {"x": ["1", "2"], "y": [""]}, id="repeated and empty parameters"
        ),
        pytest.param("/echo/w?x=%C4%91%20a", "query", {"x": ["đ a"]}, id="Vietnamese in the query"),
        pytest.param("/echo/w?next=//evil", "query", {"next": ["//evil"]}, id="slashes in the query stay"),
    ],
)
def test_paths_and_queries_arrive(tiny: System, path: str, field: str, expected: Any) -> None:
    assert tiny.http("GET", path).json()[field] == expected


def test_the_caller_s_address_arrives(tiny: System) -> None:
    assert tiny.http("GET", "/echo/w", source_ip="203.0.113.7").json()["ip"] == "203.0.113.7"


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        pytest.param(OCTETS, b"\x00\xff\x80", b"\x00\xff\x80", id="binary types byte for byte"),
        pytest.param(
            {"content-type": "application/octet-stream; v=1"}, b"\xff", b"\xff", id="binary with a parameter"
        ),
        pytest.param({"content-type": "text/plain"}, "đơn".encode(), "đơn".encode(), id="text as UTF-8"),
        pytest.param(
            {"content-type": "text/plain"},
            b"a\xffb",
            "a\ufffdb".encode(),
            id="text that is no UTF-8 is replaced",
        ),
        pytest.param({"content-type": "text/plain"}, b"", b"", id="no body"),
    ],
)
def test_bodies_arrive(tiny: System, headers: dict[str, str], body: bytes, expected: bytes) -> None:
    answer = tiny.http("POST", "/echo/w", headers=headers, body=body)

    assert bytes.fromhex(answer.json()["body"]) == expected


def test_head_is_answered_as_get(tiny: System) -> None:
    assert tiny.http("HEAD", "/echo/w").status == 200


def test_an_unknown_path_reaches_the_function_too(tiny: System) -> None:
    answer = tiny.http("GET", "/nowhere/at/all")

    assert (answer.status, answer.json()["code"]) == (404, "unknown-address")


def test_a_body_larger_than_lambda_takes_is_refused(tiny: System, script: Script) -> None:
    answer = tiny.http("POST", "/react", body=b"x" * (MAX_BODY_BYTES + 1))

    assert answer.status == 413
    assert script.events("react") == []


@pytest.mark.parametrize(
    ("error", "status"),
    [
        pytest.param(ValueError("secret"), 500, id="an exception is Chalice's 500"),
        pytest.param(Crash(), 502, id="a dead process is the gateway's 502"),
    ],
)
def test_a_failing_function_answers_without_its_error_s_text(
    tiny: System, script: Script, error: BaseException, status: int
) -> None:
    def react(_event: dict[str, Any]) -> None:
        raise error

    script.reactions["react"] = react

    answer = tiny.http("GET", "/react")

    assert answer.status == status
    assert "secret" not in answer.text


def test_cookies_of_an_answer_can_be_read(tiny: System) -> None:
    assert tiny.http("GET", "/echo/w").cookies == {"seen": "yes"}


def test_headers_are_found_in_any_case() -> None:
    assert HttpResponse(200, (("X-Thing", "1"), ("x-thing", "2"))).header("x-THING") == "1"


def test_an_app_file_without_app_is_an_error(tmp_path: Any) -> None:
    (tmp_path / "intake").mkdir()
    (tmp_path / "intake" / "app.py").write_text("app = 1\n")

    with pytest.raises(TypeError, match="no Chalice app"):
        load(tmp_path, ("intake",))
