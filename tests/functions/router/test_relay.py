"""A past entry that is replaced in the table, or a petition that is removed, is reported from the change stream."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.router.relay_changes import Relay, is_continued
from shared.domain.petition import history
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from tests.support.builders import RECEIVED_AT, a_petition

CLOSED = a_petition(State.CLOSED)
NEXT_DAY = RECEIVED_AT + timedelta(days=1)


def rehashed(petition: Petition, entries: tuple[history.Entry, ...]) -> Petition:
    """Return a petition with other entries, every hash made anew."""
    forged: tuple[history.Entry, ...] = ()
    for number, entry in enumerate(entries, start=1):
        forged = history.append(forged, entry.model_copy(update={"seq": number}), petition.submission)
    return petition.model_copy(update={"history": forged})


@pytest.mark.parametrize(
    ("after", "is_as_before"),
    [
        pytest.param(CLOSED, True, id="nothing changed"),
        pytest.param(CLOSED.erase(Change.by_timer(NEXT_DAY, "e")), True, id="erased"),
        pytest.param(rehashed(CLOSED, CLOSED.history[:-1]), False, id="the end cut off"),
        pytest.param(rehashed(CLOSED, CLOSED.history[1:]), False, id="the beginning cut off"),
        pytest.param(
            rehashed(CLOSED, (CLOSED.history[0].model_copy(update={"at": NEXT_DAY}), *CLOSED.history[1:])),
            False,
            id="received later",
        ),
    ],
)
def test_history_goes_on_from_the_one_before(after: Petition, *, is_as_before: bool):
    assert is_continued(CLOSED, after) is is_as_before


def image(petition: Petition) -> dict[str, dict[str, str]]:
    return {
        "reference": {"S": petition.reference},
        "version": {"N": str(petition.version)},
        "body": {"S": petition.model_dump_json(exclude_defaults=True)},
    }


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            {"OldImage": image(CLOSED), "NewImage": image(rehashed(CLOSED, CLOSED.history[1:]))},
            id="rewritten",
        ),
        pytest.param({"OldImage": image(CLOSED)}, id="removed"),
    ],
)
def test_rewritten_or_removed_petition_is_counted_for_the_alarm(
    change: dict[str, object], capsys: pytest.CaptureFixture[str]
):
    record = {"dynamodb": {"Keys": {"reference": {"S": CLOSED.reference}}, "SequenceNumber": "1", **change}}

    answer = Relay(Petitions("no-table", Directory("no-table")), "no-queue", "no-queue").relay(
        {"Records": [record]}
    )

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert answer == {"batchItemFailures": []}
    assert [line["HistoriesRewritten"] for line in lines if "HistoriesRewritten" in line] == [[1]]
