"""The petitions of one person, and who may ask for what is kept of them (law on personal data)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from pydantic import TypeAdapter, ValidationError

from infra.ops.stage.connection import Connection
from infra.ops.stage.errors import OpsError
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.platform.messages import Decision
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions

MOST = 200
"""Petitions of one contact that are looked at."""
_DECISION: TypeAdapter[str] = TypeAdapter(Decision)


class AskedBy(StrEnum):
    """The person who asked."""

    PERSON = "person"
    """The petitioner themselves."""
    REPRESENTATIVE = "representative"
    """Somebody with their authority, or an heir."""
    AUTHORITY = "authority"
    """A court, or the authority for personal data."""


Reference = Annotated[str, typer.Argument(help="one of the person's petitions")]
DecisionNumber = Annotated[str, typer.Option(help="the number of the ministry's decision, e.g. 12/QD-BNV")]
WhoAsked = Annotated[AskedBy, typer.Option(help="who asked")]
AllOfThem = Annotated[bool, typer.Option("--all", help="every petition with the same contacts")]


def petitions_of(connection: Connection, number: str, *, is_all: bool) -> list[Petition]:
    """Return the petition, and with `is_all` those that share a contact with it, the earliest first.

    Raises:
        OpsError: there is no such petition.
    """
    petitions = Petitions(connection.table("petitions"), Directory(connection.table("directory")))
    petition = petitions.get(number)
    if petition is None:
        raise OpsError(f"There is no petition {number} here", "Ask for the reference again")
    references = {number}
    if is_all:
        for key in petition.petitioner.contact_keys:
            references |= {name for name, _ in petitions.of_contact(key, limit=MOST)}
    return sorted(petitions.get_all(references), key=lambda each: each.received_at)


def is_erased(petition: Petition) -> bool:
    """Return whether the person, the texts and the files of a petition are gone."""
    return petition.last(Action.ERASE) is not None


def checked_decision(text: str) -> str:
    """Return the number of a decision.

    Raises:
        OpsError: it cannot be one.
    """
    try:
        return _DECISION.validate_python(text)
    except ValidationError:
        raise OpsError(f"{text} is no number of a decision", "Letters, digits, / . _ -: 12/QD-BNV") from None
