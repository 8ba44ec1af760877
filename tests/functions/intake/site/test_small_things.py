"""Small things of the site that were once wrong, one test each: errors, optional fields, titles, publication."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from html import unescape
from http import HTTPStatus

import pytest

from chalicelib.intake import composition
from chalicelib.intake.petitions.addresses import page_address
from chalicelib.intake.published.answers import LONGEST_SEARCH
from shared.domain.calendar.working_calendar import at_local
from shared.domain.petition.lifecycle import State
from shared.web.rendering import NO_BREAK
from tests.functions.intake.site.test_home import words_of
from tests.functions.intake.site.test_pages import FORM, PAGES
from tests.functions.intake.site.test_petition_page import page_of
from tests.functions.intake.site.test_steps import MATTER, SENDER, Visitor
from tests.support.builders import a_petition
from tests.support.system import System

UNIT = "Vụ Công chức - Viên chức"
"""The unit of the petitions here."""


def footer_of(html: str) -> str:
    return html[html.index("<footer") :]


# --- forms ----------------------------------------------------------------------------------------------


def test_field_with_an_error_is_marked_and_no_other(intake: System):
    visitor = Visitor(intake)
    steps = visitor.fill(
        visitor.fill(visitor.get("/gui"), **MATTER), **SENDER | {"phone": "12", "name": ""}
    ).text
    whole = intake.http("POST", "/gui", form=FORM | {"phone": "12", "name": ""}).text

    for html in (steps, whole):
        wrong = re.findall(r'<div class="field wrong">\s*<label for="([a-z]+)"', html)
        assert wrong == ["name", "phone"]
        assert re.findall(r'id="([a-z]+)"[^>]*aria-invalid="true"', html) == wrong


def test_name_of_a_business_is_not_called_optional(intake: System):
    visitor = Visitor(intake)
    steps = visitor.fill(visitor.get("/gui"), **MATTER).text
    whole = intake.http("POST", "/gui", form=FORM | {"step": "edit"}).text

    for html in (steps, whole):
        label = html[html.index('<label for="organisation">') :].partition("</label>")[0]
        assert words_of(label).strip() == "Tên doanh nghiệp hoặc tổ chức"


def test_business_without_a_name_reads_what_to_write(intake: System):
    visitor = Visitor(intake)
    asks_who = visitor.fill(visitor.get("/gui"), **MATTER)

    shown = visitor.fill(asks_who, **SENDER | {"type": "BUSINESS"}).text

    assert "Ghi tên doanh nghiệp hoặc tổ chức mà bạn đại diện" in shown


# --- pages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_title_names_the_ministry_once(intake: System, path: str, language: str):
    html = intake.http("GET", path, query={"lang": language}).text

    title = unescape(re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1])  # type: ignore[index]
    ministry = "Ministry of Home Affairs" if language == "en" else "Bộ Nội vụ"
    assert title.count(ministry) == 1
    parts = title.split(" – ")
    assert len(parts) == len(set(parts)) > 1


def test_footer_repeats_the_other_ways_to_send_only_where_the_page_has_none(intake: System):
    assert "sms:8088" not in footer_of(intake.http("GET", "/").text)
    assert "sms:8088" not in footer_of(intake.http("GET", "/gui/ngoai-tuyen").text)
    assert "sms:8088" in footer_of(intake.http("GET", "/huong-dan").text)


def test_wrong_address_offers_the_search_that_the_list_of_answers_has(intake: System):
    boxes = [
        re.search(r'<input[^>]*name="q"[^>]*maxlength="(\d+)"', intake.http("GET", path).text)
        for path in ("/cong-khai", "/khong-co", "/")
    ]

    assert {box[1] for box in boxes if box} == {str(LONGEST_SEARCH)}
    assert all(boxes)


def test_codes_that_do_not_go_together_lead_to_the_form_below(intake: System):
    refused = intake.http("POST", "/tra-cuu", form={"ma": "26 4831 9027 5", "pin": "1234 5678"})

    assert refused.status == HTTPStatus.NOT_FOUND
    assert "Mất mã PIN thì xin gửi lại, ở cuối trang này" in refused.text
    assert "trang Tra cứu" not in refused.text.partition("</main>")[0]


@pytest.mark.parametrize(
    ("state", "is_shown"),
    [
        (State.ANSWERED, True),
        (State.PUBLISHED, True),
        (State.CLOSED, True),
        (State.REOPENED, False),
        (State.IN_PROGRESS, False),
    ],
)
def test_publication_is_spoken_of_only_where_the_answer_stands(
    intake: System, state: State, *, is_shown: bool
):
    assert ('id="publication"' in page_of(intake, state)) is is_shown


def test_answer_is_headed_by_whose_it_is_in_both_languages(intake: System):
    english = page_of(intake, State.ANSWERED, "en")

    assert "The Ministry's answer" in unescape(english.partition('<h2 id="answer"')[2].partition("</h2>")[0])


@pytest.mark.parametrize(("state", "is_named"), [(State.ANSWERED, True), (State.REOPENED, False)])
def test_answer_that_is_looked_at_again_is_not_said_to_be_of_the_unit_that_does_so(
    intake: System, state: State, *, is_named: bool
):
    answer = words_of(page_of(intake, state).partition("<article")[2].partition("</article>")[0])

    assert "Trả lời." in answer
    assert (UNIT in answer) == is_named


@pytest.mark.parametrize(
    ("language", "reason"), [("vi", "Ngày Văn hóa Việt Nam"), ("en", "Vietnam Culture Day")]
)
def test_day_off_that_moved_the_last_day_has_its_name_in_the_readers_language(
    intake: System, language: str, reason: str
):
    intake.clock.hold_at(at_local(date(2026, 11, 4), time(9)))
    sent = intake.http("POST", f"/gui?lang={language}", form=FORM, headers={"Accept": "text/html"})
    receipt = intake.http("GET", sent.header("Location")).text
    parts = composition.parts()
    petition = parts.petitions.get(sent.header("Location").partition("p=")[2].partition(".")[0])
    assert petition is not None

    own = intake.http("GET", page_address(parts.passes, petition, "en" if language == "en" else "vi")).text
    json = intake.http(
        "GET",
        f"/v1/petitions/{petition.reference}",
        headers={"X-Petition-Pin": parts.finder.pin_of(petition), "Accept-Language": language},
    ).json()

    assert f"({reason})" in receipt
    day = {"vi": "24/11/2026", "en": "24 Nov 2026"}[language].replace(" ", NO_BREAK)
    assert f"{day}: {reason}" in own
    assert json["derivation"]["skipped"] == [["2026-11-24", reason]]


# --- figures --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "words"),
    [
        pytest.param("vi", "3 tỉnh, thành phố khác, dưới 3 mỗi nơi 4", id="vi"),
        pytest.param("en", "3 other provinces and cities, fewer than 3 each 4", id="en"),
    ],
)
def test_provinces_with_few_petitions_are_one_row(intake: System, language: str, words: str):
    counts = {"01": 4, "38": 2, "46": 1, "48": 1}
    codes = [code for code, number in counts.items() for _ in range(number)]
    for number, code in enumerate(codes):
        petition = a_petition(received_at=at_local(date(2026, 10, 5), time(9)), reference=f"2610{number:07}")
        composition.parts().petitions.add(petition.model_copy(update={"province": code}))
    intake.clock.hold_at(intake.clock.now() + timedelta(days=20))

    html = intake.http("GET", "/thong-ke", query={"month": "2026-10", "lang": language}).text

    assert words in words_of(html)
    assert words_of(html).count("dưới 3" if language == "vi" else "fewer than 3") == 1
