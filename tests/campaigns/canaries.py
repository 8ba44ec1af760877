"""Petitions that carry secrets which occur nowhere else, and a search for them in whatever anybody can read."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from infra.local.emulation.functions import HttpResponse
from tests.campaigns.faults.injection import Fault
from tests.support.log_capture import Overheard
from tests.support.people import Citizen, Officer, Phone, reference_in
from tests.support.system import System

IDENTITY, WRITTEN, REFERENCE = "identity", "written", "reference"
_CANARY = re.compile(r"zq\d{3}[a-z]", re.IGNORECASE)
_PHONE = re.compile(r"(?<!\d)(?:\+?84|0)(9870\d{5})(?!\d)")
_REFERENCE = re.compile(r"(?<!\d)\d{11}(?!\d)")
_BETWEEN_DIGITS = re.compile(r"(?<=\d)[  .](?=\d)")

TEXTS = {
    "ordinary": "Tôi dự thi nâng ngạch công chức chuyên viên chính, xin cho biết thời hạn công bố kết quả. {}",
    "conduct-ccvc": "Cán bộ Vụ Công chức - Viên chức hách dịch, gây phiền hà, hẹn mãi không trả kết quả. {}",
    "conduct-vpb": "Cán bộ Văn phòng Bộ hách dịch, gây phiền hà, hẹn nhiều lần không trả kết quả hồ sơ. {}",
    "conduct-tttt": "Cán bộ Trung tâm Công nghệ thông tin hách dịch, gây phiền hà, hẹn mãi không trả. {}",
    "conduct-ttra": "Cán bộ Thanh tra Bộ hách dịch, gây phiền hà, hẹn nhiều lần không trả kết quả hồ sơ. {}",
    "conduct-unknown": "Cán bộ một cửa hách dịch, gây phiền hà, hẹn nhiều lần không trả kết quả hồ sơ. {}",
    "denunciation": "Tôi tố cáo ông Trần Văn Cường nhận hối lộ 20 triệu đồng của người dự thi, có ghi âm. {}",
}
BARRED = {
    "conduct-ccvc": {"VCCVC", "VCCHC"},
    "conduct-vpb": {"VPB"},
    "conduct-tttt": {"TTTT"},
    "conduct-ttra": {"TTRA"},
}
"""Whom a complaint must be kept from; for the campaign VCCHC reports to VCCVC."""
CHANNELS = ("web", "sms", "hotline")


@dataclass
class Planted:
    """A petition, what it is, and its secrets by kind."""

    number: int
    what: str
    channel: str
    reference: str = ""
    secrets: dict[str, str] = field(default_factory=dict)

    def secret(self, letter: str, kind: str) -> str:
        """Make a secret that stands nowhere else."""
        made = f"zq{self.number:03}{letter}"
        self.secrets[made] = kind
        return made

    @property
    def phone(self) -> str:
        """The sender's number, a secret too."""
        self.secrets[f"9870{self.number:05}"] = IDENTITY
        return f"09870{self.number:05}"

    @property
    def addresses(self) -> set[str]:
        """Where notices for its petitioner may go."""
        mails = {f"{secret}@thu.example" for secret in self.secrets if secret.endswith("e")}
        return mails | {f"+84{secret}" for secret in self.secrets if secret.startswith("9870")}

    def is_hidden_from(self, officer: dict[str, Any]) -> bool:
        """Whether an officer must not even learn that there is such a petition."""
        if self.what == "denunciation":
            return "inspector" not in officer["roles"]
        return officer["unit"] in BARRED.get(self.what, ())

    def may_be_read_by(self, officer: dict[str, Any], unit: str | None) -> bool:
        """The rule, written down a second time: who may know text and existence."""
        roles = set(officer["roles"])
        if self.is_hidden_from(officer):
            return False
        if self.what == "denunciation":
            return True
        if roles & {"intake-officer", "approver", "inspector", "auditor"}:
            return True
        if roles & {"handler", "unit-head"} and officer["unit"] == unit:
            return True
        return "hotline-operator" in roles and self.channel == "hotline"


