"""Giving the PIN again to its owner: how often, and over which of the contacts on file.

What is sent goes only to a contact that stood in the petition already, so whoever asks learns nothing and gets
nothing, unless the contact is theirs.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition

NOT_AGAIN_WITHIN = timedelta(minutes=2)
"""A second click within this time sends nothing more."""
IN_ALL = 30
"""However old a petition grows, requests of somebody who knows a contact cannot fill its history."""


def times_sent(petition: Petition | None) -> int:
    """Count how often the PIN was given again; each time opens the tries for the PIN anew."""
    return sum(entry.action is Action.SEND_PIN for entry in petition.history) if petition else 0


def may_send_pin(petition: Petition, now: datetime, *, per_day: int) -> bool:
    """Return whether the PIN may be given once more today: an SMS costs money, and too many of them annoy."""
    sent = [entry.at for entry in petition.history if entry.action is Action.SEND_PIN]
    today = [at for at in sent if local_date(at) == local_date(now)]
    return len(sent) < IN_ALL and len(today) < per_day and not (sent and now - sent[-1] < NOT_AGAIN_WITHIN)
