"""What every action of the desk is made of: who acts, what an input is, and the texts that one may hold."""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, NamedTuple

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.petition.change import Change
from shared.domain.petition.petition import MAX_CONTENT, Petition
from shared.domain.petition.submission import EMPTY_IS_ABSENT, clean_text
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.web.i18n import Language, gettext

INTAKE_FIELD = "KHAC"
"""The field whose unit is the intake desk."""

LongText = Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=MAX_CONTENT)]
ShortText = Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=1_000)]
Title = Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=200)]
OptionalLongText = Annotated[Annotated[str, Field(max_length=MAX_CONTENT)] | None, EMPTY_IS_ABSENT]
OptionalShortText = Annotated[Annotated[str, Field(max_length=1_000)] | None, EMPTY_IS_ABSENT]
Chosen = Annotated[
    tuple[Annotated[str, Field(max_length=32)], ...],
    BeforeValidator(lambda value: tuple(value.split()) if isinstance(value, str) else value),
    Field(max_length=20),
]
"""Identifiers of files; a form sends them in one text."""
OptionalCode = Annotated[Annotated[str, Field(max_length=64)] | None, EMPTY_IS_ABSENT]


class Act(NamedTuple):
    """The officer who acts, the change that they cause, and what the action may look up."""

    officer: DeskOfficer
    change: Change
    directory: Directory
    petitions: Petitions


class ActionInput(BaseModel):
    """What every action says: the version that the officer saw."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(ge=1)]

    @abstractmethod
    def taken_on(self, petition: Petition, act: Act) -> Petition:
        """Return the petition changed by this action.

        Raises:
            InvalidInputError: the directory does not know what is asked for.
            ActionNotPossibleError: not in this petition's state.
        """


def for_petitioner(text: str, petition: Petition) -> str:
    """Return a text in the petitioner's language."""
    language: Language = "en" if petition.language == "en" else "vi"
    return gettext(language)(text)
