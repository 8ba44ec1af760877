"""Bodies outside of the ministry, to which petitions are forwarded: rows of the directory."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.platform.item_by_item import item_by_item
from shared.tables.directory import Directory, Row, in_force

KIND = "body"
"""The kind of their rows."""


class Body(Row):
    """A body outside of the ministry."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    """As a letter addresses it."""
    address: Annotated[str, Field(max_length=300)] = ""
    email: Annotated[str, Field(pattern=r"^([^@\s]+@[^@\s]+)?$", max_length=254)] = ""
    field: str | None = None
    """The code of the field in which it answers; None for several."""


def bodies_on(directory: Directory, day: date) -> tuple[Body, ...]:
    """Return the bodies in force on a day, by name; a malformed row is passed over and counted."""
    rows = item_by_item(
        directory.rows(KIND), Body.model_validate, lambda row: str(row.get("id")), job="bodies"
    )
    return tuple(sorted(in_force(rows, day).values(), key=lambda body: body.name))
