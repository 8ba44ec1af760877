"""SMS to 8088, from the provider's request to the reply on their screen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from chalicelib.intake import composition
from chalicelib.intake.sms import replies as sms_replies
from chalicelib.intake.sms.commands import Topic
from chalicelib.intake.sms.webhook import InboundSms, Part
from infra.local.providers.signed_requests import Inbound
from shared.domain.identity.gsm7 import is_gsm7, segments
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane, Proposal
from shared.platform.seal import Seal
from shared.tables.petition_items import petition_of
from shared.tables.throttle.opt_outs import OptOuts
from shared.tables.throttle.sms_budget import SmsBudget
from tests.support.builders import a_petition
from tests.support.log_capture import Overheard
from tests.support.system import System

MINE, OTHERS = "84912345678", "84987654321"


def request(system: System, content: str, smsid: str, **changes: str) -> dict[str, str]:
    """Return an eSMS request's query, signed as the aggregator signs it."""
    at = (system.clock.now() + timedelta(hours=7)).strftime("%Y%m%d%H%M%S")
    query = {
        "sender": MINE,
        "content": content,
        "serviceNumber": "8088",
        "keyword": "PAKN",
        "cpid": "local",
        "smsid": smsid,
        "receiverTime": at,
        **changes,
    }
    signed = query["cpid"] + smsid + query["content"] + query["receiverTime"] + "local-esms-key"
    return {"sign": hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest(), **query}


def text(system: System, content: str, smsid: str, **changes: str) -> str:
    """Send an SMS and return the reply."""
    answer = system.http("GET", "/sms/esms", query=request(system, content, smsid, **changes))
    assert answer.status == 200
    message = ET.fromstring(answer.text).findtext("Message") or ""  # noqa: S314 - our own answer
    assert is_gsm7(message)
    assert segments(message) <= 1
    return message


def petitions(system: System) -> list[Petition]:
    return [petition_of(item) for item in system.items("petitions")]


@pytest.fixture
def reference(intake: System) -> str:
    """A petition that came by SMS."""
    text(intake, "PAKN Phong noi vu tra loi cham", "first")
    return petitions(intake)[0].reference


# --- sending ------------------------------------------------------------------------------------------


def test_an_sms_becomes_a_petition_and_its_sender_reads_everything_in_one_sms(intake):
    reply = text(intake, "PAKN Phòng Nội vụ trả lời chậm", "m1")

    (petition,) = petitions(intake)
    assert petition.channel == "SMS"
    assert petition.content == "Phòng Nội vụ trả lời chậm"
    assert petition.petitioner.is_named is False
    assert petition.petitioner.reply_by == ("SMS",)
    assert petition.reference in reply
    assert "23/11/2026" in reply
    assert re.search(r"PIN [0-9]{8}", reply)
    assert f"PAKN BS {petition.reference} <ho ten, dia chi>" in reply


def test_the_pin_of_the_sms_opens_the_petition_on_the_web(intake):
    reply = text(intake, "PAKN Cham tra loi", "m1")
    pin = re.search(r"PIN ([0-9]{8})", reply)
    assert pin

    (petition,) = petitions(intake)
    answer = intake.http("GET", f"/v1/petitions/{petition.reference}", headers={"X-Petition-Pin": pin[1]})

    assert answer.status == 200


def test_a_redelivered_sms_makes_no_second_petition_and_gets_the_same_reply(intake):
    query = request(intake, "PAKN Phong noi vu tra loi cham", "m1")
    first = intake.http("GET", "/sms/esms", query=query)
    intake.clock.hold_at(intake.clock.now() + timedelta(hours=23))
    second = intake.http("GET", "/sms/esms", query=query)

    assert first.body == second.body
    assert len(petitions(intake)) == 1


def test_the_same_message_signed_anew_later_is_the_same_petition(intake):
    first = text(intake, "PAKN Cham tra loi", "m1")
    second = text(intake, "PAKN Cham tra loi", "m1", receiverTime="20261103101500")

    assert first == second
    assert len(petitions(intake)) == 1


