"""The lives of petitions, step by step, as people bring them about who ask again when a door does not answer.

A step is what one person does at one door, or what the clock does; all messages that follow from it are handled before
it is over. `scenes.py` plays a step again and again, each time with another fault in it.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from standardwebhooks.webhooks import Webhook

from infra.local.emulation.functions import HttpResponse
from tests.support import files
from tests.support.builders import vietnam
from tests.support.people import CITIZEN, CONTENT, GatewayPhone, Phone, reference_in
from tests.support.system import System

TRIES = 5
OTHER = CITIZEN | {"name": "Lê Văn Bốn", "phone": "0912 000 004", "email": "bon@thu.example"}
PICTURE = files.picture_with_place()


class World:
    """A system, and what the people in it have written down."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.notes: dict[str, Any] = {}

    def ask(self, method: str, path: str, *, key: str = "", **request: Any) -> HttpResponse:
        """Ask with the same key until it is done: what clients and providers do when nobody answers."""
        request["headers"] = {**request.get("headers", {}), **({"Idempotency-Key": key} if key else {})}
        for _ in range(TRIES):
            answer = self.system.http(method, path, **request)
            if answer.status < 400:
                break
        assert answer.status < 400, f"{method} {path}: still {answer.status} after {TRIES} tries"
        return answer

    def send(self, name: str = "", **petition: Any) -> None:
        """Send a petition over the web, to be known by a name."""
        body = {"content": CONTENT, "petitioner": CITIZEN, "reply_by": ["EMAIL"], **petition}
        receipt = self.ask("POST", "/v1/petitions", key=f"send{name}", json=body).json()
        self.notes |= {f"reference{name}": receipt["reference"], f"pin{name}": receipt["pin"]}

    def tell(self, what: str, key: str = "", **body: Any) -> HttpResponse:
        """Supplement, withdraw, rate …: what a petitioner says with their PIN."""
        path = f"/v1/petitions/{self.notes['reference']}/{what}"
        return self.ask(
            "POST", path, key=key or what, json=body, headers={"X-Petition-Pin": self.notes["pin"]}
        )

    def look(self) -> dict[str, Any]:
        """Follow the petition."""
        path = f"/v1/petitions/{self.notes['reference']}"
        seen: dict[str, Any] = self.ask("GET", path, headers={"X-Petition-Pin": self.notes["pin"]}).json()
        return seen

    def at_desk(self, officer: str, method: str, path: str, **request: Any) -> HttpResponse:
        """Ask the desk as an officer."""
        headers = {"Authorization": f"Bearer {self.system.access_token(officer)}"}
        return self.ask(method, f"/desk/v1{path}", headers=headers, **request)

    def act(self, officer: str, action: str, name: str = "", **body: Any) -> HttpResponse:
        """Take an action; whoever hears that the petition is another by now, looks and takes it again."""
        path = f"/petitions/{self.notes[f'reference{name}']}"
        headers = {
            "Authorization": f"Bearer {self.system.access_token(officer)}",
            "Idempotency-Key": f"{officer}-{action}",
        }
        for _ in range(TRIES):
            version = self.at_desk(officer, "GET", path).json()["version"]
            for _same in range(TRIES):
                answer = self.system.http(
                    "POST",
                    f"/desk/v1{path}/{action}",
                    json={"version": version, **self._written(body)},
                    headers=headers,
                )
                if answer.status < 500:
                    break
            if answer.status == 200:
                return answer
        raise AssertionError(f"{action}: still {answer.status} after {TRIES} tries: {answer.text}")

    def _written(self, body: dict[str, Any]) -> dict[str, Any]:
        """Put what was noted where a body says `$name`."""
        return {
            name: self.notes[value[1:]] if isinstance(value, str) and value.startswith("$") else value
            for name, value in body.items()
        }

    def pump(self) -> None:
        """Handle every message."""
        self.system.settle()

    def clone_of_notes(self) -> dict[str, Any]:
        """Return a copy of the notes so far."""
        return copy.deepcopy(self.notes)


@dataclass(frozen=True)
class Step:
    """One thing that happens."""

    name: str
    happen: Callable[[World], object]
    is_lead_in: bool = False
    """True where another life has the same step, so that disturbing it here would show nothing new."""
    believes_conditions: bool = False
    """True where a condition is the only record of an earlier call, so that one failing for no reason is a lie."""


def lead_in(*steps: Step) -> list[Step]:
    """Steps that only lead to what a life is about."""
    return [replace(step, is_lead_in=True) for step in steps]


@dataclass(frozen=True)
class Life:
    """Steps that build on each other."""

    name: str
    steps: list[Step] = field(default_factory=list)


def sends(**petition: Any) -> Step:
    """Over the web."""
    name = petition.pop("name", "")
    return Step(f"send{name}", lambda world: world.send(name, **petition))


