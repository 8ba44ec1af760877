"""Renders pages with Jinja2: the function's own templates over the shared layout, in the reader's language."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from shared.domain.calendar.working_calendar import VIETNAM
from shared.domain.identity.gsm7 import unaccented
from shared.domain.identity.reference import spaced
from shared.web.i18n import Language, add_catalogue, counted, translations
from shared.web.labels import DUTY_KINDS, DUTY_STATUSES, PROOFS
from shared.web.static import asset_url

_MEGABYTE = 1024 * 1024
_SHARED = Path(__file__).parent / "pages"

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
_ENGLISH_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class Pages:
    """The pages of one function.

    Args:
        folder: holds the function's templates in `pages/` and its catalogue in `locale/`.
    """

    def __init__(self, folder: Path) -> None:
        add_catalogue(folder / "locale")
        self._loader = FileSystemLoader([folder / "pages", _SHARED])
        self._environments: dict[Language, Environment] = {}

    def render(self, template: str, language: Language, **facts: Any) -> str:
        """Return the page. A name that the template misspells is an error, never an empty place."""
        return self._environment(language).get_template(template).render(language=language, **facts)

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
                "day": day,
                "decimal": partial(decimal, language=language),
                "file_size": partial(file_size, language=language),
                "long_day": partial(long_day, language=language),
                "moment": moment,
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


def day(value: date) -> str:
    """Return a date as it is written in Vietnam: 14/12/2026."""
    return f"{value:%d/%m/%Y}"


def long_day(value: date, language: Language) -> str:
    """Return a date with its weekday, for deadlines: Thứ Hai, ngày 14/12/2026 or Monday, 14 December 2026."""
    if language == "en":
        return f"{_ENGLISH_WEEKDAYS[value.weekday()]}, {value.day} {_ENGLISH_MONTHS[value.month - 1]} {value.year}"
    return f"{WEEKDAYS[value.weekday()]}, ngày {day(value)}"


def decimal(value: float, language: Language) -> str:
    """Return a number as a language writes it, without needless zeros: 5,2 in Vietnamese, 5.2 in English."""
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return written if language == "en" else written.replace(".", ",")


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
