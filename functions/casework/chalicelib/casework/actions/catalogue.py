"""The actions of the desk, by name: what each has to be told, and what it makes of a petition.

An action checks its own input against the directory; whether the officer may take it, and whether somebody else was
faster, is the matter of `acting`.
"""

from __future__ import annotations

from chalicelib.casework.actions.answers import (
    AddNote,
    Approve,
    Close,
    DraftAnswer,
    OpenSeal,
    Publish,
    Refuse,
    RequestInformation,
    ReturnDraft,
    Unpublish,
)
from chalicelib.casework.actions.assignment import (
    Accept,
    Assign,
    Classify,
    Forward,
    Guide,
    Merge,
    Reopen,
    Restrict,
    ReturnToIntake,
    Split,
)
from chalicelib.casework.actions.input import ActionInput
from shared.domain.petition.lifecycle import Action

INPUTS: dict[Action, type[ActionInput]] = {
    Action.ACCEPT: Accept,
    Action.DRAFT_ANSWER: DraftAnswer,
    Action.APPROVE: Approve,
    Action.RETURN_DRAFT: ReturnDraft,
    Action.PUBLISH: Publish,
    Action.UNPUBLISH: Unpublish,
    Action.ASSIGN: Assign,
    Action.CLASSIFY: Classify,
    Action.REQUEST_INFORMATION: RequestInformation,
    Action.NOTE: AddNote,
    Action.RETURN_TO_INTAKE: ReturnToIntake,
    Action.FORWARD: Forward,
    Action.GUIDE: Guide,
    Action.MERGE: Merge,
    Action.SPLIT: Split,
    Action.REFUSE: Refuse,
    Action.RESTRICT: Restrict,
    Action.REOPEN: Reopen,
    Action.CLOSE: Close,
    Action.OPEN_SEAL: OpenSeal,
}
"""The actions of the desk, in the order in which pages offer them, and what each has to be told."""
