"""Open311 GeoReport v2, as a client written from the specification uses it (wiki.open311.org/GeoReport_v2)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from infra.local.emulation.functions import HttpResponse
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.classification import Lane, Proposal
from shared.tables.petition_items import petition_of
from tests.support.system import System

AT = datetime(2026, 11, 3, 3, 0, tzinfo=UTC)
OFFICER = "officer:minh.xuly"
TEXT = "Phòng Nội vụ trả lời hồ sơ của tôi chậm 20 ngày & không nói vì sao <gì cả>."
FORM = {
    "service_code": "CCVC",
    "description": TEXT,
    "first_name": "Văn An",
    "last_name": "Nguyễn",
    "address_string": "12 Lê Lợi, Huế",
    "phone": "0912 345 678",
    "email": "an@example.vn",
}
CANARIES = ("Văn An", "Lê Lợi", "912345678", "an@example.vn", "trả lời hồ sơ của tôi", "minh.xuly")
FIELDS = {
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
    *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime"),
    *("address", "address_id", "zipcode", "lat", "long", "media_url"),
}


class Client:
    """Speaks GeoReport v2 in one format and gives back the facts, whichever format they came in."""

    ROOTS = ("discovery", "services", "service_definition", "service_requests", "errors")
    LISTS = frozenset(
        {
            *("services", "attributes", "values", "service_requests", "errors", "endpoints", "formats"),
            "duties",
        }
    )

    def __init__(self, system: System, suffix: str) -> None:
        self._system = system
        self._suffix = suffix
        self.content_type = {"xml": "text/xml", "json": "application/json"}[suffix] + "; charset=utf-8"

    def get(self, resource: str, **query: str) -> Any:
        return self.read(self.ask("GET", resource, query=query), 200)

    def post(self, status: int = 201, headers: dict[str, str] | None = None, **form: str) -> Any:
        return self.read(self.ask("POST", "requests", form=FORM | form, headers=headers or {}), status)

    def ask(self, method: str, resource: str, **sent: Any) -> HttpResponse:
        return self._system.http(method, f"/open311/v2/{resource}.{self._suffix}", **sent)

    def read(self, answer: HttpResponse, status: int) -> Any:
        assert answer.status == status, answer.text
        assert answer.header("Content-Type") == self.content_type
        if self._suffix == "json":
            return json.loads(answer.body)
        assert answer.body.startswith(b'<?xml version="1.0" encoding="utf-8"?>')
        root = ET.fromstring(answer.body)  # noqa: S314 - our own answer
        assert root.tag in self.ROOTS
        return self._facts(root)

    def _facts(self, element: ET.Element) -> Any:
        """Undo the Spark Convention."""
        if element.tag in self.LISTS:
            names = {child.tag for child in element}
            assert len(names) <= 1
            return [self._facts(child) for child in element]
        if len(element):
            return {child.tag: self._facts(child) for child in element}
        return {"true": True, "false": False}.get(element.text or "", element.text)


@pytest.fixture(params=["xml", "json"])
def client(request: pytest.FixtureRequest, intake: System) -> Client:
    return Client(intake, request.param)


def only_petition(system: System) -> Petition:
    (item,) = system.items("petitions")
    return petition_of(item)


def routed(petition: Petition) -> Petition:
    return petition.route(Change.by_router(AT, "route"), Proposal(lane=Lane.ORDINARY, field="CCHC"), "VCCVC")


def accepted(petition: Petition) -> Petition:
    return petition.accept(Change(OFFICER, AT, "accept"), handler="minh.xuly")


def drafted(petition: Petition) -> Petition:
    return petition.draft_answer(Change(OFFICER, AT, "draft"), "Đã có.")


def approved(petition: Petition) -> Petition:
    return petition.approve(Change.by_officer("ha.duyet", AT, "approve"))


def published(petition: Petition) -> Petition:
    publication = Publication(subject="Chậm", content="Hồ sơ chậm.", answer="Đã có kết quả.", published_at=AT)
    return petition.publish(Change.by_officer("ha.duyet", AT, "publish"), publication)


def restricted(petition: Petition) -> Petition:
    return petition.restrict(Change(OFFICER, AT, "restrict"), "TTB")


ANSWERED = (routed, accepted, drafted, approved)


# --- the whole way ------------------------------------------------------------------------------------


def test_a_client_finds_the_api_and_a_service_sends_and_reads(client, intake):
    (endpoint,) = client.get("discovery")["endpoints"]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"].endswith("/open311/v2")
    assert (endpoint["type"], endpoint["formats"]) == ("test", ["text/xml", "application/json"])

    service = next(row for row in client.get("services") if row["service_code"] == "CCVC")
    assert (service["metadata"], service["type"]) == (True, "realtime")

    definition = client.get("services/CCVC")
    assert definition["service_code"] == "CCVC"
    assert [row["code"] for row in definition["attributes"]] == ["address", "kind", "may_publish"]
    choices = {row["code"]: [value["key"] for value in row["values"]] for row in definition["attributes"]}

    (receipt,) = client.post(**{"attribute[kind]": choices["kind"][0], "attribute[may_publish]": "true"})
    petition = only_petition(intake)
    assert receipt["service_request_id"] == petition.reference
    assert (petition.content, petition.chosen_field) == (TEXT, "CCVC")
    assert (petition.kind, petition.may_publish) == ("REGULATION", True)
    assert petition.history[0].by == "open311:local"

    (facts,) = client.get(f"requests/{receipt['service_request_id']}")
    assert set(facts) == FIELDS
    assert {name: value for name, value in facts.items() if value} == {
        "service_request_id": petition.reference,
        "status": "open",
        "service_name": service["service_name"],
        "service_code": "CCVC",
        "requested_datetime": "2026-11-03T09:00:00+07:00",
        "updated_datetime": "2026-11-03T09:00:00+07:00",
        "expected_datetime": "2026-11-23T23:59:59+07:00",
    }


def test_the_notice_carries_the_pin_that_opens_the_petition(client, intake):
    (receipt,) = client.post(headers={"Accept-Language": "en"})

    pin = receipt["service_notice"].partition("PIN ")[2][:8]
    path = f"/v1/petitions/{receipt['service_request_id']}"
    assert intake.http("GET", path, headers={"X-Petition-Pin": pin}).json()["content"] == TEXT


def test_discovery_of_production_says_so(client, intake, monkeypatch):
    monkeypatch.setenv("STAGE", "prod")
    monkeypatch.setenv("SCANNER", "guardduty")
    intake.local.cold_start()

    assert client.get("discovery")["endpoints"][0]["type"] == "production"


def test_services_come_in_english_when_asked(client):
    names = {row["service_code"]: row["service_name"] for row in client.get("services", lang="en")}

    assert (
        names["CCVC"] != {row["service_code"]: row["service_name"] for row in client.get("services")}["CCVC"]
    )


# --- sending once -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers", [pytest.param({}, id="no key"), pytest.param({"Idempotency-Key": "k"}, id="a key")]
)
def test_the_same_request_sent_twice_is_one(client, intake, headers):
    first = client.post(headers=headers)
    second = client.post(status=200, headers=headers)

    assert first == second
    only_petition(intake)


def test_a_request_of_another_day_is_another(client, intake):
    client.post()
    intake.clock.hold_at(datetime(2026, 11, 3, 17, 0, tzinfo=UTC))
    client.post()

    assert len(intake.items("petitions")) == 2


def test_a_key_used_again_for_another_text_is_refused(client):
    client.post(headers={"Idempotency-Key": "k"})

    (error,) = client.post(422, {"Idempotency-Key": "k"}, description="Khác")

    assert error["code"] in (422, "422")


def test_a_key_of_the_json_api_does_not_lead_to_a_petition_of_open311(client, intake, a_submission):
    sent = intake.http("POST", "/v1/petitions", json=a_submission(), headers={"Idempotency-Key": "k"}).json()

    (receipt,) = client.post(headers={"Idempotency-Key": "k"})

    assert receipt["service_request_id"] != sent["reference"]


# --- bad input ----------------------------------------------------------------------------------------

BAD = [
    pytest.param({"service_code": ""}, 400, "service_code", id="no service"),
    pytest.param({"service_code": "NOPE"}, 404, "service_code", id="unknown service"),
    pytest.param({"description": ""}, 400, "description", id="no description"),
    pytest.param({"description": " \n"}, 400, "description", id="blank description"),
    pytest.param({"description": "x" * 4_001}, 400, "description", id="description of 4,001 letters"),
    pytest.param({"description": "\u200b\u2800"}, 400, "description", id="nothing that is seen"),
    pytest.param({"first_name": "", "last_name": ""}, 400, "last_name", id="no name"),
    pytest.param({"last_name": "x" * 121}, 400, "last_name", id="name too long"),
    pytest.param({"address_string": ""}, 400, "address_string", id="no address"),
    pytest.param({"phone": "", "email": ""}, 400, "email", id="no way to answer"),
    pytest.param({"phone": "12"}, 400, "phone", id="no telephone number"),
    pytest.param({"email": "an@"}, 400, "email", id="no e-mail address"),
    pytest.param({"attribute[kind]": "WISH"}, 400, "attribute[kind]", id="unknown kind"),
    pytest.param(
        {"attribute[may_publish]": "yes"}, 400, "attribute[may_publish]", id="neither true nor false"
    ),
]


@pytest.mark.parametrize(("changes", "status", "argument"), BAD)
def test_what_is_wrong_is_named_and_nothing_is_stored(client, intake, changes, status, argument):
    errors = client.post(status, **changes)

    assert {str(row["code"]) for row in errors} == {str(status)}
    assert [row["description"].partition(":")[0] for row in errors] == [argument]
    assert intake.items("petitions") == []


def test_everything_wrong_is_named_at_once(client):
    errors = client.read(client.ask("POST", "requests", form={}), 400)

    named = {row["description"].partition(":")[0] for row in errors}
    assert named == {"service_code", "description", "last_name", "address_string", "email"}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\xff\xfe", id="no UTF-8"),
        pytest.param(b"description=%ff", id="no UTF-8 within"),
        pytest.param(b'{"service_code": "CCVC"}', id="JSON"),
        pytest.param(b"&".join(b"a%d=1" % n for n in range(200)), id="200 arguments"),
        pytest.param(b"description=" + b"x" * 200_000, id="200 KB"),
    ],
)
def test_a_body_that_is_no_form_is_refused(client, intake, body):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}

    client.read(client.ask("POST", "requests", body=body, headers=headers), 400)

    assert intake.items("petitions") == []


@pytest.mark.parametrize(
    ("method", "path", "content_type"),
    [
        pytest.param("GET", "services", "text/xml", id="no format"),
        pytest.param("GET", "services.html", "text/xml", id="another format"),
        pytest.param("GET", "nothing.json", "application/json", id="no such resource"),
        pytest.param("POST", "services.json", "application/json", id="a resource that takes nothing"),
        pytest.param("GET", "services/NOPE.json", "application/json", id="an unknown service"),
        pytest.param("GET", "requests/nope.json", "application/json", id="no reference"),
        pytest.param("GET", "requests/26483190275.json", "application/json", id="an unknown reference"),
    ],
)
def test_what_is_not_there_is_404_in_the_clients_format(intake, method, path, content_type):
    answer = intake.http(method, f"/open311/v2/{path}", form={} if method == "POST" else None)

    assert answer.status == 404
    assert answer.header("Content-Type") == f"{content_type}; charset=utf-8"


# --- keys ---------------------------------------------------------------------------------------------


@pytest.fixture
def in_the_cloud(
    intake: System, with_clients: Callable[[dict[str, str]], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another stage than `local`, with the key of one client."""
    monkeypatch.setenv("STAGE", "dev")
    monkeypatch.setenv("API_KEY_NEEDED", "true")
    monkeypatch.setenv("SCANNER", "guardduty")
    with_clients({"hue": "key-of-hue", "empty": ""})


