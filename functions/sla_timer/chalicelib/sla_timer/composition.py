"""Builds the SLA timer's parts from its settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from chalicelib.sla_timer.hourly.request_digests import DigestRequests
from chalicelib.sla_timer.hourly.unchecked_files import UncheckedFiles
from chalicelib.sla_timer.nightly.missing_messages import MissingMessages
from chalicelib.sla_timer.nightly.reconcile import Reconciliation
from chalicelib.sla_timer.nightly.roll_up import RollUp
from chalicelib.sla_timer.nightly.sign_roots import DailyRoots
from chalicelib.sla_timer.nightly.verify_histories import Verification
from chalicelib.sla_timer.nightly.watch_trends import TrendWatch
from chalicelib.sla_timer.petitions.recalculate_due_dates import Recalculation
from chalicelib.sla_timer.petitions.sweep import Sweep
from chalicelib.sla_timer.petitions.wake_petition import Timer
from chalicelib.sla_timer.run_jobs import Jobs
from chalicelib.sla_timer.settings import SlaTimerSettings
from shared.platform import settings
from shared.platform.bucket import AttachmentsBucket
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.jobs import Checkpoints
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots
from shared.tables.statistics import Statistics
from shared.use_cases.consequences import Queue


@dataclass(frozen=True, slots=True)
class Parts:
    """The dependencies of the SLA timer's handlers."""

    every_minute: Jobs
    every_hour: Jobs
    timer: Timer


def build(configuration: SlaTimerSettings) -> Parts:
    """Build the parts; no AWS service is called."""
    directory = Directory(configuration.directory_table)
    petitions = Petitions(configuration.petitions_table, directory)
    bucket = AttachmentsBucket(configuration.attachments_bucket)
    checkpoints = Checkpoints(configuration.statistics_table)
    sweep = Sweep(
        petitions,
        Deliveries(configuration.deliveries_table),
        checkpoints,
        timers_queue_url=configuration.timers_queue_url,
        notices_queue_url=configuration.notices_queue_url,
    )
    recalculation = Recalculation(petitions, directory, checkpoints, configuration.timers_queue_url)
    return Parts(
        every_minute=Jobs(
            {"sweep": sweep.sweep, "recalculation": recalculation.dispatch_if_calendar_changed}
        ),
        every_hour=_hourly_jobs(configuration, petitions, directory, bucket),
        timer=Timer(petitions, directory, bucket.remove),
    )


def _hourly_jobs(
    configuration: SlaTimerSettings, petitions: Petitions, directory: Directory, bucket: AttachmentsBucket
) -> Jobs:
    checkpoints = Checkpoints(configuration.statistics_table)
    outlines = Outlines(configuration.petitions_table)
    statistics = Statistics(configuration.statistics_table, outlines, directory)
    digests = DigestRequests(directory, checkpoints, configuration.notices_queue_url)
    table = Roots(configuration.roots_table)
    roots = DailyRoots(
        outlines,
        Verification(petitions, table, directory.restorations),
        table,
        directory.restorations,
        configuration.roots_key_id,
    )
    reconciliation = Reconciliation(
        petitions,
        directory,
        missing_messages=MissingMessages(
            petitions,
            directory,
            Deliveries(configuration.deliveries_table),
            bucket,
            {
                Queue.ROUTING: configuration.routing_queue_url,
                Queue.NOTICES: configuration.notices_queue_url,
                Queue.UPLOADS: configuration.uploads_queue_url,
            },
        ),
        checkpoints=checkpoints,
        roots=table,
    )
    return Jobs(
        {
            "digests": digests.send_if_morning,
            "roll-up": RollUp(statistics, outlines).run,
            "trends": TrendWatch(statistics, checkpoints).look_if_due,
            "roots": roots.sign_missing_days,
            "reconciliation": reconciliation.run_if_due,
            "unchecked-files": UncheckedFiles(bucket).count,
        }
    )


@cache
def parts() -> Parts:
    """Return the parts of this process, built at the first event."""
    return build(settings.load(SlaTimerSettings))
