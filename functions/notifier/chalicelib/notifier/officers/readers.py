"""The officers who read a notice: those of its audience, or of the next one where nobody is in office. Pure rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from shared.domain.access.readers import may_know
from shared.domain.access.roles import Role
from shared.domain.petition.change import username_of
from shared.domain.petition.petition import Petition
from shared.domain.procedures.conduct import Parents
from shared.domain.promises.notices import Audience
from shared.tables.directory import Officer

INSTEAD: dict[Audience, tuple[Audience, ...]] = {
    Audience.HANDLER: (Audience.UNIT_HEAD, Audience.APPROVER, Audience.TASK_FORCE, Audience.INTAKE),
    Audience.UNIT_HEAD: (Audience.APPROVER, Audience.TASK_FORCE, Audience.INTAKE),
    Audience.APPROVER: (Audience.TASK_FORCE, Audience.INTAKE),
    Audience.INTAKE: (Audience.APPROVER, Audience.TASK_FORCE),
    Audience.TASK_FORCE: (Audience.APPROVER,),
}
"""The audiences to take, in this order, when a notice's own audience has nobody in office."""


class Readers(NamedTuple):
    """The officers who read a notice, and the audience that they are."""

    officers: tuple[Officer, ...]
    audience: Audience
    """The audience of the officers: another one than the notice's when that has nobody in office."""


def readers_of(
    audience: Audience, petition: Petition, officers: Mapping[str, Officer], parents: Parents
) -> Readers | None:
    """Return the officers of an audience, or of the next one up; None when nobody at all is in office.

    An officer who may not know of the petition reads no notice about it: nobody of the reporting line that it complains
    of, and of a denunciation only its named readers.
    """
    informed = {
        name: officer for name, officer in officers.items() if may_know(officer.reader(parents), petition)
    }
    for candidate in (audience, *INSTEAD[audience]):
        readers = _FIND[candidate](petition, informed)
        if readers:
            return Readers(readers, candidate)
    return None


def _handler(petition: Petition, officers: Mapping[str, Officer]) -> tuple[Officer, ...]:
    """Return the handler, who stands in for them while they are away, or took over from them."""
    handler = username_of(petition.handler or "")
    return tuple(o for o in officers.values() if o.unit == petition.unit and o.handles(handler))


def _leads_of_unit(petition: Petition, officers: Mapping[str, Officer]) -> tuple[Officer, ...]:
    return tuple(o for o in officers.values() if Role.UNIT_HEAD in o.roles and o.unit == petition.unit)


def _with_role(role: Role) -> Callable[[Petition, Mapping[str, Officer]], tuple[Officer, ...]]:
    return lambda _petition, officers: tuple(o for o in officers.values() if role in o.roles)


_FIND: dict[Audience, Callable[[Petition, Mapping[str, Officer]], tuple[Officer, ...]]] = {
    Audience.HANDLER: _handler,
    Audience.UNIT_HEAD: _leads_of_unit,
    Audience.APPROVER: _with_role(Role.APPROVER),
    Audience.INTAKE: _with_role(Role.INTAKE_OFFICER),
    Audience.TASK_FORCE: _with_role(Role.INSPECTOR),
}
