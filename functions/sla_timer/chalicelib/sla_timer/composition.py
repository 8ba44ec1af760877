"""Puts the SLA timer together, once per process."""

from functools import cache

from chalicelib.sla_timer.hourly.ask_for_digests import Digests
from chalicelib.sla_timer.hourly.waiting_files import WaitingFiles
from chalicelib.sla_timer.nightly.reconcile import Reconciliation
from chalicelib.sla_timer.nightly.roll_up import RollUp
from chalicelib.sla_timer.nightly.sign_roots import DailyRoots
from chalicelib.sla_timer.nightly.watch_trends import TrendWatch
from chalicelib.sla_timer.petitions.recalculate_due_dates import Recalculation
from chalicelib.sla_timer.petitions.sweep import Sweep
from chalicelib.sla_timer.petitions.wake_petition import Timer
from chalicelib.sla_timer.settings import SlaTimerSettings
from shared.platform import settings
from shared.platform.bucket import AttachmentsBucket
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots
from shared.tables.statistics import Statistics


@cache
def _directory() -> Directory:
    return Directory(settings.load(SlaTimerSettings).directory_table)


@cache
def _petitions() -> Petitions:
    return Petitions(settings.load(SlaTimerSettings).petitions_table, _directory())


@cache
def sweep() -> Sweep:
    """Return what finds the petitions and notices that are due."""
    told = settings.load(SlaTimerSettings)
    return Sweep(
        _petitions(),
        Deliveries(told.deliveries_table),
        timers_queue_url=told.timers_queue_url,
        notices_queue_url=told.notices_queue_url,
    )


@cache
def recalculation() -> Recalculation:
    """Return what notices a change of the calendar."""
    told = settings.load(SlaTimerSettings)
    return Recalculation(_petitions(), _directory(), told.statistics_table, told.timers_queue_url)


@cache
def timer() -> Timer:
    """Return what acts on one petition."""
    bucket = AttachmentsBucket(settings.load(SlaTimerSettings).attachments_bucket)
    return Timer(_petitions(), _directory(), bucket.remove)


@cache
def reconciliation() -> Reconciliation:
    """Return what compares once a day what should exist with what does."""
    told = settings.load(SlaTimerSettings)
    return Reconciliation(
        _petitions(),
        _directory(),
        deliveries_table=told.deliveries_table,
        statistics_table=told.statistics_table,
        notices_queue_url=told.notices_queue_url,
    )


@cache
def roll_up() -> RollUp:
    """Return what keeps the statistics."""
    told = settings.load(SlaTimerSettings)
    outlines = Outlines(told.petitions_table)
    return RollUp(Statistics(told.statistics_table, outlines, _directory()), outlines)


@cache
def trend_watch() -> TrendWatch:
    """Return what notices that a field, unit, province or kind jumps."""
    told = settings.load(SlaTimerSettings)
    statistics = Statistics(told.statistics_table, Outlines(told.petitions_table), _directory())
    return TrendWatch(statistics, told.statistics_table)


@cache
def daily_roots() -> DailyRoots:
    """Return what signs the daily root of all histories."""
    told = settings.load(SlaTimerSettings)
    return DailyRoots(Outlines(told.petitions_table), Roots(told.roots_table), told.roots_key_id)


@cache
def waiting_files() -> WaitingFiles:
    """Return what counts the files that nobody has checked."""
    return WaitingFiles(AttachmentsBucket(settings.load(SlaTimerSettings).attachments_bucket))


@cache
def digests() -> Digests:
    """Return what asks for the officers' digests in the morning."""
    told = settings.load(SlaTimerSettings)
    return Digests(_directory(), told.statistics_table, told.notices_queue_url)


def forget() -> None:
    """Build anew on next use (tests)."""
    for built in (
        _directory,
        _petitions,
        sweep,
        recalculation,
        timer,
        reconciliation,
        roll_up,
        trend_watch,
        daily_roots,
        waiting_files,
        digests,
    ):
        built.cache_clear()