def test_a_message_id_with_another_sender_is_refused_and_changes_nothing(intake):
    text(intake, "PAKN Cham tra loi", "m1")

    answer = intake.http("GET", "/sms/esms", query=request(intake, "PAKN Cham tra loi", "m1", sender=OTHERS))

    assert answer.status == 403
    assert len(petitions(intake)) == 1


@pytest.mark.parametrize(
    ("content", "changes", "is_reused"),
    [
        pytest.param("PAKN Cham tra loi", {}, False, id="a provider's retry is no reuse"),
        pytest.param("PAKN Cham tra loi", {"sender": OTHERS}, True, id="another sender"),
        pytest.param("PAKN Viec khac han", {}, True, id="another text"),
    ],
)
def test_message_id_used_again_for_another_message_is_counted_and_logged(intake, content, changes, is_reused):
    text(intake, "PAKN Cham tra loi", "m1")
    intake.local.functions.metrics.clear()

    with Overheard() as overheard:
        intake.http("GET", "/sms/esms", query=request(intake, content, "m1", **changes))

    metrics = [line for line in intake.local.functions.metrics if '"SmsIdReused"' in line]
    logged = [line for line in overheard.lines() if "message id reused" in line]
    assert (len(metrics), len(logged)) == (is_reused, is_reused)
    assert not any("912345678" in line or "987654321" in line for line in logged)


def test_receiving_an_sms_costs_two_counts_one_encryption_and_one_write_once_warm(intake):
    text(intake, "PAKN Cham tra loi", "m1")

    with intake.faults.counting() as calls:
        text(intake, "PAKN Viec khac", "m2")

    assert [call.operation for call in calls] == ["UpdateItem", "UpdateItem", "Encrypt", "PutItem"]


def test_the_number_is_nowhere_in_the_tables(intake, reference):
    text(intake, "xin chao cac ban", "m2", sender=OTHERS)
    text(intake, f"PAKN BS {reference} Canary Van An, 12 Le Loi", "m3")
    text(intake, "HUY", "m4")

    stored = str([intake.items(table) for table in ("petitions", "throttle", "deliveries")])
    assert "912345678" not in stored
    assert "Canary" not in stored


def test_twilios_message_is_taken_alike(intake):
    now = intake.clock.now()
    request = intake.local.signer.request("twilio", Inbound(now, now))

    answer = intake.local.http(request)

    assert answer.status == 200
    assert "<Response><Message>BNV da nhan PAKN ma" in answer.text
    assert petitions(intake)[0].channel == "SMS"


# --- who one is ---------------------------------------------------------------------------------------


def identity(system: System, petition: Petition) -> Any:
    seal = Seal(composition.parts().settings.seal_key_id)
    return seal.open(petition.petitioner.seal, petition.reference)


def test_the_first_supplement_is_the_name_and_address_and_goes_into_the_seal(intake, reference):
    reply = text(intake, f"PAKN BS {reference} Nguyễn Văn An, 12 Lê Lợi, Huế", "m2")

    (petition,) = petitions(intake)
    assert "ho ten, dia chi" in reply
    assert petition.petitioner.is_named
    assert [entry.text for entry in petition.history] == [None, None]
    assert identity(intake, petition).text == "Nguyễn Văn An, 12 Lê Lợi, Huế"
    assert identity(intake, petition).phone == "+84912345678"


def test_later_supplements_are_content(intake, reference):
    text(intake, f"PAKN BS {reference} Nguyen Van An, 12 Le Loi, Hue", "m2")
    text(intake, f"PAKN BS {reference} Toi nop ngay 3/3", "m3")

    assert petitions(intake)[0].history[-1].text == "Toi nop ngay 3/3"


def test_a_redelivered_first_supplement_stays_identity(intake, reference):
    query = request(intake, f"PAKN BS {reference} Nguyen Van An, 12 Le Loi, Hue", "m2")
    answers = [intake.http("GET", "/sms/esms", query=query).body for _ in range(3)]

    (petition,) = petitions(intake)
    assert len(set(answers)) == 1
    assert len(petition.petitioner.seal) == 2
    assert petition.version == 2


