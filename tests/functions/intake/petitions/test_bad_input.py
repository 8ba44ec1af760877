"""Bad input at every door of intake: a clear error in the door's own format, nothing changed, nothing echoed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.support.system import System

GOOD: dict[str, Any] = {
    "content": "Nội dung",
    "petitioner": {"name": "An", "address": "Huế", "phone": "0912345678"},
}
SECRET = "Zq7canary"
"""Written into what is refused: no answer may repeat it."""


def petition(**changes: Any) -> dict[str, Any]:
    return GOOD | changes


def petitioner(**changes: Any) -> dict[str, Any]:
    return GOOD | {"petitioner": GOOD["petitioner"] | changes}


def without(*path: str) -> dict[str, Any]:
    body = json.loads(json.dumps(GOOD))
    place = body
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return dict(body)


DEEP = "[" * 5_000 + "]" * 5_000

BODIES = [
    pytest.param(without("content"), "content", "missing", id="no content"),
    pytest.param(petition(content=""), "content", "missing", id="empty content"),
    pytest.param(petition(content=" \n\t "), "content", "missing", id="blank content"),
    pytest.param(petition(content="\u00a0\u2003"), "content", "missing", id="content of wide blanks"),
    pytest.param(petition(content="x" * 10_001), "content", "too-long", id="content of 10,001 letters"),
    pytest.param(petition(content=None), "content", "invalid", id="content null"),
    pytest.param(petition(content=5), "content", "invalid", id="content a number"),
    pytest.param(petition(content=["a"]), "content", "invalid", id="content a list"),
    pytest.param(petition(content={"a": 1}), "content", "invalid", id="content an object"),
    pytest.param(petition(content=True), "content", "invalid", id="content true"),
    pytest.param(petition(content="\u200b\u200b"), "content", "missing", id="content of zero-width spaces"),
    pytest.param(petition(content="\u0000\u2066"), "content", "missing", id="content of controls"),
    pytest.param(petition(content="a\ud800b"), "content", "control-characters", id="half a character"),
    pytest.param(petition(subject="x" * 201), "subject", "too-long", id="title of 201 letters"),
    pytest.param(petition(subject=1), "subject", "invalid", id="title a number"),
    pytest.param(petition(kind="WISH"), "kind", "unknown", id="unknown kind"),
    pytest.param(petition(kind=""), "kind", "unknown", id="empty kind"),
    pytest.param(petition(kind=1), "kind", "unknown", id="kind a number"),
    pytest.param(petition(kind="conduct"), "kind", "unknown", id="kind in small letters"),
    pytest.param(petition(field="XXXX"), "field", "unknown", id="unknown field"),
    pytest.param(petition(field="x" * 11), "field", "too-long", id="field too long"),
    pytest.param(petition(field=["CCVC"]), "field", "invalid", id="field a list"),
    pytest.param(petition(field="TCBM'; --"), "field", "unknown", id="field with quotes"),
    pytest.param(petition(reply_by="SMS"), "reply_by", "invalid", id="reply_by no list"),
    pytest.param(petition(reply_by=["FAX"]), "reply_by.0", "unknown", id="reply_by fax"),
    pytest.param(petition(reply_by=["SMS"] * 4), "reply_by", "too-long", id="four channels"),
    pytest.param(
        petition(reply_by=["EMAIL"]), "body", "reply-by-without-contact", id="e-mail without address"
    ),
    pytest.param(petition(may_publish="perhaps"), "may_publish", "invalid", id="may_publish a word"),
    pytest.param(petition(may_publish=None), "may_publish", "invalid", id="may_publish null"),
    pytest.param(petition(language="fr"), "language", "invalid", id="French"),
    pytest.param(petition(language=None), "language", "invalid", id="no language"),
    pytest.param(
        petition(reference="26483190274"), "reference", "extra_forbidden", id="a reference of one's own"
    ),
    pytest.param(petition(state="ANSWERED"), "state", "extra_forbidden", id="a state of one's own"),
    pytest.param(without("petitioner"), "petitioner", "missing", id="no petitioner"),
    pytest.param(petition(petitioner=None), "petitioner", "invalid", id="petitioner null"),
    pytest.param(petition(petitioner="An"), "petitioner", "invalid", id="petitioner a word"),
    pytest.param(petition(petitioner=[]), "petitioner", "invalid", id="petitioner a list"),
    pytest.param(without("petitioner", "name"), "petitioner.name", "missing", id="no name"),
    pytest.param(petitioner(name=" "), "petitioner.name", "missing", id="blank name"),
    pytest.param(petitioner(name="x" * 121), "petitioner.name", "too-long", id="long name"),
    pytest.param(petitioner(name="\u200b"), "petitioner.name", "missing", id="a name that nobody sees"),
    pytest.param(
        petitioner(address="\u2800"), "petitioner.address", "missing", id="an address in Braille blanks"
    ),
    pytest.param(
        petitioner(name="An\udc00"),
        "petitioner.name",
        "control-characters",
        id="half a character in the name",
    ),
    pytest.param(without("petitioner", "address"), "petitioner.address", "missing", id="no address"),
    pytest.param(petitioner(address=""), "petitioner.address", "missing", id="empty address"),
    pytest.param(petitioner(address="x" * 301), "petitioner.address", "too-long", id="long address"),
    pytest.param(without("petitioner", "phone"), "body", "contact-missing", id="no contact"),
    pytest.param(petitioner(phone=""), "body", "contact-missing", id="empty contact"),
    pytest.param(petitioner(phone="12"), "petitioner.phone", "phone", id="two digits"),
    pytest.param(petitioner(phone="8088"), "petitioner.phone", "phone", id="a short code"),
    pytest.param(petitioner(phone="0912345678901234"), "petitioner.phone", "phone", id="too many digits"),
    pytest.param(petitioner(phone="không có"), "petitioner.phone", "phone", id="words for a number"),
    pytest.param(petitioner(phone="drop; 12"), "petitioner.phone", "phone", id="words and too few digits"),
    pytest.param(petitioner(phone=912345678), "petitioner.phone", "invalid", id="a number as number"),
    pytest.param(petitioner(phone="9" * 121), "petitioner.phone", "too-long", id="a number of 121 digits"),
    pytest.param(petitioner(email="an"), "petitioner.email", "email", id="no at sign"),
    pytest.param(petitioner(email="an@"), "petitioner.email", "email", id="no domain"),
    pytest.param(petitioner(email="an@localhost"), "petitioner.email", "email", id="no dot in the domain"),
    pytest.param(petitioner(email="a b@example.vn"), "petitioner.email", "email", id="blank in an address"),
    pytest.param(
        petitioner(email="an@example.vn\nBcc: x@y.vn"), "petitioner.email", "email", id="header injection"
    ),
    pytest.param(petitioner(email="a@b.vn,c@d.vn"), "petitioner.email", "email", id="two addresses"),
    pytest.param(
        petitioner(email=f"{'a' * 250}@b.vn"), "petitioner.email", "too-long", id="long address of e-mail"
    ),
    pytest.param(petitioner(type="ALIEN"), "petitioner.type", "unknown", id="unknown type"),
    pytest.param(
        petitioner(organisation="x" * 201), "petitioner.organisation", "too-long", id="long organisation"
    ),
    pytest.param(petitioner(cccd="079"), "petitioner.cccd", "extra_forbidden", id="an identity-card number"),
    pytest.param([], "body", "invalid", id="a list"),
    pytest.param("text", "body", "invalid", id="a word"),
    pytest.param(None, "body", "invalid", id="null"),
    pytest.param(5, "body", "invalid", id="a number"),
    pytest.param({}, "content", "missing", id="an empty object"),
]


@pytest.mark.parametrize(("body", "field", "rule"), BODIES)
def test_a_petition_that_breaks_a_rule_is_named_by_field_and_rule(intake, body, field, rule):
    answer = intake.http("POST", "/v1/petitions", body=json.dumps(body).encode())

    problem = answer.json()
    assert answer.status == 422
    assert answer.header("Content-Type").startswith("application/problem+json")
    assert problem["code"] == "invalid-input"
    assert (field, rule) in [(error["field"], error["rule"]) for error in problem["errors"]]
    assert all(error["message"] for error in problem["errors"])
    assert intake.items("petitions") == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{", id="half an object"),
        pytest.param(b"content=x", id="a form"),
        pytest.param(b"\xff\xfe\x00", id="no UTF-8"),
        pytest.param(b"{'content': 'x'}", id="single quotes"),
        pytest.param(b'{"content": "a" "b"}', id="a missing comma"),
        pytest.param(DEEP.encode(), id="five thousand brackets"),
        pytest.param(b'<?xml version="1.0"?><a/>', id="XML"),
    ],
)
def test_what_is_no_json_is_said_to_be_none(intake, body):
    answer = intake.http("POST", "/v1/petitions", body=body)

    assert answer.status in {400, 422}
    assert answer.json()["code"] == "invalid-input"
    assert intake.items("petitions") == []


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=UTF-8", 201),
        ("", 201),
        ("text/plain", 415),
        ("application/x-unknown", 415),
    ],
)
def test_a_body_is_taken_as_what_it_is_said_to_be(intake, content_type, status):
    answer = intake.http(
        "POST", "/v1/petitions", body=json.dumps(GOOD).encode(), headers={"Content-Type": content_type}
    )

    assert answer.status == status
    assert len(intake.items("petitions")) == (1 if status == 201 else 0)


@pytest.mark.parametrize(
    "key",
    [
        pytest.param("", id="empty"),
        pytest.param("x" * 201, id="too long"),
        pytest.param("a b", id="with a blank"),
        pytest.param("khóa", id="not ASCII"),
    ],
)
def test_an_idempotency_key_that_can_be_none_is_refused(intake, key):
    answer = intake.http("POST", "/v1/petitions", json=GOOD, headers={"Idempotency-Key": key})

    assert answer.status == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert intake.items("petitions") == []


def test_a_body_that_is_too_large_is_refused(intake):
    answer = intake.http("POST", "/v1/petitions", json=petition(content="x" * 200_000))

    assert answer.status == 422
    assert answer.json()["errors"] == [
        {"field": "body", "rule": "too-large", "message": "Nội dung gửi lên quá lớn."}
    ]


@pytest.mark.parametrize(
    "reference",
    [
        "1",
        "x",
        "26483190275",
        "264831902740",
        "２６４８３１９０２７４",
        "%00",
        "26483190274%0d%0aX",
        "a" * 500,
        "%F0%9F%98%80",
    ],
)
def test_what_can_be_no_reference_is_answered_like_a_wrong_pin(intake, reference):
    answer = intake.http("GET", f"/v1/petitions/{reference}", headers={"X-Petition-Pin": "12345678"})

    assert (answer.status, answer.json()["code"]) == (404, "not-found-or-wrong-pin")


@pytest.mark.parametrize("pin", ["", " ", "x" * 5_000, "１２３４５６７８", "\u202e123", "' OR 1=1"])
def test_what_can_be_no_pin_is_a_wrong_one(intake, sent, pin):
    answer = intake.http("GET", f"/v1/petitions/{sent['reference']}", headers={"X-Petition-Pin": pin})

    assert answer.status == 404


@pytest.mark.parametrize(
    ("door", "body", "field"),
    [
        pytest.param("supplements", {}, "content", id="supplement without content"),
        pytest.param("supplements", {"content": " "}, "content", id="blank supplement"),
        pytest.param("supplements", {"content": "x" * 10_001}, "content", id="long supplement"),
        pytest.param("supplements", {"content": "x", "by": "officer:a"}, "by", id="supplement as an officer"),
        pytest.param("withdrawal", {"reason": "x" * 2_001}, "reason", id="long reason"),
        pytest.param("withdrawal", {"reason": 1}, "reason", id="reason a number"),
        pytest.param("withdrawal", [], "body", id="withdrawal a list"),
        pytest.param("rating", {}, "score", id="rating without score"),
        pytest.param("rating", {"score": 0}, "score", id="score 0"),
        pytest.param("rating", {"score": 6}, "score", id="score 6"),
        pytest.param("rating", {"score": "5"}, "score", id="score a word"),
        pytest.param("rating", {"score": 4.5}, "score", id="score four and a half"),
        pytest.param("rating", {"score": True}, "score", id="score true"),
        pytest.param("rating", {"score": 5, "comment": "\ud800"}, "comment", id="half a character"),
    ],
)
def test_a_follow_up_that_breaks_a_rule_changes_nothing(intake, sent, door, body, field):
    answer = intake.http(
        "POST",
        f"/v1/petitions/{sent['reference']}/{door}",
        json=body,
        headers={"X-Petition-Pin": sent["pin"]},
    )

    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert intake.items("petitions")[0]["version"] == {"N": "1"}


@pytest.mark.parametrize(
    ("path", "field"),
    [
        pytest.param("/v1/published?month=2026-13", "month", id="a 13th month"),
        pytest.param("/v1/published?month=November", "month", id="a month in words"),
        pytest.param("/v1/published?cursor=x", "cursor", id="a cursor of one's own"),
        pytest.param("/v1/published?month=2026-11&cursor=2026-10", "cursor", id="another month's cursor"),
        pytest.param(f"/v1/published?q={'x' * 101}", "q", id="a long search"),
        pytest.param("/v1/statistics?month=2027-01", "month", id="a month to come"),
        pytest.param("/v1/statistics?month=2018-05", "month", id="before the system opened"),
        pytest.param("/v1/statistics?month=2026-11%00", "month", id="NUL in a month"),
    ],
)
def test_a_query_that_can_be_none_is_refused(intake, path, field):
    answer = intake.http("GET", path)

    assert answer.status == 422
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("path", ["/cong-khai?month=x", "/cong-khai?cursor=%00", "/thong-ke?month=1999-01"])
def test_a_page_says_so_too(intake, path):
    answer = intake.http("GET", path)

    assert answer.status == 422
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize(
    "path", ["/gui", "/tra-cuu", "/tra-cuu/bo-sung", "/tra-cuu/rut", "/tra-cuu/danh-gia"]
)
@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"%FF%FE=%C3%28", id="no UTF-8, percent-encoded"),
        pytest.param(b"a=1&" * 500, id="five hundred fields"),
        pytest.param(b"ma=%00&pin=%00&content=%00", id="NUL"),
        pytest.param(b"{}", id="JSON"),
    ],
)
def test_a_form_that_is_none_is_answered_with_a_page(intake, path, body):
    answer = intake.http(
        "POST", path, body=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )

    assert answer.status in {404, 422}
    assert answer.header("Content-Type").startswith("text/html")
    assert intake.items("petitions") == []


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"sign": "0" * 32}, id="a wrong signature"),
        pytest.param({"sign": ""}, id="an empty signature"),
        pytest.param({"sender": ""}, id="no sender"),
        pytest.param({"cpid": "other"}, id="another account"),
        pytest.param({"content": "PAKN khac"}, id="another content"),
        pytest.param({"receiverTime": "20261399000000"}, id="a month 13"),
    ],
)
def test_a_forged_or_broken_sms_is_refused_with_the_same_bytes(intake, changes):
    query = {
        "sender": "84912345678",
        "content": "PAKN cham",
        "cpid": "local",
        "smsid": "1",
        "receiverTime": "20261103090000",
        "sign": "5" * 32,
    }

    answer = intake.http("GET", "/sms/esms", query=query | changes)

    assert (answer.status, answer.body) == (403, b"refused\n")
    assert intake.items("petitions") == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        pytest.param("GET", "/sms/nobody", id="unknown provider"),
        pytest.param("POST", "/sms/esms", id="the wrong method"),
        pytest.param("GET", "/sms/twilio", id="Twilio by GET"),
        pytest.param("POST", "/sms/infobip", id="a provider without credentials"),
        pytest.param("POST", "/sms/standard", id="unsigned"),
        pytest.param("POST", "/hotline/calls", id="an unsigned call"),
    ],
)
def test_every_webhook_refuses_with_the_same_bytes(intake, method, path):
    answer = intake.http(method, path, body=b"x" * 100)

    assert (answer.status, answer.body) == (403, b"refused\n")


def test_an_sms_of_a_megabyte_is_refused_before_it_is_read(intake):
    answer = intake.http("POST", "/sms/twilio", body=b"Body=" + b"x" * 1_000_000)

    assert (answer.status, answer.body) == (403, b"refused\n")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_error_repeats_what_was_written(intake, language):
    body = petitioner(name=SECRET * 40, phone=SECRET, email=SECRET) | {
        "content": f"{SECRET}\u0000",
        SECRET: SECRET,
    }

    answer = intake.http("POST", f"/v1/petitions?lang={language}", json=body)

    assert answer.status == 422
    assert SECRET not in answer.text.replace(f'"field": "{SECRET}"', "")


@pytest.mark.parametrize(
    ("lang", "words"),
    [pytest.param("vi", "tệp đính kèm", id="vi"), pytest.param("en", "attached files", id="en")],
)
def test_every_door_says_how_the_rest_of_a_petition_that_is_too_long_can_come(
    intake: System, lang: str, words: str
) -> None:
    text = "Đề nghị " * 3_000
    form = {"service_code": "CCVC", "description": text, "last_name": "An", "address_string": "Huế"}

    answers = [
        intake.http("POST", "/v1/petitions", json=petition(content=text), query={"lang": lang}),
        intake.http("POST", "/gui", form={"content": text, "type": "CITIZEN"}, query={"lang": lang}),
        intake.http("POST", "/open311/v2/requests.json", form=form, query={"lang": lang}),
    ]

    assert all(words in answer.text for answer in answers)
