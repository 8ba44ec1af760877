"""Plays Lambda with SnapStart for one function: serve, hooks, snapshot, two starts from it. Run by `test_snapshots`.

The snapshot is this process's memory, a start is a fork of it: what a real start would find in memory, a fork finds.
Before the snapshot a request is served, which Lambda would not do: so everything that a request may leave is there to
be dropped. Reads what to play as JSON from its first line of standard input, with the secrets backwards, so that this
process does not hold them itself; waits for a second line before the starts.
"""

from __future__ import annotations

import gc
import json
import os
import posix
import random
import socket
import sys
import time
from collections.abc import Iterator
from datetime import datetime
from types import FrameType, FunctionType, ModuleType
from typing import Any

_MINUTE = 60
_ENVIRONMENT = (os.environ._data, posix.environ)  # type: ignore[attr-defined]
"""The environment as Python keeps it; Lambda gives a start with a snapshot no credentials there."""


def main() -> None:
    play = json.loads(sys.stdin.readline())
    sys.path[:0] = play["paths"]
    from shared.platform import clock

    clock.use(lambda: datetime.fromisoformat(play["before"]))
    import snapshot_restore_py as hooks

    import app as function

    served = _serve(function, play["event"])
    for hook, arguments, named in reversed(hooks.get_before_snapshot()):
        hook(*arguments, **named)
    if play["leak"]:
        exec(play["leak"])  # noqa: S102 - a test's own lines
    clock.use(None)
    print(json.dumps({"served": served, "kept": sorted(_findings(play))}), flush=True)
    sys.stdin.readline()
    for _ in range(2):
        _start(function, hooks, play)


def _start(function: ModuleType, hooks: ModuleType, play: dict[str, Any]) -> None:
    """Print what a start from the snapshot answers, with the environment of a stage that has changed since."""
    if os.fork():
        os.wait()
        return
    from shared.platform import aws, clock

    os.environ.update(play["environment_after"])
    clock.use(lambda: datetime.fromisoformat(play["after"]))
    for hook, arguments, named in hooks.get_after_restore():
        hook(*arguments, **named)
    signed: set[str] = set()
    aws.client("dynamodb").meta.events.register(
        "before-send.dynamodb", lambda request, **_: signed.add(str(request.headers["Authorization"]))
    )
    answer = _serve(function, play["event"])
    seconds = time.process_time()
    print(
        json.dumps(
            {"answer": answer, "signed": sorted(signed), "random": random.random(), "seconds": seconds}
        ),
        flush=True,
    )
    os._exit(0)


def _serve(function: ModuleType, event: dict[str, Any]) -> Any:
    class Context:
        function_name, memory_limit_in_mb = "restored", 512
        invoked_function_arn, aws_request_id = "arn", "1"

        def get_remaining_time_in_millis(self) -> int:
            return 60_000

    return function.app(event, Context())


def _findings(play: dict[str, Any]) -> Iterator[str]:
    """Yield the names of values that a snapshot must not hold, anywhere in memory but in the environment."""
    from botocore.client import BaseClient
    from botocore.credentials import Credentials
    from botocore.session import Session

    from shared.platform.settings import Settings

    never = (BaseClient, Credentials, Session, Settings, socket.socket)
    secrets = tuple(backwards[::-1] for backwards in play["secrets_backwards"])
    before = datetime.fromisoformat(play["before"])
    holders = gc.get_objects()
    ours = {id(play), id(secrets), id(holders), *map(id, _ENVIRONMENT)}
    for holder in holders:
        if isinstance(holder, never):
            yield type(holder).__name__
        if type(holder).__name__ == "Parts":
            yield "Parts"
        if id(holder) in ours or isinstance(holder, FrameType | FunctionType):
            continue
        for value in _values(holder, ours):
            if isinstance(value, datetime):
                if value.tzinfo is not None and abs((value - before).total_seconds()) <= _MINUTE:
                    yield f"time in {_named(holder)}"
            elif isinstance(value, str | bytes):
                text = value if isinstance(value, str) else value.decode("latin-1")
                if any(secret in text for secret in secrets):
                    yield f"secret in {_named(holder)}"


def _values(holder: Any, spared: set[int]) -> Iterator[Any]:
    """Yield the referents of an object; the collector does not list a dict or tuple of texts, so look into those."""
    for value in gc.get_referents(holder):
        if isinstance(value, dict | tuple) and not gc.is_tracked(value):
            if id(value) not in spared:
                yield from _values(value, spared)
        else:
            yield value


def _named(holder: Any) -> str:
    keys = f" {sorted(map(str, holder))[:8]}" if isinstance(holder, dict) else ""
    return f"{type(holder).__name__}{keys}"


if __name__ == "__main__":
    main()
