"""The SLA timer's own promises: sweep, act, recalculate, reconcile; called twice, nothing happens twice."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from infra.local.emulation import events
from infra.local.emulation.functions import InvocationError
from shared.domain.petition.facts import PetitionerUpdated
from shared.domain.petition.history import entries_of
from shared.domain.petition.lifecycle import Action, State
from shared.platform.messages import WakeUp
from shared.tables import deliveries
from shared.tables.petition_items import WAKE_SHARDS
from tests.campaigns.faults.injection import Fault
from tests.support import files
from tests.support.builders import vietnam
from tests.support.people import Citizen, Officer
from tests.support.system import System

QUEUE = "arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-timers"


def stored(system: System, reference: str) -> Any:
    """The petition as it stands in the table."""
    from shared.tables.petition_items import petition_of

    return next(petition_of(i) for i in system.items("petitions") if i["reference"]["S"] == reference)


def wake(system: System, *references: str) -> Any:
    """Hand wake-ups to the timer, as its queue does."""
    messages = [
        {
            "MessageId": f"m{number}",
            "ReceiptHandle": "r",
            "Body": WakeUp(reference=reference, wake_at=system.clock.now()).model_dump_json(),
        }
        for number, reference in enumerate(references)
    ]
    return system.local.functions.invoke("sla_timer", "on_wake", events.queue_event(messages, QUEUE))


def sweep(system: System) -> None:
    """Run the sweep, as its schedule does."""
    system.local.functions.invoke("sla_timer", "sweep", events.schedule_event("sweep", system.clock.now()))


def accepted(system: System) -> str:
    """A petition at work in its unit."""
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "minh.ccvc").do("accept", citizen.reference)
    return citizen.reference


@pytest.mark.parametrize("times", [1, 2, 5])
def test_wake_up_that_comes_several_times_does_its_work_once(system: System, times: int):
    reference = accepted(system)
    system.clock.hold_at(vietnam("2026-12-03", "08:00"))

    for _ in range(times):
        wake(system, reference)

    actions = [entry.action for entry in stored(system, reference).history]
    assert actions.count(Action.UPDATE_PETITIONER) == 1
    assert actions.count(Action.ESCALATE) == 2


def test_wake_up_that_comes_early_or_for_nobody_changes_nothing(system: System):
    reference = accepted(system)
    before = stored(system, reference)

    answer = wake(system, reference, "26000000000")

    assert answer == {"batchItemFailures": []}
    assert stored(system, reference) == before


def test_one_bad_petition_does_not_stop_its_batch(system: System):
    good, bad = accepted(system), accepted(system)
    table = system.local.cloud.outputs["PetitionsTable"]
    system.local.cloud.client("dynamodb").update_item(
        TableName=table,
        Key={"reference": {"S": bad}},
        UpdateExpression="SET body = :broken",
        ExpressionAttributeValues={":broken": {"S": "{"}},
    )
    system.clock.hold_at(vietnam("2026-12-03", "08:00"))

    answer = wake(system, bad, good)

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}
    assert stored_action_count(system, good, Action.UPDATE_PETITIONER) == 1


def stored_action_count(system: System, reference: str, action: Action) -> int:
    """Count how often an action was done to a petition."""
    from shared.tables.petition_items import petition_of

    item = system.local.cloud.client("dynamodb").get_item(
        TableName=system.local.cloud.outputs["PetitionsTable"], Key={"reference": {"S": reference}}
    )["Item"]
    return [entry.action for entry in petition_of(item).history].count(action)


def test_after_an_outage_of_a_month_one_update_speaks_for_all_and_tells_the_next_date(system: System):
    """Due 23 November; nobody sweeps until 28 December, when the third update is the latest that fell due."""
    reference = accepted(system)
    system.clock.hold_at(vietnam("2026-12-28"))

    sweep(system)
    system.settle()

    (update,) = entries_of(stored(system, reference).history, PetitionerUpdated)
    assert (update.facts.n, update.facts.next_update_on) == (3, date(2027, 1, 4))


def test_bad_shard_does_not_stop_the_others_and_is_reported(system: System):
    references = [accepted(system) for _ in range(3)]
    system.clock.hold_at(vietnam("2026-12-03", "08:00"))
    with system.faults.counting() as calls:
        sweep(system)
        first_query = next(call.number for call in calls if call.operation == "Query")

    system.local.cloud.empty_queues()
    system.clock.hold_at(vietnam("2026-12-03", "08:01"))
    with (
        system.faults.at({first_query: Fault.SERVER_ERROR}),
        pytest.raises(Exception, match="JobsFailedError"),
    ):
        sweep(system)
    system.clock.hold_at(vietnam("2026-12-03", "08:02"))
    sweep(system)
    system.settle()

    assert [stored_action_count(system, r, Action.UPDATE_PETITIONER) for r in references] == [1, 1, 1]


def test_petition_that_nobody_routed_goes_to_the_intake_desk_after_ten_minutes(system: System):
    citizen = Citizen(system)
    system.http("POST", "/v1/petitions", json=citizen.body, headers={"Idempotency-Key": "unrouted"})
    system.local.cloud.empty_queues()
    system.local.pumps.stream.restart()  # the change is lost: what the timer is there for
    (item,) = system.items("petitions")
    reference = item["reference"]["S"]

    system.clock.hold_at(system.clock.now() + timedelta(minutes=10))
    wake(system, reference)

    petition = stored(system, reference)
    assert (petition.state, petition.unit) == (State.RECEIVED, "TTTT")
    assert petition.history[-1].by == "timer"


def test_sweep_without_anything_due_reads_each_shard_once_and_writes_nothing(system: System):
    accepted(system)
    sweep(system)
    with system.faults.counting() as calls:
        sweep(system)

    operations = [call.operation for call in calls]
    assert operations.count("Query") == WAKE_SHARDS + deliveries.WAKE_SHARDS
    assert set(operations) <= {"Query", "GetItem"}


def test_calendar_that_changed_before_the_very_first_sweep_moves_due_dates_too(system: System):
    reference = accepted(system)
    answer = system.http(
        "PUT",
        "/desk/v1/directory/calendar/2026-11-23",
        json={"valid_from": "2026-11-03", "on": "2026-11-23", "kind": "OFF", "document": "99/QĐ-TTg"},
        headers={"Authorization": f"Bearer {system.access_token('quantri')}"},
    )
    assert answer.status == 201, answer.text

    sweep(system)
    system.settle()

    assert stored(system, reference).due_on.isoformat() == "2026-11-25"


def reconcile(system: System) -> None:
    """Run the hourly round, as its schedule does."""
    system.local.functions.invoke("sla_timer", "hourly", events.schedule_event("hourly", system.clock.now()))


class TestReconciliation:
    """Once a day, what should exist is compared with what does."""

    def test_it_finds_nothing_in_a_system_that_works(self, system: System):
        reference = accepted(system)
        system.travel(days=1)
        before = stored(system, reference)
        messages = len(system.outbox())

        reconcile(system)
        system.settle()

        assert stored(system, reference) == before
        assert len(system.outbox()) == messages

    def test_lost_wake_up_is_put_back(self, system: System):
        reference = accepted(system)
        self._lose_wake_up(system, reference)
        system.clock.hold_at(vietnam("2026-11-05", "01:00"))

        reconcile(system)
        system.travel(to=vietnam("2026-11-18", "09:00"))

        assert stored_action_count(system, reference, Action.WARN_HANDLER) == 1

    def test_notice_that_was_never_sent_is_sent_once(self, system: System):
        citizen = Citizen(system)
        system.http("POST", "/v1/petitions", json=citizen.body, headers={"Idempotency-Key": "lost-notice"})
        system.lose_changes()
        system.clock.hold_at(vietnam("2026-11-04", "09:30"))
        assert system.outbox() == []

        reconcile(system)
        system.settle()
        system.clock.hold_at(vietnam("2026-11-05", "09:30"))
        reconcile(system)
        system.settle()

        receipts = [
            entry
            for entry in system.outbox()
            if entry.to == "mua.tran@thu.example" and "23/11/2026" in entry.text
        ]
        assert len(receipts) == 1

    def test_upload_that_was_never_announced_is_checked_the_next_day(self, system: System):
        citizen = Citizen(system)
        citizen.send()
        picture = files.picture()
        declared = citizen.add("attachments", filename="a.jpg", content_type="image/jpeg", size=len(picture))
        system.upload(declared.json()["upload"], picture)
        system.local.cloud.empty_queues()
        system.clock.hold_at(vietnam("2026-11-04", "09:30"))

        reconcile(system)
        system.settle()

        assert [file["state"] for file in citizen.look()["attachments"]] == ["CLEAN"]

    def _lose_wake_up(self, system: System, reference: str) -> None:
        system.local.cloud.client("dynamodb").update_item(
            TableName=system.local.cloud.outputs["PetitionsTable"],
            Key={"reference": {"S": reference}},
            UpdateExpression="REMOVE wake_at, wake_shard",
        )


# --- files --------------------------------------------------------------------------------------------


def keys_in_the_bucket(system: System) -> list[str]:
    """Return the keys of the bucket of files."""
    bucket = system.local.cloud.outputs["AttachmentsBucket"]
    listed = system.local.cloud.client("s3").list_objects_v2(Bucket=bucket)
    return [entry["Key"] for entry in listed.get("Contents", [])]


@pytest.fixture
def with_a_picture(system: System) -> Citizen:
    """Somebody who withdrew a petition that has a picture, five years and a day ago."""
    citizen = Citizen(system)
    citizen.send()
    citizen.attach(files.picture())
    citizen.add("withdrawal")
    assert len(keys_in_the_bucket(system)) == 1
    system.clock.hold_at(vietnam("2031-11-05", "08:00"))
    return citizen


def test_when_a_petition_is_erased_its_files_go(system: System, with_a_picture: Citizen):
    wake(system, with_a_picture.reference)

    assert keys_in_the_bucket(system) == []
    erased = stored(system, with_a_picture.reference)
    assert erased.history[-1].action is Action.ERASE
    assert erased.attachments == ()


def test_when_a_petition_is_erased_the_files_of_its_answer_go_too(system: System):
    citizen = Citizen(system)
    citizen.send()
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", citizen.reference)
    letter = handler.attach(citizen.reference, files.document())
    handler.do("draft-answer", citizen.reference, text="Xem công văn.", attachments=[letter])
    Officer(system, "binh.vanphong").do("approve", citizen.reference)
    assert [key.partition("/")[0] for key in keys_in_the_bucket(system)] == ["answers"]
    for day in ("2027-06-01", "2032-07-01", "2033-01-05"):
        system.clock.hold_at(vietnam(day, "08:00"))
        wake(system, citizen.reference)

    assert keys_in_the_bucket(system) == []


def test_a_crash_between_the_files_and_the_petition_erases_both_the_next_time(
    system: System, with_a_picture: Citizen
):
    with system.faults.broken("PutItem", Fault.CRASH_BEFORE), pytest.raises(InvocationError):
        wake(system, with_a_picture.reference)
    assert keys_in_the_bucket(system) == []

    wake(system, with_a_picture.reference)

    assert keys_in_the_bucket(system) == []
    assert stored(system, with_a_picture.reference).attachments == ()
