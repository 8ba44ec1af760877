"""Builds the SLA timer's parts from its settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, partial

from pydantic import ConfigDict, TypeAdapter

from chalicelib.sla_timer.hourly.build_search import SearchIndexing
from chalicelib.sla_timer.hourly.calendar_left import CalendarLeft
from chalicelib.sla_timer.hourly.key_states import KeyStates
from chalicelib.sla_timer.hourly.mail_quota import measure_used_share
from chalicelib.sla_timer.hourly.request_answers import AnswerRequests
from chalicelib.sla_timer.hourly.request_digests import DigestRequests
from chalicelib.sla_timer.hourly.unchecked_files import UncheckedFiles
from chalicelib.sla_timer.hourly.unrouted import Unrouted
from chalicelib.sla_timer.nightly.missing_messages import MissingMessages
from chalicelib.sla_timer.nightly.reconcile import Reconciliation
from chalicelib.sla_timer.nightly.roll_up import Recount, RollUp
from chalicelib.sla_timer.nightly.sign_roots import DailyRoots
from chalicelib.sla_timer.nightly.verify_histories import Verification
from chalicelib.sla_timer.nightly.watch_trends import TrendWatch
from chalicelib.sla_timer.petitions.move_seals import Resealing
from chalicelib.sla_timer.petitions.recalculate_due_dates import Recalculation
from chalicelib.sla_timer.petitions.record_export import ExportRecords
from chalicelib.sla_timer.petitions.renew_pins import Renewing
from chalicelib.sla_timer.petitions.sweep import Sweep
from chalicelib.sla_timer.petitions.wake_petition import Timer
from chalicelib.sla_timer.rounds import RoundRunner
from chalicelib.sla_timer.run_jobs import Job, Jobs
from chalicelib.sla_timer.settings import SlaTimerSettings
from shared.domain.calendar.public_holidays import LAST_DAY
from shared.platform import clock, correlation, settings
from shared.platform.bucket import AttachmentsBucket
from shared.platform.messages import (
    ErasureRequest,
    ExportRequest,
    KeyRequest,
    RenewalRequest,
    ResealRequest,
    RoundStep,
    WakeUp,
)
from shared.platform.seal import Seal
from shared.platform.search_files import SearchFiles
from shared.tables.answers.reactions import ReactionTable
from shared.tables.contacts.subscribers import Subscribers
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.jobs import Checkpoints, Rounds
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots
from shared.tables.statistics import Statistics
from shared.use_cases.consequences import Queue

TimerMessage = (
    WakeUp | ErasureRequest | ExportRequest | ResealRequest | KeyRequest | RenewalRequest | RoundStep
)
TIMER_MESSAGE: TypeAdapter[TimerMessage] = TypeAdapter(
    TimerMessage, config=ConfigDict(hide_input_in_errors=True)
)
"""The messages of the queue `timers`."""


@dataclass(frozen=True, slots=True)
class Parts:
    """The dependencies of the SLA timer's handlers."""

    every_minute: Jobs
    every_hour: Jobs
    timer: Timer
    exports: ExportRecords
    rounds: RoundRunner
    announce_key: Callable[[datetime], object]
    """Adds a key to the identifiers' secret."""

    def handle(self, message: TimerMessage) -> None:
        """Do the work of one message of the queue `timers`."""
        match message:
            case RoundStep():
                with correlation.begun(correlation.handed_on(), is_shared=True):
                    self.rounds.handle(message)
            case ResealRequest():
                self.rounds.ask(Resealing.name, Resealing.round_of(message), clock.now())
            case RenewalRequest():
                self.rounds.ask(Renewing.name, Renewing.round_of(message), clock.now())
            case KeyRequest():
                self.announce_key(datetime.fromtimestamp(message.key_asked_at, UTC))
            case ErasureRequest():
                self.timer.erase(message)
            case ExportRequest():
                self.exports.handle(message)
            case WakeUp():
                self.timer.handle(message)


