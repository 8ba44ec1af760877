"""The SLA timer's doors: a sweep every minute, the queue of petitions to wake, and an hourly round."""

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, Rate, SQSEvent

from chalicelib.sla_timer import composition
from shared.platform import clock, queues, settings
from shared.platform.messages import WakeUp

app = Chalice(app_name="pakn-sla-timer")


@app.schedule(Rate(1, unit=Rate.MINUTES), name="sweep")
def sweep(event: CloudWatchEvent) -> None:
    """Wake the petitions and notices that are due, and all open petitions when the calendar changed."""
    now = clock.now()
    composition.sweep().sweep(now)
    composition.recalculation().dispatch_if_calendar_changed(now)


@app.on_sqs_message(
    queue_arn=settings.stage_variable(
        "TIMERS_QUEUE_ARN", "arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-timers"
    ),
    batch_size=10,
    name="on_wake",
)
def on_wake(event: SQSEvent) -> dict[str, Any]:
    """Do what is due for single petitions."""
    return queues.each_message(event.to_dict(), WakeUp, lambda due: composition.timer().wake(due.reference))


@app.schedule(Rate(1, unit=Rate.HOURS), name="hourly")
def hourly(event: CloudWatchEvent) -> None:
    """Ask for the digests, roll up; once a day, look for jumps, sign the root, reconcile; look after the quarantine."""
    composition.digests().dispatch_if_morning(clock.now())
    composition.roll_up().run()
    composition.trend_watch().look_if_due()
    composition.daily_roots().sign_what_is_missing()
    composition.reconciliation().run_if_due()
    composition.waiting_files().look(clock.now())
