"""The program of a process of its own: reads an upload, writes its clean copy, or the reason why there is none.

`renew_apart` starts it; nothing else calls it. Whatever a decoder does to this process, the check goes on.
"""

from __future__ import annotations

import resource
import sys

from chalicelib.intake.uploads.documents import rewrite_document
from chalicelib.intake.uploads.errors import RejectedFileError
from chalicelib.intake.uploads.images import redraw
from shared.domain.petition.values.attachments import Rejection

CLEAN = b"CLEAN\n"
"""First line of a clean copy; that of a refusal is its reason."""


def main() -> None:
    """Renew what stands on standard input; the arguments are its type, and the limits of memory and time."""
    content_type, most_memory, most_seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (most_memory, most_memory))
    resource.setrlimit(resource.RLIMIT_CPU, (most_seconds, most_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.buffer.write(_answer(sys.stdin.buffer.read(), content_type))


def _answer(content: bytes, content_type: str) -> bytes:
    try:
        if content_type == "application/pdf":
            return CLEAN + rewrite_document(content)
        return CLEAN + redraw(content, content_type)
    except RejectedFileError as rejected:
        return rejected.reason.encode() + b"\n"
    except MemoryError:
        reason = Rejection.TOO_LARGE if content_type == "application/pdf" else Rejection.TOO_MANY_PIXELS
        return reason.encode() + b"\n"


if __name__ == "__main__":
    main()
