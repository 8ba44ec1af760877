"""Plays a function with SnapStart in a process of its own (`tests/starts/restored.py`), on the running system's AWS."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.platform import aws
from tests.support.system import START, System

ROOT = Path(__file__).resolve().parents[2]
BEFORE = START + timedelta(minutes=7, seconds=13)
AFTER = BEFORE + timedelta(minutes=3)
OLD_ACCESS, NEW_ACCESS = "AKIABEFORESNAPSHOT00", "AKIAAFTERSNAPSHOT000"
OLD_SECRET = "secret-before-the-snapshot"
NEW_KEY = "key-after-the-snapshot-".ljust(64, "1")
NEW_URL = "https://after.example.vn"


@contextmanager
def _rotated(system: System) -> Iterator[None]:
    """Another identifiers' key in Secrets Manager, and the old one again at the end."""
    secret = {"SecretId": system.local.cloud.outputs["IdentifiersSecret"]}
    client = aws.client("secretsmanager")
    old = client.get_secret_value(**secret)["SecretString"]
    client.put_secret_value(**secret, SecretString=json.dumps({"key": NEW_KEY}))
    try:
        yield
    finally:
        client.put_secret_value(**secret, SecretString=old)


def _old_key(system: System) -> str:
    secret = aws.client("secretsmanager").get_secret_value(
        SecretId=system.local.cloud.outputs["IdentifiersSecret"]
    )
    return str(json.loads(secret["SecretString"])["key"])


def play(
    function: str, system: System, endpoint: str, event: dict[str, Any], leak: str = ""
) -> tuple[Any, list[Any]]:
    """Return the report on the memory before the snapshot, and those of two starts from it."""
    environment = os.environ | {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
        "AWS_ACCESS_KEY_ID": OLD_ACCESS,
        "AWS_SECRET_ACCESS_KEY": OLD_SECRET,
        "PYTHONPATH": "",
    }
    after = {
        "AWS_ACCESS_KEY_ID": NEW_ACCESS,
        "AWS_SECRET_ACCESS_KEY": "secret-after-the-snapshot",
        "PUBLIC_URL": NEW_URL,
    }
    line = {
        "paths": [str(ROOT / "functions" / function), str(ROOT)],
        "event": event,
        "before": BEFORE.isoformat(),
        "after": AFTER.isoformat(),
        "environment_after": after,
        "secrets_backwards": [secret[::-1] for secret in (_old_key(system), OLD_ACCESS, OLD_SECRET)],
        "leak": leak,
    }
    with subprocess.Popen(
        [sys.executable, str(ROOT / "tests" / "starts" / "restored.py")],
        env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(f"{json.dumps(line)}\n")
        process.stdin.flush()
        first = process.stdout.readline()
        if not first:
            raise AssertionError(process.stderr.read()[-3000:])
        with _rotated(system):
            lines, errors = process.communicate("go\n")
        starts = [json.loads(each) for each in lines.splitlines()]
        assert len(starts) == 2, errors[-3000:]
        return json.loads(first), starts
