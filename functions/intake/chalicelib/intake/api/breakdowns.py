"""A month's counts by channel, kind, field, state, province and unit, with names: for the page and the open data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from chalicelib.intake import composition
from chalicelib.intake.published.statistics import MonthFigures
from shared.domain.calendar.working_calendar import local_date
from shared.domain.identity.provinces import BY_CODE
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.classification import Channel, Kind
from shared.platform import clock
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
"""By what petitions are counted, and how that is headed."""


class Count(NamedTuple):
    """How many petitions belong to one group."""

    by: str
    code: str
    name: str
    received: int | None
    """None where a count is too small to be told."""


def breakdowns(figures: MonthFigures, language: Language) -> dict[str, list[Count]]:
    """Return a month's counts, by what they are told apart; who has no field or province yet is in none of those."""
    names = namers(language)
    counts: dict[str, Mapping[str, int | None]] = {
        "channel": figures.by_channel,
        "kind": figures.by_kind,
        "field": figures.by_field,
        "state": figures.by_state,
        "province": figures.by_province,
        "unit": {one.unit: one.received for one in figures.by_unit},
    }
    return {
        by: [Count(by, code, names[by](code), n) for code, n in found.items()] for by, found in counts.items()
    }


def namers(language: Language) -> dict[str, Callable[[str], str]]:
    """Return what gives the name of a code, for each breakdown."""
    _ = gettext(language)
    units = composition.directory().units(local_date(clock.now()))
    fields = {field.code: field.name for field in composition.public_record().fields(language).fields}

    def unit(code: str) -> str:
        found = units.get(code)
        return in_language(language, found.name, found.name_en) if found else code

    def province(code: str) -> str:
        found = BY_CODE.get(code)
        return in_language(language, found.name, found.name_en) if found else code

    return {
        "channel": lambda code: _(CHANNELS[Channel(code)]),
        "kind": lambda code: _(KINDS[Kind(code)]),
        "field": lambda code: fields.get(code, code),
        "state": lambda code: _(STATES[State(code)]),
        "province": province,
        "unit": unit,
    }