@pytest.mark.parametrize(
    "key",
    [
        pytest.param({}, id="none"),
        pytest.param({"api_key": ""}, id="an empty one, though one is configured as empty"),
        pytest.param({"api_key": "key-of-huE"}, id="a wrong one"),
        pytest.param({"api_key": "khóa"}, id="one that is not ASCII"),
    ],
)
def test_in_the_cloud_nothing_is_taken_without_a_known_key(in_the_cloud, client, intake, key):
    (error,) = client.post(403, **key)

    assert error["description"].startswith("api_key")
    assert intake.items("petitions") == []


def test_a_known_key_names_the_client_in_the_history(in_the_cloud, client, intake):
    client.post(api_key="key-of-hue")

    assert only_petition(intake).history[0].by == "open311:hue"
    assert "key-of-hue" not in str(intake.items("petitions"))


def test_reading_needs_no_key(in_the_cloud, client):
    assert client.get("services")
    assert client.get("requests") == []


# --- what everybody may read --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("verbs", "status", "code"),
    [
        pytest.param((), "open", "CCVC", id="just received"),
        pytest.param((routed,), "open", "CCHC", id="in the field that the ministry chose"),
        pytest.param((routed, accepted, drafted), "open", "CCHC", id="with a draft"),
        pytest.param(ANSWERED, "closed", "CCHC", id="answered"),
        pytest.param((*ANSWERED, published), "closed", "CCHC", id="published"),
        pytest.param((restricted,), "open", "CCVC", id="a denunciation, which looks untouched"),
    ],
)
def test_one_request_shows_no_more_than_status_service_and_dates(client, officers_do, verbs, status, code):
    (receipt,) = client.post(**{"attribute[may_publish]": "true"})
    officers_do(receipt["service_request_id"], *verbs)

    answer = client.ask("GET", f"requests/{receipt['service_request_id']}")

    (facts,) = client.read(answer, 200)
    assert (facts["status"], facts["service_code"]) == (status, code)
    assert [secret for secret in CANARIES if secret in answer.text] == []
    assert answer.header("Cache-Control") == "no-store"


