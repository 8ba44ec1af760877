"""Plays a whole life on the running system: step by step, or by itself in two minutes, with pause and stop.

Everything goes through the doors that people use, and the clock travels as the workbench's does. Nothing is undone in
the end: the system runs on from the day at which the demonstration left it.
"""

from __future__ import annotations

import re
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from html import unescape
from typing import Any

from infra.local.driver import Driver
from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.life.scenes import DAYS, NEIGHBOUR, SCENES, SENDER, Scene, Situation, people, telephone
from infra.local.system import LocalSystem
from infra.local.travel import midnight_after
from infra.seed.petitions import Event, Players, Sample
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.petition import Petition
from shared.domain.promises.wake_ups import wake_ups
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions

READY, RUNNING, PAUSED, STOPPED, DONE, FAILED = "ready", "running", "paused", "stopped", "done", "failed"
SCENE_SECONDS = 9.0
"""A scene that plays by itself takes so long, its travel among it: thirteen take two minutes."""
LEAST_PAUSE_SECONDS = 1.5
"""Between two scenes on a slow machine: time to read what happened."""
_JUST_AFTER = timedelta(seconds=1)
"""Behind midnight, so that a stop there runs the nightly schedule once, and the monthly one too."""
_BREATH_SECONDS = 0.02
"""Between two days of a travel: others get the functions' lock."""

_REPLY = re.compile(r"<Message>(.+?)</Message>", re.DOTALL)

Facts = dict[str, Any]


@dataclass(frozen=True)
class Text:
    """One SMS between the petitioner and 8088."""

    at: datetime
    text: str
    is_typed: bool


@dataclass(frozen=True)
class Shown:
    """A scene that was played, and what it led to."""

    scene: Scene
    at: datetime
    day: int
    state: str
    due_on: str
    is_late: bool
    texts: tuple[Text, ...]
    """The SMS on the petitioner's telephone since the scene before, both ways."""
    mails: int
    """The number of e-mails to officers about the petition since the scene before."""


@dataclass
class Run:
    """One life as it is played."""

    number: int
    began_at: datetime
    samples: dict[str, Sample]
    sent: dict[str, Any] = field(default_factory=dict)
    """References and PINs of the petitions that were sent, by the names of their samples."""
    shown: list[Shown] = field(default_factory=list)
    looked_at: datetime | None = None
    """The instant up to which messages were shown."""
    seen: int = 0
    """The number of SMS to the petitioner that were shown."""
    texts: list[Text] = field(default_factory=list)
    """SMS that the petitioner typed, and replies that came with the answers, not shown yet."""
    error: str = ""

    def reference(self, whose: str) -> str:
        """Return the reference of the petition of `sender` or `neighbour`; "" before it was sent."""
        sent = self.sent.get(self.samples[whose].name)
        return str(sent.reference) if sent else ""


class _Telephone(Driver):
    """The doors, and the replies that came with the answers to SMS."""

    def __init__(self, system: LocalSystem) -> None:
        super().__init__(system)
        self.replies: list[Text] = []

    def ask(self, request: HttpRequest) -> HttpResponse:
        """Let the function that the path belongs to answer; keep the reply to an SMS."""
        response = super().ask(request)
        if request.path.startswith("/sms/"):
            self.replies += [
                Text(self.clock.now(), unescape(text), is_typed=False)
                for text in _REPLY.findall(response.text)
            ]
        return response


