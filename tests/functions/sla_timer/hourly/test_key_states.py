"""Keys that are disabled or will be deleted are counted once an hour, and named in the log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.system import System

PUT_OFF: dict[str, Callable[[Any, str], object]] = {
    "Disabled": lambda kms, key: kms.disable_key(KeyId=key),
    "PendingDeletion": lambda kms, key: kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=30),
}
KEYS = ("SealKeyId", "RootsKeyId", "DataKeyArn")


def key_id(system: System, output: str) -> str:
    """Return the id of a key, also where the output is its ARN."""
    return system.local.cloud.outputs[output].rpartition("/")[2]


@pytest.fixture
def usable_again(system: System) -> Iterator[System]:
    yield system
    kms = system.local.cloud.client("kms")
    for output in KEYS:
        key = key_id(system, output)
        if kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion":
            kms.cancel_key_deletion(KeyId=key)
        kms.enable_key(KeyId=key)


def states(system: System) -> str:
    """Return the line that the hourly schedule records about keys."""
    system.local.functions.metrics.clear()
    system.local.pumps.hourly.fire()
    (line,) = [line for line in system.local.functions.metrics if "KeysUnusable" in line]
    return line.replace(" ", "")


def test_keys_that_are_enabled_are_none(system: System):
    assert '"KeysUnusable":[0.0]' in states(system)


@pytest.mark.parametrize("output", KEYS)
@pytest.mark.parametrize("state", list(PUT_OFF))
def test_key_that_cannot_be_used_is_counted_and_named(
    usable_again: System, state: str, output: str, caplog: pytest.LogCaptureFixture
):
    local = usable_again.local
    PUT_OFF[state](local.cloud.client("kms"), key_id(usable_again, output))

    assert '"KeysUnusable":[1.0]' in states(usable_again)
    named = {(getattr(r, "key", None), getattr(r, "reason", None)) for r in caplog.records}
    assert (output.removesuffix("KeyId").removesuffix("KeyArn").lower(), state) in named


def test_key_of_before_is_watched_and_another_name_of_the_same_key_is_no_key(
    usable_again: System, caplog: pytest.LogCaptureFixture
):
    kms = usable_again.local.cloud.client("kms")
    before = kms.create_key()["KeyMetadata"]["KeyId"]
    leads = {"1": before, "2": key_id(usable_again, "SealKeyId")}
    for number, key in leads.items():
        kms.create_alias(AliasName=f"alias/pakn-local-seal-{number}", TargetKeyId=key)
    try:
        for key in leads.values():
            kms.disable_key(KeyId=key)
        assert '"KeysUnusable":[2.0]' in states(usable_again)
    finally:
        for number in leads:
            kms.delete_alias(AliasName=f"alias/pakn-local-seal-{number}")

    assert {getattr(r, "key", None) for r in caplog.records} - {None} == {"seal", "seal-1"}
