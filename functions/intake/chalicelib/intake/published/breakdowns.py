"""A month's counts by channel, kind, field, state, province and unit, with names: for the page and the open data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple, Protocol

from chalicelib.intake.published.statistics import OTHER, UNDECIDED, MonthFigures
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.provinces import BY_CODE
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.classification import Channel, Kind
from shared.tables.directory import Directory
from shared.web.i18n import N_, Language, gettext, in_language
from shared.web.labels import CHANNELS, KINDS, STATES

TITLES = {
    "channel": N_("Theo kênh"),
    "kind": N_("Theo loại"),
    "field": N_("Theo lĩnh vực"),
    "state": N_("Theo trạng thái"),
    "province": N_("Theo tỉnh, thành phố của người gửi"),
    "unit": N_("Theo đơn vị"),
}
"""The breakdowns, and the heading of each."""

UNDECIDED_NAME = N_("Chưa xác định")
OTHER_NAME = N_("Tỉnh, thành phố khác")

Names = Mapping[str, Callable[[str], str]]
"""For each breakdown the function that returns the name of a code, in one language."""


class Named(Protocol):
    """A row with a Vietnamese and an English name."""

    @property
    def name(self) -> str:
        """The Vietnamese name."""

    @property
    def name_en(self) -> str:
        """The English name, "" where there is none."""


class Count(NamedTuple):
    """The number of petitions in one group of a breakdown."""

    by: str
    code: str
    name: str
    received: int | None
    """None where a count is too small to be published."""


def breakdowns(figures: MonthFigures, names: Names) -> dict[str, list[Count]]:
    """Return a month's counts by breakdown; where none is too small to be published they add up to the total."""
    counts: dict[str, Mapping[str, int | None]] = {
        "channel": figures.by_channel,
        "kind": figures.by_kind,
        "field": figures.by_field,
        "state": figures.by_state,
        "province": figures.by_province,
        "unit": {unit.unit: unit.received for unit in figures.by_unit},
    }
    return {
        by: [Count(by, code, names[by](code), number) for code, number in numbers.items()]
        for by, numbers in counts.items()
    }


def names_of_codes(directory: Directory, language: Language, at: datetime) -> Names:
    """Return the names that codes have at an instant; a code that is in force no more stands for itself."""
    _ = gettext(language)
    units, fields = directory.units(local_date(at)), directory.fields(local_date(at))

    def name_in(rows: Mapping[str, Named]) -> Callable[[str], str]:
        return lambda code: (
            in_language(language, rows[code].name, rows[code].name_en) if code in rows else code
        )

    in_no_group = {UNDECIDED: _(UNDECIDED_NAME), OTHER: _(OTHER_NAME)}
    names: Names = {
        "channel": lambda code: _(CHANNELS[Channel(code)]),
        "kind": lambda code: _(KINDS[Kind(code)]),
        "field": name_in(fields),
        "state": lambda code: _(STATES[State(code)]),
        "province": name_in(BY_CODE),
        "unit": name_in(units),
    }

    def or_no_group(name: Callable[[str], str]) -> Callable[[str], str]:
        return lambda code: in_no_group.get(code) or name(code)

    return {by: or_no_group(name) for by, name in names.items()}
