"""Once a day, derives from the petitions which wake-ups and notices should exist, and repairs and reports missing ones.

It trusts no index, stream or queue: a lost wake-up or a notice that was never sent is found here. Each history is
verified too, also where nothing changed it through the code (`verify_histories` has those that did). It should find
nothing; each finding is a defect elsewhere, and an alarm (`docs/runbook.md`).

A round may take longer than one call: it writes a checkpoint after each page and goes on from there in the next hour,
over midnight too. A petition that cannot be read, compared or repaired is skipped and named in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.procedures import merging
from shared.domain.promises.notices import notices_after
from shared.domain.promises.wake_ups import next_wake
from shared.platform import queues, telemetry
from shared.platform.item_by_item import item_by_item
from shared.platform.messages import NoticeRequest
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.jobs import Checkpoints, Reconciled
from shared.tables.petition_items import StoredPetition
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots, WithheldHistory

SETTLED_AFTER = timedelta(hours=6)
"""The messages of younger entries may still be in the queues."""
CHECKED_FOR = timedelta(days=8)
"""Older entries were checked in the days before."""
PAGES_A_ROUND = 200
"""Pages (of 1 MB) read in one call, well within the function's time."""


class Findings(NamedTuple):
    """The findings and repairs of one round."""

    petitions: int
    wake_ups_repaired: int
    notices_repaired: int
    merged_repaired: int = 0


class Reconciliation:
    """Compares the wake-ups and notices that should exist with those that do."""

    def __init__(
        self,
        petitions: Petitions,
        directory: Directory,
        *,
        deliveries: Deliveries,
        checkpoints: Checkpoints,
        roots: Roots,
        notices_queue_url: str,
    ) -> None:
        self._roots = roots
        self._petitions = petitions
        self._directory = directory
        self._deliveries = deliveries
        self._checkpoints = checkpoints
        self._notices = notices_queue_url

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
        missing = list(self._missing_notices(stored.petition, now))
        if missing:
            queues.send(self._notices, missing)
        woken = self._repair_wake_up(stored, now)
        followed = self._repair_merged(stored.petition, now)
        if missing or woken or followed:
            telemetry.logger().warning(
                "repaired",
                reference=stored.petition.reference,
                wake_ups=woken,
                merged=followed,
                notices=[m.seq for m in missing],
            )
        return Findings(1, woken, len(missing), followed)

    def _repair_wake_up(self, stored: StoredPetition, now: datetime) -> int:
        """Store a petition again when it would not be woken in time."""
        petition = stored.petition
        terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
        due = next_wake(petition, terms, calendar, now)
        if due is None or (stored.wake_at is not None and stored.wake_at <= max(due, now)):
            return 0
        self._petitions.save(petition, petition.version)
        return 1

    def _repair_merged(self, petition: Petition, now: datetime) -> int:
        """Let a merged petition follow its parent, in case the message about the parent's outcome was lost."""
        is_young = now - petition.history[-1].at < SETTLED_AFTER
        if petition.state is not State.MERGED or petition.parent is None or is_young:
            return 0
        parent = self._petitions.get(petition.parent)
        if parent is None or now - parent.history[-1].at < SETTLED_AFTER:
            return 0
        followed = merging.what_follows(petition, parent, at=now)
        if followed is petition:
            return 0
        self._petitions.save(followed, petition.version)
        return 1

    def _missing_notices(self, petition: Petition, now: datetime) -> Iterator[NoticeRequest]:
        """Yield the notices of settled entries for which no delivery was ever claimed."""
        expected = [
            NoticeRequest(reference=petition.reference, seq=entry.seq, kind=kind, audience=audience)
            for entry in petition.history
            if now - CHECKED_FOR <= entry.at <= now - SETTLED_AFTER
            for kind, audience in notices_after(petition, entry)
        ]
        if not expected:
            return
        claimed = self._deliveries.notices_of(petition.reference)
        for request in expected:
            prefix = f"{request.seq}#{request.kind}#{request.audience}#"
            if not any(notice.startswith(prefix) for notice in claimed):
                yield request
