"""`ops erase-person`, `export-person`, `collect-export`: what a person may ask for, by a decision of the ministry.

The law on personal data (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15) lets a person ask for it; the ministry decides.

Erasing: other rules oblige the ministry to keep petitions, so what is still owed an answer is not erased. The SLA timer
erases, as it does when the time of keeping is over; the history and the record name the decision.

A copy of what is kept: whoever is on call asks for it and cannot read it. The SLA timer records the opening of the seal
in the history, the notifier opens it and writes the copy, another role collects it within a week and hands it out.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from infra.ops.stage.errors import OpsError
from infra.ops.stage.personal_data import as_text
from infra.ops.stage.persons import (
    AllOfThem,
    DecisionNumber,
    Reference,
    WhoAsked,
    checked_decision,
    is_erased,
    petitions_of,
)
from infra.ops.stage.screen import counted
from infra.ops.stage.session import reference_of, session_of
from shared.domain.petition.lifecycle import ENDED
from shared.domain.petition.petition import Petition
from shared.platform import aws, queues
from shared.platform.messages import ErasureRequest, ExportRequest
from shared.use_cases.personal_data import PersonalData, export_prefix

_FOR_THEIR_OWNER = 0o600


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("erase-person")(erase_person)
    app.command("export-person")(export_person)
    app.command("collect-export")(collect_export)


def erase_person(
    context: typer.Context,
    reference: Reference,
    *,
    decision: DecisionNumber,
    asked_by: WhoAsked,
    is_all: AllOfThem = False,
) -> None:
    """Erase a person from petitions that have ended.

    The person, the texts and the files of a petition, or of all with the same contacts. What is owed an answer stays.
    """
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
    facts = _request(decision, asked_by, requests) | {
        "left": [each.reference for each in chosen if _fate(each) == "kept: an answer is owed"],
    }
    with session.change(
        "erase-person", f"erase {counted(len(requests), 'petition')} for good", facts
    ) as counts:
        if counts is not None:
            counts["sent"] = queues.send(stage.queue_url("timers"), requests)
            left = f"; {len(facts['left'])} stay: an answer is owed" if facts["left"] else ""
            session.screen.facts(
                {**facts, **counts},
                f"{counted(counts['sent'], 'petition')} being erased{left}",
            )


def export_person(
    context: typer.Context,
    reference: Reference,
    *,
    decision: DecisionNumber,
    asked_by: WhoAsked,
    is_all: AllOfThem = False,
) -> None:
    """Have a copy made of what is kept of a person.

    In a petition, or in all with the same contacts.
    """
    session = session_of(context)
    stage, number = session.connection, checked_decision(decision)
    chosen = petitions_of(stage, reference_of(reference), is_all=is_all)
    requests = [
        ExportRequest(reference=each.reference, exported_by=number) for each in chosen if not is_erased(each)
    ]
    if not requests:
        raise OpsError("Nothing is kept any more: the person was erased", "ops trace says when")
    facts = _request(decision, asked_by, requests) | {
        "erased": [each.reference for each in chosen if is_erased(each)],
    }
    sentence = f"copy what is kept of the person in {counted(len(requests), 'petition')}"
    with session.change("export-person", sentence, facts) as counts:
        if counts is not None:
            counts["sent"] = queues.send(stage.queue_url("timers"), requests)
            session.screen.facts(
                {**facts, **counts},
                f"{counted(counts['sent'], 'petition')} being copied; who hands the copy out: "
                f"ops collect-export {decision} FOLDER",
            )


def collect_export(
    context: typer.Context,
    decision: Annotated[str, typer.Argument(help="the number of the decision, as the copy was asked for")],
    folder: Annotated[Path, typer.Argument(help="where the files are put; it is made, for its owner alone")],
) -> None:
    """Fetch the copies of a decision, to hand them out.

    Each as JSON and as a text in Vietnamese.
    """
    session = session_of(context)
    if files := [each for each in (folder, *folder.parents) if each.exists() and not each.is_dir()]:
        raise OpsError(f"{files[0]} is a file, no folder", "Name a folder, new or there already")
    s3, bucket = aws.client("s3"), session.connection.bucket
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=export_prefix(decision))
    keys = [file["Key"] for page in pages for file in page.get("Contents", ())]
    if not keys:
        raise OpsError(
            f"There is no copy by {decision} (any more)",
            "Copies are kept for a week: ops export-person, then wait",
        )
    facts = {"decision": decision, "copies": len(keys)}
    with session.change(
        "collect-export", f"fetch what is kept of {counted(len(keys), 'petition')} into {folder}", facts
    ) as counts:
        if counts is None:
            return
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for key in session.screen.progress(keys, "copies"):
            content = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
            name = Path(key).stem
            _write(folder / f"{name}.json", content)
            _write(folder / f"{name}.txt", as_text(PersonalData.model_validate_json(content)).encode())
        session.screen.facts(
            {**facts, "folder": str(folder)}, f"{counted(2 * len(keys), 'file')} in {folder}"
        )


def _request(
    decision: str, asked_by: WhoAsked, requests: Sequence[ErasureRequest] | Sequence[ExportRequest]
) -> dict[str, Any]:
    """Return the facts of a person's request for the audit line."""
    return {
        "decision": decision,
        "asked_by": asked_by.value,
        "references": [each.reference for each in requests],
    }


def _fate(petition: Petition) -> str:
    if is_erased(petition):
        return "erased before"
    return "erased" if petition.state in ENDED else "kept: an answer is owed"


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FOR_THEIR_OWNER), "wb") as file:
        file.write(content)
