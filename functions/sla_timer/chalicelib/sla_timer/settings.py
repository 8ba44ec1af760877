"""What the SLA timer is told."""

from shared.settings import Settings


class SlaTimerSettings(Settings):
    """Tables come from the base."""

    statistics_table: str
    timers_queue_url: str
