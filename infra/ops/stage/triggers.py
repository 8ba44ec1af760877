"""The triggers of functions, which people are none of: queues, stream, schedules; stopped, started, looked at.

On AWS they stand in the function's stack. The local stack has a rule of EventBridge for each, which its pumps look at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import boto3

from infra.deployment.stages import lambda_names
from infra.deployment.templates import REGION
from infra.ops.stage.connection import Connection
from infra.restoration.cloud import Triggers
from shared.platform import aws


class Switch(Protocol):
    """The triggers of one function."""

    def stop(self) -> int:
        """Stop them, and return how many there are; 0 where the function has none."""

    def start(self) -> int:
        """Start them, and return how many there are."""

    def states(self) -> Iterator[tuple[str, bool]]:
        """Yield the name of each, and whether it is on."""


class LocalTriggers:
    """The triggers of functions on the local stack."""

    def __init__(self, stage: str, functions: Sequence[str]) -> None:
        self._names = sorted(
            name for function in functions for name in lambda_names(function, stage).values()
        )

    def stop(self) -> int:
        """Stop them, and return how many there are."""
        names = [name for name, _is_on in self.states()]
        for name in names:
            aws.client("events").disable_rule(Name=name)
        return len(names)

    def start(self) -> int:
        """Start them, and return how many there are."""
        names = [name for name, _is_on in self.states()]
        for name in names:
            aws.client("events").enable_rule(Name=name)
        return len(names)

    def states(self) -> Iterator[tuple[str, bool]]:
        """Yield the name of each, and whether it is on; the doors of people have none."""
        events = aws.client("events")
        for name in self._names:
            try:
                yield name, events.describe_rule(Name=name)["State"] == "ENABLED"
            except events.exceptions.ResourceNotFoundException:
                continue


def triggers_of(connection: Connection, function: str) -> Switch:
    """Return the triggers of a function of a stage."""
    if connection.is_local:
        return LocalTriggers(connection.stage, (function,))
    return Triggers(boto3.Session(region_name=REGION), connection.stage, functions=(function,))
