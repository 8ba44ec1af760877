"""An officer's account on the page of their row of the directory: make it, invite again, disable, enable."""

from __future__ import annotations

from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access.accounts import AccountInput, AccountStep, AccountView
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import language_of_page, names_of, render
from shared.domain.errors import InvalidInputError
from shared.web.answers import see_other
from shared.web.i18n import N_, Language, gettext
from shared.web.rendering import link
from shared.web.requests import form_body, validated

STEPS: dict[AccountStep, str] = {
    AccountStep.CREATE: N_("Tạo tài khoản"),
    AccountStep.INVITE: N_("Gửi lại thư mời"),
    AccountStep.ROLES: N_("Cập nhật vai trò theo danh mục"),
    AccountStep.RESET_PASSWORD: N_("Đặt lại mật khẩu"),
    AccountStep.DISABLE: N_("Khóa tài khoản"),
    AccountStep.ENABLE: N_("Mở lại tài khoản"),
}


def account_of(parts: Parts, officer: DeskOfficer, username: str, language: Language) -> dict[str, Any]:
    """Return the account of an officer for `officer_account.html`."""
    view, _ = parts.accounts.of(officer, username), gettext(language)
    latest = view.latest
    return {
        "status": _(_status(view)),
        "steps": [(step.value, _(STEPS[step])) for step in view.possible],
        "differs": bool(view.missing_roles or view.further_roles),
        "latest": (
            _(STEPS[latest.step]),
            names_of(parts, language).officer(latest.by),
            latest.at,
            latest.reason,
        )
        if latest
        else None,
    }


def change_account(parts: Parts, request: Request, officer: DeskOfficer, username: str) -> Response:
    """Change an account, and lead back to the officer's page; a refusal says why and keeps what was typed."""
    form, language = form_body(request), language_of_page(request)
    try:
        facts = {name: form.get(name, "") for name in ("step", "reason")}
        parts.accounts.change(officer, username, validated(AccountInput, facts))
    except InvalidInputError as error:
        return render(
            parts,
            request,
            officer,
            "account_refused.html",
            422,
            username=username,
            is_reason=any(field == "reason" for field, _rule in error.problems),
            account=account_of(parts, officer, username, language),
            row_id=username,
            typed=form,
        )
    return see_other(link(f"/desk/directory/officer/{username}?done=account", language))


def _status(view: AccountView) -> str:
    if view.account is None:
        return N_("Chưa có tài khoản.")
    if not view.account.is_enabled:
        return N_("Tài khoản đang bị khóa: không đăng nhập được.")
    if view.account.is_invited:
        return N_("Đã gửi thư mời kèm mật khẩu tạm (dùng được 3 ngày); chủ tài khoản chưa đăng nhập lần đầu.")
    return N_("Tài khoản đang dùng.")
