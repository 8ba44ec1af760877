"""All data go back to yesterday: everybody is notified of what they are owed, once, and the histories verify.

moto's point-in-time recovery copies the present, whatever moment it is asked for. So the copies are made by the
very code that makes them on AWS, but at the moment itself; that a copy is of the past, only AWS can show.
"""

from __future__ import annotations

import json
import runpy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.deployment import templates
from infra.layout import ROOT
from infra.local.emulation import moto_insides
from infra.local.emulation.cloud import STAGE
from infra.restoration import __main__ as command_line
from infra.restoration.accounts import Account
from infra.restoration.cloud import COPIED, Copies, Versions
from infra.restoration.doors import RestorationError
from infra.restoration.fates import Fate
from infra.restoration.restore import Restore
from shared.domain.petition.change import Change
from shared.domain.promises.notices import Audience, NoticeKind
from shared.platform import aws, clock, queues
from shared.platform.messages import NoticeRequest
from shared.tables.directory import Directory
from shared.tables.documents import PETITION
from shared.tables.jobs import Checkpoints, Dispatch, Dispatched
from shared.tables.petitions import Petitions
from tests.journeys.test_verifiable_history import COMMAND, command  # noqa: F401 - a fixture
from tests.support.files import picture
from tests.support.people import CITIZEN, Citizen, Officer, Phone, answer_petition
from tests.support.system import System

NOTHING: frozenset[str] = frozenset()


@dataclass
class Rehearsal:
    """A stage whose data go back."""

    system: System
    to: datetime
    copies: Copies

    def restore(self, **options: Any) -> Restore:
        """Return the restoration of this stage."""
        place = self.copies.place(options.get("wholly", NOTHING))
        bucket = self.system.local.cloud.outputs["AttachmentsBucket"]
        return Restore(place, self.to, Versions(self.system.local.cloud.client("s3"), bucket), **options)

    def parts(self, triggers: command_line.Switch, say: Callable[[str], None]) -> command_line.Parts:
        """Return the parts of the command's steps, on the clock of the system."""
        return command_line.Parts(
            self.restore(),
            self.copies,
            triggers,
            NOTHING,
            timedelta(hours=1),
            lambda seconds: self.system.clock.hold_at(clock.now() + timedelta(seconds=seconds)),
            say,
        )

    def run(self, **options: Any) -> tuple[Account, Account]:
        """Do what the command does, step by step; return the accounts of applying and of checking."""
        restore = self.restore(**options)
        restore.doors.close(clock.now() + timedelta(hours=1))
        applied = restore.apply()
        checked = restore.check()
        self.system.clock.hold_at(clock.now() + timedelta(minutes=2))
        restore.doors.open()
        self.system.local.cold_start()
        self.system.settle()
        return applied, checked


@pytest.fixture
def copied(system: System) -> Iterator[Callable[[], Rehearsal]]:
    """Copy the tables as they are at this moment, to go back to it later."""
    copies_made: list[Copies] = []

    def copy() -> Rehearsal:
        to = clock.now()
        copies = Copies(system.local.cloud.client("dynamodb"), STAGE, to, lambda _seconds: None)
        copies.make(NOTHING)
        copies_made.append(copies)
        system.clock.hold_at(to + timedelta(minutes=1))
        return Rehearsal(system, to, copies)

    yield copy
    for copies in copies_made:
        copies.remove(NOTHING)


def citizen(system: System, number: int, **petition: Any) -> Citizen:
    """Return somebody with an address and a telephone of their own."""
    contacts = {"phone": f"09123456{number:02}", "email": f"nguoi-{number}@thu.example"}
    sender = Citizen(system, petitioner=CITIZEN | contacts, reply_by=["SMS"], **petition)
    assert sender.send().status == 201
    return sender


def sent(system: System, sender: Citizen) -> Counter[str]:
    """Count the SMS that reached somebody's telephone, by what the provider was given as their name."""
    return Counter(
        sms.request_id.partition("-")[2]
        for sms in system.sms_gateway.sent
        if sms.request_id.startswith(sender.reference)
    )


