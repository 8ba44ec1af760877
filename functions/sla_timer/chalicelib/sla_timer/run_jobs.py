"""Runs scheduled jobs, each independently of the others; called by the schedules of `app.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from shared.platform import telemetry

Job = Callable[[datetime], object]
"""Does its work as of a point in time; it may be called twice."""


class JobsFailedError(Exception):
    """Some jobs failed, the others ran; `jobs` names those that failed. The next call of the schedule runs them all."""

    def __init__(self, jobs: Sequence[str]) -> None:
        super().__init__(", ".join(jobs))
        self.jobs = jobs


class Jobs:
    """The jobs of one schedule by name, in the order in which they run."""

    def __init__(
        self, jobs: Mapping[str, Job], around: Callable[[], AbstractContextManager[None]] = nullcontext
    ) -> None:
        """Take the jobs, and what is entered before the first and left after the last."""
        self._jobs = jobs
        self._around = around

    def run(self, now: datetime) -> None:
        """Run every job; a failure is logged and counted and does not stop the jobs after it.

        Raises:
            JobsFailedError: after all jobs have run, when at least one failed.
        """
        with self._around():
            failed = self._run_each(now)
        if failed:
            raise JobsFailedError(failed)

    def _run_each(self, now: datetime) -> list[str]:
        """Return the names of those that failed."""
        failed: list[str] = []
        for name, job in self._jobs.items():
            try:
                job(now)
            except Exception as error:  # noqa: BLE001 - the failure of one job must not stop the others
                telemetry.logger().error("job failed", job=name, error_type=type(error).__name__)
                telemetry.count("JobFailed", job=name)
                failed.append(name)
        return failed
