"""Puts casework together, once per process."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.casework.actions.take_action import Casework
from chalicelib.casework.desk.queues import Lists
from chalicelib.casework.settings import CaseworkSettings
from shared.platform import secrets, settings
from shared.platform.seal import Seal
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.web.i18n import add_catalogue

if TYPE_CHECKING:
    from chalicelib.casework.access.sessions import Sessions
    from chalicelib.casework.administration.administer import Administration
    from chalicelib.casework.desk.files import OfficersFiles
    from chalicelib.casework.hotline.call_tasks import CallTasks
    from chalicelib.casework.hotline.callers import Callers
    from chalicelib.casework.oversight.ambiguous_deliveries import Doubts
    from chalicelib.casework.oversight.openings import Audit
    from chalicelib.casework.reports.make_report import Reports
    from shared.domain.petition.petition import Petition
    from shared.domain.promises.evidence import Evidence
    from shared.platform.bucket import AttachmentsBucket
    from shared.tables.corrections import Corrections
    from shared.tables.deliveries import Deliveries
    from shared.use_cases.receive_submission import Reception
    from shared.web.rendering import Pages

_HERE = Path(__file__).parent


def configuration() -> CaseworkSettings:
    """Return casework's settings."""
    told: CaseworkSettings = settings.load(CaseworkSettings)
    return told


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
    """Return the seal."""
    return Seal(configuration().seal_key_id)


@cache
def casework() -> Casework:
    """Return what lets officers act; some of what they do is told to petitioners in English."""
    add_catalogue(_HERE / "locale")
    return Casework(petitions(), directory(), seal())


def administration() -> Administration:
    """Return what keeps the directory."""
    from chalicelib.casework.administration.administer import Administration as Keeper  # noqa: PLC0415 - administrators alone need it

    return Keeper(directory(), petitions())


@cache
def corrections() -> Corrections:
    """Return what officers decided otherwise than the router."""
    from shared.tables.corrections import Corrections  # noqa: PLC0415 - one page shows them

    return Corrections(configuration().petitions_table)


@cache
def lists() -> Lists:
    """Return what lists open petitions."""
    return Lists(petitions(), directory())


@cache
def reports() -> Reports:
    """Return what makes reports."""
    from chalicelib.casework.reports.make_report import Reports  # noqa: PLC0415 - a tenth of a cold start; officers at work need none
    from shared.tables.outlines import Outlines  # noqa: PLC0415 - ditto
    from shared.tables.statistics import Statistics  # noqa: PLC0415 - ditto

    told = configuration()
    outlines = Outlines(told.petitions_table)
    statistics = Statistics(told.statistics_table, outlines, directory())
    return Reports(petitions(), outlines, statistics, directory())


@cache
def audit() -> Audit:
    """Return what auditors read."""
    from chalicelib.casework.oversight.openings import Audit  # noqa: PLC0415 - auditors alone need it
    from shared.tables.openings import Openings  # noqa: PLC0415 - ditto

    return Audit(Openings(configuration().petitions_table))


@cache
def deliveries() -> Deliveries:
    """Return what was sent to people."""
    from shared.tables.deliveries import Deliveries  # noqa: PLC0415 - lists do without it

    return Deliveries(configuration().deliveries_table)


def evidence(petition: Petition) -> Evidence:
    """Return what shows that a petitioner was told."""
    from shared.tables.evidence import evidence_of  # noqa: PLC0415 - lists do without it

    counts = configuration().acceptance_counts_as_told
    return evidence_of(deliveries(), petition.reference, acceptance_counts=counts)


def doubts() -> Doubts:
    """Return the sends in doubt."""
    from chalicelib.casework.oversight.ambiguous_deliveries import Doubts as List  # noqa: PLC0415 - few requests are about them

    return List(deliveries())


@cache
def call_tasks() -> CallTasks:
    """Return the operators' calls."""
    from chalicelib.casework.hotline.call_tasks import CallTasks  # noqa: PLC0415 - few requests are about calls

    return CallTasks(petitions(), deliveries(), seal())


@cache
def callers() -> Callers:
    """Return what serves people who call again."""
    from chalicelib.casework.hotline.callers import Callers  # noqa: PLC0415 - few requests are about calls
    from shared.tables.pin_guard import PinGuard  # noqa: PLC0415 - ditto

    told = configuration()
    key = secrets.identifiers_key(told.identifiers_secret)
    guard = PinGuard(
        told.throttle_table,
        key,
        tries_per_reference=told.pin_tries_per_reference,
        tries_per_address=told.pin_tries_per_address,
        locked_for=told.locked_for,
    )
    return Callers(petitions(), directory(), guard, key)


@cache
def sessions() -> Sessions:
    """Return what knows who holds a token."""
    from chalicelib.casework.access.sessions import Sessions  # noqa: PLC0415 - cryptography is slow to import

    told = configuration()
    return Sessions(told.identity_pool_id, told.identity_client_id, told.identity_jwks_url, directory())


@cache
def reception() -> Reception:
    """Return what receives a caller's petition."""
    from shared.use_cases.receive_submission import Reception  # noqa: PLC0415 - operators alone need it

    key = secrets.identifiers_key(configuration().identifiers_secret)
    return Reception(petitions(), directory(), seal(), key)


@cache
def bucket() -> AttachmentsBucket:
    """Return the bucket of files."""
    from shared.platform.bucket import AttachmentsBucket  # noqa: PLC0415 - few requests are about files

    return AttachmentsBucket(configuration().attachments_bucket)


@cache
def files() -> OfficersFiles:
    """Return what officers do with files."""
    from chalicelib.casework.desk.files import OfficersFiles  # noqa: PLC0415 - few requests are about files
    from shared.use_cases.declare_file import Declarations  # noqa: PLC0415 - ditto

    told = configuration()
    key = secrets.identifiers_key(told.identifiers_secret)
    declarations = Declarations(petitions(), bucket(), told.file_limits, key)
    return OfficersFiles(petitions(), bucket(), declarations)


@cache
def pages() -> Pages:
    """Return the officers' pages; Jinja2 is imported here because the JSON API does without it."""
    from shared.web.rendering import Pages  # noqa: PLC0415 - keeps the API's cold start short

    return Pages(_HERE)


def forget() -> None:
    """Build anew on next use (tests)."""
    for built in (
        directory,
        petitions,
        seal,
        casework,
        lists,
        corrections,
        reports,
        audit,
        sessions,
        deliveries,
        call_tasks,
        callers,
        reception,
        bucket,
        files,
        pages,
    ):
        built.cache_clear()
