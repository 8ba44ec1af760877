"""Keeps the parts of long SMS until all have come, or until they have been waited for long enough.

One row of the throttle table holds the parts of one message; it is named by an HMAC of the sender and what the
provider calls the message. The sender lies in it sealed, bound to the row's name: the one Lambda that takes what has
come (`on_parts`) may open that and no petitioner's seal.
When the waiting is over, the row says which parts were taken; each later part is late and belongs to the same petition.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from chalicelib.intake.sms.parts import group_of, join, missing_parts
from chalicelib.intake.sms.webhook import InboundSms, Part
from shared.domain.petition.values.petitioner import Identity, SealedPart
from shared.platform import aws, clock
from shared.platform.seal import Seal

KEPT_FOR = timedelta(days=2)
"""Providers repeat for a day: a late part must still find the others."""
_MOST_MESSAGES = 8
"""Phones count their long messages with one byte, some always with 1: so many may be on their way under one name."""


class Arrival(NamedTuple):
    """What an SMS led to.

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
        self._table = table
        self._seal = seal

    def take(self, sms: InboundSms, contact: str) -> Arrival:
        """Keep a part and tell how its message stands; what is no part is whole."""
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
        """Take what has come of a message, the same however often it is asked; None where the row is gone.

        A message that became whole is returned as well: if whoever completed it died, nobody else would take it.
        """
        row = self._read(name)
        while row is not None:
            sender = self._sender_of(name, row)
            parts = _parts(row, sender)
            taken = _taken(row)
            if taken is not None or not missing_parts(parts) or self._mark_taken(name, parts):
                return join([p for p in parts if taken is None or _number(p) in taken], give_up=True)
            row = self._read(name)
        return None

    def _added(self, name: str, sms: InboundSms) -> Mapping[str, Any] | None:
        """Put a part into a row and return the row; None where the row is another message's."""
        number = _number(sms)
        now = clock.now()
        sealed = self._seal.close(Identity(phone=sms.sender), context_of(name), now)
        try:
            answer = aws.client("dynamodb").update_item(
                TableName=self._table,
                Key=_key(name),
                UpdateExpression="SET expires_at = if_not_exists(expires_at, :expires_at), #part = :part,"
                " facts = if_not_exists(facts, :facts)",
                ConditionExpression="attribute_not_exists(#part)"
                " AND (attribute_not_exists(expires_at) OR expires_at > :now)",
                ExpressionAttributeNames={"#part": f"part_{number}"},
                ExpressionAttributeValues={
                    ":expires_at": {"N": str(int((now + KEPT_FOR).timestamp()))},
                    ":now": {"N": str(int(now.timestamp()))},
                    ":part": {"S": _written(sms, now)},
                    ":facts": {"S": _facts(sms, sealed)},
                },
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            old: Any = error.response.get("Item", {})
            return old if _has(old, sms) else None
        row: Mapping[str, Any] = answer["Attributes"]
        return row

    def _read(self, name: str) -> Mapping[str, Any] | None:
        answer = aws.client("dynamodb").get_item(TableName=self._table, Key=_key(name), ConsistentRead=True)
        row: Mapping[str, Any] | None = answer.get("Item")
        return row

    def _sender_of(self, name: str, row: Mapping[str, Any]) -> str:
        sealed = SealedPart.model_validate(json.loads(row["facts"]["S"])["sender"])
        return self._seal.open([sealed], context_of(name)).phone or ""

    def _mark_taken(self, name: str, parts: list[InboundSms]) -> bool:
        """Write down which parts are taken, unless another one came or somebody wrote it down meanwhile."""
        missing = missing_parts(parts)
        names = {f"#m{n}": f"part_{n}" for n in missing}
        none_came = " AND ".join(f"attribute_not_exists({placeholder})" for placeholder in names)
        try:
            aws.client("dynamodb").update_item(
                TableName=self._table,
                Key=_key(name),
                UpdateExpression="SET taken = :taken",
                ConditionExpression=f"attribute_not_exists(taken) AND {none_came}",
                ExpressionAttributeNames=names,
                ExpressionAttributeValues={
                    ":taken": {"S": json.dumps(sorted(_number(part) for part in parts))}
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True


def context_of(name: str) -> str:
    """Return what the sender's seal in a row is bound to; `policy-on_parts.json` names its beginning."""
    return f"sms-parts:{name}"


def _arrival(name: str, row: Mapping[str, Any], sms: InboundSms) -> Arrival:
    parts = _parts(row, sms.sender)
    taken = _taken(row)
    if taken is None:
        whole = join(parts)
        return Arrival(whole, waits_in="" if whole else name)
    whole = join([part for part in parts if _number(part) in taken], give_up=True)
    late = next(part for part in parts if _number(part) == _number(sms))
    return Arrival(whole, late=None if _number(sms) in taken else late)


def _key(name: str) -> dict[str, dict[str, str]]:
    return {"key": {"S": f"sms-parts#{name}"}}


def _number(sms: InboundSms) -> int:
    assert sms.part is not None  # noqa: S101 - only parts are kept
    return sms.part.number


def _taken(row: Mapping[str, Any]) -> set[int] | None:
    return set(json.loads(row["taken"]["S"])) if "taken" in row else None


def _has(row: Mapping[str, Any], sms: InboundSms) -> bool:
    """Tell whether a row's part of this number is this very SMS, delivered again."""
    kept = json.loads(row[f"part_{_number(sms)}"]["S"]) if f"part_{_number(sms)}" in row else {}
    return kept.get("message_id") == sms.message_id or kept.get("replay_key") == sms.replay_key


def _facts(sms: InboundSms, sender: SealedPart) -> str:
    """Write down what all parts of a message share."""
    assert sms.part is not None  # noqa: S101 - only parts are kept
    return json.dumps(
        {
            "provider": sms.provider,
            "reference": sms.part.reference,
            "total": sms.part.total,
            "keyword_stripped": sms.keyword_stripped,
            "sender": sender.model_dump(mode="json"),
        }
    )


def _written(sms: InboundSms, now: datetime) -> str:
    return json.dumps(
        {
            "message_id": sms.message_id,
            "content": sms.content,
            "received_at": sms.received_at.isoformat() if sms.received_at else None,
            "arrived_at": now.isoformat(),
            "replay_key": sms.replay_key,
        }
    )


def _parts(row: Mapping[str, Any], sender: str) -> list[InboundSms]:
    facts = json.loads(row["facts"]["S"])
    kept = {
        int(name.removeprefix("part_")): json.loads(value["S"])
        for name, value in row.items()
        if name.startswith("part_")
    }
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
        for number, part in sorted(kept.items())
    ]
