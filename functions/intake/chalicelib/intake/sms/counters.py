"""What the short code remembers of a number between two SMS: the replies that it cost, and whether it said stop.

Both lie in the throttle table under HMACs, without any telephone number.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from botocore.exceptions import ClientError

from shared.domain.calendar.working_calendar import local_date
from shared.platform import aws, clock
from shared.tables.opt_outs import OptOuts

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

    def said_stop(self, contact: str) -> bool:
        """Tell whether a number wants only what it asks for."""
        return OptOuts(self._table).has(contact)

    def stop(self, contact: str, message: str) -> None:
        """Remember that a number wants no more SMS that it did not ask for; the notifier honours it."""
        OptOuts(self._table).record(contact, message)

    def start(self, contact: str, message: str) -> None:
        """Remember that a number wants SMS again."""
        OptOuts(self._table).lift(contact, message)


def _expiry(now: datetime) -> int:
    return int((now + _KEPT_FOR).timestamp())
