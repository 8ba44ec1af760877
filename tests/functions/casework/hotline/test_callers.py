"""People who call again: an operator finds their petitions and does what they want, once they show it is theirs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from shared.domain.identity.reference import damm_digit
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.platform import secrets
from shared.tables.petition_items import petition_of
from shared.tables.throttle.calls import HotlineCalls
from tests.functions.casework.actions.test_suspected_denunciation import HINTED
from tests.support.desk_pages import Browser
from tests.support.people import CITIZEN, CONTENT, Citizen, Officer, answer_petition
from tests.support.system import System

OPERATOR = "tong.dai"
NUMBER, OTHERS = "0912 345 678", "0987 654 321"


@pytest.fixture
def caller(system: System) -> Citizen:
    """Somebody who sent a petition over the web."""
    citizen = Citizen(system)
    citizen.send()
    return citizen


def ask(system: System, caller: Citizen, wish: str, username: str = OPERATOR, **fields: Any) -> HttpResponse:
    proof = {"pin": caller.pin} if "pin" not in fields and "phone" not in fields else {}
    return system.http(
        "POST",
        f"/desk/v1/callers/{caller.reference}",
        json={"call_id": "call-7", "wish": wish, **proof, **fields},
        headers={"Authorization": f"Bearer {system.access_token(username)}"},
    )


def stored(system: System) -> Petition:
    (item,) = system.items("petitions")
    return petition_of(item)


def earlier(system: System, phone: str, username: str = OPERATOR, call_id: str | None = None) -> HttpResponse:
    """Ask for the petitions of the number that a call comes from; each number has a call of its own."""
    headers = {"Authorization": f"Bearer {system.access_token(username)}"}
    body = {"phone": phone, "call_id": call_id or f"call-from-{phone}"}
    return system.http("POST", "/desk/v1/callers", json=body, headers=headers)


# --- earlier petitions --------------------------------------------------------------------------------


@pytest.mark.parametrize("spelled", [NUMBER, "+84912345678"])
def test_a_callers_petitions_are_found_by_number_and_show_how_they_stand(system, caller, spelled):
    answer = earlier(system, spelled)

    assert answer.json() == {
        "petitions": [
            {
                "reference": caller.reference,
                "channel": "WEB",
                "state": "ASSIGNED",
                "received_on": "2026-11-03",
                "due_on": "2026-11-23",
            }
        ]
    }


def test_a_number_that_was_added_later_finds_the_petition_too(system, caller):
    caller.add("contact", phone=OTHERS)

    (petition,) = earlier(system, OTHERS).json()["petitions"]

    assert petition["reference"] == caller.reference


def test_nothing_of_what_was_written_or_by_whom_is_shown(system, caller):
    answer = earlier(system, NUMBER)

    assert not any(secret in answer.text for secret in (*CITIZEN.values(), CONTENT[:20]))


def test_a_strangers_number_finds_nothing(system, caller):
    assert earlier(system, OTHERS).json() == {"petitions": []}


def test_a_denunciation_is_not_shown_to_operators(system, caller):
    at = system.clock.now()
    from chalicelib.casework import composition

    petition = stored(system)
    restricted = petition.restrict(Change.by_officer("x", at, "r"), "TTRA")
    composition.parts().petitions.save(restricted, petition.version)

    assert earlier(system, NUMBER).json() == {"petitions": []}
    assert ask(system, caller, "track").status == 404


@pytest.mark.parametrize("username", ["minh.ccvc", "binh.vanphong", "khanh.tocongtac"])
def test_only_who_takes_calls_may_look(system, caller, username):
    assert earlier(system, NUMBER, username).status == 403
    assert ask(system, caller, "track", username).status == 403


# --- look-ups leave a trace ----------------------------------------------------------------------------


def openings(system: System) -> list[tuple[str, str | None]]:
    return [(entry.by, entry.note) for entry in stored(system).history if entry.action == "open-seal"]


def test_a_look_up_is_an_opening_in_each_petitions_history_and_on_the_auditors_page(system, caller):
    for _ in range(2):
        earlier(system, NUMBER)

    assert openings(system) == [(f"officer:{OPERATOR}", "Tra theo số điện thoại của người gọi")]
    (opening,) = Officer(system, "kiemtoan").get("/v1/openings").json()["openings"]
    assert (opening["reference"], opening["by"]) == (caller.reference, f"officer:{OPERATOR}")
    assert not any(secret in str(opening) for secret in CITIZEN.values())


@pytest.mark.parametrize("wish", ["track", "withdraw"])
def test_number_tried_at_a_known_reference_is_an_opening_too(system, caller, wish):
    """Else an operator could confirm who sent a petition without a trace, and whether or not the wish is done."""
    for _ in range(2):
        ask(system, caller, wish, phone=NUMBER)

    assert openings(system) == [(f"officer:{OPERATOR}", "Tra theo số điện thoại của người gọi")]


def test_the_petitioner_does_not_read_of_it(system, caller):
    earlier(system, NUMBER)

    assert "open-seal" not in track_on_the_web(system, caller, caller.pin).text


def test_an_intake_officer_learns_nothing_by_asking_sixty_numbers(system, caller):
    answers = {earlier(system, f"09123456{number}", "lan.tiepnhan").status for number in range(40, 99)} | {
        ask(system, caller, "track", "lan.tiepnhan", phone=NUMBER).status
    }

    assert answers == {403}
    assert openings(system) == []


def test_nor_by_entering_calls_of_sixty_numbers_with_the_same_text(system, caller):
    body = {
        "call_id": "guess",
        "content": CONTENT,
        "petitioner": {"name": "A", "address": "Hà Nội", "phone": NUMBER},
    }
    headers = {"Authorization": f"Bearer {system.access_token('lan.tiepnhan')}"}

    entered = system.http("POST", "/desk/v1/petitions", json=body, headers=headers)
    system.settle()

    petition = Officer(system, "lan.tiepnhan").get(f"/v1/petitions/{entered.json()['reference']}")
    assert caller.reference not in petition.text.replace(" ", "")


def test_nor_by_entering_a_colleagues_call_again_with_each_number(system):
    """The right identity would be answered with the petition and its PIN, a wrong one with a refusal."""
    body = {"call_id": "theirs", "content": CONTENT, "petitioner": CITIZEN | {"phone": NUMBER}}
    assert Officer(system, OPERATOR).post("/v1/petitions", **body).status == 201

    answers = [
        Officer(system, "lan.tiepnhan").post(
            "/v1/petitions", **body | {"petitioner": CITIZEN | {"phone": phone}}
        )
        for phone in (NUMBER, OTHERS)
    ]

    assert [(answer.status, answer.json()["code"]) for answer in answers] == [
        (422, "idempotency-key-reused")
    ] * 2
    assert Officer(system, OPERATOR).post("/v1/petitions", **body).status == 200


def test_a_call_covers_one_number_for_one_hour_and_for_who_takes_it(system, caller):
    assert earlier(system, NUMBER, call_id="c").status == 200

    for other in (
        earlier(system, OTHERS, call_id="c"),
        ask(system, caller, "track", phone=OTHERS, call_id="c"),
    ):
        assert other.status == 422
        assert [error["field"] for error in other.json()["errors"]] == ["call_id"]
    system.travel(minutes=61)
    assert earlier(system, NUMBER, call_id="c").status == 422
    assert earlier(system, NUMBER, call_id="another").status == 200


def test_a_call_that_the_call_centre_reported_covers_the_number_that_it_came_from(system, caller):
    HotlineCalls(*_throttle(system)).report("reported", "+84912345678", system.clock.now())

    assert earlier(system, OTHERS, call_id="reported").status == 422
    assert earlier(system, NUMBER, call_id="reported").status == 200


def _throttle(system: System) -> tuple[str, bytes]:
    outputs = system.local.cloud.outputs
    return outputs["ThrottleTable"], secrets.keyring(outputs["IdentifiersSecret"]).names()


def test_an_operator_looks_up_so_many_numbers_an_hour(system, caller):
    answers = [earlier(system, f"09123456{number}").status for number in range(10, 31)]

    assert answers == [200] * 20 + [429]
    assert earlier(system, NUMBER).status == 429
    system.travel(minutes=60)
    assert earlier(system, NUMBER).status == 200


def test_what_may_be_a_denunciation_is_not_found_by_number(system):
    sender = Citizen(system, content="Tôi muốn tố cáo trưởng phòng đã nhận tiền.")
    sender.send()
    assert stored(system).may_denounce or stored(system).lane == "RESTRICTED"

    assert earlier(system, NUMBER).json() == {"petitions": []}
    assert openings(system) == []


def test_number_proves_nothing_of_what_may_be_a_denunciation(system):
    citizen = Citizen(system, content=HINTED)
    citizen.send()

    assert ask(system, citizen, "track", phone=NUMBER).status == 404
    assert ask(system, citizen, "track", pin=citizen.pin).status == 200


def test_look_ups_and_refusals_are_counted_without_numbers(system, caller):
    system.local.functions.metrics.clear()

    earlier(system, NUMBER)
    earlier(system, NUMBER, "lan.tiepnhan")

    metrics = "".join(system.local.functions.metrics)
    assert (metrics.count('"LookedUpByNumber":'), metrics.count('"LookUpsRefused":')) == (1, 1)
    assert "912345678" not in metrics


def test_the_page_offers_no_look_up_to_intake_officers(system, caller):
    page = Browser(system, "lan.tiepnhan").get("/desk/call")

    assert page.status == 200
    assert 'name="phone"' not in page.text
    assert 'name="pin"' in page.text


def test_what_is_no_number_is_named(system, caller):
    answer = earlier(system, "không biết")

    assert (answer.status, answer.json()["errors"][0]["field"]) == (422, "phone")


def track_on_the_web(system: System, caller: Citizen, pin: str) -> HttpResponse:
    return system.http("GET", f"/v1/petitions/{caller.reference}", headers={"X-Petition-Pin": pin})


def numbered(number: int) -> str:
    """Return a reference that nobody has, with its check digit."""
    digits = f"26{number:08}"
    return digits + damm_digit(digits)


# --- on behalf ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "proof", [pytest.param({}, id="by PIN"), pytest.param({"phone": NUMBER}, id="by the number on file")]
)
def test_a_supplement_is_the_operators_in_the_history_and_names_call_and_proof(system, caller, proof):
    for _ in range(2):
        answer = ask(system, caller, "supplement", text="Tôi thi ở Hà Nội.", **proof)
        assert (answer.status, answer.json()["state"]) == (200, "ASSIGNED")

    entries = [entry for entry in stored(system).history if entry.action == "supplement"]
    assert [(entry.by, entry.text) for entry in entries] == [(f"officer:{OPERATOR}", "Tôi thi ở Hà Nội.")]
    assert entries[0].change_id.startswith(f"supplement:call:call-7:by-{'number' if proof else 'pin'}:")


@pytest.mark.parametrize(
    "proof",
    [
        pytest.param({"pin": "00000000"}, id="a wrong PIN"),
        pytest.param({"phone": OTHERS}, id="another number"),
        pytest.param({"pin": "00000000", "phone": NUMBER}, id="a wrong PIN from the right number"),
    ],
)
def test_who_shows_nothing_gets_nothing(system, caller, proof):
    unknown = Citizen(system)
    unknown.reference = "26483190274"

    wrong = ask(system, caller, "withdraw", **proof)

    assert wrong.status == 404
    assert {k: v for k, v in wrong.json().items() if k != "instance"} == {
        k: v for k, v in ask(system, unknown, "withdraw", **proof).json().items() if k != "instance"
    }
    assert not [entry for entry in stored(system).history if entry.by == f"officer:{OPERATOR}"]


@pytest.mark.parametrize(
    "proof",
    [pytest.param({"pin": "00000000"}, id="by PIN"), pytest.param({"phone": OTHERS}, id="by another number")],
)
def test_operator_who_guesses_waits_and_locks_out_neither_the_owner_nor_another_operator(
    system, caller, proof
):
    for _ in range(5):
        assert ask(system, caller, "track", **proof).status == 404

    slowed = ask(system, caller, "track")
    assert (slowed.status, slowed.json()["code"]) == (429, "pin-slowed")
    assert track_on_the_web(system, caller, caller.pin).status == 200
    assert ask(system, caller, "track", "lan.tiepnhan").status == 200
    system.travel(minutes=1)
    assert ask(system, caller, "track").status == 200


def test_who_guesses_on_the_web_slows_the_pin_at_the_hotline_and_not_the_number_on_file(system, caller):
    for _ in range(50):
        assert track_on_the_web(system, caller, "00000000").status == 404

    assert ask(system, caller, "track").status == 429
    assert ask(system, caller, "track", phone=NUMBER, call_id="call-8").status == 200


def test_operator_who_guesses_at_many_petitions_waits_longer_each_time(system, caller):
    other, waits = Citizen(system), []
    for number in range(9):
        other.reference = numbered(number)
        ask(system, other, "track", pin="00000000")
        slowed = ask(system, caller, "track")
        waits.append(slowed.json().get("retry_after", 0))
        system.clock.hold_at(system.clock.now() + timedelta(seconds=waits[-1]))

    assert waits == [0, 0, 0, 0, 5, 10, 20, 40, 80]


def test_a_caller_rates_asks_for_a_second_look_and_hears_how_it_stands(system, caller):
    assert ask(system, caller, "rate", score=1).status == 409
    answer_petition(system, caller.reference)

    assert ask(system, caller, "rate", score=1, text="Chưa đúng ý").status == 200
    assert ask(system, caller, "second-look", text="Chưa nói rõ ngày").json()["state"] == "REOPENED"
    assert ask(system, caller, "track").json()["state"] == "REOPENED"
    assert ask(system, caller, "second-look", text="Lần nữa").status == 409

    petition = stored(system)
    assert petition.rating is not None
    assert (petition.rating.score, petition.rating.comment) == (1, "Chưa đúng ý")


def test_a_caller_takes_it_back(system, caller):
    assert ask(system, caller, "withdraw", text="Đã được giải quyết").json()["state"] == "WITHDRAWN"


def test_withdrawal_by_telephone_needs_the_pin_or_a_call_back(system, caller):
    """A displayed number can be forged, so the number on file alone withdraws nothing."""
    refused = ask(system, caller, "withdraw", phone=NUMBER)

    assert (refused.status, refused.json()["errors"][0]["field"]) == (422, "called_back")
    assert stored(system).state != "WITHDRAWN"
    assert ask(system, caller, "withdraw", phone=NUMBER, called_back=True).json()["state"] == "WITHDRAWN"
    assert stored(system).history[-1].change_id.startswith("withdraw:call:call-7:by-call-back:")


@pytest.mark.parametrize(
    "proof", [pytest.param({}, id="by PIN"), pytest.param({"phone": NUMBER}, id="by the number on file")]
)
def test_withdrawal_is_undone_by_telephone(system, caller, proof):
    before = stored(system).state
    ask(system, caller, "withdraw")

    undone = ask(system, caller, "undo-withdrawal", **proof)

    assert (undone.status, undone.json()["state"]) == (200, before)
    assert ask(system, caller, "undo-withdrawal", **proof).status == 200


def test_withdrawal_is_undone_by_telephone_only_in_time(system, caller):
    ask(system, caller, "withdraw")
    system.travel(days=8)

    assert ask(system, caller, "undo-withdrawal").status == 409


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        pytest.param({"wish": "supplement"}, "text", id="a supplement without a text"),
        pytest.param({"wish": "second-look"}, "text", id="a second look without a reason"),
        pytest.param({"wish": "rate"}, "score", id="a rating without a score"),
        pytest.param({"wish": "track", "pin": ""}, "pin", id="no proof"),
        pytest.param({"wish": "rate", "score": 6}, "score", id="a score that there is not"),
        pytest.param({"wish": "delete"}, "wish", id="another wish"),
    ],
)
def test_what_is_missing_is_named_and_nothing_changes(system, caller, fields, field):
    before = stored(system)

    answer = ask(system, caller, **fields)

    assert answer.status == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert stored(system) == before
