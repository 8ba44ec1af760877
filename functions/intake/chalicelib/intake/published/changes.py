"""Changes of published answers, for programs that keep a copy: what came, what replaced what, what was taken down."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum

from pydantic import ConfigDict

from chalicelib.intake.published.answers import public_id
from shared.domain.base_model import BaseModel
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.tables.public_answers import publication_name
from shared.use_cases.follow_changes import ChangePage

_PUBLISHING = frozenset({Action.PUBLISH, Action.PUBLISH_WITH_PARENT})


class PublicChangeKind(StrEnum):
    """The kind of a change."""

    PUBLISHED = "published"
    """It is public now, or still is."""
    TAKEN_DOWN = "taken-down"


class PublicChange(BaseModel):
    """A published answer as it is after its latest change."""

    model_config = ConfigDict(frozen=True)

    id: str
    """The answer's id in public data; another one from the next publication on."""
    kind: PublicChangeKind
    replaces: tuple[str, ...]
    """The ids that it had at publications before."""
    changed_at: datetime


class PublicChanges(BaseModel):
    """A page of changes, in order."""

    model_config = ConfigDict(frozen=True)

    changes: tuple[PublicChange, ...]
    cursor: str
    """To be sent as `after`, now or later."""
    has_more: bool
    """True if the next page can be asked for at once."""


def public_changes(page: ChangePage) -> PublicChanges:
    """Return the public part of a page of changed petitions."""
    changes = (change for petition in page.petitions for change in _change(petition))
    return PublicChanges(changes=tuple(changes), cursor=page.cursor, has_more=page.has_more)


def _change(petition: Petition) -> Iterator[PublicChange]:
    """Yield the change of a petition whose answer was ever published."""
    ids = [
        public_id(publication_name(petition.submission, entry.at))
        for entry in petition.history
        if entry.action in _PUBLISHING
    ]
    if not ids:
        return
    is_public = petition.publication is not None
    yield PublicChange(
        id=ids[-1],
        kind=PublicChangeKind.PUBLISHED if is_public else PublicChangeKind.TAKEN_DOWN,
        replaces=tuple(ids[:-1]),
        changed_at=petition.history[-1].at,
    )
