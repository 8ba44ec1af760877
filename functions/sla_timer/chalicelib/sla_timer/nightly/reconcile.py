"""Once a day, derives from the petitions what should have followed, and repairs and reports what is missing.

It trusts no index, stream or queue: a lost wake-up or message is found here, whatever it was for, by the same table
that the stream's relay goes by (`shared.use_cases.consequences`). Each history is verified too, also where nothing
changed it through the code (`verify_histories` has those that did). It should find nothing; each finding is a defect
elsewhere, and an alarm (`docs/runbook.md`).

A round may take longer than one call: it writes a checkpoint after each page and goes on from there in the next hour,
over midnight too. A petition that cannot be read, compared or repaired is skipped and named in the log.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from chalicelib.sla_timer.nightly.missing_messages import MissingMessages
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.petition import Petition
from shared.domain.promises.wake_ups import next_wake
from shared.platform import telemetry
from shared.platform.item_by_item import item_by_item
from shared.tables.directory import Directory
from shared.tables.jobs import Checkpoints, Reconciled
from shared.tables.petition_items import StoredPetition
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots, WithheldHistory

PAGES_A_ROUND = 200
"""Pages (of 1 MB) read in one call, well within the function's time."""


class Findings(NamedTuple):
    """The findings and repairs of one round."""

    petitions: int
    wake_ups_repaired: int
    messages_repaired: int


class Reconciliation:
    """Compares what should have followed from each petition with what did."""

    def __init__(
        self,
        petitions: Petitions,
        directory: Directory,
        *,
        missing_messages: MissingMessages,
        checkpoints: Checkpoints,
        roots: Roots,
    ) -> None:
        self._roots = roots
        self._petitions = petitions
        self._directory = directory
        self._missing_messages = missing_messages
        self._checkpoints = checkpoints

    def run_if_due(self, now: datetime) -> Findings | None:
        """Continue the round that is unfinished, of whichever day, or start today's; None when that is done already."""
        latest = self._checkpoints.get(Reconciled)
        day, start = local_date(now), None
        if latest is not None and latest.start is not None:
            day, start = latest.day, latest.start
        elif latest is not None and latest.day == day:
            return None
        findings = Findings(0, 0, 0)
        for _ in range(PAGES_A_ROUND):
            page, start = self._petitions.page(start)
            each = item_by_item(
                page,
                lambda stored: self._repaired(stored, now),
                lambda stored: stored.petition.reference,
                job="reconciliation",
                errors=(Exception,),
            )
            for repaired in each:
                findings = Findings(*map(sum, zip(findings, repaired, strict=True)))
            self._checkpoints.save(Reconciled(day=day, start=start))
            if start is None:
                break
        telemetry.count("ReconciliationRepairs", sum(findings[1:]))
        return findings

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
        sent = self._missing_messages.send(stored.petition, now)
        woken = self._repair_wake_up(stored, now)
        if sent or woken:
            reference = stored.petition.reference
            telemetry.logger().warning("repaired", reference=reference, wake_ups=woken, messages=sent)
        return Findings(1, woken, sent.total())

    def _repair_wake_up(self, stored: StoredPetition, now: datetime) -> int:
        """Store a petition again when it would not be woken in time."""
        petition = stored.petition
        terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
        due = next_wake(petition, terms, calendar, now)
        if due is None or (stored.wake_at is not None and stored.wake_at <= max(due, now)):
            return 0
        self._petitions.save(petition, petition.version)
        return 1
