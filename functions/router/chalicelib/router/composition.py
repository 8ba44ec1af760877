"""Builds the router's parts from its settings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from chalicelib.router.follow_parent import MergedPetitions
from chalicelib.router.learning.learn_monthly import Learning
from chalicelib.router.learning.shadow import Shadow
from chalicelib.router.relay_changes import Relay
from chalicelib.router.route_petition import Router
from chalicelib.router.run_task import Tasks
from chalicelib.router.settings import RouterSettings
from shared.platform import settings
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from shared.tables.routing.candidates import Candidates


@dataclass(frozen=True, slots=True)
class Parts:
    """The dependencies of the router's handlers."""

    relay: Relay
    tasks: Tasks
    learning: Learning


def build(configuration: RouterSettings) -> Parts:
    """Build the parts; no AWS service is called."""
    directory = Directory(configuration.directory_table)
    petitions = Petitions(configuration.petitions_table, directory, is_packed=configuration.petitions_packed)
    relay = Relay(petitions, directory, configuration.routing_queue_url, configuration.notices_queue_url)
    merged_petitions = MergedPetitions(petitions, configuration.routing_queue_url)
    candidates = Candidates(directory, configuration.statistics_table)
    router = Router(petitions, directory, Shadow(directory, candidates))
    return Parts(
        relay=relay,
        tasks=Tasks(router, merged_petitions, relay.relay_later),
        learning=Learning(
            petitions, directory, candidates, from_decisions=configuration.routing_learns_from_decisions
        ),
    )


@cache
def parts() -> Parts:
    """Return the parts of this process, built at the first event."""
    return build(settings.load(RouterSettings))