def test_a_denunciation_looks_like_a_petition_that_waits(client, officers_do):
    (receipt,) = client.post()
    before = client.get(f"requests/{receipt['service_request_id']}")

    officers_do(receipt["service_request_id"], restricted)

    assert client.get(f"requests/{receipt['service_request_id']}") == before


def test_a_petition_that_came_another_way_does_not_exist_here(client, sent):
    client.read(client.ask("GET", f"requests/{sent['reference']}"), 404)

    assert client.get("requests", service_request_id=sent["reference"]) == []


def test_several_requests_are_read_by_their_ids(client, sent):
    first = client.post()[0]["service_request_id"]
    second = client.post(description="Một việc khác.")[0]["service_request_id"]

    requests = client.get("requests", service_request_id=f"{second}, {first},{sent['reference']},x,{first}")

    assert [row["service_request_id"] for row in requests] == [second, first]


def test_more_than_twenty_ids_are_too_many(client):
    ids = ",".join(str(number) for number in range(21))

    client.read(client.ask("GET", "requests", query={"service_request_id": ids}), 400)


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        pytest.param({}, True, id="the last 90 days"),
        pytest.param({"status": "closed"}, True, id="closed ones"),
        pytest.param({"status": "open,closed"}, True, id="open and closed ones"),
        pytest.param({"status": "open"}, False, id="open ones, which are never published"),
        pytest.param({"service_code": "DTTG,CCHC"}, True, id="of one of two services"),
        pytest.param({"service_code": "DTTG"}, False, id="of another service"),
        pytest.param({"start_date": "2026-11-03T00:00:00+07:00"}, True, id="from its day"),
        pytest.param({"start_date": "2026-11-04T00:00:00+07:00"}, False, id="from the day after"),
        pytest.param({"end_date": "2026-11-03T01:00:00Z"}, True, id="until its day"),
        pytest.param({"end_date": "2026-11-02T16:59:59Z"}, False, id="until the day before in Vietnam"),
        pytest.param(
            {"start_date": "2026-10-01T00:00:00Z", "end_date": "2026-12-01T00:00:00Z"},
            True,
            id="within a window",
        ),
        pytest.param({"start_date": "2020-01-01T00:00:00Z"}, False, id="90 days of 2020"),
    ],
)
def test_published_answers_are_listed_as_asked(client, intake, officers_do, query, is_found):
    (receipt,) = client.post(**{"attribute[may_publish]": "true"})
    officers_do(receipt["service_request_id"], *ANSWERED, published)
    intake.clock.hold_at(datetime(2026, 11, 4, 2, 0, tzinfo=UTC))

    assert bool(client.get("requests", **query)) is is_found


