"""`ops erase-person`: erase a person from the petitions that have ended, by a decision about their request.

The law on personal data (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15) lets a person ask for it; the ministry decides,
because other rules oblige it to keep petitions. What is still owed an answer is not erased. The SLA timer erases, as it
does when the time of keeping is over; the history and the record name the decision.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from infra.ops.commands.trace import reference_of
from infra.ops.stage.errors import OpsError
from infra.ops.stage.session import session_of
from shared.domain.petition.lifecycle import ENDED, Action
from shared.domain.petition.petition import Petition
from shared.platform import queues
from shared.platform.messages import ErasureRequest
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions

MOST = 200
"""Petitions of one contact that are looked at."""


class AskedBy(StrEnum):
    """The person who asked for the erasure."""

    PERSON = "person"
    """The petitioner themselves."""
    REPRESENTATIVE = "representative"
    """Somebody with their authority, or an heir."""
    AUTHORITY = "authority"
    """A court, or the authority for personal data."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("erase-person")(erase_person)


def erase_person(
    context: typer.Context,
    reference: Annotated[str, typer.Argument(help="one of the person's petitions")],
    *,
    decision: Annotated[str, typer.Option(help="the number of the ministry's decision, e.g. 12/QD-BNV")],
    asked_by: Annotated[AskedBy, typer.Option(help="who asked")],
    is_all: Annotated[bool, typer.Option("--all", help="every petition with the same contacts")] = False,
) -> None:
    """Erase the person, the texts and the files of a petition that has ended, or of all with the same contacts."""
    session = session_of(context)
    stage, number = session.connection, reference_of(reference)
    petitions = Petitions(stage.table("petitions"), Directory(stage.table("directory")))
    chosen = _petitions(petitions, number, is_all=is_all)
    rows = [
        {"reference": each.reference, "state": each.state.value, "becomes": _fate(each)} for each in chosen
    ]
    session.screen.rows(rows, ("reference", "state", "becomes"), nothing="") if session.is_dry else None
    requests = [_request(each.reference, decision) for each in chosen if _fate(each) == "erased"]
    if not requests:
        raise OpsError(
            "Nothing can be erased: it was before, or an answer is still owed",
            "An open petition first ends, by its answer or by its withdrawal: ops trace",
        )
    facts: dict[str, Any] = {
        "decision": decision,
        "asked_by": asked_by.value,
        "references": [each.reference for each in requests],
        "left": [each.reference for each in chosen if _fate(each) == "kept: an answer is owed"],
    }
    with session.change("erase-person", f"erase {len(requests)} petitions for good", facts) as counts:
        if counts is not None:
            counts["sent"] = queues.send(stage.queue_url("timers"), requests)
            left = f"; {len(facts['left'])} stay: an answer is owed" if facts["left"] else ""
            session.screen.facts({**facts, **counts}, f"{counts['sent']} petitions are being erased{left}")


def _petitions(petitions: Petitions, number: str, *, is_all: bool) -> list[Petition]:
    """Return the petition, and with `is_all` those that share a contact with it, the earliest first.

    Raises:
        OpsError: there is no such petition.
    """
    petition = petitions.get(number)
    if petition is None:
        raise OpsError(f"There is no petition {number} here", "Ask for the reference again")
    references = {number}
    if is_all:
        for key in petition.petitioner.contact_keys:
            references |= {name for name, *_ in petitions.of_contact(key, limit=MOST)}
    return sorted(petitions.get_all(references), key=lambda each: each.received_at)


def _fate(petition: Petition) -> str:
    if petition.last(Action.ERASE) is not None:
        return "erased before"
    return "erased" if petition.state in ENDED else "kept: an answer is owed"


def _request(reference: str, decision: str) -> ErasureRequest:
    """Return the request for one petition.

    Raises:
        OpsError: the number of the decision cannot be one.
    """
    try:
        return ErasureRequest(reference=reference, decision=decision)
    except ValidationError:
        raise OpsError(
            f"{decision} is no number of a decision", "Letters, digits, / . _ -: 12/QD-BNV"
        ) from None
