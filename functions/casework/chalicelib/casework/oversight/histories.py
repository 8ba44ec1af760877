"""The latest verification of all histories, for auditors: when, how many, and which failed (docs/verifying.md)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from pydantic import ConfigDict

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.base_model import BaseModel
from shared.domain.petition.history import Fault
from shared.domain.words import N_
from shared.tables.petitions import Petitions
from shared.tables.roots import Roots, WithheldHistory

DAY = timedelta(days=1)
FAULTS: dict[Fault, str] = {
    Fault.PLACE: N_("Mất, thừa hoặc đổi chỗ một mục lịch sử"),
    Fault.FACTS: N_("Một mục đã bị sửa việc, người làm hoặc thời gian"),
    Fault.WORDS: N_("Một mục đã bị sửa nội dung"),
    Fault.ERASURE: N_("Một mục bị đánh dấu đã xóa dù hồ sơ chưa đến hạn xóa"),
    Fault.ATTRIBUTE: N_("Nội dung, câu trả lời hoặc thông tin khác của hồ sơ không như lịch sử ghi"),
    Fault.STATE: N_("Trạng thái của hồ sơ không như lịch sử ghi"),
    Fault.SIGNED_ROOT: N_("Lịch sử đã bị viết lại so với mã niêm phong đã ký"),
    Fault.MISSING: N_("Hồ sơ bị mất, bị cắt bớt hoặc không đọc được"),
}


class FailedHistory(BaseModel):
    """A history that failed; of a petition that the reader may not know of, only when and how."""

    model_config = ConfigDict(frozen=True)

    reference: str | None
    fault: Fault
    found_at: datetime


class VerificationView(BaseModel):
    """The verification before the latest signed root, and what failed then or since."""

    model_config = ConfigDict(frozen=True)

    day: date
    verified_at: datetime | None
    verified: int
    withheld: int
    failed: tuple[FailedHistory, ...] = ()


class HistoryVerifications:
    """Shows auditors what the nightly verification found."""

    def __init__(self, roots: Roots, petitions: Petitions) -> None:
        self._roots = roots
        self._petitions = petitions

    def latest(self, officer: DeskOfficer) -> VerificationView | None:
        """Return the latest verification; None before the first root.

        Raises:
            NotAllowedError: the officer is no auditor.
        """
        permissions.require(officer, permissions.Ability.AUDIT)
        root = self._roots.latest()
        if root is None:
            return None
        return VerificationView(
            day=root.day,
            verified_at=root.verified_at,
            verified=root.count,
            withheld=root.withheld,
            failed=tuple(self._failed(officer, root.day)),
        )

    def _failed(self, officer: DeskOfficer, day: date) -> Iterator[FailedHistory]:
        """Yield the histories that failed when a day was signed, and those that the reconciliation named since."""
        later = self._roots.withheld(day + DAY)
        histories = {history.reference: history for history in (*self._roots.withheld(day), *later)}
        petitions = dict(self._petitions.read(histories))
        for history in sorted(histories.values(), key=_when):
            petition = petitions[history.reference]
            is_known = petition is not None and permissions.may_know(officer, petition)
            yield FailedHistory(
                reference=history.reference if is_known else None,
                fault=history.fault,
                found_at=history.found_at,
            )


def _when(history: WithheldHistory) -> tuple[datetime, str]:
    return history.found_at, history.reference
