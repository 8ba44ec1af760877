"""Runs the task that a message of the queue `routing` asks for."""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.router.follow_parent import MergedPetitions
from chalicelib.router.route_petition import Router
from shared.platform.messages import RoutingRequest, TaskType


class Tasks:
    """The tasks of the router, by task type."""

    def __init__(
        self, router: Router, merged_petitions: MergedPetitions, relay_later: Callable[[str, int], None]
    ) -> None:
        self._router = router
        self._relay_later = relay_later
        self._merged_petitions = merged_petitions

    def run(self, request: RoutingRequest) -> None:
        """Run one task; each may be run twice."""
        match request.task:
            case TaskType.ROUTE:
                self._router.route(request.reference)
            case TaskType.SCREEN:
                self._router.screen(request.reference)
            case TaskType.FOLLOW:
                self._merged_petitions.follow(request.reference)
            case TaskType.LEAD:
                self._merged_petitions.lead(request.reference, request.after)
            case TaskType.COUNT_MERGED:
                self._merged_petitions.count(request.reference)
            case TaskType.RELAY:
                self._relay_later(request.reference, request.seen or 0)
