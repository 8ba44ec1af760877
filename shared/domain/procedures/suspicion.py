"""The suspicion that a petition denounces somebody (tố cáo), and a petition as its unit reads it, without one. Pure.

A unit that reads "may be a denunciation" looks for who wrote it, and who denounces is a state secret (Luật Tố cáo 2018
Đ.8; QĐ 774/QĐ-TTg 2020). So neither the router's reasons, nor the screening of what was added, nor the days in the
restricted lane of what proved to be none, are shown to officers of a unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane, Proposal

_WARNING = "Có thể là tố cáo"
_ABOUT_IT = frozenset({Action.SCREEN, Action.RESTRICT})
_WITH_REASONS = frozenset({Action.ROUTE, Action.HAND_TO_INTAKE})
"""Actions of the router whose note repeats the reasons of its proposal."""


def warning(signs: Iterable[str]) -> str:
    """Return the sentence that tells the intake desk of a suspicion, with the signs that it rests on."""
    listed = "; ".join(signs)
    return f"{_WARNING} ({listed})" if listed else _WARNING


def without_suspicion(petition: Petition) -> Petition:
    """Return a petition as officers of a unit read it.

    No screening is shown, whatever it found: one that is missing would say as much as one that found something. Of the
    time in the restricted lane, what the petitioner sent then is left.
    """
    proposal = petition.proposal
    is_suspected = proposal is not None and _is_suspected(proposal)
    if proposal is not None and is_suspected:
        lane = Lane.ORDINARY if proposal.lane is Lane.RESTRICTED else proposal.lane
        proposal = proposal.model_copy(update={"may_denounce": False, "because": (), "lane": lane})
    history = tuple(_shown(entry, is_suspected) for entry in _of_the_unit(petition.history))
    return petition.model_copy(update={"proposal": proposal, "history": history})


def _is_suspected(proposal: Proposal) -> bool:
    is_warned = any(reason.startswith(_WARNING) for reason in proposal.because)
    return proposal.may_denounce or proposal.lane is Lane.RESTRICTED or is_warned


def _of_the_unit(history: Iterable[Entry]) -> Iterator[Entry]:
    """Yield the entries that say nothing of a suspicion: not those of officers while only named readers might know."""
    before = State.RECEIVED
    for entry in history:
        was_restricted, before = before is State.RESTRICTED, entry.state
        is_by_a_reader = was_restricted and entry.by.startswith("officer:")
        if entry.action not in _ABOUT_IT and not is_by_a_reader:
            yield entry


def _shown(entry: Entry, is_suspected: bool) -> Entry:  # noqa: FBT001 - of the petition, the same for all entries
    facts = entry.facts
    if facts.lane is Lane.RESTRICTED:
        facts = type(facts).model_validate({k: v for k, v in facts.stored().items() if k != "lane"})
    return entry.model_copy(
        update={
            "facts": facts,
            "note": None if is_suspected and entry.action in _WITH_REASONS else entry.note,
            "state": State.RECEIVED if entry.state is State.RESTRICTED else entry.state,
        }
    )
