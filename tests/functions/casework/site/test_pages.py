"""The desk's pages, as a browser without JavaScript uses them: real forms of real pages, sent through the doors."""

from __future__ import annotations

import re
from datetime import date

import pytest

from chalicelib.casework.access.sign_in_input import Tokens
from chalicelib.casework.site import gate
from shared.domain.calendar.working_calendar import local_date
from shared.tables.petition_items import petition_of
from tests.support.administration import confirm_page
from tests.support.builders import vietnam
from tests.support.desk_pages import Browser, form_to, forms_in
from tests.support.people import CITIZEN, CONTENT, Citizen, Officer, answer_petition
from tests.support.system import PUBLIC_URL, System


@pytest.fixture
def reference(system: System) -> str:
    """A petition that was routed to VCCVC."""
    citizen = Citizen(system, may_publish=True)
    citizen.send()
    return citizen.reference


def page_of(reference: str) -> str:
    """Return the address of a petition's page."""
    return f"/desk/petitions/{reference}"


# --- the gate ---------------------------------------------------------------------------------------


def test_cookie_is_out_of_reach_for_scripts_and_other_sites(system: System):
    answer = Browser(system).post(
        "/desk/sign-in", {"username": "minh.ccvc", "password": "Local-minh.ccvc-2026"}
    )

    cookie = answer.header("set-cookie")
    assert answer.status == 303
    assert {"HttpOnly", "SameSite=Strict", "Path=/desk"} <= set(cookie.split("; "))
    assert "Secure" not in cookie  # http://localhost: nowhere else


def test_wrong_password_shows_the_form_again_and_sets_no_cookie(system: System):
    answer = Browser(system).post("/desk/sign-in", {"username": "minh.ccvc", "password": "sai"})

    assert answer.status == 401
    assert not answer.cookies
    assert "minh.ccvc" in answer.text
    assert 'role="alert"' in answer.text


@pytest.mark.parametrize("username", ["minh.ccvc", "quantri", "yen.bcd", "kiemtoan", "tong.dai"])
@pytest.mark.parametrize("path", ["/desk/khong-co", "/desk/petitions/26483190282/a/b/c"])
def test_address_that_leads_nowhere_leads_home_under_the_name_that_the_menu_has(
    system: System, username: str, path: str
):
    page = Browser(system, username).get(path)

    menu = re.findall(r'<a href="([^"]+)"[^>]*>([^<]+)</a>', page.text)
    assert page.status == 404
    assert ("/desk/", "Về trang Hôm nay") in menu
    assert ("/desk/", "Hôm nay") in menu


def test_page_without_a_session_leads_to_the_sign_in_and_back(system: System, reference: str):
    browser = Browser(system)

    sent_away = browser.get(page_of(reference))
    form = browser.get(sent_away.header("location"))
    back = browser.fill(form, "/desk/sign-in", username="minh.ccvc", password="Local-minh.ccvc-2026")

    assert sent_away.status == 303
    assert (back.status, back.header("location")) == (303, page_of(reference))
    assert CONTENT[:30] in browser.get(page_of(reference)).text


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/desk/..//evil.example",
        "/gui",
        "/desk/\\evil",
        "javascript:1",
    ],
)
def test_sign_in_leads_nowhere_but_to_the_desk(system: System, elsewhere: str):
    answer = Browser(system).post(
        "/desk/sign-in",
        {"username": "minh.ccvc", "password": "Local-minh.ccvc-2026", "next": elsewhere},
    )

    assert answer.header("location") == "/desk/"


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(
            {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}, id="from-another-site"
        ),
        pytest.param({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, id="from-a-sandbox"),
        pytest.param({"Origin": "", "Sec-Fetch-Site": ""}, id="from-nowhere"),
        pytest.param({"Origin": f"{PUBLIC_URL}.evil.example", "Sec-Fetch-Site": ""}, id="from-a-like-name"),
        pytest.param({"Origin": "http://evil.example", "Host": "evil.example"}, id="from-the-host-it-names"),
        pytest.param({"Origin": "https://localhost:8088"}, id="from-another-scheme"),
        pytest.param({"Origin": "http://localhost:9999"}, id="from-another-port"),
    ],
)
def test_form_of_another_site_changes_nothing_though_the_cookie_came_along(
    system: System, reference: str, headers: dict[str, str]
):
    browser = Browser(system, "minh.ccvc")

    answer = browser.post(f"{page_of(reference)}/accept", {"version": "2"}, headers)

    assert answer.status == 403
    assert Officer(system, "minh.ccvc").petition(reference)["state"] == "ASSIGNED"


