"""Cold start of each function against a bare Chalice + boto3 function with the same clients: a ratio in one run.

Each start is a fresh interpreter that imports the app and gives its first real answer, served by moto over HTTP from
this process. The bare function imports Chalice and boto3, makes the same clients and sends the same requests, and does
nothing else: what is above 1.0 is the price of everything that is ours. `restored` is the same answer out of a
snapshot (SnapStart), where nothing is imported: what Lambda needs to bring the memory back comes on top.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from infra.local.emulation.moto_server import MotoServer
from infra.local.system import FUNCTIONS
from tests.bench.first_events import first_events
from tests.bench.imports import NO_BYTECODE
from tests.starts.played import play
from tests.support.system import System

ROUNDS = 7
GOALS = {"intake": 1.35, "router": 1.25, "sla_timer": 1.25, "notifier": 1.25, "casework": 1.5}
RESTORED = ("intake", "casework")
"""The functions that people wait for: with SnapStart a start restores them (docs/adr/0068)."""
PORT = 8197
_ROOT = Path(__file__).resolve().parents[2]

_OURS = """
import json, sys
sys.path[:0] = [{folder!r}, {root!r}]
import app
event = json.loads({event!r})
class Context:
    function_name = "bench"; memory_limit_in_mb = 512; invoked_function_arn = "arn"; aws_request_id = "1"
    def get_remaining_time_in_millis(self): return 60000
print(json.dumps(getattr(app, {handler!r})(event, Context()), default=str))
"""
_BARE = """
import json
from chalice import Chalice
import boto3
app = Chalice(app_name="bare")
clients = {{name: boto3.client(name) for name in {clients!r}}}
@app.route("/")
def view(): return {{}}
for service, operation, parameters in json.loads({calls!r}):
    try: getattr(clients[service], operation)(**parameters)
    except Exception as error:
        if "ConditionalCheckFailed" not in type(error).__name__: raise
print("{{}}")
"""


def main() -> None:
    """Print the ratios."""
    system = System()
    system.start()
    server = MotoServer("127.0.0.1", PORT, system.local.functions.lock, system.local.bucket)
    server.start()
    try:
        print(
            f"{'function':10} {'ours':>8} {'bare':>8} {'ratio':>6} {'goal':>6} {'restored':>9}   first answer"
        )
        for name, (handler, event, description) in first_events(system).items():
            _compare(system, name, handler, event, description)
    finally:
        server.stop()
        system.stop()


def _compare(system: System, name: str, handler: str, event: dict[str, Any], description: str) -> None:
    calls = _calls_of(system, name, handler, event)
    ours = _OURS.format(
        folder=str(FUNCTIONS / name), root=str(_ROOT), event=json.dumps(event), handler=handler
    )
    bare = _BARE.format(clients=sorted({service for service, *_ in calls}), calls=json.dumps(calls))
    times: dict[str, list[float]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        for kind, code in (("ours", ours), ("bare", bare)):
            times[kind].append(_run(system, code))
    restored = _restored(system, name, event) if name in RESTORED else ""
    best_ours, best_bare = (statistics.median(times[kind]) * 1000 for kind in ("ours", "bare"))
    print(
        f"{name:10} {best_ours:8.0f} {best_bare:8.0f} {best_ours / best_bare:6.2f} {GOALS[name]:6.2f}"
        f" {restored:>9}   {description}",
        flush=True,
    )


def _restored(system: System, name: str, event: dict[str, Any]) -> str:
    """Return the processor milliseconds of a first answer out of a snapshot."""
    _, starts = play(name, system, f"http://127.0.0.1:{PORT}", event)
    return f"{min(start['seconds'] for start in starts) * 1000:.0f}"


def _run(system: System, code: str) -> float:
    """Return the processor seconds of one start: unlike those of the clock, they hardly depend on other work."""
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{PORT}",
        "PYTHONPATH": "",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPYCACHEPREFIX": NO_BYTECODE,
    }
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode or '"statusCode": 5' in done.stdout or '"itemIdentifier"' in done.stdout:
        raise RuntimeError(f"the function did not answer:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _calls_of(
    system: System, name: str, handler: str, event: dict[str, Any]
) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the AWS calls of a first answer, as (service, method, parameters): it is given once in a child."""
    recorder = (
        "import json, botocore.client, botocore\n"
        "real = botocore.client.BaseClient._make_api_call\n"
        "calls = []\n"
        "def recording(self, operation, parameters):\n"
        "    calls.append((self.meta.service_model.service_name, botocore.xform_name(operation), parameters))\n"
        "    return real(self, operation, parameters)\n"
        "botocore.client.BaseClient._make_api_call = recording\n"
    )
    ours = _OURS.format(
        folder=str(FUNCTIONS / name), root=str(_ROOT), event=json.dumps(event), handler=handler
    )
    code = (
        recorder
        + ours
        + "\nprint('CALLS' + json.dumps(calls, default=lambda value: value.decode('latin-1')))"
    )
    environment = {**os.environ, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{PORT}", "PYTHONPATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False
    )
    if "CALLS" not in done.stdout:
        raise RuntimeError(f"{name} did not answer:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return [tuple(call) for call in json.loads(done.stdout.rsplit("CALLS", 1)[1])]