def ask(system: System, reference: str, question: str) -> None:
    handler = Officer(system, "minh.ccvc")
    handler.do("request-information", reference, question=question)


def answer(system: System, reference: str, text: str) -> None:
    Officer(system, "minh.ccvc").do("draft-answer", reference, text=text)
    Officer(system, "binh.vanphong").do("approve", reference)


def metrics(system: System) -> str:
    """Return all metrics that were recorded so far."""
    return "".join(system.local.functions.metrics)


def test_question_that_is_asked_again_after_a_restoration_reaches_its_reader(
    system: System, copied: Callable[[], Rehearsal]
):
    sender = citizen(system, 1)
    Officer(system, "minh.ccvc").do("accept", sender.reference)
    rehearsal = copied()
    ask(system, sender.reference, "Ông/Bà thi năm nào?")
    before = sent(system, sender)

    applied, checked = rehearsal.run()
    ask(system, sender.reference, "Ông/Bà thi ở hội đồng nào?")

    after = sent(system, sender) - before
    assert applied.fates == Counter({Fate.BACK: 1})
    assert applied.entries_lost == Counter({"request-information": 1})
    assert [row.reference for row in applied.deliveries_withdrawn] == [sender.reference]
    assert (checked.is_settled, checked.unsound) == (True, [])
    (name,) = after
    assert name in {f"{seq}e1-INFORMATION_NEEDED" for seq in range(9)}
    assert set(before.values()) == set(after.values()) == {1}
    assert system.dead_letters() == 0


def test_everybody_is_notified_of_what_they_are_owed_once(system: System, copied: Callable[[], Rehearsal]):
    answered, waiting, held = (citizen(system, number) for number in (1, 2, 3))
    answer_petition(system, answered.reference)
    for sender in (waiting, held):
        Officer(system, "minh.ccvc").do("accept", sender.reference)
    system.sms_gateway.is_down = True
    ask(system, held.reference, "Xin gửi biên nhận.")
    rehearsal = copied()
    system.sms_gateway.is_down = False
    system.travel(minutes=90)  # what was owed at the moment leaves in the hours that are lost
    sent_in_the_lost_hours = sent(system, held)
    answer(system, waiting.reference, "Câu trả lời sẽ mất.")
    received_since = citizen(system, 4)
    system.travel(days=1)

    rehearsal.run()
    answer(system, waiting.reference, "Kết quả công bố trước 30/11.")
    answer_petition(system, received_since.reference)
    system.travel(days=2)

    assert "4-INFORMATION_NEEDED" in sent_in_the_lost_hours
    assert [name for name in sent(system, held) if "INFORMATION_NEEDED" in name] == ["4-INFORMATION_NEEDED"]
    for sender in (answered, waiting, held, received_since):
        assert set(sent(system, sender).values()) == {1}, sender.reference
    answers = [name for name in sent(system, waiting) if "ANSWERED" in name]
    assert len(answers) == 2  # of the answer that was lost, and of the one that holds
    assert [name for name in sent(system, received_since) if "ANSWERED" in name]
    assert system.dead_letters() == 0
    assert not system.local.failures.latest


def test_lost_petition_says_so_to_its_owner_alone_and_its_reference_is_not_given_out_again(
    system: System, copied: Callable[[], Rehearsal]
):
    rehearsal = copied()
    lost, unknown_to_us = citizen(system, 1), citizen(system, 2)
    system.local.cloud.client("dynamodb").delete_item(
        TableName=system.local.cloud.outputs["PetitionsTable"], Key={"reference": {"S": lost.reference}}
    )
    system.settle()

    applied, _checked = rehearsal.run(also_lost=(lost.reference,))
    pin, reference = lost.pin, lost.reference
    with_pin = system.http("GET", f"/v1/petitions/{reference}", headers={"X-Petition-Pin": pin})
    by_sms = Phone(system, "84987654321").send(f"PAKN TC {reference}")
    without = system.http("GET", f"/v1/petitions/{reference}", headers={"X-Petition-Pin": "00000000"})
    lost.send()

    assert applied.petitions == {reference: Fate.LOST, unknown_to_us.reference: Fate.RECEIVED_SINCE}
    assert (with_pin.status, with_pin.json()["code"]) == (404, "petition-lost")
    assert without.json()["code"] == "not-found-or-wrong-pin"
    assert "co the da mat" in by_sms
    assert len(by_sms) <= 160
    assert lost.reference != reference
    assert lost.look()["state"]


