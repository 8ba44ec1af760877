"""The ends of contacts that a receipt shows, for as long as the receipt can be opened.

Three digits, a letter and a domain, under an HMAC of the reference, so that the row tells nobody whose they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shared.domain.identity import reference as references
from shared.domain.petition.values.petitioner import ReplyBy
from shared.tables.dynamo import Table


class ShownContacts(NamedTuple):
    """The parts of the contacts that their owner recognises, and the channels that the answer comes over."""

    answer_by: tuple[ReplyBy, ...] = ()
    phone: str = ""
    """The last three digits, "" where there is no number."""
    email: str = ""
    """The first letter and the domain, "" where there is no address."""


class ReceiptContacts:
    """Keeps what receipts show of contacts.

    Args:
        throttle_table: its name.
        key: the identifiers' key.
    """

    def __init__(self, throttle_table: str, key: bytes) -> None:
        self._table = Table(throttle_table)
        self._key = key

    def keep(self, reference: str, contacts: ShownContacts, until: datetime) -> None:
        """Keep the ends of contacts on a receipt until an instant; one write."""
        channels = ",".join(contacts.answer_by)
        facts = {"answer_by": channels, "phone": contacts.phone, "email": contacts.email}
        self._table.put({**self._name(reference), **facts, "expires_at": int(until.timestamp())})

    def of(self, reference: str, now: datetime) -> ShownContacts:
        """Return the ends of contacts on the receipt of a petition; none once its time is over."""
        row = self._table.get(self._name(reference)) or {}
        if row.get("expires_at", 0) <= now.timestamp():
            return ShownContacts()
        channels = tuple(ReplyBy(channel) for channel in row["answer_by"].split(",") if channel)
        return ShownContacts(channels, row["phone"], row["email"])

    def _name(self, reference: str) -> dict[str, str]:
        return {"key": f"receipt#{references.derive(self._key, 'receipt-contacts', reference).hex()[:32]}"}
