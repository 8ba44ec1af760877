"""The settings of casework."""

from __future__ import annotations

from shared.platform import settings


class CaseworkSettings(settings.FileSettings, settings.EvidenceSettings, settings.PinSettings):
    """Casework's tables, keys and identity provider; it may open the seal, where an officer's role allows it."""

    statistics_table: str
    seal_key_id: str
    identity_pool_id: str
    identity_client_id: str
    identity_jwks_url: str
    sms_segment_price: int = 500
    """The price of one SMS in đồng, by the ministry's contract; 0: costs are not shown."""
