"""Providers that are down, answer wrongly, or give receipts late, twice, out of order: everybody is notified once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from infra.local.emulation import moto_insides
from infra.local.emulation.functions import HttpRequest
from infra.local.providers.sms_gateway import Trouble
from tests.campaigns.faults.injection import Fault
from tests.support.builders import vietnam
from tests.support.log_capture import Overheard
from tests.support.people import CITIZEN, Citizen, Officer, answer_petition
from tests.support.system import System

NUMBERS = ("0912345678", "0987654321", "0356789012")
SECRETS = ("Trần Thị Mùa", "Thôn Hạ", "912345678", "mua.tran@thu.example", "nâng ngạch chuyên viên chính")


def by_sms(system: System, number: str) -> Citizen:
    """Return somebody who wants to be notified by SMS."""
    return Citizen(system, petitioner=CITIZEN | {"phone": number}, reply_by=["SMS"])


def states(system: System, kind: str) -> Counter[str]:
    """Count the petitioners' deliveries of a kind by state."""
    rows = (row for row in system.items("deliveries") if f"#{kind}#PETITIONER#" in row["notice"]["S"])
    return Counter(row["state"]["S"] for row in rows)


def answers_on_phones(system: System) -> Counter[str]:
    """Count the answers that reached each telephone, as the gateway counted."""
    return Counter(sms.to for sms in system.sms_gateway.sent if sms.request_id.endswith("-ANSWERED"))


def duty_of(citizen: Citizen, officer: Officer) -> dict[str, str]:
    """Return the duty to answer and its status, as the desk sees it: looking there proves nothing."""
    duties = officer.petition(citizen.reference)["duties"]
    duty: dict[str, str] = next(entry for entry in duties if entry["kind"] == "ANSWER")
    return duty


def post(system: System, request: HttpRequest) -> int:
    """Let a provider post a receipt."""
    return system.local.http(request).status


def test_sms_provider_that_is_down_for_a_whole_day(system: System):
    citizens = [by_sms(system, number) for number in NUMBERS]
    for citizen in citizens:
        citizen.send()
    handler = Officer(system, "binh.vanphong")
    system.sms_gateway.is_down = True

    for citizen in citizens:
        answer_petition(system, citizen.reference)
    system.travel(days=1)
    down = (answers_on_phones(system), states(system, "ANSWERED"), duty_of(citizens[0], handler)["standing"])
    requests = system.sms_gateway.requests
    system.sms_gateway.is_down = False
    system.travel(days=1)

    assert down == (Counter(), Counter(PREPARED=3), "AWAITING_PROOF")
    assert requests < 3 * 30
    assert sorted(answers_on_phones(system).values()) == [1, 1, 1]
    assert states(system, "ANSWERED") == Counter(DELIVERED=3)
    assert {duty_of(citizen, handler)["standing"] for citizen in citizens} == {"KEPT"}
    assert not [message for message in system.outbox() if message.channel == "PHONE"]
    assert system.dead_letters() == 0


def test_sms_provider_that_answers_500_after_taking_the_message(system: System):
    citizen = by_sms(system, NUMBERS[0])
    citizen.send()
    system.sms_gateway.trouble.extend([Trouble.ERROR_AFTER_TAKING])

    answer_petition(system, citizen.reference)
    system.travel(minutes=30)

    assert list(answers_on_phones(system).values()) == [1]
    assert states(system, "ANSWERED") == Counter(DELIVERED=1)


def test_mail_provider_whose_answer_is_lost_is_counted_as_ambiguous_and_settled_by_its_event(system: System):
    system.local.pumps.receipts.is_silent = True
    citizen = Citizen(system)
    citizen.send()
    with system.faults.broken("SendEmail", Fault.LOST_REPLY):
        answer_petition(system, citizen.reference)

    (mail,) = [raw for raw in moto_insides.sent_mails_from(0) if "ANSWERED" in raw]
    ambiguous = states(system, "ANSWERED")
    listed = [row for row in system.items("deliveries") if row.get("listed", {}).get("S") == "IN_DOUBT"]
    status = post(system, system.local.pumps.receipts.about_mail(mail))
    system.travel(days=3)

    assert ambiguous == Counter(AMBIGUOUS=1)
    assert {row["kind"]["S"] for row in listed} >= {"ANSWERED"}
    assert status == 200
    assert states(system, "ANSWERED") == Counter(DELIVERED=1)
    assert len([raw for raw in moto_insides.sent_mails_from(0) if "X-PAKN-Notice: 5.ANSWERED" in raw]) <= 1


