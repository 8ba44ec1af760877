"""All notices of one petition, to petitioner and officers, with the evidence of their delivery; each text on demand.

Texts are not stored: they are rendered again from the version of the text that was sent. What only the petitioner may
have (the link token that stands for the PIN) is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.deliveries import CHANNELS, STATES, is_worrying, reason_of
from chalicelib.casework.site.frame import Names, language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.notice_kinds import Audience
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import Delivery, DeliveryChannel
from shared.domain.promises.events import EventType
from shared.platform import clock
from shared.tables.directory import Directory
from shared.web.i18n import Language, gettext
from shared.web.labels import AUDIENCES, EVENTS, NOTICES
from shared.web.rendering import day
from shared.web.requests import query_parameters
from shared.wording.facts import HIDDEN_PIN, HIDDEN_TOKEN, Office, facts_of, officer_facts_of
from shared.wording.grammar import ForbiddenTemplateError
from shared.wording.rendering import Rendered, rendered
from shared.wording.sources import (
    PACKAGED,
    Source,
    TextMissingError,
    TextName,
    packaged,
    source_of,
    text_rows,
)


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/petitions/{reference}/notices", show_notices)
    return pages


def show_notices(parts: Parts, request: Request, officer: DeskOfficer, reference: str) -> Response:
    """Show every delivery of every notice, in the order of the history, as far as the officer reads that."""
    petition = permissions.as_read_by(officer, parts.actions.find(officer, reference))
    language = language_of_page(request)
    names = names_of(parts, language)
    shown = {entry.seq for entry in petition.history}
    deliveries = [d for d in parts.deliveries.of_petition(petition.reference) if d.seq in shown]
    notice = query_parameters(request).get("text", "")
    chosen = next((delivery for delivery in deliveries if delivery.notice == notice), None)
    segments = sum(
        delivery.segments or 0
        for delivery in deliveries
        if delivery.channel is DeliveryChannel.SMS and delivery.attempt
    )
    return render(
        parts,
        request,
        officer,
        "notices.html",
        reference=petition.reference,
        lines=[_line(delivery, names, language) for delivery in deliveries],
        text=_rendered_again(parts, petition, chosen) if chosen else None,
        text_of=_line(chosen, names, language) if chosen else None,
        segments=segments,
        cost=segments * parts.settings.sms_segment_price,
    )


def _line(delivery: Delivery, names: Names, language: Language) -> dict[str, Any]:
    _ = gettext(language)
    words, provided = reason_of(delivery, language)
    return {
        "id": delivery.notice,
        "at": delivery.at,
        "kind": _(NOTICES[delivery.kind]),
        "audience": _(AUDIENCES[delivery.audience]),
        "reader": _reader(delivery, names, language),
        "channel": _(CHANNELS[delivery.channel]),
        "state": _(STATES[delivery.state]),
        "is_worrying": is_worrying(delivery),
        "attempt": delivery.attempt,
        "provider": " ".join(part for part in (delivery.provider, delivery.provider_id) if part),
        "template": _edition(delivery.template, language),
        "reason": words,
        "reason_of_provider": provided,
        "complained_at": delivery.complained_at,
        "segments": delivery.segments,
        "has_text": delivery.template is not None and delivery.kind.value != "PIN_AGAIN",
    }


def _edition(template: str | None, language: Language) -> str:
    """Return the edition of the text that was sent, in words; empty where nothing was."""
    _ = gettext(language)
    if template is None or template == PACKAGED:
        return _("mẫu có sẵn của hệ thống") if template else ""
    return _("mẫu từ %(day)s") % {"day": day(date.fromisoformat(template), language)}


def _reader(delivery: Delivery, names: Names, language: Language) -> str:
    """Return the name of whoever reads a delivery: an officer, or a program with the event it was notified of."""
    if not delivery.reader:
        return ""
    if delivery.audience is not Audience.PROGRAM:
        return names.officer(delivery.reader)
    program, _separator, event = delivery.reader.partition(":")
    return f"{program}: {gettext(language)(EVENTS[EventType(event)])}"


def _rendered_again(parts: Parts, petition: Petition, delivery: Delivery) -> Rendered | None:
    """Return the text of a delivery, rendered again; None where its version is gone or breaks the rules of today."""
    entry = next(entry for entry in petition.history if entry.seq == delivery.seq)
    is_to_petitioner = delivery.audience is Audience.PETITIONER
    language: Language = "en" if petition.language == "en" and is_to_petitioner else "vi"
    name = TextName(
        "petitioner" if is_to_petitioner else "officer",
        delivery.kind,
        delivery.channel,
        "vi" if delivery.channel is DeliveryChannel.PHONE else language,
    )
    directory = parts.directory
    office = Office(
        public_url=parts.settings.public_url,
        link_token=HIDDEN_TOKEN,
        terms=directory.terms_of(petition),
        calendar=directory.calendar(),
        now=min(delivery.at, clock.now()),
        pin=HIDDEN_PIN,
        unit=directory.units(local_date(clock.now())).get(entry.facts.unit or ""),
        language=name.language,
    )
    try:
        source = _source(directory, name, delivery.template or PACKAGED)
        facts = facts_of if is_to_petitioner else officer_facts_of
        return rendered(name, source, facts(petition, entry, office))
    except (TextMissingError, ForbiddenTemplateError):
        return None


def _source(directory: Directory, name: TextName, version: str) -> Source:
    rows = text_rows(directory)
    row = next((row for row in rows if row["id"] == str(name) and str(row["valid_from"]) == version), None)
    return source_of(name, row) if row else packaged(name)
