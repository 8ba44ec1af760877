"""E-mail through Amazon SES v2, as raw MIME with plain text and HTML.

SES knows no idempotency key, so the SDK must not retry a call: one attempt, and a lost answer is an unknown
outcome. Event publishing (receipts/ses.py) finds the delivery again by the message tags.
Sources: SES API v2 `SendEmail` and its errors; SES Developer Guide, "Header fields" (SES puts in its own
Message-ID and Date); RFC 3834 (Auto-Submitted).
"""

from __future__ import annotations

from datetime import timedelta
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

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
from shared.platform import aws, clock, correlation

ERRORS: dict[str, type[SendError]] = {
    "MessageRejected": PermanentSendError,
    "BadRequestException": PermanentSendError,
    "InvalidParameterValue": PermanentSendError,
    "TooManyRequestsException": TemporarySendError,
    "ThrottlingException": TemporarySendError,
    "Throttling": TemporarySendError,
    "LimitExceededException": TemporarySendError,
    "SendingPausedException": TemporarySendError,
    "AccountSuspendedException": TemporarySendError,
    "MailFromDomainNotVerifiedException": TemporarySendError,
    "NotFoundException": TemporarySendError,
    "AccessDeniedException": TemporarySendError,
    "AccessDenied": TemporarySendError,
    "ExpiredTokenException": TemporarySendError,
    "UnrecognizedClientException": TemporarySendError,
    "InvalidClientTokenId": TemporarySendError,
}
"""SES's error codes. An error about this message is permanent; an error about our account waits until an operator mends
it. Every other error, above all 5xx, is an unknown outcome."""

_SERVER_ERROR = 500
_MESSAGE_ID_DOMAIN = "pakn.invalid"
_MAX_LINE = 76
"""Characters of a line that holds an encoded word (RFC 2047, 2)."""


def build(account: Account) -> SesEmailSender:
    """Return the sender of the account."""
    return SesEmailSender(account.settings.mail_from, account.settings.mail_configuration_set)


class SesEmailSender:
    """Sends e-mails."""

    name = "ses"
    deduplicates_for = timedelta(0)

    def __init__(self, mail_from: str, configuration_set: str | None = None) -> None:
        """Take the sender's address, e.g. `PAKN Bộ Nội vụ <pakn@example.vn>`, and where events are published."""
        self._from = mail_from
        self._configuration_set = configuration_set

    @property
    def proves(self) -> bool:
        """SES publishes events about the e-mails."""
        return self._configuration_set is not None

    def send(self, message: Message) -> str:
        """Hand the e-mail to SES; return its message id."""
        request: dict[str, Any] = {
            "Destination": {"ToAddresses": [message.to]},
            "Content": {"Raw": {"Data": mime(message, self._from)}},
            "EmailTags": [
                {"Name": "reference", "Value": message.reference},
                {"Name": "notice", "Value": tag_of(message.notice)},
                *_trail(),
            ],
        }
        if self._configuration_set:
            request["ConfigurationSetName"] = self._configuration_set
        try:
            answer = aws.client("sesv2", attempts=1).send_email(**request)
        except ClientError as error:
            raise _ours(error) from None
        except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError) as error:
            raise TemporarySendError(type(error).__name__) from None
        except HTTPClientError as error:
            raise UnknownOutcomeError(type(error).__name__) from None
        return str(answer["MessageId"])


def _trail() -> list[dict[str, str]]:
    """Return the tag with the id of the e-mail's cause, which comes back with its events."""
    name = correlation.handed_on()
    return [{"Name": correlation.ATTRIBUTE, "Value": name}] if name else []


def _ours(error: ClientError) -> SendError:
    code = str(error.response["Error"]["Code"])
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", _SERVER_ERROR))
    if code in ERRORS:
        return ERRORS[code](code)
    return UnknownOutcomeError(code) if status >= _SERVER_ERROR else PermanentSendError(code)


def mime(message: Message, mail_from: str) -> bytes:
    """Return the e-mail as RFC 5322 bytes, pure ASCII: headers encoded, bodies in UTF-8 and base64."""
    name, address = parseaddr(mail_from)
    mail = EmailMessage(policy=SMTP)
    mail["To"] = message.to
    mail["Date"] = format_datetime(clock.now())
    mail["Message-ID"] = f"<{message.reference}.{tag_of(message.notice)}@{_domain(address)}>"
    mail["X-PAKN-Reference"] = message.reference
    mail["X-PAKN-Notice"] = tag_of(message.notice)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(message.text, cte="base64")
    mail.add_alternative(message.html, subtype="html", cte="base64")
    return _sender(name, address) + _subject(message.subject) + _unsubscribing(message) + bytes(mail)


def _sender(name: str, address: str) -> bytes:
    """Return the header with the sender; a display name that is not ASCII is encoded like a subject."""
    is_plain = name.isascii()
    sender = formataddr((name, address)) if is_plain else f"{_encoded(name, 'From')} <{address}>"
    return f"From: {sender}\r\n".encode("ascii")


def _subject(text: str) -> bytes:
    """Return the header with the subject."""
    return f"Subject: {_encoded(text, 'Subject')}\r\n".encode("ascii")


def _encoded(text: str, header: str) -> str:
    """Return the text of a header as RFC 2047 encoded words, folded so that no line exceeds 76 characters.

    Whoever decodes them drops the white space between two words (RFC 2047, 6.2), so each blank of the text has to stand
    inside a word. `EmailMessage` breaks words at blanks and loses those; `Header` keeps them.
    """
    line = " ".join(filter(None, text.splitlines()))
    charset = "us-ascii" if line.isascii() and "=?" not in line else "utf-8"
    return Header(line, charset, maxlinelen=_MAX_LINE, header_name=header).encode(linesep="\r\n")


def _unsubscribing(message: Message) -> bytes:
    """Return the headers of RFC 8058; written by hand, because the library would encode an address of 78 characters."""
    if not message.unsubscribe_url:
        return b""
    link = f"List-Unsubscribe: <{message.unsubscribe_url}>\r\n"
    return f"{link}List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".encode("ascii")


def tag_of(notice: str) -> str:
    """Return a delivery's name as an SES tag, which knows letters, digits and `_ - . @` only."""
    return notice.replace("#", ".")


def notice_of(tag: str) -> str:
    """Return the delivery's name that a tag stands for; only the user name at its end may hold dots itself."""
    return "#".join(tag.split(".", 4))


def _domain(address: str) -> str:
    return address.rpartition("@")[2] or _MESSAGE_ID_DOMAIN
