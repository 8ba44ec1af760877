"""Once a day, derives from the petitions what should have followed, and repairs and reports what is missing.

It trusts no index, stream or queue: a lost wake-up or message is found here, whatever it was for, by the same table
that the stream's relay goes by (`shared.use_cases.consequences`). Each history is verified too, also where nothing
changed it through the code (`verify_histories` has those that did). It should find nothing; each finding is a defect
elsewhere, and an alarm (`docs/runbook.md`).

A round takes longer than one run: the table is cut into segments that go side by side, and each into pages (`rounds`),
over midnight too. A petition that cannot be read, compared or repaired is skipped and named in the log; where a queue
takes no messages, the page is read again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.sla_timer.nightly.missing_messages import MissingMessages
from chalicelib.sla_timer.rounds import Due
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.petition import Petition
from shared.domain.promises.wake_ups import next_wake
from shared.platform import clock, telemetry
from shared.platform.item_by_item import item_by_item
from shared.tables.directory import Directory
from shared.tables.jobs import Round
from shared.tables.petition_items import StoredPetition
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots, WithheldHistory

SEGMENTS = 8
"""Shards of a round, unless petitions are few. `on_wake` runs ten times at once at most: two remain for wake-ups."""


class Findings(NamedTuple):
    """The findings and repairs of one page."""

    petitions: int
    wake_ups_repaired: int
    messages_repaired: int


class Reconciliation:
    """Compares what should have followed from each petition with what did."""

    name = "reconciliation"
    longest = timedelta(hours=30)

    def __init__(
        self,
        petitions: Petitions,
        directory: Directory,
        *,
        missing_messages: MissingMessages,
        roots: Roots,
        are_few: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take the tables, and what says whether one segment is enough for all petitions."""
        self._are_few = are_few
        self._roots = roots
        self._petitions = petitions
        self._directory = directory
        self._missing_messages = missing_messages

    def due(self, now: datetime, latest: Round | None) -> Due | None:
        """Return the round of a new day; one that is unfinished, of whichever day, goes on first."""
        day = local_date(now).isoformat()
        if latest is not None and (latest.completed_at is None or latest.name == day):
            return None
        return Due(day, tuple(map(str, range(1 if self._are_few() else SEGMENTS))))

    def step(self, current: Round, shard: str, cursor: str | None) -> str | None:
        """Compare and repair one page of a segment; the round says of how many, also one that earlier code began."""
        now, findings = clock.now(), Findings(0, 0, 0)
        page, after = self._petitions.page(
            cursor, segment=current.shards.index(shard), segments=len(current.shards)
        )
        each = item_by_item(
            page,
            lambda stored: self._repaired(stored, now),
            lambda stored: stored.petition.reference,
            job=self.name,
            errors=(Exception,),
            leaves_out_newer=True,
        )
        for repaired in each:
            findings = Findings(*map(sum, zip(findings, repaired, strict=True)))
        self._missing_messages.check_all_were_taken()
        telemetry.count("ReconciliationRepairs", sum(findings[1:]))
        return after

    def finish(self, current: Round) -> None:
        """Do nothing more: every page was repaired by itself."""

    def _withhold_broken(self, petition: Petition, now: datetime) -> None:
        """Have a history that is not as its hashes say withheld from the next root, also if nothing changed it."""
        if fault := petition.fault:
            telemetry.logger().error("history failed", reference=petition.reference, fault=fault)
            telemetry.count("HistoriesFailed")
            history = WithheldHistory(reference=petition.reference, fault=fault, found_at=now)
            self._roots.withhold(local_date(now), history)

    def _repaired(self, stored: StoredPetition, now: datetime) -> Findings:
        """Repair what is missing of one petition."""
        self._withhold_broken(stored.petition, now)
        if not stored.is_in_its_list:
            # Earlier code listed no finished petitions and no second contacts; that is no defect to report.
            self._petitions.save(stored.petition, stored.petition.version)
        sent = self._missing_messages.send(stored.petition, now)
        woken = self._repair_wake_up(stored, now)
        if sent or woken:
            reference = stored.petition.reference
            telemetry.logger().warning("repaired", reference=reference, wake_ups=woken, messages=sent)
        return Findings(1, woken, sent.total())

    def _repair_wake_up(self, stored: StoredPetition, now: datetime) -> int:
        """Store a petition again when it would not be woken in time, or not when the calendar changes."""
        petition = stored.petition
        terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
        due = next_wake(petition, terms, calendar, now)
        is_woken = due is None or (stored.wake_at is not None and stored.wake_at <= max(due, now))
        if is_woken and stored.is_listed_unanswered == petition.is_unanswered:
            return 0
        self._petitions.save(petition, petition.version)
        return 1
