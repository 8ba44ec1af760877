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
from chalicelib.intake.my_petitions.codes import AccessByCode, CodeLimits
from chalicelib.intake.my_petitions.listed import MyPetitions
from chalicelib.intake.petitions.add_contact import AddContact
from chalicelib.intake.petitions.attach_files import FileDesk
from chalicelib.intake.petitions.find_petition import PetitionFinder
from chalicelib.intake.petitions.follow_up import FollowUp
from chalicelib.intake.petitions.passes import Passes
from chalicelib.intake.petitions.pin_again import PinAgain
from chalicelib.intake.petitions.record_view import PetitionViews
from chalicelib.intake.petitions.renew_secrets import Renewal
from chalicelib.intake.published.answer_search import AnswerSearch
from chalicelib.intake.published.answers import PublicRecord
from chalicelib.intake.published.reactions import Reactions
from chalicelib.intake.published.statistics import PublicStatistics
from chalicelib.intake.published.subscriptions import Subscriptions
from chalicelib.intake.settings import IntakeSettings, ScannerKind
from chalicelib.intake.sms.counters import SmsStore
from chalicelib.intake.sms.desk import SmsDesk
from chalicelib.intake.sms.later_replies import LaterReplies
from chalicelib.intake.sms.name_or_petition import NameOrPetition
from chalicelib.intake.sms.part_store import PartStore
from chalicelib.intake.sms.receive_sms import SmsReception
from chalicelib.intake.sms.which_petition import WhichPetition
from chalicelib.intake.unsent.files import UnsentFiles
from chalicelib.intake.unsent.unsent_petitions import UnsentPetitions
from chalicelib.intake.uploads.check_upload import UploadCheck
from chalicelib.intake.uploads.scanners import ClamdScanner, EicarScanner, GuardDutyScanner, Scanner
from shared.domain.identity.identifier_keys import Keyring
from shared.platform import queues, secrets
from shared.platform.bucket import AttachmentsBucket
from shared.platform.messages import CodeRequest, PartsRequest, ReplyRequest, SubscriberRequest
from shared.platform.provider_credentials import ProviderCredentials
from shared.platform.seal import Seal
from shared.platform.search_files import SearchFiles
from shared.platform.settings import load
from shared.search.local_copy import PUBLIC, LocalCopy, NewestAnswers
from shared.tables.answers.reactions import ReactionTable
from shared.tables.contacts.codes import AccessCodes
from shared.tables.contacts.subscribers import Subscribers
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.directory import forget as forget_directory
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots
from shared.tables.statistics import Statistics
from shared.tables.throttle.calls import HotlineCalls
from shared.tables.throttle.counters import NameCounter
from shared.tables.throttle.held_texts import HeldTexts
from shared.tables.throttle.pin_guard import PinGuard
from shared.tables.throttle.replies import Replies
from shared.tables.throttle.site.receipt_contacts import ReceiptContacts
from shared.tables.throttle.sms_budget import SmsBudget
from shared.tables.throttle.suppressions import Suppressions
from shared.tables.unsent.rows import UnsentRows
from shared.use_cases.classify_petition import Classifier
from shared.use_cases.follow_changes import ChangeFeed
from shared.use_cases.receive_submission import Reception
from shared.web.rendering import Pages

PAGES = Pages(Path(__file__).parent)
"""The citizens' pages: made of the package's own files, so they outlive the settings."""
BEGUN_FOR_EACH_SENT = 5
"""Petitions that a network address may begin for each that it may send in an hour."""

SERVICES = ("dynamodb", "kms", "s3", "secretsmanager", "sqs")
"""The services of AWS that requests call."""
RARE = ("reportlab.pdfgen.canvas", "shared.providers.sns_signature")
"""Modules that are imported where they are used; a snapshot has them."""


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
    unsent: UnsentPetitions
    unsent_files: UnsentFiles
    classifier: Classifier
    api_keys: ApiKeys
    challenges: Challenges
    finder: PetitionFinder
    follow_up: FollowUp
    add_contact: AddContact
    pin_again: PinAgain
    renewal: Renewal
    access_by_code: AccessByCode
    my_petitions: MyPetitions
    subscriptions: Subscriptions
    views: PetitionViews
    passes: Passes
    receipt_contacts: ReceiptContacts
    deliveries: Deliveries
    files: FileDesk
    public_record: PublicRecord
    answer_search: AnswerSearch
    reactions: Reactions
    changes_feed: ChangeFeed
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


def forget() -> None:
    """Drop what was built: it holds settings, the identifiers' key and what was read of the stage."""
    forget_directory()
    parts.cache_clear()
    upload_check.cache_clear()