def test_receipts_that_come_late_twice_and_out_of_order(system: System):
    receipts = system.local.pumps.receipts
    receipts.is_silent = True
    citizen = by_sms(system, NUMBERS[0])
    citizen.send()
    answer_petition(system, citizen.reference)
    officer = Officer(system, "binh.vanphong")
    (sms,) = [sent for sent in system.sms_gateway.sent if sent.request_id.endswith("-ANSWERED")]
    before = duty_of(citizen, officer)["standing"]

    system.travel(minutes=23 * 60)
    statuses = [
        post(system, receipts.about_sms(sms)),
        post(system, receipts.about_sms(sms)),
        post(system, receipts.about_sms(sms, "7")),
        post(system, receipts.about_sms(sms, arrived=False)),
    ]
    system.travel(days=3)

    assert before == "AWAITING_PROOF"
    assert statuses == [200, 200, 200, 200]
    assert states(system, "ANSWERED") == Counter(FAILED=1, OPEN=1)
    assert duty_of(citizen, officer)["standing"] == "AWAITING_PROOF"
    assert list(answers_on_phones(system).values()) == [1]


def test_receipt_that_stays_out_leads_to_a_call_and_still_counts_when_it_comes(system: System):
    receipts = system.local.pumps.receipts
    receipts.is_silent = True
    citizen = by_sms(system, NUMBERS[0])
    citizen.send()
    answer_petition(system, citizen.reference)
    (sms,) = [sent for sent in system.sms_gateway.sent if sent.request_id.endswith("-ANSWERED")]

    system.travel(days=2)
    silent = states(system, "ANSWERED")
    post(system, receipts.about_sms(sms))
    system.settle()

    assert silent == Counter(UNPROVEN=1, OPEN=1)
    assert states(system, "ANSWERED") == Counter(DELIVERED=1, SUPERSEDED=1)
    assert not [message for message in system.outbox(citizen.reference) if "ANSWERED" in message.text]


def test_hard_bounce_ends_as_a_call_task(system: System):
    receipts = system.local.pumps.receipts
    receipts.is_silent = True
    citizen = Citizen(system)
    citizen.send()
    answer_petition(system, citizen.reference)
    mail = moto_insides.sent_mails_from(0)[-1]

    bounce = {"bounceType": "Permanent", "bounceSubType": "General"}
    post(system, receipts.about_mail(mail, "Bounce", bounce=bounce))
    system.settle()

    assert states(system, "ANSWERED") == Counter(FAILED=1, OPEN=1)


def test_answer_of_half_past_eleven_at_night_goes_out_in_the_morning(system: System):
    citizen = by_sms(system, NUMBERS[0])
    citizen.send()
    system.travel(vietnam("2026-11-03", "23:30"))
    answer_petition(system, citizen.reference)
    at_night = answers_on_phones(system)

    system.travel(vietnam("2026-11-04", "07:05"))

    assert at_night == Counter()
    (sms,) = [sent for sent in system.sms_gateway.sent if sent.request_id.endswith("-ANSWERED")]
    assert timedelta(0) <= sms.at - vietnam("2026-11-04", "07:00") < timedelta(minutes=2)


@pytest.mark.parametrize("trouble", list(Trouble))
def test_no_personal_data_stands_in_any_queue_or_log_line(
    system: System, trouble: Trouble, overheard: Overheard
):
    citizen = by_sms(system, NUMBERS[0])
    system.sms_gateway.trouble.extend([trouble] * 2)
    citizen.send()
    answer_petition(system, citizen.reference)
    system.travel(days=1)

    output = "".join((*overheard.lines(), *system.local.functions.metrics))
    assert "CloudWatchMetrics" in output
    assert len(system.faults.messages) >= 5
    for secret in SECRETS:
        assert secret not in output
        assert not any(secret in message for message in system.faults.messages)
