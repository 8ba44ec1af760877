"""Sixty days of the system's background work under everything that a cloud may do to messages.

The router's relay and routing and the SLA timer's sweep and actions are the real ones, over petitions kept in memory;
what stands between them is made as bad as it may be: 30 % of all messages are delivered twice, they are reordered, some
come up to four days late, the sweeper is down for up to 48 hours at a time, and sweeps overlap. One seed, one history.

`test_simulation.py` says what must hold, and how many petitions and worlds each size of the campaign takes.
"""

from __future__ import annotations

import hashlib
import heapq
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from chalicelib.notifier.attempts.back_off import RetryLaterError, wait_for_word
from chalicelib.router.learning.shadow import Shadow
from chalicelib.router.route_petition import Router
from chalicelib.sla_timer.petitions.wake_petition import Timer
from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import ActionNotPossibleError, StaleVersionError
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.notice_kinds import NoticeKind
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import Petitioner, ReplyBy
from shared.domain.procedures import taking_back
from shared.platform import clock
from shared.platform.messages import NoticeRequest
from shared.tables.routing.candidates import Candidates
from shared.use_cases.consequences import Queue, requests_after
from tests.support.builders import a_petition, vietnam
from tests.support.memory_store import MemoryDirectory, MemoryPetitions

START = vietnam("2026-01-12")
DAYS = 60
DUPLICATED = 0.3
LATE = 0.05
LATEST = timedelta(days=4)
LONGEST_OUTAGE = timedelta(hours=48)
MINUTE = timedelta(minutes=1)
UNDO_WITHIN = timedelta(minutes=10)
TAKEN_BACK = 0.3
"""The share of approvals that are taken back, some of them too late."""
TEXTS = (
    "Đề nghị công bố lịch thi nâng ngạch công chức chuyên viên chính",
    "Thủ tục cải cách hành chính một cửa còn rườm rà, dịch vụ công trực tuyến hay lỗi",
    "Mức lương hưu của tôi bị tính sai hệ số, đề nghị xem lại cách tính lương hưu và bảo hiểm xã hội",
    "Tôi có một việc khó nói, mong được hướng dẫn",
)


@dataclass(order=True)
class _Event:
    at: datetime
    order: int
    do: Callable[[], None] = field(compare=False)
    is_message: bool = field(compare=False)


