"""Nobody reads what they must not: planted secrets are looked for in every byte that anybody can get.

Every GET of the desk as every officer, as JSON and as pages; every public address; every mail to officers; tables,
queues and logs. The rule of who may read what is written down a second time in `canaries`.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from infra.layout import ROOT
from infra.local.emulation.functions import load
from infra.seed.directory import directory_rows
from shared.tables.directory import Directory
from tests.campaigns.canaries import (
    CHANNELS,
    IDENTITY,
    REFERENCE,
    TEXTS,
    WRITTEN,
    Campaign,
    Leak,
    Planted,
    paths,
    text_of,
)
from tests.campaigns.configuration import refused
from tests.support.desk_pages import Browser
from tests.support.log_capture import Overheard
from tests.support.people import Officer
from tests.support.system import System

OFFICERS = directory_rows()["officer"]
OFFICERS_IN_SMOKE = 5
UNITS = ["VCCVC", "VCCHC", "TTRA", "TTTT", "VPB", "CTLBHXH"]
QUEUES = [*UNITS, "all", "approval", "publication", "second-look", "inspection"]
REPORTS = ["timeliness", "workload", "steering-committee", "task-force", "six-month", "trends"]
KINDS = [
    "answer-template",
    "body",
    "calendar",
    "field",
    "officer",
    "routing-rule",
    "template",
    "terms",
    "unit",
]
KEPT_BY_PAGES = ["answer-template", "body", "field", "officer", "unit"]
PERIOD = "from=2026-11-01&to=2026-11-30"


@pytest.fixture(
    scope="module", params=[pytest.param(1, id="short"), pytest.param(5, id="long", marks=pytest.mark.full)]
)
def campaign(running_system: System, request: pytest.FixtureRequest) -> Campaign:
    """Petitions with secrets of every kind, through every channel, answered, published, complained about."""
    running_system.reset()
    directory = Directory(running_system.local.cloud.outputs["DirectoryTable"])
    child = next(row for row in directory_rows()["unit"] if row["id"] == "VCCHC") | {"parent": "VCCVC"}
    directory.put("unit", "VCCHC", date.fromisoformat(child["valid_from"]), child)
    campaign = Campaign(running_system)
    campaign.plant(request.param)
    return campaign


def routes(function: str, method: str) -> list[str]:
    app = load(ROOT / "functions")[function]
    return sorted(path for path, methods in app.routes.items() if method in methods)


def desk_paths(campaign: Campaign) -> list[str]:
    references = [petition.reference for petition in campaign.planted]
    values = {
        "/v1/petitions/{reference}:reference": references,
        "/petitions/{reference}:reference": references[:: 1 if len(references) < 50 else 5],
        "/petitions/{reference}/notices:reference": references[:21],
        "/petitions/{reference}/letter:reference": references[:21],
        "/petitions/{reference}/drafts/{form}:reference": references[:21],
        "/petitions/{reference}/drafts/{form}:form": ["draft-answer"],
        "/v1/petitions/{reference}/draft-review:reference": references,
        "/v1/petitions/{reference}/drafts/{form}:reference": references[:21],
        "/v1/petitions/{reference}/drafts/{form}:form": ["draft-answer"],
        "/unsubscribe/{token}:token": ["x"],
        "/v1/petitions/{reference}/similar-answers:reference": references,
        "/v1/subscriptions/{subscription}/keys:subscription": ["no-such-program"],
        "/v1/subscriptions/{subscription}/deliveries:subscription": ["no-such-program"],
        "/subscriptions/{subscription}:subscription": ["no-such-program"],
        "/machines/{machine_id}:machine_id": ["no-such-account"],
        "/v1/directory/{kind}/{row_id}:kind": KINDS,
        "/v1/directory/{kind}/{row_id}:row_id": ["*"],
        "/directory/{kind}:kind": KEPT_BY_PAGES,
        "/directory/{kind}/{row_id}:kind": ["unit"],
        "/directory/{kind}/{row_id}:row_id": ["VCCVC", "VCCHC", "TTRA", "TTTT"],
        "/v1/reports/{name}:name": REPORTS,
        "/v1/reports/{name}/cases:name": REPORTS,
        "/texts/{name}:name": ["officer.ASSIGNED.EMAIL.vi", "petitioner.RECEIPT.SMS.vi"],
        "/v1/proposals/{proposal_id}:proposal_id": campaign.proposals[:2],
        "/proposals/{proposal_id}:proposal_id": campaign.proposals[:2],
        "/{name}:name": ["no-such-page"],
        "/h/{code}:code": ["x", f"26483190275{'A' * 22}"],
    }
    queries = {
        "/v1/petitions": [f"?queue={queue}" for queue in QUEUES] + ["?due_within=30", "?unassigned=true"],
        "/": [""],
        "/queue": ["", "?queue=all", "?queue=inspection", "?queue=second-look", f"?find={references[3]}"],
        "/v1/reports/{name}": [f"?{PERIOD}&format={form}" for form in ("json", "csv", "xlsx")],
        "/v1/reports/{name}/cases": [f"?{PERIOD}&measure=received"],
        "/leaders": ["", f"?{PERIOD}"],
        "/reports": [f"?{PERIOD}&name={name}" for name in REPORTS],
        "/reports/cases": [f"?{PERIOD}&name=timeliness&measure=received"],
        "/v1/changes": ["", "?after=2026-11-01T00:00:00Z"],
        "/v1/search": ["?q=phản+ánh"],
        "/search": ["?q=phản+ánh"],
        "/v1/openings": ["?month=2026-11"],
        "/openings": ["?month=2026-11"],
    }
    # The examples of the document were recorded from the same local stack, whose first references these are too.
    walked = [route for route in routes("casework", "GET") if route != "/v1/openapi.json"]
    return list(paths(walked, values, queries))


def walk(campaign: Campaign, officer: dict[str, Any], units: dict[str, str | None]) -> Iterator[Leak]:
    """Read everything that an officer can ask for, to the last page."""
    api, browser = Officer(campaign.system, officer["id"]), Browser(campaign.system, officer["id"])
    for path in desk_paths(campaign):
        ask = api.get if path.startswith("/v1/") else lambda page: browser.get(f"/desk{page}")
        answer = ask(path)
        assert answer.status < 500, (officer["id"], path, answer.text)
        leaks = campaign.leaks(f"{officer['id']} GET {path}", text_of(answer), officer, units)
        yield from (leak for leak in leaks if leak.secret not in path)


def each_officer() -> list[Any]:
    """Return every officer's name; in the smoke are some who may read much, little, nothing."""
    smoke = ("minh.ccvc", "lan.tiepnhan", "tong.dai", "binh.vanphong", "yen.bcd")
    assert len(smoke) == OFFICERS_IN_SMOKE
    names = [row["id"] for row in OFFICERS]
    return [pytest.param(name, marks=[] if name in smoke else pytest.mark.campaign) for name in names]


