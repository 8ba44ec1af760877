"""Keeps the functions' log lines in moto's CloudWatch Logs, as Lambda does: `ops` and the AWS CLI read them there."""

from __future__ import annotations

import logging
from collections.abc import Callable

from infra.local.emulation import moto_insides
from shared.platform import clock, telemetry

_DOOR = "http"
"""The name of a function's door in `Functions.running`."""


def lambda_of(stage: str, running: str) -> str:
    """Return the name that the Lambda of a trigger or door has on AWS, e.g. of `router.on_route`."""
    function, _, handler = running.partition(".")
    name = function if handler == _DOOR else f"{function}-{handler}"
    return f"pakn-{stage}-{name.replace('_', '-')}"


def log_group_of(stage: str, running: str) -> str:
    """Return the log group of a trigger or door."""
    return f"/aws/lambda/{lambda_of(stage, running)}"


class LogGroups(logging.Handler):
    """Writes each record, as it stands on AWS, to the log group of the Lambda that is at work."""

    def __init__(self, stage: str, running: Callable[[], str]) -> None:
        """Take who is at work.

        Args:
            stage: names the log groups.
            running: returns the trigger or door that is at work, e.g. `router.on_route`; "" while none is.
        """
        super().__init__(logging.WARNING)
        self._stage = stage
        self._running = running

    def addFilter(self, filter: object) -> None:  # noqa: A002, N802 - the base class's own names
        """Take no filter: Powertools would keep its own lines from every handler of the root logger."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line; what is logged while no function is at work is none of theirs."""
        running = self._running()
        if not running:
            return
        line = telemetry.logger().registered_formatter.format(record)
        moto_insides.keep_log_line(log_group_of(self._stage, running), line, clock.now())
