"""Renews an upload in a process of its own, bounded in memory and time.

Decoders of pictures and documents are large programs in C, and what they are given is hostile: a file that makes one
crash, loop or swell ends that process and is refused; the check, and the messages behind it, go on.
"""

from __future__ import annotations

import signal
import subprocess
import sys

from chalicelib.intake.uploads.errors import RejectedFileError
from shared.domain.petition.values.attachments import Rejection

MOST_MEMORY = 1536 * 1024 * 1024
"""Bytes of address space; the handler has 2048 MB (functions/intake/.chalice/config.json)."""
MOST_SECONDS = 40
"""Seconds of processor time, and on the clock; the handler has 60."""
_STOPPED = (-signal.SIGXCPU, -signal.SIGKILL)
"""Exit codes of a process that took more than it may."""
_PROGRAM = "import sys; sys.path[:] = {path!r}; from chalicelib.intake.uploads.renew import main; main()"


def renew(content: bytes, content_type: str, most_seconds: int = MOST_SECONDS) -> bytes:
    """Return the clean copy of an upload.

    Args:
        content: the bytes as they arrived.
        content_type: what they are.
        most_seconds: of processor time, and on the clock.

    Raises:
        RejectedFileError: there is none.
    """
    program = _PROGRAM.format(path=sys.path)
    arguments = [content_type, str(MOST_MEMORY), str(most_seconds)]
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter and our own module
            [sys.executable, "-I", "-B", "-c", program, *arguments],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=most_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise RejectedFileError(Rejection.TOO_LARGE) from None
    verdict, _, clean = done.stdout.partition(b"\n")
    if done.returncode in _STOPPED:
        raise RejectedFileError(Rejection.TOO_LARGE)
    if done.returncode or not clean:
        reason = verdict.decode("ascii", "replace")
        raise RejectedFileError(Rejection(reason) if reason in set(Rejection) else Rejection.DAMAGED)
    return clean
