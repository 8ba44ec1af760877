"""The signed-in officer: roles that both token and directory grant, unit and name from the directory."""

from __future__ import annotations

from typing import NamedTuple

from shared.domain.access.readers import Reader
from shared.domain.access.roles import Role
from shared.domain.petition.change import actor_of
from shared.domain.procedures.conduct import OFFICE
from shared.domain.quotas import Quota


class DeskOfficer(NamedTuple):
    """An officer who has signed in."""

    username: str
    name: str
    unit: str
    roles: frozenset[Role]
    line: frozenset[str] = frozenset()
    """The units above and below the officer's own, which a complaint about any of them concerns."""
    office_line: frozenset[str] = frozenset({OFFICE})
    """Văn phòng Bộ and its reporting line: a complaint about one of these units is not for it to decide."""
    is_named_reader: bool = False
    """The directory names this officer as a reader of denunciations."""
    is_named_confirmer: bool = False
    """The directory names this officer to confirm its changes."""
    stands_in_for: frozenset[str] = frozenset()
    """Officers who left, or went to another unit, and whose work this one took over."""
    quotas: tuple[Quota, ...] = ()
    """The quotas of a machine account that this request counted in."""

    @property
    def actor(self) -> str:
        """The name of this officer in histories."""
        return actor_of(self.username)

    @property
    def reader(self) -> Reader:
        """The attributes that decide which petitions this officer may know of."""
        return Reader(self.roles, {self.unit, *self.line}, self.is_named_reader)

    def handles(self, handler: str | None) -> bool:
        """Return whether the work of a handler is this officer's: their own, or of somebody whom they replace."""
        return handler is not None and (handler == self.username or handler in self.stands_in_for)

    def has(self, *roles: Role) -> bool:
        """Return whether the officer has one of these roles."""
        return not self.roles.isdisjoint(roles)
