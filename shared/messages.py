"""What crosses the queues: identifiers, never personal data. Each message is checked when it is read."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from shared.domain.notices import Audience, NoticeKind


class Message(BaseModel):
    """One queue message; unknown attributes are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reference: str


class RoutingRequest(Message):
    """Ask the router to decide the field and unit of a petition."""


class NoticeRequest(Message):
    """Ask the notifier to tell an audience what history entry `seq` means for them."""

    seq: int
    kind: NoticeKind
    audience: Audience


class WakeUp(Message):
    """Ask the SLA timer to do what is due for a petition."""

    wake_at: datetime
