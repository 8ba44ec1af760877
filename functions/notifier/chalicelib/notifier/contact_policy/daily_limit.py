"""How many messages one address gets in a day: beyond that they wait for the morning and go out as one.

Nothing is dropped: what the law owes is told later, never not at all. A row of the throttle table for each address
and day holds the *names* of what was sent, so counting twice counts once.
"""

from __future__ import annotations

from datetime import date, timedelta

from botocore.exceptions import ClientError

from shared.domain.calendar.working_calendar import end_of_day
from shared.platform import aws

_KEPT_FOR = timedelta(days=2)


class DailyLimit:
    """Counts messages by address (as HMAC) and day.

    Args:
        table: the throttle table.
        per_day: messages that one address gets in a day; 0 is no limit.
    """

    def __init__(self, table: str, per_day: int) -> None:
        self._table = table
        self._per_day = per_day

    def admits(self, contact_key: str, name: str, on: date) -> bool:
        """Count a message, named for ever, and tell whether it may still go out on this day."""
        if not self._per_day:
            return True
        try:
            aws.client("dynamodb").update_item(
                TableName=self._table,
                Key={"key": {"S": f"told#{contact_key}#{on.isoformat()}"}},
                UpdateExpression="ADD #names :names SET expires_at = :expires_at",
                ConditionExpression="attribute_not_exists(#names) OR size(#names) < :limit OR contains(#names, :name)",
                ExpressionAttributeNames={"#names": "names"},
                ExpressionAttributeValues={
                    ":names": {"SS": [name]},
                    ":name": {"S": name},
                    ":limit": {"N": str(self._per_day)},
                    ":expires_at": {"N": str(int((end_of_day(on) + _KEPT_FOR).timestamp()))},
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise
            return False
        return True
