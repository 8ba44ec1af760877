"""SMS through AWS End User Messaging (`pinpoint-sms-voice-v2`, `SendTextMessage`).

Source: End User Messaging SMS and Voice v2 API Reference, `SendTextMessage`. The call has no idempotency key, so the
SDK must not retry it, and a lost answer is an unknown outcome. Vietnam takes a registered sender id only.
"""

from __future__ import annotations

from datetime import timedelta

from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    NoCredentialsError,
)

from chalicelib.notifier.account import Account
from chalicelib.notifier.senders.sender import (
    Message,
    PermanentSendError,
    SendError,
    TemporarySendError,
    UnknownOutcomeError,
)
from shared.platform import aws, correlation

ERRORS: dict[str, type[SendError]] = {
    "ValidationException": PermanentSendError,
    "ConflictException": PermanentSendError,  # above all: the destination opted out
    "ThrottlingException": TemporarySendError,
    "ServiceQuotaExceededException": TemporarySendError,
    "AccessDeniedException": TemporarySendError,
    "ResourceNotFoundException": TemporarySendError,
    "ExpiredTokenException": TemporarySendError,
    "UnrecognizedClientException": TemporarySendError,
}
"""An error about this recipient or text is permanent; an error about our account waits until an operator mends it."""


def build(account: Account) -> AwsSmsSender:
    """Return the sender of an account."""
    credentials = account.credentials
    return AwsSmsSender(credentials.get("origination_identity", ""), credentials.get("configuration_set"))


class AwsSmsSender:
    """Sends SMS through AWS End User Messaging."""

    name = "aws"
    deduplicates_for = timedelta(0)

    def __init__(self, origination_identity: str, configuration_set: str | None = None) -> None:
        """Take the registered sender id (or its ARN), and where events are published."""
        self._origination_identity = origination_identity
        self._configuration_set = configuration_set

    @property
    def proves(self) -> bool:
        """AWS publishes events about the messages."""
        return self._configuration_set is not None

    def send(self, message: Message) -> str:
        """Hand the SMS to AWS; return its message id."""
        request: dict[str, object] = {
            "DestinationPhoneNumber": message.to,
            "OriginationIdentity": self._origination_identity,
            "MessageBody": message.text,
            "MessageType": "TRANSACTIONAL",
            "Context": {"reference": message.reference, "notice": message.notice, **_trail()},
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        try:
            answer = aws.client("pinpoint-sms-voice-v2", attempts=1).send_text_message(**request)
        except ClientError as error:
            code = str(error.response["Error"]["Code"])
            raise ERRORS.get(code, UnknownOutcomeError)(code) from None
        except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError) as error:
            raise TemporarySendError(type(error).__name__) from None
        except HTTPClientError as error:
            raise UnknownOutcomeError(type(error).__name__) from None
        return str(answer["MessageId"])


def _trail() -> dict[str, str]:
    """Return the id of the message's cause, which comes back with its events."""
    name = correlation.handed_on()
    return {correlation.ATTRIBUTE: name} if name else {}