def build(configuration: SlaTimerSettings) -> Parts:
    """Build the parts; no AWS service is called."""
    directory = Directory(configuration.directory_table)
    petitions = Petitions(configuration.petitions_table, directory, is_packed=configuration.petitions_packed)
    bucket = AttachmentsBucket(configuration.attachments_bucket)
    checkpoints = Checkpoints(configuration.statistics_table)
    sweep = Sweep(
        petitions,
        Deliveries(configuration.deliveries_table),
        checkpoints,
        timers_queue_url=configuration.timers_queue_url,
        notices_queue_url=configuration.notices_queue_url,
    )
    outlines = Outlines(configuration.petitions_table)
    statistics = Statistics(configuration.statistics_table, outlines, directory)
    roll_up = RollUp(statistics, outlines)
    reactions = ReactionTable(configuration.statistics_table)
    files = SearchFiles(configuration.attachments_bucket)
    rounds = RoundRunner(
        (
            Recalculation(petitions, directory, checkpoints, configuration.timers_queue_url),
            Recount(roll_up, statistics, outlines),
            _reconciliation(configuration, petitions, outlines, directory, bucket),
            Resealing(petitions, Subscribers(configuration.throttle_table), Seal(configuration.seal_key_id)),
            Renewing(petitions),
        ),
        Rounds(configuration.statistics_table),
        configuration.timers_queue_url,
    )
    roots = _daily_roots(configuration, petitions, outlines, directory)
    return Parts(
        every_minute=Jobs({"sweep": sweep.sweep, "recalculation": partial(rounds.run, Recalculation.name)}),
        every_hour=Jobs(
            {
                **_mails(configuration, directory, checkpoints),
                "roots": roots.sign_missing_days,
                "roll-up": roll_up.run,
                "recount": partial(rounds.run, Recount.name),
                "trends": TrendWatch(statistics, checkpoints, reactions, outlines.days_if_few).look_if_due,
                "reconciliation": partial(rounds.run, Reconciliation.name),
                **_watches(configuration, outlines, bucket),
                "age-of-rounds": rounds.report,
                "search": SearchIndexing(petitions, outlines, directory, files, reactions.also_totals).run,
            },
            outlines.reading_once,
        ),
        timer=Timer(petitions, directory, bucket.remove),
        exports=ExportRecords(petitions, configuration.notices_queue_url),
        rounds=rounds,
        announce_key=partial(_announce_key, configuration.identifiers_secret),
    )


def _announce_key(secret_name: str, asked_at: datetime) -> None:
    from shared.platform.secrets import announce_key  # noqa: PLC0415 - asked for once in years

    announce_key(secret_name, asked_at)


def _watches(
    configuration: SlaTimerSettings, outlines: Outlines, bucket: AttachmentsBucket
) -> dict[str, Job]:
    """Return the jobs that change nothing and measure what alarms watch."""
    keys = {
        "seal": configuration.seal_key_id,
        "roots": configuration.roots_key_id,
        "data": configuration.data_key_arn,
    }
    return {
        "unchecked-files": UncheckedFiles(bucket).count,
        "unrouted": Unrouted(outlines).measure,
        "keys": KeyStates(keys, configuration.seal_key_id).count_unusable,
        "mail-quota": measure_used_share,
        "calendar-left": CalendarLeft(LAST_DAY).measure,
    }


def _mails(configuration: SlaTimerSettings, directory: Directory, checkpoints: Checkpoints) -> dict[str, Job]:
    """Return the jobs that request mails of a day and of a week."""
    notices = configuration.notices_queue_url
    subscribers = Subscribers(configuration.throttle_table)
    return {
        "digests": DigestRequests(directory, checkpoints, notices).send_if_morning,
        "answers-by-mail": AnswerRequests(subscribers, directory, checkpoints, notices).send_if_due,
    }


def _daily_roots(
    configuration: SlaTimerSettings, petitions: Petitions, outlines: Outlines, directory: Directory
) -> DailyRoots:
    table = Roots(configuration.roots_table)
    return DailyRoots(
        outlines,
        Verification(petitions, table, directory.restorations),
        table,
        directory.restorations,
        configuration.roots_key_id,
    )


def _reconciliation(
    configuration: SlaTimerSettings,
    petitions: Petitions,
    outlines: Outlines,
    directory: Directory,
    bucket: AttachmentsBucket,
) -> Reconciliation:
    return Reconciliation(
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
        roots=Roots(configuration.roots_table),
        are_few=lambda: outlines.days_if_few() is not None,
    )


@cache
def parts() -> Parts:
    """Return the parts of this process, built at the first event."""
    return build(settings.load(SlaTimerSettings))