def test_cookie_opens_no_api_and_bearer_no_page(system: System, reference: str):
    browser = Browser(system, "minh.ccvc")
    bearer = {"Authorization": f"Bearer {system.access_token('minh.ccvc')}"}

    assert browser.get("/desk/v1/petitions").status == 401
    assert system.http("GET", page_of(reference), headers=bearer).status == 303


def test_sign_out_ends_the_session_on_this_device(system: System):
    browser = Browser(system, "minh.ccvc")

    browser.fill(browser.get("/desk/"), "/desk/sign-out")

    assert browser.cookies.keys() == {"pakn_device"}
    assert browser.get("/desk/").status == 303


@pytest.mark.parametrize("path", ["/desk/sign-in", "/desk/", "/desk/reports", "/desk/no-such-page"])
def test_page_carries_strict_headers(system: System, path: str):
    answer = Browser(system, "binh.vanphong").get(path)

    assert "script-src 'self'" in answer.header("content-security-policy")
    assert answer.header("x-frame-options") == "DENY"
    assert answer.header("cache-control") == "private, no-store"
    scripts = re.findall(r"<script.*?</script>", answer.text, re.DOTALL)
    assert all(
        re.fullmatch(r'<script type="module" src="/assets/[a-z_]+\.js\?v=\w+"></script>', s) for s in scripts
    )
    assert " style=" not in answer.text


# --- what units do not agree on ---------------------------------------------------------------------


def test_dispute_is_said_to_who_decides_it_and_its_decision_to_the_unit(system: System, reference: str):
    lan = Officer(system, "lan.tiepnhan")
    for username, unit in (("minh.ccvc", "CTLBHXH"), ("son.tienluong", "VCCHC")):
        Officer(system, username).do("return-to-intake", reference, reason="Không thuộc vụ.")
        assert 'id="dispute"' not in Browser(system, "lan.tiepnhan").get(page_of(reference)).text
        lan.do("assign", reference, unit=unit)
    Officer(system, "dung.cchc").do("return-to-intake", reference, reason="Không thuộc vụ.")

    disputed = Browser(system, "binh.vanphong").get(page_of(reference)).text
    Officer(system, "binh.vanphong").do("assign", reference, unit="VCCVC")
    decided = Browser(system, "minh.ccvc").get(page_of(reference)).text

    assert "các đơn vị đã trả lại 3 lần" in disputed
    assert "Văn phòng Bộ đã quyết định" in decided


# --- queue and petition -----------------------------------------------------------------------------


def test_queue_tells_how_many_days_are_left_and_leads_to_the_petition(system: System, reference: str):
    page = Browser(system, "minh.ccvc").get("/desk/queue").text

    assert f'href="{page_of(reference)}"' in page
    assert "<b>còn 14 ngày</b> <small>T2 23/11</small>" in page  # working days


def test_overdue_petition_is_called_overdue(system: System, reference: str):
    system.travel(to="2026-11-26T02:00:00+00:00")

    page = Browser(system, "minh.ccvc").get("/desk/queue?overdue=true").text

    assert f'href="{page_of(reference)}?from=overdue=true"' in page
    assert "<b>quá 2 ngày</b> <small>T2 23/11</small>" in page  # working days: the 24th is a holiday


def test_heading_of_a_queue_stands_once_though_a_restricted_petition_is_between_its_own(system: System):
    sent = [Citizen(system, petitioner={**CITIZEN, "email": f"nguoi.{n}@thu.example"}) for n in range(5)]
    for citizen in sent:
        citizen.send()
        system.travel(days=1)
    Officer(system, "lan.tiepnhan").do("restrict", sent[1].reference)
    system.travel(days=40)

    page = Browser(system, "khanh.tocongtac").get("/desk/queue?queue=all").text

    headings = re.findall(r'scope="rowgroup" role="rowheader">([^<]+?) ?<', page)
    assert headings == ["Quá hạn", "Theo quy trình riêng"]