class Demonstration:
    """Plays lives on one system, one at a time."""

    def __init__(
        self,
        system: LocalSystem,
        scene_seconds: float = SCENE_SECONDS,
        least_pause_seconds: float = LEAST_PAUSE_SECONDS,
    ) -> None:
        """Take the system, the time that a scene takes by itself, and the least pause after one."""
        self._system = system
        self._scene_seconds = scene_seconds
        self._least_pause_seconds = least_pause_seconds
        self._state = READY
        self._run: Run | None = None
        self._count = 0
        self._at_work = threading.Lock()
        """Held by whoever plays a scene."""
        self._wakes = threading.Event()
        """Set when whoever plays should look whether it may go on."""

    # ------------------------------------------------------------ orders

    def start(self) -> None:
        """Play by itself: a new life, or the one that was paused."""
        if self._state == RUNNING:
            return
        self._prepare()
        self._state = RUNNING
        self._wakes.clear()
        threading.Thread(target=self._play_on, name="demonstration", daemon=True).start()

    def pause(self) -> None:
        """Stand still, after the day that passes just now."""
        if self._state == RUNNING:
            self._state = PAUSED
            self._wakes.set()

    def stop(self) -> None:
        """End this life here; the next start begins a new one."""
        if self._state in (RUNNING, PAUSED):
            self._state = STOPPED
            self._wakes.set()

    def step(self) -> None:
        """Play one scene, and stand still after it; nothing while it plays by itself."""
        if self._state == RUNNING:
            return
        self._prepare()
        self._state = PAUSED
        self._play_one(lambda: self._state == PAUSED)

    def wait(self) -> None:
        """Wait until nobody plays a scene."""
        with self._at_work:
            pass

    def _prepare(self) -> None:
        if self._run is None or self._state != PAUSED:
            self._count += 1
            now = self._system.clock.now()
            number = self._count + int(now.timestamp()) % 100_000 * 10
            self._run = Run(number, now, people(number, now), looked_at=now)

    # ------------------------------------------------------------ playing

    def _play_on(self) -> None:
        while self._state == RUNNING:
            ends_at = time.monotonic() + self._scene_seconds
            if not self._play_one(lambda: self._state == RUNNING):
                return
            self._wakes.wait(max(self._least_pause_seconds, ends_at - time.monotonic()))

    def _play_one(self, may_go_on: Callable[[], bool]) -> bool:
        """Play the next scene; return whether there are more."""
        with self._at_work:
            run = self._run
            if run is None or not may_go_on():
                return False
            scene = SCENES[len(run.shown)]
            try:
                if not self._travel(scene.when(self._situation(run)), may_go_on):
                    return False
                self._act(run, scene)
                run.shown.append(self._look(run, scene))
            except Exception as error:  # noqa: BLE001 - the edge: the page says what went wrong, the system runs on
                traceback.print_exc()
                run.error = f"{scene.name}: {type(error).__name__}: {error}"
                self._state = FAILED
                return False
            if len(run.shown) == len(SCENES):
                self._state = DONE
            return self._state != DONE

    def _travel(self, to: datetime, may_go_on: Callable[[], bool]) -> bool:
        """Go to an instant day by day; return whether it was reached."""
        while (now := self._system.clock.now()) < to:
            if not may_go_on():
                return False
            with self._system.functions.lock:
                try:
                    self._system.travel(min(to, midnight_after(now) + _JUST_AFTER))
                finally:
                    self._system.clock.run()
            threading.Event().wait(_BREATH_SECONDS)
        return may_go_on()

    def _act(self, run: Run, scene: Scene) -> None:
        with self._system.functions.lock:
            driver = _Telephone(self._system)
            players = Players(driver)
            players.sent = run.sent
            now = self._system.clock.now()
            run.texts += [Text(now, typed, is_typed=True) for typed in _typed(run, scene)]
            for number, (whose, step) in enumerate(scene.steps):
                name = len(run.shown) * 10 + number
                players.act(Event(self._system.clock.now(), run.samples[whose], step, name))
                self._system.settle()
            self._system.settle()
            run.texts += driver.replies

    # ------------------------------------------------------------ looking

    def _situation(self, run: Run) -> Situation:
        with self._system.functions.lock:
            directory = Directory(self._system.cloud.outputs["DirectoryTable"])
            calendar, now = directory.calendar(), self._system.clock.now()
            petition = self._petition(directory, run.reference(SENDER))
            due = wake_ups(petition, directory.terms_of(petition), calendar, now) if petition else ()
            return Situation(run.began_at, now, calendar, petition, due)

    def _petition(self, directory: Directory, reference: str) -> Petition | None:
        table = self._system.cloud.outputs["PetitionsTable"]
        return Petitions(table, directory).get(reference) if reference else None

    def _look(self, run: Run, scene: Scene) -> Shown:
        situation = self._situation(run)
        petition = situation.petition
        if petition is None:
            raise LookupError("the petition is not there")
        came = [sms for sms in self._system.gateway.sent if sms.to == telephone(run.number, 0)]
        texts = [*run.texts, *(Text(sms.at, sms.text, is_typed=False) for sms in came[run.seen :])]
        run.texts.clear()
        with self._system.functions.lock:
            out = self._system.outbox.read(since=run.looked_at, reference=petition.reference)
        run.seen, run.looked_at = len(came), situation.now
        return Shown(
            scene=scene,
            at=situation.now,
            day=(local_date(situation.now) - local_date(run.began_at)).days,
            state=petition.state.value,
            due_on=petition.due_on.isoformat(),
            is_late=petition.is_unanswered and local_date(situation.now) > petition.due_on,
            texts=tuple(sorted(texts, key=lambda text: text.at)),
            mails=sum(message.channel == "EMAIL" for message in out),
        )

    @property
    def state(self) -> str:
        """The state: ready, running, paused, stopped, done or failed."""
        return self._state

    @property
    def run(self) -> Run | None:
        """The life that is or was played last; None before the first."""
        return self._run

    def facts(self) -> Facts:
        """Return for scripts: the state, the scenes played and those to come, the petitions' references."""
        run = self._run
        shown = run.shown if run else []
        return {
            "state": self._state,
            "days": DAYS,
            "references": {whose: run.reference(whose) if run else "" for whose in (SENDER, NEIGHBOUR)},
            "shown": [
                {
                    **{
                        name: value
                        for name, value in asdict(each).items()
                        if name not in ("scene", "at", "texts")
                    },
                    "scene": each.scene.name,
                    "at": each.at.isoformat(timespec="seconds"),
                    "texts": [
                        {
                            "text": text.text,
                            "is_typed": text.is_typed,
                            "at": text.at.isoformat(timespec="seconds"),
                        }
                        for text in each.texts
                    ],
                }
                for each in shown
            ],
            "to_come": [scene.name for scene in SCENES[len(shown) :]],
            "error": run.error if run else "",
        }


def _typed(run: Run, scene: Scene) -> list[str]:
    """Return the SMS that the petitioner types in a scene, as it went to 8088."""
    reference = run.reference(SENDER)
    words = {"supplement": f"PAKN BS {reference} {{text}}", "rating": f"PAKN DG {reference} {{score}}"}
    return [
        run.samples[SENDER].content if step is None else words[step.action].format(**step.body)
        for whose, step in scene.steps
        if whose == SENDER and (step is None or step.action in words)
    ]
