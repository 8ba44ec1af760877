"""Puts intake together from its settings: `Parts` for the doors, `UploadCheck` for the queue of uploads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path

from chalicelib.intake.limits.address_limit import AddressLimit
from chalicelib.intake.limits.api_keys import ApiKeys
from chalicelib.intake.limits.daily_limit import LimitedReception
from chalicelib.intake.limits.proof_of_work import Challenges
from chalicelib.intake.petitions.add_contact import AddContact
from chalicelib.intake.petitions.attach_files import FileDesk
from chalicelib.intake.petitions.find_petition import PetitionFinder
from chalicelib.intake.petitions.follow_up import FollowUp
from chalicelib.intake.petitions.pin_again import PinAgain
from chalicelib.intake.petitions.record_view import PetitionViews
from chalicelib.intake.petitions.renew_secrets import Renewal
from chalicelib.intake.published.answers import PublicRecord
from chalicelib.intake.published.similar_answers import SimilarAnswers
from chalicelib.intake.published.statistics import PublicStatistics
from chalicelib.intake.settings import IntakeSettings, ScannerKind
from chalicelib.intake.sms.counters import SmsStore
from chalicelib.intake.sms.desk import SmsDesk
from chalicelib.intake.sms.later_replies import LaterReplies
from chalicelib.intake.sms.name_or_petition import NameOrPetition
from chalicelib.intake.sms.part_store import PartStore
from chalicelib.intake.sms.receive_sms import SmsReception
from chalicelib.intake.sms.which_petition import WhichPetition
from chalicelib.intake.uploads.check_upload import UploadCheck
from chalicelib.intake.uploads.scanners import ClamdScanner, EicarScanner, GuardDutyScanner, Scanner
from shared.platform import queues, secrets
from shared.platform.bucket import AttachmentsBucket
from shared.platform.messages import PartsRequest, ReplyRequest
from shared.platform.provider_credentials import ProviderCredentials
from shared.platform.seal import Seal
from shared.platform.settings import load
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots
from shared.tables.statistics import Statistics
from shared.tables.throttle.calls import HotlineCalls
from shared.tables.throttle.held_texts import HeldTexts
from shared.tables.throttle.pin_guard import PinGuard
from shared.tables.throttle.replies import Replies
from shared.tables.throttle.sms_budget import SmsBudget
from shared.tables.throttle.suppressions import Suppressions
from shared.use_cases.follow_changes import ChangeFeed
from shared.use_cases.receive_submission import Reception
from shared.web.rendering import Pages

PAGES = Pages(Path(__file__).parent)
"""The citizens' pages: made of the package's own files, so they outlive the settings."""


@dataclass(frozen=True)
class Parts:
    """The dependencies of intake's pages, APIs and webhooks."""

    settings: IntakeSettings
    credentials: ProviderCredentials
    """Reads the providers' secret only where a webhook or an API key asks for it."""
    directory: Directory
    petitions: Petitions
    roots: Roots
    bucket: AttachmentsBucket
    pages: Pages
    reception: Reception
    limited_reception: LimitedReception
    api_keys: ApiKeys
    challenges: Challenges
    finder: PetitionFinder
    follow_up: FollowUp
    add_contact: AddContact
    pin_again: PinAgain
    renewal: Renewal
    views: PetitionViews
    files: FileDesk
    public_record: PublicRecord
    changes_feed: ChangeFeed
    similar_answers: SimilarAnswers
    public_statistics: PublicStatistics
    outlines: Outlines
    sms: SmsReception
    calls: HotlineCalls

    def closed_until(self) -> datetime | None:
        """Return when the doors open again; None while they are open."""
        closed = self.directory.closed()
        return closed.until if closed else None


@cache
def parts() -> Parts:
    """Return the parts of this process, built at its first event."""
    return build(load(IntakeSettings))


@cache
def upload_check() -> UploadCheck:
    """Return the check of uploads of this process, built at its first event."""
    return build_upload_check(load(IntakeSettings))