class Simulation:
    """One run: `run()` plays it, the attributes hold the results."""

    def __init__(self, seed: int, petitions: int) -> None:
        self.random = random.Random(seed)
        self.count = petitions
        self.now = START
        self.directory = MemoryDirectory()
        self.petitions = MemoryPetitions(self.directory)
        self.router = Router(
            self.petitions, self.directory, Shadow(self.directory, Candidates(self.directory, "statistics"))
        )
        self.removed_files: set[str] = set()
        self.timer = Timer(self.petitions, self.directory, self.removed_files.add)
        self.notices: Counter[tuple[Any, ...]] = Counter()
        """Notices by name, as often as their request was delivered; the notifier claims each name once."""
        self.delivered = Counter[str]()
        self._events: list[_Event] = []
        self._order = 0
        self._rest = timedelta(0)
        """The time that what is held waits no more: once the world has come to rest."""
        self._relayed: dict[str, int] = {}
        self._outages = self._draw_outages()
        self.references: list[str] = []

    # --- playing ---------------------------------------------------------------------------------------

    def run(self) -> Simulation:
        """Play the sixty days, then let everything still under way arrive."""
        clock.use(lambda: self.now)
        try:
            for number in range(self.count):
                self._at(START + self._some(timedelta(days=DAYS - 2)), partial(self._receive, number))
            self._at(START + MINUTE, self._sweep)
            self._play_until(START + timedelta(days=DAYS))
            self._come_to_rest()
        finally:
            clock.use(None)
        return self

    def _play_until(self, end: datetime) -> None:
        while self._events and self._events[0].at <= end:
            event = heapq.heappop(self._events)
            self.now = max(self.now, event.at)
            event.do()
        self.now = end

    def _come_to_rest(self) -> None:
        """The clock stands still, the sweeper works, and everything under way arrives: what is left undone is lost."""
        self._outages, self._rest = [], UNDO_WITHIN
        self._events = [event for event in self._events if event.is_message]
        while self._events or self.petitions.due_everywhere(self.now):
            self._dispatch_due()
            while self._events:
                heapq.heappop(self._events).do()

    def _at(self, at: datetime, do: Callable[[], None], *, is_message: bool = False) -> None:
        self._order += 1
        heapq.heappush(self._events, _Event(at.replace(microsecond=0), self._order, do, is_message))

    def _some(self, longest: timedelta) -> timedelta:
        return longest * self.random.random()

    def _draw_outages(self) -> list[tuple[datetime, datetime]]:
        starts = [START + self._some(timedelta(days=DAYS - 3)) for _ in range(4)]
        return [(start, start + self._some(LONGEST_OUTAGE)) for start in starts]

    # --- what the world does ---------------------------------------------------------------------------

    def _receive(self, number: int) -> None:
        petition = a_petition(
            received_at=self.now,
            calendar=self.directory.calendar(),
            content=self.random.choice(TEXTS),
            subject="",
            reference=f"26{number:09d}",
            petitioner=Petitioner(contact_keys=(f"{number % 997:032x}",), reply_by=(ReplyBy.EMAIL,)),
            may_publish=self.random.random() < 0.5,
        )
        self.petitions.add(petition)
        self.references.append(petition.reference)
        self._changed(petition.reference)
        if self.random.random() < 0.7:
            self._at(self.now + self._some(timedelta(days=40)), lambda: self._work(petition.reference))

    def _work(self, reference: str) -> None:
        """An officer takes the next step, sooner or later, or never."""
        petition = self._get(reference)
        change = Change.by_officer("a", self.now, f"work:{petition.version}")
        steps: dict[State, Callable[[], Petition]] = {
            State.RECEIVED: lambda: petition.assign(change, "VCCVC"),
            State.ASSIGNED: lambda: petition.accept(change, handler="a"),
            State.IN_PROGRESS: lambda: petition.draft_answer(change, "Trả lời"),
            State.AWAITING_APPROVAL: lambda: petition.approve(self._held(petition, change)),
        }
        step = steps.get(petition.state)
        if step is None:
            return
        try:
            self.petitions.save(step(), petition.version)
        except (StaleVersionError, ActionNotPossibleError):
            return
        self._changed(reference)
        if petition.state is State.AWAITING_APPROVAL and self.random.random() < TAKEN_BACK:
            self._at(self.now + self._some(1.2 * UNDO_WITHIN), lambda: self._take_back(reference))
        self._at(self.now + self._some(timedelta(days=10)), lambda: self._work(reference))

    def _held(self, petition: Petition, change: Change) -> Change:
        terms, calendar = self.directory.terms_of(petition), self.directory.calendar()
        return change.held_until(
            taking_back.word_at(petition, Action.APPROVE, change.at, UNDO_WITHIN, terms, calendar)
        )

    def _take_back(self, reference: str) -> None:
        """The officer takes the approval back, where it is not too late."""
        petition = self._get(reference)
        change = Change.by_officer("a", self.now, f"back:{petition.version}")
        try:
            self.petitions.save(taking_back.take_back(petition, change), petition.version)
        except (StaleVersionError, ActionNotPossibleError):
            return
        self._changed(reference)

    # --- what stands between the functions -------------------------------------------------------------

    def _deliver(self, name: str, do: Callable[[], None]) -> None:
        """Deliver a message at least once, in any order, now and then very late."""
        for _ in range(2 if self.random.random() < DUPLICATED else 1):
            late = self._some(LATEST) if self.random.random() < LATE else self._some(timedelta(minutes=3))
            self.delivered[name] += 1
            self._at(self.now + late, do, is_message=True)

    def _changed(self, reference: str) -> None:
        """The change stream: records of one petition come in order, each at least once, some of them late."""
        petition, seen = self._get(reference), self._relayed.get(reference, 0)
        self._relayed[reference] = petition.version
        self._deliver("stream", lambda: self._relay(petition, seen))

    def _relay(self, petition: Petition, seen: int) -> None:
        requests = requests_after(petition, seen)
        for _ in requests[Queue.ROUTING]:
            self._deliver("routing", partial(self._then_relay, self.router.route, petition.reference))
        for notice in requests[Queue.NOTICES]:
            assert isinstance(notice, NoticeRequest)
            if notice.kind is NoticeKind.EVENT:
                continue  # no program subscribed
            self._deliver("notices", partial(self._notify, notice))

    def _notify(self, notice: NoticeRequest) -> None:
        """Count a notice, unless its word is held, or its action was taken back."""
        petition = self._get(notice.reference)
        entry = petition.history[notice.seq - 1]
        try:
            wait_for_word(petition, entry, self.now + self._rest)
        except RetryLaterError as later:
            self._at(
                (later.at or self.now) + timedelta(seconds=1), partial(self._notify, notice), is_message=True
            )
            return
        if not taking_back.was_taken_back(petition, entry.seq):
            self.notices.update([(notice.reference, notice.seq, notice.kind, notice.audience)])

    def _sweep(self) -> None:
        """Dispatch what is due, unless the sweeper is down; now and then two sweeps overlap."""
        if not any(start <= self.now < end for start, end in self._outages):
            for _ in range(2 if self.random.random() < 0.1 else 1):
                self._dispatch_due()
        following = self.petitions.next_wake_at() or self.now
        self._at(max(following, self.now + 30 * MINUTE), self._sweep)

    def _dispatch_due(self) -> None:
        for reference, _wake_at in self.petitions.due_everywhere(self.now):
            self._deliver("timers", partial(self._then_relay, self._wake, reference))

    def _wake(self, reference: str) -> None:
        self.timer.wake(reference, self.now)

    def _then_relay(self, act: Callable[[str], None], reference: str) -> None:
        before = self._get(reference).version
        act(reference)
        if self._get(reference).version != before:
            self._changed(reference)

    def _get(self, reference: str) -> Petition:
        petition = self.petitions.get(reference)
        assert petition is not None
        return petition

    # --- what came of it -------------------------------------------------------------------------------

    def all(self) -> list[Petition]:
        """Every petition as it stands."""
        return [self._get(reference) for reference in self.references]

    def head(self) -> str:
        """Return one hash over all histories: the same for the same seed."""
        hashes = "".join(petition.history[-1].hash for petition in self.all())
        return hashlib.sha256(hashes.encode()).hexdigest()

    def updates_owed(self, petition: Petition) -> int:
        """Return the number of 7-working-day updates due for a petition that is still unanswered, counted naively."""
        calendar, terms = self.directory.calendar(), self.directory.terms_of(petition)
        owed = 0
        while deadlines.overdue_update_on(petition.due_on, owed + 1, terms, calendar) <= local_date(self.now):
            owed += 1
        return owed
