"""The form for sending: its challenge, a look before it goes, similar answers, the receipt."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from altcha import Payload, solve_challenge
from altcha.v2 import Challenge

from chalicelib.intake import composition
from chalicelib.intake.limits.proof_of_work import HOLDS_FOR, Challenges
from infra.local.emulation.functions import HttpResponse
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.classification import Lane, Proposal
from shared.web.qr import qr_svg
from tests.support.builders import keyring_of
from tests.support.search_files import build_index
from tests.support.system import System

FORM = {
    "content": "Phòng Nội vụ trả lời hồ sơ chậm.",
    "name": "Nguyễn Văn An",
    "address": "12 Lê Lợi, Huế",
    "phone": "0912 345 678",
}


def hidden(html: str, name: str) -> str:
    match = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert match, name
    return unescape(match[1])


def challenge_in(html: str) -> str:
    match = re.search(r'data-challenge="([^"]*)"', html)
    assert match
    return unescape(match[1])


def proof_of(challenge: str) -> str:
    """Solve a challenge as the page's worker does."""
    parsed = Challenge.from_dict(json.loads(challenge))
    solution = solve_challenge(parsed)
    assert solution
    return Payload(parsed, solution).to_base64()


# --- the challenge --------------------------------------------------------------------------------------


def test_page_asks_for_a_proof_and_takes_it(intake):
    page = intake.http("GET", "/gui").text
    proof = proof_of(challenge_in(page))

    assert composition.parts().challenges.is_met(proof, hidden(page, "key"))


def test_proof_that_was_brought_is_kept_while_mistakes_are_mended(intake):
    page = intake.http("GET", "/gui").text
    proof = proof_of(challenge_in(page))

    again = intake.http("POST", "/gui", form={"key": hidden(page, "key"), "proof": proof}).text

    assert hidden(again, "proof") == proof
    assert challenge_in(again) == ""


def _with(proof: str, change: Callable[[dict[str, Any]], object]) -> str:
    payload = json.loads(base64.b64decode(proof))
    change(payload)
    return base64.b64encode(json.dumps(payload).encode()).decode()


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda p: p["solution"].update(derivedKey="00" * 32), id="made up solution"),
        pytest.param(lambda p: p["solution"].update(counter=-1), id="no counter"),
        pytest.param(lambda p: p["challenge"]["parameters"].update(cost=1), id="made easier"),
        pytest.param(lambda p: p["challenge"]["parameters"].update(keyPrefix=""), id="made trivial"),
        pytest.param(lambda p: p["challenge"]["parameters"].update(algorithm="SHA-256"), id="made another"),
        pytest.param(lambda p: p["challenge"]["parameters"]["data"].update(form="page-2"), id="made for another form"),
        pytest.param(lambda p: p["challenge"]["parameters"]["data"].update(until=9e9), id="prolonged"),
        pytest.param(lambda p: p["challenge"].update(signature="0" * 64), id="signed by somebody else"),
        pytest.param(lambda p: p["challenge"].pop("signature"), id="not signed"),
        pytest.param(lambda p: p.pop("solution"), id="not solved"),
        pytest.param(lambda p: p["challenge"].update(parameters=None), id="empty"),
    ],
)  # fmt: skip
def test_proof_that_was_tampered_with_is_none(intake, change):
    challenges = Challenges(keyring_of("key"), cost=3)
    proof = proof_of(challenges.make("page-1"))

    assert challenges.is_met(proof, "page-1")
    assert not challenges.is_met(_with(proof, change), "page-1")


@pytest.mark.parametrize(
    "proof", ["", "x", "e30=", "bnVsbA==", "W10=", "A" * 5_000, "é", "eyJjaGFsbGVuZ2UiOjF9"]
)
def test_what_is_no_proof_is_none(intake, proof):
    assert not Challenges(keyring_of("key"), cost=3).is_met(proof, "page-1")


def test_proof_holds_for_its_own_form_for_a_day_and_under_its_own_key(intake):
    challenges = Challenges(keyring_of("key"), cost=3)
    proof = proof_of(challenges.make("page-1"))

    assert not challenges.is_met(proof, "page-2")
    assert not Challenges(keyring_of("another"), cost=3).is_met(proof, "page-1")
    intake.clock.hold_at(intake.clock.now() + HOLDS_FOR + timedelta(seconds=1))
    assert not challenges.is_met(proof, "page-1")


# --- limits of a network address ------------------------------------------------------------------------


