"""Two pairs of eyes: one administrator proposes, another person confirms, and nothing takes effect before."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from chalicelib.casework import composition
from shared.platform import settings
from shared.tables import directory as directories
from shared.tables.directory import Directory
from tests.campaigns.faults.injection import Fault
from tests.support.administration import FIRST, SECOND, decide, put_confirmed, put_row
from tests.support.people import Citizen, Officer
from tests.support.system import System

TODAY = "2026-11-03"
TEXT = "petitioner.RECEIPT.EMAIL.vi"


def officer_row(system: System, name: str) -> dict[str, Any]:
    rows = Officer(system, FIRST).get(f"/v1/directory/officer/{name}").json()["rows"]
    return dict(rows[-1])


def directory(system: System) -> Directory:
    directories.forget()
    return Directory(system.local.cloud.outputs["DirectoryTable"])


def proposed(system: System, path: str = f"template/{TEXT}", **changes: Any) -> dict[str, Any]:
    row = {"valid_from": TODAY, "text": "Mới: {{ reference }}", "subject": "Mã {{ reference }}"}
    answer = put_row(system, path, changes or row)
    assert answer.status == 202, answer.text
    return dict(answer.json())


def test_proposal_says_where_it_is_confirmed_and_has_no_effect_yet(system: System):
    citizen = Citizen(system)

    proposal = proposed(system)
    citizen.send()

    assert proposal["state"] == "OPEN"
    assert proposal["confirm_at"].endswith(f"/desk/v1/proposals/{proposal['id']}/confirm")
    assert proposal["page"].endswith(f"/desk/proposals/{proposal['id']}")
    assert "người thứ hai" in proposal["detail"]
    assert "Mới:" not in system.outbox(citizen.reference)[0].text


def test_confirmed_change_holds_and_names_both_persons(system: System):
    row = officer_row(system, "minh.ccvc")

    answer = put_confirmed(system, "officer/minh.ccvc", row | {"roles": ["handler", "unit-head"]})

    after = officer_row(system, "minh.ccvc")
    assert (answer.status, answer.json()["state"], answer.json()["decided_by"]) == (200, "CONFIRMED", SECOND)
    assert (after["changed_by"], after["confirmed_by"]) == (FIRST, SECOND)
    assert after["corrections"][-1]["by"] == FIRST
    assert after["corrections"][-1]["confirmed_by"] == SECOND
    assert directory(system).officers()["minh.ccvc"].roles == ("handler", "unit-head")


def test_nobody_confirms_or_rejects_their_own_proposal(system: System):
    proposal = proposed(system)

    confirmed = decide(system, proposal["id"], username=FIRST)
    rejected = decide(system, proposal["id"], "reject", username=FIRST, reason="x")

    assert (confirmed.status, confirmed.json()["code"]) == (403, "second-person-needed")
    assert rejected.status == 403
    assert directory(system).rows("template") == ()


def test_second_account_is_itself_a_change_that_another_person_confirms(system: System):
    twin = {
        "valid_from": TODAY, "name": "Tạ Văn Hậu", "email": "hau@pakn.example", "unit": "TTTT",
        "roles": ["administrator"],
    }  # fmt: skip

    account = put_row(system, "officer/hau.hai", twin)
    own = decide(system, account.json()["id"], username=FIRST)

    assert (account.status, own.status) == (202, 403)
    assert "hau.hai" not in directory(system).officers()


def test_account_with_the_proposers_address_is_no_other_person(system: System):
    rows = Directory(system.local.cloud.outputs["DirectoryTable"])
    second = officer_row(system, SECOND)
    rows.put("officer", SECOND, date(2018, 6, 18), second | {"email": "QUANTRI@pakn.example"})
    directories.forget()

    answer = decide(system, proposed(system)["id"])

    assert (answer.status, answer.json()["code"]) == (403, "second-person-needed")


def test_same_proposal_again_is_one(system: System):
    first, again = proposed(system), proposed(system)

    assert first["id"] == again["id"]
    assert len(Officer(system, SECOND).get("/v1/proposals").json()["proposals"]) == 1


def test_confirmed_twice_it_is_written_once(system: System):
    proposal = proposed(system)

    first, again = decide(system, proposal["id"]), decide(system, proposal["id"])

    assert (first.status, again.status) == (200, 200)
    (row,) = Officer(system, FIRST).get(f"/v1/directory/template/{TEXT}").json()["rows"]
    assert (row["revision"], row["changed_by"], row["confirmed_by"]) == (1, FIRST, SECOND)


def test_proposal_shows_what_it_changes(system: System):
    row = officer_row(system, "minh.ccvc")

    proposal = proposed(system, "officer/minh.ccvc", **row | {"email": "moi@pakn.example"})

    assert proposal["changes"] == [
        {"name": "email", "before": "minh.ccvc@pakn.example", "after": "moi@pakn.example"}
    ]


def test_rejected_withdrawn_or_expired_proposal_is_closed(system: System):
    rejected, withdrawn, expired = (
        proposed(
            system, f"template/{TEXT}", valid_from="2026-12-24", text=f"{n}: {{{{ reference }}}}", subject="x"
        )
        for n in (1, 2, 3)
    )

    refusal = decide(system, rejected["id"], "reject", reason="Sai giọng văn.")
    withdrawal = decide(system, withdrawn["id"], "withdraw", username=FIRST)
    not_own = decide(system, expired["id"], "withdraw")
    system.travel(days=15)

    states = [
        Officer(system, SECOND).get(f"/v1/proposals/{p['id']}").json() for p in (rejected, withdrawn, expired)
    ]
    assert (refusal.status, withdrawal.status, not_own.status) == (200, 200, 403)
    assert [state["state"] for state in states] == ["REJECTED", "WITHDRAWN", "EXPIRED"]
    assert (states[0]["reason"], states[0]["decided_by"]) == ("Sai giọng văn.", SECOND)
    assert [decide(system, p["id"]).json()["code"] for p in (rejected, withdrawn, expired)] == [
        "proposal-closed"
    ] * 3
    assert directory(system).rows("template") == ()


def test_rejection_needs_a_reason(system: System):
    proposal = proposed(system)

    assert decide(system, proposal["id"], "reject", reason=" ").status == 422
    assert decide(system, proposal["id"], "reject").status == 422


@pytest.mark.parametrize(
    "meanwhile",
    [
        pytest.param({"name": "Minh Đức"}, id="the same version was corrected"),
        pytest.param({"valid_from": TODAY}, id="another version was added"),
    ],
)
def test_proposal_is_refused_clearly_once_its_row_was_changed(system: System, meanwhile: dict[str, Any]):
    row = officer_row(system, "minh.ccvc")
    proposal = proposed(system, "officer/minh.ccvc", **row | {"email": "moi@pakn.example"})
    put_row(system, "officer/minh.ccvc", row | meanwhile)

    shown = Officer(system, SECOND).get(f"/v1/proposals/{proposal['id']}").json()
    answer = decide(system, proposal["id"])

    assert shown["is_stale"]
    assert (answer.status, answer.json()["code"]) == (409, "stale-proposal")
    assert officer_row(system, "minh.ccvc")["email"] == "minh.ccvc@pakn.example"


def test_text_whose_day_has_passed_is_not_put_into_force_afterwards(system: System):
    proposal = proposed(system)
    system.travel(days=2)

    answer = decide(system, proposal["id"])

    assert (answer.status, answer.json()["errors"][0]["rule"]) == (422, "in-force")


@pytest.mark.parametrize("username", ["binh.vanphong", "minh.ccvc", "khanh.tocongtac", "kiemtoan"])
def test_nobody_else_reads_or_decides_proposals(system: System, username: str):
    proposal, officer = proposed(system), Officer(system, username)

    statuses = {
        officer.get("/v1/proposals").status,
        officer.get(f"/v1/proposals/{proposal['id']}").status,
        officer.post(f"/v1/proposals/{proposal['id']}/confirm").status,
        officer.post(f"/v1/proposals/{proposal['id']}/reject", reason="x").status,
        officer.post(f"/v1/proposals/{proposal['id']}/withdraw").status,
    }

    assert statuses == {403}


def test_approver_whom_the_directory_names_confirms_too(system: System):
    row = officer_row(system, "binh.vanphong")
    put_confirmed(system, "officer/binh.vanphong", row | {"confirms_changes": True})

    answer = decide(system, proposed(system)["id"], username="binh.vanphong")

    assert (answer.status, answer.json()["decided_by"]) == (200, "binh.vanphong")
    assert Officer(system, "binh.vanphong").get("/v1/directory/officer/*").status == 403


def test_officer_who_must_go_is_ended_by_one_person(system: System):
    row = officer_row(system, "ngoc.tocongtac")

    ended = put_row(system, "officer/ngoc.tocongtac", row | {"valid_to": "2026-11-02"})
    back = put_row(system, "officer/ngoc.tocongtac", row)

    assert (ended.status, back.status) == (200, 202)
    assert "ngoc.tocongtac" not in directory(system).officers()


def test_row_does_not_say_itself_whom_its_officer_replaces(system: System):
    row = officer_row(system, "huong.ccvc")

    put_row(system, "officer/huong.ccvc", row | {"stands_in_for": ["minh.ccvc"]})

    assert not directory(system).officers()["huong.ccvc"].handles("minh.ccvc")


# --- the officer is notified ------------------------------------------------------------------------


def mails_about_addresses(system: System) -> dict[str, str]:
    return {
        mail.to: mail.text for mail in system.outbox(channel="EMAIL") if "Thư công vụ" in (mail.subject or "")
    }


def test_officer_is_notified_at_the_old_address_and_the_new_once(system: System):
    row = officer_row(system, "minh.ccvc")
    put_confirmed(system, "officer/minh.ccvc", row | {"email": "moi@pakn.example"})

    system.travel(minutes=10)

    mails = [mail for mail in system.outbox(channel="EMAIL") if "minh.ccvc" in (mail.subject or "")]
    assert sorted(mail.to for mail in mails) == ["minh.ccvc@pakn.example", "moi@pakn.example"]
    for mail in mails:
        assert "Tạ Văn Hậu" in mail.text
        assert "Đinh Thị Thu Hiền" in mail.text
        assert "moi@pakn.example" not in mail.text


def test_nobody_is_notified_of_an_address_that_was_only_proposed(system: System):
    row = officer_row(system, "minh.ccvc")
    proposal = proposed(system, "officer/minh.ccvc", **row | {"email": "moi@pakn.example"})
    decide(system, proposal["id"], "reject", reason="Không phải địa chỉ công vụ.")

    system.travel(minutes=10)

    assert mails_about_addresses(system) == {}


# --- without a second person --------------------------------------------------------------------------


@pytest.fixture
def alone(system: System) -> Iterator[System]:
    """A small installation, where one administrator changes everything."""
    os.environ["CHANGES_NEED_CONFIRMATION"] = "false"
    settings.forget()
    composition.parts.cache_clear()
    yield system
    del os.environ["CHANGES_NEED_CONFIRMATION"]
    settings.forget()
    composition.parts.cache_clear()


def test_small_installation_does_without_and_the_officer_is_notified_all_the_same(alone: System):
    row = officer_row(alone, "minh.ccvc")

    answer = put_row(alone, "officer/minh.ccvc", row | {"email": "moi@pakn.example"})
    alone.travel(minutes=10)

    assert answer.status == 200, answer.text
    assert mails_about_addresses(alone).keys() == {"minh.ccvc@pakn.example", "moi@pakn.example"}


# --- a process dies -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "is_notified", "state"),
    [
        pytest.param(Fault.SERVER_ERROR, False, "OPEN", id="before the row was written"),
        pytest.param(Fault.LOST_REPLY, True, "CONFIRMED", id="after it was written"),
    ],
)
def test_officer_is_notified_exactly_when_the_row_was_written(
    system: System, fault: Fault, *, is_notified: bool, state: str
):
    row = officer_row(system, "minh.ccvc")
    proposal = proposed(system, "officer/minh.ccvc", **row | {"email": "moi@pakn.example"})

    with system.faults.broken("TransactWriteItems", fault):
        answer = decide(system, proposal["id"])
    system.travel(minutes=10)

    assert answer.status >= 500
    shown = Officer(system, SECOND).get(f"/v1/proposals/{proposal['id']}").json()
    assert shown["state"] == state
    assert bool(mails_about_addresses(system)) is is_notified
    assert all("wake_at" not in item for item in system.items("deliveries"))
