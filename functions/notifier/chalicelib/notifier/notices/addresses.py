"""Opens the seal of a petition to read the addresses of its petitioner."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.notifier.notices.channels import (
    TO_EVERY_CONTACT,
    ChannelAddress,
    channels_for,
    channels_of,
    channels_to,
    parts_for,
)
from chalicelib.notifier.notices.notice import Notice
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import contacts_on_file
from shared.platform.seal import Seal


class Addresses:
    """The addresses of petitioners."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def of(self, notice: Notice) -> list[ChannelAddress]:
        """Return the channels to try for a notice, with their addresses."""
        petitioner = notice.petition.petitioner
        if notice.contact is not None:
            return channels_to(self._contacts(notice.petition)[notice.contact - 1], petitioner.reply_by)
        identity = self._seal.open(parts_for(notice.entry, petitioner.seal), notice.petition.reference)
        return channels_for(notice.entry, petitioner.reply_by, identity)

    def each(self, notice: Notice) -> list[Notice]:
        """Return a notice once for each contact on file, or itself where it goes to the chosen ones."""
        if notice.request.kind not in TO_EVERY_CONTACT:
            return [notice]
        numbers = range(1, len(self._contacts(notice.petition)) + 1)
        return [replace(notice, contact=number) for number in numbers] or [notice]

    def _contacts(self, petition: Petition) -> tuple[str, ...]:
        return contacts_on_file(self._seal.open_each(petition.petitioner.seal, petition.reference))

    def first_of(self, petition: Petition) -> ChannelAddress | None:
        """Return the channel that a petition's notices are sent over first; None when there is no address."""
        petitioner = petition.petitioner
        identity = self._seal.open(petitioner.seal, petition.reference)
        return next(iter(channels_of(petitioner.reply_by, identity)), None)
