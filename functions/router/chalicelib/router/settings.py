"""The router's settings."""

from pydantic import Field

from shared.platform import settings


class RouterSettings(settings.PetitionSettings):
    """Tables come from the base; these are the queues the router writes to."""

    routing_queue_url: str
    notices_queue_url: str
    statistics_table: str
    """Takes the counts of how candidates would have decided."""
    routing_learns_from_decisions: int = Field(default=200, ge=1)
    """Decisions of officers in a month from which on a model learns from them."""
