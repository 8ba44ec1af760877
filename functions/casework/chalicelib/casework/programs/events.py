"""The events that programs are sent, as the desk's OpenAPI document describes them."""

from __future__ import annotations

from shared.domain.petition.lifecycle import State
from shared.domain.promises.events import TEST, EventType, PetitionEvent, WebhookTestEvent
from shared.web.describe.webhooks import Webhook, WebhookAnswer

_ANSWERS = {
    200: WebhookAnswer(
        "Any 2xx within ten seconds: taken. Every other answer is tried again, for four days: after 1, 5 and 30"
        " minutes, then 2, 5, 10, 14, 20, 24 and 24 hours; then the program is switched off."
    ),
    410: WebhookAnswer(
        "The program wants no more events: it is switched off at once, and its contact gets a letter."
    ),
}
_ABOUT = (
    " The same event always has the same `webhook-id`; it may come twice, and events may come out of order: the"
    " greater `version` is newer. Read the petition with `GET /v1/petitions/{reference}` if you may."
)
_MEANINGS = {
    EventType.RECEIVED: ("petitionReceived", "A petition was received, and the router decided about it"),
    EventType.STATE_CHANGED: ("petitionStateChanged", "A petition's state is another one"),
    EventType.APPROVED: ("answerApproved", "A petition's answer was approved"),
    EventType.PUBLISHED: ("answerPublished", "A petition's answer was published"),
}
_STATES: dict[EventType, tuple[int, State, State]] = {
    EventType.RECEIVED: (2, State.RECEIVED, State.ASSIGNED),
    EventType.STATE_CHANGED: (3, State.ASSIGNED, State.IN_PROGRESS),
    EventType.APPROVED: (6, State.AWAITING_APPROVAL, State.ANSWERED),
    EventType.PUBLISHED: (7, State.ANSWERED, State.PUBLISHED),
}
"""For the examples: version, state before, state."""


def _example(event: EventType) -> dict[str, object]:
    version, before, state = _STATES[event]
    data = {"reference": "26483190275", "version": version, "state": state, "previous_state": before}
    return {"type": event.value, "timestamp": "2026-11-03T02:00:00Z", "data": data}


WEBHOOKS = (
    *(
        Webhook(event.value, name, summary, f"{summary}.{_ABOUT}", PetitionEvent, _ANSWERS, _example(event))
        for event, (name, summary) in _MEANINGS.items()
    ),
    Webhook(
        TEST,
        "webhookTest",
        "A test",
        "Sent once when an administrator asks for it, to see whether the address answers.",
        WebhookTestEvent,
        _ANSWERS,
        {"type": TEST, "timestamp": "2026-11-03T02:00:00Z", "data": {"subscription": "quy-trinh-bnv"}},
    ),
)
"""Each kind of event (docs/webhooks.md, "What we send: events")."""
