"""A petitioner whose messages come back is asked for another contact; it takes the PIN; the old one is notified."""

from __future__ import annotations

import re

import pytest

from shared.domain.identity.reference import contact_key
from shared.platform import secrets, settings
from shared.platform.settings import Settings
from shared.tables.throttle.suppressions import Suppressions
from tests.support.people import CITIZEN, Citizen, Officer
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
    key = contact_key(secrets.keyring(names.identifiers_secret).names(), contact)
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
    own, first, second = CITIZEN["phone"], "n1@thu.example", "n2@thu.example"
    added = [
        {"email": first},
        {"email": second},
        {"phone": own},
        {"phone": own, "email": first},
        {"phone": own, "email": second},
        {"email": CITIZEN["email"]},
    ]

    statuses = [add(system, citizen, **contact).status for contact in added]

    assert statuses == [200] * 5 + [422]


def test_a_petition_has_four_contacts_at_most(system: System, citizen: Citizen):
    statuses = [add(system, citizen, email=f"n{number}@thu.example").status for number in range(3)]

    assert statuses == [200, 200, 422]


def choose(system: System, citizen: Citizen, *reply_by: str):
    return system.http(
        "POST",
        f"/v1/petitions/{citizen.reference}/channels",
        json={"reply_by": [*reply_by]},
        headers={"X-Petition-Pin": citizen.pin},
    )


def test_notices_go_over_the_channels_that_were_chosen_last(system: System, citizen: Citizen):
    officer = Officer(system, "minh.ccvc")
    officer.do("accept", citizen.reference)

    answer = choose(system, citizen, "SMS")
    officer.do("request-information", citizen.reference, text="Ông/Bà dự thi ở đâu?")
    system.settle()

    (question,) = [m for m in system.outbox(citizen.reference) if citizen.reference in m.text][-1:]
    assert answer.json()["history"][-1]["action"] == "choose-channels"
    assert question.channel == "SMS"


@pytest.mark.parametrize("chosen", [(), ("FAX",)])
def test_one_channel_that_exists_remains(system: System, citizen: Citizen, chosen: tuple[str, ...]):
    answer = choose(system, citizen, *chosen)

    assert answer.status == 422
    assert answer.json()["errors"][0]["field"].startswith("reply_by")


def test_channels_are_chosen_on_the_petitions_page(system: System, citizen: Citizen):
    proof = {"ma": citizen.reference, "pin": citizen.pin}
    before = page(system, citizen)

    none = system.http("POST", "/tra-cuu/cach-nhan-tin", form=proof)
    taken = system.http("POST", "/tra-cuu/cach-nhan-tin", form={**proof, "reply_by": "SMS"})
    after = page(system, citizen)

    assert re.findall(r'name="reply_by" value="(\w+)" checked', before) == ["EMAIL"]
    assert none.status == 422
    assert "Hãy chọn ít nhất một cách Bộ báo tin cho bạn." in none.text
    assert "Từ nay Bộ báo tin cho bạn theo cách đã chọn." in taken.text
    assert re.findall(r'name="reply_by" value="(\w+)" checked', after) == ["SMS"]
