"""A restoration: the fate of each petition and of each delivery, and what is request of AWS."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from infra.deployment import templates
from infra.deployment.stages import ASKED_FOR
from infra.layout import ROOT
from infra.restoration import __main__ as command
from infra.restoration import receipts
from infra.restoration.cloud import TABLES, Copies, Triggers, Versions
from infra.restoration.doors import RestorationError
from infra.restoration.fates import Fate, decide, put_back
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.tables.dynamo import Item
from shared.tables.petition_items import item_of, lost_item
from tests.support.builders import a_petition

MAPPING = "a1b2c3d4-5717-4562-b3fc-2c963f66afa6"
NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
OPEN = a_petition(State.IN_PROGRESS)
ANSWERED = a_petition(State.ANSWERED)


def stored(petition: Petition) -> Item:
    return dict(item_of(petition, None))


def ended(petition: Petition, *, is_erased: bool) -> Petition:
    closed = petition.close(Change.by_timer(NOON, "close"))
    return closed.erase(Change.by_timer(NOON, "end")) if is_erased else closed


def noted(petition: Petition) -> Petition:
    return petition.record(Action.NOTE, Change.by_officer("minh.ccvc", NOON, "note"), text="Ghi chú.")


BROKEN = {**stored(noted(OPEN)), "body": "{"}
ALTERED = stored(noted(OPEN).model_copy(update={"content": "Khác"}))


@pytest.mark.parametrize(
    ("then", "now", "fate"),
    [
        pytest.param(stored(OPEN), stored(OPEN), Fate.SAME, id="nothing happened to it"),
        pytest.param(stored(OPEN), put_back(stored(OPEN), 1), Fate.SAME, id="it was put back before"),
        pytest.param(stored(OPEN), stored(noted(OPEN)), Fate.BACK, id="it was changed since"),
        pytest.param(stored(OPEN), BROKEN, Fate.BACK, id="it cannot be read any more"),
        pytest.param(stored(OPEN), None, Fate.BACK, id="it was removed"),
        pytest.param(None, stored(OPEN), Fate.RECEIVED_SINCE, id="received since, and sound"),
        pytest.param(None, BROKEN, Fate.LOST, id="received since, and unreadable"),
        pytest.param(None, ALTERED, Fate.LOST, id="received since, and altered"),
        pytest.param(None, lost_item(OPEN.reference, 1), Fate.SAME, id="lost before"),
        pytest.param(
            stored(ANSWERED), stored(ended(ANSWERED, is_erased=True)), Fate.ERASED_SINCE, id="erased since"
        ),
        pytest.param(
            stored(ANSWERED), stored(ended(ANSWERED, is_erased=False)), Fate.BACK, id="closed since"
        ),
    ],
)
def test_each_petition_has_one_fate(then: Item | None, now: Item | None, fate: Fate):
    assert decide(then, now).fate is fate


@pytest.mark.parametrize(
    ("now", "fate"),
    [
        pytest.param(stored(noted(OPEN)), Fate.SOUND, id="sound"),
        pytest.param(ALTERED, Fate.BACK, id="altered"),
        pytest.param(BROKEN, Fate.BACK, id="unreadable"),
    ],
)
def test_sound_petition_stays_where_only_what_is_damaged_goes_back(now: Item, fate: Fate):
    assert decide(stored(OPEN), now, only_damaged=True).fate is fate


def test_entries_that_are_taken_back_are_named():
    decision = decide(stored(OPEN), stored(noted(OPEN)))

    assert [entry.action for entry in decision.lost] == [Action.NOTE]
    assert decision.version == OPEN.version


def row(notice: str, state: str = "SENT", **facts: Any) -> Item:
    entry, kind, audience, channel = notice.split("#")
    return {
        "reference": OPEN.reference,
        "notice": notice,
        "seq": int(entry.partition("e")[0]),
        "kind": kind,
        "audience": audience,
        "channel": channel,
        "state": state,
        "at": "2026-11-03T05:00:00Z",
        **facts,
    }


LEADING = f"{OPEN.reference}/7#ANSWERED#PETITIONER#"
CARRIED = f"{OPEN.reference}/3#ASSIGNED#PETITIONER#"


@given(st.integers(1, 99), st.integers(1, 99), st.integers(0, 9))
def test_row_survives_as_long_as_its_entry_does_in_every_epoch(seq: int, version: int, epoch: int):
    name = f"{seq}e{epoch}" if epoch else f"{seq}"

    assert receipts.survives(row(f"{name}#ANSWERED#PETITIONER#SMS"), version) == (seq <= version)


@pytest.mark.parametrize(
    ("state", "is_sent"),
    [
        pytest.param("SENT", True, id="sent"),
        pytest.param("DELIVERED", True, id="delivered"),
        pytest.param("AMBIGUOUS", True, id="nobody can know"),
        pytest.param("PREPARED", False, id="waiting"),
        pytest.param("OPEN", False, id="a call that was still to be made"),
        pytest.param("FAILED", False, id="failed"),
    ],
)
def test_notice_within_the_message_of_one_taken_back_is_sent_again_only_if_that_never_left(
    state: str, *, is_sent: bool
):
    carried = row("3#ASSIGNED#PETITIONER#SMS", "CARRIED", carried_by=LEADING, wake_at="2026-11-03T06:00:00Z")
    leading = row("7#ANSWERED#PETITIONER#SMS", state, carries=CARRIED)

    settled = receipts.settled(carried, receipts.by_name([leading]))

    assert (settled is not None) is is_sent
    assert settled is None or (settled["state"], "carried_by" in settled) == (state, False)


def test_message_that_waits_no_longer_contains_what_was_taken_back():
    leading = row("3#ASSIGNED#PETITIONER#SMS", "PREPARED", carries=f"{LEADING} {CARRIED}")

    settled = receipts.settled(leading, {LEADING: row("7#ANSWERED#PETITIONER#SMS", "CARRIED")})

    assert settled is not None
    assert settled["carries"] == CARRIED


def test_copies_are_made_once_of_one_moment_and_waited_for():
    waits: list[float] = []
    dynamodb = boto3.client("dynamodb", region_name="ap-southeast-1")
    copies = Copies(dynamodb, "prod", NOON, waits.append)
    place = copies.place(frozenset())
    with Stubber(dynamodb) as stub:
        for table, copy in place.copies.items():
            stub.add_client_error("describe_table", "ResourceNotFoundException")
            request = {
                "SourceTableName": place.live[table],
                "TargetTableName": copy,
                "RestoreDateTime": NOON,
            }
            stub.add_response("restore_table_to_point_in_time", {}, request)
        for status in ("CREATING", "ACTIVE", "ACTIVE", "ACTIVE"):
            stub.add_response("describe_table", {"Table": {"TableStatus": status}})

        copies.make(frozenset())

        stub.assert_no_pending_responses()
    assert len(waits) == 1
    assert set(place.copies.values()) == {
        f"pakn-prod-{table}-at-20261103T050000Z" for table in ("petitions", "deliveries", "roots")
    }


def test_table_that_cannot_go_back_to_the_moment_is_named():
    dynamodb = boto3.client("dynamodb", region_name="ap-southeast-1")
    with Stubber(dynamodb) as stub:
        for table in TABLES:
            recovery: dict[str, Any] = {
                "PointInTimeRecoveryStatus": "DISABLED" if table == "throttle" else "ENABLED",
                "EarliestRestorableDateTime": NOON - timedelta(days=35),
                "LatestRestorableDateTime": NOON - timedelta(days=table == "roots"),
            }
            described = {"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": recovery}
            stub.add_response("describe_continuous_backups", {"ContinuousBackupsDescription": described})

        refused = list(Copies(dynamodb, "prod", NOON).refused())

    assert [reason.partition(":")[0] for reason in refused] == ["pakn-prod-roots", "pakn-prod-throttle"]


class Session:
    """A session whose clients answer as a test says."""

    def __init__(self) -> None:
        self.clients = {
            name: boto3.client(name, region_name="ap-southeast-1")
            for name in ("cloudformation", "lambda", "events")
        }
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()

    def client(self, name: str) -> Any:
        return self.clients[name]

    def list_resources(self, *resources: tuple[str, str]) -> None:
        for position in range(5):
            summaries = [
                {
                    "LogicalResourceId": name.title(),
                    "PhysicalResourceId": name,
                    "ResourceType": kind,
                    "LastUpdatedTimestamp": NOON,
                    "ResourceStatus": "CREATE_COMPLETE",
                }
                for kind, name in resources
                if position == 0
            ]
            self.stubs["cloudformation"].add_response(
                "list_stack_resources", {"StackResourceSummaries": summaries}
            )


def test_triggers_are_those_of_the_stage_s_stacks_and_stand_still_before_it_goes_on():
    session = Session()
    session.list_resources(("AWS::Lambda::EventSourceMapping", MAPPING), ("AWS::Events::Rule", "sweep"))
    session.stubs["events"].add_response("disable_rule", {}, {"Name": "sweep"})
    session.stubs["lambda"].add_response(
        "update_event_source_mapping", {}, {"UUID": MAPPING, "Enabled": False}
    )
    for state in ("Disabling", "Disabled"):
        session.stubs["lambda"].add_response("get_event_source_mapping", {"State": state}, {"UUID": MAPPING})
    waits: list[float] = []

    stopped = Triggers(session, "prod", waits.append).stop()

    assert (stopped, len(waits)) == (2, 1)
    for stub in session.stubs.values():
        stub.assert_no_pending_responses()


def test_stage_without_triggers_is_another_account():
    session = Session()
    session.list_resources()

    with pytest.raises(RestorationError, match="account and region"):
        Triggers(session, "prod").stop()


def test_file_that_is_there_is_left_alone():
    s3 = boto3.client("s3", region_name="ap-southeast-1")
    with Stubber(s3) as stub:
        version = {"Key": "petitions/1", "VersionId": "v1", "IsLatest": True, "LastModified": NOON}
        stub.add_response("list_object_versions", {"Versions": [version]})

        assert Versions(s3, "files").bring_back("petitions/1") is False


@pytest.mark.parametrize("moment", ["2026-11-03T09:00:00", "yesterday"])
def test_moment_without_its_zone_is_refused(moment: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        command.main(["plan", "--stage", "prod", "--at", moment])

    assert "--at" in capsys.readouterr().err


BACKUP = templates.read(ROOT / "infra" / "cloudformation" / "backup.yaml")["Resources"]
PLATFORM = templates.read(ROOT / "infra" / "cloudformation" / "platform.yaml")["Resources"]


def test_every_table_and_the_attachments_are_backed_up():
    tables = {
        r["Properties"]["TableName"]["Fn::Sub"]
        for r in PLATFORM.values()
        if r["Type"] == "AWS::DynamoDB::Table"
    }
    (bucket,) = (
        r["Properties"]["BucketName"]["Fn::Sub"] for r in PLATFORM.values() if r["Type"] == "AWS::S3::Bucket"
    )

    selected = BACKUP["Selection"]["Properties"]["BackupSelection"]["Resources"]

    assert {re.split("table/|s3:::", resource["Fn::Sub"])[1] for resource in selected} == {*tables, bucket}
    assert set(TABLES) == {name.removeprefix("pakn-${Stage}-") for name in tables}


def test_no_backup_is_deleted_before_its_time_and_each_is_kept_as_long_as_the_lock_asks():
    vault = BACKUP["Vault"]["Properties"]
    rules = BACKUP["Plan"]["Properties"]["BackupPlan"]["BackupPlanRule"]
    (statement,) = vault["AccessPolicy"]["Statement"]

    assert (BACKUP["Vault"]["DeletionPolicy"], BACKUP["Key"]["DeletionPolicy"]) == ("Retain", "Retain")
    assert statement["Effect"] == "Deny"
    assert {"backup:DeleteRecoveryPoint", "backup:DeleteBackupVault"} <= set(statement["Action"])
    for rule in rules:
        for lifecycle in (rule["Lifecycle"], rule["CopyActions"]["Fn::If"][1][0]["Lifecycle"]):
            locked = vault["LockConfiguration"]
            assert locked["MinRetentionDays"] <= lifecycle["DeleteAfterDays"] <= locked["MaxRetentionDays"]


def test_backups_are_copied_where_a_stage_names_a_vault_and_restoring_is_tried():
    rules = BACKUP["Plan"]["Properties"]["BackupPlan"]["BackupPlanRule"]
    tested = BACKUP["TestOfTables"]["Properties"]["ProtectedResourceArns"]

    assert {rule["CopyActions"]["Fn::If"][1][0]["DestinationBackupVaultArn"]["Ref"] for rule in rules} == {
        "BackupCopyVaultArn"
    }
    assert {resource["Fn::Sub"].rpartition("-")[2] for resource in tested} == {
        "petitions",
        "deliveries",
        "roots",
    }
    assert "backup" in ASKED_FOR