def test_what_was_erased_in_the_lost_hours_stays_erased(system: System, copied: Callable[[], Rehearsal]):
    sender = citizen(system, 1)
    answer_petition(system, sender.reference)
    rehearsal = copied()
    names = system.local.cloud.outputs
    petitions = Petitions(names["PetitionsTable"], Directory(names["DirectoryTable"]))
    petition = petitions.get(sender.reference)
    assert petition is not None
    published = petition.close(Change.by_timer(clock.now(), "close"))
    petitions.save(published, petition.version)
    petitions.save(published.erase(Change.by_timer(clock.now(), "end")), published.version)
    system.settle()

    applied, checked = rehearsal.run()

    erased = petitions.get(sender.reference)
    assert applied.petitions == {sender.reference: Fate.ERASED_SINCE}
    assert checked.is_settled
    assert erased is not None
    assert erased.content == published.erase(Change.by_timer(clock.now(), "end")).content != petition.content


def test_roots_go_on_and_histories_verify_across_the_fork(
    system: System,
    copied: Callable[[], Rehearsal],
    command: Callable[..., tuple[int, str]],  # noqa: F811
):
    sender, other = citizen(system, 1), citizen(system, 2)
    system.travel(days=1)
    Officer(system, "minh.ccvc").do("accept", sender.reference)
    rehearsal = copied()
    ask(system, sender.reference, "Ông/Bà thi năm nào?")
    system.travel(days=1)  # a root is signed over the question
    address = f"/v1/petitions/{sender.reference}/record"
    earlier = system.http("GET", address, headers={"X-Petition-Pin": sender.pin}).json()
    system.local.functions.metrics.clear()

    rehearsal.run()
    today = system.http("GET", address, headers={"X-Petition-Pin": sender.pin}).json()
    system.travel(days=1)
    Officer(system, "minh.ccvc").do("draft-answer", sender.reference, text="Trước 30/11.")
    system.travel(days=1)

    record = system.http("GET", address, headers={"X-Petition-Pin": sender.pin}).json()
    published = system.http("GET", "/v1/roots", query={"month": "2026-11"}).json()
    code, output = command(record, kept=earlier, roots=published)
    alone, refused = command(record, kept=earlier)
    assert '"HistoriesRestored"' in metrics(system)
    assert '"HistoriesRewritten"' not in metrics(system)
    assert command(today)[0] == 0
    assert [len(root["restored"]) for root in published["roots"] if root["restored"]] == [1]
    assert all(root["withheld"] == 0 for root in published["roots"])
    assert (code, "restored its data" in output) == (0, True), output
    assert (alone, "differs from the record" in refused) == (1, True)
    assert other.look()["state"]


def test_record_of_lost_drafts_that_nobody_may_read_verifies_across_the_fork(
    system: System,
    copied: Callable[[], Rehearsal],
    command: Callable[..., tuple[int, str]],  # noqa: F811
):
    sender = citizen(system, 1)
    Officer(system, "minh.ccvc").do("accept", sender.reference)
    rehearsal = copied()
    Officer(system, "minh.ccvc").do("draft-answer", sender.reference, text="Bản nháp sẽ mất.")
    address, pin = f"/v1/petitions/{sender.reference}/record", {"X-Petition-Pin": sender.pin}
    earlier = system.http("GET", address, headers=pin).json()
    system.travel(minutes=10)

    rehearsal.run()
    Officer(system, "minh.ccvc").do("draft-answer", sender.reference, text="Bản nháp khác.")
    system.travel(days=1)

    record = system.http("GET", address, headers=pin).json()
    published = system.http("GET", "/v1/roots", query={"month": "2026-11"}).json()
    code, output = command(record, kept=earlier, roots=published)
    of_before = earlier | {"made_at": f"{rehearsal.to - timedelta(minutes=1):%FT%TZ}"}
    refused, _ = command(record, kept=of_before, roots=published)
    assert (code, "restored its data" in output) == (0, True), output
    assert refused == 1, "what was there before the moment is still owed"


