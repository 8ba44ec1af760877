"""Stored documents and the number of their schema: what newer code wrote is kept, or not touched (ADR 0051).

The schema of a kind of document is a number that rises when code of the version before could no longer read the
document or keep it right. It stands in the item as `schema`, and in the JSON where that stands in an index by itself; a
document without one is of the first schema. Attributes that are only added need no new number (`StoredModel`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from shared.domain.base_model import BaseModel, StoredModel
from shared.domain.errors import NewerItemError

M = TypeVar("M", bound=BaseModel)

SCHEMA = "schema"
"""The attribute that holds the number."""
_FIRST = 1


class Schema(NamedTuple):
    """The schema of one kind of document, as this version of the code writes and reads it.

    A release that understands a schema goes before the release that writes it (CONTRIBUTING.md).
    """

    written: int = _FIRST
    """The number of what this code writes."""
    understood: int = _FIRST
    """The highest number that this code reads and keeps right."""

    def require(self, document: Mapping[str, Any]) -> None:
        """Refuse a document that newer code wrote.

        Raises:
            NewerItemError: its schema is newer than what this code understands.
        """
        if int(document.get(SCHEMA, _FIRST)) > self.understood:
            raise NewerItemError

    def number_of(self, document: StoredModel) -> int:
        """Return the number to store a document under: never a lower one than it was read with."""
        return max(self.written, int(document.unknown.get(SCHEMA, _FIRST)))

    def read(self, model: type[M], text: str) -> M:
        """Return the document that a JSON text holds.

        Raises:
            NewerItemError: its schema is newer than what this code understands.
            ValidationError: it is not such a document.
        """
        try:
            document = model.model_validate_json(text)
        except ValidationError:
            self.require(_object_in(text))
            raise
        if isinstance(document, StoredModel):
            self.require(document.unknown)
        return document

    def text_of(self, document: BaseModel, number: int, **options: Any) -> str:
        """Return a document as JSON with the number of its schema, which the first schema leaves out.

        Args:
            document: of any model.
            number: see `number_of`.
            options: of `model_dump_json`.
        """
        if isinstance(document, StoredModel) and SCHEMA in document.unknown:
            options["exclude"] = {*options.get("exclude", ()), SCHEMA}
        text = document.model_dump_json(**options)
        return text if number == _FIRST else f'{text[:-1]},"{SCHEMA}":{number}}}'


PETITION = Schema(written=1, understood=2)
"""`body` of the petitions table, and what its indexes hold of a petition: outline, card, public answer.

Those of the second schema have an entry of an action that code of the first does not know (`petition_items`).
"""
DELIVERY = Schema(written=1, understood=2)
"""The items of the table `deliveries`; those of the second schema are events for programs."""
DIRECTORY = Schema()
"""The rows of the directory, and the proposed changes of them."""
HELD_TEXT = Schema()
"""Texts in the table `throttle` whose sender is asked what they are."""
REPLY = Schema()
"""Replies to SMS in the table `throttle`."""


def _object_in(text: str) -> Mapping[str, Any]:
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