def test_a_published_answer_leads_neither_to_its_petition_nor_to_a_person(client, intake, officers_do):
    (receipt,) = client.post(**{"attribute[may_publish]": "true"})
    officers_do(receipt["service_request_id"], *ANSWERED, published)
    intake.clock.hold_at(datetime(2026, 11, 4, 2, 0, tzinfo=UTC))

    answer = client.ask("GET", "requests")

    (facts,) = client.read(answer, 200)
    assert set(facts) == FIELDS
    assert (facts["description"], facts["status_notes"]) == ("Hồ sơ chậm.", "Đã có kết quả.")
    assert facts["requested_datetime"] == "2026-11-03T00:00:00+07:00"
    assert facts["updated_datetime"] == "2026-11-03T10:00:00+07:00"
    assert receipt["service_request_id"] not in answer.text
    assert [secret for secret in CANARIES if secret in answer.text] == []
    client.read(client.ask("GET", f"requests/{facts['service_request_id']}"), 404)


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"start_date": "hôm qua"}, id="a word"),
        pytest.param({"start_date": "2026-11-03"}, id="a day without time zone"),
        pytest.param({"end_date": "2026-11-03T00:00:00"}, id="an instant without time zone"),
        pytest.param({"start_date": "0001-01-01T00:00:00+14:00"}, id="before all time"),
        pytest.param({"end_date": "9999-12-31T23:59:59-12:00"}, id="after all time"),
        pytest.param(
            {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"}, id="151 days"
        ),
        pytest.param(
            {"start_date": "2026-11-02T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"}, id="turned round"
        ),
        pytest.param({"status": "pending"}, id="an unknown status"),
    ],
)
def test_a_window_that_can_be_none_is_refused(client, query):
    (error,) = client.read(client.ask("GET", "requests", query=query), 400)

    assert error["description"].partition(":")[0] in query


