"""`ops erase-person`: erase a person from the petitions that have ended, by a decision about their request.

The law on personal data (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15) lets a person ask for it; the ministry decides,
because other rules oblige it to keep petitions. What is still owed an answer is not erased. The SLA timer erases, as it
does when the time of keeping is over; the history and the record name the decision.
"""

from __future__ import annotations

from typing import Any

import typer

from infra.ops.commands.trace import reference_of
from infra.ops.stage.errors import OpsError
from infra.ops.stage.persons import (
    AllOfThem,
    DecisionNumber,
    Reference,
    WhoAsked,
    checked_decision,
    is_erased,
    petitions_of,
)
from infra.ops.stage.session import session_of
from shared.domain.petition.lifecycle import ENDED
from shared.domain.petition.petition import Petition
from shared.platform import queues
from shared.platform.messages import ErasureRequest


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("erase-person")(erase_person)


def erase_person(
    context: typer.Context,
    reference: Reference,
    *,
    decision: DecisionNumber,
    asked_by: WhoAsked,
    is_all: AllOfThem = False,
) -> None:
    """Erase the person, the texts and the files of a petition that has ended, or of all with the same contacts."""
    session = session_of(context)
    stage, number = session.connection, checked_decision(decision)
    chosen = petitions_of(stage, reference_of(reference), is_all=is_all)
    rows = [
        {"reference": each.reference, "state": each.state.value, "becomes": _fate(each)} for each in chosen
    ]
    if session.is_dry and not session.screen.is_json:
        session.screen.rows(rows, ("reference", "state", "becomes"), nothing="")
    requests = [
        ErasureRequest(reference=each.reference, decision=number)
        for each in chosen
        if _fate(each) == "erased"
    ]
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


def _fate(petition: Petition) -> str:
    if is_erased(petition):
        return "erased before"
    return "erased" if petition.state in ENDED else "kept: an answer is owed"
