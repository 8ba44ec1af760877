"""The SLA timer's settings."""

from shared.platform import settings


class SlaTimerSettings(settings.PetitionSettings):
    """Tables come from the base."""

    deliveries_table: str
    attachments_bucket: str
    statistics_table: str
    roots_table: str
    throttle_table: str
    """Holds the names of those who get the week's new answers."""
    roots_key_id: str
    """The key that signs the daily roots."""
    seal_key_id: str
    """The key that closes identities: the timer asks for its state, and has KMS move seals to it."""
    data_key_arn: str
    """The key of tables, queues, files and logs; the same."""
    notices_queue_url: str
    routing_queue_url: str
    timers_queue_url: str
    uploads_queue_url: str
