"""A petition's page: its own address under a pass, what stands first in every state, its forms that lead back to it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from chalicelib.intake import composition
from chalicelib.intake.petitions.addresses import page_address
from chalicelib.intake.petitions.passes import Purpose
from infra.local.emulation.functions import HttpResponse
from shared.domain.identity.reference import link_token_of, short_link_code
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.platform.secrets import keyring
from tests.functions.intake.site.test_pages import answering, outline_of
from tests.functions.intake.site.test_receipt import BROWSER, receipt_of, shown
from tests.support.builders import a_petition
from tests.support.system import System


@pytest.fixture
def proof(intake: System) -> dict[str, str]:
    """Reference and PIN of a petition that a browser sent."""
    address = receipt_of(intake, may_publish="1")
    pin = shown(intake.http("GET", address).text, "pin").replace(" ", "")
    return {"ma": address.partition("p=")[2].partition(".")[0], "pin": pin}


def post(intake: System, path: str, form: dict[str, str]) -> HttpResponse:
    """Send a form as a browser does."""
    answer: HttpResponse = intake.http("POST", path, form=form, headers=BROWSER)
    return answer


def address_in(answer: HttpResponse) -> str:
    assert answer.status == 303
    location: str = answer.header("Location")
    assert location.startswith("/tra-cuu/ho-so?p=")
    return location


# --- its own address ------------------------------------------------------------------------------------


def test_right_pin_leads_to_the_pages_own_address(intake, proof):
    address = address_in(post(intake, "/tra-cuu", proof))

    page = intake.http("GET", address)
    assert page.status == 200
    assert proof["pin"] not in address
    assert proof["pin"] not in page.text
    assert intake.http("GET", address).status == 200


@pytest.mark.parametrize(
    ("path", "form", "words"),
    [
        pytest.param(
            "/tra-cuu/bo-sung", {"content": "Nộp ngày 3/3."}, "Đã nhận nội dung bổ sung.", id="more"
        ),
        pytest.param("/tra-cuu/lien-he", {"email": "moi@thu.example"}, "Đã thêm liên hệ.", id="contact"),
        pytest.param("/tra-cuu/rut", {"confirm": "1"}, "Đã rút phản ánh, kiến nghị.", id="withdrawal"),
    ],
)
def test_after_a_change_reload_and_language_keep_the_page(intake, proof, path, form, words):
    address = address_in(post(intake, path, {**proof, "key": "page-9", **form}))

    page = intake.http("GET", address)
    link = re.search(r'<a class="lang" href="([^"]+)"', page.text)
    assert link
    english = intake.http("GET", f"/tra-cuu/ho-so{unescape(link[1])}")

    assert words in page.text
    assert words in intake.http("GET", address).text
    assert english.status == 200
    assert '<html lang="en">' in english.text
    assert 'id="state"' in english.text


def test_new_pin_is_shown_once_and_never_stands_in_an_address(intake, proof):
    address = address_in(post(intake, "/tra-cuu/doi-ma", {**proof, "key": "page-9"}))

    page = intake.http("GET", address).text
    pin = re.search(r"Mã PIN mới: (\d{4} \d{4})", page)
    assert pin
    assert pin[1].replace(" ", "") not in address
    intake.clock.hold_at(intake.clock.now() + timedelta(minutes=10))
    assert intake.http("GET", address).status == 404


def test_notice_of_a_new_pin_cannot_be_had_by_changing_the_address(intake, proof):
    address = address_in(post(intake, "/tra-cuu", proof))

    assert "Mã PIN mới" not in intake.http("GET", f"{address}&xong=doi-ma").text
    assert intake.http("GET", f"{address}&xong=gi-do").status == 200


def test_page_closes_after_two_hours_and_says_how_to_open_it(intake, proof):
    address = address_in(post(intake, "/tra-cuu", proof))
    intake.clock.hold_at(intake.clock.now() + timedelta(hours=2))

    closed = intake.http("GET", address)

    assert closed.status == 404
    assert "/tra-cuu" in closed.text


def test_pass_of_a_receipt_or_of_files_opens_no_petition(intake, proof):
    parts = composition.parts()
    petition = parts.petitions.get(proof["ma"])
    assert petition is not None

    for purpose in (Purpose.RECEIPT, Purpose.FILES):
        issued = parts.passes.issue(purpose, petition, intake.clock.now() + timedelta(hours=1))
        assert intake.http("GET", "/tra-cuu/ho-so", query={"p": issued}).status == 404


def test_seen_with_the_pin_counts_as_seen_and_by_a_link_does_not(intake, proof):
    parts = composition.parts()
    petition = parts.petitions.get(proof["ma"])
    assert petition is not None
    intake.http("GET", page_address(parts.passes, petition, "vi"))
    by_link = parts.deliveries.with_views(proof["ma"])[1]

    intake.http("GET", address_in(post(intake, "/tra-cuu", proof)))

    assert by_link == ()
    assert [version for version, _at in parts.deliveries.with_views(proof["ma"])[1]] == [1]


# --- from the SMS to the answer -------------------------------------------------------------------------


def test_short_link_of_an_sms_opens_the_petition(intake, proof):
    code = short_link_code(proof["ma"], link_token_of(key_of_identifiers(), proof["ma"]))

    page = intake.http("GET", f"/h/{code}")
    english = intake.http("GET", f"/h/{code}", query={"lang": "en"})

    assert (page.status, english.status) == (200, 200)
    assert 'id="state"' in page.text
    assert '<html lang="en">' in english.text
    assert '<a href="/ho-so-cua-toi" aria-current="true">' in page.text


def test_letters_link_opens_the_petition_in_its_language(intake):
    reference = receipt_of(intake, lang="en").partition("p=")[2].partition(".")[0]
    query = {"ma": reference, "t": link_token_of(key_of_identifiers(), reference)}

    led = intake.http("GET", "/tra-cuu", query=query)
    english = intake.http("GET", led.header("Location"))
    vietnamese = intake.http("GET", "/tra-cuu", query={**query, "lang": "vi"})

    assert (led.status, english.status, vietnamese.status) == (303, 200, 200)
    assert '<html lang="en">' in english.text
    assert '<html lang="vi">' in vietnamese.text


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("x", id="too short"),
        pytest.param(f"26483190275{'A' * 22}", id="unknown"),
        pytest.param(f"26483190275{'A' * 21}%", id="other letters"),
        pytest.param(f"26483190275{'A' * 23}", id="too long"),
    ],
)
def test_short_link_that_is_none_opens_nothing(intake, code):
    answer = intake.http("GET", f"/h/{code}")

    assert answer.status == 404
    assert "/tra-cuu" in answer.text


def key_of_identifiers() -> bytes:
    return keyring(composition.parts().settings.identifiers_secret).names()


# --- every state ----------------------------------------------------------------------------------------

ON_TOP = {
    State.AWAITING_INFORMATION: ('id="asked"', "Xin cho biết năm thi."),
    State.ANSWERED: ('id="answer"', "Trả lời."),
    State.PUBLISHED: ('id="answer"', "Trả lời."),
    State.CLOSED: ('id="answer"', "Trả lời."),
    State.REFUSED: ('id="destination"', "Lý do"),
    State.FORWARDED: ('id="destination"', "Lý do"),
    State.GUIDED: ('id="destination"', "Lý do"),
}
"""The part that stands before dates, actions and history, and what it says; elsewhere the sentence does."""


def page_of(intake: System, state: State, language: str = "vi") -> str:
    parts = composition.parts()
    petition: Petition = a_petition(state)
    parts.petitions.add(petition)
    intake.clock.hold_at(petition.received_at + timedelta(days=2))
    answer = intake.http("GET", page_address(parts.passes, petition, "en" if language == "en" else "vi"))
    assert answer.status == 200
    html: str = answer.text
    return html


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("state", State)
def test_every_state_has_a_page_with_its_matter_on_top(intake, state, language):
    html = page_of(intake, state, language)

    page = outline_of(html)
    assert page.tags.count("h1") == 1
    assert len(page.ids) == len(set(page.ids))
    assert {control["id"] for control in page.controls} <= page.labelled
    assert set(page.described) <= set(page.ids)
    part, words = ON_TOP.get(state, ('id="now"', ""))
    assert html.index(part) < html.index('id="dates"') < html.index('class="timeline"')
    assert words in html[html.index(part) : html.index('id="dates"')]


def test_history_has_the_newest_entry_first(intake, proof):
    for days, text in ((1, "Nộp ngày 3/3."), (2, "Nộp lại ngày 5/3.")):
        intake.clock.hold_at(intake.clock.now() + timedelta(days=days))
        post(intake, "/tra-cuu/bo-sung", {**proof, "content": text, "key": f"page-{days}"})

    html = intake.http("GET", address_in(post(intake, "/tra-cuu", proof))).text

    story = html[html.index('class="timeline"') :]
    times = re.findall(r'<time datetime="([^"]+)"', story[: story.index("</ol>")])
    assert len(times) == 3
    assert times == sorted(times, reverse=True)


# --- rating and second look -----------------------------------------------------------------------------


def answered(intake: System, officers_do: Any, proof: dict[str, str]) -> None:
    officers_do(proof["ma"], *answering(intake))


def test_poor_rating_asks_for_a_second_look_in_the_same_form(intake, officers_do, proof):
    answered(intake, officers_do, proof)
    form = {**proof, "key": "page-9", "score": "1", "comment": "Chưa đúng.", "reopen": "1"}

    page = intake.http("GET", address_in(post(intake, "/tra-cuu/danh-gia", form)))
    again = post(intake, "/tra-cuu/danh-gia", form)

    stored = composition.parts().petitions.get(proof["ma"])
    assert stored is not None
    assert stored.state is State.REOPENED
    assert stored.rating is not None
    assert stored.rating.score == 1
    assert "Cấp cao hơn sẽ xem xét lại" in page.text
    assert again.status == 303
    assert sum(entry.action == "reopen" for entry in stored.history) == 1


def test_second_look_needs_a_reason_and_nothing_is_stored_without_it(intake, officers_do, proof):
    answered(intake, officers_do, proof)

    answer = post(
        intake, "/tra-cuu/danh-gia", {**proof, "key": "page-9", "score": "2", "comment": " ", "reopen": "1"}
    )

    stored = composition.parts().petitions.get(proof["ma"])
    assert answer.status == 422
    assert '<a href="#comment">' in answer.text
    assert 'value="2" checked' in answer.text
    assert stored is not None
    assert stored.rating is None


def test_good_rating_with_the_box_ticked_is_only_a_rating(intake, officers_do, proof):
    answered(intake, officers_do, proof)

    post(intake, "/tra-cuu/danh-gia", {**proof, "key": "page-9", "score": "5", "reopen": "1"})

    stored = composition.parts().petitions.get(proof["ma"])
    assert stored is not None
    assert stored.state is State.ANSWERED
