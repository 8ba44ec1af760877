"""Officers' preferences about the desk's pages: shortcuts of one letter, and filters of queues saved under a name."""

from __future__ import annotations

from datetime import date

from pydantic import ConfigDict

from shared.domain.base_model import BaseModel
from shared.domain.errors import InvalidInputError
from shared.tables.directory import Directory, Row

KIND = "desk-preference"
"""The kind of directory row that holds a preference."""
AT_MOST = 12
"""Saved views of an officer."""
LONGEST_NAME = 40
"""Characters of a view's name."""
_VALID_FROM = date(2026, 1, 1)
"""The version of every row: an officer has one, which is replaced."""


class SavedView(BaseModel):
    """A filter of a queue under a name."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: str
    query: str


class DeskPreference(Row):
    """An officer's preferences about the desk's pages; `id` is the user name."""

    keys: bool = True
    """True if single letters are shortcuts (WCAG 2.1.4: they can be turned off)."""
    goes_on: bool = False
    """True if an action leads to the next petition of the queue instead of back to its own."""
    views: tuple[SavedView, ...] = ()


class DeskPreferences:
    """Reads and writes the officers' preferences; each change is one write.

    Args:
        directory: holds the preferences.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def of(self, username: str) -> DeskPreference:
        """Return an officer's preference, or the defaults."""
        stored = next((row for row in self._directory.rows(KIND) if row["id"] == username), None)
        return DeskPreference.model_validate(stored or {"id": username, "valid_from": _VALID_FROM})

    def use_keys(self, username: str, *, keys: bool) -> None:
        """Turn the shortcuts of one letter on or off."""
        self._write(self._stored(username).model_copy(update={"keys": keys}))

    def go_on(self, username: str, *, goes_on: bool) -> None:
        """Let actions lead to the next petition of the queue, or not."""
        self._write(self._stored(username).model_copy(update={"goes_on": goes_on}))

    def save_view(self, username: str, name: str, query: str) -> None:
        """Save a filter under a name; one of that name is replaced.

        Args:
            username: whose view.
            name: what the officer calls it, at most 40 characters.
            query: of the queue.

        Raises:
            InvalidInputError: no name, too long a name, or 12 views of other names already.
        """
        if not name or len(name) > LONGEST_NAME:
            raise InvalidInputError(("name", "missing" if not name else "too-long"))
        preference = self._stored(username)
        view = SavedView(name=name, query=query)
        views = [view if saved.name == name else saved for saved in preference.views]
        if view not in views:
            views.append(view)
        if len(views) > AT_MOST:
            raise InvalidInputError(("name", "too-many"))
        self._write(preference.model_copy(update={"views": tuple(views)}))

    def remove_view(self, username: str, name: str) -> None:
        """Remove a saved filter; none of that name is as good."""
        preference = self._stored(username)
        others = tuple(view for view in preference.views if view.name != name)
        if others != preference.views:
            self._write(preference.model_copy(update={"views": others}))

    def _stored(self, username: str) -> DeskPreference:
        """Return the preference as it is stored now: another process may have written it within the last minute."""
        self._directory.has_changed(KIND)
        return self.of(username)

    def _write(self, preference: DeskPreference) -> None:
        facts = preference.model_dump(mode="json", include={"keys", "goes_on", "views"})
        self._directory.put(KIND, preference.id, _VALID_FROM, facts)
