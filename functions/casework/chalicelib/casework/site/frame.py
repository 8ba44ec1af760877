"""The frame of the officers' pages, and the names that people read on them."""

from __future__ import annotations

from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.api.doors import query
from chalicelib.casework.desk.queues import queues_of
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.change import username_of
from shared.domain.petition.petition import Petition
from shared.domain.procedures.conduct import NO_UNIT_OF_OURS
from shared.platform import clock
from shared.web.http import html_answer
from shared.web.i18n import Language, gettext, in_language

_SAME_ORIGIN = {"Referrer-Policy": "same-origin"}
"""Why: see `gate`."""


class FormProblem(NamedTuple):
    """One line of the error summary: leads to the field with this id."""

    id: str
    label: str
    message: str


def language_of_page(request: Request) -> Language:
    """Return the language that the address asks for."""
    return "en" if query(request).get("lang") == "en" else "vi"


def render(
    request: Request, officer: DeskOfficer | None, template: str, status: int = 200, **facts: Any
) -> Response:
    """Answer with a page in the desk's frame."""
    language = language_of_page(request)
    html = composition.pages().render(
        template,
        language,
        officer=officer,
        unit_label=unit_label(officer.unit, language) if officer else "",
        has_queues=bool(officer and queues_of(officer)),
        may_enter=bool(officer and permissions.is_able(officer, Ability.ENTER_PETITION)),
        may_make_calls=bool(officer and permissions.is_able(officer, Ability.MAKE_CALLS)),
        may_administer=bool(officer and permissions.is_able(officer, Ability.ADMINISTER)),
        may_read_corrections=bool(officer and permissions.is_able(officer, Ability.READ_CORRECTIONS)),
        may_audit=bool(officer and permissions.is_able(officer, Ability.AUDIT)),
        may_read_reports=bool(officer and permissions.is_able(officer, Ability.READ_REPORTS)),
        **facts,
    )
    return html_answer(html, status, _SAME_ORIGIN)


def who(by: str, language: Language) -> str:
    """Return who did something, as an officer reads it."""
    _ = gettext(language)
    known = {"petitioner": _("Người gửi"), "router": _("Phân loại tự động"), "timer": _("Đồng hồ hệ thống")}
    username = username_of(by)
    return composition.directory().officers_names().get(username) or known.get(by, username)


def unit_label(code: str, language: Language) -> str:
    """Return a unit's name; its code where the directory does not know it."""
    unit = composition.directory().units(local_date(clock.now())).get(code)
    if unit is None:
        return code
    return in_language(language, unit.name, unit.name_en)


def complained_label(petition: Petition, language: Language) -> str:
    """Return which unit is complained of, in words."""
    if petition.complained_unit == NO_UNIT_OF_OURS:
        return gettext(language)("Không phải đơn vị của Bộ")
    return unit_label(petition.complained_unit or "", language)


def field_label(code: str | None, language: Language) -> str:
    """Return a field's name; its code where the directory does not know it."""
    field = composition.directory().fields(local_date(clock.now())).get(code or "")
    if field is None:
        return code or ""
    return in_language(language, field.name, field.name_en)