@pytest.fixture
def in_the_cloud(intake: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """Intake as in a stage of the cloud, where network addresses differ; two unproven an hour, four in all."""
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("SCANNER", "guardduty")
    monkeypatch.setenv("API_KEY_NEEDED", "true")
    monkeypatch.setenv("ADDRESSES_ARE_COUNTED", "true")
    monkeypatch.setenv("UNPROVEN_PER_ADDRESS", "2")
    monkeypatch.setenv("PETITIONS_PER_ADDRESS", "4")
    monkeypatch.setenv("CHALLENGE_COST", "3")
    monkeypatch.setenv("PETITIONS_PER_CONTACT", "0")
    intake.local.cold_start()
    return intake


def sent_from(intake: System, address: str, number: int, **form: str) -> HttpResponse:
    facts = FORM | {"content": f"Việc {number}.", "key": f"page-{address}-{number}"} | form
    answer: HttpResponse = intake.http("POST", "/gui", form=facts, source_ip=address)
    return answer


def proven(intake: System) -> dict[str, str]:
    page = intake.http("GET", "/gui").text
    return {"key": hidden(page, "key"), "proof": proof_of(challenge_in(page))}


def test_without_javascript_a_petition_is_taken_at_once_until_its_address_has_sent_enough(in_the_cloud):
    statuses = [sent_from(in_the_cloud, "203.0.113.9", n).status for n in range(3)]
    refused = sent_from(in_the_cloud, "203.0.113.9", 9)

    assert statuses == [201, 201, 429]
    assert refused.header("Retry-After") == str(3600)
    assert "Việc 9." in refused.text
    assert "từ 10:00 thứ Ba 03/11/2026" in refused.text.replace("\xa0", " ")
    assert sent_from(in_the_cloud, "203.0.113.10", 0).status == 201
    assert len(in_the_cloud.items("petitions")) == 3


def test_proof_lifts_the_tighter_limit_and_not_the_other(in_the_cloud):
    for n in range(2):
        sent_from(in_the_cloud, "203.0.113.9", n)

    statuses = [sent_from(in_the_cloud, "203.0.113.9", n, **proven(in_the_cloud)).status for n in range(5)]

    assert statuses == [201, 201, 201, 201, 429]


def test_retry_of_what_was_received_is_never_too_much(in_the_cloud):
    first = [sent_from(in_the_cloud, "203.0.113.9", n).status for n in range(2)]
    again = [sent_from(in_the_cloud, "203.0.113.9", n).status for n in range(2)]

    assert (first, again) == ([201, 201], [200, 200])


def test_next_hour_is_open_again(in_the_cloud):
    for n in range(3):
        sent_from(in_the_cloud, "203.0.113.9", n)
    in_the_cloud.clock.hold_at(in_the_cloud.clock.now() + timedelta(hours=1))

    assert sent_from(in_the_cloud, "203.0.113.9", 3).status == 201


@pytest.fixture
def limited(in_the_cloud: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """The same, where the ministry lets programs send without a key."""
    monkeypatch.setenv("API_KEY_NEEDED", "false")
    in_the_cloud.local.cold_start()
    return in_the_cloud


def test_program_is_answered_in_its_own_format_and_language(limited, a_submission):
    def sent(number: int) -> HttpResponse:
        answer: HttpResponse = limited.http(
            "POST",
            "/v1/petitions",
            json=a_submission(content=f"Việc {number}."),
            headers={"Accept-Language": "en"},
            source_ip="203.0.113.9",
        )
        return answer

    statuses = [sent(n).status for n in range(3)]
    refused = sent(9)

    assert statuses == [201, 201, 429]
    assert refused.header("Content-Type").startswith("application/problem+json")
    assert refused.json()["code"] == "too-many-requests"
    assert refused.json()["title"] == "Too many requests"
    assert refused.header("Retry-After") == str(refused.json()["retry_after"]) == "3600"


@pytest.fixture
def with_a_client(in_the_cloud: System, with_clients: Callable[[dict[str, str]], None]) -> System:
    with_clients({"bao": "khoa-bi-mat"})
    return in_the_cloud


def test_program_with_a_key_is_not_counted_by_address(with_a_client, a_submission):
    def sent(number: int, key: str) -> int:
        answer: HttpResponse = with_a_client.http(
            "POST",
            "/v1/petitions",
            json=a_submission(content=f"Việc {key} {number}."),
            headers={"X-Api-Key": key},
            source_ip="203.0.113.9",
        )
        return answer.status

    assert [sent(n, "khoa-bi-mat") for n in range(4)] == [201] * 4


def test_program_with_a_wrong_key_is_counted_where_none_is_needed(limited, with_a_client, a_submission):
    statuses = [
        with_a_client.http(
            "POST",
            "/v1/petitions",
            json=a_submission(content=f"Việc {number}."),
            headers={"X-Api-Key": "khoa-doan-mo"},
            source_ip="203.0.113.9",
        ).status
        for number in range(3)
    ]

    assert statuses == [201, 201, 429]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({}, id="none"),
        pytest.param({"X-Api-Key": ""}, id="an empty one"),
        pytest.param({"X-Api-Key": "khoa-doan-mo"}, id="a wrong one"),
    ],
)
@pytest.mark.parametrize("body", [None, "{", "x" * 200_000], ids=["a petition", "no JSON", "too much"])
def test_program_without_a_known_key_is_refused_before_its_body_is_read(
    with_a_client, a_submission, headers, body
):
    answer = with_a_client.http(
        "POST",
        "/v1/petitions",
        body=body or json.dumps(a_submission()),
        headers={"Content-Type": "application/json", "Accept-Language": "en", **headers},
    )

    assert (answer.status, answer.json()["code"]) == (401, "api-key-needed")
    assert "X-Api-Key" in answer.json()["detail"]
    assert answer.header("WWW-Authenticate") == 'ApiKey realm="X-Api-Key"'
    assert with_a_client.items("petitions") == []


