"""Builds casework from its settings: `Parts` is what the desk's pages and its JSON API work with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from pathlib import Path

from chalicelib.casework.access.accounts import Accounts
from chalicelib.casework.access.cognito import Cognito
from chalicelib.casework.access.machines import MachineAccounts, MachineRules
from chalicelib.casework.access.refresh_tokens import RefreshTokens
from chalicelib.casework.access.second_factor import SecondFactor
from chalicelib.casework.access.sessions import SessionRules, Sessions
from chalicelib.casework.access.tokens import TokenVerifier
from chalicelib.casework.actions.take_action import ActionService
from chalicelib.casework.administration.administer import Administration
from chalicelib.casework.administration.change_control import ChangeControl
from chalicelib.casework.administration.routing_models import RoutingModels
from chalicelib.casework.approval.answer_together import AnswerTogether
from chalicelib.casework.board.absences import Absences
from chalicelib.casework.board.read_board import BoardReader
from chalicelib.casework.desk.desk_preferences import DeskPreferences
from chalicelib.casework.desk.digest_preferences import DigestPreferences
from chalicelib.casework.desk.drafts import Drafts
from chalicelib.casework.desk.files import OfficersFiles
from chalicelib.casework.desk.queues import QueueReader
from chalicelib.casework.desk.search import DeskSearch
from chalicelib.casework.desk.views import PetitionViews
from chalicelib.casework.hotline.call_screen import CallScreen
from chalicelib.casework.hotline.call_tasks import CallTasks
from chalicelib.casework.hotline.callers import Callers
from chalicelib.casework.oversight.ambiguous_deliveries import AmbiguousDeliveries
from chalicelib.casework.oversight.contradicted_receipts import ContradictedReceipts
from chalicelib.casework.oversight.histories import HistoryVerifications
from chalicelib.casework.oversight.openings import SealOpenings
from chalicelib.casework.programs.look_after import Programs
from chalicelib.casework.reports.make_report import Reports
from chalicelib.casework.settings import CaseworkSettings
from chalicelib.casework.today.days_work import Today
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.reference import normal_reference
from shared.platform import queues, secrets, settings
from shared.platform.bucket import AttachmentsBucket
from shared.platform.messages import AccountRequest, WebhookTestRequest
from shared.platform.seal import Seal
from shared.platform.search_files import SearchFiles
from shared.search.index_file import has_fts5
from shared.search.local_copy import DESK, PUBLIC, LocalCopy, NewestAnswers, NewestChanges
from shared.tables.answers.reactions import ReactionTable
from shared.tables.corrections import Corrections
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.directory import forget as forget_directory
from shared.tables.openings import Openings
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots
from shared.tables.routing.candidates import Candidates
from shared.tables.statistics import Statistics
from shared.tables.throttle.calls import HotlineCalls
from shared.tables.throttle.drafts import DraftRows
from shared.tables.throttle.machine_tokens import MachineTokens
from shared.tables.throttle.officer_sessions import OfficerSessions
from shared.tables.throttle.pin_guard import PinGuard
from shared.tables.throttle.program_switches import ProgramSwitches
from shared.use_cases.declare_file import Declarations
from shared.use_cases.follow_changes import ChangeFeed
from shared.use_cases.leaders import Leaders
from shared.use_cases.receive_submission import Reception
from shared.web.rendering import Pages

PAGES = Pages(Path(__file__).parent)
"""The desk's templates and English catalogue: files of the package, so they outlive the settings."""
NEEDS = {"FTS5 of SQLite (search)": has_fts5}
"""The capabilities that the runtime has to bring, each with the test whether it does."""

SERVICES = ("cognito-idp", "dynamodb", "kms", "s3", "secretsmanager", "sqs")
"""The services of AWS that requests call."""
RARE = ("xlsxwriter",)
"""Modules that are imported where they are used; a snapshot has them."""


