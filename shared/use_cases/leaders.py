"""Makes the figures of the leaders' page and of Monday's mail.

They cost an outline of every petition, once, and the lists of calls and of contradicted receipts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from shared.domain.access.readers import is_restricted
from shared.domain.calendar.working_calendar import local_date
from shared.domain.figures.alarms import UNDELIVERED_WITHIN, Undelivered
from shared.domain.figures.counted import Counted, counted
from shared.domain.figures.leaders import LeadersFigures, leaders_figures
from shared.domain.figures.periods import last_full_month, month_of
from shared.domain.figures.tallies import Days, Shelf, shelf_of
from shared.domain.promises.deliveries import DeliveryState
from shared.platform.item_by_item import item_by_item
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.outlines import Outlines

CALLS_READ = 200
"""Open calls, the longest waiting first, among which those are looked for that ended in a letter to write."""


class Leaders:
    """Counts what leaders ask of a period."""

    def __init__(self, outlines: Outlines, deliveries: Deliveries, directory: Directory) -> None:
        self._outlines = outlines
        self._deliveries = deliveries
        self._directory = directory

    def figures(
        self, may_count: Callable[[Shelf], bool], now: datetime, days: Days | None = None
    ) -> LeadersFigures:
        """Return the figures of a period.

        Args:
            may_count: whether the reader's figures count the petitions of a shelf.
            now: the moment as of which they are counted.
            days: the period; by default the last full month, or this one where nothing fell due in that.
        """
        today = local_date(now)
        everything = self._counted(now)
        petitions = [each for each in everything if may_count(shelf_of(each.petition))]
        public = [each for each in everything if not is_restricted(each.petition)]
        undelivered = self._undelivered({each.petition.reference for each in petitions}, now)

        def of(some: Days) -> LeadersFigures:
            return leaders_figures(petitions, some, today, undelivered, public)

        if days is not None:
            return of(days)
        figures = of(last_full_month(today))
        return figures if figures.now.due else of(month_of(today))

    def _undelivered(self, references: Collection[str], now: datetime) -> Undelivered:
        calls = self._deliveries.open_calls(now, CALLS_READ)
        contradicted = self._deliveries.contradicted(now - UNDELIVERED_WITHIN, now)
        return Undelivered(
            letters=sum(c.state is DeliveryState.LETTER and c.reference in references for c in calls),
            contradicted=sum(delivery.reference in references for delivery in contradicted),
        )

    def _counted(self, now: datetime) -> list[Counted]:
        """Return every petition with what is counted of it; one that cannot be counted is skipped and reported."""
        calendar, today = self._directory.calendar(), local_date(now)
        return list(
            item_by_item(
                self._outlines.all(),
                lambda petition: counted(petition, self._directory.terms_of(petition), calendar, today),
                lambda petition: petition.reference,
                job="leaders",
            )
        )
