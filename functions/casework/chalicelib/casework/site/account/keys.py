"""The page of the shortcuts: what each key does, and the switch that turns single letters off (WCAG 2.1.4).

The page works without JavaScript; `keys.js` takes the dialog of the help from it.
"""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.routes import PageRoutes
from shared.web.answers import see_other
from shared.web.i18n import N_, gettext
from shared.web.rendering import link
from shared.web.requests import form_body, query_parameters

KEYS: tuple[tuple[str, str], ...] = (
    ("j", N_("hồ sơ sau trong danh sách")),
    ("k", N_("hồ sơ trước trong danh sách")),
    ("e", N_("mở hồ sơ đang chọn; trong hồ sơ: soạn trả lời")),
    ("x", N_("đánh dấu hồ sơ đang chọn")),
    ("a", N_("nhận xử lý hồ sơ đang chọn, hoặc các hồ sơ đã đánh dấu")),
    ("n", N_("từ một hồ sơ sang hồ sơ tiếp theo")),
    ("/", N_("đến ô tìm")),
    ("?", N_("xem các phím tắt này")),
)
"""Each letter, and what it does."""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/keys", show_keys)
    pages.post("/keys", switch_keys)
    return pages


def show_keys(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the shortcuts, and the switch of those of one letter."""
    _ = gettext(language_of_page(request))
    shortcuts = [(key, _(label)) for key, label in KEYS]
    done = bool(query_parameters(request).get("done"))
    return render(parts, request, officer, "keys.html", shortcuts=shortcuts, done=done)


def switch_keys(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Turn the shortcuts of one letter on or off."""
    parts.desk_preferences.use_keys(officer.username, keys=form_body(request).get("keys") == "true")
    return see_other(link("/desk/keys?done=1", language_of_page(request)))