def test_a_bare_name_and_address_answers_our_question(intake, reference):
    reply = text(intake, "Nguyen Van An, 12 Le Loi, Hue", "m2")

    assert reference in reply
    assert petitions(intake)[0].petitioner.is_named


def test_a_bare_text_after_two_days_is_answered_with_help(intake, reference):
    intake.clock.hold_at(intake.clock.now() + timedelta(hours=49))

    (petition,) = petitions(intake)
    assert text(intake, "Nguyen Van An, 12 Le Loi, Hue", "m2") == sms_replies.help_with(petition)
    assert not petitions(intake)[0].petitioner.is_named


@pytest.mark.parametrize(
    "thanks", ["cam on nhieu", "da nhan duoc roi cam on ban", "toi dang cho tra loi day nhe"]
)
def test_small_talk_is_not_taken_for_a_name(intake, reference, thanks):
    (petition,) = petitions(intake)
    assert text(intake, thanks, "m2") == sms_replies.help_with(petition)

    assert not petitions(intake)[0].petitioner.is_named


def test_a_bare_text_of_a_stranger_is_answered_with_help(intake, reference):
    assert text(intake, "Nguyen Van An, 12 Le Loi, Hue", "m2", sender=OTHERS) == sms_replies.HELP


# --- commands -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("PAKN TC {reference}", id="as documented"),
        pytest.param("pakn tc {reference}", id="small letters"),
        pytest.param("Pakn Tra cứu {reference}", id="in words"),
        pytest.param("PAKN{reference}", id="only the reference"),
    ],
)
def test_the_sender_tracks_without_a_pin(intake, reference, content):
    reply = text(intake, content.format(reference=reference), "m2")

    assert reply.startswith(f"PAKN {reference}: Moi tiep nhan. Han tra loi 23/11/2026.")


def test_tracking_tells_how_late_it_is(intake, reference):
    intake.clock.hold_at(datetime(2026, 11, 26, 2, 0, tzinfo=UTC))

    assert "Da qua han 2 ngay lam viec" in text(intake, f"PAKN TC {reference}", "m2")


def test_a_stranger_learns_nothing_not_even_that_it_exists(intake, reference):
    replies = {
        text(intake, f"PAKN TC {reference}", "m2", sender=OTHERS),
        text(intake, "PAKN TC 26483190274", "m3", sender=OTHERS),
        text(intake, "PAKN TC 26483190275", "m4", sender=OTHERS),
        text(intake, f"PAKN RUT {reference}", "m5", sender=OTHERS),
        text(intake, f"PAKN DG {reference} 1", "m6", sender=OTHERS),
        text(intake, f"PAKN BS {reference} them", "m7", sender=OTHERS),
    }

    assert replies == {sms_replies.NOT_YOURS}
    assert petitions(intake)[0].version == 1


def test_a_web_petitioner_tracks_from_the_number_they_gave(intake, sent):
    assert text(intake, f"PAKN TC {sent['reference']}", "m1").startswith(
        f"PAKN {sent['reference']}: Moi tiep nhan"
    )


def test_a_number_that_was_added_later_tracks_without_a_reference(intake, sent):
    added = intake.http(
        "POST",
        f"/v1/petitions/{sent['reference']}/contact",
        json={"phone": f"+{OTHERS}"},
        headers={"X-Petition-Pin": sent["pin"]},
    )

    assert added.status == 200
    assert text(intake, "PAKN TC", "m1", sender=OTHERS).startswith(f"PAKN {sent['reference']}: Moi tiep nhan")


def test_withdrawing_ends_it_once(intake, reference):
    first = text(intake, f"PAKN RUT {reference}", "m2")
    again = text(intake, f"PAKN RUT {reference}", "m2")
    anew = text(intake, f"PAKN RUT {reference}", "m3")

    (petition,) = petitions(intake)
    assert first == again
    assert (petition.state, petition.version) == ("WITHDRAWN", 2)
    assert "khong the rut" in anew


