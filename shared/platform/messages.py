"""Messages of the queues: identifiers, never personal data. Each message is validated when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import quote_plus, unquote_plus

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    ConfigDict,
    Field,
    model_serializer,
    model_validator,
)

from shared.domain.base_model import BaseModel
from shared.domain.petition.values.attachments import QUARANTINE
from shared.domain.promises.notices import Audience, NoticeKind


class Message(BaseModel):
    """One queue message; unknown attributes are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


Reference = Annotated[str, Field(pattern=r"^\d{11}$")]


class AboutPetition(Message):
    """A message about one petition."""

    reference: Annotated[str, Field(min_length=1)]


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
    COUNT_MERGED = "count-merged"
    """Count those that are merged into it, for the officers' lists."""
    RELAY = "relay"
    """Relay a change of it that the change stream could not read."""


class RoutingRequest(AboutPetition):
    """Ask the router to decide about a petition, or about those that were merged."""

    reference: Reference

    task: Annotated[
        TaskType, Field(validation_alias=AliasChoices("task", "errand"), serialization_alias="errand")
    ] = TaskType.ROUTE
    """Sent under its earlier name, which a router of the version before reads; from the next release on as `task`."""
    after: str | None = None
    """The reference after which the page of merged petitions starts."""
    seen: int | None = None
    """The version up to which its changes were relayed."""
    sequence: str | None = None
    """The place of a change that was put aside, in the stream."""


class ChangeSetAside(Message):
    """Ask the router to relay a change that could not be read from the stream (read as a `RoutingRequest`).

    Whatever the item's key is: one that is no reference is a dead letter that says so.
    """

    reference: str
    task: Annotated[TaskType, Field(serialization_alias="errand")] = TaskType.RELAY
    seen: int
    """The version up to which its changes were relayed."""
    sequence: str
    """The change's sequence number in the stream."""


class NoticeRequest(AboutPetition):
    """Ask the notifier to tell an audience what history entry `seq` means for them."""

    seq: int
    kind: NoticeKind
    audience: Audience


class DigestRequest(Message):
    """Ask the notifier to tell an officer what is on their desk on a day."""

    officer: Annotated[str, Field(min_length=1)]
    on: date


class AccountRequest(Message):
    """Ask the notifier to tell an officer what happened to their account."""

    event: str
    """`session~{origin_jti}`: it is on a new device; `reset~{user name}~{seconds since 1970}`: no second factor."""


class WebhookTestRequest(Message):
    """Ask the notifier to send a test event to a program."""

    subscription: Annotated[str, Field(min_length=1)]
    number: Annotated[int, Field(ge=1)]
    """Tells the tests of one subscription apart."""


class WakeUp(AboutPetition):
    """Ask the SLA timer to do what is due for a petition."""

    reference: Reference

    wake_at: datetime


Decision = Annotated[str, Field(pattern=r"^[0-9A-Za-zĐđ/._-]{3,60}$")]
"""The number of a decision of the ministry, e.g. 12/QD-BNV."""


class ErasureRequest(AboutPetition):
    """Ask the SLA timer to erase the person and the texts of a petition that has ended, by a decision."""

    reference: Reference

    decision: Decision
    """The number of the decision by which the ministry grants it; the history entry names it."""


class ExportRequest(AboutPetition):
    """Ask the SLA timer to record, then the notifier to write, a copy of everything that is kept of a person.

    The same message goes through both queues: a seal is opened only where the history says by which decision.
    """

    reference: Reference

    exported_by: Decision
    """The number of the decision by which the ministry grants the copy."""

    @property
    def change_id(self) -> str:
        """The identifier of the history entry that records the opening of the seal."""
        return f"export:{self.exported_by}"


class ResealRequest(Message):
    """Ask the SLA timer to move every seal to the key that the seal's alias leads to (ADR 0082)."""

    seal_key: Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{8,64}$")]
    """The id of that key."""
    asked_at: Annotated[int, Field(ge=0)]
    """The second at which it was asked for: the same request begins one round, however often it arrives."""

    @property
    def round(self) -> str:
        """The name of the round."""
        return f"{self.seal_key}/{self.asked_at}"


