"""Plays the sample petitions: invented people send them through the system's own doors, officers act, days pass.

Called once by the local stack when it starts. Nothing is written behind the system's back: what the samples look
like is what the functions made of them. The texts stand in petitions.json.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, TypeAdapter

from infra.local.clock import system_time
from infra.local.driver import Driver
from infra.local.emulation.functions import HttpResponse
from infra.seed import files
from infra.seed.directory import directory_rows
from shared.domain.calendar.working_calendar import VIETNAM, Override, WorkingCalendar, at_local, local_date
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.classification import Channel

OPERATOR = "tong.dai"
INTAKE_OFFICER = "lan.tiepnhan"
CITIZENS = ("petitioner", "sender")
SHADOWED = timedelta(days=9)
"""The time since the router's models learned from the samples: their candidates have run for a week."""
ALL_FILES = "all"
"""In a draft answer: every file that an officer attached."""
_STORED = 204
_OFFICE_OPENS = time(8, 40)
_REFERENCE = re.compile(r"\d{2} ?\d{4} ?\d{4} ?\d")


class Step(BaseModel):
    """Something done to a sample petition some days after it was received."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    after_days: int
    by: str
    """An officer's user name, `petitioner` (over the web) or `sender` (by SMS)."""
    action: str
    body: dict[str, Any] = {}


class Sample(BaseModel):
    """One sample petition: how it came, what happened to it, and the state it is meant to be in at the end."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    channel: Channel
    days_ago: int
    at: time
    ends: State
    petition: dict[str, Any] = {}
    sender: str = ""
    content: str = ""
    steps: tuple[Step, ...] = ()


class Event(NamedTuple):
    """One thing that happens at one instant: a receipt (no step) or a step."""

    at: datetime
    sample: Sample
    step: Step | None
    number: int


class SampleRefusedError(Exception):
    """The system did not take what a sample sent: the samples and the system have drifted apart."""

    def __init__(self, what: str, answer: HttpResponse) -> None:
        super().__init__(f"{what}: {answer.status} {answer.text[:300]}")


def samples() -> tuple[Sample, ...]:
    """Read the sample petitions."""
    raw = Path(__file__).with_name("petitions.json").read_bytes()
    return TypeAdapter(tuple[Sample, ...]).validate_json(raw)


class Played(NamedTuple):
    """The outcome: the samples' references by name, and the errors of those that the system did not take."""

    references: dict[str, str]
    refused: tuple[str, ...]


def play(driver: Driver, until: datetime | None = None) -> Played:
    """Send the samples and act on them, with the clock travelling from event to event.

    A sample that the system refuses something (a new routing rule sent it elsewhere, say) stays where it is; the
    others go on, and a test sees to it that none is refused.

    Args:
        driver: of a system without petitions.
        until: the present, before which everything has happened; the machine's own time unless given.

    """
    present = until or system_time()
    players = Players(driver)
    trains_at = present - SHADOWED
    has_trained = False
    for event in timeline(samples(), present):
        if event.at >= trains_at and not has_trained:
            _let_time_pass(driver, trains_at)
            driver.local.pumps.learn.fire()
            has_trained = True
        _let_time_pass(driver, event.at)
        players.play(event)
        driver.settle()
    references = {name: sent.reference for name, sent in players.sent.items()}
    return Played(references, tuple(players.refused.values()))


def _let_time_pass(driver: Driver, to: datetime) -> None:
    """Go from wake-up to wake-up to an instant, and let what falls due happen.

    A traveller would stop at every midnight as well, for the daily reconciliation; it would find nothing, and take
    a second of everybody's start.
    """
    while due := [at for at in driver.local.cloud.wake_ups() if at <= to]:
        stop = max(_whole_minute(min(due)), driver.clock.now())
        if stop > to or stop == driver.clock.now():
            driver.travel(to)
            return
        driver.clock.hold_at(stop)
        driver.travel(stop)
    driver.clock.hold_at(to)


def _whole_minute(at: datetime) -> datetime:
    """Return the minute in which the sweep finds what is due at an instant."""
    floor = at.replace(second=0, microsecond=0)
    return floor if floor == at else floor + timedelta(minutes=1)


def timeline(all_samples: tuple[Sample, ...], present: datetime) -> list[Event]:
    """Return everything that happens, in order and before the present; officers act on working days."""
    calendar = _calendar()
    events = [event for sample in all_samples for event in _life(sample, present, calendar)]
    return sorted(events, key=lambda event: (event.at, event.sample.name, event.number))