@pytest.mark.parametrize("path", ["/v1/fields", "/v1/published", "/v1/statistics", "/openapi.json"])
def test_what_is_public_needs_no_key(in_the_cloud, path):
    assert in_the_cloud.http("GET", path).status == 200


def test_whoever_has_the_pin_needs_no_key(with_a_client):
    sent = sent_from(with_a_client, "203.0.113.9", 1)
    reference = with_a_client.items("petitions")[0]["reference"]
    pin = hidden(sent.text, "pin")
    reference = reference["S"] if isinstance(reference, dict) else reference

    assert (
        with_a_client.http("GET", f"/v1/petitions/{reference}", headers={"X-Petition-Pin": pin}).status == 200
    )
    answer = with_a_client.http(
        "POST",
        f"/v1/petitions/{reference}/supplements",
        json={"content": "Gửi thêm giấy tờ."},
        headers={"X-Petition-Pin": pin},
    )
    assert answer.status == 201


def test_no_address_stands_in_the_throttle_table(in_the_cloud):
    sent_from(in_the_cloud, "203.0.113.9", 1)

    assert "203.0.113" not in json.dumps(in_the_cloud.items("throttle"), default=str)


# --- a look before it goes ------------------------------------------------------------------------------


def test_review_shows_everything_and_stores_nothing(intake):
    form = FORM | {
        "step": "review",
        "key": "page-1",
        "may_publish": "1",
        "kind": "CONDUCT",
        "type": "FOREIGNER",
    }

    page = intake.http("POST", "/gui", form=form)

    assert page.status == 200
    for shown in (*FORM.values(), "Hành vi của cán bộ", "Người nước ngoài", "Đồng ý"):
        assert shown in page.text.replace("+84912345678", FORM["phone"])
    assert intake.items("petitions") == []


def test_review_sends_what_it_showed(intake):
    form = FORM | {"step": "review", "key": "page-1", "reply_by": "SMS", "email": "an@example.vn"}
    page = intake.http("POST", "/gui", form=form).text
    main = page.partition("<main")[2].partition("</main>")[0]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', main))

    receipt = intake.http("POST", "/gui", form={name: unescape(value) for name, value in fields.items()})

    assert receipt.status == 201
    petition = composition.parts().petitions.get(re.sub(r"\D", "", _shown(receipt.text, "reference")))
    assert petition is not None
    assert petition.content == FORM["content"]
    assert petition.petitioner.reply_by == ("SMS",)


def test_review_leads_back_to_the_form_with_everything_in_it(intake):
    page = intake.http("POST", "/gui", form=FORM | {"step": "edit", "key": "page-1", "type": "BUSINESS"}).text

    assert FORM["content"] in page
    assert 'value="BUSINESS" checked' in page
    assert hidden(page, "key") == "page-1"
    assert "Chưa gửi được" not in page


def test_review_of_a_form_with_mistakes_shows_the_mistakes(intake):
    answer = intake.http("POST", "/gui", form={"content": "Chỉ có nội dung.", "step": "review"})

    assert answer.status == 422
    assert '<a href="#name">' in answer.text


