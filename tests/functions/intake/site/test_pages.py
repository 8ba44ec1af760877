"""The citizens' pages as a browser without JavaScript gets them."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest

from chalicelib.intake import composition
from shared.domain.identity.reference import link_token_of, spaced
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.classification import Lane, Proposal
from shared.platform.secrets import keyring
from tests.functions.intake.site.test_receipt import BROWSER
from tests.support.search_files import build_index
from tests.support.system import System

PAGES = (
    *("/", "/gui", "/tra-cuu", "/cong-khai", "/thong-ke", "/chinh-sach", "/khong-co", "/tai-lieu-api"),
    *("/tai-lieu-api/tham-chieu/petitions", "/tai-lieu-api/tham-chieu/petitions/schemas"),
    *("/huong-dan", "/ho-tro-tiep-can", "/lien-he"),
    "/problems/invalid-input",
)
FORM = {
    "content": "Phòng Nội vụ trả lời hồ sơ chậm.",
    "name": "Nguyễn Văn An",
    "address": "12 Lê Lợi, Huế",
    "phone": "0912 345 678",
    "key": "page-1",
}
VOID = {"meta", "link", "input", "br", "img", "hr"}


class Outline(HTMLParser):
    """The facts of a page that matter to somebody who cannot see it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.labelled: set[str] = set()
        self.controls: list[dict[str, str | None]] = []
        self.links: list[str] = []
        self.described: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.addresses: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.tags.append(tag)
        if tag not in VOID:
            self.open.append(tag)
        if facts.get("id"):
            self.ids.append(str(facts["id"]))
        if tag == "label":
            self.labelled.add(str(facts.get("for")))
        if tag in {"input", "select", "textarea"} and facts.get("type") != "hidden":
            self.controls.append(facts)
        if tag == "a":
            self.links.append(str(facts.get("href")))
        for name in ("href", "src", "action"):
            if facts.get(name):
                self.addresses.append(str(facts[name]))
        for name in ("aria-describedby", "aria-labelledby"):
            self.described += str(facts.get(name) or "").split()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def outline_of(html: str) -> Outline:
    outline = Outline(html)
    assert outline.open == []
    return outline


def receipt_of(system: System, **changes: str) -> dict[str, str]:
    answer = system.http("POST", "/gui", form=FORM | changes)
    assert answer.status == 201
    return {
        "ma": _first_match(r"ma=(\d{11})", answer.text),
        "pin": _first_match(r'id="pin">(\d{4} \d{4})<', answer.text).replace(" ", ""),
    }


def _first_match(pattern: str, text: str) -> str:
    match = re.search(pattern, text)
    assert match, pattern
    return match[1]


# --- every page ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_can_be_read_without_seeing_it(intake, path, language):
    answer = intake.http("GET", path, query={"lang": "en"} if language == "en" else None)

    page = outline_of(answer.text)
    assert answer.status == (404 if path == "/khong-co" else 200)
    assert f'<html lang="{language}">' in answer.text
    assert page.tags.count("h1") == 1
    assert {"header", "nav", "main", "footer"} <= set(page.tags)
    assert page.links[0] == "#main"
    assert len(page.ids) == len(set(page.ids))
    assert {control["id"] for control in page.controls} <= page.labelled
    assert set(page.described) <= set(page.ids)


@pytest.mark.parametrize("path", PAGES)
def test_no_page_runs_a_script_of_its_own_or_asks_a_third_party(intake, path):
    answer = intake.http("GET", path)

    page = outline_of(answer.text)
    scripts = re.findall(r"<script[^>]*>[^<]*</script>", answer.text)
    assert len(scripts) == page.tags.count("script")
    assert all(
        re.fullmatch(
            r'<script (type="module" )?src="/assets/[a-z]+\.js\?v=[0-9a-f]+"(?(1)| defer)></script>', s
        )
        for s in scripts
    )
    assert not re.search(r"\son[a-z]+=", answer.text)
    assert "style=" not in answer.text
    assert "default-src 'none'" in answer.header("Content-Security-Policy")
    assert answer.header("Referrer-Policy") == "no-referrer"
    assert answer.header("Set-Cookie") == ""
    assert all(
        address.startswith(("/", "#", "?", "tel:", "sms:", "mailto:", "data:,"))
        and not address.startswith("//")
        for address in page.addresses
    )


