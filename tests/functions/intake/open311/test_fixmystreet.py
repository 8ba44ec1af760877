"""Requests as FixMyStreet's `Open311.pm` and its updates' fetcher send them, recorded from their source."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from chalicelib.intake import composition
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane, Proposal

AT = datetime(2026, 11, 3, 3, 0, tzinfo=UTC)
LATER = datetime(2026, 11, 3, 4, 0, tzinfo=UTC)
REPORT = {
    "jurisdiction_id": "bnv",
    "api_key": "any, on one machine",
    "lat": "16.4637",
    "long": "107.5909",
    "email": "an@example.vn",
    "phone": "0912345678",
    "description": "title: Chậm trả lời\n\ndetail: Hồ sơ của tôi chậm 20 ngày.\n\nurl: http://fms.example/report/1\n\n"
    "Submitted via FixMyStreet\n",
    "service_code": "CCVC",
    "first_name": "Văn An",
    "last_name": "Nguyễn",
    "attribute[address]": "12 Lê Lợi, Huế",
    "attribute[fixmystreet_id]": "1",
}
FETCH = {"jurisdiction_id": "bnv", "api_key": "any, on one machine"}


def xml(answer: Any, status: int = 200) -> ET.Element:
    assert answer.status == status, answer.text
    return ET.fromstring(answer.body)  # noqa: S314 - our own answer


def send(intake) -> str:
    sent = xml(intake.http("POST", "/open311/v2/requests.xml", form=REPORT), 201)
    return sent.findtext("request/service_request_id", "")


def fetch(intake, **query: str) -> list[dict[str, str | None]]:
    intake.clock.hold_at(LATER)
    root = xml(intake.http("GET", "/open311/v2/servicerequestupdates.xml", query=FETCH | query))
    assert root.tag == "service_request_updates"
    return [{child.tag: child.text for child in update} for update in root.findall("request_update")]


def routed(petition: Petition) -> Petition:
    return petition.route(Change.by_router(AT, "route"), Proposal(lane=Lane.ORDINARY, field="CCHC"), "VCCVC")


def accepted(petition: Petition) -> Petition:
    return petition.accept(Change("officer:minh.xuly", AT, "accept"), handler="minh.xuly")


def waiting(petition: Petition) -> Petition:
    return petition.request_information(Change.by_officer("lan.tiepnhan", AT, "ask"), "Nộp ngày nào?")


def refused(petition: Petition) -> Petition:
    return petition.refuse(Change.by_officer("lan.tiepnhan", AT, "refuse"), "Không rõ.", reason="UNCLEAR")


def drafted(petition: Petition) -> Petition:
    return petition.draft_answer(Change("officer:minh.xuly", AT, "draft"), "Lời của cán bộ.")


def approved(petition: Petition) -> Petition:
    return petition.approve(Change.by_officer("ha.duyet", AT, "approve"))


def restricted(petition: Petition) -> Petition:
    return petition.restrict(Change("officer:minh.xuly", AT, "restrict"), "TTB")


def test_the_address_that_the_law_asks_for_is_asked_as_an_attribute(intake):
    definition = xml(intake.http("GET", "/open311/v2/services/CCVC.xml"))

    attributes = {each.findtext("code"): each for each in definition.iter("attribute")}

    assert attributes["address"].findtext("required") == "true"
    assert (attributes["address"].findtext("datatype"), attributes["address"].findtext("variable")) == (
        "string",
        "true",
    )


def test_a_report_of_fixmystreet_is_taken_and_its_address_is_no_leftover(intake):
    sent = xml(intake.http("POST", "/open311/v2/requests.xml?lang=en", form=REPORT), 201)

    notice = sent.findtext("request/service_notice", "")
    assert "attribute[address]" not in notice
    assert "lat, long, attribute[fixmystreet_id]" in notice


def test_a_report_without_any_address_is_refused_by_name(intake):
    form = {name: value for name, value in REPORT.items() if name != "attribute[address]"}

    errors = xml(intake.http("POST", "/open311/v2/requests.xml", form=form), 400)

    assert "address_string" in (errors.findtext("error/description") or "")


def test_updates_name_the_states_and_no_word_of_anybody(intake, officers_do):
    reference = send(intake)
    officers_do(reference, routed, accepted, drafted, approved)

    updates = fetch(intake, start_date="2026-11-02T00:00:00+07:00", end_date="2026-11-04T00:00:00Z")

    assert [update["status"] for update in updates][-1] == "closed"
    assert {update["service_request_id"] for update in updates} == {reference}
    assert len({update["update_id"] for update in updates}) == len(updates) >= 2
    assert "Lời của cán bộ" not in str(updates)
    assert updates == fetch(intake, service_request_id=reference)


def test_updates_outside_the_window_are_left_out(intake, officers_do):
    officers_do(send(intake), routed, accepted)

    assert fetch(intake, start_date="2026-11-03T10:00:01+07:00", end_date="2026-11-03T11:00:00+07:00") == []


def test_a_denunciation_has_no_updates(intake, officers_do):
    reference = send(intake)
    officers_do(reference, restricted)

    assert fetch(intake) == fetch(intake, service_request_id=reference) == []


def test_updates_come_in_pages(intake, officers_do):
    officers_do(send(intake), routed, accepted, drafted, approved)
    whole = fetch(intake)

    assert fetch(intake, page_size="1", page="2") == whole[1:2]


def test_a_client_reads_the_updates_of_its_own_requests_alone(intake, with_clients, officers_do):
    with_clients({"hue": "key-of-hue", "danang": "key-of-danang"})
    sent = xml(intake.http("POST", "/open311/v2/requests.xml", form=REPORT | {"api_key": "key-of-hue"}), 201)
    officers_do(sent.findtext("request/service_request_id", ""), routed, accepted)

    assert fetch(intake, api_key="key-of-hue") != []
    assert fetch(intake, api_key="key-of-danang") == []


COMMENT = {
    **FETCH,
    "update_id_ext": "17",
    "updated_datetime": "2026-11-03T11:00:00+07:00",
    "service_request_id_ext": "1",
    "status": "OPEN",
    "email": "an@example.vn",
    "description": "Tôi đã nộp bổ sung ngày 3/3.",
    "public_anonymity_required": "TRUE",
    "last_name": "Nguyễn",
    "first_name": "Văn An",
}
"""A comment as `post_service_request_update` sends it."""
CLOSED = {"description": "This problem has been fixed", "status": "CLOSED"}


def comment(intake, reference: str, expected: int = 201, /, **changes: str) -> ET.Element:
    form = COMMENT | {"service_request_id": reference} | changes
    return xml(intake.http("POST", "/open311/v2/servicerequestupdates.xml", form=form), expected)


def history(reference: str) -> list[Any]:
    petition = composition.parts().petitions.get(reference)
    assert petition is not None
    return list(petition.history)


def test_comment_of_the_petitioner_is_a_supplement_with_an_id_and_names_the_client(intake):
    reference = send(intake)

    posted = comment(intake, reference)

    entry = history(reference)[-1]
    assert posted.tag == "service_request_updates"
    assert posted.findtext("request_update/update_id") == f"{reference}-{entry.seq}"
    assert (entry.action, entry.text, entry.by) == ("supplement", COMMENT["description"], "client:local")


def test_comment_that_comes_again_is_the_same_one_and_another_text_under_its_id_is_refused(intake):
    reference = send(intake)

    first, again = comment(intake, reference), comment(intake, reference, 200)
    other = comment(intake, reference, 422, description="Lời khác.")

    assert first.findtext("request_update/update_id") == again.findtext("request_update/update_id")
    assert other.findtext("error/code") == "422"
    assert len(history(reference)) == 2


def test_telephone_number_of_the_petition_is_as_good_in_whatever_way_it_is_written(intake):
    comment(intake, send(intake), email="", phone="+84 912 345 678")


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"email": "another.user@example.vn"}, id="another user of FixMyStreet"),
        pytest.param({"email": "", "phone": ""}, id="nobody's name"),
        pytest.param({"email": "not one"}, id="no address"),
        pytest.param({"service_request_id": "26483190275"}, id="a petition that there is not"),
        pytest.param({"service_request_id": "../1"}, id="no reference"),
        pytest.param({"service_request_id": ""}, id="none"),
    ],
)
def test_nobody_else_adds_to_a_petition_and_all_get_the_same_answer(intake, changes):
    reference = send(intake)

    refused = comment(intake, reference, 404, **changes)

    wanted = comment(intake, "26483190275", 404)
    assert ET.tostring(refused) == ET.tostring(wanted)
    assert len(history(reference)) == 1


def test_petition_from_the_web_takes_no_comment_even_from_its_petitioner(intake, sent):
    comment(intake, sent["reference"], 404, phone="0912 345 678")

    assert len(history(sent["reference"])) == 1


def test_client_adds_to_the_requests_that_it_sent_alone(intake, with_clients):
    with_clients({"hue": "key-of-hue", "danang": "key-of-danang"})
    report = REPORT | {"api_key": "key-of-hue"}
    reference = xml(intake.http("POST", "/open311/v2/requests.xml", form=report), 201).findtext(
        "request/service_request_id", ""
    )

    comment(intake, reference, 404, api_key="key-of-danang")
    comment(intake, reference, 201, api_key="key-of-hue")

    assert [entry.by for entry in history(reference)] == ["open311:hue", "client:hue"]


def test_comment_without_words_or_with_too_many_is_refused_by_name(intake):
    reference = send(intake)

    for description in (" ", "x" * 4_001):
        errors = comment(intake, reference, 400, description=description)
        assert (errors.findtext("error/description") or "").startswith("description")


def test_fixed_does_not_withdraw_a_petition(intake):
    reference = send(intake)

    comment(intake, reference, **CLOSED)

    assert history(reference)[-1].state == "RECEIVED"


def test_comment_that_sends_a_question_back_to_work_is_listed_under_the_id_that_was_given(
    intake, officers_do
):
    reference = send(intake)
    officers_do(reference, routed, waiting)

    update_id = comment(intake, reference).findtext("request_update/update_id")

    assert update_id in [update["update_id"] for update in fetch(intake)]


def test_petition_that_has_ended_takes_no_comment_and_says_so(intake, officers_do):
    reference = send(intake)
    officers_do(reference, refused)

    assert comment(intake, reference, 409).findtext("error/code") == "409"


@pytest.mark.parametrize(
    ("resource", "query", "message"),
    [
        pytest.param("requests", {"start_date": "2026-11-03"}, "time zone", id="a day"),
        pytest.param("requests", {"start_date": "yesterday"}, "ISO 8601", id="a word"),
        pytest.param(
            "requests",
            {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
            "90 days",
            id="151 days",
        ),
        pytest.param(
            "servicerequestupdates",
            {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
            "7 days",
            id="more than a week of updates",
        ),
        pytest.param("requests", {"page_size": "1001"}, "page_size", id="too large a page"),
        pytest.param("requests", {"page": "0"}, "page", id="page 0"),
        pytest.param("requests", {"page": "١"}, "page", id="another script's digit"),
    ],
)
def test_errors_say_what_is_wrong(intake, resource, query, message):
    errors = xml(intake.http("GET", f"/open311/v2/{resource}.xml", query={**query, "lang": "en"}), 400)

    assert message in (errors.findtext("error/description") or "")
