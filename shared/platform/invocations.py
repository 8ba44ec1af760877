"""The invocations of a function: each is done under the id of its cause, and one that fails says so in a JSON line.

`Triggered` is the Chalice app of all functions. What Chalice itself logs goes through the functions' logger, without
the values of its messages: a path may hold a pass.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from chalice.app import Chalice, CloudWatchEvent, DynamoDBEvent
from typing_extensions import override

from shared.platform import correlation, telemetry


class Triggered(Chalice):
    """A Chalice app whose triggers are done under the ids of their causes."""

    def __init__(self, app_name: str) -> None:
        super().__init__(app_name=app_name, configure_logs=False)
        self.log.propagate = False
        self.log.handlers = [_ThroughLogger(logging.WARNING)]
        self.register_middleware(_under_its_cause, "all")


def invocation_of(context: Any) -> str:
    """Return the id of an invocation, by its context."""
    return str(getattr(context, "aws_request_id", "") or "")


def _under_its_cause(event: Any, proceed: Callable[[Any], Any]) -> Any:
    """Do one invocation; a schedule and a batch of changes are for many petitions, a batch of messages for each."""
    invocation = invocation_of(event.context)
    is_shared = isinstance(event, CloudWatchEvent | DynamoDBEvent)
    ids = (getattr(event, "event_id", None), invocation)
    with correlation.begun(*ids, invocation=invocation, is_shared=is_shared):
        try:
            return proceed(event)
        except Exception as error:  # noqa: BLE001 - raised again, without its text
            telemetry.log_failure("invocation failed", error)
            raise _without_text(error) from None


def _without_text(error: Exception) -> Exception:
    """Return an error of a type of the same name, which is all that Lambda writes into the log, and asks for."""
    bare: Exception = type(type(error).__name__, (Exception,), {})()
    return bare


class _ThroughLogger(logging.Handler):
    """Says in the functions' own format that Chalice logged something, and where it failed; never with what values."""

    @override
    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        telemetry.log_failure("Chalice reports", error, template=str(record.msg), source=record.name)