@pytest.mark.parametrize(
    ("made_at", "signed", "is_explained"),
    [
        pytest.param("2026-11-03T05:00:00Z", None, True, id="kept in the lost hours"),
        pytest.param("2026-11-03T01:00:00Z", None, False, id="kept before them"),
        pytest.param("2026-11-04T05:00:00Z", None, False, id="kept after them"),
        pytest.param("2026-11-03T05:00:00Z", (3, "2026-11-03"), True, id="signed on the day of the moment"),
        pytest.param("2026-11-03T05:00:00Z", (3, "2026-11-02"), False, id="signed on a day before it"),
        pytest.param(
            "2026-11-03T05:00:00Z", (2, "2026-11-02"), True, id="only what is there was signed before"
        ),
    ],
)
def test_lost_entry_that_nobody_may_read_is_of_the_lost_hours(
    made_at: str, signed: tuple[int, str] | None, *, is_explained: bool
):
    is_of_lost_hours = runpy.run_path(str(COMMAND))["is_of_lost_hours"]
    proof = {"version": signed[0], "root": {"day": signed[1]}} if signed else None
    record = {"made_at": made_at, "entries": [{"at": made_at}, {}, {}], "proof": proof}

    assert is_of_lost_hours(record, 2, "1 2026-11-03T02:00:00Z 2026-11-03T12:00:00Z") is is_explained


def test_restored_mark_of_a_forger_is_seen(system: System):
    sender = citizen(system, 1)
    table = system.local.cloud.outputs["PetitionsTable"]
    item = next(item for item in system.items("petitions"))
    system.local.functions.metrics.clear()

    system.local.cloud.client("dynamodb").put_item(TableName=table, Item=item | {"restored": {"N": "1"}})
    system.settle()

    assert '"HistoriesRestored"' in metrics(system)
    assert sender.look()["state"]


def test_message_from_before_about_an_entry_that_is_gone_does_nothing(
    system: System, copied: Callable[[], Rehearsal]
):
    sender = citizen(system, 1)
    Officer(system, "minh.ccvc").do("accept", sender.reference)
    rehearsal = copied()
    ask(system, sender.reference, "Ông/Bà thi năm nào?")
    row = next(row for row in system.items("deliveries") if "INFORMATION_NEEDED" in row["notice"]["S"])
    late = NoticeRequest(
        reference=sender.reference,
        seq=int(row["seq"]["N"]),
        kind=NoticeKind.INFORMATION_NEEDED,
        audience=Audience.PETITIONER,
    )
    rehearsal.run()
    before = sent(system, sender)

    queues.send(system.local.cloud.queue_url("notices"), [late])  # redriven from the dead letters
    system.settle()
    Officer(system, "minh.ccvc").do("draft-answer", sender.reference, text="Trước 30/11.")
    queues.send(system.local.cloud.queue_url("notices"), [late])  # the number is another entry's now
    system.settle()

    assert sent(system, sender) == before
    assert system.dead_letters() == 0


def test_file_whose_check_was_lost_is_checked_again(system: System, copied: Callable[[], Rehearsal]):
    sender = citizen(system, 1)
    content = picture()
    declared = sender.add("attachments", filename="anh.jpg", content_type="image/jpeg", size=len(content))
    rehearsal = copied()
    system.upload(declared.json()["upload"], content)
    system.settle()

    applied, _checked = rehearsal.run()

    assert applied.files_brought_back == 1
    assert [file["state"] for file in sender.look()["attachments"]] == ["CLEAN"]