def test_what_has_no_answer_cannot_be_rated(intake, reference):
    assert "chua the danh gia" in text(intake, f"PAKN DG {reference} 5", "m2")


@pytest.fixture
def answered(intake: System, reference: str, officers_do: Callable[..., Petition]) -> str:
    """The petition that came by SMS, answered."""
    at = intake.clock.now()
    officers_do(
        reference,
        lambda p: p.route(Change.by_router(at, "r"), Proposal(lane=Lane.ORDINARY, field="CCVC"), "VCCVC"),
        lambda p: p.accept(Change.by_officer("a", at, "a"), handler="a"),
        lambda p: p.draft_answer(Change.by_officer("a", at, "d"), "Đã xong."),
        lambda p: p.approve(Change.by_officer("b", at, "p")),
    )

    return reference


def test_an_answer_is_rated(intake, answered):
    assert f"PAKN DG {answered} <1-5>" in text(intake, f"PAKN TC {answered}", "m2")
    text(intake, f"PAKN DG {answered} 4", "m3")

    rating = petitions(intake)[0].rating
    assert rating is not None
    assert rating.score == 4


def test_a_replayed_rating_does_not_win_over_a_later_one(intake, answered):
    text(intake, f"PAKN DG {answered} 4", "m3")
    text(intake, f"PAKN DG {answered} 2", "m4")

    text(intake, f"PAKN DG {answered} 4", "m3")

    rating = petitions(intake)[0].rating
    assert rating is not None
    assert rating.score == 2


def test_a_supplement_with_a_moved_border_takes_no_second_effect(intake, reference):
    """MD5 signs `smsid` and `content` without a separator: `m7` + `PAKN BS…` signs like `m7PAKN` + ` BS…`."""
    text(intake, f"PAKN BS {reference} Nguyen Van An, Hue", "m2")
    query = request(intake, f"PAKN BS {reference} them", "m7")
    intake.http("GET", "/sms/esms", query=query)
    before = petitions(intake)[0].version

    intake.http("GET", "/sms/esms", query={**query, "smsid": "m7PAKN", "content": f" BS {reference} them"})

    assert petitions(intake)[0].version == before


@pytest.mark.parametrize(
    ("content", "reply"),
    [
        pytest.param("xin chao", sms_replies.HELP, id="no command"),
        pytest.param("PAKN", sms_replies.HELP, id="the bare keyword"),
        pytest.param("PAKN HD", sms_replies.HELP, id="asking for help"),
        pytest.param("PAKN TC", sms_replies.HELP_ABOUT[Topic.TRACK], id="tracking without a reference"),
        pytest.param("PAKN DG 264831902 7", sms_replies.HELP_ABOUT[Topic.RATE], id="a mistyped reference"),
        pytest.param("HUY", sms_replies.STOPPED, id="stop"),
        pytest.param("MO", sms_replies.STARTED, id="wanting SMS, again or as before"),
    ],
)
def test_the_rest_is_answered_with_what_helps(intake, content, reply):
    assert text(intake, content, "m1") == reply
    assert petitions(intake) == []


def test_stop_is_remembered_for_the_notifier(intake, reference):
    text(intake, "HUY", "m2")

    (petition,) = petitions(intake)
    opted_out = OptOuts(composition.parts().settings.throttle_table)
    assert opted_out.has(petition.petitioner.contact_keys[0])
    assert not opted_out.has("0" * 32)


def test_one_number_costs_us_a_bounded_number_of_replies_and_a_repeat_is_not_counted(intake):
    for number in range(39):
        assert text(intake, "xin chao", f"m{number}")
    assert text(intake, "xin chao", "m0")
    assert text(intake, "xin chao", "last")

    assert text(intake, "xin chao", "more") == ""
    assert text(intake, "xin chao", "other", sender=OTHERS)


# --- without a reference ------------------------------------------------------------------------------