@pytest.mark.parametrize("username", each_officer())
def test_officer_reads_nothing_that_is_not_for_them(campaign: Campaign, username: str):
    officer = next(row for row in OFFICERS if row["id"] == username)

    assert list(walk(campaign, officer, campaign.units())) == []


@pytest.mark.parametrize(
    "username", ["minh.ccvc", "huong.ccvc", "dung.cchc", "lan.tiepnhan", "binh.vanphong"]
)
def test_acting_on_what_is_hidden_tells_nothing_but_what_an_invented_number_tells(
    campaign: Campaign, username: str
):
    officer = next(row for row in OFFICERS if row["id"] == username)
    desk = Officer(campaign.system, username)
    actions: dict[str, dict[str, str]] = {
        "note": {"note": "x"},
        "open-seal": {"reason": "Muốn biết."},
        "approve": {},
    }
    invented = {
        name: desk.try_to(name, "26000000000", version=1, **body).body for name, body in actions.items()
    }

    hidden = [petition for petition in campaign.planted if petition.is_hidden_from(officer)]
    answers = {
        (petition.what, petition.channel, name): desk.try_to(name, petition.reference, version=1, **body).body
        == invented[name]
        for petition in hidden
        for name, body in actions.items()
    }

    assert len(hidden) >= len(CHANNELS)
    assert [name for name, is_alike in answers.items() if not is_alike] == []


