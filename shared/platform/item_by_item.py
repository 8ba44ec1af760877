"""Works on items one by one: an item that is not what it should be stops nobody else.

It is counted (`ItemsSkipped`, an alarm) and named by its key in the log, never by what it holds. Errors of AWS pass:
they are about all items, and whoever calls tries again. So does the error of an item that newer code wrote: nothing is
wrong with it, and what counts all items must not count without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from shared.domain.errors import NewerItemError, PetitionError
from shared.platform import telemetry

T = TypeVar("T")
R = TypeVar("R")

MALFORMED = (ValueError, KeyError, TypeError, AttributeError, IndexError, PetitionError)
"""The errors that reading or counting a malformed item raises; a pydantic `ValidationError` is a `ValueError`."""


def item_by_item(
    items: Iterable[T],
    work: Callable[[T], R],
    key_of: Callable[[T], str],
    *,
    job: str,
    errors: tuple[type[Exception], ...] = MALFORMED,
    leaves_out_newer: bool = False,
) -> Iterator[R]:
    """Yield the result of `work` for each item, but for those that fail.

    An item that newer code wrote is left out, counted as `ItemsNewer`, where the items are shown or visited again later
    (`leaves_out_newer`).

    Args:
        items: any number.
        work: reads or handles one of them.
        key_of: names an item: a reference or another key, no personal data; it must not fail.
        job: names the work in the log.
        errors: the errors that are an item's own.
        leaves_out_newer: whether the others are of use without an item that newer code wrote.

    Raises:
        NewerItemError: newer code wrote an item, and the others are of no use without it.
    """
    for item in items:
        try:
            result = work(item)
        except errors as error:
            if isinstance(error, NewerItemError) and not leaves_out_newer:
                raise
            skip(job, key_of(item), error)
        else:
            yield result


def skip(job: str, key: str, error: Exception) -> None:
    """Count an item that is left out, and name it in the log by its key; one of newer code is counted by itself."""
    if isinstance(error, NewerItemError):
        telemetry.count("ItemsNewer")
        telemetry.logger().info("newer item left out", job=job, key=key)
        return
    telemetry.count("ItemsSkipped")
    telemetry.logger().error("item skipped", job=job, key=key, error_type=type(error).__name__)
