"""Measures how many of the e-mails that SES sends in 24 hours are sent; called once an hour.

CloudWatch has no metric of it. What is beyond waits, and AWS needs a day to allow more.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from shared.platform import aws, telemetry


def measure_used_share(now: datetime) -> int:  # noqa: ARG001 - a job
    """Record the share in percent; an alarm watches it."""
    percent = int(used_share(aws.client("ses").get_send_quota()) * 100)
    telemetry.count("MailQuotaUsed", percent)
    return percent


def used_share(quota: Mapping[str, float]) -> float:
    """Return the share of 24 hours' e-mails that is used, 1 for all; 0 where SES sets no limit, which it says as -1."""
    most = quota["Max24HourSend"]
    return quota["SentLast24Hours"] / most if most > 0 else 0.0
