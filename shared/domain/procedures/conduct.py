"""Complaints about conduct: the units that must not know of one, and the unit that examines it. Pure.

Nobody judges a complaint about their own house: the unit complained of, the units it reports to and those that report
to it see nothing of the petition and are never given it. While nobody knows which unit is meant, only those who examine
conduct for the whole ministry get it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind

FIELD = "TTRA"
"""The field whose unit, Thanh tra Bộ, examines conduct and denunciations."""
OFFICE = "VPB"
"""Văn phòng Bộ: settles disputes between units, takes the second look, and examines Thanh tra Bộ itself."""
TASK_FORCE = "TCT"
"""Tổ công tác kiểm tra công vụ: decides where Văn phòng Bộ itself is complained of."""

NO_UNIT_OF_OURS = "NONE"
"""Stands for the unit complained of once an officer has said that none of the ministry is meant."""

Parents = Mapping[str, str | None]
"""Which unit each unit reports to."""


def reporting_line(unit: str, parents: Parents) -> frozenset[str]:
    """Return a unit, the units that it reports to, and those that report to it."""
    below = {code for code in parents if unit in above(code, parents)}
    return frozenset({unit, *above(unit, parents), *below})


def is_barred(unit: str, complained_unit: str | None, parents: Parents) -> bool:
    """Return whether a unit must not know of a complaint about another, or about itself."""
    return complained_unit is not None and unit in reporting_line(complained_unit, parents)


def examiner(inspectorate: str, complained_units: Iterable[str], parents: Parents) -> str:
    """Return the unit that examines a complaint: Thanh tra Bộ, or the next where that one is complained of."""
    lines = frozenset().union(*(reporting_line(unit, parents) for unit in complained_units))
    return next((unit for unit in (inspectorate, OFFICE, TASK_FORCE) if unit not in lines), inspectorate)


def may_be_given(unit: str, petition: Petition, parents: Parents, *, examiners: Iterable[str]) -> bool:
    """Return whether a unit may be given a petition.

    Args:
        unit: who would get it.
        petition: as it would be given.
        parents: which unit each unit reports to.
        examiners: who may have a complaint about conduct while the unit complained of is unknown.
    """
    if is_barred(unit, petition.complained_unit, parents):
        return False
    return not is_of_unknown_unit(petition) or unit in examiners


def is_of_unknown_unit(petition: Petition) -> bool:
    """Return whether a complaint may be about one of our own units, and nobody has said about which.

    Once said to be about nobody of ours it may go anywhere; unsaid, it may not.
    """
    is_about_conduct = petition.kind is Kind.CONDUCT and petition.field == FIELD
    return is_about_conduct and petition.complained_unit is None


def above(unit: str, parents: Parents) -> tuple[str, ...]:
    """Return the units that a unit reports to, the nearest first."""
    units: list[str] = []
    parent = parents.get(unit)
    while parent is not None and parent not in units:
        units.append(parent)
        parent = parents.get(parent)
    return tuple(units)
