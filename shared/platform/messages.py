"""Messages of the queues: identifiers, never personal data. Each message is validated when it is read."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from urllib.parse import unquote_plus

from pydantic import AfterValidator, AliasChoices, AliasPath, ConfigDict, Field

from shared.domain.base_model import BaseModel
from shared.domain.promises.notices import Audience, NoticeKind


class Message(BaseModel):
    """One queue message; unknown attributes are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class AboutPetition(Message):
    """A message about one petition."""

    reference: str


class TaskType(StrEnum):
    """The tasks of the router."""

    ROUTE = "route"
    """Decide its field and unit."""
    FOLLOW = "follow"
    """Let it share the fate of the petition that it was merged into."""
    SCREEN = "screen"
    """Look through what its petitioner added, before a unit reads it."""
    LEAD = "lead"
    """Ask those that were merged into it to follow, a page at a time."""


class RoutingRequest(AboutPetition):
    """Ask the router to decide about a petition, or about those that were merged."""

    task: Annotated[
        TaskType, Field(validation_alias=AliasChoices("task", "errand"), serialization_alias="errand")
    ] = TaskType.ROUTE
    """Sent under its earlier name, which a router of the version before reads; from the next release on as `task`."""
    after: str | None = None
    """The reference after which the page of merged petitions starts."""


class NoticeRequest(AboutPetition):
    """Ask the notifier to tell an audience what history entry `seq` means for them."""

    seq: int
    kind: NoticeKind
    audience: Audience


class DigestRequest(Message):
    """Ask the notifier to tell an officer what is on their desk on a day."""

    officer: str
    on: date


class AccountRequest(Message):
    """Ask the notifier to tell an officer what happened to their account."""

    event: str
    """`session~{origin_jti}`: it is on a new device; `reset~{user name}~{seconds since 1970}`: no second factor."""


class WakeUp(AboutPetition):
    """Ask the SLA timer to do what is due for a petition."""

    wake_at: datetime


class ReplyRequest(Message):
    """Ask the notifier to send the reply to an SMS whose provider takes none (`shared.tables.throttle.replies`)."""

    reply: str


class PartsRequest(Message):
    """Ask intake, after a while, to take what has come of a long SMS (`parts` names the row that holds it)."""

    parts: str


class BucketRecord(BaseModel):
    """One thing that happened in the bucket; the key comes encoded as in a form."""

    model_config = ConfigDict(frozen=True)

    key: Annotated[
        str, AfterValidator(unquote_plus), Field(validation_alias=AliasPath("s3", "object", "key"))
    ]


class BucketEvent(BaseModel):
    """The event of S3 when a file was uploaded or tagged; its test message holds no records."""

    model_config = ConfigDict(frozen=True)

    records: Annotated[tuple[BucketRecord, ...], Field(validation_alias="Records")] = ()