# --- XML ----------------------------------------------------------------------------------------------


def test_xml_holds_whatever_was_published(intake, officers_do):
    text = "a < b & c > d ]]> \"e\" 'f' \ufffe\uffff 😀 ệ"

    def published_so(petition: Petition) -> Petition:
        publication = Publication(subject="S", content=text, answer="<script>x</script>", published_at=AT)
        return petition.publish(Change.by_officer("ha.duyet", AT, "publish"), publication)

    client = Client(intake, "xml")
    (receipt,) = client.post(201, {}, **{"attribute[may_publish]": "true"})
    officers_do(receipt["service_request_id"], *ANSWERED, published_so)

    (facts,) = client.get("requests")

    assert facts["description"] == text.replace("\ufffe\uffff", "")
    assert facts["status_notes"] == "<script>x</script>"


def test_a_long_published_text_is_cut_to_what_the_specification_allows(client, officers_do):
    def published_long(petition: Petition) -> Petition:
        publication = Publication(subject="S", content="ệ" * 9_000, answer="A", published_at=AT)
        return petition.publish(Change.by_officer("ha.duyet", AT, "publish"), publication)

    (receipt,) = client.post(**{"attribute[may_publish]": "true"})
    officers_do(receipt["service_request_id"], *ANSWERED, published_long)

    assert client.get("requests")[0]["description"] == "ệ" * 4_000


# --- the duty timeline --------------------------------------------------------------------------------


def timeline(client: Client, reference: str) -> Any:
    (facts,) = client.get(f"requests/{reference}", extensions="true")
    return facts["extended_attributes"]["duties"]