@pytest.mark.parametrize("path", PAGES)
def test_the_english_page_leads_to_english_pages(intake, path):
    page = outline_of(intake.http("GET", path, query={"lang": "en"}).text)

    own = [link for link in page.links if link.startswith("/") and not link.startswith("/openapi")]
    assert own
    assert all("lang=en" in link for link in own)


def test_no_vietnamese_is_left_in_the_english_frame(intake):
    html = intake.http("GET", "/tra-cuu", query={"lang": "en"}).text

    assert "Tra cứu" not in html
    assert "Track a petition" in html


def test_the_entrance_shows_all_doors_and_the_terms_in_force(intake):
    html = intake.http("GET", "/").text

    for shown in ("8088", "1900 1547", "/gui", "/tra-cuu", "/cong-khai", "20 ngày"):
        assert shown in html
    assert re.findall(r'class="n">(\d+)', html) == ["20", "7", "2", "5"]


# --- sending ------------------------------------------------------------------------------------------


def test_the_form_asks_for_consent_unticked(intake):
    html = intake.http("GET", "/gui").text

    assert not re.search(r'name="may_publish"[^>]*checked', html)
    assert re.search(r'name="key" value="page-[0-9a-f]{32}"', html)


def test_each_form_has_a_key_of_its_own(intake):
    keys = {_first_match(r'name="key" value="([^"]+)"', intake.http("GET", "/gui").text) for _ in range(3)}

    assert len(keys) == 3


def test_a_sent_form_gives_the_receipt_with_the_pin(intake):
    answer = intake.http("POST", "/gui", form=FORM)

    assert answer.status == 201
    assert answer.header("Cache-Control") == "private, no-store"
    reference = _first_match(r"ma=(\d{11})", answer.text)
    assert spaced(reference) in answer.text
    assert "Thứ Hai, ngày 23/11/2026" in answer.text
    assert re.search(r'id="pin">\d{4} \d{4}<', answer.text)


def test_a_form_sent_twice_makes_one_petition_and_shows_the_same_receipt(intake):
    first, second = intake.http("POST", "/gui", form=FORM), intake.http("POST", "/gui", form=FORM)

    assert (first.status, second.status) == (201, 200)
    assert first.body == second.body
    assert len(intake.items("petitions")) == 1


def test_going_back_and_writing_something_else_asks_before_a_second_petition(intake):
    intake.http("POST", "/gui", form=FORM)

    answer = intake.http("POST", "/gui", form=FORM | {"content": "Một việc khác."})

    assert answer.status == 409
    assert "Một việc khác." in answer.text
    key = _first_match(r'name="key" value="([^"]+)"', answer.text)
    assert intake.http("POST", "/gui", form=FORM | {"content": "Một việc khác.", "key": key}).status == 201


def test_an_empty_form_lists_every_mistake_and_leads_to_its_field(intake):
    answer = intake.http("POST", "/gui", form={"content": "", "phone": "12"})

    page = outline_of(answer.text)
    targets = [link[1:] for link in page.links if link.startswith("#") and link != "#main"]
    assert answer.status == 422
    assert targets == ["content", "name", "address", "phone"]
    assert set(targets) <= set(page.ids)
    assert set(page.described) <= set(page.ids)
    assert answer.text.count('aria-invalid="true"') == 4
    assert "<title>Lỗi: " in answer.text
    assert intake.items("petitions") == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"phone": ""}, "phone", id="no contact"),
        pytest.param({"email": "nobody"}, "email", id="no e-mail address"),
        pytest.param({"reply_by": "EMAIL"}, "reply_by", id="e-mail without an address"),
        pytest.param({"kind": "WISH"}, "kind", id="no such kind"),
        pytest.param({"field": "XYZ"}, "field", id="no such field"),
        pytest.param({"type": "ALIEN"}, "type", id="no such type"),
        pytest.param({"content": "x" * 10_001}, "content", id="too long"),
        pytest.param({"name": "x" * 121}, "name", id="name too long"),
    ],
)
def test_a_mistake_is_shown_at_its_field_and_everything_else_is_kept(intake, changes, field):
    answer = intake.http("POST", "/gui", form=FORM | changes)

    assert answer.status == 422
    assert f'<a href="#{field}">' in answer.text
    assert f'id="{field}"' in answer.text
    assert 'value="12 Lê Lợi, Huế"' in answer.text
    assert 'name="key" value="page-1"' in answer.text
    assert intake.items("petitions") == []