def test_doors_are_closed_meanwhile_in_the_format_of_the_caller(
    system: System, copied: Callable[[], Rehearsal]
):
    sender = citizen(system, 1)
    rehearsal = copied()
    restore = rehearsal.restore()

    restore.doors.close(clock.now() + timedelta(minutes=10))
    system.local.cold_start()
    api = system.http("POST", "/v1/petitions", json=sender.body, headers={"Idempotency-Key": "again"})
    page = system.http("GET", "/", headers={"accept": "text/html"})
    open311 = system.http("GET", "/open311/v2/services.json")
    desk = system.http("GET", "/desk/v1/petitions")
    health = system.http("GET", "/health")

    assert {answer.status for answer in (api, page, open311, desk)} == {503}
    assert {answer.header("retry-after") for answer in (api, page, open311, desk)} == {"600"}
    assert api.json()["code"] == "closed"
    assert "phục hồi dữ liệu" in page.text
    assert [error["code"] for error in json.loads(open311.text)] == [503]
    assert health.status == 200


def test_nothing_is_applied_while_the_doors_are_open_nor_opened_before_it_was_applied(
    system: System, copied: Callable[[], Rehearsal]
):
    restore = copied().restore()

    with pytest.raises(RestorationError, match="close them first"):
        restore.apply()
    restore.doors.close(clock.now())
    with pytest.raises(RestorationError, match="Nothing was applied"):
        restore.doors.open()
    restore.doors.open(is_given_up=True)
    assert Directory("pakn-local-directory").closed() is None


def test_a_restoration_that_was_begun_is_not_given_up(system: System, copied: Callable[[], Rehearsal]):
    restore = copied().restore()
    restore.doors.close(clock.now() + timedelta(hours=1))
    restore.apply()

    with pytest.raises(RestorationError, match="cannot be given up"):
        restore.doors.open(is_given_up=True)


def test_what_was_begun_for_another_moment_is_not_given_up_either(
    system: System, copied: Callable[[], Rehearsal]
):
    earlier, later = copied(), copied()
    earlier.restore().doors.close(clock.now() + timedelta(hours=1))
    earlier.restore().apply()
    system.clock.hold_at(clock.now() + timedelta(minutes=5))

    number = later.restore().doors.close(clock.now() + timedelta(hours=1))

    assert number == 2
    with pytest.raises(RestorationError, match="cannot be given up"):
        later.restore().doors.open(is_given_up=True)


class StubbornTriggers:
    """Triggers that AWS refuses to start the first time."""

    def __init__(self) -> None:
        self.refuses = True

    def stop(self) -> int:
        return 10

    def start(self) -> int:
        if self.refuses:
            self.refuses = False
            raise ConnectionError
        return 10


@pytest.mark.parametrize(("step", "is_applied"), [("thaw", True), ("give-up", False)])
def test_step_whose_triggers_did_not_start_is_run_again(
    system: System, copied: Callable[[], Rehearsal], step: str, *, is_applied: bool
):
    rehearsal, lines = copied(), list[str]()
    parts = rehearsal.parts(StubbornTriggers(), lines.append)
    rehearsal.restore().doors.close(clock.now() + timedelta(hours=1))
    if is_applied:
        rehearsal.restore().apply()

    with pytest.raises(ConnectionError):
        command_line.RUN[step](parts)
    assert Directory("pakn-local-directory").closed() is not None

    assert command_line.RUN[step](parts) == 0
    assert lines == ["the doors are open, 10 triggers run"]
    Directory("pakn-local-directory").has_changed("operations")
    assert Directory("pakn-local-directory").closed() is None


def test_plan_writes_nothing(system: System, copied: Callable[[], Rehearsal]):
    sender = citizen(system, 1)
    Officer(system, "minh.ccvc").do("accept", sender.reference)
    rehearsal = copied()
    ask(system, sender.reference, "Ông/Bà thi năm nào?")
    names = [system.local.cloud.outputs[f"{table.capitalize()}Table"] for table in COPIED]
    held = [moto_insides.keep_table(name) for name in names]

    planned = rehearsal.restore().plan()

    assert planned.fates == Counter({Fate.BACK: 1})
    assert [moto_insides.put_table_back(name, saved) for name, saved in zip(names, held, strict=True)] == [
        False
    ] * len(COPIED)


class CutOffError(BaseException):
    """The operator's machine died."""