def test_an_extension_tells_what_was_promised_and_how_it_was_kept(intake, client, officers_do):
    (sent,) = client.post(**{"attribute[may_publish]": "true"})
    reference = sent["service_request_id"]

    (answer,) = timeline(client, reference)
    assert answer | {"number": "1"} == {
        "duty": "answer",
        "number": "1",
        "promised_date": "2026-11-03",
        "due_date": "2026-11-23",
        "done_date": None,
        "told_date": None,
        "standing": "open",
    }

    officers_do(reference, routed, accepted, drafted, approved, published)
    assert [(row["duty"], row["done_date"], row["standing"]) for row in timeline(client, reference)] == [
        ("publication", "2026-11-03", "kept"),
        ("answer", "2026-11-03", "awaiting_proof"),
    ]


def test_timeline_says_when_the_petitioner_was_demonstrably_notified(intake, client, officers_do):
    (sent,) = client.post()
    reference = sent["service_request_id"]
    officers_do(reference, routed, accepted, drafted, approved)
    pin = re.findall(r"\b\d{8}\b", sent["service_notice"])[-1]
    assert intake.http("GET", f"/v1/petitions/{reference}", headers={"X-Petition-Pin": pin}).status == 200

    (answer,) = timeline(client, reference)

    assert (answer["told_date"], answer["standing"]) == ("2026-11-03", "kept")


def test_looking_without_a_pin_is_no_proof_that_the_petitioner_knows(intake, client, officers_do):
    (sent,) = client.post()
    reference = sent["service_request_id"]
    officers_do(reference, routed, accepted, drafted, approved)

    assert [timeline(client, reference)[0]["standing"] for _ in range(2)] == ["awaiting_proof"] * 2


def test_without_the_extension_a_client_gets_what_the_specification_names(client):
    (sent,) = client.post()

    (facts,) = client.get(f"requests/{sent['service_request_id']}")

    assert set(facts) == FIELDS


def test_a_denunciations_duties_look_like_those_of_an_undecided_petition(intake, client, officers_do):
    (sent,) = client.post()
    before = timeline(client, sent["service_request_id"])

    officers_do(
        sent["service_request_id"],
        lambda petition: petition.restrict(Change.by_router(AT, "restrict"), "TTRA"),
    )

    assert timeline(client, sent["service_request_id"]) == before


FORM_WITH_MORE = {
    "service_code": "CCVC",
    "description": "Đề nghị xem lại việc xét nâng ngạch công chức",
    "last_name": "Lê",
    "first_name": "Bình",
    "address_string": "5 Lê Lợi, Huế",
    "email": "binh@example.com",
    "media_url": "https://x.example/1.jpg",
    "lat": "21.03",
    "long": "105.8",
    "attribute[external_id]": "123",
    "zipcode": "",
}


@pytest.mark.parametrize("ending", ["json", "xml"])
def test_the_notice_names_what_was_not_kept_and_how_to_send_it(intake, ending):
    answer = intake.http("POST", f"/open311/v2/requests.{ending}?lang=en", form=FORM_WITH_MORE)

    assert answer.status == 201
    for text in ("media_url, lat, long, attribute[external_id].", "/attachments", "Write the place"):
        assert text in answer.text
    assert "zipcode" not in answer.text
    assert "x.example" not in answer.text


def test_the_notice_of_a_form_that_was_kept_whole_names_nothing(intake):
    form = {name: FORM_WITH_MORE[name] for name in list(FORM_WITH_MORE)[:6]}

    [sent] = intake.http("POST", "/open311/v2/requests.json", form=form).json()

    assert "không được nhận" not in sent["service_notice"]


def test_a_name_that_a_client_made_up_is_shown_short_and_escaped(intake):
    form = {**FORM_WITH_MORE, f"<script>\n{'x' * 99}": "1"}

    answer = intake.http("POST", "/open311/v2/requests.xml", form=form)

    assert "<script>" not in answer.text
    assert "&lt;script&gt;xxx" in answer.text
    assert "x" * 41 not in answer.text
