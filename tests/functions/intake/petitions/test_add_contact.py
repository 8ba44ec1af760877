"""A petitioner whose messages come back is asked for another contact; it takes the PIN; the old one is notified."""

from __future__ import annotations

import pytest

from shared.domain.identity.reference import contact_key
from shared.platform import secrets, settings
from shared.platform.settings import Settings
from shared.tables.throttle.suppressions import Suppressions
from tests.support.people import Citizen
from tests.support.system import System

NEW = "moi.binh@thu.example"


class _Names(Settings):
    throttle_table: str


@pytest.fixture
def citizen(system: System) -> Citizen:
    """A citizen whose petition was received."""
    sender = Citizen(system)
    sender.send()
    system.settle()
    return sender


def add(system: System, citizen: Citizen, **contact: str):
    answer = system.http(
        "POST",
        f"/v1/petitions/{citizen.reference}/contact",
        json=contact,
        headers={"X-Petition-Pin": citizen.pin},
    )
    system.settle()
    return answer


def suppress(contact: str) -> str:
    names = settings.load(_Names)
    key = contact_key(secrets.identifiers_key(names.identifiers_secret), contact)
    Suppressions(names.throttle_table).record(key, "ses-Bounce-Permanent-General")
    return key


def page(system: System, citizen: Citizen) -> str:
    return system.http("POST", "/tra-cuu", form={"ma": citizen.reference, "pin": citizen.pin}).text


def test_old_contact_is_notified_and_the_new_one_from_now_on(system: System, citizen: Citizen):
    (receipt,) = system.outbox(citizen.reference, channel="EMAIL")[:1]

    answer = add(system, citizen, email=NEW)

    (notice,) = [
        message for message in system.outbox(citizen.reference) if "thêm địa chỉ" in (message.subject or "")
    ]
    assert answer.status == 200
    assert answer.json()["history"][-1]["action"] == "add-contact"
    assert NEW not in answer.text
    assert notice.to == receipt.to


def test_who_cannot_be_reached_is_asked_for_another_contact_until_one_is_given(
    system: System, citizen: Citizen
):
    (receipt,) = system.outbox(citizen.reference, channel="EMAIL")[:1]
    before = page(system, citizen)
    suppress(receipt.to)

    bounced = page(system, citizen)
    add(system, citizen, email=receipt.to)
    after = page(system, citizen)

    assert "bị trả lại" not in before
    assert "Thông báo gửi cho bạn bị trả lại." in bounced
    assert "bị trả lại" not in after


@pytest.mark.parametrize(
    ("contact", "field"),
    [
        pytest.param({}, "email", id="nothing"),
        pytest.param({"email": "nobody"}, "email", id="no address"),
        pytest.param({"phone": "12"}, "phone", id="no number"),
    ],
)
def test_what_is_no_contact_is_refused_and_changes_nothing(system: System, citizen: Citizen, contact, field):
    answer = add(system, citizen, **contact)

    assert answer.status == 422
    assert answer.json()["errors"][0]["field"] == field


def test_without_the_pin_nothing_is_added(system: System, citizen: Citizen):
    answer = system.http(
        "POST",
        f"/v1/petitions/{citizen.reference}/contact",
        json={"email": NEW},
        headers={"X-Petition-Pin": "00000000"},
    )

    assert answer.status == 404


def test_contacts_are_added_five_times_at_most(system: System, citizen: Citizen):
    statuses = [add(system, citizen, email=f"n{number}@thu.example").status for number in range(6)]

    assert statuses == [200] * 5 + [422]
