"""The petitioner's view of a petition: its visible history, due date and answer; no officer's name.

Every word of it can be verified, and entries that the petitioner may not see leave only their digests, in
`chain`, so that whoever holds the answer can verify the whole chain of hashes (docs/verifying.md).
"""

from __future__ import annotations

from datetime import date, datetime

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.facts import Noted
from shared.domain.petition.history import Entry, kept_digest, kept_words_digest
from shared.domain.petition.lifecycle import MOVES, Action, State, possible_actions
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Citation
from shared.domain.petition.values.attachments import Attachment, AttachmentState, BelongsTo, Rejection
from shared.domain.petition.values.classification import Channel, Kind
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.procedures import withdrawals
from shared.domain.procedures.second_look import may_ask_for_second_look
from shared.domain.promises.duties import Duty
from shared.domain.promises.evidence import Evidence
from shared.platform.bucket import UploadForm
from shared.tables.directory import Directory, Unit
from shared.use_cases.promises import DerivationView, derivation_of, duties_of
from shared.web.i18n import Language, gettext, in_language
from shared.web.labels import ACTIONS, ATTACHMENT_STATES, KINDS, REJECTIONS, STATES
from shared.web.rendering import day_off

PETITIONERS_FILES_IN = MOVES[Action.ATTACH].sources
"""States in which a petitioner may send files."""
PETITIONERS_ACTIONS = (
    Action.SUPPLEMENT,
    Action.WITHDRAW,
    Action.UNDO_WITHDRAWAL,
    Action.WITHDRAW_CONSENT,
    Action.RATE,
    Action.REOPEN,
)


class _View(BaseModel):
    model_config = ConfigDict(frozen=True)


class HistoryItem(_View):
    """One change, as its petitioner may read it."""

    seq: int
    at: datetime
    action: Action
    action_label: str
    state: State
    state_label: str
    text: str | None = None
    expected_on: date | None = None
    """The day on which the unit expects to have an answer, from its latest word on progress."""
    is_erased: bool = False
    """True once the text was erased at the end of its retention; then the facts and the place can be verified."""
    kept: str
    """Digest of the facts that only officers read; with it, the facts shown here can be verified."""
    kept_words: str | None = None
    """Digest of the words that only officers read; with it, the text can be verified. None where there are no words."""
    digest: str
    hash: str


class ChainLink(_View):
    """A change that the petitioner may not read: its place in the chain of hashes."""

    seq: int
    digest: str
    hash: str


class AttachmentView(_View):
    """A file that the petitioner sent, and what became of it."""

    id: str
    filename: str
    size: int | None = None
    state: AttachmentState
    state_label: str
    rejection: Rejection | None = None
    reason: str | None = None
    """Why it was not kept, and what to do next."""


class AnswersFile(_View):
    """A file that came with the answer."""

    id: str
    filename: str
    content_type: str
    size: int


class ExpectedView(_View):
    """A declared file, and the form that uploads it."""

    attachment: AttachmentView
    upload: UploadForm


class AnswerView(_View):
    """The ministry's answer."""

    text: str
    citations: tuple[Citation, ...] = ()
    answered_at: datetime | None
    attachments: tuple[AnswersFile, ...] = ()


class RatingView(_View):
    """The petitioner's rating of the answer."""

    score: int
    comment: str | None = None
    at: datetime


class Links(_View):
    """Addresses of the petition: for programs, and for people."""

    self: str
    track: str


class PetitionView(_View):
    """A petition as its petitioner sees it."""

    reference: str
    state: State
    state_label: str
    subject: str
    content: str
    kind: Kind | None
    kind_label: str | None
    field: str | None
    field_label: str | None
    unit: str | None
    unit_label: str | None
    channel: Channel
    received_at: datetime
    due_on: date
    overdue: bool
    overdue_working_days: int
    days_left: int
    """Calendar days to the due date; negative once it has passed."""
    working_days_left: int
    may_publish: bool
    history: tuple[HistoryItem, ...]
    chain: tuple[ChainLink, ...]
    derivation: DerivationView
    duties: tuple[Duty, ...]
    answer: AnswerView | None = None
    rating: RatingView | None = None
    attachments: tuple[AttachmentView, ...] = ()
    undo_withdrawal_until: date | None = None
    """The last day on which the withdrawal can be undone; None where there is none to undo."""
    possible_actions: tuple[Action, ...]
    links: Links


class ReceiptView(_View):
    """The receipt of a petition. The PIN is shown here and nowhere else."""

    reference: str
    pin: str
    state: State
    state_label: str
    received_at: datetime
    due_on: date
    answer_by: tuple[ReplyBy, ...] = ()
    """The channels that notices and the answer come over, in their order; a number without SMS is called."""
    links: Links


def links_of(reference: str, public_url: str) -> Links:
    """Return where a petition is found; neither address carries a secret."""
    return Links(
        self=f"{public_url}/v1/petitions/{reference}",
        track=f"{public_url}/tra-cuu?ma={reference}",
    )


def receipt(
    petition: Petition,
    pin: str,
    public_url: str,
    language: Language,
    answer_by: tuple[ReplyBy, ...],
) -> ReceiptView:
    """Return the receipt of a petition that is safely stored."""
    return ReceiptView(
        reference=petition.reference,
        pin=pin,
        state=petition.state,
        state_label=gettext(language)(STATES[petition.state]),
        received_at=petition.received_at,
        due_on=petition.due_on,
        answer_by=answer_by,
        links=links_of(petition.reference, public_url),
    )


