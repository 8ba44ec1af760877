"""The AWS side of a restoration: copies by point-in-time recovery, triggers that stand still, versions of files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from infra.layout import FUNCTIONS
from infra.restoration.doors import RestorationError
from infra.restoration.restore import Place

COPIED = ("petitions", "deliveries", "roots")
"""Tables of which a restoration always needs a copy."""
TABLES = ("petitions", "deliveries", "directory", "statistics", "roots", "throttle")
POLL_SECONDS = 5.0


class Copies:
    """Copies of a stage's tables as they were at a moment, beside the live ones."""

    def __init__(
        self, dynamodb: Any, stage: str, to: datetime, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._dynamodb = dynamodb
        self._stage = stage
        self._to = to.astimezone(UTC)
        self._sleep = sleep

    def place(self, wholly: frozenset[str]) -> Place:
        """Return the names of the tables and of their copies."""
        live = {table: f"pakn-{self._stage}-{table}" for table in TABLES}
        return Place(
            live, {table: f"{live[table]}-at-{self._to:%Y%m%dT%H%M%SZ}" for table in {*COPIED, *wholly}}
        )

    def refused(self) -> Iterator[str]:
        """Yield the tables that cannot go back to the moment, and why."""
        for table in self.place(frozenset()).live.values():
            try:
                answer = self._dynamodb.describe_continuous_backups(TableName=table)
            except ClientError as error:
                yield f"{table}: {error.response['Error']['Code']}"
                continue
            recovery = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
            first, last = recovery.get("EarliestRestorableDateTime"), recovery.get("LatestRestorableDateTime")
            if recovery.get("PointInTimeRecoveryStatus") != "ENABLED":
                yield f"{table}: no point-in-time recovery"
            elif (first and self._to < first) or (last and self._to > last):
                yield f"{table}: restorable from {first} to {last}"

    def make(self, wholly: frozenset[str]) -> None:
        """Make the copies that are not there yet, all of one moment, and wait for them."""
        place = self.place(wholly)
        for table, copy in place.copies.items():
            if self._status(copy) is None:
                self._dynamodb.restore_table_to_point_in_time(
                    SourceTableName=place.live[table], TargetTableName=copy, RestoreDateTime=self._to
                )
        for copy in place.copies.values():
            while self._status(copy) != "ACTIVE":
                self._sleep(POLL_SECONDS)

    def keep_present(self, number: int) -> None:
        """Back the live tables up as they are, before anything is written."""
        for table in self.place(frozenset()).live.values():
            self._dynamodb.create_backup(TableName=table, BackupName=f"{table}-before-r{number}")

    def are_there(self, wholly: frozenset[str]) -> bool:
        """Return whether every copy can be read."""
        return all(self._status(copy) == "ACTIVE" for copy in self.place(wholly).copies.values())

    def remove(self, wholly: frozenset[str]) -> None:
        """Delete the copies."""
        for copy in self.place(wholly).copies.values():
            with suppress(self._dynamodb.exceptions.ResourceNotFoundException):
                self._dynamodb.delete_table(TableName=copy)

    def _status(self, table: str) -> str | None:
        try:
            return str(self._dynamodb.describe_table(TableName=table)["Table"]["TableStatus"])
        except self._dynamodb.exceptions.ResourceNotFoundException:
            return None


class Triggers:
    """The triggers of a stage's functions, all or some, by queues, stream and schedules, as its stacks have them."""

    def __init__(
        self,
        session: Any,
        stage: str,
        sleep: Callable[[float], None] = time.sleep,
        functions: Sequence[str] = FUNCTIONS,
    ) -> None:
        self._functions = functions
        self._formation = session.client("cloudformation")
        self._lambda = session.client("lambda")
        self._events = session.client("events")
        self._stage = stage
        self._sleep = sleep

    def stop(self) -> int:
        """Stop them, wait until none runs any more, and return how many there are.

        Raises:
            RestorationError: the stage has none: it is another account, region or stage.
        """
        mappings, rules = self._resources()
        if not mappings:
            raise RestorationError(
                f"Stage {self._stage} has no triggers here: is this its account and region?"
            )
        for name in rules:
            self._events.disable_rule(Name=name)
        self._switch(mappings, is_on=False)
        return len(mappings) + len(rules)

    def start(self) -> int:
        """Start them, and return how many there are."""
        mappings, rules = self._resources()
        self._switch(mappings, is_on=True)
        for name in rules:
            self._events.enable_rule(Name=name)
        return len(mappings) + len(rules)

    def states(self) -> Iterator[tuple[str, bool]]:
        """Yield the name of each, and whether it is on."""
        mappings, rules = self._resources()
        for uuid in mappings:
            yield uuid, self._lambda.get_event_source_mapping(UUID=uuid)["State"] == "Enabled"
        for name in rules:
            yield name, self._events.describe_rule(Name=name)["State"] == "ENABLED"

    def _switch(self, mappings: list[str], *, is_on: bool) -> None:
        for uuid in mappings:
            self._lambda.update_event_source_mapping(UUID=uuid, Enabled=is_on)
        for uuid in mappings:
            while self._lambda.get_event_source_mapping(UUID=uuid)["State"] != (
                "Enabled" if is_on else "Disabled"
            ):
                self._sleep(POLL_SECONDS)

    def _resources(self) -> tuple[list[str], list[str]]:
        resources: dict[str, list[str]] = {"AWS::Lambda::EventSourceMapping": [], "AWS::Events::Rule": []}
        pages = self._formation.get_paginator("list_stack_resources")
        for function in self._functions:
            for page in pages.paginate(StackName=f"pakn-{self._stage}-{function.replace('_', '-')}"):
                for resource in page["StackResourceSummaries"]:
                    if resource["ResourceType"] in resources:
                        resources[resource["ResourceType"]].append(resource["PhysicalResourceId"])
        return resources["AWS::Lambda::EventSourceMapping"], resources["AWS::Events::Rule"]


class Versions:
    """The versions of the attachments bucket's objects."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket

    def bring_back(self, key: str) -> bool:
        """Make the latest version of a deleted object the current one, as a new version: S3 announces it again."""
        listed = self._s3.list_object_versions(Bucket=self._bucket, Prefix=key)
        versions = [each for each in listed.get("Versions", ()) if each["Key"] == key]
        if not versions or any(each["IsLatest"] for each in versions):
            return False
        latest = max(versions, key=lambda each: each["LastModified"])
        source = {"Bucket": self._bucket, "Key": key, "VersionId": latest["VersionId"]}
        self._s3.copy_object(Bucket=self._bucket, Key=key, CopySource=source)
        return True