def test_petition_page_offers_exactly_what_is_possible_and_permitted(system: System, reference: str):
    def offered(username: str) -> set[str]:
        page = Browser(system, username).get(page_of(reference)).text
        prefix = f"{page_of(reference)}/"
        return {form.action.removeprefix(prefix) for form in forms_in(page) if form.action.startswith(prefix)}

    assert offered("minh.ccvc") == {"accept", "note", "return-to-intake"}
    assert offered("huong.ccvc") == {"accept", "note", "return-to-intake", "request-information"}
    assert offered("kiemtoan") == set()
    assert offered("khanh.tocongtac") == {"note", "open-seal"}


def test_petition_page_says_why_it_came_here_and_how_its_date_came_about(system: System, reference: str):
    page = Browser(system, "minh.ccvc").get(page_of(reference)).text

    assert "Vì sao được phân công như vậy" in page
    assert "cộng 20 ngày là 23/11/2026" in page
    assert CITIZEN["name"] not in page


def test_petition_page_shows_the_deliveries_to_the_petitioner(system: System, reference: str):
    answer_petition(system, reference)

    page = Browser(system, "minh.ccvc").get(page_of(reference)).text

    deliveries = re.sub(r"<[^>]+>", " ", page[page.index('id="deliveries"') :])
    assert re.search(r"Tiếp nhận\s+Email\s+·\s+Đã (gửi|nhận)", deliveries)
    assert re.search(r"Phê duyệt trả lời\s+Email\s+·\s+Đã (gửi|nhận)", deliveries)
    assert "mua.tran" not in page


def test_petition_goes_from_hand_to_hand_by_forms_alone(system: System, reference: str):
    handler, approver = Browser(system, "minh.ccvc"), Browser(system, "binh.vanphong")
    page = page_of(reference)

    accepted = handler.fill(handler.get(page), f"{page}/accept")
    assert (accepted.status, accepted.header("location")) == (303, f"{page}?done=accept")
    handler.fill(handler.get(page), f"{page}/draft-answer", text="Trước ngày 30/11/2026.")
    assert "Trước ngày 30/11/2026." in approver.get(page).text
    approver.fill(approver.get(page), f"{page}/approve")

    assert Officer(system, "minh.ccvc").petition(reference)["state"] == "ANSWERED"


def test_form_sent_twice_acts_once(system: System, reference: str):
    handler = Browser(system, "minh.ccvc")
    page = handler.get(page_of(reference))

    answers = [handler.fill(page, f"{page_of(reference)}/note", note="Đã gọi.") for _ in range(2)]

    assert [answer.status for answer in answers] == [303, 303]
    notes = [e for e in Officer(system, "minh.ccvc").petition(reference)["history"] if e["action"] == "note"]
    assert len(notes) == 1


def test_conflict_shows_what_changed_and_keeps_what_was_written(system: System, reference: str):
    handler = Browser(system, "minh.ccvc")
    handler.fill(handler.get(page_of(reference)), f"{page_of(reference)}/accept")
    stale = handler.get(page_of(reference))
    Officer(system, "huong.ccvc").do("request-information", reference, question="Ông/Bà dự thi năm nào?")

    refused = handler.fill(stale, f"{page_of(reference)}/draft-answer", text="Câu trả lời viết dở…")

    assert refused.status == 409
    assert 'id="conflict"' in refused.text
    assert "Trần Thị Hương" in refused.text
    again = form_to(refused.text, f"{page_of(reference)}/draft-answer")
    assert dict(again.fields)["text"] == "Câu trả lời viết dở…"
    assert handler.fill(refused, f"{page_of(reference)}/draft-answer").status == 303


def test_words_are_not_lost_when_the_action_is_possible_no_more(system: System, reference: str):
    handler = Browser(system, "minh.ccvc")
    handler.fill(handler.get(page_of(reference)), f"{page_of(reference)}/accept")
    stale = handler.get(page_of(reference))
    Officer(system, "huong.ccvc").do("draft-answer", reference, text="Đã trả lời thay.")

    refused = handler.fill(stale, f"{page_of(reference)}/draft-answer", text="Câu trả lời viết dở…")

    assert refused.status == 409
    assert "Câu trả lời viết dở…" in refused.text


