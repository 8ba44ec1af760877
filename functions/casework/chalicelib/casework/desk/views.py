"""Petitions as officers see them: a line of a queue, and a whole petition without the petitioner's identity."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import ConfigDict

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import authorization
from shared.domain.base_model import BaseModel
from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import UNANSWERED, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Answer, Publication, Rating
from shared.domain.petition.values.attachments import AttachmentState, BelongsTo, Limits, Rejection
from shared.domain.petition.values.classification import Channel, Kind, Lane, Proposal
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.procedures import screening
from shared.domain.procedures.marks import Mark
from shared.domain.promises.duties import Duty
from shared.domain.promises.evidence import Evidence
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.petition_items import Card
from shared.use_cases.evidence import DeliveriesOfPetition
from shared.use_cases.promises import DerivationView, derivation_of, duties_of


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class Line(_View):
    """One petition in a list, by due date."""

    reference: str
    state: State
    channel: Channel
    subject: str
    field: str | None
    kind: Kind | None
    unit: str
    handler: str | None
    lane: Lane
    received_at: datetime
    due_on: date
    may_publish: bool
    may_denounce: bool
    is_second_look: bool
    version: int
    overdue: bool
    days_left: int
    working_days_left: int
    publish_by: date | None = None
    """The last day for publishing the answer; None where nothing is to be published, or nobody knows since when."""
    marks: tuple[Mark, ...] = ()
    merged_count: int = 0
    """The petitions that are merged into this one; 101: more than a hundred."""


class LinePage(_View):
    """A page of a list, and where the next begins."""

    queue: str
    petitions: tuple[Line, ...]
    cursor: str | None = None
    total: int | None = None
    """The number of petitions in the whole list; None after the first page, and for a list too long to count."""


class EntryView(_View):
    """One entry of the history, with the texts that only officers may read."""

    seq: int
    at: datetime
    action: Action
    by: str
    state: State
    text: str | None
    note: str | None
    facts: dict[str, str]
    is_visible: bool
    is_held: bool
    """It waits for the intake desk to screen it before an officer of a unit reads its text."""
    hash: str


class FileView(_View):
    """A file as an officer sees it, and whether they may open it."""

    id: str
    belongs_to: BelongsTo
    filename: str
    content_type: str | None
    size: int | None
    sha256: str | None
    state: AttachmentState
    rejection: Rejection | None
    by: str
    declared_at: datetime
    is_late: bool
    """It should have been uploaded or scanned long ago."""
    may_open: bool


class DepartedView(_View):
    """A petition that the officer's own action put out of their sight: only its state is left to show."""

    reference: str
    version: int
    state: State


class DeskView(_View):
    """A petition as an officer sees it: the petitioner's identity stays sealed."""

    reference: str
    version: int
    state: State
    channel: Channel
    subject: str
    content: str
    language: str
    kind: Kind | None
    chosen_field: str | None
    field: str | None
    unit: str | None
    handler: str | None
    complained_unit: str | None
    lane: Lane
    may_publish: bool
    reply_by: tuple[ReplyBy, ...]
    is_named: bool
    may_denounce: bool
    received_at: datetime
    stored_at: datetime
    """The time at which it reached us; the clock of the law runs from `received_at`, when it was sent."""
    call_started_at: datetime | None
    call_ended_at: datetime | None
    call_agent: str | None
    due_on: date
    overdue: bool
    days_left: int
    working_days_left: int
    derivation: DerivationView
    duties: tuple[Duty, ...]
    proposal: Proposal | None
    draft: Answer | None
    earlier_drafts: tuple[Answer, ...] = ()
    answer: Answer | None
    publication: Publication | None
    rating: Rating | None
    parent: str | None
    attachments: tuple[FileView, ...]
    history: tuple[EntryView, ...]
    possible_actions: tuple[Action, ...]


def days_in_words(view: Line | DeskView) -> int:
    """Return the working days to a due date that pages say: the count that notices and the site say too."""
    return deadlines.DaysLeft(view.days_left, view.working_days_left).in_words


