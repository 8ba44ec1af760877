"""Everything that went out to people, as its reader would see it: e-mails, SMS, call tasks."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from infra.local import moto_insides
from infra.local.cloud import Cloud
from infra.local.sms_gateway import SmsGateway
from shared.deliveries import DeliveryChannel, DeliveryState
from shared.petitions import petition_of
from shared.seal import Seal

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

    def for_scripts(self) -> dict[str, Any]:
        """Return it as `/local/outbox` shows it; the subject only where there is one."""
        facts = asdict(self)
        del facts["html"]
        if self.subject is None:
            del facts["subject"]
        return facts | {"at": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


class Outbox:
    """Reads what moto's SES sent, what the SMS gateway took, and the call tasks among the deliveries."""

    def __init__(self, cloud: Cloud, gateway: SmsGateway) -> None:
        self._cloud = cloud
        self._gateway = gateway

    def read(self, *, since: datetime | None = None, reference: str | None = None) -> list[Outgoing]:
        """Return all messages by time; those of one petition, or from an instant on, when asked."""
        everything = [*self._mails(), *self._messages(), *self._calls()]
        return sorted(
            (
                one
                for one in everything
                if (since is None or one.at >= since) and (reference is None or one.reference == reference)
            ),
            key=lambda one: one.at,
        )

    def _mails(self) -> list[Outgoing]:
        return [_mail(recipients, raw) for recipients, raw in moto_insides.sent_mails()]

    def _messages(self) -> list[Outgoing]:
        return [
            Outgoing(
                at=sms.at,
                channel="SMS",
                to=f"+{sms.to.removeprefix('+')}",
                text=sms.text,
                reference=sms.reference,
            )
            for sms in self._gateway.sent
        ]

    def _calls(self) -> list[Outgoing]:
        pages = self._cloud.client("dynamodb").get_paginator("scan")
        return [
            self._call({name: str(value["S"]) for name, value in item.items() if "S" in value})
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


def _mail(recipients: list[str], raw: str) -> Outgoing:
    message = BytesParser(_class=EmailMessage, policy=policy.default).parsebytes(raw.encode())
    return Outgoing(
        at=parsedate_to_datetime(str(message["Date"])),
        channel="EMAIL",
        to=str(message["To"] or ", ".join(recipients)),
        subject=str(message["Subject"] or ""),
        text=_part(message, "plain"),
        html=_part(message, "html") or None,
        reference=str(message["X-PAKN-Reference"] or ""),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()).replace("\r\n", "\n").strip() if part is not None else ""
