"""The workbench's pages through its door: what they show, and what their forms set off."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlencode

import pytest

from infra.local.emulation.functions import NAMES, HttpRequest, HttpResponse
from infra.local.emulation.moto_identity import current_code, forget_second_factor
from infra.local.providers.arrivals import READERS
from infra.local.providers.outbox import Outgoing
from infra.local.providers.play import AGAIN, PLAYINGS
from infra.local.providers.signed_requests import PROVIDERS
from infra.local.site.pages.due import ANSWER, DELIVERY, due_next
from infra.local.site.pages.frame import PLACES, brief_moment
from infra.local.site.pages.letters import ON_A_PAGE, letters_of
from infra.local.site.pages.tokens import colours
from infra.local.site.words import PARTS, WORDS
from infra.local.site.workbench import Workbench
from shared.domain.access.roles import Role
from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.petition.lifecycle import Action
from shared.domain.promises import wake_ups
from shared.web.i18n import Language
from tests.support.people import Citizen
from tests.support.system import System

FORM = {"content-type": "application/x-www-form-urlencoded", "accept": "text/html"}
PHONE = "0912 345 678"
ANSWERS_AT_ONCE = {"esms", "twilio"}
"""Providers that take the reply with the answer; the others have it sent."""
PETITION = "PAKN Phong noi vu tra loi cham, toi nop ho so tuyen dung da 40 ngay"
TRAVELS_WITHIN_SECONDS = 60


class Bench:
    """The workbench of a system in this process, asked as a browser asks."""

    def __init__(self, system: System) -> None:
        names = ("username", "password", "name", "roles", "unit", "email")
        officers = [{name: getattr(each, name) for name in names} for each in system.officers.values()]
        self._workbench = Workbench(system.local, officers, moto_url="")
        self._system = system

    def ask(self, request: HttpRequest) -> HttpResponse:
        answer = self._workbench.answer(request)
        assert answer is not None
        return answer

    def get(self, path: str) -> str:
        answer = self.ask(HttpRequest("GET", path, {"accept": "text/html"}))
        assert answer.status == 200
        return unescape(answer.text)

    def post(self, path: str, **fields: str) -> HttpResponse:
        return self.ask(HttpRequest("POST", path, FORM, urlencode(fields).encode()))

    def text(self, text: str, number: str = PHONE) -> str:
        """Text from a telephone, wait for what follows, and return the conversation."""
        answer = self.post("/local/pages/telephone", **{"from": number, "text": text})
        assert answer.status == 303
        self._system.settle()
        return self.get(answer.header("location").partition("#")[0])


@pytest.fixture
def bench(system: System) -> Bench:
    return Bench(system)


def reference_in(page: str) -> str:
    match = re.search(r"\b26\d{9}\b", page)
    assert match is not None
    return match[0]


# ---------------------------------------------------------------- the frame


def test_texts_are_there_in_both_languages_and_no_name_stands_in_two_modules():
    names = [name for part in PARTS for name in part.WORDS["vi"]]

    assert WORDS["vi"].keys() == WORDS["en"].keys()
    assert len(names) == len(set(names))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_each_page_stands_in_the_frame_under_a_strict_policy(bench: Bench, place, language: str):
    answer = bench.ask(HttpRequest("GET", f"{place.address}?lang={language}"))

    page = answer.text
    assert answer.status == 200
    assert f'<html lang="{language}"' in page
    assert [f'href="{each.address}' in page for each in PLACES] == [True] * len(PLACES)
    assert "unsafe-inline" not in answer.header("content-security-policy")
    assert "style=" not in page
    assert re.findall(r"<script(?![^>]*src=)", page) == []
    assert len(answer.body) < 40_000


def test_page_takes_light_or_dark_from_the_site_s_cookie(bench: Bench):
    answer = bench.ask(HttpRequest("GET", "/local", {"cookie": "theme=dark"}))

    assert 'data-theme="dark"' in answer.text
    assert 'name="return" value="/local"' in answer.text


def test_former_filters_of_the_page_lead_to_the_inbox(bench: Bench):
    answer = bench.ask(HttpRequest("GET", "/local?reference=26635174205&lang=en"))

    assert answer.status == 303
    assert answer.header("location").startswith("/local/pages/inbox?channel=&to=&reference=26635174205")
    assert "lang=en" in answer.header("location")


# ---------------------------------------------------------------- the telephone


def test_what_is_texted_and_its_reply_are_one_conversation(bench: Bench, system: System):
    page = bench.text(PETITION)

    lines = re.findall(r'<li( class="out")?><span class="hidden">', page)
    assert lines == [' class="out"', ""]
    assert PETITION in page
    (petition,) = system.items("petitions")
    assert petition["reference"]["S"] in page


def test_two_telephones_have_conversations_of_their_own(bench: Bench):
    bench.text(PETITION)

    page = bench.text("PAKN TC", number="0905 111 222")

    assert PETITION not in page
    assert "0905 111 222" in bench.get("/local/pages/telephone"), "the telephone is remembered"
    assert PETITION in bench.get("/local/pages/telephone?number=%2B84912345678")


@pytest.mark.parametrize("provider", [name for name in PLAYINGS if name in READERS])
def test_text_of_any_provider_stands_in_its_conversation_once(bench: Bench, system: System, provider: str):
    order = {"provider": provider, "from": PHONE, "text": PETITION, "as": AGAIN}

    bench.post("/local/providers/messages", **order)
    system.settle()

    page = bench.get("/local/pages/telephone")
    assert page.count(PETITION) == 1
    assert page.count("BNV da nhan PAKN ma") == (provider in ANSWERS_AT_ONCE)


def test_text_that_was_not_taken_stands_there_with_the_answer(bench: Bench, system: System):
    message = {"from": "+84912345678", "text": PETITION}
    forged = json.dumps({"type": "sms.received", "data": message}).encode()
    system.local.http(HttpRequest("POST", "/sms/standard", {"content-type": "application/json"}, forged))

    page = bench.get("/local/pages/telephone")

    assert PETITION in page
    assert "không được nhận (403)" in page


def test_telephone_that_texted_is_listed(bench: Bench, system: System):
    bench.post(
        "/local/providers/messages", **{"provider": "vonage", "from": "0905 111 222", "text": PETITION}
    )

    assert "0905 111 222" in bench.get("/local/pages/telephone")


def test_number_that_is_none_sends_nothing_and_keeps_the_text(bench: Bench, system: System):
    answer = bench.post("/local/pages/telephone", **{"from": "nobody", "text": PETITION})

    page = bench.get(answer.header("location").partition("#")[0])
    assert 'role="alert"' in page
    assert f'value="{PETITION}"' in page
    assert system.items("petitions") == []


def test_call_becomes_a_petition_through_the_signed_report(bench: Bench, system: System):
    summary = "Người gọi hỏi vì sao ba tháng chưa có lương."
    answer = bench.post(
        "/local/pages/telephone/call",
        **{"from": PHONE, "summary": summary, "name": "Lò Văn Pán", "address": "Bản Mường Lạn"},
    )

    (petition,) = system.items("petitions")
    assert f"reference={petition['reference']['S']}" in answer.header("location")
    assert summary in petition["body"]["S"]


def test_refused_call_keeps_what_was_typed_and_names_the_field(bench: Bench, system: System):
    name, summary = "Lò Văn Pán " * 40, "Người gọi hỏi vì sao ba tháng chưa có lương."

    answer = bench.post(
        "/local/pages/telephone/call",
        **{"from": PHONE, "summary": summary, "name": name, "address": "Sơn La"},
    )

    assert answer.status == 400
    page = unescape(answer.text)
    assert [text in page for text in (summary, name.strip(), 'value="Sơn La"', 'role="alert"', "name")] == [
        True
    ] * 5
    assert system.items("petitions") == []


# ---------------------------------------------------------------- the inbox


def test_letters_are_listed_newest_first_by_person_and_in_pages(bench: Bench, system: System):
    for number in range(ON_A_PAGE + 2):
        bench.text(f"{PETITION}, lan {number}")
        system.travel(minutes=1)

    first, second = bench.get("/local/pages/inbox"), bench.get("/local/pages/inbox?page=2")
    of_nobody = bench.get("/local/pages/inbox?to=nobody%40thu.example")

    keys = [int(key) for key in re.findall(r"letter=m(\d+)#letter", first.partition('id="letter"')[0])]
    assert len(keys) == ON_A_PAGE
    assert keys == sorted(keys, reverse=True)
    assert set(keys).isdisjoint(
        int(key) for key in re.findall(r"letter=m(\d+)#letter", second.partition('id="letter"')[0])
    )
    assert 'id="letter"' not in of_nobody


def test_of_letters_of_one_second_the_one_sent_last_stands_first():
    at = datetime(2026, 11, 30, 22, 12, tzinfo=VIETNAM)
    sent = [Outgoing(at, "EMAIL", "ba@thu.example", text, "26483190274") for text in ("received", "assigned")]

    assert [letter.text for letter in letters_of(sent, [])] == ["assigned", "received"]


@pytest.mark.parametrize("number", ["0912 345 678", "+84912345678", "0912345678", "345 678"])
def test_person_is_found_by_a_number_as_people_write_it(bench: Bench, system: System, number: str):
    system.local.send_through("http")
    bench.post("/local/providers/messages", **{"provider": "standard", "from": PHONE, "text": PETITION})
    system.settle()

    page = bench.get(f"/local/pages/inbox?{urlencode({'to': number, 'channel': 'SMS'})}")

    assert page.partition('id="letter"')[0].count("letter=m") == 1
    assert re.search(r'<ol class="sms"><li>BNV da nhan', page)


def test_letter_leads_to_its_page_with_one_tap(bench: Bench, system: System):
    bench.text(PETITION)

    page = bench.get("/local/pages/inbox?channel=EMAIL")

    address = re.search(r'class="btn primary" href="(/[^"]+)"', page)
    assert address is not None
    assert system.ask(HttpRequest("GET", address[1], {"accept": "text/html"})).status in (200, 303)
    frame = re.search(r'src="(/local/mail\?n=\d+)"', page)
    assert frame is not None
    mail = bench.ask(HttpRequest("GET", frame[1]))
    assert '<base target="_top">' in mail.text
    assert "allow-scripts" not in mail.header("content-security-policy") + page


def test_letter_is_shown_as_it_left(bench: Bench):
    bench.text(PETITION)

    page = bench.get("/local/pages/inbox?channel=EMAIL&view=raw")

    assert re.search(r"<code>From: .*\r?\nSubject: ", page)
    assert "X-PAKN-Notice: " in page
    assert "<iframe" not in page


@pytest.mark.parametrize("provider", ["esms", "infobip", "aws"])
def test_sms_is_shown_as_its_provider_got_it(bench: Bench, system: System, provider: str):
    system.local.send_through(provider)
    bench.post("/local/providers/messages", **{"provider": "standard", "from": PHONE, "text": PETITION})
    system.settle()

    as_text = bench.get("/local/pages/inbox?channel=SMS")
    raw = bench.get("/local/pages/inbox?channel=SMS&view=raw")

    assert re.search(r'aria-current="true">Chữ</a>', as_text)
    shown = re.search(r"<pre[^>]*><code>(\w+)\s+(\{.*?\n\})</code>", raw, re.DOTALL)
    assert shown is not None
    assert shown[1] == provider
    assert "84912345678" in shown[2]
    assert "BNV da nhan PAKN" in str(json.loads(shown[2]))
    assert {json.loads(shown[2]).get(name, "…") for name in ("ApiKey", "SecretKey")} == {"…"}


def test_letter_that_bounces_is_followed_by_another_channel(bench: Bench, system: System):
    someone = {"name": "Lê Thị Ba", "address": "Huế", "email": "ba@thu.example", "phone": "0987000111"}
    Citizen(system, petitioner=someone, reply_by=["EMAIL", "SMS"]).send()
    system.settle()
    before = bench.get("/local/pages/inbox?to=ba@thu.example")
    letter = re.search(r'name="letter" value="(m\d+)"', before)
    assert letter is not None
    assert "Có biên nhận: đã đến" in before

    answer = bench.post("/local/pages/inbox", letter=letter[1], to="ba@thu.example")

    page = bench.get(answer.header("location").partition("#")[0])
    assert "không đến được người nhận" in page
    assert "Không đến · <code>" in page
    assert "letter=m" in bench.get("/local/pages/inbox?channel=SMS&to=0987000111"), "the SMS instead"


@pytest.mark.parametrize("letter", ["", "m999", "e0"])
def test_nothing_bounces_that_has_no_receipt(bench: Bench, letter: str):
    bench.text(PETITION)

    answer = bench.post("/local/pages/inbox", letter=letter)

    assert "said=not-bounced" in answer.header("location")
    assert 'role="alert"' in bench.get(answer.header("location").partition("#")[0])


def test_letters_of_a_person_lead_to_each_other_and_stay_among_hers(bench: Bench, system: System):
    system.local.send_through("http")
    for number in (PHONE, "0987 000 111", PHONE):
        bench.post("/local/providers/messages", **{"provider": "standard", "from": number, "text": PETITION})
        system.settle()
        system.travel(minutes=1)

    page = bench.get(f"/local/pages/inbox?{urlencode({'to': PHONE, 'channel': 'SMS'})}")

    older = re.search(r'href="([^"]*)">Cũ hơn', page)
    assert older is not None
    assert "to=0912+345+678" in older[1]
    following = bench.get(older[1].partition("#")[0])
    assert "Cũ hơn" not in following.partition('id="letter"')[2]
    assert "Mới hơn" in following.partition('id="letter"')[2]


# ---------------------------------------------------------------- the stage


def test_stage_shows_the_newest_letter_and_the_path_of_its_petition(bench: Bench, system: System):
    bench.text(PETITION)
    (petition,) = system.items("petitions")

    page = bench.get("/local")
    other = re.search(r'href="(/local\?letter=m\d+[^"]*)#letter"(?! aria-current)', page)

    assert re.search(rf"reference={petition['reference']['S']}\b", page.partition('class="panel way"')[2])
    assert page.count("<h3>") == len(NAMES)
    assert 'id="letter"' in page
    assert other is not None
    assert 'class="panel opened chosen"' in bench.get(other[1])


def test_stage_shows_the_telephone_that_texted_until_one_is_chosen(bench: Bench):
    order = {"provider": "standard", "from": "0905 111 222", "text": PETITION}
    bench.post("/local/providers/messages", **order)

    assert PETITION in bench.get("/local")
    assert PETITION not in bench.get("/local?number=0987000111")


def test_clock_of_the_stage_follows_what_falls_due(bench: Bench, system: System):
    reference = reference_in(bench.text(PETITION))
    now = bench.get("/local/pages/clock/now")

    assert f"{system.clock.now().astimezone(VIETNAM):%H:}" in now
    assert "<html" not in now
    assert f"reference={reference}" in bench.get("/local/pages/clock/next")


@pytest.mark.parametrize(
    ("at", "language", "words"),
    [
        pytest.param("2026-11-30T17:59:00+07:00", "vi", "17:59", id="today"),
        pytest.param("2026-11-30T17:59:00Z", "vi", "T3 01/12, 00:59", id="tomorrow in Vietnam"),
        pytest.param("2026-11-28T08:00:00+07:00", "en", "Sat 28\u00a0Nov, 08:00", id="in English"),
    ],
)
def test_instant_of_today_is_a_time_and_another_has_its_day(at: str, language: Language, words: str):
    now = datetime.fromisoformat("2026-11-30T09:00:00+07:00")

    assert brief_moment(datetime.fromisoformat(at), now=now, language=language) == words


# ---------------------------------------------------------------- the design system


def test_every_role_of_colour_is_readable_on_its_ground_in_both_themes():
    pale = [
        (colour.role, pair)
        for colour in colours()
        for pair in (colour.light, colour.dark)
        if pair.contrast < colour.owes
    ]

    assert pale == []


def test_late_and_the_ministry_are_not_the_same_red():
    red = {colour.role: colour for colour in colours()}

    assert red["danger"].light.colour != red["on-brand"].light.ground
    assert red["danger"].dark.colour != red["on-brand"].dark.ground


@pytest.mark.parametrize("name", ["components", "desk"])
def test_components_stand_in_a_frame_of_the_same_site_alone(bench: Bench, name: str):
    answer = bench.ask(HttpRequest("GET", f"/local/design/{name}?lang=en&theme=dark"))

    assert answer.status == 200
    assert 'data-theme="dark"' in answer.text
    assert "frame-ancestors 'self'" in answer.header("content-security-policy")
    assert "style=" not in answer.text


# ---------------------------------------------------------------- officers


@pytest.mark.parametrize("has_second_factor", [False, True], ids=["a password", "a second factor too"])
def test_one_button_opens_the_desk_as_an_officer(bench: Bench, system: System, *, has_second_factor: bool):
    if has_second_factor:
        _enrol(system, "minh.ccvc")
    try:
        answer = bench.post("/local/pages/officers", username="minh.ccvc")
    finally:
        forget_second_factor(system.local.cloud.pool_id, "minh.ccvc")

    cookies = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
    assert (answer.status, answer.header("location")) == (303, "/desk/")
    desk = system.ask(HttpRequest("GET", "/desk/", {"cookie": cookies, "accept": "text/html"}))
    assert desk.status == 200
    assert "Nguyễn Đức Minh" in desk.text


def _enrol(system: System, username: str) -> None:
    cognito = system.local.cloud.client("cognito-idp")
    token = system.access_token(username)
    cognito.associate_software_token(AccessToken=token)
    cognito.verify_software_token(AccessToken=token, UserCode=current_code())
    cognito.set_user_mfa_preference(
        AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
    )


def test_unknown_officer_is_refused_with_a_page(bench: Bench):
    answer = bench.post("/local/pages/officers", username="nobody")

    assert answer.status == 401
    assert 'role="alert"' in answer.text
    assert answer.cookies == {}


def test_every_role_has_its_words():
    assert [role for role in Role if f"role-{role}" not in WORDS["en"]] == []


# ---------------------------------------------------------------- the clock


def test_next_events_are_those_of_the_timers(bench: Bench, system: System):
    reference = reference_in(bench.text(PETITION))

    due = due_next(system.local)

    assert [event.at for event in due] == sorted(event.at for event in due)
    assert due[0].at == min(at for at in system.local.cloud.wake_ups())
    by_name = {event.what: event.references for event in due}
    assert (by_name[Action.WARN_UNIT_HEAD], by_name[ANSWER]) == ((reference,), (reference,))


def test_every_timer_has_its_words():
    named = set(re.findall(r"Action\.([A-Z_]+)", Path(wake_ups.__file__).read_text(encoding="utf-8")))
    timers = {Action[name] for name in named} - _READ_FROM_THE_HISTORY

    assert [what for what in (*timers, ANSWER, DELIVERY) if f"due-{what}" not in WORDS["en"]] == []


_READ_FROM_THE_HISTORY = {
    Action.ROUTE,
    Action.ASSIGN,
    Action.DRAFT_ANSWER,
    Action.REQUEST_INFORMATION,
    Action.APPROVE,
    Action.ANSWER_WITH_PARENT,
    Action.UNPUBLISH,
}


def arrived(bench: Bench) -> str:
    """Return the clock's page once nobody travels any more."""
    until = time.monotonic() + TRAVELS_WITHIN_SECONDS
    while time.monotonic() < until:
        answer = bench.ask(HttpRequest("GET", "/local/pages/clock"))
        if not answer.header("refresh"):
            return unescape(answer.text)
        assert "<progress" in answer.text
        time.sleep(0.05)
    pytest.fail("the travel never ended")


