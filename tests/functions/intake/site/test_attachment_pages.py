"""A petitioner's files on pages, as a browser without JavaScript sends and gets them."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib.intake import composition
from infra.local.emulation.functions import HttpResponse
from tests.functions.intake.site.test_receipt import BROWSER
from tests.support import files
from tests.support.system import System

JPEG = files.picture()
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


def begin(intake: System, receipt: dict[str, Any], **form: str) -> HttpResponse:
    fields = {"ma": receipt["reference"], "pin": receipt["pin"], "key": "page-1", "filename": "Biên nhận"}
    return intake.http("POST", "/tra-cuu/tep", form={**fields, **form})


def upload(intake: System, page: HttpResponse, content: bytes = JPEG) -> str:
    """Send the form of a page to the bucket and return where it leads."""
    fields = {name: html.unescape(value) for name, value in _HIDDEN.findall(_upload_form(page))}
    answer = intake.upload({"fields": fields}, content)
    assert answer.status == 303, answer.text
    return_path = urlsplit(answer.header("Location"))
    assert answer.header("Location").startswith(composition.parts().settings.public_url)
    return f"{return_path.path}?{return_path.query}"


def _upload_form(page: HttpResponse) -> str:
    form = re.search(r'(?s)enctype="multipart/form-data".*?</form>', page.text)
    assert form
    return form[0]


def check(intake: System) -> None:
    pump = next(pump for pump in intake.local.pumps.queues if pump.queue.endswith("uploads"))
    while pump.step():
        pass


def test_the_forms_of_the_page_where_a_file_is_chosen_may_lead_to_the_bucket_and_nowhere_else(intake, sent):
    page = begin(intake, sent)

    action = re.search(r'<form method="post" action="([^"]+)" enctype="multipart/form-data"', page.text)
    policy = page.header("Content-Security-Policy")
    assert action is not None
    assert f"form-action 'self' {action[1].rstrip('/')};" in policy
    assert "s3.ap-southeast-1.amazonaws.com" in action[1]
    assert "form-action 'self';" in intake.http("GET", "/tra-cuu").header("Content-Security-Policy")


def test_browser_is_led_to_an_address_where_the_file_is_chosen_without_a_pin(intake, sent):
    led = intake.http(
        "POST",
        "/tra-cuu/tep",
        form={"ma": sent["reference"], "pin": sent["pin"], "key": "page-1", "filename": "Biên nhận"},
        headers=BROWSER,
    )
    address = led.header("Location")
    page = intake.http("GET", address)

    assert (led.status, sent["pin"] in address) == (303, False)
    assert intake.http("GET", address).status == page.status == 200
    assert f'href="{html.escape(address)}&amp;lang=en"' in page.text
    return_path = upload(intake, page)
    check(intake)
    assert "Biên nhận.jpg" in intake.http("GET", return_path).text
    assert 'enctype="multipart/form-data"' not in intake.http("GET", address).text


def test_address_of_a_file_that_is_none_shows_the_files(intake, sent):
    petition = composition.parts().petitions.get(sent["reference"])
    assert petition is not None
    query = {"p": composition.parts().files.issue_pass(petition), "tep": "0" * 32}

    page = intake.http("GET", "/tra-cuu/tep", query=query)

    assert (page.status, 'enctype="multipart/form-data"' in page.text) == (200, False)


def test_the_bucket_leads_back_to_the_files_without_a_pin(intake, sent):
    return_path = upload(intake, begin(intake, sent))

    waiting = intake.http("GET", return_path)
    check(intake)
    done = intake.http("GET", return_path)

    assert sent["pin"] not in return_path
    assert "Đang chờ hoặc đang kiểm tra" in waiting.text
    assert "Biên nhận.jpg" in done.text
    assert "Đã gửi tệp và kiểm tra xong." in done.text
    for page in (waiting, done):
        assert sent["pin"] not in page.text
        assert "Phòng Nội vụ trả lời" not in page.text


def test_from_there_the_next_file_is_sent(intake, sent):
    return_path = upload(intake, begin(intake, sent))
    check(intake)
    file_pass = parse_qs(urlsplit(return_path).query)["p"][0]

    page = intake.http("POST", "/tra-cuu/tep", form={"p": file_pass, "key": "page-2", "filename": "Hai"})
    upload(intake, page)
    check(intake)

    shown = intake.http("GET", return_path).text
    assert "Biên nhận.jpg" in shown
    assert "Hai.jpg" in shown


@pytest.mark.parametrize(
    "forge",
    [
        pytest.param(lambda p: p[:0], id="none"),
        pytest.param(lambda p: p[:-1] + ("0" if p[-1] != "0" else "1"), id="another signature"),
        pytest.param(lambda p: p.replace(p.split(".")[1], "9999999999"), id="a later end"),
        pytest.param(lambda p: "26483190275." + p.partition(".")[2], id="another petition"),
        pytest.param(lambda p: p.partition(".")[0], id="only the reference"),
        pytest.param(lambda p: p + "\u00e9", id="other letters"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_forged_pass_opens_nothing(intake, sent, forge, method):
    petition = composition.parts().petitions.get(sent["reference"])
    assert petition is not None
    forged = forge(composition.parts().files.issue_pass(petition))
    arguments = {"query": {"p": forged}} if method == "GET" else {"form": {"p": forged, "key": "page-3"}}

    answer = intake.http(method, "/tra-cuu/tep", **arguments)

    assert answer.status == 404
    assert "Tệp đính kèm" not in answer.text


def test_a_pass_ends_after_an_hour_and_the_page_says_where_to_look(intake, sent):
    return_path = upload(intake, begin(intake, sent))
    intake.clock.hold_at(intake.clock.now() + timedelta(hours=1))

    answer = intake.http("GET", return_path)

    assert answer.status == 404
    assert "Tra cứu" in answer.text


def test_with_a_wrong_pin_nothing_is_declared(intake, sent):
    answer = begin(intake, sent, pin="00000000")

    stored = composition.parts().petitions.get(sent["reference"])
    assert answer.status == 404
    assert stored is not None
    assert stored.attachments == ()


def test_enough_files_are_said_at_the_field(intake, sent):
    for number in range(5):
        begin(intake, sent, key=f"page-{number}")

    answer = begin(intake, sent, key="page-9")

    assert answer.status == 422
    assert 'href="#filename"' in answer.text
    assert "Đã đủ số tệp" in answer.text


def test_the_receipt_offers_to_attach_and_works_at_once(intake):
    form = {"content": "Có ảnh.", "name": "An", "address": "Huế", "phone": "0912 345 678", "key": "page-7"}

    page = intake.http("POST", "/gui", form=form)

    fields = dict(_HIDDEN.findall(page.text))
    assert intake.http("POST", "/tra-cuu/tep", form=fields).status == 200


def test_in_english_the_way_back_is_english(intake, sent):
    form = {"ma": sent["reference"], "pin": sent["pin"], "key": "page-1"}
    page = intake.http("POST", "/tra-cuu/tep?lang=en", form=form)

    shown = intake.http("GET", upload(intake, page))

    assert "The file was sent." in shown.text
