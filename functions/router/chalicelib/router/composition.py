"""Puts the router together, once per process."""

from functools import cache

from chalicelib.router.follow_parent import MergedPetitions
from chalicelib.router.relay_changes import Relay
from chalicelib.router.route_petition import Router
from chalicelib.router.settings import RouterSettings
from shared.platform import settings
from shared.platform.messages import Errand, RoutingRequest
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions


@cache
def relay() -> Relay:
    """Return what turns changes into messages."""
    told = settings.load(RouterSettings)
    return Relay(told.routing_queue_url, told.notices_queue_url)


@cache
def router() -> Router:
    """Return what decides the unit of a petition."""
    told = settings.load(RouterSettings)
    directory = Directory(told.directory_table)
    return Router(Petitions(told.petitions_table, directory), directory)


@cache
def merged_petitions() -> MergedPetitions:
    """Return what carries a petition's fate to those merged into it."""
    told = settings.load(RouterSettings)
    return MergedPetitions(
        Petitions(told.petitions_table, Directory(told.directory_table)), told.routing_queue_url
    )


def run(request: RoutingRequest) -> None:
    """Do what a message of the queue asks for."""
    if request.errand is Errand.FOLLOW:
        merged_petitions().follow(request.reference)
    elif request.errand is Errand.SCREEN:
        router().screen(request.reference)
    elif request.errand is Errand.LEAD:
        merged_petitions().lead(request.reference, request.after)
    else:
        router().route(request.reference)


def forget() -> None:
    """Build anew on next use (tests)."""
    merged_petitions.cache_clear()
    relay.cache_clear()
    router.cache_clear()
