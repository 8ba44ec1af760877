"""Once a day, reads the petitions themselves and derives what should exist; repairs what is missing, and reports it.

It trusts no index, stream or queue: a lost wake-up or a notice that was never sent is found here. It should find
nothing; whatever it finds is a defect elsewhere, and an alarm (`docs/runbook.md`).

A round may take longer than one call: it keeps its place in one row and goes on in the next hour.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.procedures import merging
from shared.domain.promises.notices import notices_after
from shared.domain.promises.wake_ups import next_wake
from shared.platform import aws, queues, telemetry
from shared.platform.messages import NoticeRequest
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions, StoredPetition

SETTLED_AFTER = timedelta(hours=6)
"""Younger entries may still be on their way through the queues."""
LOOKED_AT_FOR = timedelta(days=8)
"""Entries older than this were looked at in the days before."""
PAGES_A_ROUND = 200
"""Pages (of 1 MB) read in one call, well within the function's time."""
_KEY: dict[str, Any] = {"period": {"S": "jobs"}, "measure": {"S": "reconciliation"}}


class Findings(NamedTuple):
    """What one round found and repaired."""

    petitions: int
    wake_ups_repaired: int
    notices_repaired: int
    merged_repaired: int = 0


class Reconciliation:
    """Compares what should exist with what does."""

    def __init__(
        self,
        petitions: Petitions,
        directory: Directory,
        *,
        deliveries_table: str,
        statistics_table: str,
        notices_queue_url: str,
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._deliveries = deliveries_table
        self._statistics = statistics_table
        self._notices = notices_queue_url

    def run_if_due(self, now: datetime) -> Findings | None:
        """Start today's round, or go on with it; None when it is done already."""
        today = local_date(now)
        place = self._place(today)
        if place.is_done:
            return None
        found = Findings(0, 0, 0)
        start = place.start
        for _ in range(PAGES_A_ROUND):
            stored, start = self._petitions.page(start)
            for one in stored:
                found = self._add(found, one, now)
            if start is None:
                break
        self._keep_place(today, start)
        telemetry.count("ReconciliationRepairs", sum(found[1:]))
        return found

    def _add(self, found: Findings, stored: StoredPetition, now: datetime) -> Findings:
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
        return Findings(
            found.petitions + 1,
            found.wake_ups_repaired + woken,
            found.notices_repaired + len(missing),
            found.merged_repaired + followed,
        )

    def _repair_wake_up(self, stored: StoredPetition, now: datetime) -> int:
        """Store a petition anew when it would not be woken in time."""
        petition = stored.petition
        terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
        due = next_wake(petition, terms, calendar, now)
        if due is None or (stored.wake_at is not None and stored.wake_at <= max(due, now)):
            return 0
        self._petitions.save(petition, petition.version)
        return 1

    def _repair_merged(self, petition: Petition, now: datetime) -> int:
        """Let a merged petition follow its parent, should no message have told it what became of that."""
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
            if now - LOOKED_AT_FOR <= entry.at <= now - SETTLED_AFTER
            for kind, audience in notices_after(petition, entry)
        ]
        if not expected:
            return
        claimed = self._claimed(petition.reference)
        for request in expected:
            prefix = f"{request.seq}#{request.kind}#{request.audience}#"
            if not any(notice.startswith(prefix) for notice in claimed):
                yield request

    def _claimed(self, reference: str) -> list[str]:
        page = aws.client("dynamodb").query(
            TableName=self._deliveries,
            KeyConditionExpression="reference = :reference",
            ExpressionAttributeValues={":reference": {"S": reference}},
            ProjectionExpression="notice",
        )
        return [item["notice"]["S"] for item in page["Items"]]

    # --- where the round stands ----------------------------------------------------------------------

    def _place(self, today: date) -> _Place:
        item = (
            aws.client("dynamodb")
            .get_item(TableName=self._statistics, Key=_KEY, ConsistentRead=True)
            .get("Item")
        )
        if item is None or item["day"]["S"] != today.isoformat():
            return _Place(is_done=False, start=None)
        start = json.loads(item["start"]["S"])
        return _Place(is_done=start is None, start=start["reference"]["S"] if start else None)

    def _keep_place(self, today: date, after: str | None) -> None:
        start = {"reference": {"S": after}} if after else None
        aws.client("dynamodb").put_item(
            TableName=self._statistics,
            Item={**_KEY, "day": {"S": today.isoformat()}, "start": {"S": json.dumps(start)}},
        )


class _Place(NamedTuple):
    is_done: bool
    start: str | None
