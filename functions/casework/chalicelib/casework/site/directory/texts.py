"""The administrators' pages of the texts of notices: all of them, and one with its versions, check and preview."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from chalice.app import Request, Response

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.open_petitions import all_units, concerned_by_text, count_by_unit
from chalicelib.casework.administration.titles import text_label
from chalicelib.casework.composition import Parts
from chalicelib.casework.desk.deliveries import CHANNELS
from chalicelib.casework.site.directory.form_fields import field_views
from chalicelib.casework.site.directory.row_preview import after_change
from chalicelib.casework.site.directory.text_labels import FIELDS, LANGUAGES, READERS, VARIABLES
from chalicelib.casework.site.frame import FormProblem, Names, language_of_page, names_of, render
from chalicelib.casework.site.routes import PageRoutes
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.promises.deliveries import DeliveryChannel
from shared.platform import clock
from shared.tables.directory import Directory
from shared.web.answers import html_answer
from shared.web.i18n import Language, gettext
from shared.web.problems import rule_message
from shared.web.requests import form_body, query_parameters
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
    text_rows,
)

SAVE, AS_MAIL = "save", "mail"
"""Values of the form's `step`; any other checks the text and shows it."""
MAX_TEXT, MAX_SUBJECT = 10_000, 200
_MAIL_POLICY = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
}
"""An e-mail is shown as a mail program would show it: nothing is loaded, nothing is run."""


class Version(NamedTuple):
    """One version of a text, as an administrator reads it."""

    valid_from: date
    source: Source
    status: str
    """`in-force`, `planned` or `past`."""
    changed_by: str
    confirmed_by: str
    """The second person; empty where none was needed."""


class CheckedText(NamedTuple):
    """A text on its page: the form, the text in it, and its problems."""

    form: Mapping[str, str]
    source: Source
    problems: tuple[tuple[str, str, str], ...] = ()
    """(field, rule, detail)."""
    is_checked: bool = False
    """The administrator asked for the check."""


def routes(parts: Callable[[], Parts]) -> PageRoutes:
    """Return the routes of this module."""
    pages = PageRoutes(__name__, parts)
    pages.get("/texts", list_texts)
    pages.get("/texts/{name}", show_text)
    pages.post("/texts/{name}", change_text)
    return pages


def list_texts(parts: Parts, request: Request, officer: DeskOfficer) -> Response:
    """Show every text with its version in force, one line for each notice."""
    permissions.require(officer, Ability.ADMINISTER)
    language = language_of_page(request)
    _ = gettext(language)
    rows = text_rows(parts.directory)
    today = local_date(clock.now())
    lines = [
        {
            "reader": _(READERS[reader]),
            "label": text_label(kind, language),
            "texts": [_link_view(name, rows, today, language) for name in of_notice],
        }
        for (reader, kind), of_notice in groupby(names(), key=lambda name: (name.reader, name.kind))
    ]
    petitioner = READERS["petitioner"]
    lines.sort(key=lambda line: line["reader"] != _(petitioner))
    return render(parts, request, officer, "texts.html", lines=lines)


def _link_view(
    name: TextName, rows: Iterable[Mapping[str, Any]], today: date, language: Language
) -> dict[str, Any]:
    _ = gettext(language)
    versions = [row for row in rows if row["id"] == str(name)]
    return {
        "name": str(name),
        "label": f"{_(CHANNELS[name.channel])} ({_(LANGUAGES[name.language])})",
        "is_changed": in_force(name, versions, today) is not None,
        "is_planned": any(str(row["valid_from"]) > today.isoformat() for row in versions),
    }


def show_text(parts: Parts, request: Request, officer: DeskOfficer, name: str) -> Response:
    """Show one text, with the form for another version filled with the one in force."""
    permissions.require(officer, Ability.ADMINISTER)
    text_name = _text_name(name)
    current = _current(parts.directory, text_name)
    form = {
        "text": current.text.strip(),
        "subject": current.subject,
        "max_segments": str(current.max_segments),
        "is_unicode": "true" if current.is_unicode else "",
        "valid_from": (local_date(clock.now()) + timedelta(days=1)).isoformat(),
    }
    done = bool(query_parameters(request).get("done"))
    return _page(parts, request, officer, text_name, CheckedText(form, current), done=done)


def change_text(parts: Parts, request: Request, officer: DeskOfficer, name: str) -> Response:
    """Check another version and show it as its reader would see it; write it when the form says `save`."""
    permissions.require(officer, Ability.ADMINISTER)
    text_name, form = _text_name(name), form_body(request)
    row = _row(text_name, form)
    source = source_of(text_name, row)
    problems = tuple(
        (problem.place, problem.rule, problem.detail)
        for problem in parts.administration.check_text(officer, row)
    )
    if form.get("step") == AS_MAIL and not problems:
        return html_answer(_preview(parts, text_name, source).html, headers=_MAIL_POLICY)
    if form.get("step") == SAVE and not problems:
        try:
            outcome = parts.changes.put(officer, "template", str(text_name), row)
        except InvalidInputError as error:
            problems = tuple((place, rule, "") for place, rule in error.problems)
        else:
            return after_change(request, outcome, f"/desk/texts/{text_name}")
    checked = CheckedText(form, source, problems, is_checked=True)
    return _page(parts, request, officer, text_name, checked)