def test_work_of_a_newer_release_is_no_damage_unless_somebody_says_so(
    system: System, copied: Callable[[], Rehearsal]
):
    rehearsal = copied()
    sender = citizen(system, 1)
    table, dynamodb = system.local.cloud.outputs["PetitionsTable"], system.local.cloud.client("dynamodb")
    key = {"reference": {"S": sender.reference}}
    item = dynamodb.get_item(TableName=table, Key=key)["Item"]
    schema = PETITION.understood + 1
    newer = item | {"schema": {"N": str(schema)}, "body": {"S": f'{{"state": "PARKED", "schema": {schema}}}'}}
    dynamodb.put_item(TableName=table, Item=newer)
    restore = rehearsal.restore()
    restore.doors.close(clock.now())

    for step in (restore.plan, restore.apply, restore.check):
        with pytest.raises(RestorationError, match=f"newer code wrote 1 items, e.g. {sender.reference}"):
            step()
    untouched = dynamodb.get_item(TableName=table, Key=key)["Item"]
    begun = Directory(system.local.cloud.outputs["DirectoryTable"]).restorations()
    applied = rehearsal.restore(newer_is_damage=True).apply()

    assert (untouched, begun) == (newer, ())
    assert applied.petitions == {sender.reference: Fate.LOST}


def test_another_moment_is_another_restoration(system: System, copied: Callable[[], Rehearsal]):
    first = copied()
    second = copied()
    restore, other = first.restore(), second.restore()
    restore.doors.close(clock.now())
    restore.apply()

    with pytest.raises(RestorationError, match="Restoration 1 has another moment"):
        other.apply()
    again, following = restore.doors.close(clock.now()), other.doors.close(clock.now())
    other.apply()

    restorations = Directory(system.local.cloud.outputs["DirectoryTable"]).restorations()
    assert (again, following) == (1, 2)
    assert [(each.number, each.to) for each in restorations] == [(1, first.to), (2, second.to)]


def test_what_the_sweep_backed_off_from_is_tried_at_once_after_a_restoration(
    system: System, copied: Callable[[], Rehearsal]
):
    sender = citizen(system, 1)
    (item,) = system.items("petitions")
    wake_at = datetime.fromisoformat(item["wake_at"]["S"])
    rehearsal = copied()
    failing = Dispatch(wake_at, attempts=12, next_at=wake_at + timedelta(hours=6))
    checkpoints = Checkpoints(system.local.cloud.outputs["StatisticsTable"])
    checkpoints.save(Dispatched(items={sender.reference: failing}))

    rehearsal.run()

    latest = checkpoints.get(Dispatched)
    assert latest is None or sender.reference not in latest.items


@pytest.mark.parametrize("writes", range(6), ids=lambda writes: f"after {writes} writes")
def test_restoration_that_was_cut_off_goes_on(system: System, copied: Callable[[], Rehearsal], writes: int):
    senders = [citizen(system, number) for number in range(1, 4)]
    for sender in senders:
        Officer(system, "minh.ccvc").do("accept", sender.reference)
    rehearsal = copied()
    for sender in senders:
        ask(system, sender.reference, "Ông/Bà thi năm nào?")
    restore = rehearsal.restore()
    restore.doors.close(clock.now())
    remaining = iter(range(writes))

    def die(**_: Any) -> None:
        if next(remaining, None) is None:
            raise CutOffError

    events, operations = aws.client("dynamodb").meta.events, ("PutItem", "DeleteItem")
    for operation in operations:
        events.register_first(f"before-call.dynamodb.{operation}", die)
    with pytest.raises(CutOffError):
        restore.apply()
    for operation in operations:
        events.unregister(f"before-call.dynamodb.{operation}", die)
    restore.apply()

    checked = restore.check()
    assert checked.fates == Counter({Fate.SAME: 3})
    assert checked.is_settled
    assert not [row for row in system.items("deliveries") if "INFORMATION_NEEDED" in row["notice"]["S"]]
    assert len(Directory(system.local.cloud.outputs["DirectoryTable"]).restorations()) == 1