def line_of(card: Card, directory: Directory, now: datetime) -> Line:
    """Return a line of a list."""
    calendar = directory.calendar()
    left = deadlines.days_left(card.due_on, now, calendar)
    return Line(
        **card.model_dump(exclude={"complained_unit", "answered_at"}),
        overdue=card.state in UNANSWERED and deadlines.is_overdue(card.due_on, now),
        days_left=left.calendar_days,
        working_days_left=left.working_days,
        publish_by=_publish_by(card, directory),
    )


def _publish_by(card: Card, directory: Directory) -> date | None:
    if card.state is not State.ANSWERED or not card.may_publish or card.answered_at is None:
        return None
    terms = directory.terms_on(local_date(card.received_at))
    return deadlines.publication_due_on(card.answered_at, terms, directory.calendar())


class PetitionViews:
    """Makes the views of whole petitions.

    Args:
        directory: for terms and the working calendar.
        deliveries: hold the evidence that a petitioner was notified.
        limits: after how long an upload is late.
        acceptance_counts: whether a provider's acceptance alone counts as evidence.
    """

    def __init__(
        self, directory: Directory, deliveries: Deliveries, limits: Limits, *, acceptance_counts: bool
    ) -> None:
        self._directory = directory
        self._deliveries = deliveries
        self._limits = limits
        self._acceptance_counts = acceptance_counts

    def of(self, petition: Petition, officer: DeskOfficer, now: datetime) -> DeskView:
        """Return the parts of a petition that an officer may see, and the actions they may take.

        Its deliveries are read only where a duty was done.
        """
        return self.with_deliveries(petition, officer, now)[0]

    def with_deliveries(
        self, petition: Petition, officer: DeskOfficer, now: datetime
    ) -> tuple[DeskView, DeliveriesOfPetition]:
        """Return the same, with the petition's deliveries for whoever shows them too: they are read once."""
        deliveries = DeliveriesOfPetition(self._deliveries, petition.reference)
        evidence = deliveries.evidence(acceptance_counts=self._acceptance_counts)
        view = desk_view(petition, officer, self._directory, now, evidence, self._limits)
        return view, deliveries


def desk_view(
    petition: Petition,
    officer: DeskOfficer,
    directory: Directory,
    now: datetime,
    evidence: Evidence,
    limits: Limits,
) -> DeskView:
    """Return the parts of a petition that an officer may see, and the actions they may take."""
    calendar = directory.calendar()
    left = deadlines.days_left(petition.due_on, now, calendar)
    held = screening.held(petition)
    read = permissions.as_read_by(officer, petition)
    copied = {
        name: getattr(read, name)
        for name in DeskView.model_fields
        if name in type(petition).model_fields and name not in {"attachments", "history"}
    }
    return DeskView(
        **copied,
        version=petition.version,
        stored_at=petition.stored_at,
        reply_by=petition.petitioner.reply_by,
        is_named=petition.petitioner.is_named,
        may_denounce=petition.may_denounce and officer.has(*permissions.OVERSEERS),
        overdue=petition.is_unanswered and deadlines.is_overdue(petition.due_on, now),
        days_left=left.calendar_days,
        working_days_left=left.working_days,
        derivation=derivation_of(petition, directory),
        duties=duties_of(petition, directory, now, evidence),
        attachments=tuple(
            FileView(
                **file.model_dump(exclude={"checked_at"}),
                is_late=file.is_late(now, limits),
                may_open=file.is_clean and authorization.may_open(officer, petition, file),
            )
            for file in petition.attachments
        ),
        history=tuple(
            EntryView(
                **entry.model_dump(exclude={"digest", "is_erased", "change_id", "facts"}),
                facts=entry.facts.recorded(),
                is_held=entry.seq in held,
            )
            for entry in read.history
        ),
        possible_actions=authorization.available_actions(officer, petition),
    )
