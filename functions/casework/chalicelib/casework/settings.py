"""What casework is told."""

from __future__ import annotations

from shared.platform import settings


class CaseworkSettings(settings.FileSettings, settings.EvidenceSettings, settings.PinSettings):
    """Tables come from the base; casework may open the seal, for officers whose role and reason allow it."""

    statistics_table: str
    seal_key_id: str
    identity_pool_id: str
    identity_client_id: str
    identity_jwks_url: str
    sms_segment_price: int = 500
    """What one SMS costs the ministry, in đồng, as its contract says; 0: costs are not shown."""