def test_data_that_go_back_twice_have_three_epochs(system: System, copied: Callable[[], Rehearsal]):
    sender = citizen(system, 1)
    Officer(system, "minh.ccvc").do("accept", sender.reference)
    first = copied()
    ask(system, sender.reference, "Một?")
    first.run()
    system.travel(minutes=10)
    second = copied()
    ask(system, sender.reference, "Hai?")
    second.run()
    ask(system, sender.reference, "Ba?")

    names = [name for name in sent(system, sender) if "INFORMATION_NEEDED" in name]
    assert [name.partition("-")[0][1:] for name in sorted(names)] == ["", "e1", "e2"]
    assert set(sent(system, sender).values()) == {1}
    assert system.dead_letters() == 0


def test_deliveries_that_are_damaged_themselves_go_back_wholly(
    system: System, copied: Callable[[], Rehearsal]
):
    sender = citizen(system, 1)
    rehearsal = copied()
    wholly = frozenset({"deliveries"})
    rehearsal.copies.make(wholly)
    before = {row["notice"]["S"] for row in system.items("deliveries")}
    moto_insides.empty_table(system.local.cloud.outputs["DeliveriesTable"])

    _applied, checked = rehearsal.run(wholly=wholly)

    assert {row["notice"]["S"] for row in system.items("deliveries")} == before
    assert checked.is_settled
    assert set(sent(system, sender).values()) == {1}


ASKED_BY_DYNAMODB = {"dynamodb:BatchWriteItem", "dynamodb:GetItem", "dynamodb:UpdateItem"}
"""The permissions that a restore into a new table needs besides its own; moto asks for none."""
SELDOM = {"dynamodb:DescribeContinuousBackups", "dynamodb:RestoreTableToPointInTime"}
"""The calls of the first step, and of making copies that are not there yet."""


def allowed_actions(prefix: str) -> set[str]:
    """Return the actions of one service that the operator's policy allows."""
    backup = templates.read(ROOT / "infra" / "cloudformation" / "backup.yaml")["Resources"]
    statements = backup["Operator"]["Properties"]["PolicyDocument"]["Statement"]
    listed = [[s["Action"]] if isinstance(s["Action"], str) else s["Action"] for s in statements]
    return {action for actions in listed for action in actions if action.startswith(prefix)}


class StillTriggers:
    """Triggers of a stage that stand still by themselves: the local stack's pumps move only when they are called."""

    def stop(self) -> int:
        return 10

    def start(self) -> int:
        return 10


def test_steps_of_the_runbook_say_what_it_expects(
    system: System, copied: Callable[[], Rehearsal], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    sender = citizen(system, 1)
    Officer(system, "minh.ccvc").do("accept", sender.reference)
    rehearsal = copied()
    ask(system, sender.reference, "Ông/Bà thi năm nào?")
    monkeypatch.chdir(tmp_path)
    lines: list[str] = []
    calls: set[str] = set()
    for client in (aws.client("dynamodb"), system.local.cloud.client("dynamodb")):
        client.meta.events.register(
            "before-call.dynamodb", lambda model, **_: calls.add(f"dynamodb:{model.name}"), unique_id="calls"
        )
    parts = rehearsal.parts(StillTriggers(), lines.append)

    codes = {step: command_line.RUN[step](parts) for step in command_line.STEPS if step != "plan"}

    for client in (aws.client("dynamodb"), system.local.cloud.client("dynamodb")):
        client.meta.events.unregister("before-call.dynamodb", unique_id="calls")
    account = json.loads((tmp_path / "build" / "restoration-1-applied.json").read_text("utf-8"))
    assert set(codes.values()) == {0}
    assert lines[0] == "restoration 1: the doors are closed, 10 triggers stand still"
    assert "  petitions: 1 same" in lines
    assert [line for line in lines if line.endswith("unsound: 0")]
    assert account["petitions"] == {sender.reference: "back"}
    assert "thi năm nào" not in json.dumps(account, ensure_ascii=False)
    assert calls | ASKED_BY_DYNAMODB | SELDOM == allowed_actions("dynamodb:")