def test_who_has_one_petition_need_not_name_it(intake, reference):
    assert text(intake, "PAKN TC", "m2").startswith(f"PAKN {reference}: Moi tiep nhan")


def test_who_has_several_reads_their_references_to_choose_from(intake, reference):
    text(intake, "PAKN Viec thu hai", "second")
    both = {petition.reference for petition in petitions(intake)}

    reply = text(intake, "PAKN TC", "m2")

    assert set(re.findall(r"[0-9]{11}", reply)) == both


def test_one_that_ended_is_not_meant_while_another_is_open(intake, reference):
    text(intake, f"PAKN RUT {reference}", "m2")
    assert "Da rut" in text(intake, "PAKN TC", "m3")

    text(intake, "PAKN Viec thu hai", "second")

    assert "Moi tiep nhan" in text(intake, "PAKN TC", "m4")


@pytest.mark.parametrize("content", ["PAKN DG 4", "PAKN 4", "4", "4/5"])
def test_a_bare_score_rates_the_only_answer(intake, answered, content):
    assert "Da ghi nhan danh gia 4/5" in text(intake, content, "m2")

    rating = petitions(intake)[0].rating
    assert rating is not None
    assert rating.score == 4


def test_a_bare_score_without_an_answer_rates_nothing(intake, reference):
    assert "De danh gia" in text(intake, "5", "m2")
    assert petitions(intake)[0].rating is None
    assert len(petitions(intake)) == 1


def test_withdrawing_is_never_guessed(intake, reference):
    assert f"gui PAKN RUT {reference} den 8088" in text(intake, "PAKN RUT", "m2")
    assert petitions(intake)[0].state == "RECEIVED"


def test_name_that_says_it_is_one_needs_no_reference(intake, reference):
    for _ in range(2):
        reply = text(intake, "PAKN bo sung: ten toi la An, thon Ha, xa Dong Son", "m2")
        assert "Da nhan ho ten, dia chi" in reply

    (petition,) = petitions(intake)
    assert petition.petitioner.is_named
    assert petition.version == 2


# --- what follows without a command -------------------------------------------------------------------


@pytest.fixture
def waiting(intake: System, reference: str, officers_do: Callable[..., Petition]) -> str:
    """The petition that came by SMS, and an officer asks for more."""
    at = intake.clock.now()
    text(intake, f"PAKN BS {reference} Nguyen Van An, 12 Le Loi, Hue", "named")
    officers_do(
        reference,
        lambda p: p.route(Change.by_router(at, "r"), Proposal(lane=Lane.ORDINARY, field="CCVC"), "VCCVC"),
        lambda p: p.accept(Change.by_officer("a", at, "a"), handler="a"),
        lambda p: p.request_information(Change.by_officer("a", at, "q"), "Năm nào?"),
    )
    return reference


@pytest.mark.parametrize("content", ["Toi thi nam 2024", "PAKN BS toi thi nam 2024", "tôi thi năm 2024 ạ"])
def test_the_answer_to_an_officers_question_needs_no_command_and_puts_it_back_to_work(
    intake, waiting, content
):
    replies = {text(intake, content, "m2") for _ in range(2)}

    (petition,) = petitions(intake)
    assert petition.state == "IN_PROGRESS"
    assert petition.history[-1].action == "supplement"
    assert len(replies) == 1


@pytest.mark.parametrize("content", ["ok", "alo"])
def test_a_word_is_no_answer_to_an_officers_question(intake, waiting, content):
    text(intake, content, "m2")

    assert petitions(intake)[0].state == "AWAITING_INFORMATION"


def test_a_new_petition_stays_one_although_an_officer_asked_about_another(intake, waiting):
    text(intake, "PAKN Viec khac: hoi ve tien luong", "m2")

    assert len(petitions(intake)) == 2


