"""Every AWS call of a petition's life, each with a crash before and after it: recovered by redelivery alone.

A function that dies between any two of its calls is called again with the same message, as AWS does. Whatever was
cut off, there is one petition, it reaches its answer, and the petitioner is told each thing once; a send whose
outcome nobody can know is counted as ambiguous instead of being repeated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from shared.deliveries import DeliveryState
from tests.builders import vietnam
from tests.faults.injection import Call, Fault
from tests.journeys.people import CONTENT, Citizen, Officer, Phone, reference_in
from tests.system import System

CRASHES = (Fault.CRASH_BEFORE, Fault.CRASH_AFTER)
READS = frozenset({"Query", "GetItem", "Scan", "GetSecretValue", "BatchGetItem"})
ROUNDS = frozenset({"sla_timer.sweep", "sla_timer.hourly"})
TRIES = 4


def until_it_answers(send: Callable[[], Any]) -> Any:
    """Call a door again, with the same request, while the function behind it dies: what clients and providers do."""
    for _ in range(TRIES):
        answer = send()
        if answer.status < 500:
            return answer
    raise AssertionError(f"still {answer.status} after {TRIES} tries")


class Life:
    """A petition's life that can be lived again and again, each time with another crash in it."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.reference = ""

    def live(self) -> None:
        """From the door to the answer."""
        system = self.system
        self.receive()
        system.settle()
        self._act("minh.ccvc", "accept")
        self._act("minh.ccvc", "draft-answer", text="Trước ngày 30/11/2026.")
        self._act("binh.vanphong", "approve")
        system.settle()

    def receive(self) -> None:
        """Come in over the web."""
        body = {
            "content": CONTENT,
            "petitioner": {"name": "Trần Thị Mùa", "address": "Thanh Hóa", "email": "mua.tran@thu.example"},
        }
        answer = until_it_answers(
            lambda: self.system.http("POST", "/v1/petitions", json=body, headers={"Idempotency-Key": "life"})
        )
        self.reference = answer.json()["reference"]

    def _act(self, username: str, action: str, **body: Any) -> None:
        officer = self.system.access_token(username)
        headers = {"Authorization": f"Bearer {officer}", "Idempotency-Key": f"{action}-1"}
        version = self._version_seen(headers)
        answer = until_it_answers(
            lambda: self.system.http(
                "POST",
                f"/desk/v1/petitions/{self.reference}/{action}",
                json={"version": version, **body},
                headers=headers,
            )
        )
        assert answer.status == 200, answer.text
        self.system.settle()

    def _version_seen(self, headers: dict[str, str]) -> int:
        """Look until the petition is on this officer's desk: a message that was cut off is hidden for six minutes."""
        for _ in range(TRIES):
            seen = until_it_answers(
                lambda: self.system.http("GET", f"/desk/v1/petitions/{self.reference}", headers=headers)
            )
            if seen.status == 200:
                return int(seen.json()["version"])
            self.system.travel(minutes=7)
        raise AssertionError("the petition never came to the desk")


class SmsLife(Life):
    """The same, come in by SMS: the aggregator repeats what was not answered."""

    def receive(self) -> None:
        """Come in by SMS."""
        phone = Phone(self.system)
        answer = until_it_answers(lambda: phone.request(f"PAKN {CONTENT}", smsid="life"))
        self.reference = reference_in(answer.text)


class LateLife(Life):
    """A petition that nobody answers until the first update has gone out."""

    def live(self) -> None:
        """Come in, be forgotten for a month, be told."""
        self.receive()
        self.system.settle()
        for day in ("2026-11-05", "2026-11-18", "2026-11-20", "2026-11-25", "2026-12-03"):
            self._let_the_minute_come(vietnam(day, "08:00"))

    def _let_the_minute_come(self, at: datetime) -> None:
        """Sweep as the schedule does: at once, again after a minute, and when hidden messages have come back."""
        for minutes in (0, 1, 8):
            self.system.clock.hold_at(at + timedelta(minutes=minutes))
            self.system.local.pumps.sweep.fire()
            self.system.settle()


LIVES = [pytest.param(Life, id="web"), pytest.param(SmsLife, id="sms"), pytest.param(LateLife, id="late")]


def assert_everything_came_about_once(system: System, undisturbed: Counter[tuple[str, str]]) -> int:
    """Compare with the undisturbed life: the same notices to the same people, each once; return the ambiguous.

    A notice that came so late that the petition had moved on is not sent any more, and recorded as superseded.
    """
    deliveries = system.items("deliveries")
    states = Counter(row["state"]["S"] for row in deliveries)
    ambiguous = states[DeliveryState.AMBIGUOUS]
    told = told_by(system)

    assert len(system.items("petitions")) == 1
    assert not told - undisturbed, "somebody was told twice, or told something else"
    assert (undisturbed - told).total() <= ambiguous + states[DeliveryState.SUPERSEDED], undisturbed - told
    assert system.dead_letters() == 0
    return ambiguous


def told_by(system: System) -> Counter[tuple[str, str]]:
    """Return what went out, as (to, subject or first words)."""
    return Counter((one.to, one.subject or one.text[:40]) for one in system.outbox())


def points(calls: list[Call]) -> Iterator[tuple[int, Fault]]:
    """Yield every call with every way to die that differs.

    A read commits nothing: dying before or after it is the same. Of the sweep's and the daily round's reads, which
    repeat every minute and day, each kind is tried once.
    """
    seen: set[tuple[str, str]] = set()
    for call in calls:
        is_read = call.operation in READS
        if is_read and call.where in ROUNDS:
            if (call.where, call.operation) in seen:
                continue
            seen.add((call.where, call.operation))
        for crash in (Fault.CRASH_BEFORE,) if is_read else CRASHES:
            yield call.number, crash


@pytest.mark.parametrize("kind", LIVES)
def test_crash_at_any_call_loses_nothing_and_doubles_nothing(running_system: System, kind: type[Life]):
    system = running_system
    system.reset()
    with system.faults.counting() as calls:
        kind(system).live()
        counted = list(calls)
    system.travel(minutes=20)
    undisturbed = told_by(system)
    assert len(counted) >= 25
    assert undisturbed.total() >= 3

    tried, ambiguous = 0, 0
    for number, crash in points(counted):
        system.reset()
        with system.faults.at({number: crash}) as injection:
            kind(system).live()
            assert [fault for _call, fault in injection.injected] == [crash], f"call {number} was not reached"
        system.travel(minutes=20)
        ambiguous += assert_everything_came_about_once(system, undisturbed)
        tried += 1

    print(f"{kind.__name__}: {tried} crash points, {ambiguous} ambiguous sends")
    assert tried >= len([call for call in counted if call.where not in ROUNDS])
    mails = sum(call.service == "sesv2" for call in counted)
    assert ambiguous <= 4 * mails, "only a mail cut off between claim and record may stay in doubt"


def test_officer_learns_that_the_seal_is_open_to_nobody_when_the_record_failed(system: System):
    """The opening is recorded first: where that write dies, nothing was shown."""
    citizen = Citizen(system)
    citizen.send()
    inspector = Officer(system, "khanh.tocongtac")
    version = inspector.petition(citizen.reference)["version"]
    with system.faults.counting() as calls:
        answer = inspector.try_to("open-seal", citizen.reference, version=version, reason="Kiểm tra thử")
        names = [f"{call.service}.{call.operation}" for call in calls if call.where == "casework.http"]

    assert answer.json()["identity"]["name"] == "Trần Thị Mùa"
    assert names.index("dynamodb.PutItem") < names.index("kms.Decrypt")