def _calendar() -> WorkingCalendar:

    return WorkingCalendar(
        Override(date.fromisoformat(row["on"]), row["kind"], row["document"], row["name"])
        for row in directory_rows()["calendar"]
    )


def _life(sample: Sample, present: datetime, calendar: WorkingCalendar) -> Iterator[Event]:
    """Yield a sample's receipt and its steps, each later than the one before and all before the present."""
    on = local_date(present) - timedelta(days=sample.days_ago)
    room = timedelta(minutes=2 * len(sample.steps) + 30)
    at = min(at_local(on, sample.at), present - room)
    yield Event(at, sample, None, 0)
    for number, step in enumerate(sample.steps, start=1):
        day = on + timedelta(days=step.after_days)
        if step.by not in CITIZENS:
            day = calendar.next_working_day(day)
        latest = present - room + timedelta(minutes=2 * number)
        at = min(max(at_local(day, _time_of(day)), at + timedelta(minutes=1)), latest)
        yield Event(at, sample, step, number)


def _time_of(day: date) -> time:
    """Return the time of day at which things are done on a day: in office hours, not always the same."""
    opening = datetime.combine(date.min, _OFFICE_OPENS)
    return (opening + timedelta(minutes=day.toordinal() * 47 % 450)).time()


class _Sent(NamedTuple):
    reference: str
    pin: str


