"""Replies to SMS whose provider takes none in its request: kept sealed by intake, sent once by the notifier.

Rows of the throttle table, named by the SMS they answer: a provider's repeated request finds the same reply. Number
and text lie in the seal until the reply was sent, and the queue carries the row's name only.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from pydantic import ConfigDict, Field

from shared.domain.base_model import StoredModel
from shared.domain.petition.values.petitioner import SealedPart
from shared.domain.promises.deliveries import DeliveryState
from shared.tables.documents import REPLY
from shared.tables.dynamo import ConditionFailedError, Item, Table

KEPT_FOR = timedelta(days=2)
"""Longer than any provider repeats a request, and than the notifier tries to send a reply."""

ENDED = frozenset({DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.AMBIGUOUS})
"""States in which nothing more happens to a reply."""


class Reply(StoredModel):
    """One reply on its way. `sealed` is bound to `context_of(id)` and gone once the reply has ended."""

    model_config = ConfigDict(populate_by_name=True)

    id: str
    asked_at: datetime
    state: DeliveryState = DeliveryState.PREPARED
    sealed: SealedPart | None = None
    claim: str = ""
    claimed_at: datetime | None = None
    ambiguous_since: datetime | None = Field(default=None, alias="in_doubt_since")
    reason: str | None = None


class ReplyClaimLostError(Exception):
    """Another worker has this reply."""


def context_of(reply_id: str) -> str:
    """Return the context that binds the seal of a reply: it opens as no petition's and as no other reply's."""
    return f"sms-reply:{reply_id}"


class Replies:
    """Reads and writes replies. Every write is conditional."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, reply: Reply) -> None:
        """Keep a reply unless the same SMS was answered before: the first answer stands."""
        self._put(reply, "attribute_not_exists(#key)")

    def get(self, reply_id: str) -> Reply | None:
        """Return a reply, None where there is none (any more)."""
        item = self._table.get({"key": _name(reply_id)})
        return REPLY.read(Reply, item["body"]) if item else None

    def claim(self, seen: Reply, at: datetime) -> Reply:
        """Take a reply for one attempt, as long as it stands as it was seen.

        Raises:
            ReplyClaimLostError: another worker was faster.
        """
        since = seen.ambiguous_since or (seen.claimed_at if seen.state is DeliveryState.SENDING else None)
        claimed = seen.model_copy(
            update={
                "state": DeliveryState.SENDING,
                "claim": uuid.uuid4().hex,
                "claimed_at": at,
                "ambiguous_since": since,
            }
        )
        other = self._put(claimed, "claim = :claim", {"claim": seen.claim})
        if other is not None and other.claim != claimed.claim:
            raise ReplyClaimLostError
        return claimed

    def settle(self, claimed: Reply, state: DeliveryState, *, reason: str | None = None) -> None:
        """Write how an attempt ended; what has ended needs no number and no text any more."""
        settled = claimed.model_copy(
            update={
                "state": state,
                "reason": reason,
                "sealed": None if state in ENDED else claimed.sealed,
            }
        )
        self._put(settled, "claim = :claim", {"claim": claimed.claim})

    def _put(self, reply: Reply, condition: str, values: dict[str, str] | None = None) -> Reply | None:
        """Write a reply if the condition holds; else return the one that is stored, None where there is none."""
        item: Item = {
            "key": _name(reply.id),
            "claim": reply.claim,
            "body": REPLY.text_of(reply, REPLY.number_of(reply), exclude_none=True, by_alias=True),
            "expires_at": int((reply.asked_at + KEPT_FOR).timestamp()),
        }
        try:
            self._table.put_if(item, condition, values or {})
        except ConditionFailedError as error:
            return REPLY.read(Reply, error.old["body"]) if error.old else None
        return None


def _name(reply_id: str) -> str:
    return f"sms-reply#{reply_id}"
