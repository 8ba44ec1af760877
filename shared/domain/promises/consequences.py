"""The consequences of each action once its entry stands in the history: one row for each action. Pure.

How each consequence comes about, and how one sees that it did, stands in `shared.use_cases.consequences`. What is
derived in the very write of the entry (the keys of the desk's lists, of the public answers, of the openings) cannot be
lost without the entry, and has no row of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from shared.domain.petition.lifecycle import Action


class Consequence(StrEnum):
    """Something that has to happen, somewhere else, because of an entry."""

    ROUTE = "route"
    """The router finds its lane, field and unit."""
    SCREEN = "screen"
    """The router looks through what the petitioner added, before a unit reads it."""
    FOLLOW = "follow"
    """It shares the fate of the petition that it was merged into."""
    LEAD = "lead"
    """Those that were merged into it share its fate."""
    COUNT_MERGED = "count-merged"
    """The petitions that it is, or was, merged into know how many they are; reclassified, it counts its own anew."""
    TELL = "tell"
    """People are notified (`notices_after` says who, of what)."""
    ANNOUNCE = "announce"
    """The programs that subscribed are notified (`events_after` says of what)."""
    CHECK_FILE = "check-file"
    """The declared file is examined once it has come."""
    WAKE = "wake"
    """The timer comes to it when something falls due."""
    COUNT = "count"
    """The statistics hold it."""
    SIGN = "sign"
    """A daily root is signed over it."""


ALWAYS = (Consequence.WAKE, Consequence.COUNT, Consequence.SIGN, Consequence.ANNOUNCE)
"""Consequences of every entry."""

_TELL = (Consequence.TELL,)
_SCREEN, _LEAD = (Consequence.SCREEN,), (Consequence.LEAD,)
_RECOUNT = (Consequence.COUNT_MERGED,)
_NOTHING: tuple[Consequence, ...] = ()

AFTER: Mapping[Action, tuple[Consequence, ...]] = {
    # the petitioner
    Action.RECEIVE: (Consequence.ROUTE, *_TELL),
    Action.SUPPLEMENT: (*_SCREEN, *_TELL),
    Action.WITHDRAW: (*_SCREEN, *_LEAD, *_RECOUNT, *_TELL),
    Action.UNDO_WITHDRAWAL: _TELL,
    Action.RATE: _SCREEN,
    Action.SEND_PIN: _TELL,
    Action.ADD_CONTACT: _TELL,
    Action.CHOOSE_CHANNELS: _NOTHING,
    Action.RENEW_SECRETS: _TELL,
    Action.WITHDRAW_CONSENT: _NOTHING,
    # the router
    Action.ROUTE: _TELL,
    Action.HAND_TO_INTAKE: _TELL,
    Action.SCREEN: _TELL,
    # officers
    Action.CLASSIFY: _RECOUNT,
    Action.ASSIGN: _TELL,
    Action.ACCEPT: _NOTHING,
    Action.REASSIGN: _TELL,
    Action.RETURN_TO_INTAKE: _TELL,
    Action.REQUEST_INFORMATION: _TELL,
    Action.NOTE: _NOTHING,
    Action.DRAFT_ANSWER: _TELL,
    Action.SIGN_DRAFT: _TELL,
    Action.APPROVE: (*_LEAD, *_TELL),
    Action.RETURN_DRAFT: _TELL,
    Action.PUBLISH: (*_LEAD, *_TELL),
    Action.UNPUBLISH: _NOTHING,
    Action.REFUSE: (*_LEAD, *_TELL),
    Action.FORWARD: (*_LEAD, *_TELL),
    Action.SEND_LETTER: (*_LEAD, *_TELL),
    Action.GUIDE: (*_LEAD, *_TELL),
    Action.RESTRICT: (*_LEAD, *_RECOUNT, *_TELL),
    Action.MERGE: (Consequence.FOLLOW, *_LEAD, *_RECOUNT, *_TELL),
    Action.SPLIT: (*_RECOUNT, *_TELL),
    Action.REOPEN: (*_SCREEN, *_RECOUNT, *_TELL),
    Action.CLOSE: (*_LEAD, *_TELL),
    Action.TAKE_BACK: (*_LEAD, *_RECOUNT, *_TELL),
    Action.OPEN_SEAL: _NOTHING,
    Action.OPEN_ATTACHMENT: _NOTHING,
    # files
    Action.ATTACH: (Consequence.CHECK_FILE,),
    Action.KEEP_ATTACHMENT: _TELL,
    Action.REJECT_ATTACHMENT: _NOTHING,
    # what became of the petition that it was merged into
    Action.ANSWER_WITH_PARENT: (*_LEAD, *_TELL),
    Action.PUBLISH_WITH_PARENT: _TELL,
    # the clock
    Action.WARN_HANDLER: _TELL,
    Action.WARN_UNIT_HEAD: _TELL,
    Action.ESCALATE: _TELL,
    Action.UPDATE_PETITIONER: _TELL,
    Action.REMIND_ACCEPTANCE: _TELL,
    Action.REMIND_APPROVAL: _TELL,
    Action.REMIND_COMPLETION: _TELL,
    Action.REPORT_INCOMPLETE: _TELL,
    Action.REMIND_FORWARDING: _TELL,
    Action.REMIND_PUBLICATION: _TELL,
    Action.MOVE_DUE_DATE: _TELL,
    Action.ERASE: _NOTHING,
}
"""The consequences of each action, besides `ALWAYS`."""
