"""A used key with anything else under it is said, never dropped in silence; the same again takes effect once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.intake import composition
from chalicelib.intake.petitions.receive_petition import submission_key, submission_of
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import PetitionInput
from tests.support.system import System

FIRST: dict[str, Any] = {
    "content": "Đề nghị xem lại quy định X.",
    "subject": "Tiêu đề một",
    "petitioner": {"type": "CITIZEN", "name": "Lê Bình", "address": "Huế", "phone": "0918777222"},
}
OTHER = [
    pytest.param({"content": "Đề nghị khác."}, id="content"),
    pytest.param({"subject": "Tiêu đề hai"}, id="subject"),
    pytest.param({"subject": None}, id="no subject"),
    pytest.param({"kind": "CONDUCT"}, id="kind"),
    pytest.param({"field": "CCVC"}, id="field"),
    pytest.param({"may_publish": True}, id="consent"),
    pytest.param({"language": "en"}, id="language"),
    pytest.param({"reply_by": ["PHONE"]}, id="channel"),
    pytest.param({"petitioner": {**FIRST["petitioner"], "type": "FOREIGNER"}}, id="type"),
    pytest.param({"petitioner": {**FIRST["petitioner"], "name": "Lê Bính"}}, id="name"),
    pytest.param({"petitioner": {**FIRST["petitioner"], "address": "Hà Nội"}}, id="address"),
    pytest.param({"petitioner": {**FIRST["petitioner"], "phone": "0918777223"}}, id="telephone"),
    pytest.param({"petitioner": {**FIRST["petitioner"], "email": "an@example.vn"}}, id="e-mail"),
    pytest.param({"petitioner": {**FIRST["petitioner"], "organisation": "X"}}, id="organisation"),
]


def post(intake: System, body: dict[str, Any], path: str = "/v1/petitions", **headers: str) -> Any:
    return intake.http("POST", path, json=body, headers={"Idempotency-Key": "one-key", **headers})


def stored(reference: str) -> Petition:
    petition = composition.parts().petitions.get(reference)
    assert petition is not None
    return petition


@pytest.mark.parametrize("changes", OTHER)
def test_any_other_field_under_a_used_key_is_refused(intake: System, changes: dict[str, Any]):
    first = post(intake, FIRST)

    answer = post(intake, {**FIRST, **changes})

    assert first.status == 201
    assert (answer.status, answer.json()["code"]) == (422, "idempotency-key-reused")


def test_the_same_again_is_the_same_petition(intake: System):
    first, again = post(intake, FIRST), post(intake, FIRST)

    assert (first.status, again.status) == (201, 200)
    assert first.json()["reference"] == again.json()["reference"]


def test_a_petition_that_an_earlier_version_stored_is_found_by_what_that_version_compared(intake: System):
    reference = post(intake, FIRST).json()["reference"]
    reception = composition.parts().reception
    petition = stored(reference)
    earlier = petition.model_copy(update={"body_digest": _earlier_digest(intake, reception)})
    composition.parts().petitions.save(earlier, petition.version)

    same, other = post(intake, FIRST), post(intake, {**FIRST, "content": "Khác."})

    assert (same.status, other.status) == (200, 422)


@pytest.fixture
def clients(with_clients: Callable[[dict[str, str]], None]) -> dict[str, dict[str, str]]:
    """The headers of two programs with keys of their own, and of somebody without one."""
    with_clients({"bao": "khoa-cua-bao", "zalo-mini-app": "khoa-cua-app"})
    return {
        "bao": {"X-Api-Key": "khoa-cua-bao"},
        "app": {"X-Api-Key": "khoa-cua-app"},
        "nobody": {},
    }


def test_a_key_belongs_to_the_client_that_sent_it(intake: System, clients: dict[str, dict[str, str]]):
    first = {name: post(intake, {**FIRST, "content": name}, **key) for name, key in clients.items()}
    again = {name: post(intake, {**FIRST, "content": name}, **key) for name, key in clients.items()}

    assert [answer.status for answer in first.values()] == [201] * 3
    assert [answer.status for answer in again.values()] == [200] * 3
    assert len({answer.json()["reference"] for answer in (*first.values(), *again.values())}) == 3


def test_the_same_words_without_a_key_through_two_clients_are_two_petitions(
    intake: System, clients: dict[str, dict[str, str]]
):
    sent = [intake.http("POST", "/v1/petitions", json=FIRST, headers=key) for key in clients.values()]

    assert [answer.status for answer in sent] == [201] * 3


def test_names_of_clients_and_keys_never_run_into_one_another():
    petition = PetitionInput.model_validate(FIRST)
    names = {
        submission_key(petition, key, client)
        for client, key in [
            ("a", "b:c"),
            ("a:b", "c"),
            ("a%3Ab", "c"),
            (None, "a:b:c"),
            (None, "client:a:b:c"),
        ]
    }

    assert len(names) == 5


def test_the_history_names_the_client_that_sent_a_petition(
    intake: System, clients: dict[str, dict[str, str]]
):
    reference = post(intake, FIRST, **clients["app"]).json()["reference"]

    assert stored(reference).history[0].by == "client:zalo-mini-app"


def _earlier_digest(intake: System, reception: Any) -> str:
    from shared.use_cases.receive_submission import _EARLIER_BODY

    submission = submission_of(PetitionInput.model_validate(FIRST), "web:one-key")
    digest: str = reception._body_digest(submission, _EARLIER_BODY)
    assert ":" not in digest
    return digest


FORM = {
    "key": "page-1",
    "content": "Đề nghị xem lại quy định X.",
    "subject": "Tiêu đề một",
    "type": "CITIZEN",
    "name": "Lê Bình",
    "address": "Huế",
    "phone": "0918777222",
    "reply_by": "SMS",
}


@pytest.mark.parametrize(
    ("query", "changes"),
    [
        pytest.param("", {"subject": "Tiêu đề hai"}, id="subject"),
        pytest.param("", {"type": "FOREIGNER"}, id="type"),
        pytest.param("?lang=en", {}, id="language"),
        pytest.param("", {"email": "an@example.vn"}, id="e-mail"),
    ],
)
def test_the_page_offers_to_send_what_is_new_once_more(intake: System, query: str, changes: dict[str, str]):
    intake.http("POST", "/gui", form=FORM)

    answer = intake.http("POST", f"/gui{query}", form={**FORM, **changes})

    assert answer.status == 409
    assert ("gửi lần nữa" in answer.text) or ("once more" in answer.text)
    for typed in {**FORM, **changes}.values():
        assert typed in answer.text or typed == "page-1"


@pytest.mark.parametrize(
    ("what", "body", "other"),
    [
        pytest.param("supplements", {"content": "Một."}, {"content": "Hai."}, id="a supplement"),
        pytest.param(
            "contact", {"email": "an@example.vn"}, {"email": "binh@example.vn"}, id="another contact"
        ),
        pytest.param("withdrawal", {"reason": "Đã xong."}, {"reason": "Nhầm."}, id="a withdrawal"),
    ],
)
def test_another_body_of_a_later_change_is_refused(
    intake: System, what: str, body: dict[str, str], other: dict[str, str]
):
    receipt = post(intake, FIRST).json()
    path, pin = f"/v1/petitions/{receipt['reference']}/{what}", {"X-Petition-Pin": receipt["pin"]}
    first = post(intake, body, path, **pin)
    before = len(stored(receipt["reference"]).history)

    answer, again = post(intake, other, path, **pin), post(intake, body, path, **pin)

    assert first.status in (200, 201)
    assert (answer.status, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert again.status == 200
    assert len(stored(receipt["reference"]).history) == before


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"filename": "b.jpg"}, id="name"),
        pytest.param({"content_type": "image/png"}, id="type"),
        pytest.param({"size": 8}, id="length"),
    ],
)
def test_another_file_under_a_used_key_is_refused(intake: System, changes: dict[str, Any]):
    receipt = post(intake, FIRST).json()
    path = f"/v1/petitions/{receipt['reference']}/attachments"
    pin = {"X-Petition-Pin": receipt["pin"]}
    file = {"filename": "a.jpg", "content_type": "image/jpeg", "size": 9}
    post(intake, file, path, **pin)

    answer, again = post(intake, {**file, **changes}, path, **pin), post(intake, file, path, **pin)

    assert (answer.status, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert again.status == 200


def test_a_form_of_the_petition_s_page_keeps_what_was_typed_instead(intake: System):
    receipt = post(intake, FIRST).json()
    proof = {"ma": receipt["reference"], "pin": receipt["pin"], "key": "page-2"}
    intake.http("POST", "/tra-cuu/bo-sung", form={**proof, "content": "Một điều."})

    answer = intake.http("POST", "/tra-cuu/bo-sung", form={**proof, "content": "Một điều khác."})

    assert answer.status == 409
    assert "Một điều khác." in answer.text
    assert "gửi lần nữa" in answer.text


# --- what docs/api.md says of keys, through the door ------------------------------------------------------


@pytest.mark.parametrize("key", ["!", "~" * 200, "order-1", "0191f3a0-7c1e-7000-8000-3b1f6c2d9e55"])
def test_a_key_of_visible_ascii_is_taken(intake: System, key: str):
    assert post(intake, FIRST, **{"Idempotency-Key": key}).status == 201


@pytest.mark.parametrize("key", ["", " ", "a b", "k" * 201, "mã-1", "a\tb"])
def test_any_other_key_is_refused_and_named(intake: System, key: str):
    answer = post(intake, FIRST, **{"Idempotency-Key": key})

    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert intake.items("petitions") == []


def test_the_form_of_a_key_stands_in_the_document(intake: System):
    described = intake.http("GET", "/openapi.json").json()["paths"]["/v1/petitions"]["post"]["parameters"]

    (schema,) = [each["schema"] for each in described if each["name"] == "Idempotency-Key"]
    assert schema == {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]{1,200}$"}


def test_the_same_again_shows_the_pin_again(intake: System):
    first, again = post(intake, FIRST), post(intake, FIRST)

    assert again.json()["pin"] == first.json()["pin"]


def test_a_key_at_open311_and_the_same_at_v1_are_two(intake: System, clients: dict[str, dict[str, str]]):
    form = {"api_key": "khoa-cua-bao", "service_code": "CCVC", "description": "Chậm", "last_name": "Lê"}
    form |= {"first_name": "Bình", "address_string": "Huế", "phone": "0918777222"}
    key = {"Idempotency-Key": "one-key"}

    sent = post(intake, FIRST, **clients["bao"])
    answers = [intake.http("POST", "/open311/v2/requests.json", form=form, headers=key) for _ in range(2)]
    other = intake.http(
        "POST", "/open311/v2/requests.json", form=form | {"api_key": "khoa-cua-app"}, headers=key
    )

    assert [sent.status, *(answer.status for answer in answers), other.status] == [201, 201, 200, 201]


@pytest.mark.parametrize(
    ("later", "status"),
    [
        pytest.param("2026-12-31T23:59:00+07:00", 200, id="the year"),
        pytest.param("2027-01-05T23:00:00+07:00", 200, id="five days longer"),
        pytest.param("2027-01-06T01:00:00+07:00", 201, id="no longer"),
    ],
)
def test_a_petitions_key_holds_for_its_year_and_five_days_longer(intake: System, later: str, status: int):
    intake.clock.hold_at(datetime.fromisoformat("2026-12-30T09:00:00+07:00"))
    first = post(intake, FIRST)
    intake.clock.hold_at(datetime.fromisoformat(later))

    again = post(intake, FIRST)

    assert (first.status, again.status) == (201, status)
    assert (first.json()["reference"] == again.json()["reference"]) is (status == 200)


def supplemented(intake: System, sent: Any, content: str, path: str = "supplements") -> Any:
    body = {"content": content} if path == "supplements" else {"reason": content}
    return post(
        intake,
        body,
        f"/v1/petitions/{sent['reference']}/{path}",
        **{"X-Petition-Pin": sent["pin"], "Idempotency-Key": "order-1"},
    )


def test_a_changes_key_belongs_to_its_petition_and_holds_as_long(intake: System):
    first = post(intake, FIRST).json()
    second = post(intake, FIRST, **{"Idempotency-Key": "another"}).json()

    added = [supplemented(intake, sent, "Thêm giấy tờ.") for sent in (first, second)]
    intake.clock.hold_at(intake.clock.now() + timedelta(days=400))
    again, other = (supplemented(intake, first, text) for text in ("Thêm giấy tờ.", "Khác."))

    assert [answer.status for answer in added] == [201, 201]
    assert (again.status, other.status) == (200, 422)
    assert supplemented(intake, first, "Thôi.", "withdrawal").json()["state"] == "WITHDRAWN"


def test_without_a_key_the_same_body_is_one_on_the_same_day_alone(intake: System):
    def sent() -> int:
        return int(intake.http("POST", "/v1/petitions", json=FIRST).status)

    same_day = [sent(), sent()]
    intake.clock.hold_at(intake.clock.now() + timedelta(days=1))

    assert (same_day, sent()) == ([201, 200], 201)
