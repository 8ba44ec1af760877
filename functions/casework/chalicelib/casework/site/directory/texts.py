"""The administrators' pages for the texts of notices: all of them, and one with its versions, check and preview."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework import composition
from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.api.doors import query
from chalicelib.casework.desk.deliveries import CHANNELS
from chalicelib.casework.site.directory.text_words import FIELDS, READERS, VARIABLES, text_label
from chalicelib.casework.site.frame import FormProblem, language_of_page, render, who
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.petition.change import actor_of
from shared.platform import clock
from shared.tables.deliveries import DeliveryChannel
from shared.web.http import RULES, form_body, html_answer, see_other
from shared.web.i18n import Language, gettext
from shared.web.rendering import link
from shared.wording import check_text, samples
from shared.wording.rendering import Rendered, rendered
from shared.wording.sources import (
    Source,
    TextMissingError,
    TextName,
    in_force,
    name_of,
    names,
    packaged,
    source_of,
)

CHECK, SAVE, AS_MAIL = "check", "save", "mail"
_MAIL_POLICY = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
}
"""An e-mail is shown as a mail program would: nothing is loaded, nothing is run."""


class Version(NamedTuple):
    """One version of a text, as an administrator reads it."""

    valid_from: date
    source: Source
    standing: str
    """`in-force`, `planned` or `past`."""
    changed_by: str


def texts(request: Request, officer: DeskOfficer) -> Response:
    """Show every text with its version in force, one line for each notice."""
    permissions.require(officer, Ability.ADMINISTER)
    language = language_of_page(request)
    rows = composition.directory().rows("template")
    today = local_date(clock.now())
    lines = [
        {
            "reader": gettext(language)(READERS[reader]),
            "label": text_label(kind, language),
            "texts": [_in_list(name, rows, today, language) for name in found],
        }
        for (reader, kind), found in groupby(names(), key=lambda name: (name.reader, name.kind))
    ]
    lines.sort(key=lambda line: line["reader"] != gettext(language)(READERS["petitioner"]))
    return render(request, officer, "texts.html", lines=lines)


def _in_list(
    name: TextName, rows: Iterable[Mapping[str, Any]], today: date, language: Language
) -> dict[str, Any]:
    own = [row for row in rows if row["id"] == str(name)]
    return {
        "name": str(name),
        "label": f"{gettext(language)(CHANNELS[name.channel])} {name.language}",
        "is_changed": in_force(name, own, today) is not None,
        "is_planned": any(str(row["valid_from"]) > today.isoformat() for row in own),
    }


def text(request: Request, officer: DeskOfficer, name: str) -> Response:
    """Show one text, with the form for another version filled with the one in force."""
    permissions.require(officer, Ability.ADMINISTER)
    named = _named(name)
    current = _current(named)
    form = {
        "text": current.text.strip(),
        "subject": current.subject,
        "max_segments": str(current.max_segments),
        "is_unicode": "true" if current.is_unicode else "",
        "valid_from": (local_date(clock.now()) + timedelta(days=1)).isoformat(),
    }
    return _page(request, officer, named, form, current, done=bool(query(request).get("done")))


def change_text(request: Request, officer: DeskOfficer, name: str) -> Response:
    """Check another version and show it as its reader would see it; write it when asked to."""
    permissions.require(officer, Ability.ADMINISTER)
    named, form = _named(name), form_body(request)
    administration = composition.administration()
    row = _row(named, form)
    source = source_of(named, row)
    problems = [(one.place, one.rule, one.detail) for one in administration.check_text(officer, row)]
    if form.get("step") == AS_MAIL and not problems:
        return html_answer(_preview(named, source).html, headers=_MAIL_POLICY)
    if form.get("step") == SAVE and not problems:
        try:
            administration.put(officer, "template", str(named), row)
        except InvalidInputError as error:
            problems = [(place, rule, "") for place, rule in error.problems]
        else:
            return see_other(link(f"/desk/texts/{named}?done=1", language_of_page(request)))
    return _page(request, officer, named, form, source, problems=problems, is_checked=True)


def _row(name: TextName, form: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": str(name),
        "valid_from": form.get("valid_from", "").strip(),
        "text": form.get("text", "").replace("\r\n", "\n").strip()[:10_000],
    }
    if name.channel is DeliveryChannel.EMAIL:
        row["subject"] = form.get("subject", "").strip()[:200]
    if name.channel is DeliveryChannel.SMS:
        segments = form.get("max_segments", "").strip()
        row["max_segments"] = int(segments) if segments.isascii() and segments.isdecimal() else 0
        row["is_unicode"] = form.get("is_unicode") == "true"
    return row


def _page(
    request: Request,
    officer: DeskOfficer,
    name: TextName,
    form: Mapping[str, str],
    source: Source,
    *,
    problems: Iterable[tuple[str, str, str]] = (),
    is_checked: bool = False,
    done: bool = False,
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    listed = _problems(problems, language)
    is_sms = name.channel is DeliveryChannel.SMS
    return render(
        request,
        officer,
        "text.html",
        422 if listed else 200,
        name=str(name),
        title=text_label(name.kind, language),
        reader=_(READERS[name.reader]),
        channel=name.channel.value,
        channel_label=_(CHANNELS[name.channel]),
        text_language=name.language,
        errors=listed,
        messages={one.id: one.message for one in listed},
        form=form,
        fields=[
            {**field._asdict(), "id": field.name, "label": _(field.label), "hint": _(field.hint)}
            for field in FIELDS
            if field.source in {"", name.channel.value}
        ],
        preview=None if listed else _preview(name, source),
        measure=check_text.longest(name, source) if is_sms and not listed else None,
        price=composition.configuration().sms_segment_price,
        versions=_versions(name, language),
        variables=[(one, _(VARIABLES[one])) for one in sorted(samples.known_variables(name))],
        is_checked=is_checked,
        done=done,
    )


def _preview(name: TextName, source: Source) -> Rendered:
    return rendered(name, source, samples.ordinary(name, composition.configuration().public_url))


def _problems(problems: Iterable[tuple[str, str, str]], language: Language) -> tuple[FormProblem, ...]:
    _ = gettext(language)
    labels = {field.name: field.label for field in FIELDS}
    found: dict[str, FormProblem] = {}
    for place, rule, detail in problems:
        where = place if place in labels else "text"
        message = _(RULES.get(rule, RULES["invalid"]))
        found.setdefault(
            where, FormProblem(where, _(labels[where]), f"{message} ({detail})" if detail else message)
        )
    return tuple(found.values())


def _versions(name: TextName, language: Language) -> list[Version]:
    """Return every version, newest first; the packaged one is where it all began."""
    rows = [row for row in composition.directory().rows("template") if row["id"] == str(name)]
    today = local_date(clock.now())
    current = in_force(name, rows, today)
    return [
        Version(
            valid_from=date.fromisoformat(str(row["valid_from"])),
            source=source_of(name, row),
            standing=_standing(str(row["valid_from"]), current, today),
            changed_by=who(actor_of(row["changed_by"]), language) if row.get("changed_by") else "",
        )
        for row in sorted(rows, key=lambda row: str(row["valid_from"]), reverse=True)
    ]


def _standing(valid_from: str, current: Source | None, today: date) -> str:
    if valid_from > today.isoformat():
        return "planned"
    return "in-force" if current is not None and current.version == valid_from else "past"


def _current(name: TextName) -> Source:
    rows = composition.directory().rows("template")
    return in_force(name, rows, local_date(clock.now())) or packaged(name)


def _named(name: str) -> TextName:
    try:
        return name_of(name)
    except TextMissingError:
        raise InvalidInputError(("id", "unknown")) from None


PAGES: dict[str, Callable[..., Response]] = {view.__name__: view for view in (texts, text, change_text)}
