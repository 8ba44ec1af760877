"""An administrator does the year's work with a browser: units, fields, officers, answer templates."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from shared.tables.directory import Directory
from tests.support.administration import confirm_page
from tests.support.desk_pages import Browser, forms_in
from tests.support.people import Citizen, Officer
from tests.support.system import System

LIST, ROW = "/desk/directory/{}", "/desk/directory/{}/{}"
TODAY, TOMORROW, LATER = "2026-11-03", "2026-11-04", "2027-01-01"


@pytest.fixture
def admin(system: System) -> Browser:
    """The administrator's browser."""
    return Browser(system, "quantri")


@pytest.fixture
def handled(system: System) -> str:
    """A petition that minh.ccvc handles in VCCVC."""
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    return citizen.reference


def fill(admin: Browser, page: HttpResponse, what: str, **typed: str) -> HttpResponse:
    """Send one of a page's forms as it stands, with what was typed."""
    form = next(form for form in forms_in(page.text) if ("what", what) in form.fields)
    assert typed.keys() <= form.names, typed.keys() - form.names
    fields = [(name, value) for name, value in form.fields if name not in typed]
    return admin.post(form.action, [*fields, *typed.items()])


def confirm(admin: Browser, preview: HttpResponse) -> HttpResponse:
    """Confirm what a preview shows; what is no preview was refused."""
    if preview.status != 200:
        return preview
    form = next(form for form in forms_in(preview.text) if ("step", "confirm") in form.buttons)
    return admin.post(form.action, [*form.fields, ("step", "confirm")])


def change(admin: Browser, kind: str, row_id: str, what: str = "change", **typed: str) -> HttpResponse:
    """Open a row, send its form, and confirm the preview."""
    return confirm(admin, fill(admin, admin.get(ROW.format(kind, row_id)), what, **typed))


def add(admin: Browser, kind: str, **typed: str) -> HttpResponse:
    """Add a row by its form, and confirm the preview."""
    return confirm(admin, fill(admin, admin.get(LIST.format(kind) + "?add=1"), "add", **typed))


def end(admin: Browser, kind: str, row_id: str, **typed: str) -> HttpResponse:
    """End a row by its form, and confirm the preview."""
    return change(admin, kind, row_id, "end", **typed)


def stored(system: System) -> Directory:
    """Return the directory as everybody else reads it."""
    return Directory(system.local.cloud.outputs["DirectoryTable"])


# --- the year's work --------------------------------------------------------------------------------


def test_new_unit_takes_over_a_field_from_a_day_on(system: System, admin: Browser):
    added = add(
        admin, "unit", id="VTK", name="Vụ Tổng kết", name_en="Department of Review", valid_from=TOMORROW
    )
    changed = confirm_page(system, change(admin, "field", "CCHC", unit="VTK", valid_from=LATER))

    directory = stored(system)
    assert (added.status, changed.status) == (303, 303), changed.text
    assert "VTK" not in directory.units(date(2026, 11, 3))
    assert directory.unit_responsible_for("CCHC", date(2026, 12, 31)) == "VCCHC"
    assert directory.unit_responsible_for("CCHC", date(2027, 1, 1)) == "VTK"


def test_officer_who_joins_can_be_named_and_who_leaves_is_replaced(
    system: System, admin: Browser, handled: str
):
    joined = add(
        admin, "officer", id="moi.ccvc", name="Lưu Thị Mới", email="moi@pakn.example", unit="VCCVC",
        roles="handler", valid_from=TODAY,
    )  # fmt: skip
    confirm_page(system, joined)
    ended = end(admin, "officer", "minh.ccvc", valid_to=TODAY, replaced_by="moi.ccvc")
    system.travel(days=1)

    officers = stored(system).officers()
    assert ended.status == 303, ended.text
    assert "minh.ccvc" not in officers
    assert officers["moi.ccvc"].handles("minh.ccvc")
    assert not officers["huong.ccvc"].handles("minh.ccvc")


