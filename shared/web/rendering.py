"""Renders pages with Jinja2: the function's own templates over the shared layout, in the reader's language."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shared.domain.calendar.working_calendar import ENGLISH_MONTHS, ENGLISH_WEEKDAYS, VIETNAM, WEEKDAYS
from shared.domain.identity.gsm7 import unaccented
from shared.domain.identity.reference import spaced
from shared.web.i18n import Language, add_catalogue, counted, gettext, translations
from shared.web.labels import DAYS_INSTEAD, DUTY_KINDS, DUTY_STATUSES, HOLIDAYS, PROOFS
from shared.web.static import asset_url

NO_BREAK = "\u00a0"
_FIRST_SENTENCE = re.compile(r"\s*\S[^\n.!?]{0,180}(?:[.!?](?=\s|$)|(?=\n|$))")
"""Up to a full stop or the end of a line, in at most 180 characters."""
_MEGABYTE = 1024 * 1024
_SHARED = Path(__file__).parent / "pages"

_SHORT_WEEKDAYS = ("T2", "T3", "T4", "T5", "T6", "T7", "CN")


class Pages:
    """The pages of one function.

    Args:
        folder: holds the function's templates in `pages/` and its catalogue in `locale/`.
        *others: hold more templates, of pages that are no function's.
    """

    def __init__(self, folder: Path, *others: Path) -> None:
        add_catalogue(folder / "locale")
        self._loader = FileSystemLoader([folder / "pages", _SHARED, *others])
        self._environments: dict[Language, Environment] = {}

    def render(self, template: str, language: Language, **facts: Any) -> str:
        """Return the page. A name that the template misspells is an error, never an empty place."""
        return self._environment(language).get_template(template).render(language=language, **facts)

    def compile(self) -> None:
        """Compile every template in both languages, as the first page that uses it would."""
        for language in ("vi", "en"):
            environment = self._environment(language)
            for name in environment.list_templates(extensions=["html"]):
                environment.get_template(name)

    def _environment(self, language: Language) -> Environment:
        if language not in self._environments:
            environment = Environment(
                loader=self._loader,
                autoescape=True,
                undefined=StrictUndefined,
                extensions=["jinja2.ext.i18n"],
                trim_blocks=True,
                lstrip_blocks=True,
            )
            environment.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
            environment.filters |= {
                "anchor": anchor,
                "after_first_sentence": after_first_sentence,
                "brief_day": partial(brief_day, language=language),
                "day": lambda value, of=language: day(value, of),
                "day_off": partial(day_off, language=language),
                "day_in_sentence": partial(day_in_sentence, language=language),
                "decimal": partial(decimal, language=language),
                "first_sentence": first_sentence,
                "local_day": partial(local_day, language=language),
                "local_day_alone": partial(local_day_alone, language=language),
                "moment_with_weekday": partial(moment_with_weekday, language=language),
                "moment_in_sentence": partial(moment_in_sentence, language=language),
                "file_size": partial(file_size, language=language),
                "long_day": partial(long_day, language=language),
                "moment": moment,
                "month_name": partial(month_name, language=language),
                "number": partial(number, language=language),
                "short_day": partial(short_day, language=language),
                "spaced": spaced,
            }
            environment.globals |= {
                "_n": partial(counted_text, language),
                "asset": asset_url,
                "duty_kinds": DUTY_KINDS,
                "link": partial(link, language=language),
                "duty_statuses": DUTY_STATUSES,
                "proofs": PROOFS,
            }
            self._environments[language] = environment
        return self._environments[language]


def counted_text(language: Language, text: str, number: int, **values: Any) -> Markup:
    """Return a text with a number in the form for it; `%(count)s` stands for the number.

    In templates: `{{ _n("%(count)s ngày", days) }}`.
    """
    form = Markup(counted(language)(text, number))  # noqa: S704 - ours; the values are escaped
    return form % {"count": number, **values}


def anchor(text: str) -> str:
    """Return a text as the id of an element."""
    return "-".join(re.findall(r"[a-z0-9]+", unaccented(text).casefold()))


def day(value: date, language: Language = "vi") -> str:
    """Return a date as a language writes it: 14/12/2026, or 14 Dec 2026. In templates `day("vi")` keeps Vietnamese."""
    if language == "en":
        return f"{brief_day(value, language)}{NO_BREAK}{value.year}"
    return f"{value:%d/%m/%Y}"


def long_day(value: date, language: Language) -> str:
    """Return a date with its weekday, for deadlines: Thứ Hai, ngày 14/12/2026 or Monday, 14 December 2026."""
    if language == "en":
        return (
            f"{ENGLISH_WEEKDAYS[value.weekday()]}, {value.day} {ENGLISH_MONTHS[value.month - 1]} {value.year}"
        )
    return f"{WEEKDAYS[value.weekday()]}, ngày {day(value)}"


def day_in_sentence(value: date, language: Language) -> str:
    """Return a date with its weekday inside a sentence, kept on one line: thứ Hai 14/12/2026.

    In English, as `long_day`, the line may break after the weekday. Sunday keeps its capital in Vietnamese, as in
    official letters.
    """
    if language == "en":
        weekday, _, date_alone = long_day(value, language).partition(" ")
        return f"{weekday} {date_alone.replace(' ', NO_BREAK)}"
    weekday = WEEKDAYS[value.weekday()].replace("Thứ", "thứ")
    return f"{weekday} {day(value)}".replace(" ", NO_BREAK)


def day_off(name: str, language: Language) -> str:
    """Return the name of a day off in a language: a holiday, a weekday, a day instead of another.

    What a decision calls a day (`Override.label`) stays as it was written.
    """
    if language == "vi":
        return name
    if name in WEEKDAYS:
        return ENGLISH_WEEKDAYS[WEEKDAYS.index(name)]
    if name in HOLIDAYS:
        return gettext(language)(name)
    for text in DAYS_INSTEAD:
        before, _, after = text.partition("%(day)s")
        if name.startswith(before) and name.endswith(after):
            named = name[len(before) : len(name) - len(after)]
            return gettext(language)(text) % {"day": day_off(named, language)}
    return name


def brief_day(value: date, language: Language) -> str:
    """Return a date without its year, beside another that has one: 14/12, or 14 Dec."""
    if language == "en":
        return f"{value.day}{NO_BREAK}{ENGLISH_MONTHS[value.month - 1][:3]}"
    return f"{value:%d/%m}"


def local_day(value: datetime, language: Language) -> str:
    """Return the day of an instant in Vietnam, with its weekday."""
    return day_in_sentence(value.astimezone(VIETNAM).date(), language)


def local_day_alone(value: datetime, language: Language) -> str:
    """Return the day of an instant in Vietnam as a heading or a cell has it: Thứ Hai 14/12/2026."""
    text = local_day(value, language)
    return f"{text[0].upper()}{text[1:]}"


def moment_with_weekday(value: datetime, language: Language) -> str:
    """Return an instant as a Vietnamese wall clock shows it, with its weekday: Thứ Hai 14/12/2026, 08:05."""
    local = value.astimezone(VIETNAM)
    if language == "en":
        return f"{long_day(local.date(), language)}, {local:%H:%M}"
    return f"{WEEKDAYS[local.weekday()]} {day(local.date())}, {local:%H:%M}"


def moment_in_sentence(value: datetime, language: Language) -> str:
    """Return an instant inside a sentence: 08:05 thứ Hai 14/12/2026, or 08:05 on Monday, 14 December 2026."""
    local = value.astimezone(VIETNAM)
    between = " on " if language == "en" else NO_BREAK
    return f"{local:%H:%M}{between}{day_in_sentence(local.date(), language)}"


def first_sentence(text: str) -> str:
    """Return a text up to the end of its first sentence, if that is short enough to stand out; else nothing."""
    match = _FIRST_SENTENCE.match(text)
    return match[0] if match else ""


def after_first_sentence(text: str) -> str:
    """Return the rest of a text, from where `first_sentence` ended."""
    return text[len(first_sentence(text)) :]


def short_day(value: date, language: Language) -> str:
    """Return a date with its weekday for lists: T2 14/12, or Mon 14 Dec."""
    weekday = value.weekday()
    name = ENGLISH_WEEKDAYS[weekday][:3] if language == "en" else _SHORT_WEEKDAYS[weekday]
    return f"{name} {brief_day(value, language)}"


def decimal(value: float, language: Language) -> str:
    """Return a number as a language writes it, without needless zeros: 5,2 in Vietnamese, 5.2 in English."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return written if language == "en" else written.replace(".", ",")


