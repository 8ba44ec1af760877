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
from tests.campaigns.configuration import configure
from tests.campaigns.faults.injection import Fault
from tests.support.log_capture import Overheard
from tests.support.people import Citizen, Officer, Phone, reference_in
from tests.support.system import System

IDENTITY, WRITTEN, REFERENCE = "identity", "written", "reference"
_CANARY = re.compile(r"zq\d{3}[a-z]", re.IGNORECASE)
_WORD = re.compile(r"[0-9A-Za-z]{8,64}")
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
"""Units from which a complaint is hidden; for the campaign VCCHC reports to VCCVC."""
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
        secret = f"zq{self.number:03}{letter}"
        self.secrets[secret] = kind
        return secret

    @property
    def phone(self) -> str:
        """The sender's number, a secret too."""
        self.secrets[f"9870{self.number:05}"] = IDENTITY
        return f"09870{self.number:05}"

    @property
    def addresses(self) -> set[str]:
        """Addresses to which notices for its petitioner may go."""
        mails = {f"{secret}@thu.example" for secret in self.secrets if secret.endswith("e")}
        return mails | {f"+84{secret}" for secret in self.secrets if secret.startswith("9870")}

    def is_hidden_from(self, officer: dict[str, Any]) -> bool:
        """Return whether an officer must not even notice that the petition exists."""
        if self.what == "denunciation":
            return "inspector" not in officer["roles"]
        return officer["unit"] in BARRED.get(self.what, ())

    def may_be_read_by(self, officer: dict[str, Any], unit: str | None) -> bool:
        """Return whether an officer may know text and existence: the rule, written down a second time."""
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
        self.proposals: list[str] = []
        self.tokens: frozenset[str] = frozenset()

    def plant(self, rounds: int) -> None:
        """Send every kind of petition through every channel, and let officers work on them; some of it goes wrong."""
        self.system.local.functions.metrics.clear()
        self.proposals = configure(self.system)
        with self.logged:
            for _ in range(rounds):
                for what in TEXTS:
                    for channel in CHANNELS:
                        self._plant(what, channel)
            self._blunder()
            self._work()
        self.tokens = self._tokens()

    def _blunder(self) -> None:
        """Send what cannot be taken, and let functions die with secrets in their hands: errors are logged too."""
        petition = Planted(len(self.planted) + 1, "refused", "web")
        self.refused = petition
        person = {
            "type": "CITIZEN",
            "name": petition.secret("n", IDENTITY),
            "address": petition.secret("a", IDENTITY),
        }
        text = TEXTS["ordinary"].format(petition.secret("t", WRITTEN))
        for wrong in (
            {
                "content": text,
                "petitioner": person | {"phone": f"{petition.phone}1 {petition.secret('p', IDENTITY)}"},
            },
            {"content": text, "petitioner": person | {"email": petition.secret("e", IDENTITY)}},
            {"content": text, "petitioner": person | {"identity_card": petition.secret("m", IDENTITY)}},
            {"content": [text], "kind": petition.secret("k", WRITTEN), "petitioner": person},
        ):
            answer = self.system.http("POST", "/v1/petitions", json=wrong)
            assert answer.status in {400, 422}, answer.text
            self.answers_to_blunders.append(answer.text)
        self.answers_to_blunders.append(
            self.system.http("POST", "/v1/petitions", body=f'{{"content": "{text}').text
        )
        whole = {"content": text, "petitioner": person | {"phone": petition.phone}}
        for operation in ("Encrypt", "PutItem", "Query"):
            with self.system.faults.broken(operation, Fault.SERVER_ERROR):
                answer = self.system.http("POST", "/v1/petitions", json=whole)
                assert answer.status >= 500, answer.text
                self.answers_to_blunders.append(answer.text)

    def _plant(self, what: str, channel: str) -> None:
        petition = Planted(len(self.planted) + 1, what, channel)
        self.planted.append(petition)
        text = TEXTS[what].format(petition.secret("t", WRITTEN))
        person = {
            "type": "CITIZEN",
            "name": f"Nguyễn {petition.secret('n', IDENTITY)}",
            "address": f"Thôn {petition.secret('a', IDENTITY)}",
            "phone": petition.phone,
            "email": f"{petition.secret('e', IDENTITY)}@thu.example",
        }
        if channel == "web":
            subject = f"Việc {petition.secret('s', WRITTEN)}"
            citizen = Citizen(
                self.system,
                content=text,
                subject=subject,
                petitioner=person,
                may_publish=True,
                reply_by=["EMAIL", "SMS"],
            )
            citizen.send()
            petition.reference = citizen.reference
            citizen.add("supplements", content=f"Bổ sung {petition.secret('b', WRITTEN)}")
            filename = f"{petition.secret('f', WRITTEN)}.pdf"
            citizen.add("attachments", filename=filename, content_type="application/pdf", size=1000)
            self.citizens.append(citizen)
        elif channel == "sms":
            phone = Phone(self.system, f"84{petition.phone[1:]}")
            petition.reference = reference_in(phone.send(f"PAKN {text}"))
            phone.send(f"PAKN BS {petition.reference} {petition.secret('b', WRITTEN)}")
        else:
            operator = Officer(self.system, "tong.dai")
            entered = operator.enter_call(f"canary-{petition.number}", content=text, petitioner=person)
            petition.reference = entered.json()["reference"]
        petition.secrets[petition.reference] = REFERENCE

    def _work(self) -> None:
        for petition in self.planted:
            if petition.what == "ordinary":
                self._answer(petition)
            elif petition.what == "conduct-ccvc":
                Officer(self.system, "quan.thanhtra").do("accept", petition.reference)
                Officer(self.system, "khanh.tocongtac").do(
                    "open-seal", petition.reference, reason="Xác minh."
                )
            elif petition.what == "denunciation":
                Officer(self.system, "khanh.tocongtac").do(
                    "open-seal", petition.reference, reason="Làm việc."
                )
        for citizen, petition in zip(
            self.citizens, (p for p in self.planted if p.channel == "web"), strict=True
        ):
            if petition.what == "ordinary":
                citizen.add("rating", score=1, comment=f"Chưa được {petition.secret('r', WRITTEN)}")
        self.system.travel(days=22)

    def _answer(self, petition: Planted) -> None:
        handler, approver = Officer(self.system, "minh.ccvc"), Officer(self.system, "binh.vanphong")
        handler.do("accept", petition.reference)
        handler.do("note", petition.reference, note=f"Nội bộ {petition.secret('i', WRITTEN)}")
        handler.do("draft-answer", petition.reference, text=f"Trả lời {petition.secret('d', WRITTEN)}")
        approver.do("approve", petition.reference)
        if petition.channel == "web":
            public = {"subject": "Thi nâng ngạch", "content": "Bao giờ có kết quả?", "answer": "Trước 30/11."}
            approver.do("publish", petition.reference, **public)

    def _tokens(self) -> frozenset[str]:
        """Return every link token and PIN that petitioners were sent."""
        mails = (mail.text for mail in self.system.outbox(channel="EMAIL"))
        links = {token for text in mails for token in re.findall(r"[?&]t=([0-9a-z]{16,})", text)}
        return frozenset(links | {citizen.pin for citizen in self.citizens})

    # --- finding ----------------------------------------------------------------------------------

    def found_in(self, body: bytes | str) -> set[str]:
        """Return every planted secret that stands in something, whatever its letters' case or its digits' spacing."""
        text = _BETWEEN_DIGITS.sub("", readable(body))
        seen = {match.lower() for match in _CANARY.findall(text)}
        return (seen | set(_PHONE.findall(text)) | set(_REFERENCE.findall(text))) & self._owners.keys()

    def kind_of(self, secret: str) -> str:
        """Return the kind of a secret."""
        return self._owners[secret].secrets[secret]

    @property
    def _owners(self) -> dict[str, Planted]:
        return {secret: owner for owner in (*self.planted, self.refused) for secret in owner.secrets}

    def units(self) -> dict[str, str | None]:
        """Return where each petition lies now."""
        bodies = (json.loads(item["body"]["S"]) for item in self.system.items("petitions"))
        return {body["reference"]: body.get("unit") for body in bodies}

    def leaks(
        self, where: str, body: bytes | str, officer: dict[str, Any], units: dict[str, str | None]
    ) -> Iterator[Leak]:
        """Yield each secret that an officer must not have read there."""
        owners = self._owners
        words = set(_WORD.findall(readable(body)))
        yield from (Leak(where, "a link token or PIN", token) for token in self.tokens & words)
        for secret in self.found_in(body):
            owner = owners[secret]
            kind = owner.secrets[secret]
            may = owner.may_be_read_by(officer, units.get(owner.reference))
            is_hidden = owner.is_hidden_from(officer)
            if kind == IDENTITY or (kind == WRITTEN and not may) or (kind == REFERENCE and is_hidden):
                yield Leak(where, f"{owner.what}/{owner.channel}", secret)


def readable(body: bytes | str) -> str:
    """Return the text of an answer; of a workbook, the text of all its parts."""
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
