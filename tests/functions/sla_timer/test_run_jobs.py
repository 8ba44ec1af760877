"""The jobs of a schedule run independently: the failure of one is reported, and the others run."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from chalicelib.sla_timer.run_jobs import Jobs, JobsFailedError

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)


def fail(_now: datetime) -> None:
    raise RuntimeError("the text of an error may quote a petitioner")


def test_every_job_runs_in_order_as_of_the_same_time():
    first: list[datetime] = []
    second: list[tuple[datetime, int]] = []

    Jobs({"first": first.append, "second": lambda now: second.append((now, len(first)))}).run(NOW)

    assert second == [(NOW, 1)]


def test_failed_job_does_not_stop_the_others_and_is_raised_at_the_end():
    ran: list[datetime] = []

    with pytest.raises(JobsFailedError) as raised:
        Jobs({"broken": fail, "working": ran.append, "broken too": fail}).run(NOW)

    assert ran == [NOW]
    assert raised.value.jobs == ["broken", "broken too"]


def test_failed_job_is_counted_and_logged_by_name_without_the_text_of_its_error(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    with pytest.raises(JobsFailedError):
        Jobs({"broken": fail}).run(NOW)

    (metric,) = (json.loads(line) for line in capsys.readouterr().out.splitlines() if '"JobFailed"' in line)
    assert (metric["JobFailed"], metric["job"]) == ([1.0], "broken")
    (record,) = caplog.records
    assert record.message == "job failed"
    assert (vars(record)["job"], vars(record)["error_type"]) == ("broken", "RuntimeError")
    assert "petitioner" not in caplog.text
