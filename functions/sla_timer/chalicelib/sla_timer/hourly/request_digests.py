"""Requests every officer's digest on the morning of each working day; the notifier compiles and sends it.

The checkpoint of the day is written after all requests were sent; requests that are sent twice have no second effect,
because a digest is named by its officer and day.
"""

from __future__ import annotations

from datetime import datetime

from shared.domain.calendar.working_calendar import local_date
from shared.domain.promises.digests import is_time_of_digest
from shared.platform import queues
from shared.platform.messages import DigestRequest
from shared.tables.directory import Directory
from shared.tables.jobs import Checkpoints, DigestsRequested


class DigestRequests:
    """Puts one request for each officer on the queue `notices`, once a working day."""

    def __init__(self, directory: Directory, checkpoints: Checkpoints, notices_queue_url: str) -> None:
        self._directory = directory
        self._checkpoints = checkpoints
        self._notices = notices_queue_url

    def send_if_morning(self, now: datetime) -> int:
        """Request today's digests, if it is morning and that was not done.

        Returns:
            how many were requested.
        """
        today = local_date(now)
        if not is_time_of_digest(now, self._directory.calendar()):
            return 0
        latest = self._checkpoints.get(DigestsRequested)
        if latest is not None and latest.day == today:
            return 0
        sent = queues.send(
            self._notices,
            (DigestRequest(officer=officer, on=today) for officer in self._directory.officers()),
        )
        self._checkpoints.save(DigestsRequested(day=today))
        return sent