def test_what_a_person_writes_cannot_become_part_of_the_page(intake):
    answer = intake.http(
        "POST", "/gui", form=FORM | {"content": "</textarea><script>x</script>", "name": '"><b>', "phone": ""}
    )

    assert "<script>" not in answer.text
    assert '"><b>' not in answer.text
    outline_of(answer.text)


def test_a_ten_thousand_letter_petition_fits_through_the_form(intake):
    assert intake.http("POST", "/gui", form=FORM | {"content": "ệ" * 10_000}).status == 201


def test_an_english_form_makes_an_english_petition(intake):
    answer = intake.http("POST", "/gui?lang=en", form=FORM)

    assert "Monday, 23 November 2026" in answer.text


# --- following ----------------------------------------------------------------------------------------


def test_reference_and_pin_show_the_petition(intake):
    proof = receipt_of(intake)

    answer = intake.http("POST", "/tra-cuu", form=proof | {"ma": spaced(proof["ma"])})

    page = outline_of(answer.text)
    assert answer.status == 200
    assert "Mới tiếp nhận" in answer.text
    assert "Thứ Hai, ngày 23/11/2026" in answer.text
    assert {control["id"] for control in page.controls} <= page.labelled
    assert len(page.ids) == len(set(page.ids))


def test_an_overdue_petition_says_by_how_much(intake):
    proof = receipt_of(intake)
    intake.clock.hold_at(datetime.fromisoformat("2026-11-26T09:00:00+07:00"))

    assert "Quá hạn 2 ngày làm việc" in intake.http("POST", "/tra-cuu", form=proof).text


def test_the_link_of_an_email_needs_no_pin(intake):
    proof = receipt_of(intake)
    key = keyring(composition.parts().settings.identifiers_secret).names()
    token = link_token_of(key, proof["ma"])

    answer = intake.http("GET", "/tra-cuu", query={"ma": proof["ma"], "t": token})

    assert answer.status == 200
    assert 'id="state"' in answer.text


def test_a_wrong_pin_and_an_unknown_reference_give_the_same_page(intake):
    proof = receipt_of(intake)

    wrong = intake.http("POST", "/tra-cuu", form=proof | {"pin": "00000000"})
    unknown = intake.http("POST", "/tra-cuu", form={"ma": "26483190274", "pin": "00000000"})

    assert wrong.status == unknown.status == 404
    assert wrong.text.replace(proof["ma"], "") == unknown.text.replace("26483190274", "")
    assert "00000000" not in wrong.text


def test_a_petitioner_supplements_rates_and_reads_the_answer(intake, officers_do):
    proof = receipt_of(intake, may_publish="1")
    added = intake.http("POST", "/tra-cuu/bo-sung", form=proof | {"content": "Nộp ngày 3/3.", "key": "k1"})
    again = intake.http("POST", "/tra-cuu/bo-sung", form=proof | {"content": "Nộp ngày 3/3.", "key": "k1"})
    officers_do(proof["ma"], *answering(intake))
    rated = intake.http(
        "POST", "/tra-cuu/danh-gia", form=proof | {"score": "4", "comment": "Được", "key": "k2"}
    )

    assert "Đã nhận nội dung bổ sung." in added.text
    assert again.text.count("Nộp ngày 3/3.") == 1
    assert "Hồ sơ đã có kết quả." in rated.text
    assert "4 trên 5" in rated.text
    assert "minh.xuly" not in rated.text


def test_a_poor_rating_shows_the_way_to_a_second_look(intake, officers_do):
    proof = receipt_of(intake)
    officers_do(proof["ma"], *answering(intake))

    good = intake.http("POST", "/tra-cuu/danh-gia", form=proof | {"score": "5", "key": "k1"})
    poor = intake.http("POST", "/tra-cuu/danh-gia", form=proof | {"score": "1", "key": "k2"})
    empty = intake.http("POST", "/tra-cuu/xem-lai", form=proof | {"reason": "", "key": "k3"})
    again = intake.http("POST", "/tra-cuu/xem-lai", form=proof | {"reason": "Chưa đúng.", "key": "k4"})

    assert "/tra-cuu/xem-lai" not in good.text
    assert "/tra-cuu/xem-lai" in poor.text
    assert (empty.status, again.status) == (422, 200)
    assert '<a href="#reason">' in empty.text
    assert "Mở lại" in again.text
    assert "/tra-cuu/xem-lai" not in again.text