def test_wrong_field_is_named_and_the_rest_is_kept(system: System, reference: str):
    handler = Browser(system, "minh.ccvc")

    refused = handler.fill(
        handler.get(page_of(reference)),
        f"{page_of(reference)}/note",
        note="Đã gọi.",
        expected_on="2020-01-01",
    )

    assert refused.status == 422
    assert 'href="#note-expected_on"' in refused.text
    assert dict(form_to(refused.text, f"{page_of(reference)}/note").fields)["note"] == "Đã gọi."


def test_what_a_person_wrote_is_never_markup(system: System):
    citizen = Citizen(system, content=f"<script>alert(1)</script> {CONTENT}", subject="<b>đậm</b>")
    citizen.send()
    browser = Browser(system, "minh.ccvc")

    for path in ("/desk/", "/desk/queue", page_of(citizen.reference)):
        page = browser.get(path).text
        assert "<script>alert" not in page
        assert "<b>đậm" not in page


def test_opened_seal_is_shown_once_and_recorded(system: System, reference: str):
    browser = Browser(system, "khanh.tocongtac")

    opened = browser.fill(
        browser.get(page_of(reference)), f"{page_of(reference)}/open-seal", reason="Xác minh thông tin."
    )

    assert CITIZEN["name"] in opened.text
    assert CITIZEN["name"] not in browser.get(page_of(reference)).text
    assert "Xác minh thông tin." in browser.get(page_of(reference)).text


def test_returned_petition_leads_back_to_the_queue(system: System, reference: str):
    handler = Browser(system, "minh.ccvc")

    answer = handler.fill(
        handler.get(page_of(reference)), f"{page_of(reference)}/return-to-intake", reason="Không thuộc vụ."
    )

    assert answer.header("location").startswith("/desk/queue?done=return-to-intake")
    assert handler.get(answer.header("location")).status == 200


def test_restricted_and_foreign_petitions_have_no_page(system: System, reference: str):
    Officer(system, "lan.tiepnhan").do("restrict", reference)

    assert Browser(system, "minh.ccvc").get(page_of(reference)).status == 404
    assert Browser(system, "binh.vanphong").get(page_of(reference)).status == 404
    assert Browser(system, "khanh.tocongtac").get(page_of(reference)).status == 200


# --- calls ------------------------------------------------------------------------------------------

CALL = {
    "content": CONTENT,
    "name": "Lê Văn Tư",
    "address": "Bản Mường, Sơn La",
    "phone": "0912 345 678",
}


def test_call_is_read_back_before_it_becomes_a_petition(system: System):
    operator = Browser(system, "tong.dai")

    summary = operator.fill(operator.get("/desk/call"), "/desk/call", step="check", **CALL)
    assert "Lê Văn Tư" in summary.text
    assert system.items("petitions") == []
    receipt = operator.fill(summary, "/desk/call", step="confirm")
    again = operator.fill(summary, "/desk/call", step="confirm")

    assert (receipt.status, again.status) == (201, 200)
    assert len(system.items("petitions")) == 1
    (item,) = system.items("petitions")
    reference = item["reference"]["S"]
    assert f"{reference[:2]} {reference[2:6]}" in receipt.text


@pytest.mark.parametrize(
    ("minutes", "received_on"),
    [
        pytest.param(20, date(2026, 11, 3), id="a call before midnight, entered after it"),
        pytest.param(
            9 * 60, date(2026, 11, 4), id="a form that lay open over night says nothing of the call"
        ),
    ],
)
def test_petition_by_telephone_is_dated_by_the_beginning_of_the_call(
    system: System, minutes: int, received_on: date
):
    system.travel(to=vietnam("2026-11-03", "23:50"))
    form = Browser(system, "tong.dai").get("/desk/call")
    system.travel(minutes=minutes)
    operator = Browser(system, "tong.dai")

    operator.fill(operator.fill(form, "/desk/call", step="check", **CALL), "/desk/call", step="confirm")

    (item,) = system.items("petitions")
    assert local_date(petition_of(item).received_at) == received_on