def test_answer_template_is_offered_for_its_field_once_it_is_in_force(
    system: System, admin: Browser, handled: str
):
    added = add(
        admin,
        "answer-template",
        name="Tuyển dụng lại",
        field="CCVC",
        text="Về việc [Tiêu đề]",
        valid_from=TODAY,
    )

    page = Browser(system, "minh.ccvc").get(f"/desk/petitions/{handled}")
    assert added.header("location").startswith("/desk/directory/answer-template/tuyen-dung-lai")
    assert "Tuyển dụng lại" in page.text


def test_two_templates_of_one_name_get_two_ids(system: System, admin: Browser):
    facts = {"name": "Cảm ơn", "text": "Xin cảm ơn.", "valid_from": TODAY}

    places = [add(admin, "answer-template", **facts).header("location") for _ in range(2)]

    assert [place.split("/")[-1].split("?")[0] for place in places] == ["cam-on", "cam-on-2"]


@pytest.mark.parametrize(
    ("q", "listed", "not_listed"),
    [
        pytest.param("vien chuc", "VCCVC", "VCCHC", id="without accents"),
        pytest.param("vcchc", "VCCHC", "VCCVC", id="by code"),
        pytest.param("Thi đua", "BTDKT", "VCCVC", id="with accents"),
    ],
)
def test_list_is_searched_by_code_and_name(admin: Browser, q: str, listed: str, not_listed: str):
    page = admin.get(f"/desk/directory/unit?q={q.replace(' ', '+').replace('đ', '%C4%91')}").text

    assert ROW.format("unit", listed) in page
    assert ROW.format("unit", not_listed) not in page


def test_what_has_ended_is_listed_where_it_is_asked_for(admin: Browser):
    assert ROW.format("unit", "VTL") not in admin.get("/desk/directory/unit").text
    assert ROW.format("unit", "VTL") in admin.get("/desk/directory/unit?ended=true").text


# --- versions and history ---------------------------------------------------------------------------


def test_correction_keeps_who_when_and_what_it_said_before(system: System, admin: Browser):
    change(admin, "unit", "VCCHC", name="Vụ Cải cách hành chính nhà nước", valid_from="2018-06-18")

    page = admin.get(ROW.format("unit", "VCCHC")).text
    (row,) = Officer(system, "quantri").get("/v1/directory/unit/VCCHC").json()["rows"]
    assert row["revision"] == 2
    assert [(correction["by"], correction["was"]["name"]) for correction in row["corrections"]] == [
        ("quantri", "Vụ Cải cách hành chính")
    ]
    assert "Tạ Văn Hậu" in page
    assert "Vụ Cải cách hành chính</span> → " in page


def test_correcting_what_holds_already_warns_that_it_reaches_back(admin: Browser):
    page = admin.get(ROW.format("field", "CCHC"))

    preview = fill(admin, page, "change", example="Khác", valid_from="2018-06-18")

    assert "sửa nó là sửa cả với hồ sơ đã tiếp nhận" in preview.text


def test_a_preview_counts_the_open_petitions_of_each_unit(admin: Browser, handled: str):
    unit = fill(admin, admin.get(ROW.format("unit", "VCCVC")), "change", name_en="X")
    officer = fill(admin, admin.get(ROW.format("officer", "minh.ccvc")), "change", name="Minh")
    other = fill(admin, admin.get(ROW.format("field", "CCHC")), "change", example="X")

    row = '<td>Vụ Công chức - Viên chức</td><td class="number">1</td>'
    assert row in unit.text
    assert row in officer.text
    assert 'id="no-petitions"' in other.text


def test_nothing_is_written_before_it_is_confirmed(system: System, admin: Browser):
    before = system.items("directory")

    preview = fill(admin, admin.get(ROW.format("unit", "VCCHC")), "change", name="X")

    assert preview.status == 200
    assert system.items("directory") == before