def _row(name: TextName, form: Mapping[str, str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": str(name),
        "valid_from": form.get("valid_from", "").strip(),
        "text": form.get("text", "").replace("\r\n", "\n").strip()[:MAX_TEXT],
    }
    if name.channel is DeliveryChannel.EMAIL:
        row["subject"] = form.get("subject", "").strip()[:MAX_SUBJECT]
    if name.channel is DeliveryChannel.SMS:
        segments = form.get("max_segments", "").strip()
        row["max_segments"] = int(segments) if segments.isascii() and segments.isdecimal() else 0
        row["is_unicode"] = form.get("is_unicode") == "true"
    return row


def _page(
    parts: Parts,
    request: Request,
    officer: DeskOfficer,
    name: TextName,
    checked: CheckedText,
    *,
    done: bool = False,
) -> Response:
    language = language_of_page(request)
    _ = gettext(language)
    errors = _form_problems(checked.problems, language)
    is_sms = name.channel is DeliveryChannel.SMS
    fields = (field for field in FIELDS if field.source in {"", name.channel.value})
    return render(
        parts,
        request,
        officer,
        "text.html",
        422 if errors else 200,
        name=str(name),
        title=text_label(name.kind, language),
        reader=_(READERS[name.reader]),
        channel=name.channel.value,
        channel_label=_(CHANNELS[name.channel]),
        text_language=name.language,
        errors=errors,
        messages={error.id: error.message for error in errors},
        form=checked.form,
        form_fields=field_views(fields, language),
        preview=None if errors else _preview(parts, name, checked.source),
        measure=check_text.longest(name, checked.source) if is_sms and not errors else None,
        price=parts.settings.sms_segment_price,
        versions=_versions(
            parts.directory, name, names_of(parts, language), _confirmers(parts, officer, name)
        ),
        variables=[(variable, _(VARIABLES[variable])) for variable in sorted(samples.known_variables(name))],
        by_unit=_by_unit(parts, officer, name, language) if checked.is_checked and not errors else None,
        is_checked=checked.is_checked,
        waits=parts.settings.changes_need_confirmation,
        done=done,
    )


def _by_unit(
    parts: Parts, officer: DeskOfficer, name: TextName, language: Language
) -> list[tuple[str, int]] | None:
    """Return how many open petitions of each unit a text may still be sent about; None for a text about none."""
    concerns = concerned_by_text(name.kind)
    if concerns is None:
        return None
    units = names_of(parts, language)
    numbers = count_by_unit(officer, parts.petitions, all_units(parts.directory), concerns)
    return [(units.unit(unit), number) for unit, number in numbers]


def _preview(parts: Parts, name: TextName, source: Source) -> Rendered:
    return rendered(name, source, samples.ordinary(name, parts.settings.public_url))


def _form_problems(problems: Iterable[tuple[str, str, str]], language: Language) -> tuple[FormProblem, ...]:
    """Return the first problem of each field, with its detail; what belongs to no field is the text's."""
    _ = gettext(language)
    labels = {field.name: field.label for field in FIELDS}
    first: dict[str, FormProblem] = {}
    for place, rule, detail in problems:
        name = place if place in labels else "text"
        message = rule_message(rule, language)
        first.setdefault(
            name, FormProblem(name, _(labels[name]), f"{message} ({detail})" if detail else message)
        )
    return tuple(first.values())


def _confirmers(parts: Parts, officer: DeskOfficer, name: TextName) -> dict[str, str]:
    """Return the confirmer of the latest change of each version, by its first day."""
    rows = parts.administration.rows(officer, "template", str(name))
    return {
        str(row.facts["valid_from"]): row.confirmed_by[row.revision]
        for row in rows
        if row.revision in row.confirmed_by
    }


def _versions(
    directory: Directory, name: TextName, labels: Names, confirmers: Mapping[str, str]
) -> list[Version]:
    """Return every version of the directory, newest first; the packaged text is none of them."""
    rows = [row for row in text_rows(directory) if row["id"] == str(name)]
    today = local_date(clock.now())
    current = in_force(name, rows, today)
    return [
        Version(
            valid_from=date.fromisoformat(str(row["valid_from"])),
            source=source_of(name, row),
            status=_status(str(row["valid_from"]), current, today),
            changed_by=labels.officer(str(row["changed_by"])) if row.get("changed_by") else "",
            confirmed_by=labels.officer(confirmers.get(str(row["valid_from"]), "")),
        )
        for row in sorted(rows, key=lambda row: str(row["valid_from"]), reverse=True)
    ]


def _status(valid_from: str, current: Source | None, today: date) -> str:
    if valid_from > today.isoformat():
        return "planned"
    return "in-force" if current is not None and current.version == valid_from else "past"


def _current(directory: Directory, name: TextName) -> Source:
    return in_force(name, text_rows(directory), local_date(clock.now())) or packaged(name)


def _text_name(name: str) -> TextName:
    try:
        return name_of(name)
    except TextMissingError:
        raise InvalidInputError(("id", "unknown")) from None
