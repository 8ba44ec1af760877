"""Another PIN and link: the earlier ones die, every contact is notified; links of closed matters expire."""

from __future__ import annotations

from datetime import timedelta

import pytest

from infra.local.emulation.functions import HttpResponse
from shared.domain.identity.reference import link_token_of
from shared.platform import secrets
from tests.support.desk_pages import form_to, forms_in
from tests.support.people import Citizen
from tests.support.system import System

NEW = "moi.binh@thu.example"


@pytest.fixture
def citizen(system: System) -> Citizen:
    """A citizen whose petition was received."""
    sender = Citizen(system)
    sender.send()
    system.settle()
    return sender


def token_of(system: System, citizen: Citizen, renewals: int = 0) -> str:
    key = secrets.keyring(system.local.cloud.outputs["IdentifiersSecret"]).names()
    return link_token_of(key, citizen.reference, renewals)


def tried(system: System, citizen: Citizen, secret: str) -> HttpResponse:
    path = f"/v1/petitions/{citizen.reference}"
    return system.http("GET", path, headers={"X-Petition-Pin": secret})


def renew(system: System, citizen: Citizen, secret: str) -> HttpResponse:
    answer = system.http(
        "POST", f"/v1/petitions/{citizen.reference}/renewal", headers={"X-Petition-Pin": secret}
    )
    system.settle()
    return answer


def letters(system: System, citizen: Citizen) -> list[str]:
    """Return the addresses that were notified of a renewal."""
    return sorted(m.to for m in system.outbox(citizen.reference) if "SECRETS_RENEWED" in m.notice)


def test_old_pin_and_link_die_and_the_new_ones_open(system: System, citizen: Citizen):
    old_pin, old_link = citizen.pin, token_of(system, citizen)
    assert tried(system, citizen, old_link).status == 200

    renewed = renew(system, citizen, old_pin)

    assert renewed.status == 200
    new_link = renewed.json()["link"].rpartition("=")[2]
    assert [tried(system, citizen, secret).status for secret in (old_pin, old_link)] == [404, 404]
    assert [tried(system, citizen, secret).status for secret in (renewed.json()["pin"], new_link)] == [
        200,
        200,
    ]


def test_every_contact_is_notified_by_email_and_sms_without_the_pin(system: System, citizen: Citizen):
    system.http(
        "POST",
        f"/v1/petitions/{citizen.reference}/contact",
        json={"email": NEW},
        headers={"X-Petition-Pin": citizen.pin},
    )
    system.settle()

    renewed = renew(system, citizen, citizen.pin)
    system.settle()

    sent = [m for m in system.outbox(citizen.reference) if "SECRETS_RENEWED" in m.notice]
    assert sorted({m.channel for m in sent}) == ["EMAIL", "SMS"]
    assert NEW in {m.to for m in sent}
    assert len(sent) == len({m.to for m in sent}) == 3
    assert not any(renewed.json()["pin"] in f"{m.text}{m.html}" for m in sent)
    mail = next(m for m in sent if m.to == NEW)
    assert token_of(system, citizen, 1) in mail.text


def test_thief_of_the_receipt_does_not_shut_the_owner_out(system: System, citizen: Citizen):
    renew(system, citizen, citizen.pin)
    (mail,) = [m for m in system.outbox(citizen.reference, channel="EMAIL") if "SECRETS_RENEWED" in m.notice]

    token = mail.text.partition("&t=")[2][:32]
    back = renew(system, citizen, token)

    assert back.status == 200
    assert tried(system, citizen, back.json()["pin"]).status == 200


def test_renewals_are_limited_and_a_wrong_pin_renews_nothing(system: System, citizen: Citizen):
    pin = citizen.pin
    for _ in range(3):
        pin = renew(system, citizen, pin).json()["pin"]

    assert renew(system, citizen, pin).status == 429
    assert renew(system, citizen, "00000000").status == 404
    assert len(letters(system, citizen)) == 2 * 3


def test_page_shows_the_new_pin_once_and_works_on(system: System, citizen: Citizen):
    page = system.http("POST", "/tra-cuu", form={"ma": citizen.reference, "pin": citizen.pin})
    fields = dict(form_to(page.text, "/tra-cuu/doi-ma").fields)

    renewed = system.http("POST", "/tra-cuu/doi-ma", form=fields)
    again = system.http("POST", "/tra-cuu/doi-ma", form=fields)
    added = system.http(
        "POST",
        "/tra-cuu/bo-sung",
        form={**dict(form_to(renewed.text, "/tra-cuu/bo-sung").fields), "content": "Thêm ngày nộp: 3/3."},
    )

    assert "Mã PIN mới:" in renewed.text
    assert again.status == 404
    assert "Đã nhận nội dung bổ sung." in added.text


def test_link_of_a_matter_closed_for_long_expires_and_a_new_one_opens_it(system: System, citizen: Citizen):
    headers = {"X-Petition-Pin": citizen.pin}
    system.http("POST", f"/v1/petitions/{citizen.reference}/withdrawal", json={}, headers=headers)
    token = token_of(system, citizen)
    system.clock.hold_at(system.clock.now() + timedelta(days=350))
    assert tried(system, citizen, token).json()["state"] == "WITHDRAWN"

    system.clock.hold_at(system.clock.now() + timedelta(days=15))
    expired = tried(system, citizen, token)
    page = system.http("GET", "/tra-cuu", query={"ma": citizen.reference, "t": token})
    assert (expired.status, expired.json()["code"]) == (404, "link-expired")
    assert "Đường dẫn đã hết hạn" in page.text
    assert 'action="/tra-cuu/cap-lai"' in page.text
    assert tried(system, citizen, citizen.pin).status == 200
    wrong = tried(system, citizen, "f" * 32)
    assert (wrong.status, wrong.json()["code"]) == (404, "not-found-or-wrong-pin")

    mail = next(m.to for m in system.outbox(citizen.reference, channel="EMAIL"))
    system.http("POST", "/tra-cuu/cap-lai", form={"reference": citizen.reference, "contact": mail})
    system.settle()

    assert tried(system, citizen, token).status == 200
    system.clock.hold_at(system.clock.now() + timedelta(days=31))
    assert tried(system, citizen, token).status == 404


def test_without_javascript_the_owner_of_a_slowed_pin_waits_a_minute_and_is_in(
    system: System, citizen: Citizen
):
    for _ in range(50):
        tried(system, citizen, "00000000")

    slowed = system.http("POST", "/tra-cuu", form={"ma": citizen.reference, "pin": citizen.pin})
    fields = dict(next(form.fields for form in forms_in(slowed.text) if "ticket" in form.names))
    early = system.http("POST", "/tra-cuu", form=fields)
    system.clock.hold_at(system.clock.now() + timedelta(seconds=60))
    opened = system.http("POST", "/tra-cuu", form=fields)

    assert (slowed.status, early.status, opened.status) == (429, 429, 200)
    assert 'id="state"' in opened.text
    added = dict(form_to(opened.text, "/tra-cuu/bo-sung").fields) | {"content": "Không phải đợi nữa."}
    assert "Đã nhận nội dung bổ sung." in system.http("POST", "/tra-cuu/bo-sung", form=added).text
