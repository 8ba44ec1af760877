"""The doors of a stage whose data are restored: closed before, opened after, and what stands in the directory of both.

Its rows of operators: one for each restoration, which begins a new epoch, and one for the doors.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from shared.domain.promises.restorations import Restoration
from shared.platform import clock
from shared.tables.directory import DOORS, OPERATIONS, Directory

ROW_SINCE = date(2026, 1, 1)
"""The `valid_from` of operators' rows: there is one version of each."""
A_MOMENT = timedelta(seconds=1)
"""The new epoch begins after everything that was written before, also within one second."""


class RestorationError(Exception):
    """The restoration cannot go on; the text says what to do."""


class Doors:
    """The doors of a stage, for the restoration to one moment.

    Args:
        directory: holds the rows.
        to: the moment.
    """

    def __init__(self, directory: Directory, to: datetime) -> None:
        self._directory = directory
        self._to = to

    def close(self, until: datetime) -> int:
        """Close the doors, and return the number of this restoration: a new one where the last has another moment.

        Doors that are closed already stay closed since then: what was begun meanwhile is not done yet.
        """
        number = self.number()
        if self._goes_elsewhere(number):
            number += 1
        closed = self._row()
        since = closed["since"] if closed else clock.now().isoformat()
        facts = {"since": since, "until": until.isoformat(), "number": number}
        self._directory.put(OPERATIONS, DOORS, ROW_SINCE, facts)
        return number

    def check_may_open(self, *, is_given_up: bool = False) -> None:
        """Refuse to open the doors before it was applied; or, where it is given up, after it was begun.

        Raises:
            RestorationError: why they stay closed.
        """
        closed, begun = self.closed(), self._directory.restorations()
        if is_given_up and any(each.at >= datetime.fromisoformat(closed["since"]) for each in begun):
            raise RestorationError("It was begun to apply and cannot be given up: apply, then check.")
        if not is_given_up and not any(each.number == int(closed["number"]) for each in begun):
            raise RestorationError("Nothing was applied since the doors were closed: apply, or give-up.")

    def open(self, *, is_given_up: bool = False) -> None:
        """Open the doors, if they may open."""
        self.check_may_open(is_given_up=is_given_up)
        self._directory.put(OPERATIONS, DOORS, ROW_SINCE, {})

    def begin_epoch(self) -> None:
        """Record that the data went back, once: the epoch of all that is written from now on.

        Raises:
            RestorationError: the doors are open, or another moment was begun with.
        """
        number = int(self.closed()["number"])
        if self._goes_elsewhere(number):
            raise RestorationError(f"Restoration {number} has another moment: freeze for this one.")
        if not any(each.number == number for each in self._directory.restorations()):
            restored = Restoration(number=number, to=self._to, at=clock.now() + A_MOMENT)
            self._directory.put(OPERATIONS, str(number), ROW_SINCE, restored.model_dump(mode="json"))

    def number(self) -> int:
        """Return the number of this restoration: that for which the doors are closed, else the next."""
        closed = self._row()
        if closed:
            return int(closed["number"])
        return max((each.number for each in self._directory.restorations()), default=0) + 1

    def closed(self) -> Mapping[str, Any]:
        """Return the row of closed doors.

        Raises:
            RestorationError: they are open.
        """
        closed = self._row()
        if closed is None:
            raise RestorationError("The doors are open: close them first (freeze).")
        return closed

    def _row(self) -> Mapping[str, Any] | None:
        """Return the row of closed doors; None while they are open."""
        self._directory.has_changed(OPERATIONS)
        rows = self._directory.rows(OPERATIONS)
        return next((row for row in rows if row["id"] == DOORS and row.get("since")), None)

    def _goes_elsewhere(self, number: int) -> bool:
        """Return whether the restoration of this number was begun with another moment."""
        return any(each.number == number and each.to != self._to for each in self._directory.restorations())
