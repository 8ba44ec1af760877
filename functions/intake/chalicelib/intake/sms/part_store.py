"""Stores the parts of long SMS until all have come, or until the waiting time is over.

One row of the throttle table holds the parts of one message; it is named by an HMAC of the sender and what the
provider calls the message. The sender is sealed in it, bound to the row's name: the one Lambda that takes incomplete
messages (`on_parts`) may open that and no petitioner's seal.
When the waiting time is over, the row lists the parts that were taken; each later part is late and belongs to the
same petition.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from chalicelib.intake.sms.parts import group_of, join, missing_parts
from chalicelib.intake.sms.webhook import InboundSms, Part
from shared.domain.petition.values.petitioner import Identity, SealedPart
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.throttle.sms_parts import PartExistsError, PartsRow, SmsParts

_MOST_MESSAGES = 8
"""Phones count their long messages with one byte, some always with 1: so many may be on their way under one name."""


class Arrival(NamedTuple):
    """The state of a message after one SMS.

    One of: a whole message; a part whose others are still awaited (`waits_in` names their row); a part that came
    after `whole` had been taken without it (`late`).
    """

    whole: InboundSms | None
    waits_in: str = ""
    late: InboundSms | None = None


class PartStore:
    """Joins the parts of long messages.

    Args:
        table: the throttle table.
        seal: closes who the sender is (and, in `on_parts`, opens it).
    """

    def __init__(self, table: str, seal: Seal) -> None:
        self._rows = SmsParts(table)
        self._seal = seal

    def take(self, sms: InboundSms, contact: str) -> Arrival:
        """Store a part and return the state of its message; an SMS that is no part is whole."""
        group = group_of(sms, contact)
        if group is None:
            return Arrival(sms)
        for n in range(_MOST_MESSAGES):
            name = f"{group}-{n}"
            row = self._added(name, sms)
            if row is not None:
                return _arrival(name, row, sms)
        return Arrival(sms)

    def give_up(self, name: str) -> InboundSms | None:
        """Take the parts of a message that have come, the same ones at every call; None where the row is gone.

        A message that became whole is returned as well: if whoever completed it died, nobody else would take it.
        """
        row = self._rows.get(name)
        while row is not None:
            parts = _parts(row, self._sender_of(name, row))
            missing = missing_parts(parts)
            if row.taken is not None or not missing or self._rows.mark_taken(name, row.parts, missing):
                return join([p for p in parts if row.taken is None or _number(p) in row.taken], give_up=True)
            row = self._rows.get(name)
        return None

    def _added(self, name: str, sms: InboundSms) -> PartsRow | None:
        """Put a part into a row and return the row; None where the row is another message's."""
        number = _number(sms)
        now = clock.now()
        sealed = self._seal.close(Identity(phone=sms.sender), context_of(name), now)
        try:
            return self._rows.add(name, number, _written(sms, now), _facts(sms, sealed), now)
        except PartExistsError as error:
            return error.row if error.row is not None and _has(error.row, sms) else None

    def _sender_of(self, name: str, row: PartsRow) -> str:
        sealed = SealedPart.model_validate(row.facts["sender"])
        return self._seal.open([sealed], context_of(name)).phone or ""


def context_of(name: str) -> str:
    """Return the encryption context of the sender's seal in a row; `policy-on_parts.json` names its beginning."""
    return f"sms-parts:{name}"


def _arrival(name: str, row: PartsRow, sms: InboundSms) -> Arrival:
    parts = _parts(row, sms.sender)
    taken = row.taken
    if taken is None:
        whole = join(parts)
        return Arrival(whole, waits_in="" if whole else name)
    whole = join([part for part in parts if _number(part) in taken], give_up=True)
    late = next(part for part in parts if _number(part) == _number(sms))
    return Arrival(whole, late=None if _number(sms) in taken else late)


def _number(sms: InboundSms) -> int:
    assert sms.part is not None  # noqa: S101 - only parts are kept
    return sms.part.number


def _has(row: PartsRow, sms: InboundSms) -> bool:
    """Return whether a row's part of this number is this very SMS, delivered again."""
    part = row.parts.get(_number(sms), {})
    return part.get("message_id") == sms.message_id or part.get("replay_key") == sms.replay_key


def _facts(sms: InboundSms, sender: SealedPart) -> dict[str, Any]:
    """Write down what all parts of a message share."""
    assert sms.part is not None  # noqa: S101 - only parts are kept
    return {
        "provider": sms.provider,
        "reference": sms.part.reference,
        "total": sms.part.total,
        "keyword_stripped": sms.keyword_stripped,
        "sender": sender.model_dump(mode="json"),
    }


def _written(sms: InboundSms, now: datetime) -> dict[str, Any]:
    return {
        "message_id": sms.message_id,
        "content": sms.content,
        "received_at": sms.received_at.isoformat() if sms.received_at else None,
        "arrived_at": now.isoformat(),
        "replay_key": sms.replay_key,
    }


def _parts(row: PartsRow, sender: str) -> list[InboundSms]:
    facts = row.facts
    return [
        InboundSms(
            provider=facts["provider"],
            message_id=part["message_id"],
            sender=sender,
            content=part["content"],
            received_at=datetime.fromisoformat(part["received_at"]) if part["received_at"] else None,
            replay_key=part["replay_key"],
            part=Part(facts["reference"], number, facts["total"]),
            keyword_stripped=facts["keyword_stripped"],
            arrived_at=datetime.fromisoformat(part["arrived_at"]),
        )
        for number, part in sorted(row.parts.items())
    ]
