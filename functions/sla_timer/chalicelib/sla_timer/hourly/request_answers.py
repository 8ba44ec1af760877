"""Requests the mails about the week's new answers, on the morning of the first working day of the next week.

The checkpoint of the week is written after all requests were sent; requests that are sent twice have no second effect,
because a mail is named by its subscription and week.
"""

from __future__ import annotations

from datetime import datetime

from shared.domain.calendar.working_calendar import local_date
from shared.domain.promises.digests import is_first_of_week, is_time_of_digest
from shared.domain.promises.weeks import week_before
from shared.platform import queues, telemetry
from shared.platform.messages import SubscriberRequest
from shared.tables.contacts.subscribers import Subscribers
from shared.tables.directory import Directory
from shared.tables.jobs import AnswersRequested, Checkpoints


class AnswerRequests:
    """Puts one request for each subscription on the queue `notices`, once a week."""

    def __init__(
        self, subscribers: Subscribers, directory: Directory, checkpoints: Checkpoints, notices_queue_url: str
    ) -> None:
        self._subscribers = subscribers
        self._directory = directory
        self._checkpoints = checkpoints
        self._notices = notices_queue_url

    def send_if_due(self, now: datetime) -> int:
        """Request the mails about last week, if it is time for them and that was not done.

        Returns:
            how many were requested.
        """
        calendar, today = self._directory.calendar(), local_date(now)
        if not (is_time_of_digest(now, calendar) and is_first_of_week(today, calendar)):
            return 0
        week = week_before(today)
        latest = self._checkpoints.get(AnswersRequested)
        if latest is not None and latest.monday == week.monday:
            return 0
        requests = (SubscriberRequest(subscriber=name, week=week.name) for name in self._subscribers.names())
        sent = queues.send(self._notices, requests)
        telemetry.count("AnswerMailsRequested", sent)
        self._checkpoints.save(AnswersRequested(monday=week.monday))
        return sent