class KeyRequest(Message):
    """Ask the SLA timer to announce another key of the identifiers (ADR 0083)."""

    key_asked_at: Annotated[int, Field(ge=0)]
    """The second at which it was asked for: the same request announces one key, however often it arrives."""


class RenewalRequest(Message):
    """Ask the SLA timer to renew PINs and links that were given before a key was in force (ADR 0083)."""

    renew_before: Annotated[int, Field(ge=0)]
    """The second from which that key is in force."""
    renewal_asked_at: Annotated[int, Field(ge=0)]
    """The second at which it was asked for: the same request begins one round, however often it arrives."""

    @property
    def round(self) -> str:
        """The name of the round."""
        return f"{self.renew_before}/{self.renewal_asked_at}"


class RoundStep(Message):
    """Ask the SLA timer to go on with one shard of a job's round, from where its cursor stands."""

    job: Annotated[str, Field(min_length=1)]
    round: Annotated[str, Field(min_length=1)]
    shard: Annotated[str, Field(min_length=1)]


class ReplyRequest(Message):
    """Ask the notifier to send the reply to an SMS whose provider takes none (`shared.tables.throttle.replies`)."""

    reply: Annotated[str, Field(min_length=1)]


class CodeRequest(Message):
    """Ask the notifier to send a one-time code to a contact (`shared.tables.contacts.codes`), if we know it."""

    code: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    """Names the row; neither contact nor code follows from it."""


class SubscriberRequest(Message):
    """Ask the notifier to send a mail about new answers to a subscriber (`shared.tables.contacts.subscribers`)."""

    subscriber: Annotated[str, Field(pattern=r"^[0-9a-f]{20}$")]
    asked_at: Annotated[int, Field(ge=0)] = 0
    """The second at which the subscription was asked for: the link that confirms it is sent; 0 asks for the mail."""
    week: str = ""
    """The Monday of the week that the mail is about."""


class PartsRequest(Message):
    """Ask intake, after a while, to take what has come of a long SMS (`parts` names the row that holds it)."""

    parts: Annotated[str, Field(min_length=1)]


def _in_quarantine(key: str) -> str:
    if not key.removeprefix(QUARANTINE) or not key.startswith(QUARANTINE):
        raise ValueError("not in the quarantine")
    return key


class UploadRequest(Message):
    """Ask intake to check a file in quarantine, in the words of S3's own event, which has been lost."""

    key: Annotated[str, AfterValidator(_in_quarantine)]

    @model_serializer
    def _as_the_bucket_says(self) -> dict[str, Any]:
        record = {"eventName": "ObjectCreated:Again", "s3": {"object": {"key": quote_plus(self.key)}}}
        return {"Records": [record]}


class TopicNotification(BaseModel):
    """A message of an SNS topic, as SNS puts it on a queue; `message` may name people and is shown nowhere."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    type: Annotated[Literal["Notification"], Field(validation_alias="Type")]
    topic: Annotated[str, Field(validation_alias="TopicArn")]
    message: Annotated[str, Field(validation_alias="Message", repr=False)]


class BucketRecord(BaseModel):
    """One file that was uploaded to the quarantine, or tagged there; the key comes encoded as in a form."""

    model_config = ConfigDict(frozen=True)

    event: Annotated[
        str,
        Field(pattern=r"^(s3:)?Object(Created|Tagging):", validation_alias=AliasPath("eventName")),
    ]
    key: Annotated[
        str,
        AfterValidator(unquote_plus),
        AfterValidator(_in_quarantine),
        Field(validation_alias=AliasPath("s3", "object", "key")),
    ]


class BucketEvent(BaseModel):
    """The event of S3 when files were uploaded or tagged; only its test message, at deployment, holds no records."""

    model_config = ConfigDict(frozen=True)

    records: Annotated[tuple[BucketRecord, ...], Field(validation_alias="Records")] = ()

    @model_validator(mode="before")
    @classmethod
    def _names_files_or_is_the_test(cls, value: Any) -> Any:
        is_test = (
            isinstance(value, Mapping) and value.get("Event") == "s3:TestEvent" and "Records" not in value
        )
        if not is_test and not (isinstance(value, Mapping) and value.get("Records")):
            raise ValueError("no records")
        return value
