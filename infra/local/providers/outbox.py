"""Everything that went out to people, as its reader would see it: e-mails, SMS, call tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, Literal, Protocol

from infra.local.emulation import moto_insides
from infra.local.providers.outbound import SentSms
from shared.domain.identity.gsm7 import segments
from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.platform.seal import Seal
from shared.tables.petition_items import petition_of

Channel = Literal["EMAIL", "SMS", "PHONE"]


@dataclass(frozen=True)
class Outgoing:
    """One message to one reader."""

    at: datetime
    channel: Channel
    to: str
    text: str
    reference: str
    subject: str | None = None
    html: str | None = None
    notice: str = ""
    """`{seq}-{KIND}` of the notice."""
    also: tuple[str, ...] = ()
    """Further petitions that this message is about."""
    sent: str | SentSms | None = None
    """The e-mail in the words of RFC 5322, or the SMS as the gateway took it; None of a call task."""

    @property
    def segments(self) -> int | None:
        """The number of SMS that it is paid as; None for other channels."""
        return segments(self.text) if self.channel == "SMS" else None

    def is_about(self, reference: str) -> bool:
        """Return whether it is about a petition."""
        return reference == self.reference or reference in self.also

    def for_scripts(self) -> dict[str, Any]:
        """Return it as `/local/outbox` shows it; the subject, and what only some have, only where there is one."""
        facts = asdict(self) | {"segments": self.segments}
        del facts["html"], facts["notice"], facts["sent"]
        facts = {name: value for name, value in facts.items() if value or name in _ALWAYS}
        return facts | {"at": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


MAILS_KEPT = 2_000
"""E-mails that are read once, however often the outbox is looked at: reading one takes some milliseconds."""
_ALWAYS = frozenset({"channel", "to", "text", "reference"})


class Tables(Protocol):
    """A cloud with the platform deployed: its names, and clients that read it."""

    @property
    def outputs(self) -> Mapping[str, str]:
        """Names of what the platform's stack made."""

    def client(self, service: str) -> Any:
        """Return a client of a service, with the rights of whoever looks on."""


class Outbox:
    """Reads what SES sent, what the SMS gateway took, and the call tasks among the deliveries."""

    def __init__(
        self,
        cloud: Tables,
        messages: Callable[[], Iterable[SentSms]],
        mails: Callable[[], Iterable[Outgoing]] | None = None,
    ) -> None:
        """Take the cloud, what gives all SMS, and what gives all e-mails: those in moto, unless given."""
        self._cloud = cloud
        self._sent = messages
        self._mails = mails or _mails_in_moto

    def read(self, *, since: datetime | None = None, reference: str | None = None) -> list[Outgoing]:
        """Return all messages by time; of one petition, or from an instant on, if given."""
        batched = self._batched()
        everything = [
            replace(message, also=batched.get((message.reference, message.notice), ()))
            for message in (*self._mails(), *self._messages(), *self._calls())
        ]
        return sorted(
            (
                message if reference is None else replace(message, reference=reference)
                for message in everything
                if (since is None or message.at >= since)
                and (reference is None or message.is_about(reference))
            ),
            key=lambda message: message.at,
        )

    def _batched(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return the further petitions that each message is about, by its reference and notice."""
        pages = self._cloud.client("dynamodb").get_paginator("scan")
        rows = [
            Delivery(**{name: next(iter(value.values())) for name, value in item.items()})
            for page in pages.paginate(
                TableName=self._cloud.outputs["DeliveriesTable"], FilterExpression="attribute_exists(carries)"
            )
            for item in page["Items"]
        ]
        return {
            (row.reference, f"{row.seq}-{row.kind}"): tuple(
                sorted({name.partition("/")[0] for name in (row.carries or "").split()} - {row.reference})
            )
            for row in rows
        }

    def _messages(self) -> list[Outgoing]:
        return [
            Outgoing(
                at=sms.at,
                channel="SMS",
                to=f"+{sms.to.removeprefix('+')}",
                text=sms.text,
                reference=sms.reference,
                notice=sms.request_id.partition("-")[2],
                sent=sms,
            )
            for sms in self._sent()
        ]

    def _calls(self) -> list[Outgoing]:
        pages = self._cloud.client("dynamodb").get_paginator("scan")
        return [
            self._call({name: str(next(iter(value.values()))) for name, value in item.items()})
            for page in pages.paginate(
                TableName=self._cloud.outputs["DeliveriesTable"],
                FilterExpression="channel = :phone AND #state IN (:open, :letter, :done)",
                ExpressionAttributeNames={"#state": "state"},
                ExpressionAttributeValues={
                    ":phone": {"S": DeliveryChannel.PHONE},
                    ":open": {"S": DeliveryState.OPEN},
                    ":letter": {"S": DeliveryState.LETTER},
                    ":done": {"S": DeliveryState.DONE},
                },
            )
            for item in page["Items"]
        ]

    def _call(self, facts: dict[str, str]) -> Outgoing:
        return Outgoing(
            at=datetime.fromisoformat(facts.get("claimed_at") or facts["at"]),
            channel="PHONE",
            to=self._number(facts["reference"]),
            text=facts.get("text", ""),
            reference=facts["reference"],
            notice=f"{facts['seq']}-{facts['kind']}",
        )

    def _number(self, reference: str) -> str:
        """Open the seal, as the operator's desk does when the operator dials."""
        item = (
            self._cloud.client("dynamodb")
            .get_item(TableName=self._cloud.outputs["PetitionsTable"], Key={"reference": {"S": reference}})
            .get("Item")
        )
        if item is None:
            return ""
        seal = Seal(self._cloud.outputs["SealKeyId"])
        return seal.open(petition_of(item).petitioner.seal, reference).phone or ""


def _mails_in_moto() -> list[Outgoing]:
    return [_mail(tuple(recipients), raw) for recipients, raw in moto_insides.sent_mails()]


@lru_cache(maxsize=MAILS_KEPT)
def _mail(recipients: tuple[str, ...], raw: str) -> Outgoing:
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw.encode())
    return Outgoing(
        at=parsedate_to_datetime(str(message["Date"])),
        channel="EMAIL",
        to=str(message["To"] or ", ".join(recipients)),
        subject=str(message["Subject"] or ""),
        text=_part(message, "plain"),
        html=_part(message, "html") or None,
        reference=str(message["X-PAKN-Reference"] or ""),
        notice="-".join(str(message["X-PAKN-Notice"] or "").split(".")[:2]),
        sent=raw,
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()).replace("\r\n", "\n").strip() if part is not None else ""