def test_who_looked_before_somebody_else_changed_the_row_overwrites_nothing(system: System, admin: Browser):
    seen = admin.get(ROW.format("unit", "VCCHC"))
    change(Browser(system, "quantri"), "unit", "VCCHC", name="Vụ thứ nhất", valid_from="2018-06-18")
    before = system.items("directory")

    answer = fill(admin, seen, "change", name="Vụ thứ hai", valid_from="2018-06-18")

    assert answer.status == 409
    assert 'id="stale"' in answer.text
    assert "Vụ thứ hai" in answer.text
    assert system.items("directory") == before


@pytest.mark.parametrize(
    ("revision", "status"), [pytest.param("1", 200, id="as it is"), pytest.param("7", 409, id="as it is not")]
)
def test_api_writes_over_the_revision_that_was_seen_alone(system: System, revision: str, status: int):
    officer = Officer(system, "quantri")
    (row,) = officer.get("/v1/directory/unit/VCCHC").json()["rows"]
    headers = {**officer._bearer, "If-Match": f'"{revision}"'}

    answer = system.http(
        "PUT", "/desk/v1/directory/unit/VCCHC", json=row | {"short_name": "CCHC"}, headers=headers
    )

    assert answer.status == status, answer.text
    assert status == 200 or (answer.json()["code"], answer.json()["current_version"]) == ("stale-version", 1)


def test_writing_the_same_again_is_no_change(system: System):
    officer = Officer(system, "quantri")
    (row,) = officer.get("/v1/directory/unit/VCCHC").json()["rows"]
    before = system.items("directory")

    answer = system.http("PUT", "/desk/v1/directory/unit/VCCHC", json=row, headers=officer._bearer)

    assert (answer.status, answer.json()["revision"]) == (200, 1)
    assert system.items("directory") == before


# --- ending -----------------------------------------------------------------------------------------


def test_page_of_a_unit_says_what_depends_on_it(system: System, admin: Browser, handled: str):
    page = admin.get(ROW.format("unit", "VCCVC")).text

    assert "Cán bộ, công chức, viên chức; Đào tạo, bồi dưỡng" in page  # its fields
    assert "Nguyễn Đức Minh; Trần Thị Hương" in page  # its officers
    assert 'Hồ sơ đang mở: <span class="number">1</span>' in page


ENDS: list[Any] = [
    pytest.param(
        "unit", "VCCVC", {}, "Còn lĩnh vực do đơn vị phụ trách", id="a unit that answers for fields"
    ),
    pytest.param("unit", "VCCVC", {}, "Còn cán bộ thuộc đơn vị", id="a unit with officers"),
    pytest.param("unit", "VCCVC", {}, "Còn hồ sơ đang mở tại đơn vị", id="a unit with open petitions"),
    pytest.param("unit", "VPB", {}, "Quy định luôn cần dòng này", id="a unit that the law names"),
    pytest.param("field", "KHAC", {}, "Quy định luôn cần dòng này", id="the field of intake"),
    pytest.param("field", "TTRA", {}, "Quy định luôn cần dòng này", id="the field of conduct"),
    pytest.param("officer", "minh.ccvc", {}, "Hãy chọn người tiếp nhận", id="who handles petitions"),
    pytest.param("officer", "binh.vanphong", {}, "Không còn ai khác giữ vai trò này", id="the last approver"),
    pytest.param("officer", "quantri", {}, "Hãy nhờ quản trị viên khác", id="oneself"),
    pytest.param(
        "officer",
        "minh.ccvc",
        {"replaced_by": "dung.cchc"},
        "Giá trị không có trong danh mục",
        id="by another unit's",
    ),
]


@pytest.mark.parametrize(("kind", "row_id", "typed", "advice"), ENDS)
def test_what_would_be_left_without_an_owner_holds_an_end_up(
    system: System, admin: Browser, handled: str, kind: str, row_id: str, typed: dict[str, str], advice: str
):
    before = system.items("directory")

    answer = end(admin, kind, row_id, valid_to=TODAY, **typed)

    assert answer.status == 422, answer.text
    assert advice in answer.text
    assert system.items("directory") == before


