"""An independent DynamoDB that counts the units it consumes: npm's `dynalite`, where Node.js is at hand.

moto answers a query by walking through its whole table and counts nothing, so growth cannot be shown on it.
dynalite keeps its tables in LevelDB, indexes included, and reports `ConsumedCapacity` as DynamoDB does.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from infra.local.emulation import template
from shared.platform import aws

ROOT = Path(__file__).resolve().parents[2]
VERSION = "4.0.0"
_FOLDER = ROOT / "build" / "dynalite"
_PLATFORM = ROOT / "infra" / "cloudformation" / "platform.yaml"


def measured(measure: Callable[[str], None]) -> None:
    """Run the engine and hand its address to a bench; say so where Node.js is not there to run it."""
    if not (shutil.which("node") and shutil.which("npm")):
        print("Node.js is not here: run this where it is, to see units on an engine that counts them.")
        return
    with _running() as endpoint:
        measure(endpoint)


@contextmanager
def _running() -> Iterator[str]:
    """Install dynalite if need be, run it on a free port of this machine, and yield its address."""
    program = _FOLDER / "node_modules" / "dynalite" / "cli.js"
    if not program.exists():
        subprocess.run(
            [
                "npm",
                "install",
                "--silent",
                "--no-audit",
                "--no-fund",
                "--prefix",
                str(_FOLDER),
                f"dynalite@{VERSION}",
            ],
            check=True,
        )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--host", "127.0.0.1", "--port", str(port), "--createTableMs", "0"]
    process = subprocess.Popen(["node", str(program), *options], stdout=subprocess.DEVNULL)
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("dynalite did not start")


def client(endpoint: str) -> Any:
    """Return a client for it."""
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="ap-southeast-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",
    )


@contextmanager
def consumed() -> Iterator[list[float]]:
    """Collect the units of each read that the code makes meanwhile through the client of `shared.platform.aws`."""
    units: list[float] = []

    def ask(params: dict[str, Any], **_: Any) -> dict[str, Any]:
        return params | {"ReturnConsumedCapacity": "TOTAL"}

    def count(parsed: dict[str, Any], **_: Any) -> None:
        tables = parsed["ConsumedCapacity"]
        of_each = tables if isinstance(tables, list) else [tables]
        units.append(sum(table["CapacityUnits"] for table in of_each))

    aws.forget()
    events = aws.client("dynamodb").meta.events
    for operation in ("Query", "Scan", "GetItem", "BatchGetItem"):
        events.register(f"provide-client-params.dynamodb.{operation}", ask)
        events.register(f"after-call.dynamodb.{operation}", count)
    yield units
    aws.forget()


def create_petitions_table(dynamodb: Any, name: str) -> None:
    """Create the petitions table as the platform's template describes it, its indexes included."""
    create_table(dynamodb, name, like="petitions")


def create_table(dynamodb: Any, name: str, *, like: str) -> None:
    """Create a table as the platform's template describes it, its indexes included."""
    tables = template.of_type(template.read(_PLATFORM, {"Stage": "bench"}), "AWS::DynamoDB::Table")
    described = next(table for table in tables if table["TableName"] == f"pakn-bench-{like}")
    accepted = ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "BillingMode")
    dynamodb.create_table(TableName=name, **{key: described[key] for key in accepted if key in described})
    for _ in range(100):
        if dynamodb.describe_table(TableName=name)["Table"]["TableStatus"] == "ACTIVE":
            return
        time.sleep(0.1)
    raise RuntimeError("the table did not come up")
