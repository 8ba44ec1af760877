"""Puts the router together, once per process."""

from functools import cache

from chalicelib.router.relaying import Relay
from chalicelib.router.routing import Router
from chalicelib.router.settings import RouterSettings
from shared import settings
from shared.directory import Directory
from shared.petitions import Petitions


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


def forget() -> None:
    """Build anew on next use (tests)."""
    relay.cache_clear()
    router.cache_clear()