class Players:
    """The people of the samples, each at their own door."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._bearers: dict[str, dict[str, str]] = {}
        self.sent: dict[str, _Sent] = {}
        self.refused: dict[str, str] = {}

    def play(self, event: Event) -> None:
        """Let one thing happen, unless something of the same sample was refused before."""
        if event.sample.name in self.refused:
            return
        try:
            self.act(event)
        except SampleRefusedError as error:
            self.refused[event.sample.name] = str(error)
            print(f"sample petition left behind: {error}")

    def act(self, event: Event) -> None:
        """Let one thing happen.

        Raises:
            SampleRefusedError: the system did not take it.
        """
        sample, step = event.sample, event.step
        if step is None:
            self._receive(sample, event.at)
        elif step.action == "attach":
            self._attach(sample, step)
        elif step.by == "petitioner":
            self._follow_up(sample, step)
        elif step.by == "sender":
            self._text_again(sample, step, event)
        else:
            self._act(sample, step, event)

    # --- the three doors ---------------------------------------------------------------------------------

    def _receive(self, sample: Sample, at: datetime) -> None:
        if sample.channel is Channel.SMS:
            reply = self._text(sample, sample.content, at, number=0)
            match = _REFERENCE.search(reply.text.partition("<Message>")[2])
            if match is None:
                raise SampleRefusedError(sample.name, reply)
            self.sent[sample.name] = _Sent(match[0].replace(" ", ""), pin="")
            return
        if sample.channel is Channel.HOTLINE:
            call = {"call_id": f"sample-{sample.name}", "call_started_at": at.isoformat()}
            answer = self._driver.http(
                "POST", "/desk/v1/petitions", json={**sample.petition, **call}, headers=self._bearer(OPERATOR)
            )
        else:
            key = {"Idempotency-Key": f"sample-{sample.name}"}
            answer = self._driver.http("POST", "/v1/petitions", json=sample.petition, headers=key)
        receipt = _taken(sample.name, answer).json()
        self.sent[sample.name] = _Sent(receipt["reference"], receipt["pin"])

    def _text(self, sample: Sample, content: str, at: datetime, number: int) -> HttpResponse:
        """Deliver an SMS as the aggregator does: a signed GET."""
        credentials = self._driver.local.cloud.providers["esms"]
        query = {
            "sender": sample.sender,
            "content": content,
            "serviceNumber": "8088",
            "keyword": "PAKN",
            "cpid": credentials["cpid"],
            "smsid": f"sample-{sample.name}-{number}",
            "receiverTime": at.astimezone(VIETNAM).strftime("%Y%m%d%H%M%S"),
        }
        signed = query["cpid"] + query["smsid"] + content + query["receiverTime"] + credentials["private_key"]
        query["sign"] = hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest()
        return _taken(sample.name, self._driver.http("GET", "/sms/esms", query=query))

    # --- what petitioners do later -----------------------------------------------------------------------

    def _follow_up(self, sample: Sample, step: Step) -> None:
        sent = self.sent[sample.name]
        answer = self._driver.http(
            "POST",
            f"/v1/petitions/{sent.reference}/{step.action}",
            json=step.body,
            headers={"X-Petition-Pin": sent.pin},
        )
        _taken(f"{sample.name}, {step.action}", answer)

    def _text_again(self, sample: Sample, step: Step, event: Event) -> None:
        reference = self.sent[sample.name].reference
        content = {
            "supplement": f"PAKN BS {reference} {step.body.get('text', '')}",
            "rating": f"PAKN DG {reference} {step.body.get('score', '')}",
            "withdrawal": f"PAKN RUT {reference}",
        }[step.action]
        self._text(sample, content, event.at, event.number)

    # --- files -------------------------------------------------------------------------------------------

    def _attach(self, sample: Sample, step: Step) -> None:
        """Declare a file and put it into the bucket: a petitioner's picture, or an officer's letter."""
        sent = self.sent[sample.name]
        is_petitioners = step.by == "petitioner"
        content = (files.picture if is_petitioners else files.letter)(step.body["lines"])
        declared = self._driver.http(
            "POST",
            f"{'' if is_petitioners else '/desk'}/v1/petitions/{sent.reference}/attachments",
            json={
                "filename": step.body["filename"],
                "content_type": "image/jpeg" if is_petitioners else "application/pdf",
                "size": len(content),
            },
            headers={"X-Petition-Pin": sent.pin} if is_petitioners else self._bearer(step.by),
        )
        what = f"{sample.name}, {step.by}: {step.action}"
        uploaded = self._driver.upload(_taken(what, declared).json()["upload"], content)
        if uploaded.status != _STORED:
            raise SampleRefusedError(what, uploaded)

    # --- officers ----------------------------------------------------------------------------------------

    def _act(self, sample: Sample, step: Step, event: Event) -> None:
        """Let an officer act on the petition as they see it now."""
        reference = self.sent[sample.name].reference
        what = f"{sample.name}, {step.by}: {step.action}"
        if step.action == "accept":
            self._bring_to_unit_of(step.by, reference, what)
        self._take_action(step.by, reference, step.action, self._resolved(step.body, event.at), what)

    def _bring_to_unit_of(self, handler: str, reference: str, what: str) -> None:
        """Let the intake desk assign what the router did not give to the handler's unit."""
        unit = next(row["unit"] for row in directory_rows()["officer"] if row["id"] == handler)
        if self._seen(INTAKE_OFFICER, reference, what)["unit"] != unit:
            self._take_action(INTAKE_OFFICER, reference, "assign", {"unit": unit}, what)
            self._driver.settle()

    def _take_action(
        self, username: str, reference: str, action: str, body: dict[str, Any], what: str
    ) -> None:
        version = self._seen(username, reference, what)["version"]
        path = f"/desk/v1/petitions/{reference}/{action}"
        if body.get("attachments") == ALL_FILES:
            seen = self._seen(username, reference, what)["attachments"]
            body = {
                **body,
                "attachments": [
                    attachment["id"] for attachment in seen if attachment["belongs_to"] == "ANSWER"
                ],
            }
        facts = {"version": version, **body}
        _taken(what, self._driver.http("POST", path, json=facts, headers=self._bearer(username)))

    def _seen(self, username: str, reference: str, what: str) -> dict[str, Any]:
        """Return the petition as an officer sees it."""
        path = f"/desk/v1/petitions/{reference}"
        seen: dict[str, Any] = _taken(
            what, self._driver.http("GET", path, headers=self._bearer(username))
        ).json()
        return seen

    def _resolved(self, body: dict[str, Any], at: datetime) -> dict[str, Any]:
        """Put references and dates in place of sample names and distances."""
        resolved = dict(body)
        if "parent" in resolved:
            resolved["parent"] = self.sent[resolved["parent"]].reference
        if "expected_in_days" in resolved:
            expected = local_date(at) + timedelta(days=resolved.pop("expected_in_days"))
            resolved["expected_on"] = expected.isoformat()
        return resolved

    def _bearer(self, username: str) -> dict[str, str]:
        """Sign an officer in, once."""
        if username not in self._bearers:
            facts = {"username": username, "password": f"Local-{username}-2026"}
            answer = self._driver.http("POST", "/desk/v1/session", json=facts)
            token = _taken(f"{username} signs in", answer).json()["access_token"]
            self._bearers[username] = {"Authorization": f"Bearer {token}"}
        return self._bearers[username]


def _taken(what: str, answer: HttpResponse) -> HttpResponse:
    if answer.status not in (200, 201):
        raise SampleRefusedError(what, answer)
    return answer
