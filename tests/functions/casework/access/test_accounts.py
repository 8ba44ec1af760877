"""Accounts of officers follow their rows of the directory: made, invited again, disabled and enabled from the page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.administration import put_confirmed
from tests.support.desk_pages import Browser
from tests.support.system import System

NEW = {
    "valid_from": "2026-11-03",
    "name": "Phạm Thị Mới",
    "email": "moi@pakn.example",
    "unit": "VCCVC",
    "roles": ["handler"],
}
TEMPORARY, CHOSEN = "Tam-thoi-2026-xyz", "Moi-dat-2026-xyz!"


@pytest.fixture
def administrator(system: System) -> Browser:
    """An administrator; the row of a new officer is in force, confirmed by a second person."""
    assert put_confirmed(system, "officer/moi.ccvc", NEW).status == 200
    return Browser(system, "quantri")


def change(browser: Browser, step: str, reason: str = "Cán bộ mới nhận việc") -> Any:
    return browser.post("/desk/accounts/moi.ccvc", {"step": step, "reason": reason})


def pool(system: System, operation: str, **facts: Any) -> Any:
    cloud = system.local.cloud
    return getattr(cloud.client("cognito-idp"), operation)(
        UserPoolId=cloud.pool_id, Username="moi.ccvc", **facts
    )


def test_new_officer_gets_an_account_with_the_roles_of_the_directory_and_sets_a_password_first(
    system: System, administrator: Browser
):
    before = administrator.get("/desk/directory/officer/moi.ccvc").text

    done = change(administrator, "create")
    pool(system, "admin_set_user_password", Password=TEMPORARY, Permanent=False)
    page = administrator.get("/desk/directory/officer/moi.ccvc").text
    challenge = system.http("POST", "/desk/v1/session", json={"username": "moi.ccvc", "password": TEMPORARY})

    groups = pool(system, "admin_list_groups_for_user")["Groups"]
    assert "Chưa có tài khoản." in before
    assert done.status == 303
    assert "chưa đăng nhập lần đầu" in page
    assert "Cán bộ mới nhận việc" in page
    assert [group["GroupName"] for group in groups] == ["handler"]
    assert challenge.json()["challenge"] == "NEW_PASSWORD_REQUIRED"


def test_account_is_disabled_and_enabled_and_cannot_be_made_twice(system: System, administrator: Browser):
    change(administrator, "create")

    disabled = change(administrator, "disable", "Nghỉ việc từ hôm nay")
    is_enabled_then = pool(system, "admin_get_user")["Enabled"]
    twice = change(administrator, "create")
    enabled = change(administrator, "enable", "Trở lại làm việc")

    assert (disabled.status, twice.status, enabled.status) == (303, 422, 303)
    assert (is_enabled_then, pool(system, "admin_get_user")["Enabled"]) == (False, True)


def test_roles_that_the_directory_does_not_give_are_taken_from_the_account(
    system: System, administrator: Browser
):
    change(administrator, "create")
    pool(system, "admin_add_user_to_group", GroupName="approver")

    page = administrator.get("/desk/directory/officer/moi.ccvc").text
    done = change(administrator, "roles")

    assert "chưa khớp với danh mục" in page
    assert done.status == 303
    assert [group["GroupName"] for group in pool(system, "admin_list_groups_for_user")["Groups"]] == [
        "handler"
    ]


def test_nobody_changes_their_own_account_or_one_without_a_row_and_a_reason_is_kept(
    system: System, administrator: Browser
):
    own = administrator.post("/desk/accounts/quantri", {"step": "disable", "reason": "Thử khóa mình"})
    unknown = administrator.post(
        "/desk/accounts/khong.co", {"step": "create", "reason": "Không có trong danh mục"}
    )
    short = change(administrator, "create", "vì")
    handler = change(Browser(system, "minh.ccvc"), "create")

    assert (own.status, unknown.status, short.status, handler.status) == (422, 422, 422, 403)
    assert 'value="vì"' in short.text


def test_a_forgotten_password_is_reset_with_a_reason_and_opens_nothing_any_more(
    system: System, administrator: Browser
):
    change(administrator, "create")
    pool(system, "admin_set_user_password", Password=CHOSEN, Permanent=True)
    login = {"username": "moi.ccvc", "password": CHOSEN}
    assert system.http("POST", "/desk/v1/session", json=login).status == 200

    done = change(administrator, "reset-password", "Cán bộ quên mật khẩu")
    again = system.http("POST", "/desk/v1/session", json=login)
    page = administrator.get("/desk/directory/officer/moi.ccvc").text

    assert done.status == 303
    assert again.status == 401
    assert pool(system, "admin_get_user")["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert "Đặt lại mật khẩu" in page
    assert "Cán bộ quên mật khẩu" in page
