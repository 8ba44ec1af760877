"""All notices of one petition, to petitioner and officers, with what proves that they arrived; a text on demand.

Texts are not kept: they are rendered again from the version that was sent. What only the petitioner may have (the
link that stands for the PIN) is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.api.doors import query
from chalicelib.casework.desk.deliveries import CHANNELS, STATES, is_worrying
from chalicelib.casework.site.frame import language_of_page, render, who
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.change import actor_of
from shared.domain.petition.petition import Petition
from shared.domain.promises.notices import Audience
from shared.platform import clock
from shared.tables.deliveries import Delivery, DeliveryChannel
from shared.web.i18n import Language, gettext
from shared.web.labels import AUDIENCES, NOTICES
from shared.wording.facts import HIDDEN_PIN, Office, facts_of
from shared.wording.rendering import Rendered, rendered
from shared.wording.sources import PACKAGED, Source, TextMissingError, TextName, packaged, source_of

HIDDEN_TOKEN = "***"  # noqa: S105 - stands where the petitioner's link token stood


def notices(request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Show every delivery of every notice, as the history has them."""
    petition = composition.casework().find(officer, reference)
    language = language_of_page(request)
    deliveries = composition.deliveries().of_petition(petition.reference)
    asked = query(request).get("text", "")
    shown = next((one for one in deliveries if one.notice == asked), None)
    paid = sum(one.segments or 0 for one in deliveries if one.channel is DeliveryChannel.SMS and one.attempt)
    return render(
        request,
        officer,
        "notices.html",
        reference=petition.reference,
        lines=[_line(one, language) for one in deliveries],
        text=said_again(petition, shown) if shown else None,
        text_of=_line(shown, language) if shown else None,
        segments=paid,
        cost=paid * composition.configuration().sms_segment_price,
    )


def _line(one: Delivery, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    return {
        "id": one.notice,
        "at": one.at,
        "kind": _(NOTICES[one.kind]),
        "audience": _(AUDIENCES[one.audience]),
        "reader": who(actor_of(one.reader), language) if one.reader else "",
        "channel": _(CHANNELS[one.channel]),
        "state": _(STATES[one.state]),
        "is_worrying": is_worrying(one),
        "attempt": one.attempt,
        "provider": " ".join(part for part in (one.provider, one.provider_id) if part),
        "template": one.template or "",
        "reason": one.reason or "",
        "complained_at": one.complained_at,
        "segments": one.segments,
        "has_text": one.template is not None and one.kind.value != "PIN_AGAIN",
    }


def said_again(petition: Petition, one: Delivery) -> Rendered | None:
    """Return what a delivery said, rendered again; None where its text cannot be had any more."""
    entry = petition.history[one.seq - 1]
    is_to_petitioner = one.audience is Audience.PETITIONER
    language: Language = "en" if petition.language == "en" and is_to_petitioner else "vi"
    name = TextName(
        "petitioner" if is_to_petitioner else "officer",
        one.kind,
        one.channel,
        "vi" if one.channel is DeliveryChannel.PHONE else language,
    )
    directory = composition.directory()
    office = Office(
        public_url=composition.configuration().public_url,
        link_token=HIDDEN_TOKEN,
        terms=directory.terms_of(petition),
        calendar=directory.calendar(),
        now=min(one.at, clock.now()),
        pin=HIDDEN_PIN,
        unit=directory.units(local_date(clock.now())).get(entry.facts.get("unit", "")),
        language=name.language,
    )
    try:
        return rendered(name, _source(name, one.template or PACKAGED), facts_of(petition, entry, office))
    except TextMissingError:
        return None


def _source(name: TextName, version: str) -> Source:
    rows = composition.directory().rows("template")
    row = next((row for row in rows if row["id"] == str(name) and str(row["valid_from"]) == version), None)
    return source_of(name, row) if row else packaged(name)


PAGES: dict[str, Callable[..., Response]] = {"notices": notices}
