"""Drafts are kept on the server for each officer, petition and form, and no way of leaving a page costs a word."""

from __future__ import annotations

import pytest

from tests.support.desk_pages import Browser, form_to
from tests.support.people import Citizen, Officer, answer_petition
from tests.support.system import System

WORDS = "Thời hạn tuyển dụng là 30 ngày kể từ ngày thông báo."


@pytest.fixture
def reference(system: System) -> str:
    """A petition that minh.ccvc works on."""
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    return citizen.reference


def page_of(reference: str) -> str:
    """Return the address of a petition's page."""
    return f"/desk/petitions/{reference}"


def draft_form(browser: Browser, reference: str) -> dict[str, str]:
    """Return the fields that the form of the answer holds on a page that is opened now."""
    page = browser.get(page_of(reference))
    return dict(form_to(page.text, f"{page_of(reference)}/draft-answer").fields)


def keep(browser: Browser, reference: str, **typed: str) -> int:
    """Press the button that keeps the draft; return the status."""
    fields = {**draft_form(browser, reference), **typed}
    return browser.post(f"{page_of(reference)}/drafts/draft-answer", fields).status


def test_button_keeps_the_draft_and_the_next_page_has_it(system: System, reference: str):
    browser = Browser(system, "minh.ccvc")

    status = keep(browser, reference, text=WORDS)

    assert status == 303
    assert draft_form(browser, reference)["text"] == WORDS
    assert draft_form(Browser(system, "huong.ccvc"), reference).get("text", "") == ""


def test_template_is_added_behind_what_is_written(system: System, reference: str):
    browser = Browser(system, "minh.ccvc")

    keep(browser, reference, text=WORDS, then="template", template="ccvc-tuyen-dung")

    text = draft_form(browser, reference)["text"]
    assert text.startswith(WORDS)
    assert len(text) > len(WORDS) + 20


def test_head_and_approver_read_a_draft_only_when_it_is_shared(system: System, reference: str):
    readers = [Browser(system, name) for name in ("huong.ccvc", "binh.vanphong")]
    others = [Browser(system, name) for name in ("lan.tiepnhan", "khanh.tocongtac")]
    writer = Browser(system, "minh.ccvc")

    keep(writer, reference, text=WORDS)
    before = [WORDS in browser.get(page_of(reference)).text for browser in readers]
    keep(writer, reference, text=WORDS, draft_shared="true")
    after = [WORDS in browser.get(page_of(reference)).text for browser in readers]

    assert (before, after) == ([False, False], [True, True])
    assert not any(WORDS in browser.get(page_of(reference)).text for browser in others)


def test_draft_ends_with_its_action_and_a_late_save_does_not_bring_it_back(system: System, reference: str):
    browser = Browser(system, "minh.ccvc")
    keep(browser, reference, text=WORDS)
    fields = draft_form(browser, reference)

    sent = browser.post(f"{page_of(reference)}/draft-answer", fields)
    late = browser.post(
        f"{page_of(reference)}/drafts/draft-answer",
        {**fields, "text": "Muộn."},
        {"Accept": "application/json"},
    )

    assert (sent.status, late.status) == (303, 412)
    assert Officer(system, "minh.ccvc").get(f"/v1/petitions/{reference}/drafts/draft-answer").status == 404


def test_other_window_shows_the_newer_draft_and_overwrites_nothing(system: System, reference: str):
    browser = Browser(system, "minh.ccvc")
    first = draft_form(browser, reference)
    keep(browser, reference, text=WORDS)

    late = browser.post(f"{page_of(reference)}/drafts/draft-answer", {**first, "text": "Cửa sổ khác."})

    assert late.status == 412
    assert "Cửa sổ khác." in late.text
    assert WORDS in late.text
    assert draft_form(browser, reference)["text"] == WORDS


def test_form_that_is_refused_or_asked_about_first_is_kept(system: System, reference: str):
    browser = Browser(system, "huong.ccvc")
    page = browser.get(page_of(reference))

    refused = browser.fill(page, f"{page_of(reference)}/request-information", question="Gửi […] giúp.")

    assert refused.status == 422
    again = form_to(browser.get(page_of(reference)).text, f"{page_of(reference)}/request-information")
    assert dict(again.fields)["question"] == "Gửi […] giúp."


def test_petition_that_moved_away_gives_the_words_back(system: System, reference: str):
    browser = Browser(system, "minh.ccvc")
    fields = {**draft_form(browser, reference), "text": WORDS}
    Officer(system, "lan.tiepnhan").do("assign", reference, unit="CTLBHXH", field="TL")

    refused = browser.post(f"{page_of(reference)}/draft-answer", fields)
    draft = browser.get(f"{page_of(reference)}/drafts/draft-answer")

    assert refused.status == 403
    assert "đã chuyển sang đơn vị khác" in refused.text
    assert WORDS in refused.text
    assert (draft.status, WORDS in draft.text) == (200, True)


def test_what_was_typed_when_the_session_was_over_is_a_draft_after_signing_in_again(
    system: System, reference: str
):
    browser = Browser(system, "minh.ccvc")
    fields = {**draft_form(browser, reference), "text": WORDS}
    browser.cookies.clear()

    sign_in = browser.post(f"{page_of(reference)}/draft-answer", fields)
    again = browser.fill(sign_in, "/desk/sign-in", username="minh.ccvc", password="Local-minh.ccvc-2026")

    assert (sign_in.status, again.status) == (401, 303)
    assert again.header("Location").startswith(f"{page_of(reference)}?draft=draft-answer")
    assert draft_form(browser, reference)["text"] == WORDS


