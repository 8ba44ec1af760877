"""Runs resumable jobs in rounds: each shard of the work has a cursor, each run is bounded, the queue goes on.

The schedule begins a round and works as long as it may; for each shard that is left it sends a message to the queue
`timers`, whose consumer does the next steps and sends the message again until the shard is done. The cursors are the
truth: a message that is lost is sent again by the next run of the schedule, a doubled one finds that the cursor has
moved and stops. A step that is cut off is done again from its beginning, so it must bear that (ADR 0057).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from shared.platform import clock, queues, telemetry
from shared.platform.messages import RoundStep
from shared.tables.jobs import NOT_BEGUN, Progress, Round, Rounds

SCHEDULE_WORKS = timedelta(seconds=20)
"""The time of one run of the schedule for one job; what is left goes to the queue."""
MESSAGE_WORKS = timedelta(seconds=4)
"""The time of one message: ten of a batch stay within the function's 60 seconds."""


class Due(NamedTuple):
    """A round that is to begin."""

    name: str
    shards: tuple[str, ...]


class ResumableJob(Protocol):
    """Work that is cut into shards, and each shard into steps."""

    name: str
    longest: timedelta
    """The age of the last complete round, or of the one that runs, from which on somebody has to look."""

    def due(self, now: datetime, latest: Round | None) -> Due | None:
        """Return the round that is to begin now; None while the latest one goes on, or nothing is due."""

    def step(self, current: Round, shard: str, cursor: str | None) -> str | None:
        """Do the work after a cursor and return where the next step starts; None at the end of the shard."""

    def finish(self, current: Round) -> None:
        """Record what holds once every shard is done; it may be called twice."""


class RoundRunner:
    """Begins and continues the rounds of some jobs."""

    def __init__(
        self,
        jobs: Iterable[ResumableJob],
        rounds: Rounds,
        timers_queue_url: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._jobs: Mapping[str, ResumableJob] = {job.name: job for job in jobs}
        self._rounds = rounds
        self._timers = timers_queue_url
        self._monotonic = monotonic

    def run(self, name: str, now: datetime) -> None:
        """Begin the round of a job that is due, or go on with the one that is unfinished."""
        job = self._jobs[name]
        current = self._rounds.current(name)
        due = job.due(now, current)
        if due is not None:
            current = self._rounds.begin(name, due.name, due.shards, now)
        if current is None or current.completed_at is not None:
            return
        until = self._monotonic() + SCHEDULE_WORKS.total_seconds()
        begun = dict.fromkeys(current.shards, NOT_BEGUN) if current.is_new else self._rounds.progress(current)
        reached: list[Progress | None] = []
        left: list[RoundStep] = []
        for shard, seen in begun.items():
            is_time = self._monotonic() < until
            progress = self._work(job, current, shard, seen, until) if is_time else seen
            reached.append(progress)
            if progress is not None and not progress.is_done:
                left.append(RoundStep(job=name, round=current.name, shard=shard))
        queues.send(self._timers, left)
        if all(progress is not None and progress.is_done for progress in reached):
            self._finish(job, current)
        elif not left:
            self._complete(job, current)

    def ask(self, name: str, due: Due, now: datetime) -> None:
        """Begin a round that somebody asked for, or go on with the one that is unfinished: the queue does its steps."""
        current = self._rounds.current(name)
        if current is None or current.completed_at is not None:
            current = self._rounds.begin(name, due.name, due.shards, now)
        if current.completed_at is not None:
            return
        progress = self._rounds.progress(current)
        left = [shard for shard, reached in progress.items() if not reached.is_done]
        queues.send(self._timers, [RoundStep(job=name, round=current.name, shard=shard) for shard in left])
        self._complete(self._jobs[name], current)

    def handle(self, message: RoundStep) -> None:
        """Go on with one shard; a message of a round that is over, or of a job or shard that is gone, is done."""
        job, current = self._jobs.get(message.job), self._rounds.current(message.job)
        if (
            job is None
            or current is None
            or current.name != message.round
            or current.completed_at is not None
            or message.shard not in current.shards
        ):
            return
        progress = self._rounds.progress(current)[message.shard]
        until = self._monotonic() + MESSAGE_WORKS.total_seconds()
        reached = self._work(job, current, message.shard, progress, until)
        if reached is not None and not reached.is_done:
            queues.send(self._timers, [message])
        self._complete(job, current)

    def report(self, now: datetime) -> None:
        """Record how old the last complete round of each job is, or the one that should have ended by now."""
        overdue, rounds = 0, self._rounds.latest(self._jobs)
        for job in self._jobs.values():
            latest = rounds.get(job.name)
            if latest is None:
                continue
            age = now - (latest.completed_at or latest.started_at)
            is_pending = latest.completed_at is None or job.due(now, latest) is not None
            telemetry.measure("RoundAge", age, job=job.name)
            if is_pending and age > job.longest:
                overdue += 1
                telemetry.logger().error("round overdue", job=job.name, round=latest.name)
        telemetry.count("RoundsOverdue", overdue)

    def _work(
        self, job: ResumableJob, current: Round, shard: str, progress: Progress, until: float
    ) -> Progress | None:
        """Do steps of a shard; return how far it is, None where somebody else has gone on with it."""
        while not progress.is_done:
            cursor = job.step(current, shard, progress.cursor)
            reached = Progress(cursor or progress.cursor, is_done=cursor is None)
            if not self._rounds.advance(current, shard, progress, reached):
                return None
            progress = reached
            if not progress.is_done and self._monotonic() >= until:
                return progress
        return progress

    def _complete(self, job: ResumableJob, current: Round) -> None:
        """Finish a round whose shards are all done; whoever is cut off here is followed by the schedule."""
        if all(progress.is_done for progress in self._rounds.progress(current).values()):
            self._finish(job, current)

    def _finish(self, job: ResumableJob, current: Round) -> None:
        job.finish(current)
        self._rounds.complete(current, clock.now())
