"""The local stack as a process of its own, as `make up` starts it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from infra.layout import ROOT

STARTS_WITHIN_SECONDS = 240
"""A start with samples takes some 15 s on an idle machine; tests beside it take most of it."""
STOPS_WITHIN_SECONDS = 20
WITHOUT_SAMPLES = "--empty"


class NotStartedError(Exception):
    """The stack ended while it started, or took longer than a start may take."""


@dataclass(frozen=True)
class RunningStack:
    """The addresses of a stack: its site, and moto behind it with the bucket of files."""

    site: str
    moto: str


@contextmanager
def running_stack(*arguments: str, settings: Mapping[str, str] | None = None) -> Iterator[RunningStack]:
    """Start a stack on free ports and stop it in the end.

    Args:
        *arguments: What `make up` takes in ARGS, `WITHOUT_SAMPLES` for one.
        settings: Settings of functions that are other than usual, by their names in the environment.

    Raises:
        NotStartedError: It does not answer.
    """
    port, moto_port = _free_port(), _free_port()
    command = [sys.executable, "-m", "infra.local", "--port", str(port), "--moto-port", str(moto_port)]
    environment = os.environ | dict(settings or {})
    with subprocess.Popen(
        [*command, *arguments], cwd=ROOT, stdout=subprocess.DEVNULL, env=environment
    ) as stack:
        try:
            site = f"http://localhost:{port}"
            _wait_for(f"{site}/local/health", stack)
            yield RunningStack(site, f"http://127.0.0.1:{moto_port}")
        finally:
            stack.terminate()
            try:
                stack.wait(timeout=STOPS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                stack.kill()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_for(address: str, stack: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until:
        if stack.poll() is not None:
            raise NotStartedError("the local stack ended while it started")
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.2)
    raise NotStartedError(f"the local stack did not start within {STARTS_WITHIN_SECONDS} s")