def test_operator_can_go_back_and_mend_what_the_caller_corrects(system: System):
    operator = Browser(system, "tong.dai")
    summary = operator.fill(operator.get("/desk/call"), "/desk/call", step="check", **CALL)

    mended = operator.fill(summary, "/desk/call", step="check", name="Lê Văn Tú")

    assert dict(form_to(summary.text, "/desk/call").fields)["name"] == "Lê Văn Tư"
    assert '<dd class="written">Lê Văn Tú</dd>' in mended.text


def test_call_without_a_number_is_refused_and_keeps_the_rest(system: System):
    operator = Browser(system, "tong.dai")

    refused = operator.fill(operator.get("/desk/call"), "/desk/call", step="check", **{**CALL, "phone": ""})

    assert refused.status == 422
    assert dict(form_to(refused.text, "/desk/call").fields)["address"] == "Bản Mường, Sơn La"


@pytest.mark.parametrize("username", ["minh.ccvc", "binh.vanphong", "quantri", "yen.bcd", "kiemtoan"])
def test_only_operators_and_intake_take_calls(system: System, username: str):
    browser = Browser(system, username)

    assert browser.get("/desk/call").status == 403
    assert browser.post("/desk/call", {**CALL, "step": "confirm", "call_id": "x"}).status == 403


def test_call_task_shows_the_number_only_on_request_and_takes_the_outcome(system: System):
    operator = Browser(system, "tong.dai")
    summary = operator.fill(operator.get("/desk/call"), "/desk/call", step="check", **CALL)
    operator.fill(summary, "/desk/call", step="confirm")
    (item,) = system.items("petitions")
    reference = item["reference"]["S"]
    answer_petition(system, reference)

    listed = operator.get("/desk/calls")
    assert "912345678" not in listed.text
    opened = operator.fill(listed, f"/desk/calls/{reference}", outcome="")
    assert "+84912345678" in opened.text
    operator.fill(opened, f"/desk/calls/{reference}", outcome="REACHED")

    assert f"/desk/calls/{reference}" not in operator.get("/desk/calls").text
    states = {row["channel"]["S"]: row["state"]["S"] for row in system.items("deliveries")}
    assert states["PHONE"] == "DONE"


# --- administration ---------------------------------------------------------------------------------


DAY_OFF = {"on": "2026-11-23", "kind": "OFF", "document": "99/QĐ-TTg", "name": "Nghỉ bão"}


def test_day_off_is_previewed_with_what_it_moves_declared_and_withdrawn(system: System, reference: str):
    system.travel(minutes=5)  # the timer knows the calendar as it was
    administrator = Browser(system, "quantri")

    preview = administrator.post("/desk/calendar", {"what": "declare", **DAY_OFF})
    assert "1 hồ sơ" in preview.text
    assert "25/11/2026" in preview.text
    assert '<td>Vụ Công chức - Viên chức</td><td class="number">1</td>' in preview.text
    assert Officer(system, "minh.ccvc").petition(reference)["due_on"] == "2026-11-23"
    assert administrator.fill(preview, "/desk/calendar", step="confirm").status == 303
    system.travel(minutes=5)
    assert Officer(system, "minh.ccvc").petition(reference)["due_on"] == "2026-11-25"
    calendar = administrator.get("/desk/calendar").text
    assert "99/QĐ-TTg" in calendar
    rests_on = calendar.partition('id="holidays"')[2]
    assert "Mùng hai Tết Nguyên Đán" in rests_on
    assert "Nghỉ bão" in rests_on

    withdrawal = {"what": "withdraw", "on": "2026-11-23", "document": "100/QĐ-TTg"}
    preview = administrator.post("/desk/calendar", withdrawal)
    assert "1 hồ sơ" in preview.text
    administrator.fill(preview, "/desk/calendar", step="confirm")
    system.travel(minutes=5)

    assert Officer(system, "minh.ccvc").petition(reference)["due_on"] == "2026-11-23"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        pytest.param({"on": ""}, "on", id="no-day"),
        pytest.param({"on": "31/12/2026"}, "on", id="day-as-people-write-it"),
        pytest.param({"kind": ""}, "kind", id="no-kind"),
        pytest.param({"document": " "}, "document", id="no-document"),
        pytest.param({"what": "withdraw", "on": "2026-12-25"}, "on", id="nothing-to-withdraw"),
    ],
)
def test_wrong_decision_about_a_day_is_refused_by_field(system: System, change: dict[str, str], field: str):
    answer = Browser(system, "quantri").post("/desk/calendar", {"what": "declare", **DAY_OFF, **change})

    assert answer.status == 422
    assert f'href="#{field}"' in answer.text