def test_jump_goes_to_what_is_next_and_says_what_went_out(bench: Bench, system: System):
    bench.text(PETITION)
    first = due_next(system.local)[0]

    answer = bench.post("/local/pages/clock", to="next")

    page = arrived(bench)
    assert answer.header("location") == "/local/pages/clock"
    assert first.at <= system.clock.now() < first.at + timedelta(minutes=1)
    assert 'role="status"' in page
    assert due_next(system.local)[0].at > first.at


def test_long_travel_shows_how_far_it_is_and_waits_for_nobody(bench: Bench, system: System):
    with system.local.functions.lock:  # as whoever travels holds it
        bench.post("/local/pages/clock", to="week")

        answer = bench.ask(HttpRequest("GET", "/local/pages/clock?lang=en"))
        stage = bench.ask(HttpRequest("GET", "/local"))

    assert answer.header("refresh") == "1; url=/local/pages/clock?lang=en"
    assert re.search(r'<progress[^>]* max="100" value="0"', answer.text)
    assert stage.header("location") == "/local/pages/clock"
    arrived(bench)


@pytest.mark.parametrize(
    ("to", "local_time"),
    [
        pytest.param("day", "Thứ Bảy 31/01/2026, 09:00", id="a day"),
        pytest.param("week", "Thứ Sáu 06/02/2026, 09:00", id="a week"),
        pytest.param("working-day", "Thứ Hai 02/02/2026, 07:30", id="the next working day, over a week-end"),
        pytest.param("2026-02-01T10:15", "Chủ nhật 01/02/2026, 10:15", id="an instant of Vietnam"),
    ],
)
def test_clock_travels_by_a_button(bench: Bench, system: System, to: str, local_time: str):
    system.travel("2026-01-30T09:00:00+07:00")

    bench.post("/local/pages/clock", to=to)

    assert local_time in arrived(bench)


