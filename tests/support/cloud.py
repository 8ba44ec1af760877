"""A deployed cloud as a target of journeys: requests go to its front, time is the machine's, nothing is emptied.

Journeys run there side by side, so each has a telephone, a network address and petitions of its own. What the world
outside does, the local stack's pumps do here too: providers post receipts, the scanner gives its verdict.
"""

from __future__ import annotations

import itertools
import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

import requests
from boto3.dynamodb.types import TypeDeserializer

from infra.doors import Clock
from infra.local.clock import system_time
from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.providers.outbound import SentSms, esms_receipt
from infra.local.providers.outbox import Outbox, Outgoing
from infra.local.providers.receipts import mail_event
from infra.rehearsal.deployed import Deployed
from infra.rehearsal.rest import Rest
from infra.seed.directory import accounts
from shared.domain.petition.petition import Petition
from tests.support.files import EICAR
from tests.support.target import Target, keys_of, store_petition, with_texts

ANSWERED_WITHIN_SECONDS = 60
FIRES_WITHIN_SECONDS = 150
SWEEP_TAKES_SECONDS = 10
"""A sweep that ends later than this after a moment has begun after it."""
_REFERENCE = re.compile(r"\b(\d{2}) ?(\d{4}) ?(\d{4}) ?(\d)\b")
_RECEIVING = re.compile(
    r"POST /(v1/petitions|gui|sms/.*|hotline/.*|open311/.*|desk/v1/petitions|desk/calls)|GET /sms/.*"
)
_numbers = itertools.count(os.getpid() % 10_000 * 100)


_LETTERS = str.maketrans("0123456789", "abcdefghij")


class _SystemClock(Clock):
    def now(self) -> datetime:
        return system_time()