def test_public_pages_and_open_data_tell_no_secret(campaign: Campaign):
    references = [petition.reference for petition in campaign.planted]
    published = campaign.system.http("GET", "/v1/published").json()["items"]
    assert published
    values = {
        "/v1/petitions/{reference}:reference": references,
        "/v1/petitions/{reference}/record:reference": references,
        "/v1/petitions/{reference}/attachments/{attachment_id}:reference": references[:3],
        "/v1/petitions/{reference}/attachments/{attachment_id}:attachment_id": ["x"],
        "/ho-so-cua-toi/{reference}:reference": references,
        "/cau-tra-loi-moi/{name}/{token}:name": ["e" * 20],
        "/cau-tra-loi-moi/{name}/{token}:token": ["f" * 32],
        "/cau-tra-loi-moi/xac-nhan/{name}/{token}:name": ["e" * 20],
        "/cau-tra-loi-moi/xac-nhan/{name}/{token}:token": ["f" * 32],
        "/v1/roots/{day}:day": ["2026-11-03", "2026-11-20"],
        "/v1/open-data/{file}:file": [
            f"{n}.{kind}" for n in ("statistics", "published", "answers") for kind in ("csv", "json")
        ],
        "/problems/{code}:code": ["invalid-input"],
        "/tai-lieu-api/tham-chieu/{part}:part": ["petitions"],
        "/tai-lieu-api/tham-chieu/{part}/schemas:part": ["petitions"],
        "/h/{code}:code": ["a" * 22],
        "/assets/{name}:name": ["site.css"],
        "/cong-khai/{address}:address": [item["url"].rpartition("/")[2] for item in published],
        "/{name}:name": ["no-such-page"],
        "/open311/v2/{file}:file": ["services.json", "requests.json", "requests.xml", "discovery.xml"],
        "/open311/v2/services/{file}:file": ["CCVC.json"],
        "/open311/v2/requests/{file}:file": [f"{reference}.json" for reference in references],
        "/sms/{provider}:provider": ["esms"],
    }
    queries = {
        "/tra-cuu": [f"?ma={reference}" for reference in references],
        "/v1/published": ["", "?q=thi", "?field=CCVC", "?month=2026-11"],
        "/cong-khai": ["", "?q=thi", "?lang=en"],
        "/cong-khai.atom": ["", "?q=thi"],
        "/cong-khai/goi-y": ["?q=th"],
    }
    leaks: set[tuple[str, str]] = set()
    # The examples of the document were recorded from the same local stack, whose first references these are too.
    walked = [route for route in routes("intake", "GET") if route != "/openapi.json"]
    for path in paths(walked, values, queries):
        answer = campaign.system.http("GET", path)
        assert answer.status < 500, (path, answer.text)
        echoed = [reference for reference in references if reference in path]
        secrets = campaign.found_in(text_of(answer)) - set(echoed)
        leaks |= {(path, secret) for secret in secrets}

    assert leaks == set()
    assert "Bao giờ có kết quả?" in campaign.system.http("GET", "/v1/published").text


@pytest.mark.parametrize("what", TEXTS)
def test_whoever_writes_something_alike_is_shown_published_answers_alone(campaign: Campaign, what: str):
    shown = campaign.system.http("POST", "/v1/published/similar", json={"content": TEXTS[what].format("")})

    assert shown.status == 200
    assert campaign.found_in(shown.text) == set()


def test_errors_repeat_no_identity_and_no_text(campaign: Campaign):
    assert len(campaign.answers_to_blunders) >= 8
    assert [
        campaign.found_in(answer) for answer in campaign.answers_to_blunders if campaign.found_in(answer)
    ] == []


def test_logs_and_metrics_say_nothing_but_references(campaign: Campaign):
    lines, metrics = campaign.logged.lines(), list(campaign.system.local.functions.metrics)
    for text in (*lines, *metrics):
        kinds = {campaign.kind_of(secret) for secret in campaign.found_in(text)}
        assert kinds <= {REFERENCE}, text

    assert len(lines) >= 3
    assert len(metrics) >= 20
    assert not any(campaign.found_in(line) for line in metrics), "a metric is of all, not of one"


def test_messages_on_queues_carry_references_alone(campaign: Campaign):
    messages = campaign.system.faults.messages

    assert len(messages) >= 3 * len(campaign.planted)
    kinds = {campaign.kind_of(secret) for message in messages for secret in campaign.found_in(message)}
    assert kinds == {REFERENCE}


def test_each_notice_goes_to_its_owner_and_says_no_more_than_its_channel_may(campaign: Campaign):
    officers = {row["email"] for row in OFFICERS}
    notices = [notice for notice in campaign.system.outbox() if notice.to not in officers]
    by_address = {address: petition for petition in campaign.planted for address in petition.addresses}
    wrong = []
    for notice in notices:
        secrets = campaign.found_in(f"{notice.subject or ''}\n{notice.text}")
        owner = by_address.get(notice.to)
        own = set(owner.secrets) if owner else {notice.reference or ""}
        may = {secret for secret in own if campaign.kind_of(secret) in notice_may_say(notice.channel, owner)}
        wrong += [(notice.channel, notice.to, secret) for secret in secrets - may]

    assert wrong == []
    assert {notice.channel for notice in notices} >= {"EMAIL", "SMS"}
    assert len(notices) >= len(campaign.planted) // 2


def notice_may_say(channel: str, owner: Planted | None) -> set[str]:
    """The rule, written down a second time: an e-mail may bring an ordinary answer, everything else is neutral."""
    is_ordinary = owner is not None and owner.what == "ordinary"
    return {REFERENCE, WRITTEN} if channel == "EMAIL" and is_ordinary else {REFERENCE}


