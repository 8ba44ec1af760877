"""Tells an officer at the old address and the new that their address was changed in the directory, and by whom."""

from __future__ import annotations

from datetime import date
from typing import Any

from chalicelib.notifier.attempts.back_off import MAX_ROUNDS
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.senders.sender import Message
from shared.domain.promises.address_changes import AddressChange, address_change_of
from shared.domain.promises.deliveries import NOTIFIED, Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import NoticeKind
from shared.platform import clock
from shared.platform.messages import NoticeRequest
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.recorded_rows import RecordedRow, RecordedRows, version_before, version_of
from shared.wording.texts import Texts

_ENDED = NOTIFIED | {DeliveryState.FAILED, DeliveryState.SUPERSEDED}


class AddressChanges:
    """Sends the e-mails about changed addresses: who reads mail at the old one learns that it will come no more."""

    def __init__(
        self,
        *,
        directory: Directory,
        deliveries: Deliveries,
        texts: Texts,
        attempts: Attempts,
        public_url: str,
    ) -> None:
        self._directory = directory
        self._rows = RecordedRows(directory)
        self._deliveries = deliveries
        self._texts = texts
        self._attempts = attempts
        self._site = public_url.rstrip("/")

    def send(self, request: NoticeRequest) -> None:
        """Send both e-mails of a change, as far as that has not been done; end them if the change was not written.

        Raises:
            ValueError: the request names no change of an address.
        """
        change = address_change_of(request.reference)
        versions = self._rows.of("officer", change.officer)
        version = version_of(versions, change.valid_from)
        after = version.facts_at(change.revision) if version else None
        before = _facts_before(change, versions)
        deliveries = self._deliveries.of_petition(str(change))
        if version is None or after is None or before is None or after.get("changed_at") != change.changed_at:
            for delivery in deliveries:
                self._end(delivery)
            return
        facts = self._facts(version, change, after)
        addresses = {"old": str(before["email"]), "new": str(after["email"])}
        for delivery in deliveries:
            if delivery.state not in _ENDED:
                self._send_mail(delivery, addresses[delivery.notice.rpartition("#")[2]], facts)

    def _end(self, delivery: Delivery) -> None:
        """End the announcement of a change that was not written."""
        if delivery.state is DeliveryState.PREPARED:
            ended = {
                "state": DeliveryState.SUPERSEDED,
                "wake_at": None,
                "reason": "not-changed",
                "at": clock.now(),
            }
            self._deliveries.settle(delivery.model_copy(update=ended), delivery)

    def _facts(self, version: RecordedRow, change: AddressChange, after: dict[str, Any]) -> dict[str, Any]:
        names = self._directory.officers_names()
        changed_by = str(after.get("changed_by") or "")
        confirmed_by = version.confirmed_by.get(change.revision, "")
        return {
            "account": change.officer,
            "officer_name": str(after["name"]),
            "changed_from": date.fromisoformat(change.valid_from),
            "changed_by": names.get(changed_by, changed_by),
            "confirmed_by": names.get(confirmed_by, confirmed_by) or None,
            "desk": f"{self._site}/desk/",
        }

    def _send_mail(self, before: Delivery, address: str, facts: dict[str, Any]) -> None:
        rendered = self._texts.render(
            "officer", NoticeKind.ADDRESS_CHANGED, DeliveryChannel.EMAIL, "vi", facts
        )
        delivery = before.model_copy(update={"state": DeliveryState.SENDING, "template": rendered.version})
        message = Message(
            reference=delivery.reference,
            notice=delivery.notice,
            to=address,
            text=rendered.text,
            subject=rendered.subject,
            html=rendered.html,
        )
        self._attempts.send(delivery, message, before, max_rounds=MAX_ROUNDS)


def _facts_before(change: AddressChange, versions: tuple[RecordedRow, ...]) -> dict[str, Any] | None:
    if change.revision > 1:
        version = version_of(versions, change.valid_from)
        return version.facts_at(change.revision - 1) if version else None
    earlier = version_before(versions, change.valid_from)
    return earlier.facts if earlier else None
