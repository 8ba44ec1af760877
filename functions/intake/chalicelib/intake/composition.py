"""Puts intake together, once per process, from its settings. Each part is made when a request first needs it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.intake.limits.address_limit import AddressLimit
from chalicelib.intake.limits.daily_limit import LimitedReception
from chalicelib.intake.petitions.add_contact import ContactAdding
from chalicelib.intake.petitions.find_petition import PetitionFinder
from chalicelib.intake.petitions.follow_up import FollowUp
from chalicelib.intake.petitions.pin_again import PinAgain
from chalicelib.intake.petitions.record_view import Sightings
from chalicelib.intake.published.answers import PublicRecord
from chalicelib.intake.published.statistics import PublicStatistics
from chalicelib.intake.settings import IntakeSettings, ScannerKind
from shared.platform import secrets, settings
from shared.platform.seal import Seal
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.tables.pin_guard import PinGuard
from shared.tables.roots import Roots
from shared.tables.statistics import Statistics
from shared.tables.suppressions import Suppressions
from shared.use_cases.receive_submission import Reception

if TYPE_CHECKING:
    from chalicelib.intake.limits.proof_of_work import Challenges
    from chalicelib.intake.petitions.attach_files import FileDesk
    from chalicelib.intake.published.similar_answers import SimilarAnswers
    from chalicelib.intake.sms.desk import SmsDesk
    from chalicelib.intake.sms.later_replies import LaterReplies
    from chalicelib.intake.sms.part_store import PartStore
    from chalicelib.intake.uploads.check_upload import UploadCheck
    from chalicelib.intake.uploads.scanners import Scanner
    from shared.platform.bucket import AttachmentsBucket
    from shared.platform.messages import BucketEvent
    from shared.web.rendering import Pages


def configuration() -> IntakeSettings:
    """Return intake's settings."""
    told: IntakeSettings = settings.load(IntakeSettings)
    return told


def identifiers_key() -> bytes:
    """Return the key from which references, PINs and contact keys are derived."""
    return secrets.identifiers_key(configuration().identifiers_secret)


@cache
def directory() -> Directory:
    """Return the ministry's directory."""
    return Directory(configuration().directory_table)


@cache
def petitions() -> Petitions:
    """Return the petitions table."""
    return Petitions(configuration().petitions_table, directory())


@cache
def seal() -> Seal:
    """Return the seal, which intake may only close."""
    return Seal(configuration().seal_key_id)


@cache
def reception() -> Reception:
    """Return what gives every submission one petition."""
    return Reception(petitions(), directory(), seal(), identifiers_key())


@cache
def limited_reception() -> LimitedReception:
    """Return the same for the web and programs, where a person has a limit for each day."""
    told = configuration()
    addresses = AddressLimit(
        told.throttle_table,
        identifiers_key(),
        per_hour=told.sent_per_address,
        unproven_per_hour=told.unproven_sent_per_address,
    )
    return LimitedReception(
        reception(), petitions(), identifiers_key(), addresses, per_day=told.petitions_per_contact
    )


@cache
def pin_guard() -> PinGuard:
    """Return what counts wrong PINs."""
    told = configuration()
    return PinGuard(
        told.throttle_table,
        identifiers_key(),
        tries_per_reference=told.pin_tries_per_reference,
        tries_per_address=told.tries_per_address,
        locked_for=told.locked_for,
    )


@cache
def finder() -> PetitionFinder:
    """Return what hands out petitions against their PIN."""
    return PetitionFinder(petitions(), pin_guard(), identifiers_key())


@cache
def sightings() -> Sightings:
    """Return what knows whether petitioners were told."""
    told = configuration()
    return Sightings(
        Deliveries(told.deliveries_table),
        identifiers_key(),
        acceptance_counts=told.acceptance_counts_as_told,
    )


@cache
def pin_again() -> PinAgain:
    """Return what has the PIN sent to its owner."""
    per_day = configuration().pins_again_per_day
    return PinAgain(petitions(), follow_up(), pin_guard(), identifiers_key(), per_day=per_day)


@cache
def follow_up() -> FollowUp:
    """Return what petitioners do later."""
    return FollowUp(petitions(), directory(), seal())


@cache
def contact_adding() -> ContactAdding:
    """Return what takes another contact, and knows whose does not work."""
    told = configuration()
    key = secrets.identifiers_key(told.identifiers_secret)
    return ContactAdding(follow_up(), seal(), Suppressions(told.throttle_table), key)


@cache
def public_record() -> PublicRecord:
    """Return what everybody may read."""
    return PublicRecord(petitions(), directory())


@cache
def challenges() -> Challenges:
    """Return what asks a page for a proof of work; imported here because only the page for sending needs it."""
    from chalicelib.intake.limits.proof_of_work import Challenges  # noqa: PLC0415 - keeps other cold starts short

    return Challenges(identifiers_key(), configuration().cost_of_a_try)


