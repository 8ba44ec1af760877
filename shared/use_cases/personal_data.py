"""A copy of everything that is kept of a petition's person, for that person (law on personal data).

The notifier writes it where the history names the decision (ExportRequest); `ops collect-export` hands it out. It holds
what the petitioner may read, what they gave, and when their seal was opened; no word that only officers read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.petition.change import is_petitioner
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Channel
from shared.domain.petition.values.petitioner import Identity, PetitionerType, ReplyBy
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience, NoticeKind

EXPORTS = "exports/"
"""The beginning of the keys of copies in the attachments bucket, whose rule removes them after a week."""
_OPENINGS = frozenset({Action.OPEN_SEAL, Action.OPEN_ATTACHMENT})


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class GivenIdentity(_Part):
    """A part of the seal, and when it was closed."""

    at: datetime
    identity: Identity


class ShownEntry(_Part):
    """An entry of the history as the petitioner reads it."""

    at: datetime
    action: Action
    is_own: bool
    """True if the petitioner made it."""
    text: str | None


class OwnFile(_Part):
    """A file of the petition or of its answer."""

    filename: str
    size: int | None
    declared_at: datetime
    is_own: bool


class SentNotice(_Part):
    """A notice to the petitioner."""

    at: datetime
    kind: NoticeKind
    channel: DeliveryChannel
    state: DeliveryState


class PersonalData(_Part):
    """Everything that is kept of the person of one petition."""

    reference: str
    decision: str
    written_at: datetime
    type: PetitionerType
    identities: tuple[GivenIdentity, ...]
    reply_by: tuple[ReplyBy, ...]
    province: str | None
    channel: Channel
    received_at: datetime
    due_on: date
    state: State
    may_publish: bool
    subject: str
    content: str
    answer: str | None
    published: str | None
    """The text of the publication, as everybody reads it."""
    score: int | None
    comment: str | None
    call_started_at: datetime | None
    entries: tuple[ShownEntry, ...]
    files: tuple[OwnFile, ...]
    notices: tuple[SentNotice, ...]
    looked_at: tuple[datetime, ...]
    """The times at which the petitioner looked at the petition."""
    opened_at: tuple[datetime, ...]
    """The times at which officers opened the seal or a file of the petitioner."""


def export_prefix(decision: str) -> str:
    """Return the beginning of the keys of a decision's copies; no decision has a tilde."""
    return f"{EXPORTS}{decision.replace('/', '~')}/"


def export_key(decision: str, reference: str) -> str:
    """Return the key of one petition's copy."""
    return f"{export_prefix(decision)}{reference}.json"


def personal_data_of(
    petition: Petition,
    identities: Sequence[Identity],
    deliveries: Iterable[Delivery],
    views: Iterable[tuple[int, datetime]],
    *,
    decision: str,
    at: datetime,
) -> PersonalData:
    """Return the copy of one petition, as far as word of it has left.

    Args:
        petition: the petition.
        identities: the parts of its seal, opened, in their order.
        deliveries: all of its deliveries.
        views: when its petitioner looked.
        decision: the number of the decision that grants it.
        at: the time of the copy.
    """
    openings = tuple(entry.at for entry in petition.history if entry.action in _OPENINGS)
    petition = petition.as_known_outside(at)
    person, public = petition.petitioner, petition.publication
    return PersonalData(
        reference=petition.reference,
        decision=decision,
        written_at=at,
        type=person.type,
        identities=tuple(
            GivenIdentity(at=part.at, identity=identity)
            for part, identity in zip(person.seal, identities, strict=True)
        ),
        reply_by=person.reply_by,
        province=petition.province,
        channel=petition.channel,
        received_at=petition.received_at,
        due_on=petition.due_on,
        state=petition.state,
        may_publish=petition.may_publish,
        subject=petition.subject,
        content=petition.content,
        answer=petition.answer.text if petition.answer else None,
        published=f"{public.subject}\n\n{public.content}\n\n{public.answer}" if public else None,
        score=petition.rating.score if petition.rating else None,
        comment=petition.rating.comment if petition.rating else None,
        call_started_at=petition.call_started_at,
        entries=_entries(petition),
        files=_files(petition),
        notices=tuple(
            SentNotice(at=each.at, kind=each.kind, channel=each.channel, state=each.state)
            for each in deliveries
            if each.audience is Audience.PETITIONER and each.channel is not None
        ),
        looked_at=tuple(sorted(seen_at for _version, seen_at in views)),
        opened_at=openings,
    )


def _entries(petition: Petition) -> tuple[ShownEntry, ...]:
    return tuple(
        ShownEntry(at=entry.at, action=entry.action, is_own=is_petitioner(entry.by), text=entry.text)
        for entry in petition.history
        if entry.is_visible
    )


def _files(petition: Petition) -> tuple[OwnFile, ...]:
    return tuple(
        OwnFile(
            filename=file.filename,
            size=file.size,
            declared_at=file.declared_at,
            is_own=is_petitioner(file.by),
        )
        for file in petition.attachments
    )
