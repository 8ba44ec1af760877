"""The frame of the officers' pages, and the names of units, fields and officers on them."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.composition import PAGES, Parts
from chalicelib.casework.desk.queues import queues_of
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.change import MACHINE, username_of
from shared.domain.petition.petition import Petition
from shared.domain.procedures.conduct import NO_UNIT_OF_OURS
from shared.platform import clock
from shared.tables.directory import Directory
from shared.web.answers import html_answer
from shared.web.i18n import Language, gettext, in_language
from shared.web.rendering import link
from shared.web.requests import query_parameters

_MENU = {
    "may_read_board": Ability.READ_BOARD,
    "may_enter": Ability.ENTER_PETITION,
    "may_make_calls": Ability.MAKE_CALLS,
    "may_confirm": Ability.CONFIRM_CHANGES,
    "may_administer": Ability.ADMINISTER,
    "may_read_corrections": Ability.READ_CORRECTIONS,
    "may_audit": Ability.AUDIT,
    "may_follow_deliveries": Ability.FOLLOW_DELIVERIES,
    "may_read_reports": Ability.READ_REPORTS,
}
"""Names by which the frame's menu asks what an officer is able to do."""


_DOORS = (
    "/desk/queue",
    "/desk/board",
    "/desk/search",
    "/desk/call",
    "/desk/calls",
    "/desk/leaders",
    "/desk/reports",
    "/desk/routing",
    "/desk/openings",
    "/desk/contradicted-receipts",
    "/desk/proposals",
    "/desk/directory",
    "/desk/subscriptions",
    "/desk/machines",
    "/desk/calendar",
    "/desk/terms",
    "/desk/texts",
    "/desk/in-doubt",
)
"""The addresses of the menu besides the home; what lies below one belongs to it, all petitions to the queue."""


class FormProblem(NamedTuple):
    """One line of the error summary: leads to the field with this id."""

    id: str
    label: str
    message: str


PROGRAMS = frozenset({"client", "open311"})
"""The kinds of programs in the history: those that send over `/v1`, and over Open311."""


class Names:
    """Names of units, fields and officers on pages: in the reader's language, as of a day.

    A code that the directory does not know is its own name.
    """

    def __init__(self, directory: Directory, language: Language, on: date) -> None:
        self._directory = directory
        self._language = language
        self._on = on

    def officer(self, username: str) -> str:
        """Return an officer's name."""
        return self._directory.officers_names().get(username) or username

    def actor(self, actor: str) -> str:
        """Return the name of whoever made a history entry.

        It is one of `officer:minh.ccvc`, `petitioner`, `router`, `timer`, or a program that sent a petition:
        `client:app`, `open311:app`; or a machine account at the desk, `machine:app`.
        """
        _ = gettext(self._language)
        kind, _colon, program = actor.partition(":")
        if kind in PROGRAMS or actor.startswith(MACHINE):
            return _("Ứng dụng “%s”") % program
        others = {
            "petitioner": _("Người gửi"),
            "router": _("Phân loại tự động"),
            "timer": _("Đồng hồ hệ thống"),
        }
        return others.get(actor) or self.officer(username_of(actor))

    def unit(self, code: str | None) -> str:
        """Return a unit's name; nothing for no unit."""
        unit = self._directory.units(self._on).get(code or "")
        return in_language(self._language, unit.name, unit.name_en) if unit else code or ""

    def complained_unit(self, petition: Petition) -> str:
        """Return the name of the unit complained of."""
        if petition.complained_unit == NO_UNIT_OF_OURS:
            return gettext(self._language)("Không phải đơn vị của Bộ")
        return self.unit(petition.complained_unit)

    def field(self, code: str | None) -> str:
        """Return a field's name; nothing for no field."""
        field = self._directory.fields(self._on).get(code or "")
        return in_language(self._language, field.name, field.name_en) if field else code or ""


def language_of_page(request: Request) -> Language:
    """Return the language of the page: English for `?lang=en`, else Vietnamese."""
    return "en" if query_parameters(request).get("lang") == "en" else "vi"


def names_of(parts: Parts, language: Language) -> Names:
    """Return the names of today."""
    return Names(parts.directory, language, local_date(clock.now()))


def render(
    parts: Parts,
    request: Request,
    officer: DeskOfficer | None,
    template: str,
    status: int = 200,
    **facts: Any,
) -> Response:
    """Answer with a page in the desk's frame.

    Args:
        parts: the function's parts.
        request: for the page's language.
        officer: who reads the page; None where nobody is signed in.
        template: file name in `pages/`.
        status: HTTP status.
        facts: the template's variables, besides those of the frame; of these only `nav_counts`, the numbers beside
            addresses of the menu that the page's own query knows.
    """
    language = language_of_page(request)
    abilities = {name: bool(officer and permissions.is_able(officer, able)) for name, able in _MENU.items()}
    html = parts.pages.render(
        template,
        language,
        officer=officer,
        unit_label=names_of(parts, language).unit(officer.unit) if officer else "",
        has_queues=bool(officer and queues_of(officer)),
        has_letter_keys=bool(officer and parts.desk_preferences.of(officer.username).keys),
        here=_door_of(request),
        other_language=_other_language(request, language),
        **abilities,
        **{"nav_counts": {}, **facts},
    )
    return html_answer(html, status)


def _other_language(request: Request, language: Language) -> str:
    """Return the address of this page in the other language, with its query; for a form's answer, of where it was."""
    other: Language = "vi" if language == "en" else "en"
    query = {name: value for name, value in query_parameters(request).items() if name != "lang"}
    path = f"/desk{str(request.context.get('path', '/')).removeprefix('/desk')}"
    if request.method != "GET":
        above = path.rpartition("/")[0]
        path, query = "/desk/" if above == "/desk" else above, {}
    return link(f"{path}?{urlencode(query)}" if query else path, other)


def _door_of(request: Request) -> str:
    """Return the address of the menu that the request's page belongs to; nothing for a page of none."""
    path = f"/desk{str(request.context.get('path', '')).removeprefix('/desk')}"
    if path.removesuffix("/") == "/desk":
        return "/desk/"
    if path.startswith("/desk/petitions"):
        return "/desk/queue"
    return next((door for door in _DOORS if path == door or path.startswith(f"{door}/")), "")


def render_for_nobody(request: Request, template: str, status: int, **facts: Any) -> Response:
    """Answer with a page in the frame of nobody; it needs neither settings nor AWS, which may be what failed."""
    nobody: dict[str, Any] = {
        "officer": None,
        "unit_label": "",
        "has_queues": False,
        "has_letter_keys": False,
        "here": "",
        "nav_counts": {},
        **dict.fromkeys(_MENU, False),
    }
    nobody["other_language"] = _other_language(request, language_of_page(request))
    return html_answer(PAGES.render(template, language_of_page(request), **nobody, **facts), status)