def test_withdrawing_needs_a_tick_and_then_ends_it(intake):
    proof = receipt_of(intake)

    unconfirmed = intake.http("POST", "/tra-cuu/rut", form=proof | {"key": "k"})
    done = intake.http("POST", "/tra-cuu/rut", form=proof | {"key": "k", "confirm": "1"})

    assert unconfirmed.status == 422
    assert '<a href="#confirm">' in unconfirmed.text
    assert "Đã rút" in done.text


@pytest.mark.parametrize(
    ("door", "form", "status"),
    [
        pytest.param("/tra-cuu/bo-sung", {"content": ""}, 422, id="an empty supplement"),
        pytest.param("/tra-cuu/danh-gia", {}, 422, id="a rating without a score"),
        pytest.param("/tra-cuu/danh-gia", {"score": "6"}, 422, id="six of five"),
        pytest.param("/tra-cuu/danh-gia", {"score": "5"}, 409, id="a rating before the answer"),
        pytest.param("/tra-cuu/bo-sung", {"content": "x", "pin": "0"}, 404, id="a wrong PIN"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(intake, door, form, status):
    proof = receipt_of(intake)

    answer = intake.http("POST", door, form=proof | form)

    assert answer.status == status
    assert intake.items("petitions")[0]["version"] == {"N": "1"}
    outline_of(answer.text)


# --- public -------------------------------------------------------------------------------------------


def answering(system: System) -> list[Any]:
    at = system.clock.now()
    return [
        lambda p: p.route(Change.by_router(at, "r"), Proposal(lane=Lane.ORDINARY, field="CCVC"), "VCCVC"),
        lambda p: p.accept(Change.by_officer("minh.xuly", at, "a"), handler="minh.xuly"),
        lambda p: p.draft_answer(Change.by_officer("x", at, "d"), "Hồ sơ đã có kết quả."),
        lambda p: p.approve(Change.by_officer("y", at, "p")),
    ]


def publishing(system: System) -> Any:
    def publish(petition: Petition) -> Petition:
        at = system.clock.now()
        shown = Publication(subject="Hồ sơ chậm", content="Chậm.", answer="Đã xong.", published_at=at)
        return petition.publish(Change.by_officer("y", at, "publish"), shown)

    return publish


def test_published_answers_are_listed_and_searched(intake, officers_do):
    proof = receipt_of(intake, may_publish="1")
    officers_do(proof["ma"], *answering(intake), publishing(intake))
    unsearched = intake.http("GET", "/cong-khai", query={"q": "chậm"}).text
    build_index(intake)
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=2))

    listed = intake.http("GET", "/cong-khai").text
    matching = intake.http("GET", "/cong-khai", query={"q": "chậm"}).text
    missed = intake.http("GET", "/cong-khai", query={"q": "đất đai", "month": "2026-11"}).text

    assert "Hồ sơ chậm" in listed
    assert proof["ma"] not in listed
    assert "Hiện chưa tìm được theo từ khóa" in unsearched
    assert "Hồ sơ chậm" in unsearched
    assert "1 câu trả\u00a0lời khớp" in matching
    assert "Không có câu trả\u00a0lời nào khớp với “đất đai”" in missed
    assert "Xem các kết quả cũ hơn" not in intake.http("GET", "/cong-khai", query={"q": "đất đai"}).text
    assert 'value="đất đai"' in missed


def test_link_to_older_results_that_is_wrong_shows_the_newest(intake, officers_do):
    proof = receipt_of(intake, may_publish="1")
    officers_do(proof["ma"], *answering(intake), publishing(intake))

    answer = intake.http("GET", "/cong-khai", query={"cursor": "zzz"})

    assert answer.status == 422
    assert "Hồ sơ chậm" in answer.text
    assert "không còn đúng" in answer.text
    assert "Chưa gửi được" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "form", "heading"),
    [
        pytest.param("POST", "/gui", {"content": ""}, "Chưa gửi được", id="sending"),
        pytest.param("POST", "/tra-cuu", {"ma": ""}, "Chưa mở được hồ\u00a0sơ", id="tracking"),
        pytest.param("POST", "/tra-cuu/cap-lai", {"contact": ""}, "Chưa gửi lại được mã PIN", id="PIN again"),
        pytest.param("GET", "/cong-khai?month=13", None, "Chưa tìm được", id="searching"),
        pytest.param("GET", "/thong-ke?month=13", None, "Chưa xem được số liệu", id="figures"),
    ],
)
def test_errors_are_headed_by_what_was_not_done(intake, method, path, form, heading):
    address, _question, month = path.partition("?month=")

    answer = intake.http(method, address, form=form, query={"month": month} if month else None)

    assert answer.status == 422
    assert f'<h2 id="errors-title">{heading}' in answer.text
    assert "không được để trống" not in answer.text


