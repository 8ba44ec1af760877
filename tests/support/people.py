"""The people of the journeys: what a citizen, an SMS sender, an operator and an officer do at the system's doors."""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from typing import Any
from xml.etree import ElementTree as ET

from standardwebhooks.webhooks import Webhook

from infra.local.emulation.functions import HttpResponse
from shared.domain.calendar.working_calendar import VIETNAM
from tests.support.target import Target

CONTENT = (
    "Tôi dự thi nâng ngạch chuyên viên chính đợt tháng 9 nhưng đến nay chưa có thông báo kết quả. "
    "Đề nghị Bộ cho biết thời hạn công bố kết quả thi nâng ngạch công chức theo quy định."
)
CITIZEN = {
    "type": "CITIZEN",
    "name": "Trần Thị Mùa",
    "address": "Thôn Hạ, xã Đông Sơn, Thanh Hóa",
    "phone": "0912 345 678",
    "email": "mua.tran@thu.example",
}
_numbers = itertools.count(1)


def citizen_of(target: Target) -> dict[str, str]:
    """Return the citizen whom most tests know, with contacts of the journey's own."""
    return CITIZEN | {"phone": target.own_number, "email": target.email}


class Citizen:
    """Somebody on the web."""

    def __init__(self, driver: Target, **petition: Any) -> None:
        self._driver = driver
        self.body: dict[str, Any] = {
            "content": CONTENT,
            "petitioner": citizen_of(driver),
            "reply_by": ["EMAIL"],
            **petition,
        }
        self.key = driver.unique(f"journey-{next(_numbers)}")
        self.reference = self.pin = ""

    def send(self) -> HttpResponse:
        """Send the petition; sending again uses the same key."""
        answer = self._driver.http(
            "POST",
            "/v1/petitions",
            json=self.body,
            headers={"Idempotency-Key": self.key, **self._driver.as_program},
        )
        if answer.status in (200, 201):
            self.reference, self.pin = answer.json()["reference"], answer.json()["pin"]
        self._driver.settle()
        return answer

    def look(self) -> dict[str, Any]:
        """Follow the petition."""
        answer = self._driver.http(
            "GET", f"/v1/petitions/{self.reference}", headers={"X-Petition-Pin": self.pin}
        )
        assert answer.status == 200, answer.text
        petition: dict[str, Any] = answer.json()
        return petition

    def add(self, what: str, **body: Any) -> HttpResponse:
        """Supplement, withdraw or rate."""
        answer = self._driver.http(
            "POST",
            f"/v1/petitions/{self.reference}/{what}",
            json=body,
            headers={"X-Petition-Pin": self.pin, "Idempotency-Key": f"{self.key}-{next(_numbers)}"},
        )
        self._driver.settle()
        return answer

    def attach(
        self, content: bytes, filename: str = "anh.jpg", content_type: str = "image/jpeg"
    ) -> dict[str, Any]:
        """Declare a file, put it into the bucket, and return the attachment as the petitioner sees it then."""
        declared = self.add("attachments", filename=filename, content_type=content_type, size=len(content))
        assert declared.status == 201, declared.text
        declaration: dict[str, Any] = declared.json()
        uploaded = self._driver.upload(declaration["upload"], content)
        assert uploaded.status == 204, uploaded.text
        self._driver.settle()
        return next(
            file for file in self.look()["attachments"] if file["id"] == declaration["attachment"]["id"]
        )


class Phone:
    """Somebody with an old phone; the aggregator calls our webhook with each message."""

    def __init__(self, driver: Target, number: str | None = None) -> None:
        self._driver = driver
        self.number = number or driver.number

    def request(self, content: str, smsid: str | None = None, key: str | None = None) -> HttpResponse:
        """Deliver a message as the aggregator does, signed with MD5."""
        smsid = self._driver.unique(smsid or f"sms-{next(_numbers)}")
        cpid, key = self._driver.secret("esms", "cpid"), key or self._driver.secret("esms", "private_key")
        at = self._driver.clock.now().astimezone(VIETNAM).strftime("%Y%m%d%H%M%S")
        signed = f"{cpid}{smsid}{content}{at}{key}"
        query = {
            "sender": self.number,
            "content": content,
            "serviceNumber": "8088",
            "keyword": "PAKN",
            "sign": hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest(),
            "cpid": cpid,
            "smsid": smsid,
            "receiverTime": at,
        }
        answer = self._driver.http("GET", "/sms/esms", query=query)
        self._driver.settle()
        return answer

    def send(self, content: str, smsid: str | None = None) -> str:
        """Send a message and return the reply that comes back."""
        answer = self.request(content, smsid)
        assert answer.status == 200, answer.text
        return ET.fromstring(answer.text).findtext("Message") or ""  # noqa: S314 - our own answer


