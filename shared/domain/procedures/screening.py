"""Screening of the texts that petitioners add after routing, before any unit reads them. Pure.

Who reports a person's violation of law must not be known to whoever is accused (Luật Tố cáo 2018 Đ.8; QĐ 774/QĐ-TTg
2020), and a petition may turn into such a report by one line that is sent later. So an added text is held from the
officers of a unit until it was screened, and, where it may denounce somebody, until a person has decided
(`docs/adr/0031-additions-are-screened.md`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from shared.domain.petition.change import Change
from shared.domain.petition.facts import Finding, Screened
from shared.domain.petition.history import Entry, entries_of
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition

WRITTEN_LATER = frozenset({Action.SUPPLEMENT, Action.REOPEN, Action.RATE, Action.WITHDRAW})
"""Actions that carry a text of the petitioner after the first one."""
DECIDES = frozenset({Action.CLASSIFY, Action.ASSIGN})
"""Actions of an officer who has read the whole petition and classifies it; no officer of a unit may do it."""
AT_A_UNIT = frozenset({State.ASSIGNED, State.IN_PROGRESS})
"""From where a petition is taken back to the intake desk when what was added may denounce somebody."""


def held(petition: Petition) -> frozenset[int]:
    """Return the entries whose text no officer of a unit reads yet: unscreened, or perhaps a denunciation."""
    last_decision = petition.last(*DECIDES)
    decided = last_decision.seq if last_decision else 0
    released = {
        facts.entry for _, facts in entries_of(petition.history, Screened) if facts.finding is Finding.NOTHING
    }
    return frozenset(
        entry.seq for entry in written_later(petition) if entry.seq > decided and entry.seq not in released
    )


def unscreened(petition: Petition) -> tuple[Entry, ...]:
    """Return the entries that nobody has looked through: neither the router nor an officer who decided since."""
    waiting = held(petition)
    return tuple(
        e for e in written_later(petition) if e.seq in waiting and not petition.has_change(change_id_of(e))
    )


def change_id_of(entry: Entry) -> str:
    """Name the screening of an entry: once done, whatever came of it, it is not done again."""
    return f"screen:{entry.seq}"


def without_held(petition: Petition) -> Petition:
    """Return the petition as officers of a unit read it: what is held has no words, nor what it was taken for."""
    waiting = held(petition)
    if not waiting:
        return petition
    history = tuple(
        entry.model_copy(update={"text": None}) if entry.seq in waiting else entry
        for entry in petition.history
        if not (isinstance(entry.facts, Screened) and entry.facts.entry in waiting)
    )
    rating = petition.rating
    rated = petition.last(Action.RATE)
    if rating is not None and rated is not None and rated.seq in waiting:
        rating = rating.model_copy(update={"comment": None})
    return petition.model_copy(update={"history": history, "rating": rating})


def written_later(petition: Petition) -> Iterator[Entry]:
    """Yield the entries that carry words of the petitioner after the first ones, oldest first."""
    return (entry for entry in petition.history if entry.action in WRITTEN_LATER and entry.text)


def keep_from_units(
    petition: Petition,
    entry: Entry,
    finding: Finding,
    why: tuple[str, ...],
    intake: str | None,
    *,
    at: datetime,
) -> Petition:
    """Record what screening found; what may denounce somebody goes back to the intake desk, if a unit works on it.

    Without `intake` it stays where it is: an examiner's matter, or one that waits for an approval.
    """
    moves = finding is Finding.MAY_DENOUNCE and intake is not None and petition.state in AT_A_UNIT
    facts = Screened(entry=entry.seq, finding=finding)
    return petition.record(
        Action.SCREEN,
        Change.by_router(at, change_id_of(entry)),
        note="; ".join(why) or None,
        facts=facts.model_copy(update={"unit": intake}) if moves else facts,
        is_visible=False,
        to=State.RECEIVED if moves else None,
        **{"unit": intake, "handler": None} if moves else {},
    )
