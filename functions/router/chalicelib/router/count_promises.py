"""Counts the promises that a change of a petition kept or missed; called with each change of the stream."""

from __future__ import annotations

from shared.domain.petition.petition import Petition
from shared.domain.promises.targets import outcomes, time_to_route
from shared.platform import telemetry


def count_promises(petition: Petition, seen: int) -> None:
    """Count the promises that the entries after version `seen` of a petition kept or missed."""
    duration = time_to_route(petition, seen)
    if duration is not None:
        telemetry.measure("TimeToRoute", duration)
    for promise, is_kept in outcomes(petition, seen):
        telemetry.count_promise(promise, is_kept=is_kept)
