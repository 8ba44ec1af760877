"""The catalogue of the officers' actions: the rows of all groups, in the order in which pages offer them."""

from __future__ import annotations

from chalicelib.casework.actions import (
    answers,
    assignment,
    disclosure,
    inquiry,
    publication,
    referral,
    review,
)
from chalicelib.casework.actions.input import ActionInput
from chalicelib.casework.actions.officer_action import OfficerAction
from shared.domain.petition.lifecycle import Action

_GROUPS = (answers, publication, assignment, inquiry, referral, review, disclosure)

ROWS: dict[Action, OfficerAction] = {row.action: row for group in _GROUPS for row in group.ROWS}
"""The row of each action that officers take (`lifecycle.OF_OFFICERS`)."""

INPUTS: dict[Action, type[ActionInput]] = {
    action: row.input for action, row in ROWS.items() if row.input is not None
}
"""The input model of each action that has a request of its own, at the API and as a form."""