@pytest.mark.parametrize("to", ["", "yesterday", "9999-01-01T00:00"])
def test_instant_that_is_none_leaves_the_clock_and_says_so(bench: Bench, system: System, to: str):
    before = system.clock.now()

    answer = bench.post("/local/pages/clock", to=to)

    assert answer.status == 400
    assert 'role="alert"' in answer.text
    assert system.clock.now() - before < timedelta(minutes=1)


# ---------------------------------------------------------------- providers


def test_all_providers_stand_on_their_page_with_signed_examples(bench: Bench):
    page = bench.get("/local/pages/providers")

    assert [name for name in PROVIDERS if f'id="{name}"' not in page] == []
    assert page.count("curl -sS") == len(PROVIDERS)


def test_form_that_plays_a_provider_leads_to_what_became_of_it(bench: Bench):
    answer = bench.post("/local/providers/messages?lang=en", **{"provider": "vonage", "as": "stale"})

    assert (answer.status, answer.header("location")) == (303, "/local/pages/providers?lang=en")
    page = bench.get("/local/pages/providers?lang=en")
    assert re.search(r"vonage</strong>, Replay what was signed long ago: 403 refused", page)
    assert re.search(r"<td>vonage</td><td><code>age</code></td>", page)


def test_receipt_about_nothing_is_explained_on_the_page(bench: Bench):
    answer = bench.post("/local/providers/receipts", provider="infobip", status="delivered")

    page = bench.get(answer.header("location"))
    assert 'role="alert"' in page
    assert "Chưa có tin nào đi qua đây" in page