@dataclass(frozen=True)
class Parts:
    """The repositories and use cases of casework."""

    settings: CaseworkSettings
    pages: Pages
    directory: Directory
    petitions: Petitions
    deliveries: Deliveries
    corrections: Corrections
    bucket: AttachmentsBucket
    sessions: Sessions
    second_factor: SecondFactor
    accounts: Accounts
    machines: MachineAccounts
    programs: Programs
    changes_feed: ChangeFeed
    refresh_tokens: RefreshTokens
    actions: ActionService
    queues: QueueReader
    board: BoardReader
    absences: Absences
    today: Today
    petition_views: PetitionViews
    search: DeskSearch
    drafts: Drafts
    files: OfficersFiles
    digest_preferences: DigestPreferences
    desk_preferences: DeskPreferences
    reception: Reception
    callers: Callers
    call_tasks: CallTasks
    administration: Administration
    changes: ChangeControl
    routing_models: RoutingModels
    reports: Reports
    seal_openings: SealOpenings
    histories: HistoryVerifications
    ambiguous_deliveries: AmbiguousDeliveries
    contradicted_receipts: ContradictedReceipts

    @property
    def call_screen(self) -> CallScreen:
        """The queries of the call screen, over petitions, callers and call tasks."""
        return CallScreen(self.petitions, self.callers, self.call_tasks)

    def petition_announced(self, path: str, reference: str = "") -> AbstractContextManager[None]:
        """Let the petition that an address is about be read together with the session: one call instead of two."""
        is_of_petition = path.startswith(("/petitions/", "/v1/petitions/"))
        return self.petitions.announced(normal_reference(reference) if is_of_petition else None)

    def closed_until(self) -> datetime | None:
        """Return when the doors open again; None while they are open."""
        closed = self.directory.closed()
        return closed.until if closed else None


@cache
def parts() -> Parts:
    """Return the parts of this process, built at its first request."""
    return build(settings.load(CaseworkSettings))


def forget() -> None:
    """Drop what was built: it holds settings, the identifiers' key and what was read of the stage."""
    forget_directory()
    parts.cache_clear()


def build(configuration: CaseworkSettings) -> Parts:
    """Build the parts; reads the identifiers' key from Secrets Manager and calls no other service."""
    keyring = secrets.keyring(configuration.identifiers_secret)
    key = keyring.names()
    directory = Directory(configuration.directory_table)
    petitions = Petitions(configuration.petitions_table, directory, is_packed=configuration.petitions_packed)
    deliveries = Deliveries(configuration.deliveries_table)
    bucket, seal = AttachmentsBucket(configuration.attachments_bucket), Seal(configuration.seal_key_id)
    cognito = Cognito(configuration.identity_pool_id, configuration.identity_client_id)
    announce = partial(_tell_officer, configuration.notices_queue_url)
    sessions = _sessions(configuration, cognito, directory, keyring, announce)
    administration = Administration(directory, petitions, is_local=configuration.stage == "local")
    changes = _changes(configuration, administration, directory, deliveries)
    return Parts(
        settings=configuration,
        pages=PAGES,
        directory=directory,
        petitions=petitions,
        deliveries=deliveries,
        corrections=Corrections(configuration.petitions_table),
        bucket=bucket,
        sessions=sessions,
        second_factor=SecondFactor(cognito, sessions, directory, announce),
        accounts=Accounts(cognito, sessions, directory),
        machines=_machines(configuration, directory),
        programs=_programs(configuration, directory, deliveries, keyring),
        changes_feed=ChangeFeed(petitions, Outlines(configuration.petitions_table)),
        refresh_tokens=_refresh_tokens(configuration, sessions, keyring),
        actions=_actions(configuration, petitions, directory, seal),
        queues=QueueReader(petitions, directory),
        today=Today(QueueReader(petitions, directory), petitions, directory),
        board=BoardReader(petitions, directory),
        absences=Absences(directory),
        petition_views=_petition_views(configuration, directory, deliveries),
        search=_search(configuration, petitions, directory),
        drafts=_drafts(configuration, seal),
        files=_files(configuration, petitions, bucket, key),
        digest_preferences=DigestPreferences(directory, keyring),
        desk_preferences=DeskPreferences(directory),
        reception=Reception(petitions, directory, seal, keyring),
        callers=_callers(configuration, petitions, directory, keyring),
        call_tasks=CallTasks(petitions, deliveries, seal, directory),
        administration=administration,
        changes=changes,
        routing_models=_routing_models(configuration, directory, changes),
        reports=_reports(configuration, petitions, deliveries, directory),
        seal_openings=SealOpenings(Openings(configuration.petitions_table)),
        histories=HistoryVerifications(Roots(configuration.roots_table), petitions),
        ambiguous_deliveries=AmbiguousDeliveries(deliveries),
        contradicted_receipts=_contradicted_receipts(configuration, petitions, directory, deliveries),
    )


def _drafts(configuration: CaseworkSettings, seal: Seal) -> Drafts:
    kept_for = timedelta(days=configuration.drafts_kept_days)
    return Drafts(DraftRows(configuration.throttle_table), seal, kept_for)


def _files(
    configuration: CaseworkSettings, petitions: Petitions, bucket: AttachmentsBucket, key: bytes
) -> OfficersFiles:
    declarations = Declarations(petitions, bucket, configuration.file_limits, key)
    return OfficersFiles(petitions, bucket, declarations)


def _routing_models(
    configuration: CaseworkSettings, directory: Directory, changes: ChangeControl
) -> RoutingModels:
    return RoutingModels(directory, Candidates(directory, configuration.statistics_table), changes)


