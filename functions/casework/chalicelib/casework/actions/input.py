"""The base of the input models of all actions, the context that they are applied in, and types of texts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field

from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.base_model import BaseModel
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.petition.change import Change
from shared.domain.petition.petition import MAX_CONTENT, Petition
from shared.domain.petition.space import LONGEST_OFFICIAL_TEXT
from shared.domain.petition.submission import EMPTY_IS_ABSENT, Text
from shared.domain.petition.values.attachments import Attachment
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.web.i18n import Language, gettext


def _short_enough(text: str | None) -> str | None:
    """Return an official text that fits the space kept free for it; only emoji and the like need more than it has."""
    if text is not None and len(text.encode()) > LONGEST_OFFICIAL_TEXT:
        raise ValueError("too-long")
    return text


LongText = Annotated[Text, Field(min_length=1, max_length=MAX_CONTENT), AfterValidator(_short_enough)]
ShortText = Annotated[Text, Field(min_length=1, max_length=1_000)]
Title = Annotated[Text, Field(min_length=1, max_length=200)]
OptionalLongText = Annotated[
    Annotated[str, Field(max_length=MAX_CONTENT)] | None, EMPTY_IS_ABSENT, AfterValidator(_short_enough)
]
OptionalShortText = Annotated[Annotated[str, Field(max_length=1_000)] | None, EMPTY_IS_ABSENT]
OptionalCode = Annotated[Annotated[str, Field(max_length=64)] | None, EMPTY_IS_ABSENT]
"""A code of the directory, or the user name of an officer."""
FileIds = Annotated[
    tuple[Annotated[str, Field(max_length=32)], ...],
    BeforeValidator(lambda value: tuple(value.split()) if isinstance(value, str) else value),
    Field(max_length=20),
]
"""Identifiers of files; a form sends them in one text."""


References = Annotated[
    tuple[Annotated[str, Field(max_length=20)], ...],
    BeforeValidator(lambda value: tuple(value.split()) if isinstance(value, str) else value),
    Field(max_length=50),
]
"""References of petitions; a form sends them in one text."""


class ActionContext(NamedTuple):
    """The officer who acts, the change that they cause, and the tables that the action may read."""

    officer: DeskOfficer
    change: Change
    directory: Directory
    petitions: Petitions
    units_sign: bool = False
    """True if the head of the unit signs drafts before the ministry's approver decides (setting)."""

    @property
    def today(self) -> date:
        """The day of the change in Vietnam: rows of the directory are looked up for it."""
        return local_date(self.change.at)


class ActionInput(BaseModel):
    """The body of a request to act: the version that the officer saw, and what the action needs besides."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Annotated[int, Field(ge=1)]

    @abstractmethod
    def apply(self, petition: Petition, context: ActionContext) -> Petition:
        """Return the petition changed by this action.

        Raises:
            InvalidInputError: the directory or the petition does not allow a value.
            ActionNotPossibleError: not in this petition's state.
        """

    def letter(self, _petition: Petition) -> Mapping[str, str]:
        """Return the texts that this action sends to the petitioner, by location: with a gap they do not leave."""
        return {}

    @classmethod
    def values_of(cls, form: Mapping[str, str]) -> dict[str, Any]:
        """Return the values of a submitted form by the names of this model's fields; other values are dropped."""
        return {name: value for name, value in form.items() if name in cls.model_fields}

    @classmethod
    def form_field_of(cls, location: str) -> str:
        """Return the name of the form's field for the location of an error in this model."""
        return location


def check_files(chosen: tuple[str, ...], possible: tuple[Attachment, ...]) -> None:
    """Check that the chosen files are among the possible ones.

    Raises:
        InvalidInputError: `attachments` with the rule `unknown`.
    """
    if not set(chosen) <= {attachment.id for attachment in possible}:
        raise InvalidInputError(("attachments", "unknown"))


def for_petitioner(text: str, petition: Petition) -> str:
    """Return a text in the petitioner's language."""
    language: Language = "en" if petition.language == "en" else "vi"
    return gettext(language)(text)
