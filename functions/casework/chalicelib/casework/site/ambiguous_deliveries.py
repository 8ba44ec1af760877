"""The administrators' page of sends in doubt."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.desk.deliveries import CHANNELS, STATES
from chalicelib.casework.oversight.ambiguous_deliveries import FindingInput
from chalicelib.casework.site.frame import language_of_page, render
from shared.web.http import form_pairs, see_other, validated
from shared.web.i18n import gettext
from shared.web.labels import NOTICES
from shared.web.rendering import link


def in_doubt(request: Request, officer: DeskOfficer) -> Response:
    """Show the sends in doubt."""
    _ = gettext(language_of_page(request))
    shown = [
        {
            **one.model_dump(),
            "kind_label": _(NOTICES[one.kind]),
            "channel_label": _(CHANNELS[one.channel]),
            "state_label": _(STATES[one.state]),
        }
        for one in composition.doubts().waiting(officer)
    ]
    return render(request, officer, "in_doubt.html", doubts=shown)


def settle_doubt(request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Take what was found out about one of them."""
    form = dict(form_pairs(request))
    given = {name: form.get(name, "") for name in ("notice", "finding")}
    composition.doubts().settle(officer, reference, validated(FindingInput, given))
    return see_other(link("/desk/in-doubt", language_of_page(request)))


PAGES: dict[str, Callable[..., Response]] = {"in_doubt": in_doubt, "settle_doubt": settle_doubt}