class CloudTarget(Target):
    """One journey's view of a deployed cloud."""

    clock = _SystemClock()

    def __init__(self, deployed: Deployed, rest: Rest) -> None:
        self._deployed = deployed
        self._rest = rest
        self._references: set[str] = set()
        self._receipted: set[str] = set()
        number = next(_numbers)
        self.number = f"8491{number % 10_000_000:07d}"
        self._address = f"10.{number // 62_500 % 250}.{number // 250 % 250}.{number % 250}"
        self.public_url = deployed.url
        self.officers = {account.username: account for account in accounts()}
        self.as_program = {"X-Api-Key": next(iter(deployed.providers["open311"].values()))}
        self._outbox = Outbox(deployed, self._messages, self._mails)

    # ------------------------------------------------------------ doors

    def ask(self, request: HttpRequest) -> HttpResponse:
        """Send a request to the front, from this journey's network address."""
        front = urlsplit(self._deployed.url)
        connection = HTTPConnection(front.hostname or "", front.port, timeout=ANSWERED_WITHIN_SECONDS)
        address = self._address if request.source_ip == "127.0.0.1" else request.source_ip
        try:
            connection.request(
                request.method,
                request.path,
                body=request.body or None,
                headers={**request.headers, "x-forwarded-for": address},
            )
            came = connection.getresponse()
            answer = HttpResponse(came.status, tuple(came.getheaders()), came.read())
        finally:
            connection.close()
        if _RECEIVING.fullmatch(f"{request.method} {urlsplit(request.path).path}"):
            self._references |= set(_references_in(answer.text))
        return answer

    def upload(self, form: Mapping[str, Any], content: bytes, **changed: str) -> HttpResponse:
        """Post a form to the bucket as a browser does, and give the scanner's verdict as GuardDuty does: a tag."""
        fields = {**form["fields"], **changed}
        sent = requests.post(
            form["url"],
            data=fields,
            files={"file": content},
            timeout=ANSWERED_WITHIN_SECONDS,
            allow_redirects=False,
        )
        if sent.ok:
            self._scan(fields["key"], content)
        return HttpResponse(sent.status_code, tuple(sent.headers.items()), sent.content)

    def settle(self) -> None:
        """Wait until nothing moves; then let the providers post their receipts, until nothing moves any more."""
        self._rest.wait()
        while self._post_receipts():
            self._rest.wait()

    def outbox(
        self, reference: str | None = None, *, channel: str | None = None, since: datetime | None = None
    ) -> list[Outgoing]:
        """Return the messages that went out to this journey's people, by time."""
        return [
            message
            for message in self._outbox.read(since=since, reference=reference)
            if channel in (None, message.channel)
            and (message.to == f"+{self.number}" or any(map(self.is_own, (message.reference, *message.also))))
        ]

    # ------------------------------------------------------------ what tests ask

    @property
    def email(self) -> str:
        """An address of this journey's own: one address gets only so many letters a day."""
        return f"mua.tran.{self.number}@thu.example"

    @property
    def due_on(self) -> date:
        """The day on which a petition is due that comes in now."""
        return self.due_of(self.clock.now())

    def secret(self, provider: str, name: str) -> str:
        """Return a credential of a provider, as the system has it."""
        return self._deployed.providers[provider][name]

    def unique(self, name: str) -> str:
        """Return a name of a call, a message or a key as no other journey uses it: in letters, like no phone."""
        return f"{name}-{self.number.translate(_LETTERS)}"

    def is_own(self, reference: str) -> bool:
        """Return whether a petition is of this journey: it came in through a door here, or its phone knows it."""
        if reference not in self._references:
            messages = (sms for sms in self._messages() if sms.to == f"+{self.number}")
            self._references |= {name for sms in messages for name in _references_in(sms.text)}
        return reference in self._references

    def items(self, table: str) -> list[dict[str, Any]]:
        """Return this journey's items of a table, e.g. `deliveries`, in DynamoDB's JSON."""
        pages = self._deployed.client("dynamodb").get_paginator("scan")
        name = self._deployed.outputs[f"{table.capitalize()}Table"]
        items = (with_texts(item) for page in pages.paginate(TableName=name) for item in page["Items"])
        return [i for i in items if "reference" not in i or self.is_own(i["reference"]["S"])]

    def put_back_petition(self, petition: Petition) -> None:
        """Store a petition in place of what is there, to be woken at once: as an old one, or as a backup has it."""
        store_petition(self._deployed, petition, self.clock.now())

    def pass_a_minute(self) -> None:
        """Wait until the schedule of every minute has fired by itself, and for everything that follows."""
        begun = self.clock.now().timestamp() + SWEEP_TAKES_SECONDS
        logs = self._deployed.client("logs")
        group = f"/aws/lambda/pakn-{self._deployed.stage}-sla-timer-sweep"
        deadline = time.monotonic() + FIRES_WITHIN_SECONDS
        while time.monotonic() < deadline:
            events = logs.filter_log_events(
                logGroupName=group, startTime=int(begun * 1000), filterPattern="SweepHeartbeat"
            )
            if events["events"]:
                self.settle()
                return
            time.sleep(1)
        raise TimeoutError(
            f"the schedule of every minute has not fired within {FIRES_WITHIN_SECONDS} seconds"
        )

    def objects(self, identifier: str) -> list[str]:
        """Return the keys of the bucket's objects of one attachment, waiting to be examined or kept."""
        return keys_of(self._deployed, identifier)

    def dead_letters(self) -> int:
        """Return how many messages lie in dead-letter queues."""
        return sum(self._rest.dead_letters().values())

    # ------------------------------------------------------------ the world outside

    def _scan(self, key: str, content: bytes) -> None:
        """Do as GuardDuty does: tag an upload with the verdict. The tag's event, which ministack has not, follows."""
        bucket, verdict = self._deployed.outputs["AttachmentsBucket"], "NO_THREATS_FOUND"
        if EICAR in content:
            verdict = "THREATS_FOUND"
        tags = {"TagSet": [{"Key": "GuardDutyMalwareScanStatus", "Value": verdict}]}
        self._deployed.client("s3").put_object_tagging(Bucket=bucket, Key=key, Tagging=tags)
        event = {
            "eventName": "ObjectTagging:Put",
            "s3": {"bucket": {"name": bucket}, "object": {"key": quote(key)}},
        }
        queues = self._deployed.client("sqs")
        queue = queues.get_queue_url(QueueName=f"pakn-{self._deployed.stage}-uploads")["QueueUrl"]
        queues.send_message(QueueUrl=queue, MessageBody=json.dumps({"Records": [event]}))

    def _messages(self) -> list[SentSms]:
        with urlopen(f"{self._deployed.url}/sms-gateway") as answer:  # noqa: S310 - its own address
            sent = json.load(answer)
        return [SentSms(**{**sms, "at": datetime.fromisoformat(sms["at"])}) for sms in sent]

    def _mails(self) -> Iterator[Outgoing]:
        """Yield the e-mails that the emulator's SES took; the deliveries know for which petition and notice."""
        rows = {row["provider_id"]: row for row in self._deliveries() if row.get("provider_id")}
        with urlopen(f"{self._deployed.emulator_url}/_ministack/ses/messages") as answer:  # noqa: S310 - ditto
            mails = [mail for of_account in json.load(answer)["messages"].values() for mail in of_account]
        for mail in mails:
            row = rows.get(mail["MessageId"], {"reference": "", "seq": "", "kind": ""})
            yield Outgoing(
                at=datetime.fromtimestamp(mail["Timestamp"], UTC),
                channel="EMAIL",
                to=", ".join(mail["To"]),
                subject=mail["Subject"],
                text=mail["BodyText"].replace("\r\n", "\n").strip(),
                html=mail["BodyHtml"],
                reference=row["reference"],
                notice=f"{row['seq']}-{row['kind']}",
            )

    def _deliveries(self) -> list[dict[str, Any]]:
        decode = TypeDeserializer().deserialize
        return [{name: decode(value) for name, value in item.items()} for item in self.items("deliveries")]

    def _post_receipts(self) -> bool:
        """Post a receipt for whatever of this journey was sent since the last time; return whether there was any."""
        sms = [s for s in self._messages() if s.callback_url and self._is_new(s.request_id, s.reference)]
        for message in sms:
            self.ask(esms_receipt(message))
        mails = [
            row
            for row in self._deliveries()
            if row.get("channel") == "EMAIL"
            and row.get("provider_id")
            and self._is_new(row["provider_id"], row["reference"])
        ]
        topic = f"arn:aws:sns:ap-southeast-1:000000000000:pakn-{self._deployed.stage}-mail-events"
        for row in mails:
            event = mail_event(row["reference"], row["notice"].replace("#", "."))
            self._deployed.client("sns").publish(TopicArn=topic, Message=json.dumps(event))
        return bool(sms or mails)

    def _is_new(self, message: str, reference: str) -> bool:
        if message in self._receipted or not self.is_own(reference):
            return False
        self._receipted.add(message)
        return True


def _references_in(text: str) -> Iterator[str]:
    return ("".join(match.groups()) for match in _REFERENCE.finditer(text))