@cache
def similar_answers() -> SimilarAnswers:
    """Return what finds published answers to a question like the one being written."""
    from chalicelib.intake.published.similar_answers import SimilarAnswers  # noqa: PLC0415 - ditto

    return SimilarAnswers(public_record())


@cache
def roots() -> Roots:
    """Return the daily signed roots."""
    return Roots(configuration().roots_table)


@cache
def public_statistics() -> PublicStatistics:
    """Return the public's figures."""
    told = configuration()
    outlines = Outlines(told.petitions_table)
    return PublicStatistics(Statistics(told.statistics_table, outlines, directory()))


@cache
def sms_desk() -> SmsDesk:
    """Return what answers the short code; imported here because no other request needs it."""
    from chalicelib.intake.sms.counters import SmsStore  # noqa: PLC0415 - ditto
    from chalicelib.intake.sms.desk import SmsDesk  # noqa: PLC0415 - keeps the web's cold start short

    told = configuration()
    return SmsDesk(
        reception(),
        petitions(),
        directory(),
        follow_up(),
        SmsStore(told.throttle_table, replies_per_number=told.sms_replies_per_number),
        part_store(),
        _wait_for_parts,
        identifiers_key(),
    )


@cache
def part_store() -> PartStore:
    """Return what joins the parts of long SMS."""
    from chalicelib.intake.sms.part_store import PartStore  # noqa: PLC0415 - keeps the web's cold start short

    return PartStore(configuration().throttle_table, seal())


def _wait_for_parts(name: str) -> None:
    from shared.platform import queues  # noqa: PLC0415 - only for long SMS that came in parts
    from shared.platform.messages import PartsRequest  # noqa: PLC0415 - ditto

    told = configuration()
    queues.send(
        told.parts_queue_url, [PartsRequest(parts=name)], after_seconds=told.sms_parts_wait_minutes * 60
    )


@cache
def later_replies() -> LaterReplies:
    """Return what has SMS answered by the notifier."""
    from chalicelib.intake.sms.later_replies import LaterReplies  # noqa: PLC0415 - only where no reply goes inline
    from shared.platform import queues  # noqa: PLC0415 - ditto
    from shared.tables.replies import Replies  # noqa: PLC0415 - ditto

    told = configuration()
    return LaterReplies(
        Replies(told.throttle_table),
        seal(),
        lambda request: queues.send(told.notices_queue_url, [request]),
    )


@cache
def bucket() -> AttachmentsBucket:
    """Return the bucket of files."""
    from shared.platform.bucket import AttachmentsBucket  # noqa: PLC0415 - few requests are about files

    return AttachmentsBucket(configuration().attachments_bucket)


@cache
def file_desk() -> FileDesk:
    """Return what lets petitioners send files, and fetch those of the answer."""
    from chalicelib.intake.petitions.attach_files import FileDesk  # noqa: PLC0415 - few requests are about files

    return FileDesk(petitions(), bucket(), configuration().file_limits, identifiers_key())


@cache
def upload_check() -> UploadCheck:
    """Return what checks files that were uploaded."""
    from chalicelib.intake.uploads.check_upload import UploadCheck  # noqa: PLC0415 - the queue's business alone

    return UploadCheck(petitions(), bucket(), _scanner(), configuration().file_limits)


def check_uploads(event: BucketEvent) -> None:
    """Check what an event of the bucket tells of."""
    for record in event.records:
        upload_check().check(record.key)


def _scanner() -> Scanner:
    from chalicelib.intake.uploads import scanners  # noqa: PLC0415 - ditto

    told = configuration()
    if told.scanner is ScannerKind.EICAR:
        return scanners.EicarScanner()
    if told.scanner is ScannerKind.CLAMD:
        return scanners.ClamdScanner(told.clamd_host, told.clamd_port)
    return scanners.GuardDutyScanner(bucket())


@cache
def pages() -> Pages:
    """Return the citizens' pages; Jinja2 is imported here because the JSON API does without it."""
    from shared.web.rendering import Pages  # noqa: PLC0415 - keeps the API's cold start short

    return Pages(Path(__file__).parent)


def forget() -> None:
    """Put intake together anew on next use (tests)."""
    parts = (
        directory,
        petitions,
        seal,
        reception,
        limited_reception,
        pin_guard,
        finder,
        follow_up,
        contact_adding,
        public_record,
        public_statistics,
        roots,
        bucket,
        file_desk,
        upload_check,
    )
    later = (challenges, similar_answers, sightings, pin_again, sms_desk, part_store, later_replies, pages)
    for part in (*parts, *later):
        part.cache_clear()
