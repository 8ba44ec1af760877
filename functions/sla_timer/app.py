"""The SLA timer's triggers: a schedule every minute, the queue `timers`, and a schedule every hour."""

from typing import Any

from chalice.app import CloudWatchEvent, Rate, SQSEvent

from chalicelib.sla_timer import composition
from shared.platform import clock, queues, settings
from shared.platform.invocations import Triggered

app = Triggered("pakn-sla-timer")

LOCAL_QUEUE_ARN = "arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-timers"
"""The ARN of the queue while Chalice packages; the merge template replaces it with the platform's."""


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep")
def sweep(event: CloudWatchEvent) -> None:
    """Wake the petitions and notices that are due, and all open petitions when the calendar changed."""
    composition.parts().every_minute.run(clock.now())


@app.on_sqs_message(
    queue_arn=settings.stage_variable("TIMERS_QUEUE_ARN", LOCAL_QUEUE_ARN), batch_size=10, name="on_wake"
)
def on_wake(event: SQSEvent) -> dict[str, Any]:
    """Do what is due for single petitions, and go on with the rounds of jobs."""
    return queues.each_message(event.to_dict(), composition.TIMER_MESSAGE, composition.parts().handle)


@app.schedule(Rate(1, unit=Rate.HOURS), name="hourly")
def hourly(event: CloudWatchEvent) -> None:
    """Request digests, roll up statistics, find trends, sign roots, reconcile, and count files that wait."""
    composition.parts().every_hour.run(clock.now())