@pytest.mark.parametrize(
    ("path", "form", "heading"),
    [
        pytest.param("/tra-cuu/rut", {}, "Chưa rút được", id="withdrawing without a tick"),
        pytest.param("/tra-cuu/lien-he", {"phone": "12"}, "Chưa thêm được liên hệ", id="a contact"),
        pytest.param("/tra-cuu/bo-sung", {"content": " "}, "Chưa gửi được", id="a supplement"),
    ],
)
def test_errors_of_a_change_are_headed_by_what_was_not_done(intake, path, form, heading):
    answer = intake.http("POST", path, form={**receipt_of(intake), "key": "page-7", **form})

    assert answer.status == 422
    assert f'<h2 id="errors-title">{heading}' in answer.text


def test_missing_contact_is_reported_with_the_other_errors(intake):
    answer = intake.http("POST", "/gui", form={"content": "Hồ sơ chậm.", "phone": " ", "email": ""})

    assert "Hãy ghi họ và tên của bạn." in answer.text
    assert "Hãy ghi địa chỉ" in answer.text
    assert answer.text.count("Cần ít nhất một cách liên hệ") == 2


def test_form_for_the_pin_that_is_empty_counts_as_no_wrong_pin(intake):
    proof = receipt_of(intake)

    for _ in range(12):
        answer = intake.http("POST", "/tra-cuu", form={"ma": proof["ma"], "pin": ""})

    assert answer.status == 422
    assert "Hãy nhập mã PIN" in answer.text
    assert intake.http("POST", "/tra-cuu", form=proof).status == 200


def test_pin_again_keeps_the_reference_for_the_pin_to_come(intake):
    answer = intake.http(
        "POST", "/tra-cuu/cap-lai", form={"reference": "26 4831 9027 5", "contact": "a@example.vn"}
    )

    assert 'name="ma" value="26 4831 9027 5"' in answer.text
    assert 'name="reference" value="26 4831 9027 5"' in answer.text
    assert "a@example.vn" not in answer.text


def test_browser_that_asks_for_the_pin_again_is_led_to_an_address_that_says_so(intake):
    form = {"reference": "26 4831 9027 5", "contact": "a@example.vn"}

    led = intake.http("POST", "/tra-cuu/cap-lai", form=form, query={"lang": "en"}, headers=BROWSER)
    page = intake.http("GET", led.header("Location"))

    assert led.status == 303
    assert "example.vn" not in led.header("Location")
    assert "the PIN or a link is sent there" in page.text
    assert 'name="ma" value="26 4831 9027 5"' in page.text


def test_switch_of_languages_keeps_what_was_typed_on_the_page_for_the_pin(intake):
    typed = {"reference": "26 4831 9027 5", "pin": "1234 5678", "step": "edit"}

    answer = intake.http("POST", "/tra-cuu", form=typed, query={"lang": "en"})

    assert answer.status == 200
    assert 'name="reference" value="26 4831 9027 5"' in answer.text
    assert 'name="pin" value="1234 5678"' in answer.text
    assert 'class="errors"' not in answer.text


def test_switch_of_languages_takes_along_what_is_not_sent_yet(intake):
    proof = receipt_of(intake)
    refused = intake.http(
        "POST", "/tra-cuu/lien-he", form={**proof, "key": "page-9", "phone": "12", "email": "b@example.vn"}
    )

    assert 'name="email" value="b@example.vn"' in _first_match(
        r'(?s)<div class="tools">(.*?)</header>', refused.text
    )
    english = intake.http(
        "POST", "/tra-cuu", form={**proof, "phone": "12", "email": "b@example.vn"}, query={"lang": "en"}
    )
    assert 'name="email" value="b@example.vn"' in english.text


