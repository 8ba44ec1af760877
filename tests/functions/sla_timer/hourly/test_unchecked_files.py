"""Files that are in quarantine for too long are counted every hour; checked files and new ones are not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from chalicelib.sla_timer.hourly.unchecked_files import UncheckedFiles
from shared.domain.petition.values.attachments import (
    CHECKED_WITHIN,
    Attachment,
    AttachmentState,
    Limits,
    quarantine_key,
)
from shared.platform.bucket import AttachmentsBucket
from tests.support import files
from tests.support.people import Citizen
from tests.support.system import System

NOW = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
JUST = timedelta(seconds=1)


class Quarantine:
    """Objects that arrived so long ago."""

    def __init__(self, *ages: timedelta) -> None:
        self._ages = ages

    def in_quarantine(self) -> list[tuple[str, datetime]]:
        return [(quarantine_key("26483190275", f"{n:032x}"), NOW - age) for n, age in enumerate(self._ages)]


@pytest.mark.parametrize(
    ("ages", "late"),
    [
        pytest.param([], 0, id="an empty quarantine"),
        pytest.param([CHECKED_WITHIN - JUST], 0, id="just came"),
        pytest.param([CHECKED_WITHIN], 1, id="waits for half an hour"),
        pytest.param([JUST, timedelta(days=3), timedelta(hours=1)], 2, id="some do"),
    ],
)
def test_files_that_nobody_checked_are_counted(
    ages: list[timedelta],
    late: int,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    count = UncheckedFiles(cast("AttachmentsBucket", Quarantine(*ages))).count(NOW)

    output = capsys.readouterr().out
    assert count == late
    assert f'"FilesUnchecked":[{late}.0]' in output.replace(" ", "")
    assert [getattr(record, "references", None) for record in caplog.records] == (
        [["26483190275"]] if late else []
    )


def test_quarantine_holds_what_was_uploaded_until_it_is_checked(system: System) -> None:
    citizen = Citizen(system)
    citizen.send()
    citizen.attach(files.picture())
    bucket = AttachmentsBucket(system.local.cloud.outputs["AttachmentsBucket"])

    assert bucket.in_quarantine() == []

    bucket.write(quarantine_key(citizen.reference, "0" * 32), b"x", "image/jpeg")
    in_an_hour = datetime.now(UTC) + timedelta(hours=1)
    assert UncheckedFiles(bucket).count(in_an_hour) == 1
    bucket.remove(quarantine_key(citizen.reference, "0" * 32))


@pytest.mark.parametrize(
    ("state", "age", "is_late"),
    [
        (AttachmentState.EXPECTED, timedelta(minutes=59), False),
        (AttachmentState.EXPECTED, timedelta(minutes=60), True),
        (AttachmentState.CLEAN, timedelta(days=9), False),
        (AttachmentState.REJECTED, timedelta(days=9), False),
    ],
)
def test_file_that_was_settled_neither_way_in_an_hour_is_late(
    state: AttachmentState, age: timedelta, *, is_late: bool
) -> None:
    file = Attachment(id="0" * 32, filename="a.jpg", state=state, by="petitioner", declared_at=NOW - age)

    assert file.is_late(NOW, Limits()) is is_late