def test_role_that_is_taken_away_is_gone_at_once_and_one_that_the_account_lacks_is_not_given(
    system: System, admin: Browser, handled: str
):
    inspector = Officer(system, "ngoc.tocongtac")
    assert inspector.get("/v1/reports/workload").status == 200

    changed = change(admin, "officer", "ngoc.tocongtac", roles="auditor")

    assert inspector.get("/v1/reports/workload").status == 200
    assert confirm_page(system, changed).status == 303
    assert inspector.get("/v1/reports/workload").status == 403
    assert inspector.get("/v1/openings").status == 403


def test_officer_who_goes_to_another_unit_leaves_nothing_behind(system: System, admin: Browser, handled: str):
    alone = change(admin, "officer", "minh.ccvc", unit="VCCHC")
    with_successor = change(admin, "officer", "minh.ccvc", unit="VCCHC", replaced_by="huong.ccvc")

    assert (alone.status, "Hãy chọn người tiếp nhận" in alone.text) == (422, True)
    assert confirm_page(system, with_successor).status == 303
    assert stored(system).officers()["huong.ccvc"].handles("minh.ccvc")


def test_successor_goes_on_with_what_the_leaver_handled(system: System, admin: Browser, handled: str):
    leaver = Officer(system, "minh.ccvc")
    end(admin, "officer", "minh.ccvc", valid_to=TODAY, replaced_by="huong.ccvc")
    system.travel(days=1)

    mine = Officer(system, "huong.ccvc").get("/v1/petitions?mine=true").json()["petitions"]
    assert [line["reference"] for line in mine] == [handled]
    assert leaver.get("/v1/petitions").status == 401
    assert "Nguyễn Đức Minh" in Browser(system, "huong.ccvc").get(f"/desk/petitions/{handled}").text


def test_unit_ends_once_nothing_depends_on_it_and_the_end_can_be_taken_back(system: System, admin: Browser):
    add(admin, "unit", id="TAM", name="Tổ tạm", valid_from=TODAY)

    ended = end(admin, "unit", "TAM", valid_to=TOMORROW)
    assert stored(system).units(date(2026, 11, 5)).get("TAM") is None
    resumed = end(admin, "unit", "TAM", valid_to="")

    assert (ended.status, resumed.status) == (303, 303), resumed.text
    assert "TAM" in stored(system).units(date(2026, 11, 5))


def test_row_whose_last_version_ended_does_not_come_back_by_an_earlier_one(system: System, admin: Browser):
    add(admin, "unit", id="TAM", name="Tổ tạm", valid_from=TODAY)
    change(admin, "unit", "TAM", name="Tổ tạm thứ hai", valid_from=TOMORROW)
    end(admin, "unit", "TAM", valid_to="2026-11-10")

    units = stored(system).units

    assert [day for day in (3, 4, 10, 11) if "TAM" in units(date(2026, 11, day))] == [3, 4, 10]


def test_unit_cannot_report_to_a_unit_below_itself(system: System, admin: Browser):
    confirm_page(system, change(admin, "unit", "VCCHC", parent="VCCVC"))

    answer = change(admin, "unit", "VCCVC", parent="VCCHC")

    assert answer.status == 422
    assert "không thể trực thuộc chính nó" in answer.text


def test_every_event_that_was_ticked_is_kept(system: System, admin: Browser):
    program = {
        "what": "add",
        "id": "bao-dien-tu",
        "name": "Báo điện tử",
        "address": "https://bao.example/su-kien",
        "contact": "ky-thuat@bao.example",
        "valid_from": TODAY,
    }
    ticked = [("events", "answer.approved"), ("events", "answer.published")]

    preview = admin.post(LIST.format("subscription"), [*program.items(), *ticked])
    confirm_page(system, confirm(admin, preview))

    page = admin.get(ROW.format("subscription", "bao-dien-tu")).text
    assert "Câu trả lời được phê duyệt, Câu trả lời được công khai" in page
