"""Counts the uploaded files that have been in quarantine for too long without a check; called once an hour.

The age of a queue's oldest message does not show it: SQS leaves out messages that were received three times, and a
file that waits for its scanner is received every six minutes. So the quarantine itself is listed.
It is nearly empty, because the check empties it, so this costs one call however many files are stored.
"""

from __future__ import annotations

from datetime import datetime

from shared.domain.petition.values.attachments import CHECKED_WITHIN, place_of
from shared.platform import telemetry
from shared.platform.bucket import AttachmentsBucket

NAMED_IN_THE_LOG = 10


class UncheckedFiles:
    """The files in quarantine."""

    def __init__(self, bucket: AttachmentsBucket) -> None:
        self._bucket = bucket

    def count(self, now: datetime) -> int:
        """Count the files that wait for too long, and name their petitions in the log."""
        unchecked = sorted(
            (arrived_at, key)
            for key, arrived_at in self._bucket.in_quarantine()
            if arrived_at <= now - CHECKED_WITHIN
        )
        telemetry.count("FilesUnchecked", len(unchecked))
        if unchecked:
            places = [place_of(key) for _, key in unchecked[:NAMED_IN_THE_LOG]]
            telemetry.logger().error(
                "files unchecked",
                files=len(unchecked),
                oldest_at=unchecked[0][0].isoformat(),
                references=sorted({place.reference for place in places if place}),
            )
        return len(unchecked)
