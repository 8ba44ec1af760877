"""The row of an action: everything that the desk has to know of it, in one place.

From which states an action is possible, where it leads, how the history names it and who is notified stands in
`shared.domain.petition.lifecycle`; all else stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.casework.access.permissions import Relation
from chalicelib.casework.actions.input import ActionInput
from chalicelib.casework.form_fields import FormField
from shared.domain.access.roles import Role
from shared.domain.petition.lifecycle import MOVES, Action
from shared.domain.petition.petition import Petition


def _no_fields(_petition: Petition) -> tuple[FormField, ...]:
    return ()


def _no_values(_petition: Petition) -> Mapping[str, str]:
    return {}


def _always(_petition: Petition) -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class OfficerAction:
    """One action of officers on one petition."""

    action: Action
    may: Mapping[Role, Relation]
    """Which roles may take it, and how the officer must be related to the petition. Other roles may not."""
    may_on_second_look: Mapping[Role, Relation] = field(default_factory=dict)
    """Which roles may take it besides, once the petition was reopened: inspectors look above the first answer."""
    decides_answer: bool = False
    """It drafts or decides an answer: an officer's own earlier actions may exclude them from it."""
    input: type[ActionInput] | None
    """The body of the request; None where the action has no request of its own (opening a file)."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """A body without `version`, as the tests send it; codes are those of the seeded directory."""
    button: str = ""
    """The text of the form's button, in Vietnamese; by default the label of the history."""
    question: str = ""
    """The question that a page asks first, in Vietnamese: for an action that its officer cannot undo."""
    warning: str = ""
    """A text above the button, in Vietnamese."""
    fields: tuple[FormField, ...] = ()
    """The fields of the form."""
    more_fields: Callable[[Petition], tuple[FormField, ...]] = _no_fields
    """Further fields that depend on the petition."""
    initial: Callable[[Petition], Mapping[str, str]] = _no_values
    """The values that the form holds at first."""
    is_offered: Callable[[Petition], bool] = _always
    """Returns whether a petition offers it, where that depends on more than its state."""

    @property
    def button_text(self) -> str:
        """The text of the button, in Vietnamese."""
        return self.button or MOVES[self.action].label
