"""Decisions after a first decision did not hold: disputes between units, and the second look. Pure.

A unit gives back what is not its matter; after a few returns *(setting)* Văn phòng Bộ decides, and what it decides
holds. Which unit takes the second look is chosen in `second_look`; here stands who may not decide it.
"""

from __future__ import annotations

from itertools import pairwise

from shared.domain.calendar.terms import Terms
from shared.domain.petition.change import username_of
from shared.domain.petition.facts import Assigned, ReturnedToIntake
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane


def returns(petition: Petition) -> int:
    """Return how often units gave the petition back; what was no denunciation after all does not count."""
    return sum(
        entry.action is Action.RETURN_TO_INTAKE and before.state is not State.RESTRICTED
        for before, entry in pairwise(petition.history)
    )


def becomes_dispute(petition: Petition, terms: Terms) -> bool:
    """Return whether one more return is for Văn phòng Bộ to decide."""
    return petition.lane is not Lane.RESTRICTED and returns(petition) >= terms.return_at_most


def is_open(petition: Petition) -> bool:
    """Return whether Văn phòng Bộ has to say which unit is responsible."""
    last = petition.last(Action.RETURN_TO_INTAKE, Action.ASSIGN)
    return last is not None and isinstance(last.facts, ReturnedToIntake) and last.facts.dispute == "open"


def is_decided(petition: Petition) -> bool:
    """Return whether Văn phòng Bộ said which unit is responsible: that unit cannot return it."""
    last = petition.last(Action.RETURN_TO_INTAKE, Action.ASSIGN)
    return last is not None and isinstance(last.facts, Assigned) and last.facts.dispute == "decided"


def is_second_look(petition: Petition) -> bool:
    """Return whether an answered petition was reopened, so that the next answer is the second."""
    return petition.second_look is not None


def answered_first(petition: Petition) -> frozenset[str]:
    """Return the user names of those who drafted or approved the answer before the reopening."""
    reopened = petition.second_look
    before = [e for e in petition.in_force if e.seq < reopened.seq] if reopened else ()
    answers = (Action.DRAFT_ANSWER, Action.APPROVE)
    usernames = {username_of(entry.by) for entry in before if entry.action in answers}
    if reopened is not None and petition.answer is not None:
        usernames |= {petition.answer.drafted_by, petition.answer.approved_by or petition.answer.drafted_by}
    return frozenset(usernames)
