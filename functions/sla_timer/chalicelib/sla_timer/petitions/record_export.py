"""Records that a copy of a person's data is made, before the notifier opens the seal for it."""

from __future__ import annotations

from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.platform import clock, queues
from shared.platform.messages import ExportRequest
from shared.tables.dynamo import retry_when_stale
from shared.tables.petitions import Petitions

REASON = "Cung cấp dữ liệu cá nhân cho chính người gửi theo quyết định {decision}"
"""The reason of the opening, as officers and auditors read it."""


class ExportRecords:
    """Records exports in the histories and hands them on."""

    def __init__(self, petitions: Petitions, notices_queue_url: str) -> None:
        self._petitions = petitions
        self._notices_queue_url = notices_queue_url

    def handle(self, request: ExportRequest) -> None:
        """Record the opening once, then ask the notifier for the copy; of an erased petition nothing is left."""
        if retry_when_stale(lambda: self._record(request)):
            queues.send(self._notices_queue_url, [request])

    def _record(self, request: ExportRequest) -> bool:
        petition = self._petitions.get(request.reference)
        if petition is None or petition.last(Action.ERASE) is not None:
            return False
        if not petition.has_change(request.change_id):
            self._petitions.save(_opened(petition, request), petition.version)
        return True


def _opened(petition: Petition, request: ExportRequest) -> Petition:
    change = Change.by_timer(clock.now(), request.change_id)
    return petition.record_opening(change, REASON.format(decision=request.exported_by))