class Leak(NamedTuple):
    """A secret where it must not be."""

    where: str
    what: str
    secret: str


class Campaign:
    """Plants canaries and finds them again."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.planted: list[Planted] = []
        self.citizens: list[Citizen] = []
        self.logged = Overheard()
        self.answers_to_blunders: list[str] = []

    def plant(self, rounds: int) -> None:
        """Send every kind of petition through every channel, and let officers work on them; some of it goes wrong."""
        self.system.local.functions.metrics.clear()
        with self.logged:
            for _ in range(rounds):
                for what in TEXTS:
                    for channel in CHANNELS:
                        self._plant(what, channel)
            self._blunder()
            self._work()

    def _blunder(self) -> None:
        """Send what cannot be taken, and let functions die with secrets in their hands: errors are logged too."""
        one = Planted(len(self.planted) + 1, "refused", "web")
        self.refused = one
        person = {"type": "CITIZEN", "name": one.secret("n", IDENTITY), "address": one.secret("a", IDENTITY)}
        text = TEXTS["ordinary"].format(one.secret("t", WRITTEN))
        for wrong in (
            {"content": text, "petitioner": person | {"phone": f"{one.phone}x"}},
            {"content": text, "petitioner": person | {"email": one.secret("e", IDENTITY)}},
            {"content": text, "petitioner": person | {"identity_card": one.secret("m", IDENTITY)}},
            {"content": [text], "kind": one.secret("k", WRITTEN), "petitioner": person},
        ):
            answer = self.system.http("POST", "/v1/petitions", json=wrong)
            assert answer.status in {400, 422}, answer.text
            self.answers_to_blunders.append(answer.text)
        self.answers_to_blunders.append(
            self.system.http("POST", "/v1/petitions", body=f'{{"content": "{text}').text
        )
        whole = {"content": text, "petitioner": person | {"phone": one.phone}}
        for operation in ("Encrypt", "PutItem", "Query"):
            with self.system.faults.broken(operation, Fault.SERVER_ERROR):
                answer = self.system.http("POST", "/v1/petitions", json=whole)
                assert answer.status >= 500, answer.text
                self.answers_to_blunders.append(answer.text)

    def _plant(self, what: str, channel: str) -> None:
        one = Planted(len(self.planted) + 1, what, channel)
        self.planted.append(one)
        text = TEXTS[what].format(one.secret("t", WRITTEN))
        person = {
            "type": "CITIZEN",
            "name": f"Nguyễn {one.secret('n', IDENTITY)}",
            "address": f"Thôn {one.secret('a', IDENTITY)}",
            "phone": one.phone,
            "email": f"{one.secret('e', IDENTITY)}@thu.example",
        }
        if channel == "web":
            subject = f"Việc {one.secret('s', WRITTEN)}"
            citizen = Citizen(
                self.system,
                content=text,
                subject=subject,
                petitioner=person,
                may_publish=True,
                reply_by=["EMAIL", "SMS"],
            )
            citizen.send()
            one.reference = citizen.reference
            citizen.add("supplements", content=f"Bổ sung {one.secret('b', WRITTEN)}")
            filename = f"{one.secret('f', WRITTEN)}.pdf"
            citizen.add("attachments", filename=filename, content_type="application/pdf", size=1000)
            self.citizens.append(citizen)
        elif channel == "sms":
            phone = Phone(self.system, f"84{one.phone[1:]}")
            one.reference = reference_in(phone.send(f"PAKN {text}"))
            phone.send(f"PAKN BS {one.reference} {one.secret('b', WRITTEN)}")
        else:
            operator = Officer(self.system, "tong.dai")
            entered = operator.enter_call(f"canary-{one.number}", content=text, petitioner=person)
            one.reference = entered.json()["reference"]
        one.secrets[one.reference] = REFERENCE

    def _work(self) -> None:
        for one in self.planted:
            if one.what == "ordinary":
                self._answer(one)
            elif one.what == "conduct-ccvc":
                Officer(self.system, "quan.thanhtra").do("accept", one.reference)
                Officer(self.system, "khanh.tocongtac").do("open-seal", one.reference, reason="Xác minh.")
            elif one.what == "denunciation":
                Officer(self.system, "khanh.tocongtac").do("open-seal", one.reference, reason="Làm việc.")
        for citizen, one in zip(self.citizens, (p for p in self.planted if p.channel == "web"), strict=True):
            if one.what == "ordinary":
                citizen.add("rating", score=1, comment=f"Chưa được {one.secret('r', WRITTEN)}")
        self.system.travel(days=22)

    def _answer(self, one: Planted) -> None:
        handler, approver = Officer(self.system, "minh.ccvc"), Officer(self.system, "binh.vanphong")
        handler.do("accept", one.reference)
        handler.do("note", one.reference, note=f"Nội bộ {one.secret('i', WRITTEN)}")
        handler.do("draft-answer", one.reference, text=f"Trả lời {one.secret('d', WRITTEN)}")
        approver.do("approve", one.reference)
        if one.channel == "web":
            public = {"subject": "Thi nâng ngạch", "content": "Bao giờ có kết quả?", "answer": "Trước 30/11."}
            approver.do("publish", one.reference, **public)

    # --- finding ----------------------------------------------------------------------------------

    def found_in(self, body: bytes | str) -> set[str]:
        """Return every planted secret that stands in something, whatever its letters' case or its digits' spacing."""
        text = _BETWEEN_DIGITS.sub("", readable(body))
        seen = {match.lower() for match in _CANARY.findall(text)}
        return (seen | set(_PHONE.findall(text)) | set(_REFERENCE.findall(text))) & self._owners.keys()

    def kind_of(self, secret: str) -> str:
        """Return what kind of secret one is."""
        return self._owners[secret].secrets[secret]

    @property
    def _owners(self) -> dict[str, Planted]:
        return {secret: one for one in (*self.planted, self.refused) for secret in one.secrets}

    def units(self) -> dict[str, str | None]:
        """Return where each petition lies now."""
        bodies = (json.loads(item["body"]["S"]) for item in self.system.items("petitions"))
        return {body["reference"]: body.get("unit") for body in bodies}

    def leaks(
        self, where: str, body: bytes | str, officer: dict[str, Any], units: dict[str, str | None]
    ) -> Iterator[Leak]:
        """Yield what an officer must not have read there."""
        owners = self._owners
        for secret in self.found_in(body):
            one = owners[secret]
            kind = one.secrets[secret]
            may = one.may_be_read_by(officer, units.get(one.reference))
            is_hidden = one.is_hidden_from(officer)
            if kind == IDENTITY or (kind == WRITTEN and not may) or (kind == REFERENCE and is_hidden):
                yield Leak(where, f"{one.what}/{one.channel}", secret)


def readable(body: bytes | str) -> str:
    """Return what stands in an answer; of a workbook, what stands in all its parts."""
    if isinstance(body, str):
        return body
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
    return body.decode("utf-8", "replace")


def paths(
    routes: Iterable[str], values: dict[str, list[str]], queries: dict[str, list[str]]
) -> Iterator[str]:
    """Yield every address of some routes, with every value for what stands in braces, and every query known.

    Raises:
        KeyError: a route has a place in braces that nobody gave values for: a new one has to be walked as well.
    """
    for route in routes:
        places = re.findall(r"\{(\w+)\}", route)
        addresses = [route]
        for place in places:
            addresses = [a.replace(f"{{{place}}}", v) for a in addresses for v in values[f"{route}:{place}"]]
        for address in addresses:
            yield from (f"{address}{query}" for query in queries.get(route, [""]))


def text_of(answer: HttpResponse) -> bytes:
    """Return everything that an answer says, its headers included."""
    return answer.body if answer.body[:2] == b"PK" else f"{answer.headers}\n".encode() + answer.body
