"""All petitions of a telephone number or an e-mail address, opened with a code; and what attackers get: nothing."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from shared.domain.identity.access_codes import TRIES
from tests.campaigns.faults.injection import Fault
from tests.support.contact_codes import HOME, CodeBrowser
from tests.support.log_capture import Overheard
from tests.support.people import CITIZEN, CONTENT, Citizen, Officer, answer_petition
from tests.support.system import System

PHONE, EMAIL = CITIZEN["phone"], CITIZEN["email"]
DENUNCIATION = "Tôi tố cáo ông Trần Văn Cường nhận hối lộ 20 triệu đồng của người dự thi, có ghi âm."
CONDUCT = "Cán bộ Vụ Công chức - Viên chức hách dịch, gây phiền hà, hẹn mãi không trả kết quả."


@pytest.fixture
def browser(system: System) -> CodeBrowser:
    return CodeBrowser(system)


def sent(system: System, **petition: Any) -> Citizen:
    citizen = Citizen(system, **{"petitioner": CITIZEN, **petition})
    assert citizen.send().status == 201
    return citizen


def heading_over(page: HttpResponse, reference: str) -> str:
    """Return the heading of the section that lists a petition."""
    spaced = f"{reference[:2]} {reference[2:6]} {reference[6:10]} {reference[10:]}"
    before = page.text.partition(spaced)[0]
    assert before != page.text, "not listed"
    headings: list[str] = re.findall(r"<h2 id=\"[a-z]+\">([^<]+)", before)
    return headings[-1].replace("\u00a0", " ").strip()


# --- the way in -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("contact", [PHONE, "+84 912 345 678", EMAIL], ids=["phone", "E.164", "email"])
def test_a_code_to_any_contact_of_a_petition_opens_all_of_them(system: System, browser: CodeBrowser, contact):
    first, second = sent(system), sent(system, content="Xin hỏi mức lương cơ sở năm 2027 là bao nhiêu?")

    page = browser.opened(contact)

    assert page.status == 200
    assert first.reference[2:6] in page.text
    assert second.reference[2:6] in page.text
    assert first.pin not in page.text


def test_a_contact_that_was_added_opens_the_petition_too(system: System, browser: CodeBrowser):
    citizen = sent(system, petitioner={k: v for k, v in CITIZEN.items() if k != "email"}, reply_by=["SMS"])
    form = {"ma": citizen.reference, "pin": citizen.pin, "email": "moi@thu.example"}
    assert system.http("POST", "/tra-cuu/lien-he", form=form).status == 200

    page = browser.opened("moi@thu.example")

    assert citizen.reference[2:6] in page.text


def test_each_of_four_contacts_opens_the_petition_and_there_is_no_fifth(system: System):
    citizen = sent(system)
    proof = {"ma": citizen.reference, "pin": citizen.pin}
    added = {"phone": "0987 654 321", "email": "moi@thu.example"}
    assert system.http("POST", "/tra-cuu/lien-he", form={**proof, **added}).status == 200

    opened = []
    for contact in (PHONE, EMAIL, *added.values()):
        opened.append(CodeBrowser(system).opened(contact).text)
        system.travel(minutes=2)
    fifth = system.http("POST", "/tra-cuu/lien-he", form={**proof, "email": "nam@thu.example"})
    again = system.http("POST", "/tra-cuu/lien-he", form={**proof, "email": EMAIL})

    assert all(citizen.reference[2:6] in page for page in opened)
    assert (fifth.status, again.status) == (422, 200)
    assert "Đã thêm đủ liên hệ" in fifth.text


def test_a_petition_of_the_list_opens_without_a_pin_and_takes_what_its_petitioner_adds(
    system: System, browser: CodeBrowser
):
    citizen = sent(system)
    browser.opened(PHONE)

    page = browser.get(f"{HOME}/{citizen.reference}")

    assert page.status == 200
    assert "Đề nghị Bộ cho biết thời hạn" in page.text
    assert citizen.pin not in page.text


@pytest.mark.parametrize(
    ("path", "more", "words"),
    [
        pytest.param("/tra-cuu/bo-sung", {"content": "Xin nói thêm."}, "Đã nhận nội dung bổ sung.", id="add"),
        pytest.param("/tra-cuu/lien-he", {"email": "moi@thu.example"}, "Đã thêm liên hệ.", id="contact"),
        pytest.param("/tra-cuu/doi-ma", {}, "Mã PIN mới:", id="another PIN"),
        pytest.param("/tra-cuu/lien-he", {}, "Chưa thêm được liên hệ.", id="an error"),
    ],
)
def test_what_was_opened_in_a_session_closes_with_it(
    system: System, browser: CodeBrowser, path: str, more: dict[str, str], words: str
):
    citizen = sent(system)
    browser = CodeBrowser(system, Accept="text/html")
    browser.opened(PHONE)
    page = browser.get(f"{HOME}/{citizen.reference}").text
    token = re.findall(r'name="pin" value="([^"]+)"', page)[0]

    answer = browser.post(path, {"ma": citizen.reference, "pin": token, **more})
    addresses = [answer.header("Location")] if answer.status == 303 else []
    shown = browser.get(*addresses) if addresses else answer
    addresses += re.findall(r'href="([^"]+)" lang="(?:en|vi)"', shown.text)

    assert words in shown.text
    assert addresses
    browser.post(f"{HOME}/dong")
    for address in addresses:
        assert "p=" not in address
        own = address.partition("?")[0] or f"{HOME}/{citizen.reference}"
        assert browser.get(own).status == 303, address


def test_the_list_leads_to_the_form_for_another_contact(system: System, browser: CodeBrowser):
    citizen = sent(system)
    listed = browser.opened(PHONE).text

    (address,) = re.findall(r'href="([^"]+)#contact"', listed)
    path, _, query = address.replace("&amp;", "&").partition("?")

    assert (path, query) == (f"{HOME}/{citizen.reference}", "mo=contact")
    assert re.search(r'<details class="block" id="contact" open>', browser.get(path, mo="contact").text)


def test_the_list_is_by_who_has_to_act(system: System, browser: CodeBrowser):
    questioned, answered, open_ = (sent(system, content=f"{CONTENT} Kỳ thi đợt {n}.") for n in "123")
    minh = Officer(system, "minh.ccvc")
    minh.do("accept", questioned.reference)
    minh.do("request-information", questioned.reference, text="Ông/Bà dự thi ở đâu?")
    answer_petition(system, answered.reference)

    page = browser.opened(PHONE)

    assert heading_over(page, questioned.reference) == "Cần bạn làm"
    assert heading_over(page, answered.reference) == "Cần bạn làm"
    assert heading_over(page, open_.reference) == "Bộ đang xử lý"
    answered.add("rating", score=5)
    Officer(system, "binh.vanphong").try_to("close", answered.reference)
    system.travel(days=40)
    late = CodeBrowser(system).opened(PHONE)
    (days,) = set(re.findall(r"Quá hạn\s(\d+)\sngày\slàm\sviệc", late.text))
    again = CodeBrowser(system)
    system.travel(minutes=2)
    again.opened(PHONE)
    own = again.get(f"{HOME}/{open_.reference}").text
    assert re.search(rf"Quá hạn\s{days}\sngày\slàm\sviệc", own), "the list and the petition count alike"
    assert "Bộ phải báo tình hình cho bạn chậm nhất" in late.text


def test_the_session_ends_by_its_button_and_after_half_an_hour(system: System, browser: CodeBrowser):
    citizen = sent(system)
    browser.opened(PHONE)
    copied = CodeBrowser(system)
    copied.cookies = dict(browser.cookies)

    closed = browser.post(f"{HOME}/dong")

    assert (closed.status, browser.cookies) == (303, {})
    assert citizen.reference[2:6] not in copied.get().text
    assert copied.get(f"{HOME}/{citizen.reference}").status == 303
    system.travel(minutes=2)
    again = CodeBrowser(system)
    assert citizen.reference[2:6] in again.opened(PHONE).text
    system.travel(minutes=31)
    assert citizen.reference[2:6] not in again.get().text


def test_cookies_are_for_this_site_alone_and_not_for_scripts(system: System, browser: CodeBrowser):
    sent(system)

    answer = browser.ask(PHONE)

    headers = [value for name, value in answer.headers if name.lower() == "set-cookie"]
    assert all("HttpOnly" in value and "SameSite=Strict" in value for value in headers)
    assert headers
    assert "912345678" not in str(answer.headers)


def test_the_message_is_in_the_language_of_the_page_and_one_sms(system: System, browser: CodeBrowser):
    sent(system)

    browser.ask(PHONE, lang="en")

    (message,) = [m for m in system.outbox() if "My petitions" in m.text]
    assert (message.channel, len(message.text) <= 160) == ("SMS", True)


# --- what the page tells nobody -------------------------------------------------------------------------


def test_the_answer_is_the_same_for_known_and_unknown_contacts_and_nothing_is_sent_to_these(
    system: System, browser: CodeBrowser
):
    sent(system)
    other = CodeBrowser(system)

    answer, answer_to_unknown = browser.ask(PHONE), other.ask("0987 654 321")

    assert (answer.status, answer.header("Location")) == (
        answer_to_unknown.status,
        answer_to_unknown.header("Location"),
    )
    masked = [re.sub(r"…\d{3}", "…", page.get(f"{HOME}/ma").text) for page in (browser, other)]
    assert masked[0] == masked[1]
    assert len(browser.codes()) == 1
    assert [m.to for m in system.outbox() if "Ho so cua toi" in m.text] == ["+84912345678"]


def test_intake_makes_the_same_calls_for_known_and_unknown_contacts(system: System):
    sent(system)
    calls: list[list[str]] = []
    for contact in (PHONE, "0987 654 321"):
        with system.faults.counting() as counted:
            system.http("POST", f"{HOME}/ma", form={"contact": contact})
        calls.append([call.operation for call in counted])

    assert calls[0] == calls[1]
    assert calls[0]


@pytest.mark.parametrize("content", [DENUNCIATION, CONDUCT], ids=["denunciation", "conduct"])
def test_what_must_stay_hidden_is_neither_listed_nor_opened_nor_worth_a_code(
    system: System, browser: CodeBrowser, content
):
    hidden = sent(system, content=content)
    browser.ask(PHONE)
    assert browser.codes() == []
    system.travel(minutes=2)
    ordinary = sent(system)

    page = browser.opened(PHONE)

    assert ordinary.reference[2:6] in page.text
    assert hidden.reference[2:6] not in page.text
    assert "1 hồ sơ" in page.text
    shown, unknown = browser.get(f"{HOME}/{hidden.reference}"), browser.get(f"{HOME}/26483190275")
    assert shown.status == unknown.status == 404
    assert shown.text.replace(hidden.reference, "") == unknown.text.replace("26483190275", "")


def test_petition_of_somebody_else_is_not_found_in_a_session(system: System, browser: CodeBrowser):
    sent(system)
    stranger = sent(
        system,
        petitioner=CITIZEN | {"phone": "0987 654 321", "email": "khac@thu.example"},
        content="Việc khác của tôi.",
    )
    browser.opened(PHONE)

    assert browser.get(f"{HOME}/{stranger.reference}").status == 404


def test_a_matter_closed_for_long_opens_by_contact_no_more(system: System, browser: CodeBrowser):
    citizen = sent(system)
    citizen.add("withdrawal")
    system.clock.hold_at(system.clock.now() + timedelta(days=370))

    browser.ask(PHONE)

    assert browser.codes() == []


# --- guessing -------------------------------------------------------------------------------------------


def test_a_code_takes_five_tries_and_opens_one_session(system: System, browser: CodeBrowser):
    sent(system)
    browser.ask(PHONE)
    code = browser.newest_code()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(TRIES):
        assert browser.enter(wrong).status in (403, 429)

    assert browser.enter(code).status == 403
    system.travel(minutes=2)
    fresh = CodeBrowser(system)
    fresh.ask(PHONE)
    before = dict(fresh.cookies)
    newest = fresh.newest_code()
    assert fresh.enter(newest).status == 303
    fresh.cookies = before
    assert fresh.enter(newest).status == 403


def test_a_code_opens_nothing_in_another_browser_nor_after_ten_minutes(system: System, browser: CodeBrowser):
    sent(system)
    browser.ask(PHONE)
    code = browser.newest_code()
    thief = CodeBrowser(system)
    thief.ask("0987 654 321")

    assert thief.enter(code).status == 403
    assert CodeBrowser(system).enter(code).status in (303, 403)
    system.travel(minutes=11)
    assert browser.enter(code).status == 403


def test_another_secret_than_the_code_is_needed_for_the_session(system: System, browser: CodeBrowser):
    """A session that an attacker fixed before is not the one that the code opens."""
    sent(system)
    browser.cookies["pakn-contact"] = f"{'a' * 32}.4oCm"

    browser.opened(PHONE)

    assert not browser.cookies["pakn-contact"].startswith("a" * 32)
    fixed = CodeBrowser(system)
    fixed.cookies["pakn-contact"] = f"{'a' * 32}.4oCm"
    assert "Gửi mã cho tôi" in fixed.get().text


def test_codes_of_one_contact_are_limited_known_or_not(system: System):
    sent(system)
    for contact in (PHONE, "0987 654 321"):
        browser = CodeBrowser(system)
        assert browser.ask(contact).status == 303
        at_once = browser.ask(contact)
        assert (at_once.status, at_once.header("Retry-After")) == (429, "60")
        for _ in range(5):
            system.travel(minutes=2)
            assert browser.ask(contact).status == 303
        system.travel(minutes=2)
        enough = browser.ask(contact)
        assert enough.status == 429
        assert int(enough.header("Retry-After")) > 3600


def test_another_code_comes_to_the_same_contact_without_typing_it_again(system: System, browser: CodeBrowser):
    sent(system)
    browser.ask(PHONE)
    assert browser.post(f"{HOME}/gui-lai").status == 429
    system.travel(minutes=2)

    assert browser.post(f"{HOME}/gui-lai").header("Location") == f"{HOME}/ma"

    assert len(browser.codes()) == 2
    assert browser.enter(browser.newest_code()).status == 303


def test_a_form_of_another_site_is_refused(system: System):
    sent(system)

    answer = CodeBrowser(system, **{"Sec-Fetch-Site": "cross-site"}).ask(PHONE)

    assert answer.status == 403


@pytest.mark.parametrize("contact", ["", "abc", "8088", "an@", "1" * 300], ids=repr)
def test_what_can_be_no_contact_is_an_error_beside_the_field(browser: CodeBrowser, contact):
    page = browser.ask(contact)

    assert page.status == 422
    assert 'id="contact-error"' in page.text


# --- where secrets stay ---------------------------------------------------------------------------------


def test_neither_code_nor_contact_stands_in_tables_queues_or_logs(system: System, browser: CodeBrowser):
    sent(system)
    with Overheard() as heard:
        browser.opened(PHONE)
    code = browser.newest_code()

    held = " ".join(map(str, system.items("throttle"))) + " ".join(map(str, system.items("deliveries")))

    for secret in (code, "912345678"):
        assert not re.search(rf"(?<!\d){secret}(?!\d)", held)
        assert not re.search(rf"(?<!\d){secret}(?!\d)", " ".join(heard.lines()))
    assert browser.cookies["pakn-contact"][:32] not in held


def test_what_was_sent_stands_in_evidence_without_the_code(system: System, browser: CodeBrowser):
    sent(system)

    browser.opened(PHONE)

    (row,) = [row for row in system.items("deliveries") if row["reference"]["S"].startswith("code-")]
    assert row["notice"]["S"] == "1#PIN_AGAIN#PETITIONER#SMS"
    assert "SENT" in str(row) or "DELIVERED" in str(row)


@pytest.mark.parametrize("fault", [Fault.CRASH_BEFORE, Fault.CRASH_AFTER, Fault.LOST_REPLY], ids=str)
def test_a_code_is_sent_once_whichever_call_of_the_notifier_fails(system: System, fault: Fault):
    sent(system)
    before = system.keep()
    contact = {"contact": PHONE}
    system.http("POST", f"{HOME}/ma", form=contact)
    with system.faults.counting() as calls:
        system.settle()
    numbers = [call.number for call in calls if "on_notice" in call.where]
    browser = CodeBrowser(system)
    assert len(browser.codes()) == 1

    for number in numbers:
        system.put_back(before)
        system.http("POST", f"{HOME}/ma", form=contact)
        with system.faults.at({number: fault}):
            system.settle()
            for _ in range(8):
                system.travel(minutes=1)

        assert len(browser.codes()) == 1, f"after {fault} at call {number}"
        assert system.dead_letters() == 0
    assert len(numbers) >= 6
