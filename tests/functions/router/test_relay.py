"""A past entry that is replaced in the table, or a petition that is removed, is reported from the change stream."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from chalicelib.router import composition as router
from chalicelib.router.relay_changes import Relay
from shared.domain.identity.reference import candidates
from shared.domain.petition import history
from shared.domain.petition.change import Change
from shared.domain.petition.history import is_continued
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from tests.campaigns.faults.injection import Fault
from tests.support.builders import RECEIVED_AT, a_petition
from tests.support.people import Citizen, Officer
from tests.support.system import System

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
    assert is_continued(CLOSED.history, after.history) is is_as_before


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

    directory = Directory("no-table")
    answer = Relay(Petitions("no-table", directory), directory, "no-queue", "no-queue").relay(
        {"Records": [record]}
    )

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert answer == {"batchItemFailures": []}
    assert [line["HistoriesRewritten"] for line in lines if "HistoriesRewritten" in line] == [[1]]


# --- what cannot be read is put aside, what cannot be sent is tried again -------------------------------------


OTHER = a_petition(State.RECEIVED)


def record(change: dict[str, object], number: int, reference: str = OTHER.reference) -> dict[str, object]:
    keys = {"reference": {"S": reference}}
    return {"dynamodb": {"Keys": keys, "SequenceNumber": str(number), **change}}


def bodies(system: System, queue: str) -> list[dict[str, object]]:
    """Take all messages of a queue."""
    sqs, url = system.local.cloud.client("sqs"), system.local.cloud.queue_url(queue)
    taken: list[dict[str, object]] = []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        taken += [json.loads(message["Body"]) for message in messages]
    return taken


POISON = [
    pytest.param({"NewImage": {"version": {"N": "3"}}}, OTHER.reference, 0, id="an item without a body"),
    pytest.param({"NewImage": {"body": {"S": "no JSON"}}}, OTHER.reference, 0, id="no JSON"),
    pytest.param({"NewImage": {"body": {"S": "[" * 100_000}}}, OTHER.reference, 0, id="nested without end"),
    pytest.param({"NewImage": {"body": {"S": "{}"}}}, "no-reference", 0, id="a key that is no reference"),
    pytest.param(
        {"OldImage": {"version": {"N": "2"}}, "NewImage": {"body": {"S": "{}"}}},
        OTHER.reference,
        2,
        id="seen",
    ),
    pytest.param(
        {"OldImage": {"version": {"N": "1.5"}}, "NewImage": {}},
        OTHER.reference,
        0,
        id="a version that is none",
    ),
]


@pytest.mark.parametrize(("change", "reference", "seen"), POISON)
def test_change_that_cannot_be_read_is_put_aside_and_those_behind_it_are_relayed(
    system: System,
    change: dict[str, object],
    reference: str,
    seen: int,
    capsys: pytest.CaptureFixture[str],
):
    records = [record(change, 1, reference), record({"NewImage": image(OTHER)}, 2)]

    answer = router.parts().relay.relay({"Records": records})

    first, second = bodies(system, "routing")
    assert answer == {"batchItemFailures": []}
    assert first == {"reference": reference, "errand": "relay", "seen": seen, "sequence": "1"}
    assert second == {"reference": OTHER.reference, "errand": "route"}
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["ChangeSetAside"] for line in lines if "ChangeSetAside" in line] == [[1]]


@pytest.mark.parametrize(
    "fault", [Fault.THROTTLE, Fault.SERVER_ERROR, Fault.LOST_REQUEST, Fault.PARTIAL_BATCH], ids=str
)
def test_change_whose_messages_are_not_taken_is_never_put_aside(system: System, fault: Fault):
    """The stream is read again from that change, for hours if need be; then each message is there."""
    body = Citizen(system).body
    sent = system.http("POST", "/v1/petitions", json=body, headers={"Idempotency-Key": f"held-{fault.name}"})
    reference = sent.json()["reference"]

    with system.faults.broken("SendMessageBatch", fault):
        for _ in range(5):
            system.settle()
            system.clock.hold_at(system.clock.now() + timedelta(hours=4))
        assert system.local.pumps.stream.lag == 1
    system.settle()

    assert system.dead_letters() == 0
    assert system.local.pumps.stream.lag == 0
    assert Officer(system, "minh.ccvc").petition(reference)["state"] == State.ASSIGNED


def test_messages_of_a_whole_batch_go_out_together_and_the_first_change_that_failed_comes_again(
    system: System,
):
    references = [next(candidates(b"relay" * 13, str(number), 2026)) for number in range(12)]
    petitions = [OTHER.model_copy(update={"reference": reference}) for reference in references]
    records = [
        record({"NewImage": image(petition)}, number, petition.reference)
        for number, petition in enumerate(petitions)
    ]

    system.local.functions.invoke("router", "on_change", {"Records": records[:1]})  # reads the directory
    with system.faults.counting() as calls:
        done = system.local.functions.invoke("router", "on_change", {"Records": records})
        sends = [call.number for call in calls if call.operation == "SendMessageBatch"]
    with system.faults.at({sends[1]: Fault.PARTIAL_BATCH}):
        failed = system.local.functions.invoke("router", "on_change", {"Records": records})

    routed = [body["reference"] for body in bodies(system, "routing")]
    assert done == {"batchItemFailures": []}
    assert len(sends) == 4  # for each of the queues `routing` and `notices`: ten and two
    assert failed == {"batchItemFailures": [{"itemIdentifier": "11"}]}
    assert [routed.count(reference) for reference in references[1:]] == [2] * 10 + [1]


def test_poison_and_an_outage_together_lose_neither_the_poison_nor_what_is_behind_it(system: System):
    poison = record({"NewImage": {"body": {"S": "{}"}}}, 1)
    records = {"Records": [poison, record({"NewImage": image(OTHER)}, 2)]}

    with system.faults.broken("SendMessageBatch", Fault.SERVER_ERROR):
        held = system.local.functions.invoke("router", "on_change", records)
    went_on = system.local.functions.invoke("router", "on_change", records)

    assert held == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert went_on == {"batchItemFailures": []}
    assert [body["errand"] for body in bodies(system, "routing")] == ["relay", "route"]
