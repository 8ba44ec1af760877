"""One approval for several petitions about the same matter: each is answered under its own reference.

The chosen petitions join the approved one before its approval is written, without word to their senders; what follows
from the approval then answers each of them (`shared.domain.procedures.merging`), once, however often that is tried. An
approval that fails after some joined leaves petitions that wait for the same answer; sent again, it goes on.
"""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.actions import authorization
from chalicelib.casework.actions.input import for_petitioner
from shared.domain.errors import InvalidInputError
from shared.domain.identity.reference import normal_reference
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import MOVES, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.procedures import merging
from shared.tables.petitions import Petitions
from shared.web.i18n import N_

ANSWERED_TOGETHER = N_(
    "Nội dung này cũng được nhiều người hỏi và được trả lời chung. Ông/bà vẫn theo dõi được bằng mã số của mình."
)


def may_join(officer: DeskOfficer, repeat: Petition) -> bool:
    """Return whether an officer may let a petition be answered with another."""
    is_open = repeat.state in MOVES[Action.MERGE].sources and repeat.state is not State.MERGED
    return is_open and authorization.may(officer, Action.MERGE, repeat)


class AnswerTogether:
    """Lets chosen petitions be answered with another (`casework.actions.take_action.Together`)."""

    def __init__(self, petitions: Petitions) -> None:
        self._petitions = petitions

    def repeats_of(
        self, petition: Petition, references: Iterable[str], officer: DeskOfficer
    ) -> tuple[Petition, ...]:
        """Return the petitions that an officer chose to be answered with another.

        Raises:
            InvalidInputError: `also`: one is unknown to the officer, not theirs to merge, or in another state.
        """
        digits = [normal_reference(reference) for reference in references]
        if any(reference is None or reference == petition.reference for reference in digits):
            raise InvalidInputError(("also", "unknown"))
        repeats = tuple(self._petitions.get_all([reference for reference in digits if reference]))
        if len(repeats) != len(set(digits)):
            raise InvalidInputError(("also", "unknown"))
        for repeat in repeats:
            if not permissions.may_see(officer, repeat):
                raise InvalidInputError(("also", "unknown"))
            if not _is_joined(repeat, petition) and not may_join(officer, repeat):
                raise InvalidInputError(("also", "not-possible-now"))
        return repeats

    def join(self, repeats: Iterable[Petition], petition: Petition, change: Change) -> None:
        """Let petitions wait for the approval of another; those that do already are left as they are."""
        for repeat in repeats:
            self._petitions.change(repeat, lambda current: _joined(current, petition, change))


def _joined(repeat: Petition, petition: Petition, change: Change) -> Petition:
    if _is_joined(repeat, petition):
        return repeat
    return merging.merge(
        repeat,
        Change(change.by, change.at, f"{change.id}:together", change.word_at),
        petition,
        text=for_petitioner(ANSWERED_TOGETHER, repeat),
        answers_at_once=True,
    )


def _is_joined(repeat: Petition, petition: Petition) -> bool:
    return repeat.state is State.MERGED and repeat.parent == petition.reference
