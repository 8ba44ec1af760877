"""The rule of who may know of a petition, which the desk, the digests and the notices to officers share. Pure.

A denunciation (tố cáo) is for named readers only: who denounces is a state secret (Quyết định 774/QĐ-TTg 2020). Of a
complaint about conduct nobody in the reporting line of the unit complained of may know. To everybody else such a
petition is as unknown as a wrong number.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple, Protocol

from shared.domain.access.roles import Role
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.classification import Kind, Lane

RESTRICTED_READERS = frozenset({Role.INSPECTOR})
"""Roles that read denunciations; approvers only where the directory names them."""


class Reader(NamedTuple):
    """The attributes of an officer that decide which petitions they may know of."""

    roles: Collection[str]
    line: Collection[str]
    """The officer's unit, the units that it reports to, and those that report to it."""
    is_named_reader: bool = False
    """True if the directory names this officer as a reader of denunciations."""

    @property
    def reads_restricted(self) -> bool:
        """True if they read denunciations: by their role, or as an approver whom the directory names."""
        is_named = self.is_named_reader and Role.APPROVER in self.roles
        return is_named or not RESTRICTED_READERS.isdisjoint(self.roles)


class Confidential(Protocol):
    """The attributes that decide who may know of a petition: of a whole one, or of its line in a list."""

    @property
    def state(self) -> State: ...  # noqa: D102
    @property
    def lane(self) -> Lane: ...  # noqa: D102
    @property
    def complained_unit(self) -> str | None: ...  # noqa: D102


class Describable(Protocol):
    """The attributes that decide whether a petition may be described outside of the desk."""

    @property
    def kind(self) -> Kind | None: ...  # noqa: D102
    @property
    def lane(self) -> Lane: ...  # noqa: D102


def may_know(reader: Reader, petition: Confidential) -> bool:
    """Return whether an officer may know that a petition exists."""
    if petition.complained_unit is not None and petition.complained_unit in reader.line:
        return False
    return not is_restricted(petition) or reader.reads_restricted


def is_restricted(petition: Confidential) -> bool:
    """Return whether a petition is in the restricted lane, by its lane or by its state."""
    return petition.lane is Lane.RESTRICTED or petition.state is State.RESTRICTED


def hides_subject(petition: Describable) -> bool:
    """Return whether messages about a petition must not say what it is about: conduct, and denunciations."""
    return petition.kind is Kind.CONDUCT or petition.lane is Lane.RESTRICTED
