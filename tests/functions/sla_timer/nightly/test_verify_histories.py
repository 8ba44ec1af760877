"""Somebody with the table alters a petition: the night notices, withholds it and signs the others."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest

from chalicelib.sla_timer import composition, rounds
from chalicelib.sla_timer.run_jobs import JobsFailedError
from chalicelib.sla_timer.settings import SlaTimerSettings
from shared.domain.petition import coverage, history
from shared.domain.petition.history import Fault
from shared.domain.petition.petition import Petition
from shared.platform import aws, clock, settings
from shared.tables.dynamo import encode
from shared.tables.petition_items import item_of, petition_of
from shared.tables.roots import Roots
from tests.support.people import Citizen, Officer, answer_petition
from tests.support.system import System

DAY = date(2026, 11, 3)
Body = dict[str, Any]


@pytest.fixture
def roots(system: System) -> Roots:
    return Roots(system.local.cloud.outputs["RootsTable"])


@pytest.fixture
def petitioner(system: System) -> Citizen:
    """Somebody whose petition was answered, beside another petition that nobody touches."""
    Citizen(system).send()
    sender = Citizen(system)
    sender.send()
    answer_petition(system, sender.reference)
    return sender


def item_with(system: System, reference: str) -> Any:
    return next(item for item in system.items("petitions") if item["reference"]["S"] == reference)


def write(item: Any) -> None:
    table = settings.load(SlaTimerSettings).petitions_table
    aws.client("dynamodb").put_item(TableName=table, Item=item)


def alter(system: System, reference: str, change: Callable[[Body], object]) -> None:
    """Change the stored JSON by hand; the keys of the indexes stay as they are."""
    item = item_with(system, reference)
    body = json.loads(item["body"]["S"])
    change(body)
    write({**item, "body": {"S": json.dumps(body, ensure_ascii=False)}})


def rewrite(system: System, reference: str, change: Callable[[list[Any]], list[Any]]) -> None:
    """Make every hash, attribute and index key anew, as somebody with the table and all our code would."""
    petition = petition_of(item_with(system, reference))
    entries = change(list(petition.history))
    whole = petition.model_copy(update={"state": entries[-1].state})
    covered = entries[-1].facts.with_filed(
        history.filed_changes(None, whole),
        (
            *(f"{group}=" for group in coverage.groups_of(Petition)),
            *coverage.digests_of(None, whole, whole.submission),
        ),
    )
    entries[-1] = entries[-1].model_copy(update={"facts": covered})
    forged: tuple[history.Entry, ...] = ()
    for number, entry in enumerate(entries, start=1):
        forged = history.append(forged, entry.model_copy(update={"seq": number}), petition.submission)
    whole = whole.model_copy(update={"history": forged})
    assert whole.is_intact
    write(encode(item_of(whole, None)))


def hourly(system: System, hours: int = 24) -> None:
    system.clock.hold_at(system.clock.now() + timedelta(hours=hours))
    with suppress(JobsFailedError):
        composition.build(settings.load(SlaTimerSettings)).every_hour.run(clock.now())


def put_entry(number: int, **update: Any) -> Callable[[Body], object]:
    return lambda body: body["history"][number].update(update)


ATTACKS = [
    pytest.param(put_entry(0, is_erased=True), Fault.ERASURE, id="an entry passed off as erased"),
    pytest.param(lambda body: body.update(content="Không có gì."), Fault.ATTRIBUTE, id="the content"),
    pytest.param(lambda body: body["answer"].update(text="Khác."), Fault.ATTRIBUTE, id="the answer"),
    pytest.param(put_entry(-1, text="Khác."), Fault.WORDS, id="a text"),
    pytest.param(put_entry(-1, by="officer:x"), Fault.FACTS, id="an actor"),
    pytest.param(lambda body: body["history"].pop(1), Fault.PLACE, id="an entry dropped"),
    pytest.param(lambda body: body["history"].reverse(), Fault.PLACE, id="another order"),
    pytest.param(lambda body: body["history"].pop(), Fault.STATE, id="the end cut off"),
    pytest.param(lambda body: body.update(due_on="2027-11-30"), Fault.ATTRIBUTE, id="the due date"),
    pytest.param(lambda body: body.update(reference="26483190274"), Fault.MISSING, id="another reference"),
    pytest.param(lambda body: body.pop("history"), Fault.STATE, id="no history"),
    pytest.param(lambda body: body.pop("state"), Fault.MISSING, id="no petition at all"),
]


@pytest.mark.parametrize(("attack", "fault"), ATTACKS)
def test_altered_petition_is_withheld_and_the_others_are_signed(
    system: System, roots: Roots, petitioner: Citizen, attack: Callable[[Body], object], fault: Fault
):
    alter(system, petitioner.reference, attack)

    hourly(system)

    root = roots.get(DAY)
    assert root is not None
    assert (root.count, root.withheld) == (1, 1)
    assert "pakn-root-v2\n" in root.statement
    assert [(h.reference, h.fault) for h in roots.withheld(DAY)] == [(petitioner.reference, fault)]
    assert roots.path(root, petitioner.reference) is None


def test_history_of_another_petition_is_noticed(system: System, roots: Roots, petitioner: Citizen):
    other = Citizen(system)
    other.send()
    answer_petition(system, other.reference)
    foreign = json.loads(item_with(system, other.reference)["body"]["S"])["history"]

    alter(system, petitioner.reference, lambda body: body.update(history=foreign))
    hourly(system)

    assert [h.reference for h in roots.withheld(DAY)] == [petitioner.reference]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            lambda entries: [*entries[:-1], entries[-1].model_copy(update={"text": "Khác."})], id="a text"
        ),
        pytest.param(lambda entries: [*entries[:2], *entries[3:]], id="an entry dropped"),
        pytest.param(lambda entries: entries[:-1], id="the end cut off"),
    ],
)
def test_history_rewritten_with_all_its_hashes_is_noticed_by_what_was_signed_before(
    system: System, roots: Roots, petitioner: Citizen, change: Callable[[list[Any]], list[Any]]
):
    hourly(system)
    rewrite(system, petitioner.reference, change)
    Officer(system, "khanh.tocongtac").do("open-seal", petitioner.reference, reason="Xác minh.")

    hourly(system)

    faults = {h.reference: h.fault for h in roots.withheld(DAY + timedelta(days=1))}
    assert faults == {petitioner.reference: Fault.SIGNED_ROOT}


def test_history_that_was_put_right_stands_in_the_next_root(
    system: System, roots: Roots, petitioner: Citizen
):
    sound = item_with(system, petitioner.reference)
    alter(system, petitioner.reference, lambda body: body.update(content="Khác."))
    hourly(system)
    hourly(system)
    still = roots.get(DAY + timedelta(days=1))
    assert still is not None
    assert (still.count, still.withheld) == (0, 1)

    write(sound)
    hourly(system)

    root = roots.get(DAY + timedelta(days=2))
    assert root is not None
    assert (root.count, root.withheld) == (1, 0)
    assert roots.path(root, petitioner.reference) is not None


@pytest.mark.parametrize(
    "works", [rounds.SCHEDULE_WORKS, timedelta(0)], ids=["by the schedule", "by the queue"]
)
def test_alteration_of_a_petition_that_nothing_else_changed_is_found_by_the_reconciliation(
    system: System, roots: Roots, petitioner: Citizen, works: timedelta, monkeypatch: pytest.MonkeyPatch
):
    hourly(system)
    alter(system, petitioner.reference, lambda body: body.update(content="Khác."))
    monkeypatch.setattr(rounds, "SCHEDULE_WORKS", works)

    hourly(system)
    system.settle()

    today = DAY + timedelta(days=2)
    assert [h.fault for h in roots.withheld(today)] == [Fault.ATTRIBUTE]


def test_failed_histories_are_counted_for_the_alarm_and_logged_without_words(
    system: System, petitioner: Citizen, capsys: pytest.CaptureFixture[str]
):
    alter(system, petitioner.reference, lambda body: body.update(content="Bí mật."))

    hourly(system)

    output = capsys.readouterr().out
    assert '"HistoriesFailed":[1' in output.replace(" ", "")
    assert "Bí mật" not in output


def test_last_verification_is_shown_publicly_and_to_the_auditor(system: System, petitioner: Citizen):
    alter(system, petitioner.reference, lambda body: body["history"].pop(1))
    hourly(system)

    public = system.http("GET", "/kiem-chung").text
    published = system.http("GET", f"/v1/roots/{DAY}").json()
    verification = Officer(system, "kiemtoan").get("/v1/openings").json()["verification"]

    assert 'id="last-verified"' in public
    assert "1 hồ sơ không khớp" in public
    assert petitioner.reference not in public
    assert (published["withheld"], published["verified_at"][:10]) == (1, str(DAY + timedelta(days=1)))
    assert (verification["verified"], verification["withheld"]) == (1, 1)
    assert [(row["reference"], row["fault"]) for row in verification["failed"]] == [
        (petitioner.reference, "place")
    ]


def test_petition_of_every_kind_of_life_passes(system: System, roots: Roots, petitioner: Citizen):
    petitions = [petition_of(item) for item in system.items("petitions")]

    assert all(petition.is_intact for petition in petitions)
    hourly(system)
    root = roots.get(DAY)
    assert root is not None
    assert (root.count, root.withheld) == (2, 0)
