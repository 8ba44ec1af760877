"""Counts the files that arrived and that nobody has checked for too long; called once an hour.

The age of a queue's oldest message does not tell: SQS leaves out what was received thrice, and a file that waits for
its scanner is received every six minutes. So the quarantine itself is looked at. It is nearly empty, because the check
empties it, so this costs one call however many files were ever kept.
"""

from __future__ import annotations

from datetime import datetime

from shared.domain.petition.values.attachments import CHECKED_WITHIN, place_of
from shared.platform import telemetry
from shared.platform.bucket import AttachmentsBucket

NAMED_IN_THE_LOG = 10


class WaitingFiles:
    """Looks after the quarantine."""

    def __init__(self, bucket: AttachmentsBucket) -> None:
        self._bucket = bucket

    def count(self, now: datetime) -> int:
        """Count the files that have waited for too long, and name their petitions in the log."""
        waiting = sorted(
            (arrived_at, key)
            for key, arrived_at in self._bucket.in_quarantine()
            if arrived_at <= now - CHECKED_WITHIN
        )
        telemetry.count("FilesWaiting", len(waiting))
        if waiting:
            places = [place_of(key) for _, key in waiting[:NAMED_IN_THE_LOG]]
            telemetry.logger().error(
                "files wait for their check",
                files=len(waiting),
                oldest_at=waiting[0][0].isoformat(),
                references=sorted({place.reference for place in places if place}),
            )
        return len(waiting)
