"""Every answer over HTTP, whoever asks for what: its headers, and a page or document where there is nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest

from infra.local.emulation.functions import MAX_BODY_BYTES, HttpResponse
from infra.local.system import PREFIXES
from shared.platform import clock
from tests.support.desk_pages import Browser, forms_in
from tests.support.people import CONTENT, Citizen, Officer
from tests.support.system import System

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
PREFIX = {"intake": "", **{function: prefix for prefix, function in PREFIXES.items()}}
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE")


def assert_headers(answer: HttpResponse, what: str) -> None:
    """Check the headers that every answer has."""
    assert answer.header("Strict-Transport-Security") == "max-age=31536000; includeSubDomains", what
    assert answer.header("X-Content-Type-Options") == "nosniff", what
    assert answer.header("Referrer-Policy") == "no-referrer", what
    assert answer.header("Cache-Control"), what
    if answer.header("Content-Type").startswith("text/html"):
        assert "default-src 'none'" in answer.header("Content-Security-Policy"), what
        assert "frame-ancestors 'none'" in answer.header("Content-Security-Policy"), what
        assert answer.header("X-Frame-Options") == "DENY", what


def addresses(system: System) -> Iterator[tuple[str, str]]:
    """Yield each route of each function as a request: method and address."""
    for function, app in system.local.functions.apps.items():
        for route in app.routes:
            address = "/".join("x" if part.startswith("{") else part for part in route.split("/"))
            for method in METHODS:
                yield method, f"{PREFIX[function]}{address}"


@pytest.mark.parametrize("username", [None, "quantri"], ids=["anybody", "an administrator"])
def test_every_answer_of_every_route_has_the_headers(system: System, username: str | None):
    cookies = Browser(system, username).cookies if username else {}
    jar = "; ".join(f"{name}={value}" for name, value in cookies.items())
    headers = {"Accept": BROWSER, **({"Cookie": jar} if jar else {})}
    walked = 0

    for method, address in addresses(system):
        if address != "/desk/sign-out":
            answer = system.http(method, address, headers=headers)
            assert_headers(answer, f"{method} {address}")
            waits = answer.status == 503 and answer.header("Retry-After")  # no index was built yet
            assert answer.status < 500 or waits, f"{method} {address}"
            walked += 1

    assert walked > 600


@pytest.mark.parametrize(
    "address",
    [
        "/assets/site.css",
        "/assets/mark.svg",
        "/v1/open-data/statistics.csv",
        "/open311/v2/services.xml",
        "/openapi.json",
        "/v1/fields",
    ],
)
def test_files_and_documents_have_the_headers(system: System, address: str):
    answer = system.http("GET", address)

    assert answer.status == 200
    assert_headers(answer, address)


def test_exports_of_reports_have_the_headers(system: System):
    officer = Officer(system, "binh.vanphong")

    answers = [officer.get(f"/v1/reports/workload?format={ending}") for ending in ("csv", "xlsx")]

    for answer in answers:
        assert answer.status == 200
        assert_headers(answer, "an export")


NOWHERE = ["/khong-co", "/tra-cuu/khong-co", "/a/b/c", "/a/b/c/d/e/f/g", "/assets/khong-co.css", "/gui/x"]
DESK = ["/desk/khong-co", "/desk/petitions/1/2/3", "/desk/a/b/c/d/e"]


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
@pytest.mark.parametrize("address", [*NOWHERE, *DESK])
def test_an_address_that_leads_nowhere_gets_a_page_that_leads_on(system: System, address: str, method: str):
    answer = system.http(method, address, headers={"Accept": BROWSER})

    assert answer.status == (404 if method == "GET" or not address.startswith("/assets/") else 405)
    assert answer.header("Content-Type") == "text/html; charset=utf-8"
    assert "1900 1547" in answer.text or address.startswith("/desk")
    assert 'href="/desk/"' in answer.text or 'href="/gui"' in answer.text


@pytest.mark.parametrize(
    ("method", "address", "allowed"),
    [
        pytest.param("PUT", "/gui", "GET, HEAD, OPTIONS, POST", id="put of the form"),
        pytest.param("POST", "/cong-khai", "GET, HEAD, OPTIONS", id="post to a list"),
        pytest.param("GET", "/tra-cuu/bo-sung?lang=vi", "OPTIONS, POST", id="get of a form's address"),
        pytest.param("DELETE", "/desk/sign-in", "GET, HEAD, OPTIONS, POST", id="at the desk"),
    ],
)
def test_another_method_gets_a_page_that_leads_on(system: System, method: str, address: str, allowed: str):
    answer = system.http(method, address)

    assert (answer.status, answer.header("Allow")) == (405, allowed)
    assert answer.header("Content-Type") == "text/html; charset=utf-8"
    assert "Không làm được việc này tại đây" in answer.text


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        pytest.param("GET", "/v1/khong-co", 404, "unknown-address", id="unknown"),
        pytest.param("GET", "/v1/a/b/c/d", 404, "unknown-address", id="deep"),
        pytest.param("DELETE", "/v1/petitions", 405, "method-not-allowed", id="another method"),
        pytest.param("GET", "/desk/v1/khong-co", 404, "unknown-address", id="at the desk"),
        pytest.param("GET", "/receipts/a/b/c", 404, "unknown-address", id="receipts"),
        pytest.param("PUT", "/sms/esms", 405, "method-not-allowed", id="a webhook"),
    ],
)
def test_programs_get_a_problem_document(system: System, method: str, address: str, status: int, code: str):
    answer = system.http(method, f"{address}?lang=en")

    assert (answer.status, answer.json()["code"]) == (status, code)
    assert answer.header("Content-Type") == "application/problem+json; charset=utf-8"
    assert answer.json()["title"] in {"Page not found", "This cannot be done here"}


@pytest.mark.parametrize(
    ("address", "accept", "content_type"),
    [
        pytest.param(
            "/a/b", "application/json", "application/problem+json", id="a program that asks for JSON"
        ),
        pytest.param("/v1/a", BROWSER, "text/html", id="a browser at a program's address"),
        pytest.param("/a/b", "*/*", "text/html", id="nobody says what"),
        pytest.param("/v1/a", "*/*", "application/problem+json", id="nobody says what, below /v1"),
    ],
)
def test_the_caller_s_format_decides(system: System, address: str, accept: str, content_type: str):
    answer = system.http("GET", address, headers={"Accept": accept})

    assert answer.header("Content-Type").startswith(content_type)


def test_open311_is_answered_in_its_own_formats(system: System):
    as_xml = system.http("GET", "/open311/v2/a/b/c.xml")
    as_json = system.http("DELETE", "/open311/v2/requests.json")

    assert "<code>404</code>" in as_xml.text
    assert [error["code"] for error in as_json.json()] == [405]


def test_head_and_options_say_what_there_is(system: System):
    head = system.http("HEAD", "/gui")
    options = system.http("OPTIONS", "/v1/petitions")

    assert (head.status, head.body, head.header("Content-Type")) == (200, b"", "text/html; charset=utf-8")
    assert (options.status, options.header("Allow")) == (204, "OPTIONS, POST")


@pytest.mark.parametrize(
    ("address", "english"),
    [
        pytest.param("/a/b?lang=en", "Page not found", id="the site"),
        pytest.param("/desk/a/b?lang=en", "Page not found", id="the desk"),
    ],
)
def test_the_page_speaks_the_reader_s_language(system: System, address: str, english: str):
    assert english in system.http("GET", address, headers={"Accept": BROWSER}).text


def test_who_is_signed_in_keeps_the_menu_at_an_unknown_address(system: System):
    answer = Browser(system, "lan.tiepnhan").get("/desk/khong/co")

    assert answer.status == 404
    assert '<a href="/desk/queue">Hồ sơ</a>' in answer.text
    assert "Đỗ Thị Lan" in answer.text


SECRET = "so dien thoai 0912345678"


@pytest.mark.parametrize(
    ("method", "address", "content_type"),
    [
        pytest.param("GET", "/cong-khai", "text/html", id="a page of the site"),
        pytest.param("GET", "/v1/published", "application/problem+json", id="the API"),
        pytest.param("GET", "/open311/v2/requests.xml", "text/xml", id="Open311"),
        pytest.param("GET", "/desk/sign-in", "text/html", id="a page of the desk"),
    ],
)
def test_an_unexpected_error_gives_its_code_and_time_and_none_of_its_text(
    system: System, method: str, address: str, content_type: str, caplog: Any
):
    function = "casework" if address.startswith("/desk") else "intake"
    app = system.local.functions.apps[function]
    route = address.removeprefix("/desk").replace("requests.xml", "{file}")
    entry = app.routes[route][method]
    view, entry.view_function = entry.view_function, _fail

    try:
        answer = system.http(method, address)
    finally:
        entry.view_function = view

    assert (answer.status, answer.header("Content-Type").partition(";")[0]) == (500, content_type)
    assert SECRET not in answer.text
    logged = vars(caplog.records[-1])
    assert logged["incident"] in answer.text
    assert f"{clock.now():%d/%m/%Y}" in answer.text
    assert (logged["error"], logged["calls"][-1].split()[-1]) == ("ValueError", "_fail")
    assert SECRET not in str(logged)


def _fail(**_parameters: str) -> None:
    raise ValueError(SECRET)


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        pytest.param(BROWSER, "text/html", id="a browser"),
        pytest.param("*/*", "application/json", id="a program"),
    ],
)
def test_what_the_gateway_says_by_itself_is_a_page_or_a_problem(
    system: System, accept: str, content_type: str
):
    answer = system.http("POST", "/gui", body=b"x" * (MAX_BODY_BYTES + 1), headers={"Accept": accept})

    assert answer.status == 413
    assert answer.header("Content-Type").startswith(content_type)
    assert answer.header("Strict-Transport-Security")
    assert "Nội dung gửi lên quá lớn" in answer.text


# --- the other language --------------------------------------------------------------------------------


def linked_in_english(system: System, answer: HttpResponse, address: str) -> HttpResponse:
    """Follow the link to English of the page at an address."""
    link = re.search(r'<a class="lang" href="([^"]+)" lang="en"', answer.text)
    assert link is not None
    return system.http("GET", urljoin(address, html.unescape(link[1])))


def form_in_english(system: System, answer: HttpResponse, action: str) -> HttpResponse:
    """Follow the switch to English of a page that a form answered with."""
    form = next(form for form in forms_in(answer.text) if form.action == f"{action}?lang=en")
    return system.http("POST", form.action, form=dict([*form.fields, *form.buttons]))


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        pytest.param("/tra-cuu", {}, id="looked up"),
        pytest.param("/tra-cuu/bo-sung", {"content": "Xin bổ sung ngày nộp."}, id="supplemented"),
        pytest.param("/tra-cuu/bo-sung", {"content": ""}, id="refused"),
        pytest.param("/tra-cuu/lien-he", {"email": "an@example.vn"}, id="a contact added"),
        pytest.param("/tra-cuu/rut", {"confirm": "1"}, id="withdrawn"),
    ],
)
def test_after_a_form_the_other_language_is_the_petition_s_page(
    system: System, address: str, typed: dict[str, str]
):
    sender = Citizen(system, content="Phòng Nội vụ trả lời hồ sơ của tôi chậm 20 ngày.")
    sender.send()
    proof = {"ma": sender.reference, "pin": sender.pin}
    answer = system.http("POST", address, form={**proof, **typed})

    english = linked_in_english(system, answer, address)

    assert english.status == 200
    assert '<html lang="en">' in english.text
    assert "Phòng Nội vụ trả lời hồ sơ của tôi" in english.text


def test_a_letter_s_link_leads_to_its_petition_in_the_other_language(system: System):
    sender = Citizen(system)
    sender.send()
    letter = next(mail.text for mail in system.outbox(sender.reference) if "&t=" in mail.text)
    link = re.search(r"/tra-cuu[?]ma=\d+&t=[\w-]+", letter)
    assert link is not None

    english = linked_in_english(system, system.http("GET", link[0]), link[0])

    assert english.status == 200
    assert '<html lang="en">' in english.text
    assert CONTENT in english.text


def test_the_form_keeps_what_was_typed_in_the_other_language(system: System):
    typed = {"content": "Nội dung của tôi", "name": "", "address": "Huế", "reply_by": "SMS", "key": "page-1"}
    answer = system.http("POST", "/gui", form=typed)

    english = form_in_english(system, answer, "/gui")

    assert english.status == 200
    assert "Nội dung của tôi" in english.text
    assert '<html lang="en">' in english.text


def test_a_search_is_kept_in_the_other_language(system: System):
    answer = system.http("GET", "/cong-khai?q=nang+ngach&field=CCVC")

    assert 'href="?q=nang+ngach&amp;field=CCVC&amp;lang=en"' in answer.text