class GatewayPhone:
    """Somebody whose operator's gateway signs as Standard Webhooks, takes no reply, and splits long messages."""

    def __init__(self, driver: Target, number: str | None = None) -> None:
        self._driver = driver
        self.number = number or f"+{driver.number}"

    def send(
        self,
        text: str,
        *,
        part: tuple[int, int] | None = None,
        long: str = "77",
        message_id: str | None = None,
    ) -> HttpResponse:
        """Deliver a message, or part (number, total) of the `long` one; nothing is pumped, and no reply comes back."""
        message_id = self._driver.unique(message_id or f"gw-{next(_numbers)}")
        now = self._driver.clock.now()
        data: dict[str, Any] = {"messageId": message_id, "from": self.number, "text": text}
        if part is not None:
            data["part"] = {"reference": long, "number": part[0], "total": part[1]}
        event = json.dumps({"type": "sms.received", "data": data}, ensure_ascii=False)
        body = event.encode("utf-8", "backslashreplace").decode()
        secret = self._driver.secret("standard", "secret")
        headers = {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(message_id, now, body),
        }
        return self._driver.http("POST", "/sms/standard", body=body, headers=headers)

    def received_texts(self) -> list[str]:
        """Return the SMS that reached this phone, after all queues have come to rest."""
        self._driver.settle()
        return [sms.text for sms in self._driver.outbox(channel="SMS") if sms.to == self.number]


def reference_in(text: str) -> str:
    """Return the reference that a message names."""
    match = re.search(r"\b\d{2} ?\d{4} ?\d{4} ?\d\b", text)
    assert match, text
    return match.group().replace(" ", "")


class Officer:
    """Somebody at a desk."""

    def __init__(self, driver: Target, username: str) -> None:
        self._driver = driver
        answer = driver.http(
            "POST", "/desk/v1/session", json={"username": username, "password": f"Local-{username}-2026"}
        )
        assert answer.status == 200, answer.text
        self._bearer = {"Authorization": f"Bearer {answer.json()['access_token']}"}

    def get(self, path: str) -> HttpResponse:
        """Read something of the desk."""
        return self._driver.http("GET", f"/desk{path}", headers=self._bearer)

    def post(self, path: str, **body: Any) -> HttpResponse:
        """Send something to the desk."""
        return self._driver.http("POST", f"/desk{path}", json=body, headers=self._bearer)

    def put(self, path: str, **body: Any) -> HttpResponse:
        """Write something of the desk anew."""
        return self._driver.http("PUT", f"/desk{path}", json=body, headers=self._bearer)

    def attach(
        self, reference: str, content: bytes, filename: str = "vb.pdf", content_type: str = "application/pdf"
    ) -> str:
        """Put a file for the answer into the bucket and return its identifier."""
        path = f"/v1/petitions/{reference}/attachments"
        declared = self.post(path, filename=filename, content_type=content_type, size=len(content))
        assert declared.status == 201, declared.text
        self._driver.upload(declared.json()["upload"], content)
        self._driver.settle()
        attachment_id: str = declared.json()["id"]
        return attachment_id

    def queue(self, **query: str) -> list[dict[str, Any]]:
        """Return the open petitions of this officer's desk, by due date: those of this journey."""
        cards: list[dict[str, Any]] = []
        while query.get("cursor") != "":
            answer = self._driver.http("GET", "/desk/v1/petitions", query=query, headers=self._bearer)
            assert answer.status == 200, answer.text
            page = answer.json()
            cards += page["petitions"]
            query["cursor"] = page.get("cursor") or ""
        return [card for card in cards if self._driver.is_own(card["reference"])]

    def petition(self, reference: str) -> dict[str, Any]:
        """Return a petition as far as this officer may see it."""
        answer = self.get(f"/v1/petitions/{reference}")
        assert answer.status == 200, answer.text
        petition: dict[str, Any] = answer.json()
        return petition

    def try_to(self, action: str, reference: str, *, version: int | None = None, **body: Any) -> HttpResponse:
        """Take an action on the version that this officer last saw."""
        if version is None:
            version = self.petition(reference)["version"]
        answer = self._driver.http(
            "POST",
            f"/desk/v1/petitions/{reference}/{action}",
            json={"version": version, **body},
            headers=self._bearer,
        )
        self._driver.settle()
        return answer

    def do(self, action: str, reference: str, **body: Any) -> dict[str, Any]:
        """Take an action that must succeed."""
        answer = self.try_to(action, reference, **body)
        assert answer.status == 200, answer.text
        done: dict[str, Any] = answer.json()
        return done

    def enter_call(self, call_id: str, **petition: Any) -> HttpResponse:
        """Write down what a caller says (hotline operators)."""
        body = {
            "content": CONTENT,
            "petitioner": citizen_of(self._driver),
            "call_id": self._driver.unique(call_id),
            **petition,
        }
        answer = self._driver.http("POST", "/desk/v1/petitions", json=body, headers=self._bearer)
        self._driver.settle()
        return answer


def two_petitions(driver: Target) -> tuple[str, str]:
    """Send a petition of each of two people, and return the references."""
    sent = []
    for name in ("Trần Thị Mùa", "Lê Văn Tám"):
        citizen = Citizen(driver)
        citizen.body["petitioner"] = {**citizen.body["petitioner"], "name": name}
        citizen.send()
        sent.append(citizen.reference)
    return sent[0], sent[1]


def answer_petition(
    driver: Target, reference: str, handler: str = "minh.ccvc", text: str = "Kết quả công bố trước 30/11."
) -> None:
    """Let a unit accept and answer a petition, and Văn phòng Bộ approve."""
    officer = Officer(driver, handler)
    officer.do("accept", reference)
    officer.do("draft-answer", reference, text=text)
    Officer(driver, "binh.vanphong").do("approve", reference)
