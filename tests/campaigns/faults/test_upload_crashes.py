"""Every AWS call of a file's check, each with a crash, a lost reply or an error: mended by redelivery alone."""

from __future__ import annotations

import pytest

from shared.domain.petition.lifecycle import Action
from shared.tables.petition_items import petition_of
from tests.campaigns.faults.injection import Call, Fault
from tests.support import files
from tests.support.people import Citizen
from tests.support.system import System

PICTURE = files.picture_with_place()
FAULTS = (
    pytest.param(Fault.CRASH_BEFORE, marks=pytest.mark.campaign),
    Fault.CRASH_AFTER,
    pytest.param(Fault.LOST_REPLY, marks=pytest.mark.full),
    pytest.param(Fault.SERVER_ERROR, marks=pytest.mark.full),
)
LEAST_CALLS = 6
"""Find it, read the petition, read it, write the clean copy, write the petition, remove it."""


def uploaded(system: System) -> tuple[Citizen, str]:
    """A petitioner whose picture lies in quarantine, unchecked; and the file's identifier."""
    system.reset()
    citizen = Citizen(system)
    citizen.send()
    declared = citizen.add(
        "attachments", filename="a.jpg", content_type="image/jpeg", size=len(PICTURE)
    ).json()
    system.upload(declared["upload"], PICTURE)
    return citizen, declared["attachment"]["id"]


def keys(system: System) -> list[str]:
    bucket = system.local.cloud.outputs["AttachmentsBucket"]
    listed = system.local.cloud.client("s3").list_objects_v2(Bucket=bucket)
    return [item["Key"] for item in listed.get("Contents", [])]


@pytest.fixture(scope="module")
def calls(running_system: System) -> list[Call]:
    """The AWS calls of a check in which nothing goes wrong."""
    uploaded(running_system)
    with running_system.faults.counting() as counted:
        running_system.settle()
    return [call for call in counted if call.where == "intake.on_upload"]


def test_the_campaign_covers_every_step(calls):
    assert len(calls) >= LEAST_CALLS
    assert {call.operation for call in calls} >= {
        "HeadObject",
        "GetObject",
        "PutObject",
        "PutItem",
        "DeleteObject",
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_is_cut_off_there_is_one_clean_file_and_one_entry(running_system, calls, fault):
    for call in calls:
        citizen, identifier = uploaded(running_system)

        with running_system.faults.at({call.number: fault}, for_one_try=True):
            running_system.settle()
        running_system.travel(minutes=7)

        (petition,) = map(petition_of, running_system.items("petitions"))
        entries = [entry for entry in petition.history if entry.action is Action.KEEP_ATTACHMENT]
        assert keys(running_system) == [f"petitions/{identifier}"], str(call)
        assert len(entries) == 1, str(call)
        assert citizen.look()["attachments"][0]["state"] == "CLEAN"
        assert running_system.dead_letters() == 0
