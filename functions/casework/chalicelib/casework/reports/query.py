"""The queries of readers: the period of a report, and the figure whose petitions are listed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from shared.domain.base_model import BaseModel
from shared.web.requests import validated

By = Literal["field", "unit", "kind", "channel", "province"]
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2999, 12, 31))]
"""A day of a period; the working calendar is not made for years far away."""


class Period(BaseModel):
    """The days of receipt that a report covers, both included, its breakdown, and the day whose status it shows."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    first: Annotated[Day | None, Field(alias="from")] = None
    last: Annotated[Day | None, Field(alias="to")] = None
    by: By = "field"
    as_of: Day | None = None
    """The past day at whose end the petitions are looked at; None: now."""


class FigureQuery(BaseModel):
    """Which figure's petitions are listed: the measure, the row of the report that shows it, and the page."""

    model_config = ConfigDict(frozen=True)

    measure: str = "received"
    unit: str | None = None
    by: Literal["field", "kind", "channel", "province", "handler", "complained_unit", "matter"] | None = None
    group: str = ""
    page: Annotated[int, Field(ge=1, le=9999)] = 1
    """The page of the list; behind the last one stands the last."""


def period_query(query: Mapping[str, str], *more: str) -> Period:
    """Return the period in the parameters of a request.

    Args:
        query: the parameters by name; empty ones count as absent.
        more: names of further fields of `Period` that this request may choose.

    Raises:
        InvalidInputError: naming each field and the rule that it breaks.
    """
    return validated(
        Period, {name: query[name] for name in ("from", "to", "as_of", *more) if query.get(name)}
    )


def figure_query(query: Mapping[str, str]) -> FigureQuery:
    """Return the figure in the parameters of a request.

    Raises:
        InvalidInputError: naming each field and the rule that it breaks.
    """
    return validated(FigureQuery, {name: query[name] for name in FigureQuery.model_fields if name in query})