def petitioners_view(
    petition: Petition,
    directory: Directory,
    now: datetime,
    public_url: str,
    language: Language,
    evidence: Evidence,
) -> PetitionView:
    """Return the petitioner's view of a petition, in their language."""
    _ = gettext(language)
    petition = petition.as_known_outside(now)
    received_on = local_date(petition.received_at)
    field = directory.fields(received_on).get(petition.field or "")
    unit = _unit_of(petition, directory, now)
    is_overdue = petition.is_unanswered and deadlines.is_overdue(petition.due_on, now)
    left = deadlines.days_left(petition.due_on, now, directory.calendar())
    return PetitionView(
        reference=petition.reference,
        state=petition.state,
        state_label=_(STATES[petition.state]),
        subject=petition.subject,
        content=petition.content,
        kind=petition.kind,
        kind_label=_(KINDS[petition.kind]) if petition.kind else None,
        field=petition.field,
        field_label=in_language(language, field.name, field.name_en) if field else None,
        unit=petition.unit,
        unit_label=in_language(language, unit.name, unit.name_en) if unit else None,
        channel=petition.channel,
        received_at=petition.received_at,
        due_on=petition.due_on,
        overdue=is_overdue,
        overdue_working_days=max(0, -left.in_words) if is_overdue else 0,
        days_left=left.calendar_days,
        working_days_left=left.working_days,
        may_publish=petition.may_publish,
        history=_history(petition, language),
        chain=tuple(
            ChainLink(seq=entry.seq, digest=entry.digest, hash=entry.hash)
            for entry in petition.history
            if not entry.is_visible
        ),
        derivation=_derivation(petition, directory, language),
        duties=duties_of(petition, directory, now, evidence),
        answer=_answer(petition),
        rating=RatingView(**petition.rating.model_dump()) if petition.rating else None,
        attachments=petitioners_files(petition, language),
        undo_withdrawal_until=_undo_until(petition, directory, now),
        possible_actions=_possible_actions(petition, directory, now),
        links=links_of(petition.reference, public_url),
    )


def _unit_of(petition: Petition, directory: Directory, now: datetime) -> Unit | None:
    """Return the unit that has a petition: as it is today, else as it was on the day of receipt."""
    days = (local_date(now), local_date(petition.received_at))
    return next((unit for day in days if (unit := directory.units(day).get(petition.unit or ""))), None)


def _derivation(petition: Petition, directory: Directory, language: Language) -> DerivationView:
    derived = derivation_of(petition, directory)
    skipped = tuple((day, day_off(reason, language)) for day, reason in derived.skipped)
    return derived.model_copy(update={"skipped": skipped})


def _undo_until(petition: Petition, directory: Directory, now: datetime) -> date | None:
    terms, calendar = directory.terms_of(petition), directory.calendar()
    may_undo = withdrawals.may_undo(petition, terms, calendar, now)
    return withdrawals.undo_until(petition, terms, calendar) if may_undo else None


def _possible_actions(petition: Petition, directory: Directory, now: datetime) -> tuple[Action, ...]:
    may = {
        Action.REOPEN: may_ask_for_second_look(petition, directory.terms_of(petition)),
        Action.UNDO_WITHDRAWAL: _undo_until(petition, directory, now) is not None,
        Action.WITHDRAW_CONSENT: petition.may_publish,
    }
    return tuple(a for a in possible_actions(petition.state) if a in PETITIONERS_ACTIONS and may.get(a, True))


def _answer(petition: Petition) -> AnswerView | None:
    if petition.answer is None:
        return None
    return AnswerView(
        text=petition.answer.text,
        citations=petition.answer.citations,
        answered_at=petition.answer.approved_at,
        attachments=tuple(
            AnswersFile(
                id=file.id,
                filename=file.filename,
                content_type=file.content_type or "",
                size=file.size or 0,
            )
            for file in petition.attachments
            if file.is_clean and file.id in petition.answer.attachments
        ),
    )


def petitioners_files(petition: Petition, language: Language) -> tuple[AttachmentView, ...]:
    """Return the files that the petitioner sent."""
    return tuple(
        attachment_view(file, language)
        for file in petition.attachments
        if file.belongs_to is BelongsTo.PETITION
    )


def attachment_view(attachment: Attachment, language: Language) -> AttachmentView:
    """Return the petitioner's view of one of their files."""
    _ = gettext(language)
    return AttachmentView(
        id=attachment.id,
        filename=attachment.filename,
        size=attachment.size,
        state=attachment.state,
        state_label=_(ATTACHMENT_STATES[attachment.state]),
        rejection=attachment.rejection,
        reason=_(REJECTIONS[attachment.rejection]) if attachment.rejection else None,
    )


def _expected_on(entry: Entry) -> date | None:
    return entry.facts.expected_on if isinstance(entry.facts, Noted) else None


def _history(petition: Petition, language: Language) -> tuple[HistoryItem, ...]:
    _ = gettext(language)
    return tuple(
        HistoryItem(
            seq=entry.seq,
            at=entry.at,
            action=entry.action,
            action_label=_(ACTIONS[entry.action]),
            state=entry.state,
            state_label=_(STATES[entry.state]),
            text=entry.text,
            expected_on=_expected_on(entry),
            is_erased=entry.is_erased,
            kept=kept_digest(entry, petition.submission),
            kept_words=kept_words_digest(entry, petition.submission),
            digest=entry.digest,
            hash=entry.hash,
        )
        for entry in petition.history
        if entry.is_visible
    )