def test_new_time_limits_are_previewed_and_hold_from_their_day_on(system: System):
    administrator, opened = Browser(system, "quantri"), Citizen(system)
    opened.send()
    form = administrator.get("/desk/terms")

    preview = administrator.fill(form, "/desk/terms", valid_from="2026-12-01", answer_within_days="15")
    assert '<td>Vụ Công chức - Viên chức</td><td class="number">1</td>' in preview.text
    assert "1 hồ sơ đang mở trong phạm vi này giữ thời hạn cũ" in preview.text
    assert "Thứ Ba, ngày 01/12/2026" in preview.text
    assert confirm_page(system, administrator.fill(preview, "/desk/terms", step="confirm")).status == 303

    before, after = Citizen(system), Citizen(system)
    assert before.send().json()["due_on"] == "2026-11-23"
    system.travel(to="2026-12-01T02:00:00+00:00")
    assert after.send().json()["due_on"] == "2026-12-16"


def test_time_limits_that_contradict_each_other_are_refused(system: System):
    administrator = Browser(system, "quantri")
    form = administrator.get("/desk/terms")

    for wrong in ({"valid_from": "2026-11-01"}, {"answer_within_days": "0"}, {"notices_from": "sớm"}):
        answer = administrator.fill(form, "/desk/terms", **{"valid_from": "2027-01-01", **wrong})
        assert answer.status == 422
        assert f'href="#{next(iter(wrong))}"' in answer.text


@pytest.mark.parametrize("username", ["minh.ccvc", "binh.vanphong", "khanh.tocongtac", "tong.dai"])
def test_only_administrators_see_calendar_and_time_limits(system: System, username: str):
    browser = Browser(system, username)

    assert browser.get("/desk/calendar").status == browser.get("/desk/terms").status == 403
    assert browser.post("/desk/calendar", {"what": "declare", **DAY_OFF, "step": "confirm"}).status == 403


# --- reports ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["timeliness", "workload", "steering-committee", "six-month", "task-force"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_report_is_a_page_to_read_and_a_file_to_take_away(
    system: System, reference: str, name: str, language: str
):
    Officer(system, "lan.tiepnhan").do("classify", reference, kind="CONDUCT", complained_unit="CTLBHXH")
    browser = Browser(system, "yen.bcd")

    page = browser.get(f"/desk/reports?name={name}&from=2026-11-01&to=2026-12-31&lang={language}")
    file = browser.get(f"/desk/reports?name={name}&format=csv")

    assert page.status == 200
    assert "<table" in page.text
    assert file.body.startswith(b"\xef\xbb\xbf")


def test_report_of_a_wrong_period_says_so(system: System):
    answer = Browser(system, "yen.bcd").get("/desk/reports?from=2026-11-30&to=2026-11-01")

    assert answer.status == 422
    assert "Ngày cuối phải bằng hoặc sau ngày đầu." in answer.text


@pytest.mark.parametrize("username", ["minh.ccvc", "lan.tiepnhan", "tong.dai", "quantri"])
def test_reports_are_for_leaders_alone(system: System, username: str):
    assert Browser(system, username).get("/desk/reports").status == 403


# --- both languages, both kinds of address ----------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "path", "title"),
    [
        ("minh.ccvc", "/desk/", "<h1>Today</h1>"),
        ("minh.ccvc", "/desk/queue", "Department of Civil Servants"),
        ("yen.bcd", "/desk/leaders", "Are we keeping our promises?"),
        ("tong.dai", "/desk/call", "On a call, 1900 1547"),
        ("tong.dai", "/desk/calls", "Calls to make"),
        ("quantri", "/desk/calendar", "Working calendar"),
        ("quantri", "/desk/terms", "The ministry's time limits"),
        ("yen.bcd", "/desk/reports", "Keeping of time limits"),
    ],
)
def test_page_is_read_in_english_as_well(system: System, username: str, path: str, title: str):
    page = Browser(system, username).get(f"{path}?lang=en").text

    assert '<html lang="en">' in page
    assert title in page
    assert "Sign out" in page