def build(settings: IntakeSettings) -> Parts:
    """Build the parts; reads the identifiers' key from Secrets Manager and calls no other service."""
    key = secrets.identifiers_key(settings.identifiers_secret)
    credentials = ProviderCredentials(settings.providers_secret)
    directory = Directory(settings.directory_table)
    petitions = Petitions(settings.petitions_table, directory)
    seal = Seal(settings.seal_key_id)
    bucket = AttachmentsBucket(settings.attachments_bucket)
    reception = Reception(petitions, directory, seal, key)
    follow_up = FollowUp(petitions, directory, seal)
    challenges = Challenges(key, settings.cost_of_a_try)
    pin_guard = _pin_guard(settings, key, challenges)
    public_record = PublicRecord(petitions, directory)
    return Parts(
        settings=settings,
        credentials=credentials,
        directory=directory,
        petitions=petitions,
        roots=Roots(settings.roots_table),
        bucket=bucket,
        pages=PAGES,
        reception=reception,
        limited_reception=_limited_reception(settings, reception, petitions, key),
        api_keys=ApiKeys(credentials),
        challenges=challenges,
        finder=PetitionFinder(
            petitions, pin_guard, key, settings.link_kept_for, lambda: bool(directory.restorations())
        ),
        renewal=Renewal(follow_up, key, per_day=settings.renewals_per_day),
        follow_up=follow_up,
        add_contact=AddContact(follow_up, seal, Suppressions(settings.throttle_table), key),
        pin_again=PinAgain(petitions, follow_up, pin_guard, key, per_day=settings.pins_again_per_day),
        views=_views(settings, key),
        files=FileDesk(petitions, bucket, settings.file_limits, key),
        public_record=public_record,
        changes_feed=ChangeFeed(petitions, Outlines(settings.petitions_table)),
        similar_answers=SimilarAnswers(public_record),
        public_statistics=_public_statistics(settings, directory),
        outlines=Outlines(settings.petitions_table),
        sms=_sms(settings, reception, petitions, directory, follow_up, seal, key),
        calls=HotlineCalls(settings.throttle_table, key),
    )


def build_upload_check(settings: IntakeSettings) -> UploadCheck:
    """Build the check of uploads, whose role reads no secret."""
    bucket = AttachmentsBucket(settings.attachments_bucket)
    petitions = Petitions(settings.petitions_table, Directory(settings.directory_table))
    return UploadCheck(petitions, bucket, _scanner(settings, bucket), settings.file_limits)


def _pin_guard(settings: IntakeSettings, key: bytes, challenges: Challenges) -> PinGuard:
    return PinGuard(settings.throttle_table, key, settings.pin_limits(settings.tries_per_address), challenges)


def _views(settings: IntakeSettings, key: bytes) -> PetitionViews:
    deliveries = Deliveries(settings.deliveries_table)
    return PetitionViews(deliveries, key, acceptance_counts=settings.acceptance_counts_as_delivered)


def _public_statistics(settings: IntakeSettings, directory: Directory) -> PublicStatistics:
    outlines = Outlines(settings.petitions_table)
    return PublicStatistics(Statistics(settings.statistics_table, outlines, directory))


def _sms(
    settings: IntakeSettings,
    reception: Reception,
    petitions: Petitions,
    directory: Directory,
    follow_up: FollowUp,
    seal: Seal,
    key: bytes,
) -> SmsReception:
    store = SmsStore(
        settings.throttle_table,
        replies_per_number=settings.sms_replies_per_number,
        budget=SmsBudget(settings.throttle_table, settings.sms_segments_per_day),
        countries=settings.opened_countries,
    )
    parts = PartStore(settings.throttle_table, seal)
    wait = partial(_wait_for_parts, settings)
    held = HeldTexts(settings.throttle_table)
    which = WhichPetition(petitions, key)
    questions = NameOrPetition(reception, which, follow_up, held, seal)
    desk = SmsDesk(reception, which, directory, follow_up, questions, store, parts, wait)
    ask_notifier = partial(_ask_notifier, settings.notices_queue_url)
    return SmsReception(desk, parts, LaterReplies(Replies(settings.throttle_table), seal, ask_notifier))


def _limited_reception(
    settings: IntakeSettings, reception: Reception, petitions: Petitions, key: bytes
) -> LimitedReception:
    addresses = AddressLimit(
        settings.throttle_table,
        key,
        per_hour=settings.sent_per_address,
        unproven_per_hour=settings.unproven_sent_per_address,
    )
    return LimitedReception(reception, petitions, key, addresses, per_day=settings.petitions_per_contact)


def _scanner(settings: IntakeSettings, bucket: AttachmentsBucket) -> Scanner:
    match settings.scanner:
        case ScannerKind.EICAR:
            return EicarScanner()
        case ScannerKind.CLAMD:
            return ClamdScanner(settings.clamd_host, settings.clamd_port)
        case ScannerKind.GUARDDUTY:
            return GuardDutyScanner(bucket)


def _wait_for_parts(settings: IntakeSettings, name: str) -> None:
    queues.send(
        settings.parts_queue_url,
        [PartsRequest(parts=name)],
        after_seconds=settings.sms_parts_wait_minutes * 60,
    )


def _ask_notifier(notices_queue_url: str, request: ReplyRequest) -> None:
    queues.send(notices_queue_url, [request])