def month_name(month: str, language: Language) -> str:
    """Return a month as people say it: tháng 10/2026, or October 2026.

    Args:
        month: as `2026-10`.
        language: the reader's.
    """
    year, number_of = month.split("-")
    if language == "en":
        return f"{ENGLISH_MONTHS[int(number_of) - 1]} {year}"
    return f"tháng {int(number_of)}/{year}"


def number(value: int, language: Language) -> str:
    """Return a whole number as a language groups it: 1.284 in Vietnamese, 1,284 in English."""
    written = f"{value:,}"
    return written if language == "en" else written.replace(",", ".")


def file_size(value: int, language: Language) -> str:
    """Return a file's length as people read it: 640 KB, or 1,4 MB (1.4 MB in English)."""
    if value < _MEGABYTE:
        return f"{max(1, round(value / 1024))} KB"
    return f"{decimal(round(value / _MEGABYTE, 1), language)} MB"


def link(path: str, language: Language) -> str:
    """Return an address on this site that keeps the reader's language."""
    return path if language == "vi" else f"{path}{'&' if '?' in path else '?'}lang=en"


def moment(value: datetime) -> str:
    """Return an instant as a Vietnamese wall clock shows it: 14/12/2026 08:05."""
    return f"{value.astimezone(VIETNAM):%d/%m/%Y %H:%M}"
