"""Cold start of each function against a bare Chalice + boto3 function with the same clients: a ratio in one run.

Each start is a fresh interpreter that imports the app and gives its first real answer, served by moto over HTTP from
this process. The bare function imports Chalice and boto3, makes the same clients and sends the same requests, and does
nothing else: what is above 1.0 is the price of everything that is ours.
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

from infra.local.emulation import events
from infra.local.emulation.moto_server import MotoServer
from infra.local.system import FUNCTIONS
from shared.platform.messages import NoticeRequest, RoutingRequest
from tests.support.people import CITIZEN, CONTENT, Citizen
from tests.support.system import System

ROUNDS = 7
NO_BYTECODE = "/nowhere"
"""A package holds no bytecode, so Lambda compiles every module at each start, those of the bare function too."""
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
        print(f"{'function':10} {'ours':>8} {'bare':>8} {'ratio':>6}   first answer")
        for name, (handler, event, description) in _first_events(system).items():
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
    best_ours, best_bare = (statistics.median(times[kind]) * 1000 for kind in ("ours", "bare"))
    print(
        f"{name:10} {best_ours:8.0f} {best_bare:8.0f} {best_ours / best_bare:6.2f}   {description}",
        flush=True,
    )


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


def _first_events(system: System) -> dict[str, tuple[str, dict[str, Any], str]]:
    citizen = Citizen(system)
    citizen.send()
    queue = "arn:aws:sqs:ap-southeast-1:123456789012:bench"

    def message(body: str) -> dict[str, Any]:
        return events.queue_event([{"MessageId": "1", "ReceiptHandle": "1", "Body": body}], queue)

    notice = NoticeRequest(reference=citizen.reference, seq=1, kind="RECEIPT", audience="PETITIONER")  # type: ignore[arg-type]
    petition = {"content": CONTENT, "petitioner": CITIZEN}
    bearer = {"authorization": f"Bearer {system.access_token('minh.ccvc')}"}
    return {
        "intake": (
            "app",
            _http("POST", "/v1/petitions", petition, {"idempotency-key": "bench"}),
            "POST /v1/petitions",
        ),
        "router": (
            "on_route",
            message(RoutingRequest(reference=citizen.reference).model_dump_json()),
            "one to route",
        ),
        "sla_timer": ("sweep", events.schedule_event("sweep", system.clock.now()), "sweep, nothing due"),
        "notifier": ("on_notice", message(notice.model_dump_json()), "a notice that was sent before"),
        "casework": ("app", _http("GET", "/v1/petitions", None, bearer), "GET /desk/v1/petitions"),
    }


def _http(method: str, path: str, body: Any, headers: dict[str, str]) -> dict[str, Any]:
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": {"content-type": "application/json", **headers},
        "multiValueHeaders": {
            name: [value] for name, value in {"content-type": "application/json", **headers}.items()
        },
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": path,
            "httpMethod": method,
            "path": path,
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": json.dumps(body) if body is not None else None,
        "isBase64Encoded": False,
    }


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
