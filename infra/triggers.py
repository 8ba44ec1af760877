"""The queues' triggers: which function and handler reads each, and which queues hold reports of failed calls instead.

The local stack pumps by this table, and the workbench and `ops` name the step of a dead letter by it.
"""

from __future__ import annotations

from collections.abc import Mapping

CONSUMERS: Mapping[str, str] = {
    "routing": "router.on_route",
    "timers": "sla_timer.on_wake",
    "notices": "notifier.on_notice",
    "parts": "intake.on_parts",
    "uploads": "intake.on_upload",
    "receipts": "notifier.on_receipt",
}
"""Queues whose dead letters can be sent back, and the function and handler that reads them."""
STREAM, SCHEDULES = "changes", "schedules"
REPORTS = (STREAM, SCHEDULES)
"""Names of dead-letter queues without a queue of their own: they hold reports of calls that failed."""
