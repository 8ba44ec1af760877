"""The bases of the models: pydantic's, whose errors quote no input, and one for what is stored.

A model reads what people sent or what is stored; an error that quotes it would carry a name, a number or a text into
the logs. A test holds every model to this base (`tests/architecture/test_models.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import pydantic


class BaseModel(pydantic.BaseModel):
    """A model whose validation errors name the place and the rule, never the value.

    Its validator is built when it is first used: a start uses a few of them (docs/adr/0068-starts-from-a-snapshot.md).
    """

    model_config = pydantic.ConfigDict(hide_input_in_errors=True, defer_build=True)


class StoredModel(BaseModel):
    """A frozen model that is read from a table, changed and written back, while other versions of the code do the same.

    Attributes that a newer version wrote stay where they are, at every depth, and are written back (ADR 0051).
    Code can neither set nor change an attribute that is none of the model's.
    """

    model_config = pydantic.ConfigDict(frozen=True, extra="allow")

    @property
    def unknown(self) -> Mapping[str, Any]:
        """The attributes that this version of the code does not know, as they are stored."""
        return self.__pydantic_extra__ or {}

    def without_unknown(self) -> Self:
        """Return this value without the attributes that this version of the code does not know."""
        if not self.unknown:
            return self
        copy = super().model_copy()
        object.__setattr__(copy, "__pydantic_extra__", {})
        return copy

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some attributes changed.

        Raises:
            TypeError: one of them is no attribute of the model.
        """
        if unknown := (update or {}).keys() - type(self).model_fields.keys():
            raise TypeError(f"{type(self).__name__} has no attribute {', '.join(sorted(unknown))}")
        return super().model_copy(update=update, deep=deep)
