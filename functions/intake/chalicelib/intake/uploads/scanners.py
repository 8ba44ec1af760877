"""Looks for malware: GuardDuty's verdict in the cloud, ClamAV where there is one, a test scanner on one machine.

All say the same three things. A file without a verdict stays in quarantine: whoever asked has to ask again.
"""

from __future__ import annotations

import socket
import struct
from abc import abstractmethod
from enum import StrEnum
from typing import ClassVar, Protocol

from typing_extensions import override

from shared.platform.bucket import AttachmentsBucket, Upload


class Verdict(StrEnum):
    """The verdict of a scanner."""

    CLEAN = "CLEAN"
    INFECTED = "INFECTED"
    PENDING = "PENDING"


class Scanner(Protocol):
    """Examines uploads for malware."""

    @abstractmethod
    def verdict(self, upload: Upload, content: bytes) -> Verdict:
        """Return the verdict on exactly this version of the upload."""


class GuardDutyScanner(Scanner):
    """Reads the tag that GuardDuty Malware Protection for S3 puts on each new object."""

    TAG = "GuardDutyMalwareScanStatus"
    _VERDICTS: ClassVar = {"NO_THREATS_FOUND": Verdict.CLEAN, "THREATS_FOUND": Verdict.INFECTED}

    def __init__(self, bucket: AttachmentsBucket) -> None:
        self._bucket = bucket

    @override
    def verdict(self, upload: Upload, content: bytes) -> Verdict:
        """Return the verdict of the tag; UNSUPPORTED, ACCESS_DENIED and FAILED leave the file in quarantine."""
        return self._VERDICTS.get(self._bucket.tags(upload).get(self.TAG, ""), Verdict.PENDING)


class ClamdScanner(Scanner):
    """Asks a ClamAV daemon over its INSTREAM command (clamd(8)): length-prefixed chunks, a zero length ends."""

    CHUNK = 64 * 1024
    LONGEST_REPLY = 4096

    def __init__(self, host: str, port: int, timeout_seconds: float = 30) -> None:
        self._address = (host, port)
        self._timeout_seconds = timeout_seconds

    @override
    def verdict(self, upload: Upload, content: bytes) -> Verdict:
        """Return the verdict of the daemon; an error of its own is no verdict."""
        reply = self._reply(content)
        if reply.endswith(b"FOUND"):
            return Verdict.INFECTED
        return Verdict.CLEAN if reply == b"stream: OK" else Verdict.PENDING

    def _reply(self, content: bytes) -> bytes:
        with socket.create_connection(self._address, self._timeout_seconds) as daemon:
            daemon.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), self.CHUNK):
                chunk = content[start : start + self.CHUNK]
                daemon.sendall(struct.pack("!L", len(chunk)) + chunk)
            daemon.sendall(struct.pack("!L", 0))
            reply = b""
            while not reply.endswith(b"\0") and len(reply) < self.LONGEST_REPLY:
                part = daemon.recv(self.LONGEST_REPLY)
                if not part:
                    break
                reply += part
        return reply.rstrip(b"\0\n")


class EicarScanner(Scanner):
    """For one machine: knows the EICAR test string and nothing else (settings refuse it elsewhere)."""

    _SIGNATURE = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"

    @override
    def verdict(self, upload: Upload, content: bytes) -> Verdict:
        """Return INFECTED for what holds the test string."""
        return Verdict.INFECTED if self._SIGNATURE in content else Verdict.CLEAN
