"""Ambiguous deliveries are listed for administrators alone, and settled by the provider's records."""

from __future__ import annotations

import pytest

from tests.campaigns.faults.injection import Fault
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer
from tests.support.system import System

NOTICE = "1#RECEIPT#PETITIONER#EMAIL"


@pytest.fixture
def reference(system: System) -> str:
    """A petition whose receipt was handed to SES, which did not answer."""
    system.local.pumps.receipts.is_silent = True
    citizen = Citizen(system)
    with system.faults.broken("SendEmail", Fault.LOST_REQUEST):
        citizen.send()
    return citizen.reference


def state(system: System) -> str:
    return next(str(row["state"]["S"]) for row in system.items("deliveries") if row["notice"]["S"] == NOTICE)


def settle(system: System, reference: str, finding: str, username: str = "quantri") -> int:
    bearer = {"Authorization": f"Bearer {system.access_token(username)}"}
    body = {"notice": NOTICE, "finding": finding}
    return system.http("POST", f"/desk/v1/in-doubt/{reference}", json=body, headers=bearer).status


def test_ambiguous_delivery_is_listed_with_the_facts_to_find_it_at_the_provider(
    system: System, reference: str
):
    listed = Officer(system, "quantri").get("/v1/in-doubt").json()["in_doubt"]

    assert (reference, NOTICE, "ses", "AMBIGUOUS") in [
        (delivery["reference"], delivery["notice"], delivery["provider"], delivery["state"])
        for delivery in listed
    ]


def test_one_that_was_taken_is_sent_and_leaves_the_list(system: System, reference: str):
    assert settle(system, reference, "TAKEN") == 200

    assert state(system) == "SENT"
    assert NOTICE not in Officer(system, "quantri").get("/v1/in-doubt").text
    assert settle(system, reference, "TAKEN") == 404


def test_one_that_was_never_taken_goes_out_with_the_next_sweep(system: System, reference: str):
    assert [delivery for delivery in system.outbox(reference) if delivery.channel == "EMAIL"] == []

    assert settle(system, reference, "NOT_TAKEN") == 200
    system.travel(minutes=1)

    assert state(system) == "SENT"
    assert len([delivery for delivery in system.outbox(reference) if delivery.channel == "EMAIL"]) == 1


@pytest.mark.parametrize("username", ["minh.ccvc", "binh.vanphong", "tong.dai"])
def test_nobody_else_sees_or_settles_it(system: System, reference: str, username: str):
    assert Officer(system, username).get("/v1/in-doubt").status == 403
    assert settle(system, reference, "NOT_TAKEN", username) == 403
    assert state(system) == "AMBIGUOUS"


def test_page_lists_and_settles_it(system: System, reference: str):
    browser = Browser(system, "quantri")
    page = browser.get("/desk/in-doubt")
    assert NOTICE in page.text

    answer = browser.post(f"/desk/in-doubt/{reference}", {"notice": NOTICE, "finding": "TAKEN"})

    assert answer.status in (200, 303)
    assert state(system) == "SENT"
