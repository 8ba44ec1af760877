"""Administrators change the texts of notices: checked and previewed first, in force from a date, every version kept."""

from __future__ import annotations

import re

import pytest

from chalicelib.casework.site.directory.text_labels import VARIABLES
from shared.wording import samples
from shared.wording.rendering import rendered
from shared.wording.sources import names, packaged
from tests.support.administration import confirm_page
from tests.support.desk_pages import Browser
from tests.support.people import Citizen
from tests.support.system import System

DIGEST = "/desk/texts/officer.DIGEST.EMAIL.vi"
SMS, MAIL = "/desk/texts/petitioner.RECEIPT.SMS.vi", "/desk/texts/petitioner.RECEIPT.EMAIL.vi"


@pytest.fixture
def administrator(system: System) -> Browser:
    """An administrator who has signed in."""
    return Browser(system, "quantri")


def test_every_text_is_listed_with_what_will_change(system: System, administrator: Browser):
    saved = administrator.fill(administrator.get(SMS), SMS, text="Ma {{ digits }} da nhan.", step="save")
    confirm_page(system, saved)

    page = administrator.get("/desk/texts").text

    assert page.count("/desk/texts/petitioner.") > 60
    assert "/desk/texts/visitor.CODE.EMAIL.vi" in page
    assert "(sắp đổi)" in page


def test_every_variable_of_every_text_is_explained_and_every_text_can_be_previewed():
    variables = {variable for name in names() for variable in samples.known_variables(name)}

    assert variables - VARIABLES.keys() == set()
    assert all(rendered(name, packaged(name), samples.ordinary(name)).text for name in names())


def test_text_of_the_digest_opens_and_is_shown_as_a_mail(administrator: Browser):
    page = administrator.get(DIGEST)
    mail = administrator.fill(page, DIGEST, step="mail")

    assert (page.status, mail.status) == (200, 200)
    assert "Quá hạn trả lời" in mail.text


def test_text_with_a_misspelt_variable_is_refused_with_its_name(administrator: Browser):
    answer = administrator.fill(administrator.get(SMS), SMS, text="Ma {{ digitz }}", step="save")

    assert answer.status == 422
    assert "(digitz)" in answer.text
    assert 'href="#text"' in answer.text
    assert "Ma {{ digitz }}</textarea>" in answer.text


def test_text_is_checked_and_previewed_without_being_written(administrator: Browser):
    answer = administrator.fill(administrator.get(SMS), SMS, text="Mã {{ digits }} đã nhận.", step="check")

    assert answer.status == 200
    assert "Ma 26483190275 da nhan." in answer.text
    assert "Dài nhất có thể: 23 ký tự, 1 tin." in answer.text
    assert "Chưa ai sửa" in administrator.get(SMS).text


@pytest.mark.parametrize(
    ("name", "numbers"),
    [
        pytest.param(
            "petitioner.ANSWERED.EMAIL.vi", {"Vụ Công chức - Viên chức": 2}, id="what is answered later"
        ),
        pytest.param("petitioner.REMINDER_TO_COMPLETE.EMAIL.vi", {}, id="what waits for the petitioner"),
        pytest.param("petitioner.RECEIPT.EMAIL.vi", None, id="new petitions alone"),
    ],
)
def test_preview_counts_the_open_petitions_of_each_unit_that_a_text_may_still_be_sent_about(
    system: System, administrator: Browser, name: str, numbers: dict[str, int] | None
):
    Citizen(system).send()
    Citizen(system).send()
    page = administrator.get(f"/desk/texts/{name}")

    preview = administrator.fill(page, f"/desk/texts/{name}", step="check")

    shown = dict(re.findall(r'<tr><td>([^<]+)</td><td class="number">(\d+)</td></tr>', preview.text))
    assert "by-unit" not in page.text
    assert {unit: int(number) for unit, number in shown.items()} == (numbers or {})
    assert ("no-petitions" in preview.text) == (numbers == {})


def test_mail_is_seen_as_its_reader_does_and_runs_nothing(administrator: Browser):
    answer = administrator.fill(administrator.get(MAIL), MAIL, step="mail")

    assert "<h1" in answer.text
    assert "26 4831 9027 5" in answer.text
    assert answer.header("Content-Security-Policy").startswith("sandbox;")


def test_new_version_is_sent_from_its_day_on_and_the_old_one_is_kept(system: System, administrator: Browser):
    form = administrator.get(MAIL)
    text = "Đã ghi nhận phản ánh mã {{ reference }}."

    saved = confirm_page(
        system, administrator.fill(form, MAIL, text=text, valid_from="2026-11-05", step="save")
    )
    before, after = Citizen(system), Citizen(system)
    before.send()
    system.travel(to="2026-11-05T02:00:00+00:00")
    after.send()

    assert saved.status == 303
    assert "Đã ghi nhận" not in system.outbox(before.reference)[0].text
    assert "Đã ghi nhận" in system.outbox(after.reference)[0].text
    page = administrator.get(MAIL).text
    assert "đang dùng" in page
    assert "Tạ Văn Hậu (xác nhận: Đinh Thị Thu Hiền)" in page


@pytest.mark.parametrize("day", ["2026-11-01", "", "hôm nay"])
def test_text_cannot_begin_in_the_past_or_at_no_day(administrator: Browser, day: str):
    answer = administrator.fill(administrator.get(SMS), SMS, valid_from=day, step="save")

    assert answer.status == 422
    assert 'href="#valid_from"' in answer.text


def test_version_in_which_notices_were_sent_is_not_changed(system: System, administrator: Browser):
    form = administrator.get(SMS)
    changed = "Ma {{ digits }} da nhan."
    proposed = administrator.fill(form, SMS, text=changed, valid_from="2026-11-03", step="save")
    first = confirm_page(system, proposed)
    second = administrator.fill(form, SMS, text="Khac {{ digits }}", valid_from="2026-11-03", step="save")

    assert (first.status, second.status) == (303, 422)


@pytest.mark.parametrize("username", ["minh.ccvc", "binh.vanphong"])
def test_only_administrators_change_texts(system: System, username: str):
    browser = Browser(system, username)

    assert browser.get("/desk/texts").status == browser.get(SMS).status == 403
    assert (
        browser.post(SMS, {"text": "x {{ digits }}", "valid_from": "2027-01-01", "step": "save"}).status
        == 403
    )


def test_unknown_text_is_an_error_not_a_crash(administrator: Browser):
    assert administrator.get("/desk/texts/petitioner.NOTHING.SMS.vi").status == 422
