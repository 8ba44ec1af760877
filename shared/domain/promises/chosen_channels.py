"""The channels over which a petitioner is notified, as they choose them after the receipt. Pure.

One always remains, and none is chosen that no contact on file serves: whoever found a PIN cannot silence the ministry.
"""

from __future__ import annotations

from collections.abc import Iterable

from shared.domain.errors import InvalidInputError
from shared.domain.petition import history
from shared.domain.petition.change import Change
from shared.domain.petition.facts import ChannelsChosen, ContactAdded
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import ReplyBy

_KINDS_OF_CONTACTS = 2
"""A receipt holds a telephone number, an e-mail address, or both."""


def channels_on_file(petition: Petition) -> tuple[ReplyBy, ...]:
    """Return the channels that a contact on file serves, as far as can be read without opening the seal."""
    served = {*petition.petitioner.reply_by}
    for entry in petition.history:
        if isinstance(entry.facts, ContactAdded | ChannelsChosen):
            served |= {*(entry.facts.chosen_before or ())}
    has_added = any(history.entries_of(petition.history, ContactAdded))
    if not has_added and len({*petition.petitioner.contact_keys}) == _KINDS_OF_CONTACTS:
        served |= {*ReplyBy}
    if ReplyBy.SMS in served:
        served.add(ReplyBy.PHONE)
    return tuple(channel for channel in ReplyBy if channel in served)


def choose_channels(petition: Petition, change: Change, wanted: Iterable[ReplyBy]) -> Petition:
    """Return the petition with its petitioner's channels chosen anew; what was preferred before stays in front.

    Raises:
        InvalidInputError: none is left, or no contact on file serves one.
        ActionNotPossibleError: the matter has ended, so that no notice follows.
    """
    before, chosen = petition.petitioner.reply_by, {*wanted}
    if not chosen:
        raise InvalidInputError(("reply_by", "missing"))
    if not chosen <= {*channels_on_file(petition)}:
        raise InvalidInputError(("reply_by", "reply-by-without-contact"))
    ordered = tuple(channel for channel in dict.fromkeys((*before, *ReplyBy)) if channel in chosen)
    return petition if ordered == before else petition.choose_channels(change, ordered)
