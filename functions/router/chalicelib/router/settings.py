"""The router's settings."""

from shared.platform.settings import Settings


class RouterSettings(Settings):
    """Tables come from the base; these are the queues the router writes to."""

    routing_queue_url: str
    notices_queue_url: str
