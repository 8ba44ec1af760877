"""Runs scheduled jobs, each independently of the others; called by the schedules of `app.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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

    def __init__(self, jobs: Mapping[str, Job]) -> None:
        self._jobs = jobs

    def run(self, now: datetime) -> None:
        """Run every job; a failure is logged and counted and does not stop the jobs after it.

        Raises:
            JobsFailedError: after all jobs have run, when at least one failed.
        """
        failed: list[str] = []
        for name, job in self._jobs.items():
            try:
                job(now)
            except Exception as error:  # noqa: BLE001 - the failure of one job must not stop the others
                telemetry.logger().error("job failed", job=name, error_type=type(error).__name__)
                telemetry.count("JobFailed", job=name)
                failed.append(name)
        if failed:
            raise JobsFailedError(failed)
