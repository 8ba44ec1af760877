"""The scanners of uploads: ClamAV's protocol against a daemon of our own, the others by their words."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator

import pytest
from pydantic import ValidationError

from chalicelib.intake.settings import IntakeSettings
from chalicelib.intake.uploads.scanners import ClamdScanner, EicarScanner, Scanner, Verdict
from shared.platform.bucket import Upload
from tests.support import files

UPLOAD = Upload("quarantine/26483190274/" + "a" * 32, "1", 5)
LONG = b"x" * 200_000


class _Clamd(socketserver.BaseRequestHandler):
    """Speaks INSTREAM as clamd(8) documents it, and finds EICAR."""

    def handle(self) -> None:
        assert self._read(len(b"zINSTREAM\0")) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", self._read(4))[0]:
            content += self._read(length)
        if content.startswith(b"limit"):
            self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        elif b"EICAR" in content:
            self.request.sendall(b"stream: Eicar-Signature FOUND\0")
        else:
            self.request.sendall(b"stream: OK\0")

    def _read(self, length: int) -> bytes:
        part = b""
        while len(part) < length:
            part += self.request.recv(length - len(part))
        return part


@pytest.fixture(scope="module")
def clamd() -> Iterator[Scanner]:
    with socketserver.TCPServer(("127.0.0.1", 0), _Clamd) as daemon:
        threading.Thread(target=daemon.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield ClamdScanner("127.0.0.1", daemon.server_address[1])
        daemon.shutdown()


@pytest.fixture(params=["clamd", "eicar"])
def scanner(request: pytest.FixtureRequest, clamd: Scanner) -> Scanner:
    return clamd if request.param == "clamd" else EicarScanner()


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        pytest.param(files.EICAR, Verdict.INFECTED, id="malware"),
        pytest.param(LONG + files.EICAR, Verdict.INFECTED, id="malware at the end of a long file"),
        pytest.param(LONG, Verdict.CLEAN, id="a long file"),
        pytest.param(b"a", Verdict.CLEAN, id="a short file"),
    ],
)
def test_a_scanner_says_what_it_found(scanner, content, verdict):
    assert scanner.verdict(UPLOAD, content) is verdict


def test_an_error_of_the_daemon_is_no_verdict(clamd):
    assert clamd.verdict(UPLOAD, b"limit") is Verdict.PENDING


def test_a_daemon_that_is_not_there_raises_so_that_the_message_comes_again():
    with pytest.raises(OSError, match="refused"):
        ClamdScanner("127.0.0.1", 9, timeout_seconds=1).verdict(UPLOAD, b"a")


@pytest.mark.parametrize("stage", ["dev", "prod"])
def test_the_test_scanner_is_refused_outside_of_one_machine(stage):
    required = {name: "x" for name, field in IntakeSettings.model_fields.items() if field.is_required()}

    in_the_cloud = IntakeSettings.model_validate({**required, "stage": stage})

    assert in_the_cloud.scanner == "guardduty"
    with pytest.raises(ValidationError):
        IntakeSettings.model_validate({**required, "stage": stage, "scanner": "eicar"})