def tells(what: str, **body: Any) -> Step:
    """With the PIN."""
    return Step(what, lambda world: world.tell(what, **body))


def looks() -> Step:
    """With the PIN, and changes nothing."""
    return Step("look", lambda world: world.look())


def does(officer: str, action: str, **body: Any) -> Step:
    """At the desk."""
    return Step(f"{action} by {officer}", lambda world: world.act(officer, action, **body))


def texts(text: str, smsid: str) -> Step:
    """By SMS; the aggregator repeats what was not answered."""

    def happen(world: World) -> None:
        written = text.replace("$reference", str(world.notes.get("reference", "")))
        phone = Phone(world.system)
        for _ in range(TRIES):
            answer = phone.request(written, smsid=smsid)
            if answer.status < 400:
                break
        assert answer.status < 400
        if "reference" not in world.notes:
            world.notes["reference"] = reference_in(answer.text)

    return Step(smsid, happen)


def comes_in_part(number: int, text: str) -> Step:
    """One part of two of a long SMS, through a gateway that cannot be answered."""

    def happen(world: World) -> None:
        phone = GatewayPhone(world.system)
        for _ in range(TRIES):
            if phone.send(text, part=(number, 2), message_id=f"part-{number}").status < 400:
                return
        raise AssertionError("the gateway is not answered")

    return Step(f"part {number}", happen, believes_conditions=True)


def calls(world: World) -> None:
    """A call centre reports a call, signed."""
    call = {
        "callId": "call-1",
        "caller": "0901234567",
        "start": "2026-11-03T08:30:00+07:00",
        "end": "2026-11-03T08:41:30+07:00",
        "summary": CONTENT,
        "petitioner": {name: CITIZEN[name] for name in ("name", "address", "phone")},
    }
    body = json.dumps(call, ensure_ascii=False)
    webhook = Webhook(world.system.local.cloud.providers["hotline"]["secret"])
    for _ in range(TRIES):  # signed anew each time, as the scheme wants it
        at = world.system.clock.now()
        headers = {
            "webhook-id": "call-1",
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": webhook.sign("call-1", at, body),
        }
        answer = world.system.http("POST", "/hotline/calls", body=body, headers=headers)
        if answer.status < 400:
            break
    world.notes["reference"] = answer.json()["reference"]


def enters_call(world: World) -> None:
    """An operator writes down what a caller says, who wants to be called back."""
    caller = {name: CITIZEN[name] for name in ("type", "name", "address", "phone")}
    body = {"content": CONTENT, "petitioner": caller, "call_id": "call-2", "reply_by": ["PHONE"]}
    entered = world.at_desk("tong.dai", "POST", "/petitions", json=body).json()
    world.notes["reference"] = entered["reference"]


def calls_back(world: World) -> None:
    """An operator takes the first call of the list, dials, and says that somebody answered."""
    (task,) = world.at_desk("tong.dai", "GET", "/calls").json()["calls"]
    path = f"/calls/{world.notes['reference']}"
    named = {"notice": task["notice"]}
    world.at_desk("tong.dai", "POST", f"{path}/dial", json=named, key="dial")
    spoken = named | {"attempt": task["attempt"], "outcome": task["outcomes"][0]}
    world.at_desk("tong.dai", "POST", f"{path}/outcome", json=spoken, key="outcome")


def declares_file(world: World) -> None:
    """A petitioner says that a picture will come."""
    declared = world.tell("attachments", filename="a.jpg", content_type="image/jpeg", size=len(PICTURE))
    world.notes["upload"] = declared.json()["upload"]


def uploads(world: World) -> None:
    """The picture comes, and is looked through."""
    world.system.upload(world.notes["upload"], PICTURE)


def signs_in(world: World) -> None:
    """An officer opens a session."""
    body = {"username": "minh.ccvc", "password": "Local-minh.ccvc-2026"}
    world.ask("POST", "/desk/v1/session", json=body)


def reads_lists(world: World) -> None:
    """Officers look at lists and figures; nothing changes."""
    world.at_desk("minh.ccvc", "GET", "/petitions")
    world.at_desk("binh.vanphong", "GET", "/petitions?queue=approval")
    world.at_desk("binh.vanphong", "GET", "/reports/timeliness?from=2026-11-01&to=2026-11-30")


def asks_for_pin(world: World) -> None:
    """Somebody who lost the PIN has it sent."""
    world.ask("POST", f"/v1/petitions/{world.notes['reference']}/unlock", json={"contact": CITIZEN["phone"]})


def comes(day: str, clock: str = "08:00") -> Step:
    """A day comes: midnight's round, and the sweep of a minute in which something is due, once more a minute later."""

    def happen(world: World) -> None:
        at = vietnam(day, clock)
        world.system.clock.hold_at(at)
        world.system.local.pumps.hourly.fire()
        for minutes in (0, 1):
            world.system.clock.hold_at(at + timedelta(minutes=minutes))
            world.system.local.pumps.sweep.fire()
            world.system.settle()

    return Step(f"{day} comes", happen)