# --- similar published answers --------------------------------------------------------------------------

PUBLISHED = {
    "Phụ cấp thâm niên khi chuyển vị trí": "Giáo viên chuyển sang đơn vị khác hỏi về bảo lưu phụ cấp thâm niên.",
    "Mã QR trên giấy hẹn": "Người dân đề xuất in mã QR trên giấy hẹn để tra cứu hồ sơ.",
}


@pytest.fixture
def with_published(intake: System, officers_do: Callable[..., Petition], a_submission: Any) -> System:
    at = intake.clock.now()
    for subject, content in PUBLISHED.items():
        body = a_submission(content=content, may_publish=True)
        reference = intake.http("POST", "/v1/petitions", json=body).json()["reference"]
        shown = Publication(subject=subject, content=content, answer="Theo quy định …", published_at=at)
        officers_do(
            reference,
            lambda p: p.route(Change.by_router(at, "r"), Proposal(lane=Lane.ORDINARY, field="CCVC"), "VCCVC"),
            lambda p: p.accept(Change.by_officer("m", at, "a"), handler="m"),
            lambda p: p.draft_answer(Change.by_officer("m", at, "d"), "Đáp."),
            lambda p: p.approve(Change.by_officer("b", at, "p")),
            lambda p, shown=shown: p.publish(Change.by_officer("b", at, "publish"), shown),
        )
    build_index(intake)
    return intake


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("Tôi là giáo viên, chuyển sang đơn vị khác thì bị cắt phụ cấp thâm niên.",
                     ["Phụ cấp thâm niên khi chuyển vị trí"], id="the same question"),
        pytest.param("phu cap tham nien cua giao vien khi chuyen don vi",
                     ["Phụ cấp thâm niên khi chuyển vị trí"], id="without accents"),
        pytest.param("Đề nghị in mã QR lên giấy hẹn", ["Mã QR trên giấy hẹn"], id="another question"),
        pytest.param("Con đường trước nhà tôi bị ngập nước mỗi khi mưa.", [], id="something else"),
        pytest.param("?!…", [], id="no words"),
    ],
)  # fmt: skip
def test_published_answers_near_a_text_are_found(with_published, text, count):
    answer = with_published.http("POST", "/v1/published/similar", json={"content": text})

    assert answer.status == 200
    assert [item["subject"] for item in answer.json().get("items", [])] == count


def test_review_shows_similar_answers_before_anything_is_sent(with_published):
    before = len(with_published.items("petitions"))

    page = with_published.http(
        "POST", "/gui", form=FORM | {"content": "Cắt phụ cấp thâm niên của giáo viên", "step": "review"}
    ).text

    assert "Có thể câu\u00a0hỏi của bạn đã được trả\u00a0lời" in page
    assert "Phụ cấp thâm niên khi chuyển vị trí" in page
    assert "Mã QR trên giấy hẹn" not in page
    assert len(with_published.items("petitions")) == before


def test_nothing_near_shows_nothing(intake):
    page = intake.http("POST", "/gui", form=FORM | {"step": "review"}).text

    assert "đã được trả lời" not in page


# --- the receipt ----------------------------------------------------------------------------------------


def _shown(html: str, name: str) -> str:
    match = re.search(rf'id="{name}">([^<]*)<', html)
    assert match, name
    return match[1]


def test_receipt_has_a_code_to_scan_that_leads_to_tracking_and_holds_no_pin(intake):
    html = intake.http("POST", "/gui", form=FORM | {"key": "page-1"}).text

    reference = re.sub(r"\D", "", _shown(html, "reference"))
    assert qr_svg(f"http://localhost:8088/tra-cuu?ma={reference}") in html
    assert _shown(html, "pin") not in qr_svg(f"http://localhost:8088/tra-cuu?ma={reference}")
    assert not re.search(rf'(href|action|src)="[^"]*{_shown(html, "pin")}', html)


def test_form_that_is_sent_again_later_shows_the_receipt_without_the_pin(intake):
    first = intake.http("POST", "/gui", form=FORM | {"key": "page-1"}).text
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=11))

    later = intake.http("POST", "/gui", form=FORM | {"key": "page-1"})

    assert later.status == 200
    assert _shown(later.text, "reference") == _shown(first, "reference")
    assert _shown(first, "pin") not in later.text
    assert "/tra-cuu#again" in later.text
