"""An emulated AWS account on this machine: ministack, on a free port, gone without a trace when done.

ministack runs what was packaged for AWS: CloudFormation with the SAM transform, API Gateway, Lambda as subprocesses,
event source mappings with partial batch responses, schedules, Cognito, KMS, SES. It is a beta: what it
accepts is no proof that AWS does, but what it refuses is worth a look. moto is the other, independent engine.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.error import URLError
from urllib.request import urlopen

from infra.deployment.templates import REGION

START_WITHIN_SECONDS = 60
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "rehearsal", "AWS_SECRET_ACCESS_KEY": "rehearsal"}
_UNDER = (
    "import runpy, sys; sys.executable = sys.argv.pop(1); runpy.run_module('ministack', run_name='__main__')"
)
"""ministack starts Lambdas with `sys.executable`, whatever runtime they ask for; nothing else of it is changed."""
_PASSED = ("PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "SYSTEMROOT")


class EmulatorError(Exception):
    """ministack did not start; the text holds the end of its log."""


def free_port() -> int:
    """Return a loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Emulator:
    """ministack as a context manager; `environment` leads AWS clients to it.

    Args:
        port: a free one if not given.
        lambdas: the interpreter that Lambdas run under, with what Lambda's runtime brings; this one if not given.
    """

    def __init__(self, port: int | None = None, *, lambdas: Path | None = None) -> None:
        self._lambdas = lambdas or Path(sys.executable)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**CREDENTIALS, "AWS_ENDPOINT_URL": self.url, "AWS_DEFAULT_REGION": REGION}
        self._folder = tempfile.TemporaryDirectory(prefix="pakn-rehearsal-", ignore_cleanup_errors=True)
        self.folder = Path(self._folder.name)
        self.log_path = self.folder / "ministack.log"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it and wait until it answers."""
        environment = {name: os.environ[name] for name in _PASSED if name in os.environ}
        environment |= {
            **CREDENTIALS,
            "AUTH": "true",  # each Lambda has its role's rights and no others
            "AWS_DEFAULT_REGION": REGION,
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self.port),
            "HOME": self._folder.name,
            "IOT_MTLS_ENABLED": "0",
            "MINISTACK_REGION": REGION,
            "PYTHONDONTWRITEBYTECODE": "1",
            "SFTP_ENABLED": "0",
            "TMPDIR": self._folder.name,
        }
        with self.log_path.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", _UNDER, str(self._lambdas)],
                cwd=self._folder.name,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._wait_until_ready(self._process)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it and every Lambda it started, and remove what they wrote."""
        if self._process is not None:
            for stop in (signal.SIGTERM, signal.SIGKILL):
                try:
                    os.killpg(self._process.pid, stop)
                    self._process.wait(timeout=5)
                except (ProcessLookupError, subprocess.TimeoutExpired):
                    continue
        self._folder.cleanup()

    def log(self) -> str:
        """Return the log of ministack and the functions."""
        return self.log_path.read_text(errors="replace")

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_WITHIN_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            try:
                with urlopen(f"{self.url}/_ministack/health", timeout=2):  # noqa: S310 - its own address
                    return
            except (URLError, OSError):
                time.sleep(0.1)
        tail = self.log()[-2000:]
        self.__exit__(None, None, None)
        raise EmulatorError(f"ministack did not start within {START_WITHIN_SECONDS} seconds:\n{tail}")