def test_petitioner_reads_their_own_petition_alone_and_no_identity(campaign: Campaign):
    web = [petition for petition in campaign.planted if petition.channel == "web"]
    for citizen, own in zip(campaign.citizens, web, strict=True):
        secrets = campaign.found_in(json.dumps(citizen.look(), ensure_ascii=False))
        assert secrets <= {secret for secret, kind in own.secrets.items() if kind != IDENTITY}, own.what


def test_officers_mails_tell_no_identity_and_of_hidden_petitions_nothing(campaign: Campaign):
    officers = by_mail()
    units = campaign.units()
    mails = [mail for mail in campaign.system.outbox(channel="EMAIL") if mail.to in officers]
    leaks = [
        leak
        for mail in mails
        for leak in campaign.leaks(mail.to, f"{mail.subject}\n{mail.text}", officers[mail.to], units)
    ]

    assert len(mails) >= len(campaign.planted)
    assert leaks == []


def test_administrators_texts_carry_no_link_and_no_pin_to_officers(campaign: Campaign):
    """Also what was stored past the doors, as laxer code would have left it."""
    mails = [mail for mail in campaign.system.outbox(channel="EMAIL") if mail.to in by_mail()]
    counted = [
        json.loads(line) for line in campaign.system.local.functions.metrics if "TemplateRefused" in line
    ]

    assert len(campaign.tokens) > len(campaign.citizens)
    assert len(campaign.proposals) >= 8
    assert counted
    assert any("True False" in mail.text or "False True" in mail.text for mail in mails), (
        "no text was changed"
    )
    assert not [
        m for m in mails if campaign.tokens & set(re.findall(r"[0-9A-Za-z]{8,}", f"{m.subject} {m.text}"))
    ]
    assert not [mail for mail in mails if "evil.example" in f"{mail.subject} {mail.text}"]
    assert refused(campaign.system) == []


def by_mail() -> dict[str, dict[str, Any]]:
    return {row["email"]: row for row in OFFICERS}


def test_no_identity_stands_outside_the_seal(campaign: Campaign):
    tables = ("petitions", "deliveries", "statistics", "throttle", "directory")
    stored = json.dumps([campaign.system.items(table) for table in tables], ensure_ascii=False, default=str)
    identities = {
        s for petition in campaign.planted for s, kind in petition.secrets.items() if kind == IDENTITY
    }

    assert campaign.found_in(stored) & identities == set()
    assert campaign.system.dead_letters() == 0


def test_search_can_fail(campaign: Campaign):
    """Each kind of leak, made on purpose, is noticed: so the campaign can fail."""
    units = campaign.units()
    minh = next(row for row in OFFICERS if row["id"] == "minh.ccvc")
    conduct = next(petition for petition in campaign.planted if petition.what == "conduct-ccvc")
    inspector = Officer(campaign.system, "khanh.tocongtac")

    text = inspector.get(f"/v1/petitions/{conduct.reference}").body
    opened = inspector.try_to("open-seal", conduct.reference, reason="Thử xem có bị phát hiện.").body
    spaced = (
        f"{conduct.reference[:2]} {conduct.reference[2:6]} {conduct.reference[6:10]} {conduct.reference[10:]}"
    )

    assert list(campaign.leaks("text", text, minh, units))
    assert {leak.secret for leak in campaign.leaks("identity", opened, minh, units)} & {
        secret for secret, kind in conduct.secrets.items() if kind == IDENTITY
    }
    assert list(campaign.leaks("existence", spaced, minh, units))
    assert list(campaign.leaks("a page", f"gọi 09870 {conduct.number:05}", minh, units))
    with pytest.raises(KeyError):
        list(paths(["/new/{thing}"], {}, {}))


def test_listening_can_fail(campaign: Campaign):
    """A secret in a log is heard in the message, in what stands beside it, and in an exception behind an exception."""
    secret = next(iter(campaign.planted[0].secrets))
    logger = logging.getLogger("nobody-reads-this")
    logger.propagate = False

    with Overheard() as heard:
        logger.error("a petition of %s", secret)
        logger.error("a petition", extra={"name_of_somebody": secret})
        try:
            try:
                int(secret)
            except ValueError as error:
                raise RuntimeError("could not be taken") from error
        except RuntimeError:
            logger.exception("failed")

    assert [campaign.found_in(line) for line in heard.lines()] == [{secret}] * 3


def test_campaign_plants_every_kind_through_every_channel(campaign: Campaign):
    assert {(petition.what, petition.channel) for petition in campaign.planted} == {
        (what, channel) for what in TEXTS for channel in CHANNELS
    }
    assert all(petition.reference for petition in campaign.planted)
