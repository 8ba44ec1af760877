"""The cause of a history entry: who changes a petition, when, and under which identifier."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from shared.domain.petition.lifecycle import Action

UNDOABLE = frozenset({Action.REFUSE, Action.FORWARD, Action.GUIDE, Action.RESTRICT, Action.APPROVE})
"""Actions whose officer may take them back while word of them is held (`shared.domain.procedures.taking_back`)."""
PETITIONER = "petitioner"
ROUTER = "router"
TIMER = "timer"
_OFFICER = "officer:"
_CLIENT, _OPEN311 = "client:", "open311:"
MACHINE = "machine:"
"""The beginning of a machine account's user name, which no officer's has, and of its name in histories."""


@dataclass(frozen=True, slots=True)
class Change:
    """The actor, the time and the identifier of a change; the identifier recognises the same change arriving again.

    Every verb of a petition takes one; the history entry keeps its three values as `by`, `at` and `change_id`.
    """

    by: str
    """`petitioner`, `client:<name>` (a program that acts for them), `router`, `timer`, `officer:<user name>` or
    `machine:<account>`."""
    at: datetime
    id: str
    """Unique within the petition; derived from the cause, so that the same cause yields the same identifier."""
    word_at: datetime | None = None
    """The instant from which others are notified of it, where its officer may take it back until then."""

    @classmethod
    def by_petitioner(cls, at: datetime, id: str) -> Self:  # noqa: A002 - the name of the attribute
        """Return a change by the person who sent the petition."""
        return cls(PETITIONER, at, id)

    @classmethod
    def by_router(cls, at: datetime, id: str) -> Self:  # noqa: A002 - the name of the attribute
        """Return a change by the function that classifies petitions and assigns them to units."""
        return cls(ROUTER, at, id)

    @classmethod
    def by_timer(cls, at: datetime, id: str) -> Self:  # noqa: A002 - the name of the attribute
        """Return a change by the function that acts when a time limit is reached."""
        return cls(TIMER, at, id)

    @classmethod
    def by_officer(cls, username: str, at: datetime, id: str) -> Self:  # noqa: A002 - the name of the attribute
        """Return a change by one officer."""
        return cls(actor_of(username), at, id)

    def held_until(self, word_at: datetime | None) -> Self:
        """Return this change, of which others are notified from an instant; None: at once."""
        return replace(self, word_at=word_at)

    @property
    def username(self) -> str:
        """The user name of the officer, or the actor itself where it is no officer."""
        return username_of(self.by)


def client_actor(name: str) -> str:
    """Return how history entries name a program that acts for a petitioner, by the name of its key."""
    return f"{_CLIENT}{name}"


def is_petitioner(actor: str) -> bool:
    """Return whether an actor of a history entry is the petitioner, themselves or through a program."""
    return actor == PETITIONER or actor.startswith((_CLIENT, _OPEN311))


def actor_of(username: str) -> str:
    """Return how history entries name an officer, or a machine account."""
    return username if username.startswith(MACHINE) else f"{_OFFICER}{username}"


def is_officer(actor: str) -> bool:
    """Return whether an actor of a history entry is an officer."""
    return actor.startswith(_OFFICER)


def works_at_desk(actor: str) -> bool:
    """Return whether an actor of a history entry is an officer, or a machine account at the desk."""
    return actor.startswith((_OFFICER, MACHINE))


def username_of(actor: str) -> str:
    """Return an officer's user name; an actor that is no officer is returned as it is."""
    return actor.removeprefix(_OFFICER)
