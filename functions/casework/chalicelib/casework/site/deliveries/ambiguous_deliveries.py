"""The administrators' page of ambiguous deliveries."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.deliveries import CHANNELS, STATES
from chalicelib.casework.oversight.ambiguous_deliveries import FindingInput
from chalicelib.casework.site.frame import language_of_page, render
from chalicelib.casework.site.routes import PageRoutes
from shared.web.answers import see_other
from shared.web.i18n import gettext
from shared.web.labels import NOTICES
from shared.web.rendering import link
from shared.web.requests import form_body, validated


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/in-doubt", show_ambiguous_deliveries)
    pages.post("/in-doubt/{reference}", settle_ambiguous_delivery)
    return pages


def show_ambiguous_deliveries(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show the ambiguous deliveries, the oldest first."""
    _ = gettext(language_of_page(request))
    deliveries = [
        {
            **delivery.model_dump(),
            "kind_label": _(NOTICES[delivery.kind]),
            "channel_label": _(CHANNELS[delivery.channel]),
            "state_label": _(STATES[delivery.state]),
        }
        for delivery in parts.ambiguous_deliveries.waiting(officer)
    ]
    return render(parts, request, officer, "ambiguous_deliveries.html", deliveries=deliveries)


def settle_ambiguous_delivery(
    parts: Parts, request: Request, officer: DeskOfficer, reference: str
) -> Response:
    """Settle an ambiguous delivery by what the provider's records show."""
    form = form_body(request)
    finding = validated(FindingInput, {name: form.get(name, "") for name in ("notice", "finding")})
    parts.ambiguous_deliveries.settle(officer, reference, finding)
    return see_other(link("/desk/in-doubt", language_of_page(request)))
