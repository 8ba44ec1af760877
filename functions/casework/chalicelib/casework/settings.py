"""The settings of casework."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from shared.domain.access.roles import Role
from shared.platform import settings

SECOND_FACTOR_ROLES = frozenset({Role.APPROVER, Role.INSPECTOR, Role.ADMINISTRATOR, Role.AUDITOR})
"""The roles that approve what is published, open restricted petitions, change the directory, or read all of it."""


class CaseworkSettings(
    settings.FileSettings, settings.EvidenceSettings, settings.PinSettings, settings.PetitionSettings
):
    """Casework's tables, keys and identity provider; it may open the seal, where an officer's role allows it."""

    statistics_table: str
    roots_table: str
    changes_need_confirmation: bool = True
    """False: one administrator may change texts, terms, officers and routing rules alone (small installations)."""
    proposals_expire_after_days: int = Field(default=14, ge=1, le=90)
    seal_key_id: str
    identity_pool_id: str
    identity_client_id: str
    identity_jwks_url: str
    look_ups_per_officer_and_hour: int = Field(default=20, ge=1)
    """Calls whose numbers one operator may look up in an hour."""
    units_sign_drafts: bool = False
    """True: the head of a unit signs its drafts before the ministry's approver decides; switched on once every function
    runs this release."""
    sms_segment_price: int = 500
    """The price of one SMS in đồng, by the ministry's contract; 0: costs are not shown."""
    notices_queue_url: str
    """The notifier's queue, for letters to officers about their accounts: a message names a row and nothing else."""
    session_idle_minutes: int = Field(default=30, ge=5, le=60)
    """Minutes without a request after which an officer signs in again."""
    drafts_kept_days: int = Field(default=30, ge=1, le=90)
    """Days after its last save at which an officer's draft ends."""
    undo_minutes: int = Field(default=10, ge=0, le=15)
    """Minutes in which officers take their decisions back, before word of them leaves; 0: word leaves at once."""
    session_hours: int = Field(default=12, ge=1, le=24)
    """Hours after which an officer signs in again however busy; Cognito's refresh tokens last a day."""
    machine_token_minutes: int = Field(default=15, ge=1, le=60)
    """Minutes that an access token of a machine account holds."""
    machine_requests_a_minute: int = Field(default=120, ge=1)
    """Requests of one machine account in a minute."""
    second_factor_needed: bool = True
    """False lets approvers, inspectors, administrators and auditors in with a password alone."""

    @property
    def longest_session(self) -> timedelta:
        """The longest time of a session."""
        return timedelta(hours=self.session_hours)

    @property
    def second_factor_roles(self) -> frozenset[Role]:
        """The roles that need a second factor."""
        return SECOND_FACTOR_ROLES if self.second_factor_needed else frozenset()
