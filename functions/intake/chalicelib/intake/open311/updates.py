"""Updates of service requests as FixMyStreet reads them (`servicerequestupdates`): states, never words.

https://github.com/mysociety/FixMyStreet/wiki/Open311-FMS---Proposed-differences-to-Open311
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from chalicelib.intake.open311.service_requests import SENDER, moment
from chalicelib.intake.open311.windows import between
from shared.domain.petition.lifecycle import UNANSWERED, State
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.tables.outlines import Outlines
from shared.tables.petitions import Petitions
from shared.web.i18n import Language, gettext
from shared.web.labels import STATES

LONGEST_WINDOW = timedelta(days=7)
"""A program that asks every few minutes was down for a week; all petitions that changed since are read."""


def window(query: Mapping[str, str], now: datetime) -> tuple[datetime, datetime]:
    """Read the window of a query: the last seven days, unless dates are given.

    Raises:
        InvalidInputError: naming the date and the rule it breaks.
    """
    start, end = between(query, now, longest=LONGEST_WINDOW, rule="longer-than-7-days")
    return max(start, now - LONGEST_WINDOW), end


def changed_petitions(
    petitions: Petitions, outlines: Outlines, since: datetime, now: datetime
) -> Iterable[Petition]:
    """Return the petitions that changed since an instant; the index may lag a moment."""
    return petitions.get_all(sorted(outlines.changed_since(since, now)))


def updates(
    petitions: Iterable[Petition], client: str, start: datetime, end: datetime, language: Language
) -> list[dict[str, Any]]:
    """Return the updates of a client's own requests in a window, the earliest first.

    An update is a change of the state that the petitioner sees; its description names the state. What was written is
    the petitioner's alone. A denunciation looks like a petition that nobody has decided on: it has no updates.
    """
    sender = f"{SENDER}{client}"
    own = (
        petition.as_known_outside(clock.now())
        for petition in petitions
        if petition.history and petition.history[0].by == sender
    )
    rows = [
        update
        for petition in own
        if petition.state is not State.RESTRICTED
        for update in _updates(petition, start, end, language)
    ]
    return sorted(rows, key=lambda update: (update["updated_datetime"], update["update_id"]))


def _updates(
    petition: Petition, start: datetime, end: datetime, language: Language
) -> Iterator[dict[str, Any]]:
    _ = gettext(language)
    before = petition.history[0].state
    for entry in petition.history[1:]:
        if not entry.is_visible or entry.state is before:
            continue
        before = entry.state
        if start <= entry.at <= end:
            yield {
                "update_id": f"{petition.reference}-{entry.seq}",
                "service_request_id": petition.reference,
                "status": "open" if entry.state in UNANSWERED else "closed",
                "updated_datetime": moment(entry.at),
                "description": _(STATES[entry.state]),
                "media_url": None,
            }