def test_module_signs_in_in_place_where_the_session_is_over(system: System, reference: str):
    browser = Browser(system, "minh.ccvc")
    fields = {**draft_form(browser, reference), "text": WORDS}
    browser.cookies.clear()
    json = {"Accept": "application/json"}
    credentials = {"username": "minh.ccvc", "password": "Local-minh.ccvc-2026"}

    over = browser.post(f"{page_of(reference)}/drafts/draft-answer", fields, json)
    wrong = browser.post("/desk/sign-in", {**credentials, "password": "sai"}, json)
    again = browser.post("/desk/sign-in", credentials, json)
    saved = browser.post(f"{page_of(reference)}/drafts/draft-answer", fields, json)

    assert [answer.status for answer in (over, wrong, again, saved)] == [401, 401, 200, 200]
    assert (saved.json()["version"], saved.json()["words"]) == (1, len(WORDS.split()))


def test_program_keeps_reads_and_discards_its_officers_draft(system: System, reference: str):
    minh = Officer(system, "minh.ccvc")
    path = f"/desk/v1/petitions/{reference}/drafts/draft-answer"

    def ask(method: str, seen: str = "", **body: object) -> tuple[int, str]:
        headers = {**minh._bearer, **({"If-Match": seen} if seen else {})}
        answer = system.http(method, path, json=body or None, headers=headers)
        return answer.status, answer.header("ETag") if answer.status == 200 else ""

    answers = [
        ask("GET"),
        ask("PUT", '"0"', fields={"text": WORDS}),
        ask("PUT", '"0"', fields={"text": WORDS}),
        ask("PUT", '"0"', fields={"text": "Khác."}),
        ask("PUT", '"1"', fields={"text": "Khác."}),
        ask("PUT", '"2"', fields={"nothing": "x"}),
        ask("GET"),
        ask("DELETE", '"1"'),
        ask("DELETE", '"2"'),
        ask("GET"),
    ]

    expected = [404, 200, 200, 412, 200, 422, 200, 412, 204, 404]
    assert [status for status, _etag in answers] == expected
    assert [etag for _status, etag in answers if etag] == ['"1"', '"1"', '"2"', '"2"']


def test_draft_ends_when_its_days_are_over(system: System, reference: str):
    minh = Officer(system, "minh.ccvc")
    keep(Browser(system, "minh.ccvc"), reference, text=WORDS)
    path = f"/v1/petitions/{reference}/drafts/draft-answer"
    before = minh.get(path)

    system.travel(to="2026-12-10T03:00:00+00:00")

    assert before.status == 200
    assert minh.get(path).status == 404


def test_colleague_who_got_the_petition_is_named_as_the_reason(system: System, reference: str):
    browser = Browser(system, "minh.ccvc")
    fields = {**draft_form(browser, reference), "text": WORDS}
    huong = Officer(system, "huong.ccvc")
    huong.do("return-to-intake", reference, reason="Giao lại.")
    Officer(system, "lan.tiepnhan").do("assign", reference, unit="VCCVC")
    huong.do("accept", reference)

    refused = browser.post(f"{page_of(reference)}/draft-answer", fields)

    assert refused.status == 403
    assert "đã giao cho người khác xử lý" in refused.text
    assert WORDS in refused.text


def test_remarks_being_typed_below_the_paragraphs_are_kept_too(system: System, reference: str):
    Officer(system, "minh.ccvc").do("draft-answer", reference, text=WORDS)
    approver, address = Browser(system, "binh.vanphong"), f"{page_of(reference)}/drafts/return-draft"
    typed = {
        "reason": "Sửa một chỗ.",
        "remark_1": "Dẫn đúng khoản.",
        "quote_1": "quy định",
        "draft_version": "0",
    }

    status = approver.post(address, typed).status
    page = approver.get(page_of(reference)).text
    unknown = Officer(system, "binh.vanphong")._driver.http(
        "PUT",
        f"/desk/v1/petitions/{reference}/drafts/return-draft",
        json={"fields": {"remark_one": "x"}},
        headers=Officer(system, "binh.vanphong")._bearer,
    )

    assert status == 303
    assert "Dẫn đúng khoản.</textarea>" in page
    assert 'name="quote_1" form="f-return-draft" maxlength="200" autocomplete="off" value="quy định"' in page
    assert unknown.status == 422


def test_published_answer_is_inserted_behind_what_is_written(system: System, reference: str):
    published = Citizen(system, may_publish=True)
    published.send()
    answer_petition(system, published.reference)
    public = {"subject": "Thi nâng ngạch", "content": "Hỏi ngày thi.", "answer": "Kết quả có sau 30 ngày."}
    Officer(system, "binh.vanphong").do("publish", published.reference, **public)
    name = next(i["published_at"]["S"] for i in system.items("petitions") if "published_at" in i)
    browser = Browser(system, "minh.ccvc")

    first = keep(browser, reference, text=WORDS, then=f"insert {name}")
    text = draft_form(browser, reference)["text"]
    keep(browser, reference, then=f"insert {name}")
    unknown = keep(browser, reference, then="insert nothing#1")

    assert (first, unknown) == (303, 303)
    assert text == f"{WORDS}\n\nKết quả có sau 30 ngày."
    assert draft_form(browser, reference)["text"] == text, "a second press adds nothing"
