"""Gives a petitioner the PIN again, and so lifts a lock, against a contact that is on file.

Whoever asks gets one answer, and every way through takes one read and one write, so neither the answer nor its
time shows whether the petition exists, whether the contact was right, or whether there was anything left to send.
"""

from __future__ import annotations

from chalicelib.intake.petitions.follow_up import FollowUp
from shared.domain.errors import ActionNotPossibleError, PetitionFullError, StaleVersionError
from shared.domain.identity import reference as references
from shared.domain.identity.contact import ContactError, normal_email, normal_phone
from shared.domain.identity.telephone import LONGEST_PHONE
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.procedures.pin_requests import may_send_pin
from shared.platform import clock
from shared.tables.petitions import Petitions
from shared.tables.throttle.pin_guard import PinGuard
from shared.web.i18n import N_

PIN_IS_SENT = N_(
    "Nếu mã số đúng và đây là số điện thoại hoặc email đã cho khi gửi, mã PIN hoặc đường dẫn được gửi đến đó "
    "trong ít phút."
)
"""The one answer to everybody who asks for a PIN again."""


class PinAgain:
    """Has the PIN sent to its owner.

    Args:
        petitions: the petitions table.
        follow_up: makes the change that the notice follows from.
        guard: counts requests that come to nothing.
        key: the identifiers' key.
        per_day: how often one petition's PIN is sent in a day.
    """

    def __init__(
        self, petitions: Petitions, follow_up: FollowUp, guard: PinGuard, key: bytes, *, per_day: int
    ) -> None:
        self._petitions = petitions
        self._follow_up = follow_up
        self._guard = guard
        self._key = key
        self._per_day = per_day

    def ask(self, reference: str, contact: str) -> None:
        """Have the PIN sent to `contact` if it is one of the petition's; say nothing of it either way.

        Args:
            reference: as a person writes it; what can be none is known to everybody, and costs nothing.
            contact: a telephone number or e-mail address, as a person writes it.
        """
        digits = references.normal_reference(reference[:40])
        if digits is None:
            return
        petition = self._petitions.get(digits)
        channel = self._channel(petition, contact)
        if petition is None or channel is None or not self._send(petition, channel):
            self._guard.count_vain_request(digits)

    def _channel(self, petition: Petition | None, contact: str) -> ReplyBy | None:
        """Return how this contact is reached, None when it is not on file; the HMAC is made in any case."""
        is_email = "@" in contact
        try:
            normal = normal_email(contact[:254]) if is_email else normal_phone(contact[:LONGEST_PHONE])
        except ContactError:
            normal = ""
        offered = references.contact_key(self._key, normal)
        on_file = petition.petitioner.contact_keys if petition else ()
        return (ReplyBy.EMAIL if is_email else ReplyBy.SMS) if normal and offered in on_file else None

    def _send(self, petition: Petition, channel: ReplyBy) -> bool:
        if not may_send_pin(petition, clock.now(), per_day=self._per_day):
            return False
        try:
            self._follow_up.send_pin(petition, channel)
        except (ActionNotPossibleError, PetitionFullError, StaleVersionError):
            return False
        return True
