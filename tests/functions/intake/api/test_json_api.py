"""The JSON API as a program uses it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from altcha import Payload, solve_challenge
from altcha.v2 import Challenge

from chalicelib.intake import composition
from chalicelib.intake.petitions.follow_up import FollowUp
from infra.local.emulation.functions import HttpResponse
from shared.domain.identity.reference import link_token_of
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.classification import Lane, Proposal
from shared.platform import secrets
from shared.platform.seal import Seal
from shared.tables.petition_items import petition_of
from shared.tables.petitions import Petitions
from tests.support.answers import constant_headers
from tests.support.search_files import build_index
from tests.support.system import System

AT = datetime(2026, 11, 3, 3, 0, tzinfo=UTC)
OFFICER = "officer:minh.xuly"


def routed(petition: Petition) -> Petition:
    return petition.route(Change.by_router(AT, "route"), Proposal(lane=Lane.ORDINARY, field="CCVC"), "VCCVC")


def accepted(petition: Petition) -> Petition:
    return petition.accept(Change(OFFICER, AT, "accept"), handler="minh.xuly")


def drafted(petition: Petition) -> Petition:
    return petition.draft_answer(Change(OFFICER, AT, "draft"), "Hồ sơ đã có kết quả.")


def approved(petition: Petition) -> Petition:
    return petition.approve(Change.by_officer("ha.duyet", AT, "approve"))


def published(petition: Petition) -> Petition:
    publication = Publication(
        subject="Trả lời hồ sơ chậm", content="Hồ sơ chậm 20 ngày.", answer="Đã có kết quả.", published_at=AT
    )
    return petition.publish(Change.by_officer("ha.duyet", AT, "publish"), publication)


def followed(intake: System, receipt: dict[str, Any], **query: str) -> dict[str, Any]:
    answer = with_pin(intake, receipt, "GET", "", query=query)
    assert answer.status == 200
    view: dict[str, Any] = answer.json()
    return view


def with_pin(intake: System, receipt: dict[str, Any], method: str, door: str, **sent: Any) -> HttpResponse:
    headers = {"X-Petition-Pin": receipt["pin"], **sent.pop("headers", {})}
    return intake.http(method, f"/v1/petitions/{receipt['reference']}{door}", headers=headers, **sent)


# --- receiving ----------------------------------------------------------------------------------------


def test_a_petition_gets_a_reference_a_pin_and_its_due_date(intake, a_submission):
    answer = intake.http("POST", "/v1/petitions", json=a_submission())

    receipt = answer.json()
    assert answer.status == 201
    assert len(receipt["reference"]) == 11
    assert len(receipt["pin"]) == 8
    assert receipt["state"] == "RECEIVED"
    assert receipt["received_at"] == "2026-11-03T02:00:00Z"
    assert receipt["due_on"] == "2026-11-23"
    assert receipt["links"]["self"].endswith(f"/v1/petitions/{receipt['reference']}")
    assert answer.header("Location") == f"/v1/petitions/{receipt['reference']}"
    assert answer.header("Cache-Control") == "no-store"


@pytest.mark.parametrize(
    ("received", "due_on"),
    [
        pytest.param("2026-01-28T09:00+07:00", "2026-02-23", id="over Tết"),
        pytest.param("2025-12-21T09:00+07:00", "2026-01-10", id="onto a Saturday that is worked"),
        pytest.param(
            "2018-06-18T23:59+07:00", "2018-07-09", id="from the last minute of a day, over a Sunday"
        ),
    ],
)
def test_the_due_date_follows_law_and_calendar(intake, a_submission, received, due_on):
    intake.reset(at=datetime.fromisoformat(received))

    receipt = intake.http("POST", "/v1/petitions", json=a_submission()).json()

    assert receipt["due_on"] == due_on


@pytest.mark.parametrize(
    "headers",
    [pytest.param({}, id="without a key"), pytest.param({"Idempotency-Key": "k1"}, id="with a key")],
)
def test_the_same_petition_sent_twice_is_one(intake, a_submission, headers):
    first = intake.http("POST", "/v1/petitions", json=a_submission(), headers=headers)
    second = intake.http("POST", "/v1/petitions", json=a_submission(), headers=headers)

    assert (first.status, second.status) == (201, 200)
    assert first.json() == second.json()
    assert len(intake.items("petitions")) == 1


def test_another_key_makes_another_petition(intake, a_submission):
    for key in ("k1", "k2"):
        intake.http("POST", "/v1/petitions", json=a_submission(), headers={"Idempotency-Key": key})

    assert len(intake.items("petitions")) == 2


def test_a_key_used_again_with_another_text_is_refused_without_showing_the_first_petition(
    intake, a_submission
):
    intake.http("POST", "/v1/petitions", json=a_submission(), headers={"Idempotency-Key": "k1"})

    answer = intake.http(
        "POST", "/v1/petitions", json=a_submission(content="Khác"), headers={"Idempotency-Key": "k1"}
    )

    assert (answer.status, answer.json()["code"]) == (422, "idempotency-key-reused")
    assert "reference" not in answer.json()


def test_a_retry_after_new_year_finds_the_petition_of_the_old_year(intake, a_submission):
    intake.reset(at=datetime.fromisoformat("2026-12-31T23:59:59+07:00"))
    headers = {"Idempotency-Key": "k1"}
    first = intake.http("POST", "/v1/petitions", json=a_submission(), headers=headers).json()
    intake.clock.hold_at(datetime.fromisoformat("2027-01-01T00:00:01+07:00"))

    second = intake.http("POST", "/v1/petitions", json=a_submission(), headers=headers)

    assert (second.status, second.json()["reference"]) == (200, first["reference"])


def test_receiving_costs_one_look_at_the_limit_one_encryption_and_one_write_once_warm(intake, a_submission):
    intake.http("POST", "/v1/petitions", json=a_submission())

    with intake.faults.counting() as calls:
        intake.http("POST", "/v1/petitions", json=a_submission(content="Một việc khác."))

    assert [call.operation for call in calls] == ["Query", "Encrypt", "PutItem"]


def test_identity_is_nowhere_in_the_tables_in_the_clear(intake, a_submission):
    sent = intake.http("POST", "/v1/petitions", json=a_submission(petitioner={"name": "Canary Ngọc Lan"}))

    stored = str([intake.items(table) for table in ("petitions", "throttle", "deliveries", "statistics")])
    assert sent.json()["reference"] in stored
    for secret in ("Canary", "Lê Lợi", "912345678", "an@example.vn"):
        assert secret not in stored


def test_what_was_chosen_is_kept(intake, a_submission):
    body = a_submission(
        kind="CONDUCT", field="CCVC", reply_by=["SMS", "EMAIL"], may_publish=True, language="en"
    )

    receipt = intake.http("POST", "/v1/petitions", json=body).json()

    (item,) = intake.items("petitions")
    petition = petition_of(item)
    assert petition.reference == receipt["reference"]
    assert (petition.kind, petition.chosen_field, petition.may_publish) == ("CONDUCT", "CCVC", True)
    assert petition.petitioner.reply_by == ("SMS", "EMAIL")
    assert petition.language == "en"
    assert len(petition.petitioner.contact_keys) == 2


def test_absent_and_null_and_empty_mean_the_same(intake, a_submission):
    body = a_submission(subject=None, kind=None, field="", petitioner={"email": None, "organisation": ""})

    assert intake.http("POST", "/v1/petitions", json=body).status == 201


# --- following ----------------------------------------------------------------------------------------


def test_the_petitioner_follows_with_the_pin(intake, sent):
    view = followed(intake, sent)

    assert (view["state"], view["state_label"]) == ("RECEIVED", "Mới tiếp nhận")
    assert (view["due_on"], view["overdue"]) == ("2026-11-23", False)
    assert view["channel"] == "WEB"
    assert (view["kind"], view["field"], view["unit"]) == (None, None, None)
    assert [entry["action"] for entry in view["history"]] == ["receive"]
    assert view["possible_actions"] == ["supplement", "withdraw"]
    assert "answer" not in view


def test_labels_come_in_english_when_asked(intake, sent, officers_do):
    officers_do(sent["reference"], routed)

    view = followed(intake, sent, lang="en")

    assert view["state_label"] == "Assigned"
    assert view["unit"] == "VCCVC"
    assert view["unit_label"] == "Department of Civil Servants and Public Employees"


def test_no_officer_and_no_internal_entry_is_shown(intake, sent, officers_do):
    def noted(petition):
        return petition.add_note(Change(OFFICER, AT, "note"), "Ghi nội bộ")

    officers_do(sent["reference"], routed, accepted, noted, drafted)

    answer = with_pin(intake, sent, "GET", "")

    assert "minh.xuly" not in answer.text
    assert "nội bộ" not in answer.text
    assert "Hồ sơ đã có kết quả" not in answer.text
    assert [entry["action"] for entry in answer.json()["history"]] == ["receive", "route", "accept"]


def test_whoever_holds_the_view_can_verify_the_whole_chain(intake, sent, officers_do):
    officers_do(sent["reference"], routed, accepted, drafted, approved)

    view = followed(intake, sent)

    links = sorted([*view["history"], *view["chain"]], key=lambda link: link["seq"])
    before = "0" * 64
    for number, link in enumerate(links, start=1):
        assert link["seq"] == number
        assert link["hash"] == hashlib.sha256(f"{before}{link['digest']}".encode()).hexdigest()
        before = link["hash"]
    assert [set(link) for link in view["chain"]] == [{"seq", "digest", "hash"}]


def test_the_answer_is_shown_once_it_is_approved(intake, sent, officers_do):
    officers_do(sent["reference"], routed, accepted, drafted, approved)

    view = followed(intake, sent)

    assert view["state"] == "ANSWERED"
    assert view["answer"] == {"text": "Hồ sơ đã có kết quả.", "answered_at": "2026-11-03T03:00:00Z"}


def test_overdue_is_counted_in_working_days(intake, sent):
    intake.clock.hold_at(datetime.fromisoformat("2026-11-26T09:00:00+07:00"))

    view = followed(intake, sent)

    assert (view["overdue"], view["overdue_working_days"]) == (True, 2)  # 24 November is off
    assert (view["days_left"], view["working_days_left"]) == (-3, -2)


def test_the_last_minute_of_the_due_date_is_in_time(intake, sent):
    intake.clock.hold_at(datetime.fromisoformat("2026-11-23T23:59:59+07:00"))
    assert followed(intake, sent)["overdue"] is False

    intake.clock.hold_at(datetime.fromisoformat("2026-11-24T00:00:00+07:00"))
    assert followed(intake, sent)["overdue"] is True


# --- the PIN ------------------------------------------------------------------------------------------


def tried(intake: System, reference: str, pin: str, offered: str = "") -> HttpResponse:
    headers = {"X-Petition-Pin": pin, **({"X-Petition-Proof": offered} if offered else {})}
    return intake.http("GET", f"/v1/petitions/{reference}", headers=headers)


SLOWED_AFTER = 50
"""PIN_TRIES_PER_REFERENCE."""


def key_of_identifiers(system: System) -> bytes:
    return secrets.keyring(system.local.cloud.outputs["IdentifiersSecret"]).names()


def solution_of(challenge: str) -> str:
    """Do the work that a browser does."""
    parsed = Challenge.from_dict(json.loads(challenge))
    solved = solve_challenge(parsed)
    assert solved is not None
    return Payload(parsed, solved).to_base64()


def guess(intake: System, reference: str, times: int = SLOWED_AFTER) -> None:
    for _ in range(times):
        assert tried(intake, reference, "00000000").status == 404


def test_wrong_unknown_and_impossible_are_one_answer(intake, sent):
    wrong = tried(intake, sent["reference"], "00000000")
    unknown = tried(intake, "26483190274", sent["pin"])
    impossible = tried(intake, "26483190275", sent["pin"])
    missing = intake.http("GET", f"/v1/petitions/{sent['reference']}")

    answers = [wrong, unknown, impossible, missing]
    assert {answer.status for answer in answers} == {404}
    assert len({answer.body for answer in answers}) == 1
    assert len({constant_headers(answer) for answer in answers}) == 1


def test_slowed_is_one_answer_for_right_wrong_and_unknown(intake, sent):
    guess(intake, sent["reference"])
    guess(intake, "26483190274")

    answers = [
        tried(intake, sent["reference"], sent["pin"]),
        tried(intake, sent["reference"], "00000000"),
        tried(intake, "26483190274", sent["pin"]),
    ]

    assert {answer.status for answer in answers} == {429}
    assert {answer.header("retry-after") for answer in answers} == {"60"}
    assert len({frozenset(answer.json()) for answer in answers}) == 1


def test_wrong_and_unknown_make_the_same_calls_and_so_do_slowed_ones(intake, sent):
    def calls_of(reference: str, pin: str) -> list[str]:
        with intake.faults.counting() as calls:
            tried(intake, reference, pin)
        return [call.operation for call in calls]

    tried(intake, sent["reference"], sent["pin"])
    wrong, unknown = calls_of(sent["reference"], "1"), calls_of("26483190274", "1")
    guess(intake, sent["reference"], SLOWED_AFTER - 1)
    right, still_wrong = calls_of(sent["reference"], sent["pin"]), calls_of(sent["reference"], "1")

    assert wrong == unknown == ["GetItem", "GetItem", "UpdateItem"]
    assert right == still_wrong == ["GetItem", "GetItem"]


def test_a_right_pin_costs_one_read_of_the_throttle_table_and_no_write(intake, sent):
    tried(intake, sent["reference"], sent["pin"])

    with intake.faults.counting() as calls:
        tried(intake, sent["reference"], sent["pin"])

    assert [call.operation for call in calls] == ["GetItem", "GetItem", "Query"]


def test_fifty_wrong_pins_make_the_next_wait_a_minute_and_not_longer(intake, sent):
    guess(intake, sent["reference"])
    slowed = tried(intake, sent["reference"], sent["pin"])
    ticket = slowed.json()["ticket"]

    early = tried(intake, sent["reference"], sent["pin"], ticket)
    intake.clock.hold_at(intake.clock.now() + timedelta(seconds=60))
    waited = tried(intake, sent["reference"], sent["pin"], ticket)

    assert (slowed.status, early.status, waited.status) == (429, 429, 200)


def test_forty_nine_wrong_pins_slow_nothing(intake, sent):
    guess(intake, sent["reference"], SLOWED_AFTER - 1)

    assert tried(intake, sent["reference"], sent["pin"]).status == 200


def test_ticket_of_one_pin_opens_no_other_and_none_from_elsewhere(intake, sent):
    guess(intake, sent["reference"])
    ticket = tried(intake, sent["reference"], "11111111").json()["ticket"]
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=2))

    path, headers = (
        f"/v1/petitions/{sent['reference']}",
        {"X-Petition-Pin": "11111111", "X-Petition-Proof": ticket},
    )
    assert tried(intake, sent["reference"], sent["pin"], ticket).status == 429
    assert intake.http("GET", path, headers=headers, source_ip="203.0.113.7").status == 429
    assert intake.http("GET", path, headers=headers).status == 404
    assert tried(intake, sent["reference"], sent["pin"], "9" * 9 + ".0." + "f" * 32).status == 429


def test_work_instead_of_waiting_opens_at_once(intake, sent):
    guess(intake, sent["reference"])
    slowed = tried(intake, sent["reference"], sent["pin"]).json()

    solved = tried(intake, sent["reference"], sent["pin"], solution_of(slowed["challenge"]))

    assert solved.status == 200


def test_reference_takes_three_hundred_wrong_pins_a_day_from_everybody_together(intake, sent):
    guess(intake, sent["reference"])
    for number in range(250):
        pin = f"{number:08}"
        proof = solution_of(tried(intake, sent["reference"], pin).json()["challenge"])
        assert tried(intake, sent["reference"], pin, proof).status == 404

    assert tried(intake, sent["reference"], sent["pin"]).status == 404
    token = link_token_of(key_of_identifiers(intake), sent["reference"])
    assert tried(intake, sent["reference"], token).status == 200
    intake.clock.hold_at(intake.clock.now() + timedelta(hours=24))
    assert tried(intake, sent["reference"], sent["pin"]).status == 200


@pytest.fixture
def cloud(intake: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """Intake as in the cloud, where addresses are counted."""
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("SCANNER", "guardduty")
    monkeypatch.setenv("API_KEY_NEEDED", "false")
    monkeypatch.setenv("ADDRESSES_ARE_COUNTED", "true")
    monkeypatch.setenv("CHALLENGE_COST", "1")
    intake.local.cold_start()
    return intake


def test_address_that_guesses_waits_longer_each_time_for_every_reference_and_no_other_address_does(
    cloud, a_submission
):
    sent = cloud.http("POST", "/v1/petitions", json=a_submission()).json()
    path, right = f"/v1/petitions/{sent['reference']}", {"X-Petition-Pin": sent["pin"]}

    waits = []
    for _ in range(5):
        cloud.http(
            "GET", "/v1/petitions/26483190274", headers={"X-Petition-Pin": "1"}, source_ip="203.0.113.9"
        )
    for _ in range(4):
        slowed = cloud.http("GET", path, headers={"X-Petition-Pin": "1"}, source_ip="203.0.113.9")
        waits.append(int(slowed.header("retry-after")))
        cloud.clock.hold_at(cloud.clock.now() + timedelta(seconds=waits[-1]))
        assert cloud.http("GET", path, headers={"X-Petition-Pin": "1"}, source_ip="203.0.113.9").status == 404

    assert waits == [5, 10, 20, 40]
    assert cloud.http("GET", path, headers=right, source_ip="203.0.113.9").status == 429
    assert cloud.http("GET", path, headers=right, source_ip="203.0.113.10").status == 200


def test_addresses_of_one_ipv6_subscriber_are_one(cloud, a_submission):
    sent = cloud.http("POST", "/v1/petitions", json=a_submission()).json()
    path, right = f"/v1/petitions/{sent['reference']}", {"X-Petition-Pin": sent["pin"]}

    for number in range(5):
        cloud.http("GET", path, headers={"X-Petition-Pin": "1"}, source_ip=f"2001:db8:1:2::{number}")

    assert cloud.http("GET", path, headers=right, source_ip="2001:db8:1:2:ffff::1").status == 429
    assert cloud.http("GET", path, headers=right, source_ip="2001:db8:1:3::1").status == 200


def test_attacker_on_many_machines_locks_neither_link_nor_pin_of_the_owner(cloud, a_submission):
    sent = cloud.http("POST", "/v1/petitions", json=a_submission()).json()
    path, right = f"/v1/petitions/{sent['reference']}", {"X-Petition-Pin": sent["pin"]}
    token = link_token_of(key_of_identifiers(cloud), sent["reference"])

    for number in range(120):
        cloud.http(
            "GET", path, headers={"X-Petition-Pin": f"{number:08}"}, source_ip=f"198.51.100.{number // 3}"
        )
        opened = cloud.http("GET", path, headers={"X-Petition-Pin": token}, source_ip="203.0.113.10")
        assert opened.status == 200

    slowed = cloud.http("GET", path, headers=right, source_ip="203.0.113.10")
    proof = {**right, "X-Petition-Proof": solution_of(slowed.json()["challenge"])}
    assert slowed.status == 429
    assert cloud.http("GET", path, headers=proof, source_ip="203.0.113.10").status == 200


def test_no_address_and_no_reference_stands_in_the_throttle_table(intake, sent):
    tried(intake, sent["reference"], "00000000")

    stored = str(intake.items("throttle"))
    assert sent["reference"] not in stored
    assert "127.0.0.1" not in stored


# --- later --------------------------------------------------------------------------------------------


def test_a_supplement_is_added_once(intake, sent):
    first = with_pin(intake, sent, "POST", "/supplements", json={"content": "Thêm ngày nộp: 3/3."})
    second = with_pin(intake, sent, "POST", "/supplements", json={"content": "Thêm ngày nộp: 3/3."})

    assert (first.status, second.status) == (201, 200)
    assert [entry.get("text") for entry in second.json()["history"]] == [None, "Thêm ngày nộp: 3/3."]


def test_a_key_makes_two_equal_supplements_two(intake, sent):
    for key in ("a", "b", "a"):
        with_pin(
            intake, sent, "POST", "/supplements", json={"content": "Thêm."}, headers={"Idempotency-Key": key}
        )

    assert len(followed(intake, sent)["history"]) == 3


def test_a_supplements_key_used_again_with_another_text_is_refused(intake, sent):
    headers = {"Idempotency-Key": "a"}
    with_pin(intake, sent, "POST", "/supplements", json={"content": "Thêm."}, headers=headers)

    answer = with_pin(intake, sent, "POST", "/supplements", json={"content": "Khác."}, headers=headers)

    assert (answer.status, answer.json()["code"]) == (422, "idempotency-key-reused")


def test_what_was_waited_for_puts_the_petition_back_to_work(intake, sent, officers_do):
    def with_question(petition):
        return petition.request_information(Change(OFFICER, AT, "ask"), "Xin cho biết ngày nộp.")

    officers_do(sent["reference"], routed, accepted, with_question)
    assert followed(intake, sent)["state"] == "AWAITING_INFORMATION"

    answer = with_pin(intake, sent, "POST", "/supplements", json={"content": "Ngày 3/3."})

    assert answer.json()["state"] == "IN_PROGRESS"


def test_a_withdrawn_petition_is_over(intake, sent):
    first = with_pin(intake, sent, "POST", "/withdrawal", json={"reason": "Đã giải quyết"})
    again = with_pin(intake, sent, "POST", "/withdrawal", json={"reason": "Đã giải quyết"})
    late = with_pin(intake, sent, "POST", "/supplements", json={"content": "Thêm"})

    assert (first.status, first.json()["state"]) == (200, "WITHDRAWN")
    assert (again.status, len(again.json()["history"])) == (200, 2)
    assert (late.status, late.json()["code"]) == (409, "action-not-possible")


def test_an_answer_is_rated_and_a_second_rating_replaces_the_first(intake, sent, officers_do):
    officers_do(sent["reference"], routed, accepted, drafted, approved)

    with_pin(intake, sent, "POST", "/rating", json={"score": 2, "comment": "Chậm"})
    view = with_pin(intake, sent, "POST", "/rating", json={"score": 5}).json()

    assert (view["rating"]["score"], "comment" in view["rating"]) == (5, False)


def test_a_poor_rating_opens_the_second_look_once(intake, sent, officers_do):
    officers_do(sent["reference"], routed, accepted, drafted, approved)
    reason = {"reason": "Chưa trả lời đúng câu hỏi."}

    too_early = with_pin(intake, sent, "POST", "/reopening", json=reason)
    good = with_pin(intake, sent, "POST", "/rating", json={"score": 4}).json()
    poor = with_pin(intake, sent, "POST", "/rating", json={"score": 2}).json()
    reopened = with_pin(intake, sent, "POST", "/reopening", json=reason)
    again = with_pin(intake, sent, "POST", "/reopening", json=reason)
    otherwise = with_pin(intake, sent, "POST", "/reopening", json={"reason": "Vẫn chưa."})

    assert too_early.status == 409
    assert ("reopen" in good["possible_actions"], "reopen" in poor["possible_actions"]) == (False, True)
    assert (reopened.status, again.status, otherwise.status) == (200, 200, 409)
    view = again.json()
    assert (view["state"], view["unit"]) == ("REOPENED", "VPB")
    assert "reopen" not in view["possible_actions"]
    assert [e["action"] for e in view["history"]].count("reopen") == 1
    assert view["history"][-1]["text"] == reason["reason"]
    assert "Cấp cao hơn" not in again.text


def test_a_second_look_needs_a_reason(intake, sent):
    answer = with_pin(intake, sent, "POST", "/reopening", json={"reason": "  "})

    assert answer.status == 422
    assert answer.json()["errors"][0]["field"] == "reason"


def test_what_has_no_answer_cannot_be_rated(intake, sent):
    assert with_pin(intake, sent, "POST", "/rating", json={"score": 5}).status == 409


@pytest.mark.parametrize("door", ["/supplements", "/withdrawal", "/rating"])
def test_nothing_is_changed_without_the_pin(intake, sent, door):
    body = {"/supplements": {"content": "x"}, "/withdrawal": {}, "/rating": {"score": 1}}[door]

    answer = intake.http(
        "POST", f"/v1/petitions/{sent['reference']}{door}", json=body, headers={"X-Petition-Pin": "1"}
    )

    assert answer.status == 404
    assert len(followed(intake, sent)["history"]) == 1


class Overtaken(Petitions):
    """A petitions table in which an officer is faster, once."""

    def __init__(self, officer: Callable[[], object]) -> None:
        parts = composition.parts()
        super().__init__(parts.settings.petitions_table, parts.directory)
        self._officers = [officer]

    def save(self, petition: Petition, seen_version: int) -> Petition:
        if self._officers:
            self._officers.pop()()
        return super().save(petition, seen_version)


def test_an_officer_who_is_faster_only_makes_us_look_again(intake, sent, officers_do):
    table = Overtaken(lambda: officers_do(sent["reference"], routed))
    petition = table.get(sent["reference"])
    assert petition is not None

    parts = composition.parts()
    follow_up = FollowUp(table, parts.directory, Seal(parts.settings.seal_key_id))
    changed = follow_up.supplement(petition, "Thêm.", "web:1")

    assert [entry.action for entry in changed.history] == ["receive", "route", "supplement"]
    assert table.get(sent["reference"]) == changed


# --- public -------------------------------------------------------------------------------------------


def a_published_petition(
    intake: System, a_submission: Callable[..., dict[str, Any]], officers_do: Callable[..., Petition]
) -> dict[str, Any]:
    receipt: dict[str, Any] = intake.http("POST", "/v1/petitions", json=a_submission(may_publish=True)).json()
    officers_do(receipt["reference"], routed, accepted, drafted, approved, published)
    return receipt


def test_published_answers_carry_neither_reference_nor_person(intake, a_submission, officers_do):
    receipt = a_published_petition(intake, a_submission, officers_do)

    answer = intake.http("GET", "/v1/published")

    (item,) = answer.json()["items"]
    assert item["answer"] == "Đã có kết quả."
    assert item["field_label"] == "Cán bộ, công chức, viên chức"
    assert receipt["reference"] not in answer.text
    assert "public" in answer.header("Cache-Control")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        pytest.param({"q": "ho so cham"}, 1, id="words without accents"),
        pytest.param({"q": "HỒ SƠ"}, 1, id="in capitals"),
        pytest.param({"q": "hố sơ"}, 0, id="another accent is another word"),
        pytest.param({"q": "h cham"}, 0, id="a part of a word"),
        pytest.param({"q": "đất đai"}, 0, id="words that are not there"),
        pytest.param({"field": "CCVC"}, 1, id="its field"),
        pytest.param({"field": "TL"}, 0, id="another field"),
        pytest.param({"month": "2026-11"}, 1, id="its month"),
        pytest.param({"month": "2026-10"}, 0, id="another month"),
    ],
)
@pytest.mark.parametrize("is_newer_than_index", [True, False])
def test_published_answers_are_found(intake, a_submission, officers_do, query, count, is_newer_than_index):
    if is_newer_than_index:
        build_index(intake)
    a_published_petition(intake, a_submission, officers_do)
    if not is_newer_than_index:
        build_index(intake)

    answer = intake.http("GET", "/v1/published", query=query).json()

    assert len(answer.get("items", [])) == count
    assert answer.get("total") == (count if "q" in query else None)


def test_search_counts_by_field_and_month_and_turns_pages(intake, a_submission, officers_do):
    a_published_petition(intake, a_submission, officers_do)
    build_index(intake)

    narrowed = intake.http("GET", "/v1/published", query={"q": "hồ sơ", "field": "TL"}).json()
    beyond = intake.http("GET", "/v1/published", query={"q": "hồ sơ", "cursor": "20"}).json()

    assert (narrowed.get("items", []), narrowed["total"]) == ([], 0)
    assert narrowed["by_field"] == {"CCVC": 1}
    assert beyond["total"] == 1
    assert beyond.get("items", []) == []


def test_answer_that_was_taken_down_is_found_no_more(intake, a_submission, officers_do):
    receipt = a_published_petition(intake, a_submission, officers_do)
    build_index(intake)
    query = {"q": "hồ sơ"}
    assert len(intake.http("GET", "/v1/published", query=query).json()["items"]) == 1

    at = intake.clock.now()
    officers_do(receipt["reference"], lambda p: p.unpublish(Change.by_officer("b", at, "down"), "Nhầm."))

    assert intake.http("GET", "/v1/published", query=query).json().get("items", []) == []


def test_without_an_index_words_are_not_searched_and_it_is_said(intake):
    answer = intake.http("GET", "/v1/published", query={"q": "hồ sơ"})

    assert answer.status == 503
    assert answer.json()["code"] == "search-unavailable"


def test_the_cursor_leads_through_all_months_to_the_end(intake, a_submission, officers_do):
    a_published_petition(intake, a_submission, officers_do)
    intake.clock.hold_at(datetime.fromisoformat("2029-11-03T09:00:00+07:00"))

    count, cursor, pages = 0, "", 0
    while True:
        page = intake.http("GET", "/v1/published", query={"cursor": cursor} if cursor else {}).json()
        count, cursor, pages = count + len(page["items"]), page.get("next_cursor", ""), pages + 1
        if not cursor:
            break

    assert count == 1
    assert pages < 10


def test_the_months_figures_count_what_was_received(intake, a_submission, officers_do):
    a_published_petition(intake, a_submission, officers_do)
    intake.http("POST", "/v1/petitions", json=a_submission(content="Việc khác"))

    figures = intake.http("GET", "/v1/statistics", query={"month": "2026-11"}).json()

    assert (figures["received"], figures["answered"], figures["answered_on_time"]) == (2, 1, 1)
    assert (figures["open"], figures["open_overdue"], figures["on_time_percent"]) == (1, 0, 100.0)
    assert figures["by_channel"] == {"WEB": 2, "SMS": 0, "HOTLINE": 0}


def test_what_is_overdue_and_unanswered_lowers_the_share_on_time(intake, a_submission, officers_do):
    a_published_petition(intake, a_submission, officers_do)
    intake.http("POST", "/v1/petitions", json=a_submission(content="Việc khác"))
    intake.clock.hold_at(datetime.fromisoformat("2026-12-20T09:00:00+07:00"))

    figures = intake.http("GET", "/v1/statistics", query={"month": "2026-11"}).json()

    assert (figures["open_overdue"], figures["on_time_percent"]) == (1, 50.0)


def test_fields_are_those_in_force(intake):
    before = {field["code"] for field in intake.http("GET", "/v1/fields").json()["fields"]}
    intake.clock.hold_at(datetime.fromisoformat("2024-06-01T09:00:00+07:00"))
    earlier = {field["code"] for field in intake.http("GET", "/v1/fields").json()["fields"]}

    assert "VLAM" in before - earlier
    assert {"TCBM", "CCVC", "KHAC"} <= before & earlier


def test_health_needs_nothing(intake):
    assert intake.http("GET", "/health").json() == {"status": "ok"}