PUBLIC = {"subject": "Thi nâng ngạch", "content": "Bao giờ có kết quả?", "answer": "Trước 30/11."}
ANSWER = "Kết quả công bố trước 30/11/2026."
ACCEPTED = lead_in(does("minh.ccvc", "accept"), does("minh.ccvc", "draft-answer", text=ANSWER))
APPROVED = does("binh.vanphong", "approve")

LIVES = [
    Life(
        "web",
        [
            sends(may_publish=True, reply_by=["EMAIL", "SMS"]),
            looks(),
            does("minh.ccvc", "accept"),
            does("minh.ccvc", "note", note="Đã hỏi hội đồng thi."),
            does("minh.ccvc", "draft-answer", text="Chưa biết."),
            does("binh.vanphong", "return-draft", reason="Chưa có thời hạn."),
            *lead_in(Step("draft again", lambda world: world.act("minh.ccvc", "draft-answer", text=ANSWER))),
            APPROVED,
            does("binh.vanphong", "publish", **PUBLIC),
            tells("rating", score=1, comment="Chưa rõ."),
            tells("reopening", reason="Tôi hỏi thời hạn."),
            *lead_in(does("quan.thanhtra", "accept")),
            does("quan.thanhtra", "draft-answer", text="Thời hạn là 30 ngày."),
            does("khanh.tocongtac", "approve"),
            comes("2026-11-04", "00:00"),
        ],
    ),
    Life(
        "sms",
        [
            texts(f"PAKN {CONTENT}", "sms-send"),
            texts("PAKN BS $reference Tran Thi Mua, xa Dong Son, Thanh Hoa", "sms-add"),
            texts("PAKN TC $reference", "sms-track"),
            *ACCEPTED,
            APPROVED,
            texts("PAKN DG $reference 5", "sms-rate"),
        ],
    ),
    Life(
        "long sms",
        [
            comes_in_part(1, "PAKN Toi du thi nang ngach chuyen vien chinh, "),
            comes_in_part(2, "xin cho biet bao gio co ket qua."),
        ],
    ),
    Life("call centre", [Step("call", calls)]),
    Life("operator", [Step("enter", enters_call), *ACCEPTED, APPROVED, Step("call back", calls_back)]),
    Life(
        "files",
        [
            *lead_in(sends()),
            Step("declare", declares_file),
            Step("upload", uploads),
            tells("supplements", content="Tôi nộp hồ sơ ngày 3/3."),
            tells("contact", phone="0987 654 321"),
            Step("pin again", asks_for_pin),
            *lead_in(does("minh.ccvc", "accept")),
            does("minh.ccvc", "request-information", question="Bác thi ở đâu?"),
            Step("answer the question", lambda world: world.tell("supplements", "answer", content="Ở Huế.")),
            tells("withdrawal", reason="Đã có kết quả."),
        ],
    ),
    Life(
        "desk",
        [
            *lead_in(sends(content="Tôi có một việc khó nói, mong được hướng dẫn thêm.")),
            Step("sign in", signs_in),
            does("lan.tiepnhan", "classify", field="CCVC", kind="REGULATION"),
            does("lan.tiepnhan", "assign", unit="VCCHC"),
            does("dung.cchc", "return-to-intake", reason="Không thuộc vụ."),
            does("khanh.tocongtac", "open-seal", reason="Cần xác minh."),
            Step("read lists", reads_lists),
            does("lan.tiepnhan", "forward", body="UBND tỉnh Thanh Hóa"),
        ],
    ),
    Life("guided", [*lead_in(sends()), does("lan.tiepnhan", "guide", text="Mời bác gửi đơn khiếu nại.")]),
    Life(
        "refused",
        [*lead_in(sends()), does("lan.tiepnhan", "refuse", reason="SPAM", text="Không có nội dung.")],
    ),
    Life("denounced", [*lead_in(sends()), does("lan.tiepnhan", "restrict")]),
    Life(
        "merged",
        [
            *lead_in(sends()),
            sends(name="-2", petitioner=OTHER),
            Step("merge", lambda world: world.act("lan.tiepnhan", "merge", "-2", parent="$reference")),
            *ACCEPTED,
            APPROVED,
            *lead_in(comes("2026-11-04", "00:00")),
        ],
    ),
    Life(
        "late",
        [
            *lead_in(sends(), comes("2026-11-04", "00:00")),
            comes("2026-11-18"),
            comes("2026-11-20"),
            comes("2026-11-24", "00:00"),
            comes("2026-12-03"),
            *ACCEPTED,
            APPROVED,
        ],
    ),
]
