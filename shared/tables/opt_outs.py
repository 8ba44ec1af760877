"""Which contacts want no SMS that they did not ask for (`HUY` to 8088, `MO` to take it back).

Intake records it, the notifier asks. Rows of the throttle table without an expiry, named by the contact's HMAC.
"""

from __future__ import annotations

from botocore.exceptions import ClientError

from shared.platform import aws, clock


class OptOuts:
    """Remembers who said stop."""

    def __init__(self, table: str) -> None:
        self._table = table

    def record(self, contact_key: str, message: str) -> None:
        """Remember that this contact wants no more SMS, as this message said."""
        self._write(contact_key, "stopped_by", message, is_stopped=True)

    def lift(self, contact_key: str, message: str) -> None:
        """Remember that this contact wants SMS again, as this message said."""
        self._write(contact_key, "started_by", message, is_stopped=False)

    def has(self, contact_key: str) -> bool:
        """Tell whether this contact said stop, and did not take it back."""
        answer = aws.client("dynamodb").get_item(
            TableName=self._table, Key={"key": {"S": _name(contact_key)}}, ConsistentRead=True
        )
        return "Item" in answer and bool(answer["Item"]["is_stopped"]["BOOL"])

    def _write(self, contact_key: str, cause: str, message: str, *, is_stopped: bool) -> None:
        """Write the latest word. A `HUY` that a provider repeats after the `MO` that took it back says nothing new."""
        try:
            aws.client("dynamodb").update_item(
                TableName=self._table,
                Key={"key": {"S": _name(contact_key)}},
                UpdateExpression="SET #cause = :message, is_stopped = :is_stopped, recorded_at = :now",
                ConditionExpression="attribute_not_exists(#cause) OR #cause <> :message",
                ExpressionAttributeNames={"#cause": cause},
                ExpressionAttributeValues={
                    ":message": {"S": message},
                    ":is_stopped": {"BOOL": is_stopped},
                    ":now": {"S": clock.now().isoformat()},
                },
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
                raise


def _name(contact_key: str) -> str:
    return f"sms-stop#{contact_key}"
