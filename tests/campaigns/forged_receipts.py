"""Genuine receipts of the providers that prove themselves by our account with them, and the same tricks on them.

Receipts name no text, so what a message says is the delivery that it is about and the state that it claims. A receipt
has no network to come from, and API Gateway knows its one method, so these two tricks are not tried here; SNS and eSMS
have tests of their own (`tests/functions/notifier/receipts/test_receipts.py`).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from random import Random
from typing import Any, cast

from chalicelib.intake.sms.webhook import ForgedWebhookError, WebhookRequest
from chalicelib.notifier.account import Account
from chalicelib.notifier.providers import PROVIDERS
from chalicelib.notifier.receipts.answer_request import ReceiptEndpoint
from chalicelib.notifier.receipts.infobip import LARGEST_REQUEST
from chalicelib.notifier.receipts.receipt import Receipt, ReceiptRequest
from chalicelib.notifier.receipts.record_receipt import ReceiptRecorder
from chalicelib.notifier.settings import NotifierSettings
from tests.campaigns.forged_webhooks import Infobip, Message, Moment, Scheme, Standard, Trick, Vonage
from tests.support.builders import keyring_of

STATUSES = ("delivered", "failed", "sent")
NOT_TRIED = frozenset({"another method", "from another network, headers claim ours"})


class Taken:
    """A receipt as the endpoint would record it."""

    def __init__(self) -> None:
        self.receipts: list[Receipt] = []

    def record(self, receipt: Receipt) -> None:
        self.receipts.append(receipt)


class ReceiptScheme(Scheme):
    """A provider's receipts: read by our doors, at the instant of the test."""

    not_tried = NOT_TRIED

    def message(self, random: Random) -> Message:
        """Return a receipt about some delivery: `text` is what the body carries besides."""
        reference = "".join(random.choices("0123456789", k=11))
        return Message(
            random.choice(STATUSES), "84901234567", f"{reference}-{random.randrange(1, 99)}-ANSWERED"
        )

    def _post(self, body: bytes, headers: Mapping[str, str]) -> WebhookRequest:
        return replace(super()._post(body, headers), path=f"/receipts/{self.name}")

    def read(self, request: WebhookRequest) -> object:
        taken = Taken()
        account = Account(
            self.name,
            cast("NotifierSettings", None),
            lambda: {self.name: self.credentials},
            keyring_of("key"),
        )
        endpoint = ReceiptEndpoint(
            cast("ReceiptRecorder", taken), {self.name: PROVIDERS[self.name].build_receipts(account)}
        )
        status = endpoint.answer(self.name, ReceiptRequest(request.headers, request.body, Moment.at))
        if status != HTTPStatus.OK:
            raise ForgedWebhookError(str(status))
        return taken.receipts

    def tricks(self) -> dict[str, Trick]:
        def oversized(_s: Scheme, _g: WebhookRequest, message: Message, random: Random) -> WebhookRequest:
            return self.sign(replace(message, text="a" * (LARGEST_REQUEST + random.randrange(9999))))

        return super().tricks() | {"too large, rightly signed": oversized}


class GatewayReceipts(ReceiptScheme, Standard):
    name = "http"

    def body(self, message: Message) -> dict[str, Any]:
        kind = message.text if message.text in STATUSES else "delivered"
        return {"type": f"sms.{kind}", "data": {"id": message.message_id, "note": message.text}}


class VonageReceipts(ReceiptScheme, Vonage):
    def body(self, message: Message) -> dict[str, Any]:
        words = {"failed": "rejected", "sent": "submitted"}
        return {
            "channel": "sms", "message_uuid": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab", "to": message.sender,
            "client_ref": message.message_id, "status": words.get(message.text, "delivered"), "note": message.text,
        }  # fmt: skip


class InfobipReceipts(ReceiptScheme, Infobip):
    def body(self, message: Message) -> dict[str, Any]:
        groups = {"failed": "UNDELIVERABLE", "sent": "PENDING"}
        status = {"groupName": groups.get(message.text, "DELIVERED"), "name": "x"}
        return {
            "results": [
                {
                    "callbackData": message.message_id,
                    "status": status,
                    "note": message.text,
                    "to": message.sender,
                }
            ]
        }


class ZaloReceipts(ReceiptScheme):
    name = "zalo"
    proof = "X-ZEvent-Signature"

    @property
    def credentials(self) -> dict[str, str]:
        return {"app_id": "431234567890", "oa_secret_key": self.key}

    def sign(self, message: Message, *, key: str | None = None, app_id: str = "") -> WebhookRequest:
        message_facts = {"msg_id": "x", "delivery_time": "1604632325679", "tracking_id": message.message_id}
        event = {
            "app_id": app_id or self.credentials["app_id"], "event_name": "user_received_message",
            "timestamp": str(int(message.at.timestamp() * 1000)), "message": message_facts, "note": message.text,
        }  # fmt: skip
        body = json.dumps(event)
        signed = f"{event['app_id']}{body}{event['timestamp']}{key or self.key}"
        return self._post(body.encode(), {self.proof: "mac=" + hashlib.sha256(signed.encode()).hexdigest()})

    def judge(self, request: WebhookRequest) -> bool:
        """By hand, as Zalo describes it: Zalo publishes no validator."""
        try:
            event = json.loads(request.body)
            signed = b"".join(
                (event["app_id"].encode(), request.body, event["timestamp"].encode(), self.key.encode())
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return False
        mac = self.proof_of(request).removeprefix("mac=")
        is_ours = bool(event["app_id"] == self.credentials["app_id"])
        return is_ours and hmac.compare_digest(hashlib.sha256(signed).hexdigest(), mac)

    def tricks(self) -> dict[str, Trick]:
        def another_application(
            _s: Scheme, _g: WebhookRequest, message: Message, random: Random
        ) -> WebhookRequest:
            return self.sign(message, app_id=str(random.randrange(10**9)))

        def moved_border(_s: Scheme, genuine: WebhookRequest, _m: Message, random: Random) -> WebhookRequest:
            """The signed text begins with the application and ends with the time: both also stand in the body."""
            event = json.loads(genuine.body)
            cut = random.randrange(1, len(event["timestamp"]))
            moved = event | {"timestamp": event["timestamp"][cut:]}
            return replace(genuine, body=json.dumps(moved).encode())

        return super().tricks() | {
            "another application's event": another_application,
            "border of the time moved": moved_border,
        }


RECEIPTS: tuple[Scheme, ...] = (GatewayReceipts(), VonageReceipts(), InfobipReceipts(), ZaloReceipts())