def test_stop_is_taken_back_and_a_stop_repeated_by_the_provider_changes_nothing(intake, reference):
    (petition,) = petitions(intake)
    contact, opted_out = (
        petition.petitioner.contact_keys[0],
        OptOuts(composition.parts().settings.throttle_table),
    )

    text(intake, "HUY", "m2")
    assert text(intake, "Mở", "m3") == sms_replies.STARTED
    text(intake, "HUY", "m2")
    assert not opted_out.has(contact)

    text(intake, "HUY", "m4")
    text(intake, "Mở", "m3")
    assert opted_out.has(contact)


def test_reply_to_a_stop_says_how_to_come_back(intake):
    assert "gui MO den 8088" in text(intake, "HUY", "m1")


def test_the_rest_of_a_silently_split_message_joins_its_beginning(intake):
    whole = "PAKN " + "Phong noi vu tra loi cham. " * 10
    text(intake, whole[:153], "m1")
    for _ in range(2):
        assert "Da nhan noi dung bo sung" in text(intake, whole[153:], "m2")

    (petition,) = petitions(intake)
    assert petition.history[-1].text == whole[153:].strip()
    assert petition.version == 2


def test_a_text_that_follows_a_short_message_is_not_added_by_a_guess(intake, reference):
    text(intake, "toi con viec nay nua muon hoi", "m2")

    assert petitions(intake)[0].version == 1


def test_who_said_stop_is_answered_only_when_asking(intake, reference):
    text(intake, "HUY", "m2")

    assert text(intake, "cam on nhieu", "m3") == ""
    assert text(intake, "PAKN HD", "m4") != ""
    assert text(intake, f"PAKN TC {reference}", "m5") != ""


# --- the second look ----------------------------------------------------------------------------------


def test_a_poor_rating_is_answered_with_how_to_ask_for_a_second_look(intake, answered):
    assert f"gui PAKN XL {answered} <ly do>" in text(intake, f"PAKN DG {answered} 2", "m2")
    assert "XL" not in text(intake, f"PAKN DG {answered} 4", "m3")


def test_a_second_look_is_opened_once_and_the_notifier_says_so(intake, answered):
    text(intake, f"PAKN DG {answered} 1", "m2")

    first = text(intake, f"PAKN XL {answered} chua dung y toi hoi", "m3")
    again = text(intake, f"PAKN XL {answered} chua dung y toi hoi", "m3")
    anew = text(intake, f"PAKN XL {answered} van chua dung", "m4")

    (petition,) = petitions(intake)
    assert (petition.state, petition.history[-1].text) == ("REOPENED", "chua dung y toi hoi")
    assert first == again == ""
    assert "da duoc xem xet lai" in anew


def test_before_a_second_look_comes_a_poor_rating(intake, answered):
    assert f"PAKN DG {answered} 1" in text(intake, f"PAKN XL {answered} chua dung", "m2")
    assert petitions(intake)[0].state == "ANSWERED"


# --- long messages ------------------------------------------------------------------------------------


def part(number: int, content: str, *, of: int = 2, message: str = "") -> InboundSms:
    return InboundSms(
        provider="standard",
        message_id=message or f"part-{number}",
        sender="+84912345678",
        content=content,
        received_at=None,
        replay_key=f"{number}" * 32,
        part=Part("ref-7", number, of),
    )


@pytest.mark.parametrize(
    "order", [pytest.param((1, 2), id="in order"), pytest.param((2, 1, 2, 1), id="out of order, twice")]
)
def test_parts_of_a_long_message_become_one_petition(intake, order):
    parts = {1: part(1, "PAKN Phần đầu của một "), 2: part(2, "tin dài")}

    for number in order:
        composition.parts().sms.desk.answer(parts[number], is_answered_inline=False)

    (petition,) = petitions(intake)
    assert petition.content == "Phần đầu của một tin dài"
    assert petition.is_receipt_owed


def test_a_provider_that_takes_no_reply_leaves_the_receipt_to_the_notifier(intake):
    composition.parts().sms.desk.answer(
        InboundSms("standard", "m1", "+84912345678", "PAKN Cham", None, "1" * 32), is_answered_inline=False
    )

    assert petitions(intake)[0].was_acknowledged_at_once is False


