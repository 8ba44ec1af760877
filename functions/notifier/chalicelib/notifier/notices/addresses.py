"""Opens the seal of a petition to read the addresses of its petitioner."""

from __future__ import annotations

from chalicelib.notifier.notices.channels import ChannelAddress, channels_for, channels_of, parts_for
from chalicelib.notifier.notices.notice import Notice
from shared.domain.petition.petition import Petition
from shared.platform.seal import Seal


class Addresses:
    """The addresses of petitioners."""

    def __init__(self, seal: Seal) -> None:
        self._seal = seal

    def of(self, notice: Notice) -> list[ChannelAddress]:
        """Return the channels to try for a notice, with their addresses."""
        petitioner = notice.petition.petitioner
        identity = self._seal.open(parts_for(notice.entry, petitioner.seal), notice.petition.reference)
        return channels_for(notice.entry, petitioner.reply_by, identity)

    def first_of(self, petition: Petition) -> ChannelAddress | None:
        """Return the channel that a petition's notices are sent over first; None when there is no address."""
        petitioner = petition.petitioner
        identity = self._seal.open(petitioner.seal, petition.reference)
        return next(iter(channels_of(petitioner.reply_by, identity)), None)
