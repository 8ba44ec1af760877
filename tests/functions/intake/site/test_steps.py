"""Sending in steps: each form leads on by an address, what is typed is kept under a pass, one petition comes of it."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from chalicelib.intake import composition
from chalicelib.intake.limits.address_limit import Sender
from chalicelib.intake.my_petitions import cookies
from chalicelib.intake.published import reactions
from chalicelib.intake.site.frame import THEME_COOKIE
from chalicelib.intake.site.steps import passes
from chalicelib.intake.unsent.unsent_petitions import KEPT_FOR
from infra.local.emulation.functions import HttpResponse
from shared.domain.petition.petition import Petition
from tests.functions.intake.site.test_send import proof_of
from tests.support.system import System

MATTER = {"content": "Phòng Nội vụ trả lời hồ sơ chậm."}
SENDER = {"type": "CITIZEN", "name": "Nguyễn Văn An", "address": "12 Lê Lợi, Huế", "phone": "0912 345 678"}
MOST_REDIRECTS = 4


class Visitor:
    """Somebody with a browser, which may refuse cookies."""

    def __init__(self, system: System, *, takes_cookies: bool = True) -> None:
        self._system = system
        self._takes_cookies = takes_cookies
        self.cookie = ""
        self.address = ""
        self.addresses: list[str] = []

    def get(self, address: str, site: str = "same-origin") -> HttpResponse:
        """Open an address and follow where it leads."""
        answer = self._request("GET", address, site=site)
        for _ in range(MOST_REDIRECTS):
            if answer.status != 303:
                break
            answer = self._request("GET", answer.header("Location"), site=site)
        return answer

    def post(self, address: str, form: dict[str, str], site: str = "same-origin") -> HttpResponse:
        """Send a form and follow where it leads."""
        answer = self._request("POST", address, form=form, site=site)
        return self.get(answer.header("Location")) if answer.status == 303 else answer

    def fill(self, page: HttpResponse, **fields: str) -> HttpResponse:
        """Send the form of a page with its hidden fields."""
        action = re.search(r'<form method="post" action="([^"]+)"', page.text)
        assert action
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.text)
        return self.post(unescape(action[1]), {name: unescape(value) for name, value in hidden} | fields)

    def until_check(self, matter: dict[str, str] = MATTER, sender: dict[str, str] = SENDER) -> HttpResponse:
        """Fill in every step and return the last one."""
        asks_who = self.fill(self.get("/gui"), **matter)
        asks_how = self.fill(asks_who, **sender)
        return self.fill(asks_how, reply_by="SMS")

    def _request(
        self, method: str, address: str, *, form: dict[str, str] | None = None, site: str
    ) -> HttpResponse:
        self.address = address
        self.addresses.append(address)
        path, _, query = address.partition("?")
        headers = {"Sec-Fetch-Site": site, "Accept": "text/html"} | (
            {"Cookie": self.cookie} if self.cookie else {}
        )
        answer: HttpResponse = self._system.http(
            method, path, form=form, query=dict(re.findall(r"([^&=]+)=([^&]*)", query)), headers=headers
        )
        if self._takes_cookies and answer.header("Set-Cookie"):
            self.cookie = answer.header("Set-Cookie").partition(";")[0]
        return answer


@pytest.fixture
def visitor(intake: System) -> Visitor:
    return Visitor(intake)


def petitions(intake: System) -> list[Petition]:
    return [
        petition
        for item in intake.items("petitions")
        if (petition := composition.parts().petitions.get(_text(item["reference"]))) is not None
    ]


def _text(value: Any) -> str:
    return value["S"] if isinstance(value, dict) else str(value)


def heading(page: HttpResponse) -> str:
    match = re.search(r"<h1[^>]*>(.*?)</h1>", page.text, re.DOTALL)
    assert match
    return re.sub(r"<[^>]+>", "", match[1]).strip()


def errors_in(page: HttpResponse) -> list[str]:
    return re.findall(r'<li><a href="#([a-z_]+)">', page.text)


# --- the way through ------------------------------------------------------------------------------------


@pytest.mark.parametrize("takes_cookies", [True, False], ids=["with cookies", "without cookies"])
def test_steps_lead_to_one_petition_and_its_receipt(intake, takes_cookies):
    visitor = Visitor(intake, takes_cookies=takes_cookies)

    check = visitor.until_check()
    receipt = visitor.fill(check, consent="1")

    assert heading(check) == "Xem lại rồi gửi"
    assert re.search(r'id="pin">\d{4} \d{4}<', receipt.text)
    [petition] = petitions(intake)
    assert (petition.content, petition.petitioner.reply_by) == (MATTER["content"], ("SMS",))
    assert (petition.chosen_field, petition.kind, petition.may_publish) == (None, None, False)


def test_addresses_carry_no_pass_where_the_browser_keeps_the_cookie(visitor):
    visitor.until_check()

    assert [address for address in visitor.addresses if "p=" in address] == visitor.addresses[2:3]


def test_looking_at_the_first_step_sets_no_cookie_and_keeps_nothing(intake, visitor):
    page = visitor.get("/gui")

    assert (page.status, visitor.cookie) == (200, "")
    assert intake.items("throttle") == []


def test_cookie_is_for_these_pages_alone_and_ends_with_the_browser(intake):
    answer = intake.http("POST", "/gui/viec", form=MATTER)

    assert re.fullmatch(
        r"pakn-unsent=[\w-]{32}; Path=/gui; HttpOnly; SameSite=Lax", answer.header("Set-Cookie")
    )


def test_cookie_is_secure_in_the_cloud(intake, monkeypatch):
    monkeypatch.setenv("PUBLIC_URL", "https://pakn.example.vn")
    intake.local.cold_start()

    cookie = intake.http("POST", "/gui/viec", form=MATTER).header("Set-Cookie")

    assert cookie.startswith("__Secure-pakn-unsent=")
    assert cookie.endswith("; Secure")


def test_a_program_may_still_send_the_whole_form_at_once(intake, visitor):
    page = visitor.get("/gui").text
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key

    answer = intake.http("POST", "/gui", form=MATTER | SENDER | {"key": key[1]})

    assert answer.status == 201
    assert len(petitions(intake)) == 1


# --- errors ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        pytest.param({"name": "", "address": "", "phone": ""}, ["name", "address", "phone"], id="nothing"),
        pytest.param({"phone": "", "email": "an@"}, ["email"], id="a broken address"),
        pytest.param({"address": "", "phone": "0912 345 67"}, ["address", "phone"], id="two"),
        pytest.param({"type": "BUSINESS", "organisation": " "}, ["organisation"], id="a business without a name"),
        pytest.param({"type": "BUSINESS", "organisation": "", "name": ""}, ["name", "organisation"], id="no names"),
    ],
)  # fmt: skip
def test_all_errors_of_a_step_are_shown_at_once_at_an_address(visitor, changes, wrong):
    asks_who = visitor.fill(visitor.get("/gui"), **MATTER)

    shown = visitor.fill(asks_who, **SENDER | changes)

    assert visitor.address == "/gui/nguoi-gui?sua=1"
    assert errors_in(shown) == wrong
    assert re.search(r"<title>Lỗi: Bạn là ai\?", shown.text)
    assert "Không được để trống" not in shown.text
    assert "không được để trống" not in shown.text


@pytest.mark.parametrize(
    ("phone", "words"),
    [
        pytest.param("0912 345 67", "Số di động có 10 chữ số, bạn mới ghi 9.", id="one digit short"),
        pytest.param("0912.345.6789", "Số di động có 10 chữ số, bạn ghi 11.", id="one digit too many"),
        pytest.param("không có", "Số điện thoại không đúng.", id="no number"),
    ],
)
def test_error_of_a_number_says_what_is_wrong_with_it(visitor, phone, words):
    asks_who = visitor.fill(visitor.get("/gui"), **MATTER)

    shown = visitor.fill(asks_who, **SENDER | {"phone": phone})

    assert words in shown.text
    assert f'value="{phone}"' in shown.text


def test_content_is_asked_for_before_anything_else(visitor):
    shown = visitor.fill(visitor.get("/gui"), content="  ")

    assert visitor.address.startswith("/gui?")
    assert errors_in(shown) == ["content"]


def test_step_that_is_not_ready_leads_to_the_one_that_is_missing(visitor):
    visitor.fill(visitor.get("/gui"), **MATTER)

    shown = visitor.get("/gui/xem-lai")

    assert heading(shown) == "Bạn là ai?"
    assert errors_in(shown) == ["name", "address", "phone"]


@pytest.mark.parametrize(
    "path", ["/gui/tra-loi", "/gui/nguoi-gui", "/gui/nhan-tin", "/gui/xem-lai", "/gui/lam-tiep"]
)
def test_later_step_without_a_pass_leads_to_the_first(visitor, path):
    assert heading(visitor.get(path)) == "Chuyện gì đã xảy ra?"


def test_without_consent_nothing_is_sent(intake, visitor):
    shown = visitor.fill(visitor.until_check())

    assert errors_in(shown) == ["consent"]
    assert petitions(intake) == []


# --- nothing is lost ------------------------------------------------------------------------------------


def test_every_step_shows_again_what_was_typed_as_it_was_typed(visitor):
    visitor.until_check(sender=SENDER | {"phone": "0912.345.678", "email": "an@example.vn"})

    assert MATTER["content"] in visitor.get("/gui").text
    who = visitor.get("/gui/nguoi-gui").text
    for typed in ("Nguyễn Văn An", "12 Lê Lợi, Huế", "0912.345.678", "an@example.vn"):
        assert f'value="{typed}"' in who
    assert re.search(r'value="SMS" checked', visitor.get("/gui/nhan-tin").text)
    assert "+84" not in visitor.get("/gui/xem-lai").text
    assert "0912\u00a0345\u00a0678" in visitor.get("/gui/xem-lai").text


def test_other_language_keeps_the_step_with_its_errors(visitor):
    asks_who = visitor.fill(visitor.get("/gui"), **MATTER)
    visitor.fill(asks_who, name="An")
    page = visitor.get("/gui/nguoi-gui?sua=1")
    english = re.search(r'href="([^"]*lang=en)"', page.text)
    assert english

    shown = visitor.get(f"/gui/nguoi-gui{unescape(english[1])}")

    assert '<html lang="en">' in shown.text
    assert 'value="An"' in shown.text
    assert errors_in(shown) == ["address", "phone"]


def test_two_tabs_that_fill_in_different_steps_lose_nothing(visitor):
    visitor.until_check()
    first, second = visitor.get("/gui"), visitor.get("/gui/nguoi-gui")

    visitor.fill(first, content="Việc khác.")
    visitor.fill(second, **SENDER | {"name": "Lê Thị Ba"})

    check = visitor.get("/gui/xem-lai").text
    assert "Việc khác." in check
    assert "Lê Thị Ba" in check


def test_correction_from_the_last_step_leads_back_to_it(visitor):
    visitor.until_check()

    page = visitor.get("/gui/nguoi-gui?ve=1")
    back = visitor.fill(page, **SENDER | {"name": "Lê Thị Ba"})

    assert 'href="/gui/xem-lai"' in page.text
    assert heading(back) == "Xem lại rồi gửi"
    assert "Lê Thị Ba" in back.text


def test_channel_whose_contact_was_taken_away_is_not_chosen_any_more(visitor):
    visitor.until_check(sender=SENDER | {"email": "an@example.vn"})

    visitor.fill(visitor.get("/gui/nguoi-gui"), **SENDER | {"phone": "", "email": "an@example.vn"})
    check = visitor.get("/gui/xem-lai")

    assert heading(check) == "Xem lại rồi gửi"
    assert "Email" in check.text


def test_what_a_script_saves_is_there_after_reload(intake, visitor):
    page = visitor.get("/gui").text
    unsent_pass = re.search(r'name="p" value="([^"]+)"', page)
    assert unsent_pass

    saved = visitor.post("/gui/luu", {"step": "viec", "content": "Đang viết dở", "p": unsent_pass[1]})

    assert (saved.status, saved.json()) == (200, {"saved_at": "09:00"})
    assert "Đang viết dở" in visitor.get("/gui").text
    assert "Đã lưu nháp lúc 09:00" in visitor.get("/gui").text


@pytest.mark.parametrize("step", ["", "khac", "CHECK"])
def test_script_that_names_no_step_saves_nothing(intake, visitor, step):
    assert visitor.post("/gui/luu", {"step": step, "content": "x"}).status == 422
    assert intake.items("throttle") == []


def test_address_may_bring_a_field_and_words_that_were_searched_for(intake, visitor):
    page = visitor.get("/gui?field=TL&q=luong")

    assert ">luong</textarea>" in page.text
    visitor.fill(page, content="Lương của tôi")
    visitor.fill(visitor.get("/gui/nguoi-gui"), **SENDER)
    check = visitor.fill(visitor.get("/gui/nhan-tin"), reply_by="SMS")
    assert "Bạn đã chọn: Tiền lương" in check.text
    assert 'value="TL" checked' in check.text


def test_unknown_field_of_an_address_is_passed_over(visitor):
    assert 'name="field"' not in visitor.get("/gui?field=KHONG").text


# --- sent once ------------------------------------------------------------------------------------------


def test_double_tap_and_reload_show_the_same_receipt(intake, visitor):
    check = visitor.until_check()

    first, second = visitor.fill(check, consent="1"), visitor.fill(check, consent="1")
    again = visitor.get("/gui/xem-lai")

    [petition] = petitions(intake)
    pin = re.search(r'id="pin">([^<]+)<', first.text)
    assert pin
    assert pin[1] in second.text
    assert pin[1] in again.text
    assert petition.reference[-9:-5] in again.text


def test_what_is_kept_is_deleted_when_it_was_sent(intake, visitor):
    visitor.fill(visitor.until_check(), consent="1")

    assert [item for item in intake.items("throttle") if "unsent#" in json.dumps(item, default=str)] == []


def test_after_sending_the_first_step_is_empty_and_makes_another_petition(intake, visitor):
    visitor.fill(visitor.until_check(), consent="1")

    page = visitor.get("/gui")
    assert MATTER["content"] not in page.text
    visitor.fill(visitor.until_check({"content": "Một việc khác."}), consent="1")

    assert {petition.content for petition in petitions(intake)} == {MATTER["content"], "Một việc khác."}


def test_tab_that_was_left_open_begins_another_petition_after_the_first_was_sent(intake, visitor):
    check = visitor.until_check()
    left_open = visitor.get("/gui")
    visitor.fill(check, consent="1")

    shown = visitor.fill(left_open, content="Một việc khác.")

    assert heading(shown) == "Bạn là ai?"
    assert "Một việc khác." in visitor.get("/gui").text
    assert len(petitions(intake)) == 1


def test_script_saves_nothing_after_it_was_sent(intake, visitor):
    visitor.fill(visitor.until_check(), consent="1")

    assert visitor.post("/gui/luu", {"step": "viec", "content": "Muộn"}).status == 409
    assert "Muộn" not in visitor.get("/gui").text


def test_crash_between_receiving_and_forgetting_is_mended_by_sending_again(intake, visitor):
    check = visitor.until_check()
    unsent = composition.parts().unsent.get(visitor.cookie.partition("=")[2])
    first = visitor.fill(check, consent="1")
    again = Visitor(intake)
    again.cookie = visitor.cookie
    composition.parts().unsent.save(visitor.cookie.partition("=")[2], lambda _nothing: unsent, Sender(""))

    second = again.post("/gui/xem-lai", {"consent": "1"})

    assert len(petitions(intake)) == 1
    assert re.findall(r'id="pin">([^<]+)<', first.text) == re.findall(r'id="pin">([^<]+)<', second.text)


def test_change_after_such_a_crash_asks_before_a_second_petition(intake, visitor):
    check = visitor.until_check()
    visitor.fill(check, consent="1")
    unsent_pass = visitor.cookie.partition("=")[2]
    fields = MATTER | SENDER | {"content": "Viết thêm."}
    unsent = composition.parts().unsent.get(unsent_pass)
    composition.parts().unsent.save(unsent_pass, lambda _nothing: type(unsent)(fields), Sender(""))

    shown = visitor.post("/gui/xem-lai", {"consent": "1"})

    assert shown.status == 409
    assert "Bạn đã gửi một phản ánh" in shown.text
    assert len(petitions(intake)) == 1
    assert visitor.fill(shown, consent="1").status == 200
    assert len(petitions(intake)) == 2


# --- the guess ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        pytest.param(MATTER["content"], "Bộ đoán từ điều bạn viết: Thái độ, kỷ luật công vụ", id="a field"),
        pytest.param("Tôi tố cáo ông Trần Văn Hùng, Phó Chủ tịch xã, nhận hối lộ 5 triệu đồng của tôi.",
                     "Một người sẽ đọc rồi chuyển đúng nơi.", id="a denunciation gets no guess"),
        pytest.param("Xin chào.", "Một người sẽ đọc rồi chuyển đúng nơi.", id="nothing to guess from"),
    ],
)  # fmt: skip
def test_last_step_shows_what_the_system_guesses(visitor, content, shown):
    check = visitor.until_check({"content": content})

    assert shown in check.text
    assert 'chậm nhất <strong id="due">thứ\u00a0Hai\u00a023/11/2026' in check.text


def test_guess_stays_the_routers_and_a_choice_is_the_senders(intake, visitor):
    check = visitor.until_check()

    visitor.fill(check, consent="1", field="CCVC", kind="INITIATIVE", subject="Đề nghị trả lời đúng hạn")

    [petition] = petitions(intake)
    assert petition.chosen_field == "CCVC"
    assert petition.kind == "INITIATIVE"
    assert petition.subject == "Đề nghị trả lời đúng hạn"


def test_title_that_was_left_as_it_is_is_nobodys_choice(intake, visitor):
    check = visitor.until_check()
    title = re.search(r'name="subject" value="([^"]*)"', check.text)
    assert title

    visitor.fill(check, consent="1", field="", kind="", subject=unescape(title[1]))

    [petition] = petitions(intake)
    key = composition.parts().unsent.submission_key(visitor.cookie.partition("=")[2])
    assert composition.parts().reception.find(f"web:{key}") == petition


def test_looking_at_the_guess_sends_nothing(intake, visitor):
    visitor.until_check()

    assert petitions(intake) == []
    assert intake.items("deliveries") == []


# --- the pass -------------------------------------------------------------------------------------------


def test_what_is_stored_is_sealed_and_leads_to_nobody(intake, visitor):
    visitor.until_check()

    stored = json.dumps(intake.items("throttle"), default=str)
    for secret in (*MATTER.values(), *SENDER.values(), visitor.cookie.partition("=")[2]):
        if len(secret) > len("CITIZEN"):
            assert secret not in stored
    assert "Nguy" not in stored


def test_what_was_not_sent_ends_after_a_week(intake, visitor):
    visitor.until_check()

    intake.clock.hold_at(intake.clock.now() + KEPT_FOR - timedelta(minutes=1))
    assert heading(visitor.get("/gui")) == "Viết tiếp bản đang viết dở?"
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=2))
    ended = visitor.get("/gui")
    assert heading(ended) == "Chuyện gì đã xảy ra?"
    assert MATTER["content"] not in ended.text


OPENED = ["/gui", "/gui/nguoi-gui", "/gui/nhan-tin", "/gui/xem-lai", "/gui/lam-tiep"]


@pytest.mark.parametrize("takes_cookies", [True, False], ids=["with cookies", "without cookies"])
def test_next_one_at_a_shared_machine_reads_nothing_and_the_writer_goes_on(intake, takes_cookies):
    writer = Visitor(intake, takes_cookies=takes_cookies)
    writer.until_check()
    own = f"?p={writer.address.partition('p=')[2]}" if not takes_cookies else ""
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=59))
    before = writer.get(f"/gui{own}")
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=1))

    shown = [writer.get(f"{address}{own}") for address in OPENED]
    again = writer.fill(shown[0])

    assert MATTER["content"] in before.text
    assert {heading(page) for page in shown} == {"Viết tiếp bản đang viết dở?"}
    secrets = (MATTER["content"], SENDER["name"], SENDER["address"], SENDER["phone"])
    assert not any(secret in page.text for page in shown for secret in secrets)
    assert MATTER["content"] in again.text
    assert f'value="{SENDER["name"]}"' in writer.get(f"/gui/nguoi-gui{own}").text


def test_who_did_not_write_it_begins_anew_and_the_writers_link_still_opens_it(intake, visitor):
    visitor.until_check()
    link = re.search(r'value="http://localhost:8088(/gui/tiep\?p=[^"]+)"', visitor.get("/gui/lam-tiep").text)
    assert link
    intake.clock.hold_at(intake.clock.now() + timedelta(hours=1))
    asks = visitor.get("/gui")

    assert 'formaction="/gui/khong-phai"' in asks.text
    fresh = visitor.post("/gui/khong-phai", {})

    other = Visitor(intake)
    assert (heading(fresh), visitor.cookie) == ("Chuyện gì đã xảy ra?", "pakn-unsent=")
    assert MATTER["content"] not in visitor.get("/gui").text
    assert MATTER["content"] in other.fill(other.get(unescape(link[1]), site="none")).text


def test_form_from_elsewhere_gives_no_browser_another_ones_pass_and_takes_none_away(intake, visitor):
    visitor.until_check()
    unsent_pass = visitor.cookie.partition("=")[2]
    victim = Visitor(intake)
    victim.until_check()
    own = victim.cookie

    question = victim.post("/gui/tiep", {"p": unsent_pass}, site="cross-site")
    victim.post("/gui/khong-phai", {}, site="cross-site")

    assert heading(question) == "Viết tiếp bản đang viết dở?"
    assert victim.cookie == own


@pytest.mark.parametrize(
    "cookie", ["x", "pakn-unsent=", "pakn-unsent=a", "pakn-unsent=" + "é" * 32, "\x00;=,"]
)
def test_what_is_no_pass_is_none(intake, cookie):
    answer = intake.http("GET", "/gui", headers={"Cookie": cookie})

    assert answer.status == 200


def test_pass_in_an_address_from_elsewhere_opens_nothing_by_itself(intake, visitor):
    visitor.until_check()
    unsent_pass = visitor.cookie.partition("=")[2]
    stranger = Visitor(intake)

    shown = stranger.get(f"/gui/nguoi-gui?p={unsent_pass}", site="cross-site")

    assert heading(shown) == "Viết tiếp bản đang viết dở?"
    assert "Nguyễn Văn An" not in shown.text
    assert stranger.cookie == ""


def test_form_from_elsewhere_cannot_make_somebody_write_under_a_known_pass(intake, visitor):
    visitor.until_check()
    unsent_pass = visitor.cookie.partition("=")[2]
    victim = Visitor(intake)

    victim.post("/gui/viec", {"content": "Bí mật", "p": unsent_pass}, site="cross-site")

    assert unsent_pass not in victim.cookie
    assert "Bí mật" not in visitor.get("/gui").text


def test_link_opens_it_on_another_device_after_a_question(intake, visitor):
    visitor.until_check()
    page = visitor.get("/gui/lam-tiep").text
    address = re.search(r'value="http://localhost:8088(/gui/tiep\?p=[^"]+)"', page)
    assert address
    other = Visitor(intake)

    question = other.get(unescape(address[1]), site="none")
    shown = other.fill(question)

    assert MATTER["content"] in shown.text
    assert 'value="Nguyễn Văn An"' in other.get("/gui/nguoi-gui").text


def test_link_of_what_was_erased_opens_nothing(intake, visitor):
    visitor.until_check()
    unsent_pass = visitor.cookie.partition("=")[2]

    erased = visitor.post("/gui/xoa", {})

    assert "Đã xóa" in erased.text
    assert visitor.cookie == "pakn-unsent="
    assert intake.http("GET", "/gui/tiep", query={"p": unsent_pass}).status == 404
    assert intake.items("throttle") == []


# --- answers that exist ---------------------------------------------------------------------------------


def test_step_of_answers_is_passed_over_where_there_is_none(visitor):
    shown = visitor.fill(visitor.get("/gui"), **MATTER)

    assert heading(shown) == "Bạn là ai?"
    assert "Bước 3 trong 5" in shown.text
    assert heading(visitor.get("/gui/tra-loi?lui=1")) == "Chuyện gì đã xảy ra?"


# --- limits ---------------------------------------------------------------------------------------------


@pytest.fixture
def counted(intake: System, monkeypatch: pytest.MonkeyPatch) -> System:
    """Intake as in a stage of the cloud: one petition an hour from an address, two that are not proven."""
    for name, value in {
        "STAGE": "dev",
        "SCANNER": "guardduty",
        "API_KEY_NEEDED": "true",
        "ADDRESSES_ARE_COUNTED": "true",
        "UNPROVEN_PER_ADDRESS": "1",
        "PETITIONS_PER_ADDRESS": "1",
        "CHALLENGE_COST": "3",
        "PETITIONS_PER_CONTACT": "0",
    }.items():
        monkeypatch.setenv(name, value)
    intake.local.cold_start()
    return intake


def test_proof_that_was_brought_on_any_step_counts_when_it_is_sent(counted):
    visitor = Visitor(counted)
    page = visitor.get("/gui")
    challenge = re.search(r'data-challenge="([^"]+)"', page.text)
    assert challenge

    asks_who = visitor.fill(page, **MATTER, proof=proof_of(unescape(challenge[1])))
    visitor.fill(visitor.fill(asks_who, **SENDER), reply_by="SMS")

    assert composition.parts().unsent.get(visitor.cookie.partition("=")[2]).is_proven
    assert 'data-challenge=""' in asks_who.text


def test_too_many_petitions_are_refused_at_the_last_step_and_nothing_is_lost(counted):
    visitors = [Visitor(counted) for _ in range(2)]
    answers = [visitor.fill(visitor.until_check(), consent="1") for visitor in visitors]

    assert [answer.status for answer in answers] == [200, 429]
    assert MATTER["content"] in answers[-1].text
    assert MATTER["content"] in visitors[-1].get("/gui").text
    assert 'href="/gui/xem-lai?lang=en" lang="en"' in answers[-1].text, "the other language keeps the step"


def test_too_many_that_only_begin_are_refused_with_what_they_typed(counted):
    statuses = [counted.http("POST", "/gui/viec", form={"content": f"Việc {n}."}).status for n in range(6)]
    refused = counted.http("POST", "/gui/viec", form={"content": "Việc 6."})

    assert statuses == [303, 303, 303, 303, 303, 429]
    assert "Việc 6." in refused.text
    assert refused.header("Retry-After")


def test_privacy_page_names_every_cookie(intake):
    shown = intake.http("GET", "/chinh-sach").text

    named = (passes.COOKIE, reactions.COOKIE, cookies.CODE, cookies.SESSION, THEME_COOKIE)
    assert [name for name in named if f"<code>{name}</code>" not in shown] == []
