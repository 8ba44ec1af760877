"""Every notice renders on every channel, in every language, with extreme values, within its budget."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.notifier.notices.batches import ALWAYS_ALONE
from shared.domain.calendar.terms import TERMS_2018
from shared.domain.calendar.working_calendar import WorkingCalendar
from shared.domain.identity.gsm7 import is_gsm7
from shared.domain.petition.change import Change
from shared.domain.petition.facts import DueDateMoved, Forwarded, PetitionerUpdated
from shared.domain.petition.lifecycle import MOVES, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Answer
from shared.domain.petition.values.classification import Channel, Kind, Lane
from shared.domain.petition.values.petitioner import Petitioner, ReplyBy
from shared.domain.promises import notices
from shared.domain.promises.deliveries import DeliveryChannel
from shared.domain.promises.notices import Audience, NoticeKind
from shared.platform import clock
from shared.wording.facts import Office, facts_of
from shared.wording.sandbox import as_html
from shared.wording.sources import (
    ACCOUNT,
    ADDRESS_CHANGED,
    ANSWERS,
    BATCH,
    CODE,
    CONFIRM_ANSWERS,
    DIGEST,
    LEADERS,
    TEMPLATES,
    Reader,
    headline,
)
from shared.wording.texts import Texts

LONGEST_SITE = "https://phananhkiennghi.bonoivu.gov.vn:8443"
NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
SUNDAY_IN_DECEMBER = date(2026, 12, 27)
TARIFF = 160
LONGEST_HEADLINE = 20
HOSTILE = "<script>alert('x')</script> {{ 7*7 }} đường dẫn http://ác.example/?a=1&b=\"2\""
NOTIFIED_BY_ACTION = {notice for move in MOVES.values() for notice in move.notices} | {
    notices.Notice(NoticeKind.ESCALATION, audience) for audience in notices.ESCALATION_LADDER
}
NOTIFIED_BY_ACTION.add(notices.OF_ASSIGNMENT)
TO_PETITIONERS = sorted(
    {notice.kind for notice in NOTIFIED_BY_ACTION if notice.audience is Audience.PETITIONER}
)
TO_OFFICERS = sorted(
    {notice.kind for notice in NOTIFIED_BY_ACTION if notice.audience is not Audience.PETITIONER}
)


@pytest.fixture(autouse=True)
def _today():
    clock.use(lambda: NOW)
    yield
    clock.use(None)


class Rows:
    """A directory that holds just these templates."""

    def __init__(self, *rows: dict[str, Any]) -> None:
        self._rows = rows

    def rows(self, _kind: str) -> tuple[dict[str, Any], ...]:
        return self._rows


def texts(*rows: dict[str, Any]) -> Texts:
    petition: Any = Rows(*rows)
    return Texts(petition)


def an_extreme_petition(*, kind: Kind = Kind.REGULATION, text: str | None = HOSTILE) -> Petition:
    """Everything as long as it gets: two-digit counts, the longest names of weekdays, full texts."""
    petition = Petition(
        reference="26483190275",
        state=State.RECEIVED,
        channel=Channel.WEB,
        subject=HOSTILE,
        content="nội dung " * 1000,
        kind=kind,
        lane=Lane.ORDINARY,
        petitioner=Petitioner(),
        received_at=NOW,
        due_on=SUNDAY_IN_DECEMBER,
        terms=TERMS_2018.version,
        calendar="x",
        submission="0",
        body_digest="0",
        answer=Answer(text=HOSTILE + "dài " * 2000, drafted_by="x", drafted_at=NOW),
    ).record(Action.RECEIVE, Change.by_petitioner(NOW, "receive"))
    petition = petition.add_note(
        Change.by_officer("x", NOW, "n"), "n", progress=HOSTILE, expected_on=SUNDAY_IN_DECEMBER
    )
    petition = petition.record(
        Action.UPDATE_PETITIONER, Change.by_timer(NOW, "u"), facts=PetitionerUpdated(n=99)
    )
    forwarded = Forwarded(body="Bộ Dân tộc và Tôn giáo " * 5)
    petition = petition.record(
        Action.FORWARD, Change.by_officer("x", NOW, "f"), facts=forwarded, to=State.RECEIVED
    )
    moved = DueDateMoved(moved_from=date(2026, 12, 20), moved_to=SUNDAY_IN_DECEMBER)
    return petition.record(Action.MOVE_DUE_DATE, Change.by_timer(NOW, "m"), text=text, facts=moved)


def facts(petition: Petition, now: datetime = NOW) -> dict[str, Any]:
    """The variables of the last entry, with those that only an update or a forwarding has."""
    office = Office(LONGEST_SITE, "f" * 32, TERMS_2018, WorkingCalendar(), now)
    update, forward = petition.last(Action.UPDATE_PETITIONER), petition.last(Action.FORWARD)
    assert update is not None
    assert forward is not None
    of_update = facts_of(petition, update, office)
    return facts_of(petition, petition.history[-1], office) | {
        "n": of_update["n"],
        "undo_until": SUNDAY_IN_DECEMBER,
        "next_update_on": of_update["next_update_on"],
        "body": facts_of(petition, forward, office)["body"],
    }


@pytest.mark.parametrize(
    ("changes", "asks"),
    [
        pytest.param({"is_named": False}, "<ho ten, dia chi>", id="an unknown sender is asked who they are"),
        pytest.param({"missing_parts": "2/3"}, "phan 2/3", id="a part is missing"),
        pytest.param(
            {"missing_parts": "10,11,12.../255", "is_named": False}, "10,11,12.../255", id="many are missing"
        ),
    ],
)
def test_the_receipt_of_an_sms_asks_for_what_is_missing_in_one_sms(changes, asks):
    variables = {**facts(an_extreme_petition()), **changes}

    rendered = texts().render("petitioner", NoticeKind.RECEIPT, DeliveryChannel.SMS, "vi", variables)

    assert asks in rendered.text
    assert "PAKN BS 26483190275" in rendered.text
    assert "27/12/2026" in rendered.text
    assert is_gsm7(rendered.text)
    assert len(rendered.text) <= TARIFF


PETITIONER_TEXTS = [
    pytest.param(kind, channel, language, id=f"{kind} by {channel} in {language}")
    for kind in TO_PETITIONERS
    for channel in (DeliveryChannel.EMAIL, DeliveryChannel.SMS, DeliveryChannel.PHONE)
    for language in ("vi", "en")
]


@pytest.mark.parametrize(("kind", "channel", "language"), PETITIONER_TEXTS)
@pytest.mark.parametrize("about", [Kind.REGULATION, Kind.CONDUCT])
def test_every_notice_to_petitioners_renders_and_names_its_reference(kind, channel, language, about):
    rendered = texts().render("petitioner", kind, channel, language, facts(an_extreme_petition(kind=about)))

    assert "26483190275" in rendered.text.replace(" ", "")
    assert "1900 1547" in rendered.text or channel is DeliveryChannel.PHONE
    assert "None" not in rendered.text
    assert "\n\n\n" not in rendered.text
    assert (rendered.subject != "") == (channel is DeliveryChannel.EMAIL)


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", TO_PETITIONERS)
def test_every_sms_fits_one_segment_of_gsm7(kind, language):
    for with_date in (True, False):
        variables = facts(an_extreme_petition())
        variables = variables if with_date else variables | {"expected_on": None}

        rendered = texts().render("petitioner", kind, DeliveryChannel.SMS, language, variables)

        assert len(rendered.text) <= TARIFF, rendered.text
        assert is_gsm7(rendered.text)
        assert rendered.segments == 1


def test_pin_is_said_by_sms_when_it_was_asked_for_and_in_no_other_text():
    requested = an_extreme_petition().send_pin(Change.by_petitioner(NOW, "pin"), ReplyBy.SMS)
    office = Office(LONGEST_SITE, "f" * 32, TERMS_2018, WorkingCalendar(), NOW, pin="40718265")

    def text(petition: Petition, channel: DeliveryChannel) -> str:
        variables = facts_of(petition, petition.history[-1], office)
        return texts().render("petitioner", NoticeKind.PIN_AGAIN, channel, "vi", variables).text

    assert "40718265" in text(requested, DeliveryChannel.SMS)
    assert "40718265" not in text(requested, DeliveryChannel.EMAIL)
    assert "40718265" not in text(requested, DeliveryChannel.PHONE)
    assert "40718265" not in text(an_extreme_petition(), DeliveryChannel.SMS)


@pytest.mark.parametrize("kind", TO_OFFICERS)
def test_every_notice_to_officers_renders(kind):
    rendered = texts().render("officer", kind, DeliveryChannel.EMAIL, "en", facts(an_extreme_petition()))

    assert "26 4831 9027 5" in rendered.text
    assert f"{LONGEST_SITE}/desk/petitions/26483190275" in rendered.text
    assert "Chủ nhật, 27/12/2026" in rendered.text


EVERY_TEXT: list[tuple[Reader, NoticeKind, DeliveryChannel]] = [
    *(
        ("petitioner", kind, channel)
        for kind in TO_PETITIONERS
        for channel in (DeliveryChannel.EMAIL, DeliveryChannel.SMS, DeliveryChannel.PHONE)
    ),
    *(("officer", kind, DeliveryChannel.EMAIL) for kind in TO_OFFICERS),
]


@pytest.mark.parametrize(("reader", "kind", "channel"), EVERY_TEXT)
def test_conduct_case_is_never_described(reader: Reader, kind: NoticeKind, channel: DeliveryChannel):
    rendered = texts().render(reader, kind, channel, "vi", facts(an_extreme_petition(kind=Kind.CONDUCT)))

    for quoted in ("alert", "nội dung nội dung", "dài dài", "Tôn giáo", "ác.example"):
        assert quoted not in f"{rendered.subject}{rendered.text}{rendered.html}"


@pytest.mark.parametrize("kind", TO_PETITIONERS)
def test_no_sms_and_no_call_quotes_anything(kind):
    for channel in (DeliveryChannel.SMS, DeliveryChannel.PHONE):
        rendered = texts().render("petitioner", kind, channel, "vi", facts(an_extreme_petition()))

        assert "alert" not in rendered.text
        assert "Tôn giáo" not in rendered.text


def test_what_people_wrote_is_neither_markup_nor_template():
    rendered = texts().render(
        "petitioner", NoticeKind.REFUSED, DeliveryChannel.EMAIL, "vi", facts(an_extreme_petition())
    )

    assert "<script>" not in rendered.html
    assert "&lt;script&gt;" in rendered.html
    assert "{{ 7*7 }}" in rendered.text
    assert rendered.html.count("<a ") == 2  # theirs and ours, neither broken out of its attribute


def test_every_packaged_text_belongs_to_a_notice_that_exists():
    named = {(path.parent.name, path.stem) for path in TEMPLATES.glob("*/*.toml")}

    assert named == {("petitioner", kind) for kind in [*TO_PETITIONERS, BATCH]} | {
        ("officer", kind) for kind in [*TO_OFFICERS, ADDRESS_CHANGED, DIGEST, LEADERS, ACCOUNT]
    } | {("visitor", kind) for kind in (CODE, ANSWERS, CONFIRM_ANSWERS)}


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("kind", sorted(set(TO_PETITIONERS) - ALWAYS_ALONE))
def test_every_notice_that_may_travel_with_others_has_a_short_plain_name(kind, language):
    assert is_gsm7(headline(kind, language))
    assert len(headline(kind, language)) <= LONGEST_HEADLINE


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("petitions", [1, 2, 10])
def test_sms_about_several_notices_fits_one_segment(petitions, language):
    variables = facts(an_extreme_petition())
    parts = [
        (kind, variables | {"digits": f"2648319027{number % petitions}"})
        for number, kind in enumerate(
            sorted(set(TO_PETITIONERS) - ALWAYS_ALONE, key=lambda k: -len(headline(k, language)))[:10]
        )
    ]

    rendered = texts().render_batch(parts, DeliveryChannel.SMS, language)

    assert rendered.segments == 1, rendered.text
    assert "8088" in rendered.text


def test_every_vietnamese_text_of_an_e_mail_carries_accents():
    for path in TEMPLATES.glob("*/*.toml"):
        template = tomllib.loads(path.read_text(encoding="utf-8"))
        assert re.search("[ăâđêôơưàảãáạ]", template["EMAIL"]["vi"]["text"]), path


# --- overrides by administrators ------------------------------------------------------------------------

NAME = "petitioner.RECEIPT.SMS.vi"


def an_override(**facts: Any) -> dict[str, Any]:
    return {"id": NAME, "valid_from": "2026-01-01", "text": "Ma {{ digits }}, đã nhận", **facts}


def a_receipt(*rows: dict[str, Any]) -> str:
    rendered = texts(*rows).render(
        "petitioner", NoticeKind.RECEIPT, DeliveryChannel.SMS, "vi", facts(an_extreme_petition())
    )
    return f"{rendered.version}: {rendered.text}"


@pytest.mark.parametrize(
    ("rows", "begins"),
    [
        pytest.param([], "packaged: Bo Noi vu da nhan", id="without an override the packaged text"),
        pytest.param(
            [an_override()], "2026-01-01: Ma 26483190275, da nhan", id="an override, unaccented for SMS"
        ),
        pytest.param(
            [an_override(), an_override(valid_from="2026-06-01", text="moi {{ digits }}")],
            "2026-06-01: moi",
            id="the latest that has begun",
        ),
        pytest.param(
            [an_override(), an_override(valid_from="2027-01-01", text="sau nay")],
            "2026-01-01: Ma",
            id="not the one that begins later",
        ),
        pytest.param([an_override(valid_to="2026-10-31")], "packaged: ", id="not one that has ended"),
        pytest.param(
            [an_override(text="{{ digitz }}")], "packaged: ", id="not one that misspells a variable"
        ),
        pytest.param([an_override(text="{% if %}")], "packaged: ", id="not one that cannot be read"),
        pytest.param(
            [an_override(text="{{ ''.__class__.__mro__[1].__subclasses__() }}")],
            "packaged: ",
            id="not one that breaks out of the sandbox",
        ),
        pytest.param([an_override(text="{{ 1 / 0 }}")], "packaged: ", id="not one that divides by zero"),
    ],
)
def test_which_text_counts(rows, begins):
    assert a_receipt(*rows).startswith(begins)


@pytest.mark.parametrize("without", [{}, {"subject": None}, {"subject": ""}])
def test_mail_whose_override_has_no_subject_keeps_the_packaged_one(without):
    row = an_override(id="petitioner.RECEIPT.EMAIL.vi", text="Mới: {{ reference }}", **without)

    rendered = texts(row).render(
        "petitioner", NoticeKind.RECEIPT, DeliveryChannel.EMAIL, "vi", facts(an_extreme_petition())
    )

    assert rendered.subject == "Đã tiếp nhận phản ánh, kiến nghị mã 26 4831 9027 5"
    assert "Mới: 26 4831 9027 5" in rendered.text


# --- what is said about time ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected_on", "today", "text"),
    [
        pytest.param(date(2026, 12, 10), date(2026, 12, 3), date(2026, 12, 10), id="a date that lies ahead"),
        pytest.param(date(2026, 12, 3), date(2026, 12, 3), date(2026, 12, 3), id="today"),
        pytest.param(date(2026, 12, 2), date(2026, 12, 3), None, id="no promise that was broken"),
    ],
)
def test_expected_date_is_shown_only_while_it_holds(expected_on, today, text):
    petition = an_extreme_petition().add_note(
        Change.by_officer("x", NOW, "n2"), "n", progress="p", expected_on=expected_on
    )
    now = datetime.combine(today, datetime.min.time(), tzinfo=UTC) + timedelta(hours=2)

    assert facts(petition, now)["expected_on"] == text


def test_html_links_are_whole_and_escaped():
    html = as_html("Xem http://a.example/?x=1&y=2.\n\nA & B")

    assert html == (
        '<p style="margin:0 0 16px">Xem <a class="plain" href="http://a.example/?x=1&amp;y=2" style="color:#0b57d0">'
        'http://a.example/?x=1&amp;y=2</a>.</p>\n<p style="margin:0 0 16px">A &amp; B</p>'
    )