def _sessions(
    configuration: CaseworkSettings,
    cognito: Cognito,
    directory: Directory,
    keyring: Keyring,
    announce: Callable[[str], None],
) -> Sessions:
    return Sessions(
        cognito,
        TokenVerifier(
            configuration.identity_pool_id,
            configuration.identity_client_id,
            configuration.identity_jwks_url,
        ),
        OfficerSessions(configuration.throttle_table),
        directory,
        keyring,
        SessionRules(
            idle=timedelta(minutes=configuration.session_idle_minutes),
            longest=configuration.longest_session,
            second_factor_roles=configuration.second_factor_roles,
        ),
        announce=announce,
    )


def _refresh_tokens(configuration: CaseworkSettings, sessions: Sessions, keyring: Keyring) -> RefreshTokens:
    rows = OfficerSessions(configuration.throttle_table)
    return RefreshTokens(sessions, rows, keyring, configuration.longest_session)


def _actions(
    configuration: CaseworkSettings, petitions: Petitions, directory: Directory, seal: Seal
) -> ActionService:
    units_sign = configuration.units_sign_drafts
    undo_within = timedelta(minutes=configuration.undo_minutes)
    together = AnswerTogether(petitions)
    return ActionService(petitions, directory, seal, together, units_sign=units_sign, undo_within=undo_within)


def _machines(configuration: CaseworkSettings, directory: Directory) -> MachineAccounts:
    rules = MachineRules(
        timedelta(minutes=configuration.machine_token_minutes), configuration.machine_requests_a_minute
    )
    return MachineAccounts(directory, MachineTokens(configuration.throttle_table), rules)


def _programs(
    configuration: CaseworkSettings, directory: Directory, deliveries: Deliveries, keyring: Keyring
) -> Programs:
    switches = ProgramSwitches(configuration.throttle_table)
    send = partial(_send_test_event, configuration.notices_queue_url)
    return Programs(directory, deliveries, switches, keyring, send)


def _send_test_event(notices_queue_url: str, request: WebhookTestRequest) -> None:
    queues.send(notices_queue_url, [request])


def _tell_officer(notices_queue_url: str, event: str) -> None:
    queues.send(notices_queue_url, [AccountRequest(event=event)])


def _callers(
    configuration: CaseworkSettings, petitions: Petitions, directory: Directory, keyring: Keyring
) -> Callers:
    calls = HotlineCalls(
        configuration.throttle_table,
        keyring.names(),
        look_ups_an_hour=configuration.look_ups_per_officer_and_hour,
    )
    return Callers(petitions, directory, _pin_guard(configuration, keyring), calls, keyring)


def _changes(
    configuration: CaseworkSettings,
    administration: Administration,
    directory: Directory,
    deliveries: Deliveries,
) -> ChangeControl:
    return ChangeControl(
        administration,
        directory,
        deliveries,
        is_on=configuration.changes_need_confirmation,
        expire_after=timedelta(days=configuration.proposals_expire_after_days),
    )


def _pin_guard(configuration: CaseworkSettings, keyring: Keyring) -> PinGuard:
    limits = configuration.pin_limits(configuration.pin_tries_per_address)
    return PinGuard(configuration.throttle_table, keyring, limits)


def _reports(
    configuration: CaseworkSettings, petitions: Petitions, deliveries: Deliveries, directory: Directory
) -> Reports:
    outlines = Outlines(configuration.petitions_table)
    statistics = Statistics(configuration.statistics_table, outlines, directory)
    leaders = Leaders(outlines, deliveries, directory)
    reactions = ReactionTable(configuration.statistics_table)
    return Reports(petitions, outlines, statistics, directory, leaders, reactions)


def _petition_views(
    configuration: CaseworkSettings, directory: Directory, deliveries: Deliveries
) -> PetitionViews:
    return PetitionViews(
        directory,
        deliveries,
        configuration.file_limits,
        acceptance_counts=configuration.acceptance_counts_as_delivered,
    )


def _search(configuration: CaseworkSettings, petitions: Petitions, directory: Directory) -> DeskSearch:
    files = SearchFiles(configuration.attachments_bucket)
    newest = NewestChanges(Outlines(configuration.petitions_table), petitions)
    return DeskSearch(
        petitions,
        directory,
        LocalCopy(files, DESK, newest),
        LocalCopy(files, PUBLIC, NewestAnswers(petitions)),
    )


def _contradicted_receipts(
    configuration: CaseworkSettings, petitions: Petitions, directory: Directory, deliveries: Deliveries
) -> ContradictedReceipts:
    return ContradictedReceipts(
        petitions, deliveries, directory, acceptance_counts=configuration.acceptance_counts_as_delivered
    )
