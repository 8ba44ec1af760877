"""What the short code remembers between two SMS: parts of a long one, the replies that a number cost, who said stop.

All of it lies in the throttle table under HMACs and hashes, without any telephone number.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from chalicelib.intake.sms.parts import SAME_MESSAGE, group_of, join
from chalicelib.intake.sms.webhook import InboundSms, Part
from shared import aws, clock
from shared.domain.working_calendar import local_date
from shared.opt_outs import OptOuts

_KEPT_FOR = timedelta(days=2)


class SmsStore:
    """Remembers what one SMS alone does not tell.

    Args:
        table: the throttle table.
        replies_per_number: SMS that one number may cause us to pay for in a day.
    """

    def __init__(self, table: str, *, replies_per_number: int) -> None:
        self._table = table
        self._replies_per_number = replies_per_number

    def joined(self, sms: InboundSms) -> InboundSms | None:
        """Return the whole message; None while a part of it is missing (what came is kept)."""
        group = group_of(sms)
        if group is None:
            return sms
        return join(self._kept_parts(group, sms))

    def may_reply(self, contact: str, message: str) -> bool:
        """Count a reply to a number today; the same message again is the same reply.

        A set of names rather than a number: adding twice what is there already changes nothing.
        """
        try:
            aws.client("dynamodb").update_item(
                TableName=self._table,
                Key={"key": {"S": f"sms-replies#{contact}#{local_date(clock.now())}"}},
                UpdateExpression="SET expires_at = :expires_at ADD messages :message",
                ConditionExpression="attribute_not_exists(messages) OR size(messages) < :most"
                " OR contains(messages, :name)",
                ExpressionAttributeValues={
                    ":expires_at": {"N": str(_expiry(clock.now()))},
                    ":message": {"SS": [message]},
                    ":name": {"S": message},
                    ":most": {"N": str(self._replies_per_number)},
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True

    def stop(self, contact: str) -> None:
        """Remember that a number wants no more SMS that it did not ask for; the notifier honours it."""
        OptOuts(self._table).record(contact)

    def _kept_parts(self, group: str, sms: InboundSms) -> list[InboundSms]:
        """Keep a part, and return all of its message that came within `SAME_MESSAGE`.

        The parts' reference comes round again, so the group is named with its time as well; a message that
        straddles two of these times is found through the earlier one.
        """
        slot = int(clock.now().timestamp() // SAME_MESSAGE.total_seconds())
        earlier = self._parts_of(f"sms-parts#{group}#{slot - 1}", sms)
        if earlier and sms.part and all(p.part and p.part.number != sms.part.number for p in earlier):
            slot -= 1
        return self._add_part(f"sms-parts#{group}#{slot}", sms)

    def _parts_of(self, key: str, sms: InboundSms) -> list[InboundSms]:
        answer = aws.client("dynamodb").get_item(
            TableName=self._table, Key={"key": {"S": key}}, ConsistentRead=True
        )
        return _read(answer.get("Item", {}), sms)

    def _add_part(self, key: str, sms: InboundSms) -> list[InboundSms]:
        assert sms.part is not None  # noqa: S101 - only parts have a group
        answer = aws.client("dynamodb").update_item(
            TableName=self._table,
            Key={"key": {"S": key}},
            UpdateExpression="SET expires_at = :expires_at, #part = if_not_exists(#part, :part)",
            ExpressionAttributeNames={"#part": f"part_{sms.part.number}"},
            ExpressionAttributeValues={
                ":expires_at": {"N": str(_expiry(clock.now()))},
                ":part": {"S": _written(sms)},
            },
            ReturnValues="ALL_NEW",
        )
        return _read(answer["Attributes"], sms)


def _expiry(now: datetime) -> int:
    return int((now + _KEPT_FOR).timestamp())


def _written(sms: InboundSms) -> str:
    """Write a part down without its sender, who stands in each of them."""
    assert sms.part is not None  # noqa: S101 - only parts are kept
    return json.dumps(
        {
            "message_id": sms.message_id,
            "content": sms.content,
            "received_at": sms.received_at.isoformat() if sms.received_at else None,
            "replay_key": sms.replay_key,
            "part": [sms.part.reference, sms.part.number, sms.part.total],
        }
    )


def _read(item: dict[str, Any], sms: InboundSms) -> list[InboundSms]:
    """Read the parts of this SMS's message; provider and sender are those of every part of it."""
    parts = (json.loads(value["S"]) for name, value in item.items() if name.startswith("part_"))
    return [
        InboundSms(
            provider=sms.provider,
            message_id=part["message_id"],
            sender=sms.sender,
            content=part["content"],
            received_at=datetime.fromisoformat(part["received_at"]) if part["received_at"] else None,
            replay_key=part["replay_key"],
            part=Part(*part["part"]),
            keyword_stripped=sms.keyword_stripped,
        )
        for part in parts
    ]
