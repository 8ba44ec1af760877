"""Which petitions open to somebody who has proved a contact alone, and who of them has to act (docs/adr/0074). Pure.

A telephone is shared in a family and given to a stranger after its owner leaves it, so a contact proves less than the
reference and PIN do. What may be a denunciation or a complaint about conduct is as unknown to it as another person's
petition: not even its number is listed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.petition.lifecycle import RESULT_KNOWN, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Kind, Lane
from shared.domain.procedures.pin_requests import link_holds


class Turn(StrEnum):
    """The one who has to act."""

    PETITIONER = "PETITIONER"
    MINISTRY = "MINISTRY"
    NOBODY = "NOBODY"


def opens_by_contact(petition: Petition, contact_key: str, now: datetime, kept_for: timedelta | None) -> bool:
    """Return whether a petition may be listed and opened by a contact without its PIN.

    Args:
        petition: in any state.
        contact_key: of the contact that was proved.
        now: the instant.
        kept_for: the time after the end of a matter for which links open it *(setting)*; None is for ever.
    """
    is_theirs = contact_key in petition.petitioner.contact_keys
    return is_theirs and not _is_delicate(petition) and link_holds(petition, now, kept_for)


def _is_delicate(petition: Petition) -> bool:
    """Return whether a petition is, or may be, a denunciation or a complaint about conduct, or was not read yet."""
    return (
        (petition.state is State.RECEIVED and petition.unit is None)
        or petition.lane is Lane.RESTRICTED
        or petition.state is State.RESTRICTED
        or petition.kind is Kind.CONDUCT
        or petition.complained_unit is not None
        or petition.may_denounce
    )


def turn_of(petition: Petition) -> Turn:
    """Return the one who has to act: a petitioner who was asked or has an answer to rate, the ministry, or nobody."""
    if petition.state is State.AWAITING_INFORMATION:
        return Turn.PETITIONER
    if petition.state in RESULT_KNOWN and petition.rating is None:
        return Turn.PETITIONER
    return Turn.MINISTRY if petition.is_unanswered else Turn.NOBODY


def by_turn(petitions: Iterable[Petition]) -> dict[Turn, list[Petition]]:
    """Return petitions by who has to act: what is due first on top, what is over newest first."""
    groups: dict[Turn, list[Petition]] = {turn: [] for turn in Turn}
    for petition in petitions:
        groups[turn_of(petition)].append(petition)
    for turn in (Turn.PETITIONER, Turn.MINISTRY):
        groups[turn].sort(key=lambda p: (p.state in RESULT_KNOWN, p.due_on, p.reference))
    groups[Turn.NOBODY].sort(key=lambda p: p.received_at, reverse=True)
    return groups