def test_petition_page_is_read_in_english_as_well(system: System, reference: str):
    page = Browser(system, "minh.ccvc").get(f"{page_of(reference)}?lang=en").text

    assert "More actions" in page
    assert "14 working days left" in page
    assert "20 days later is 23 Nov 2026" in page.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("address", "is_secure"),
    [
        ("https://pakn.example", True),
        ("http://pakn.example", True),
        ("http://localhost.evil.example", True),
        ("http://localhost:8088", False),
    ],
)
def test_cookie_travels_unencrypted_on_this_machine_alone(address: str, *, is_secure: bool):
    cookie = gate.session_cookie(Tokens(access_token="a", id_token="b", expires_in=60), address)

    assert ("Secure" in cookie.split("; ")) is is_secure


def test_conflict_says_who_wrote_and_that_the_page_is_current(system: System):
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    browser = Browser(system, "minh.ccvc")
    page = browser.get(f"/desk/petitions/{citizen.reference}")
    system.travel(to="2026-12-04T03:00:00+00:00")

    Officer(system, "lan.tiepnhan").do("classify", citizen.reference, field="TL")

    refused = browser.fill(
        page, f"/desk/petitions/{citizen.reference}/return-to-intake", reason="Không thuộc đơn vị."
    )

    assert refused.status == 409
    assert "Đỗ Thị Lan: Phân loại" in refused.text
    assert "(Lĩnh vực: Tiền lương" in refused.text, "what was changed is told with who changed it"
    assert "Đồng hồ hệ thống:" not in refused.text
    assert "tải lại" not in refused.text


def test_draft_goes_on_although_the_petition_was_filed_elsewhere_and_noted(system: System, reference: str):
    handler = Browser(system, "minh.ccvc")
    handler.fill(handler.get(page_of(reference)), f"{page_of(reference)}/accept")
    stale = handler.get(page_of(reference))
    lan = Officer(system, "lan.tiepnhan")
    lan.do("classify", reference, field="TL")
    lan.do("note", reference, note="Đã gọi.")

    done = handler.fill(stale, f"{page_of(reference)}/draft-answer", text="Kính gửi Ông/Bà, đủ điều kiện.")

    assert done.status == 303
    assert "Kính gửi Ông/Bà, đủ điều kiện." in handler.get(page_of(reference)).text


def test_reminders_of_the_clock_stop_no_action(system: System):
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    browser = Browser(system, "minh.ccvc")
    page = browser.get(f"/desk/petitions/{citizen.reference}")
    system.travel(to="2026-12-04T03:00:00+00:00")

    done = browser.fill(page, f"/desk/petitions/{citizen.reference}/note", note="Đã gọi cho địa phương.")

    assert done.status == 303
    assert "Đã gọi cho địa phương." in browser.get(f"/desk/petitions/{citizen.reference}").text


def test_petition_that_went_to_another_unit_is_no_question_of_roles(system: System):
    citizen = Citizen(system)
    citizen.send()
    browser = Browser(system, "minh.ccvc")
    page = browser.get(f"/desk/petitions/{citizen.reference}")
    Officer(system, "lan.tiepnhan").do("assign", citizen.reference, unit="CTLBHXH", field="TL")

    refused = browser.fill(page, f"/desk/petitions/{citizen.reference}/accept")

    assert refused.status == 403
    assert "đã chuyển sang đơn vị khác" in refused.text
    assert "Vai trò của bạn" not in refused.text