def test_published_answers_are_printed_with_their_answers(intake, officers_do):
    proof = receipt_of(intake, may_publish="1")
    officers_do(proof["ma"], *answering(intake), publishing(intake))

    listed = intake.http("GET", "/cong-khai").text
    (address,) = re.findall(r'<h3><a href="(/cong-khai/[^"]+)"', listed)
    html = intake.http("GET", address).text
    assert ">Đã xong.</p>" in html.split("<details")[0]
    assert '<details class="block printed"><summary>' in html


def test_menu_knows_where_one_is_below_its_doors(intake):
    proof = receipt_of(intake)

    html = intake.http("POST", "/tra-cuu/bo-sung", form={**proof, "key": "page-3", "content": "Thêm."}).text

    assert '<a href="/ho-so-cua-toi" aria-current="true">' in html


def test_number_is_shown_as_it_is_dialled(intake):
    html = intake.http("POST", "/gui", form=FORM | {"step": "review"}).text

    assert "<dd>0912 345 678</dd>" in html
    assert "+84" not in html


def test_list_keeps_its_role_beside_its_status(intake):
    html = intake.http("POST", "/tra-cuu", form=receipt_of(intake)).text

    assert '<div id="verified" role="status" hidden><ul>' in html
    assert '<ul role="status"' not in html


def test_figures_open_with_the_latest_month_that_has_any(intake):
    receipt_of(intake)
    intake.travel(days=40)

    html = intake.http("GET", "/thong-ke").text
    empty = intake.http("GET", "/thong-ke", query={"month": "2020-01"}).text

    assert "tiếp nhận trong tháng 11/2026" in html
    assert "Bảng số liệu từng tháng" in html
    assert "Tháng 1/2020 chưa có phản ánh, kiến nghị nào" in empty


def test_figures_are_shown_for_a_month(intake):
    receipt_of(intake)

    html = intake.http("GET", "/thong-ke", query={"month": "2026-11"}).text

    assert re.search(r"Đã tiếp nhận</th><td[^>]*>1<", html)


# --- assets -------------------------------------------------------------------------------------------


def test_the_style_sheet_may_be_kept_for_ever_under_its_version(intake):
    address = _first_match(r'href="(/assets/site\.css\?v=[0-9a-f]+)"', intake.http("GET", "/").text)

    answer = intake.http("GET", address)

    assert answer.header("Content-Type") == "text/css; charset=utf-8"
    assert "immutable" in answer.header("Cache-Control")
    again = intake.http("GET", address, headers={"If-None-Match": answer.header("ETag")})
    assert (again.status, again.body) == (304, b"")


def test_the_desks_style_sheet_is_served_as_one_with_its_tokens(intake):
    answer = intake.http("GET", "/assets/desk.css")

    assert answer.header("Content-Type") == "text/css; charset=utf-8"
    assert answer.text.index("--danger:") < answer.text.index(".btn.primary")
    assert "forced-colors: active" in answer.text
    assert "prefers-color-scheme: dark" in answer.text


@pytest.mark.parametrize("name", ["site.css", "desk.css"])
def test_style_sheet_is_served_without_what_it_says_to_engineers(intake: System, name: str):
    sheet = intake.http("GET", f"/assets/{name}").text

    assert "/*" not in sheet
    assert "*/" not in sheet
    assert sheet.count("{") == sheet.count("}") > 100


@pytest.mark.parametrize("name", ["nichts.css", "base.css", "..%2Fsite.css", "..%2F..%2Fhttp.py", "pakn.py"])
def test_nothing_else_is_served_as_an_asset(intake, name):
    assert intake.http("GET", f"/assets/{name}").status == 404


@pytest.mark.parametrize("address", ["/ho-so-cua-toi", "/cau-tra-loi-moi"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_page_says_nothing_was_done_where_the_address_names_nothing_that_it_knows(intake, address, language):
    page = intake.http("GET", f"{address}?xong=gi-do&lang={language}")

    assert page.status == 200
    assert 'role="status"' not in page.text
    assert "Project-Id-Version" not in page.text
