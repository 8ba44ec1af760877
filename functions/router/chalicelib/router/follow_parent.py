"""Carries what becomes of a petition to those that were merged into it; called with messages of the queue `routing`.

A page of children at a time, one message for each: a parent with thousands of them costs what they cost, no call runs
long, and a child that fails comes again alone.
"""

from __future__ import annotations

from shared.domain.procedures import merging
from shared.platform import clock, queues
from shared.platform.messages import RoutingRequest, TaskType
from shared.tables.dynamo import retry_when_stale
from shared.tables.petitions import CHILDREN_ON_A_PAGE, Petitions

PAGE = 100
"""Children that one message leads."""


class MergedPetitions:
    """Lets petitions share the fate of the one that they were merged into."""

    def __init__(self, petitions: Petitions, routing_queue_url: str) -> None:
        self._petitions = petitions
        self._routing = routing_queue_url

    def lead(self, parent: str, after: str | None) -> None:
        """Ask one page of a petition's children to follow, and leave the next page to a message of its own."""
        children, following = self._petitions.merged_into(parent, after=after, limit=PAGE)
        requests = [RoutingRequest(reference=child, task=TaskType.FOLLOW) for child in children]
        if following is not None:
            requests.append(RoutingRequest(reference=parent, task=TaskType.LEAD, after=following))
        queues.send(self._routing, requests)

    def follow(self, reference: str) -> None:
        """Do to a merged petition what its parent's state asks for, once; nothing where it is not yet to be done."""
        retry_when_stale(lambda: self._follow(reference))

    def count(self, reference: str) -> None:
        """Write on a petition how many are merged into it, where another number stands there; 101 stand for more.

        Counted is what each reader of it may know of (`merging.is_counted`).
        """
        retry_when_stale(lambda: self._count(reference))

    def _count(self, reference: str) -> None:
        parent = self._petitions.get(reference)
        if parent is None:
            return
        names, _following = self._petitions.merged_into(reference, limit=CHILDREN_ON_A_PAGE + 1)
        count = sum(merging.is_counted(child, parent) for child in self._petitions.get_all(names))
        if count != parent.merged_count:
            self._petitions.write_merged_count(parent, count)

    def _follow(self, reference: str) -> None:
        child = self._petitions.get(reference)
        parent = self._petitions.get(child.parent) if child is not None and child.parent else None
        if child is None or parent is None:
            return
        changed = merging.followed(child, parent, self._petitions.get, at=clock.now())
        if changed is not child:
            self._petitions.save(changed, child.version)