# --- small things that officers see ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("username", "address", "door"),
    [
        pytest.param("minh.ccvc", "/desk/", "/desk/", id="today"),
        pytest.param("minh.ccvc", "/desk/queue", "/desk/queue", id="the queue"),
        pytest.param("lan.tiepnhan", "/desk/call", "/desk/call", id="a page beside the calls"),
        pytest.param("tong.dai", "/desk/calls", "/desk/calls", id="the calls"),
        pytest.param("quantri", "/desk/directory/officer", "/desk/directory/unit", id="another directory"),
    ],
)
def test_navigation_marks_the_part_that_the_page_belongs_to(
    system: System, username: str, address: str, door: str
):
    page = Browser(system, username).get(address).text

    menu = page[page.index('<nav class="nav"') : page.index("</nav>")]
    assert re.findall(r'href="([^"]+)" aria-current="page"', menu) == [door]


def test_form_of_a_draft_folds_the_citations_that_are_empty(system: System, reference: str):
    minh = Officer(system, "minh.ccvc")
    minh.do("accept", reference)
    browser = Browser(system, "minh.ccvc")
    more = "Thêm: Văn bản căn cứ"
    empty = browser.get(page_of(reference)).text

    cited = [{"number": "Nghị định 115/2020/NĐ-CP"}, {"number": "Luật 58/2010/QH12"}]
    minh.do("draft-answer", reference, text="Kính gửi Ông/Bà", citations=cited)
    Officer(system, "binh.vanphong").do("return-draft", reference, reason="Nói rõ hơn.")
    filled = browser.get(page_of(reference)).text

    assert (empty.count(more), filled.count(more)) == (2, 1), "three rows in all"
    assert 'name="citation_3_number"' in filled


def test_unit_without_a_field_gives_the_petition_its_field(system: System):
    citizen = Citizen(system, content="Kính mong Bộ xem giúp việc của tôi, tôi đã chờ nhiều ngày rồi ạ.")
    citizen.send()
    intake = Officer(system, "lan.tiepnhan")
    assert intake.petition(citizen.reference)["field"] is None

    Browser(system, "lan.tiepnhan").fill(
        Browser(system, "lan.tiepnhan").get(page_of(citizen.reference)),
        f"{page_of(citizen.reference)}/assign",
        unit="VTCBC",
        field="",
    )

    seen = intake.petition(citizen.reference)
    assert (seen["unit"], seen["field"]) == ("VTCBC", "TCBM")


@pytest.mark.parametrize(
    ("unit", "field"),
    [pytest.param("VCQDP", "CQDP", id="its only field"), pytest.param("VPB", "KHAC", id="without fields")],
)
def test_assigning_by_the_api_leaves_no_petition_without_a_field(system: System, unit: str, field: str):
    citizen = Citizen(system, content="Kính mong Bộ xem giúp việc của tôi, tôi đã chờ nhiều ngày rồi ạ.")
    citizen.send()
    intake = Officer(system, "lan.tiepnhan")

    intake.do("assign", citizen.reference, unit=unit)

    assert intake.petition(citizen.reference)["field"] == field


def test_answered_petitions_stand_behind_what_is_owed_with_the_clock_of_the_publication(
    system: System, reference: str
):
    answer_petition(system, reference)
    system.travel(days=1)
    open_one = Citizen(system)
    open_one.send()

    page = Browser(system, "minh.ccvc").get("/desk/queue?queue=VCCVC").text

    assert page.index(open_one.reference) < page.index(f"/desk/petitions/{reference}")
    answered = page[
        page.index(f"/desk/petitions/{reference}") - 400 : page.index(f"/desk/petitions/{reference}")
    ]
    assert "<b>hạn công khai</b> <small>T5 05/11</small>" in answered


def test_answered_petition_that_nobody_published_is_late(system: System, reference: str):
    answer_petition(system, reference)
    system.travel(days=6)

    page = Browser(system, "minh.ccvc").get("/desk/queue").text

    assert "<b>chậm công khai</b> <small>T5 05/11</small>" in page


def test_action_leads_back_to_where_the_petition_was_opened_from(system: System, reference: str):
    browser = Browser(system, "lan.tiepnhan")
    page = browser.get(f"{page_of(reference)}?from=queue%3Dall%26soon%3Dtrue%26next%3D//evil.example")
    form = form_to(page.text, f"{page_of(reference)}/classify")

    taken = browser.post(form.action, form.fields)

    assert taken.status == 303
    assert 'href="/desk/queue?queue=all&amp;soon=true"' in browser.get(taken.header("location")).text
    assert "evil" not in taken.header("location")
