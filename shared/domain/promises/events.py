"""Events: the notifications of programs about a petition's history. Identifiers and states, never a word. Pure."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from shared.domain.access.readers import is_restricted
from shared.domain.base_model import BaseModel
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.promises.deliveries import entry_name


class EventType(StrEnum):
    """The types of events, as the specification of Standard Webhooks advises to write them."""

    RECEIVED = "petition.received"
    STATE_CHANGED = "petition.state_changed"
    APPROVED = "answer.approved"
    PUBLISHED = "answer.published"


TEST: Literal["webhook.test"] = "webhook.test"
"""The type of the event that an administrator sends to see whether an address answers."""


class EventData(BaseModel):
    """The petition that an event is about, and its states: identifiers alone."""

    model_config = ConfigDict(frozen=True)

    reference: str
    version: int
    """The number of history entries: of two events the one with the greater version is newer."""
    state: State
    previous_state: State | None


class PetitionEvent(BaseModel):
    """An event of a petition, as a program is sent it."""

    model_config = ConfigDict(frozen=True)

    type: EventType
    timestamp: datetime
    data: EventData


class WebhookTestData(BaseModel):
    """The subscription that a test is sent to."""

    model_config = ConfigDict(frozen=True)

    subscription: Annotated[str, Field(pattern="^[a-z0-9][a-z0-9-]{1,39}$")]


class WebhookTestEvent(BaseModel):
    """A test, as an administrator has it sent."""

    model_config = ConfigDict(frozen=True)

    type: Literal["webhook.test"] = TEST
    timestamp: datetime
    data: WebhookTestData


_OF_ACTIONS = {
    Action.RECEIVE: (),
    Action.ROUTE: (EventType.RECEIVED, EventType.STATE_CHANGED),
    Action.HAND_TO_INTAKE: (EventType.RECEIVED, EventType.STATE_CHANGED),
    Action.APPROVE: (EventType.STATE_CHANGED, EventType.APPROVED),
    Action.ANSWER_WITH_PARENT: (EventType.STATE_CHANGED, EventType.APPROVED),
    Action.PUBLISH: (EventType.STATE_CHANGED, EventType.PUBLISHED),
    Action.PUBLISH_WITH_PARENT: (EventType.STATE_CHANGED, EventType.PUBLISHED),
}


def events_after(petition: Petition, entry: Entry) -> tuple[EventType, ...]:
    """Return the events that follow from one history entry.

    `petition.received` follows from the router's first decision: before it nobody knows what a petition is. Nothing
    follows while a petition is, or may be, a denunciation: no program learns even that it exists. What
    was sent before a petition proved to be one cannot be taken back; nothing more is sent from then on. Nothing follows
    from a decision that was taken back, nor from its end: no program learned of either.
    """
    if is_restricted(petition) or petition.may_denounce:
        return ()
    if entry.action is Action.TAKE_BACK or entry.seq in petition.taken_back:
        return ()
    earlier = petition.history[: entry.seq - 1]
    is_known = any(EventType.RECEIVED in _OF_ACTIONS.get(before.action, ()) for before in earlier)
    has_changed = bool(earlier) and earlier[-1].state is not entry.state
    follows = {EventType.RECEIVED: not is_known, EventType.STATE_CHANGED: has_changed}
    events = _OF_ACTIONS.get(entry.action, (EventType.STATE_CHANGED,))
    return tuple(event for event in events if follows.get(event, True))


def event_id(reference: str, seq: int, event: str, epoch: int = 0) -> str:
    """Return the id of an event, the same however often it is sent: `evt_26265428047_3_answer_approved`."""
    return f"evt_{reference}_{entry_name(seq, epoch)}_{event.replace('.', '_')}"
