"""Sends again the messages whose effect cannot be seen in a petition, its deliveries or the quarantine; nightly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cached_property

from shared.domain.petition.petition import Petition
from shared.platform import queues
from shared.platform.bucket import AttachmentsBucket
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.use_cases.consequences import Queue, Requested, missing_requests
from shared.use_cases.subscriptions import subscriptions


class MessagesNotTakenError(Exception):
    """A queue did not take messages, which is about all petitions; the same page is read again."""


class MissingMessages:
    """Goes over the table of consequences (`shared.use_cases.consequences`), a petition at a time."""

    def __init__(
        self,
        petitions: Petitions,
        directory: Directory,
        deliveries: Deliveries,
        bucket: AttachmentsBucket,
        urls: Mapping[Queue, str],
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._deliveries = deliveries
        self._bucket = bucket
        self._urls = urls
        self._were_all_taken = True

    def send(self, petition: Petition, now: datetime) -> Counter[str]:
        """Send what is missing of one petition, each message at most once.

        Returns:
            how many messages were sent to each queue; empty where nothing was missing.
        """
        sent: Counter[str] = Counter()
        was_all_taken = self._were_all_taken
        for queue, requests in self.of(petition, now).items():
            if requests:
                self._were_all_taken = False
                sent[queue] = queues.send(self._urls[queue], requests)
                self._were_all_taken = was_all_taken
        return sent

    def of(self, petition: Petition, now: datetime) -> Requested:
        """Return the messages of one petition whose effect should be there by now and cannot be seen, by queue."""
        around = _Surroundings(
            self._petitions.get,
            self._directory.epoch_at,
            lambda: self._deliveries.notices_of(petition.reference),
            lambda: [key for key, _arrived_at in self._bucket.in_quarantine()],
            self._had_subscribers,
        )
        return missing_requests(petition, around, now)

    def _had_subscribers(self, on: date) -> bool:
        return any(each.valid_from <= on for each in subscriptions(self._directory).values())

    def check_all_were_taken(self) -> None:
        """Begin anew, after the messages of a page.

        Raises:
            MessagesNotTakenError: some were not taken since the last call.
        """
        were_all_taken, self._were_all_taken = self._were_all_taken, True
        if not were_all_taken:
            raise MessagesNotTakenError


class _Surroundings:
    """The surroundings of one petition; each part is read at most once, and only when it is asked for."""

    def __init__(
        self,
        relative: Callable[[str], Petition | None],
        epoch_at: Callable[[datetime], int],
        names: Callable[[], list[str]],
        waiting_files: Callable[[], list[str]],
        had_subscribers: Callable[[date], bool],
    ) -> None:
        self.relative = relative
        self.epoch_at = epoch_at
        self.had_subscribers = had_subscribers
        self._read_names = names
        self._read_waiting_files = waiting_files

    @cached_property
    def _names(self) -> list[str]:
        return self._read_names()

    @cached_property
    def _files(self) -> frozenset[str]:
        return frozenset(self._read_waiting_files())

    def delivery_names(self) -> list[str]:
        return self._names

    def is_in_quarantine(self, key: str) -> bool:
        return key in self._files