# --- every reply is one SMS ---------------------------------------------------------------------------


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("days", [0, 9999])
def test_every_status_fits_one_sms(state, days):
    petition = a_petition().model_copy(update={"state": state, "due_on": date(2026, 12, 31)})

    replies = [
        sms_replies.status(petition, days),
        *(
            sms_replies.not_possible(petition, action)
            for action in (Action.SUPPLEMENT, Action.WITHDRAW, Action.UNDO_WITHDRAWAL, Action.RATE)
        ),
        sms_replies.receipt(petition, "12345678"),
        sms_replies.identity_added(petition),
        sms_replies.supplemented(petition),
        sms_replies.rated(petition, 5),
        sms_replies.withdrawn(petition, date(2026, 12, 31)),
        sms_replies.resumed(petition),
    ]

    replies += [
        sms_replies.help_with(petition),
        sms_replies.full(petition),
        sms_replies.rated(petition, 1, may_ask_again=True),
        sms_replies.no_second_look(petition, 2),
        *(sms_replies.help_about(topic, [petition.reference] * n) for topic in Topic for n in (1, 2, 5)),
    ]
    for reply in replies:
        assert is_gsm7(reply)
        assert segments(reply) == 1


@pytest.mark.parametrize(
    "reply",
    [
        sms_replies.HELP,
        *sms_replies.HELP_ABOUT.values(),
        sms_replies.NOT_YOURS,
        sms_replies.STOPPED,
        sms_replies.STARTED,
    ],
)
def test_every_fixed_reply_fits_one_sms(reply):
    assert reply.isascii()
    assert segments(reply) == 1


# --- what replies cost ----------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", ["8816123456789", "61412345678", "882162345678"])
def test_sms_of_a_number_that_gets_none_is_received_without_a_reply(intake: System, sender: str):
    reply = text(intake, "PAKN Toi hoi ve phu cap tham nien nam 2026", "far-1", sender=sender)

    (petition,) = petitions(intake)
    assert reply == ""
    assert (petition.channel, petition.is_receipt_owed) == ("SMS", False)


def test_receipt_beyond_the_budget_of_the_day_is_owed_for_the_morning(intake: System):
    outputs = intake.local.cloud.outputs
    SmsBudget(outputs["ThrottleTable"], 20_000).spend(20_000, date(2026, 11, 3))

    reply = text(intake, "PAKN Toi hoi ve phu cap tham nien nam 2026", "poor-1")

    (petition,) = petitions(intake)
    assert (reply, petition.is_receipt_owed) == ("", True)


@pytest.mark.parametrize(
    ("first", "again", "is_reused"),
    [
        pytest.param("PAKN BS {} Toi bo sung giay to", "PAKN BS {} Toi bo sung giay to", False, id="a retry"),
        pytest.param(
            "PAKN BS {} Toi bo sung giay to", "PAKN BS {} Viec khac han", True, id="another supplement"
        ),
        pytest.param("PAKN BS {} Toi bo sung giay to", "PAKN RUT {}", True, id="another command"),
    ],
)
def test_message_id_used_again_on_a_follow_up_is_counted_and_refused(intake, first, again, is_reused):
    text(intake, "PAKN Cham tra loi", "m1")
    reference = petitions(intake)[0].reference
    text(intake, first.format(reference), "m2")
    intake.local.functions.metrics.clear()

    # A provider that repeats a message signs the time of its repetition.
    later = intake.clock.now() + timedelta(minutes=2)
    intake.clock.hold_at(later)
    answer = intake.http("GET", "/sms/esms", query=request(intake, again.format(reference), "m2"))

    assert answer.status == (403 if is_reused else 200)
    assert len([line for line in intake.local.functions.metrics if '"SmsIdReused"' in line]) == is_reused
    (petition,) = petitions(intake)
    assert [entry.action for entry in petition.history].count(Action.SUPPLEMENT) == 1
    assert petition.is_unanswered