def build(settings: IntakeSettings) -> Parts:
    """Build the parts; reads the identifiers' key from Secrets Manager and calls no other service."""
    keyring = secrets.keyring(settings.identifiers_secret)
    key = keyring.names()
    credentials, seal = ProviderCredentials(settings.providers_secret), Seal(settings.seal_key_id)
    directory = Directory(settings.directory_table)
    petitions = Petitions(settings.petitions_table, directory, is_packed=settings.petitions_packed)
    bucket = AttachmentsBucket(settings.attachments_bucket)
    reception = Reception(petitions, directory, seal, keyring)
    follow_up = FollowUp(petitions, directory, seal)
    challenges, passes = Challenges(keyring, settings.cost_of_a_try), Passes(petitions, keyring)
    pin_guard = _pin_guard(settings, keyring, challenges)
    index = LocalCopy(SearchFiles(settings.attachments_bucket), PUBLIC, NewestAnswers(petitions))
    public_record = PublicRecord(petitions, directory, index)
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
        unsent=_unsent(settings, seal, key),
        unsent_files=UnsentFiles(petitions, bucket, settings.file_limits, key),
        classifier=Classifier(directory),
        api_keys=ApiKeys(credentials, is_sandbox=settings.sandbox),
        challenges=challenges,
        finder=_finder(settings, petitions, directory, pin_guard, keyring),
        renewal=Renewal(follow_up, keyring, per_day=settings.renewals_per_day),
        follow_up=follow_up,
        add_contact=AddContact(follow_up, seal, Suppressions(settings.throttle_table), key),
        pin_again=PinAgain(petitions, follow_up, pin_guard, key, per_day=settings.pins_again_per_day),
        access_by_code=_access_by_code(settings, keyring, pin_guard),
        my_petitions=MyPetitions(petitions, directory, settings.link_kept_for),
        subscriptions=_subscriptions(settings, seal, keyring),
        views=_views(settings, keyring),
        passes=passes,
        receipt_contacts=ReceiptContacts(settings.throttle_table, key),
        deliveries=Deliveries(settings.deliveries_table),
        files=FileDesk(petitions, bucket, settings.file_limits, key, passes),
        public_record=public_record,
        answer_search=AnswerSearch(petitions, directory, index, public_record),
        reactions=_reactions(settings, keyring),
        changes_feed=ChangeFeed(petitions, Outlines(settings.petitions_table)),
        public_statistics=_public_statistics(settings, directory),
        outlines=Outlines(settings.petitions_table),
        sms=_sms(settings, reception, petitions, directory, follow_up, seal, key),
        calls=HotlineCalls(settings.throttle_table, key),
    )


def build_upload_check(settings: IntakeSettings) -> UploadCheck:
    """Build the check of uploads, whose role reads no secret."""
    bucket = AttachmentsBucket(settings.attachments_bucket)
    directory = Directory(settings.directory_table)
    petitions = Petitions(settings.petitions_table, directory, is_packed=settings.petitions_packed)
    return UploadCheck(petitions, bucket, _scanner(settings, bucket), settings.file_limits)


def _finder(
    settings: IntakeSettings,
    petitions: Petitions,
    directory: Directory,
    pin_guard: PinGuard,
    keyring: Keyring,
) -> PetitionFinder:
    return PetitionFinder(
        petitions, pin_guard, keyring, settings.link_kept_for, lambda: bool(directory.restorations())
    )


def _pin_guard(settings: IntakeSettings, keyring: Keyring, challenges: Challenges) -> PinGuard:
    return PinGuard(
        settings.throttle_table, keyring, settings.pin_limits(settings.tries_per_address), challenges
    )


def _access_by_code(settings: IntakeSettings, keyring: Keyring, guard: PinGuard) -> AccessByCode:
    return AccessByCode(
        AccessCodes(settings.throttle_table),
        NameCounter(settings.throttle_table, "names"),
        guard,
        keyring,
        CodeLimits(settings.codes_per_contact, settings.codes_asked_per_address),
        partial(_ask_notifier, settings.notices_queue_url),
    )


def _subscriptions(settings: IntakeSettings, seal: Seal, keyring: Keyring) -> Subscriptions:
    return Subscriptions(
        Subscribers(settings.throttle_table),
        NameCounter(settings.throttle_table, "names"),
        seal,
        keyring,
        partial(_ask_notifier, settings.notices_queue_url),
        per_address=settings.codes_asked_per_address,
    )


def _views(settings: IntakeSettings, keyring: Keyring) -> PetitionViews:
    deliveries = Deliveries(settings.deliveries_table)
    return PetitionViews(deliveries, keyring, acceptance_counts=settings.acceptance_counts_as_delivered)


def _reactions(settings: IntakeSettings, keyring: Keyring) -> Reactions:
    counter = NameCounter(settings.throttle_table, "reactions")
    table = ReactionTable(settings.statistics_table)
    return Reactions(table, counter, keyring, per_address=settings.reactions_from_an_address)


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


def _unsent(settings: IntakeSettings, seal: Seal, key: bytes) -> UnsentPetitions:
    begun = settings.sent_per_address * BEGUN_FOR_EACH_SENT
    addresses = AddressLimit(
        settings.throttle_table, key, per_hour=begun, unproven_per_hour=begun, counted="begun"
    )
    return UnsentPetitions(UnsentRows(settings.throttle_table), seal, key, addresses)


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


def _ask_notifier(notices_queue_url: str, request: ReplyRequest | CodeRequest | SubscriberRequest) -> None:
    queues.send(notices_queue_url, [request])
