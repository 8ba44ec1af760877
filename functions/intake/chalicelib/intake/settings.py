"""Intake's settings, read from its environment."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from shared.platform import settings


class ScannerKind(StrEnum):
    """The scanner that examines uploads for malware."""

    GUARDDUTY = "guardduty"
    CLAMD = "clamd"
    EICAR = "eicar"


class IntakeSettings(
    settings.FileSettings, settings.EvidenceSettings, settings.PinSettings, settings.SmsSettings
):
    """Intake's tables, keys and limits. It may close the seal and has no right to open it."""

    statistics_table: str
    roots_table: str
    seal_key_id: str
    providers_secret: str
    notices_queue_url: str
    """The notifier's queue, for replies to SMS: a message names a row and holds nothing else."""
    parts_queue_url: str
    sms_parts_wait_minutes: int = Field(default=15, ge=1, le=15)
    """Minutes until a long SMS is taken without its missing parts; SQS hides a message for 15 minutes at most."""
    pins_again_per_day: int = Field(default=3, ge=0)
    """Times that a petition's PIN is sent again in a day to a contact on file; 0 is never."""
    renewals_per_day: int = Field(default=3, ge=0)
    """Times that a petition's PIN and link are renewed in a day; 0 is never."""
    link_months_after_end: int = Field(default=12, ge=0)
    """Months after the end of a matter for which the links in its letters open it; 0 is for ever."""
    petitions_per_contact: int = Field(default=10, ge=0)
    """Petitions that one person may send in a day over the web and from programs; 0 is no limit."""
    petitions_per_address: int = Field(default=60, ge=0)
    """Petitions that one network address may send in an hour over the web and `/v1`; 0 is no limit."""
    unproven_per_address: int = Field(default=10, ge=0)
    """Petitions of those from pages that brought no proof of work (without JavaScript); 0 is no limit."""
    api_key_needed: bool = True
    """True refuses petitions over `/v1` without a key of a program; false limits them by network address."""
    challenge_cost: int = Field(default=4000, ge=1)
    """Rounds of PBKDF2 in one try of the page's challenge, which takes 256 tries on average."""
    sms_replies_per_number: int = Field(default=40, ge=1)
    """SMS that one number may cause us to pay for in a day; what it sends beyond that still takes effect."""
    scanner: ScannerKind = ScannerKind.GUARDDUTY
    clamd_host: str = "localhost"
    clamd_port: int = 3310

    @model_validator(mode="after")
    def _scans_for_real(self) -> Self:
        if self.scanner is ScannerKind.EICAR and self.stage != "local":
            raise ValueError("the test scanner finds nothing but its test string")
        return self

    @property
    def tries_per_address(self) -> int:
        """Wrong PINs allowed to an address; on one machine all callers have the same address, so none is counted."""
        return 0 if self.stage == "local" else self.pin_tries_per_address

    @property
    def link_kept_for(self) -> timedelta | None:
        """The time after the end of a matter for which its links open it; None is for ever."""
        return timedelta(days=30 * self.link_months_after_end) if self.link_months_after_end else None

    @property
    def sent_per_address(self) -> int:
        """Petitions that an address may send in an hour; on one machine all callers have the same address."""
        return 0 if self.stage == "local" else self.petitions_per_address

    @property
    def unproven_sent_per_address(self) -> int:
        """Petitions of those without a proof of work."""
        return 0 if self.stage == "local" else self.unproven_per_address

    @property
    def asks_for_a_key(self) -> bool:
        """True where programs need a key; on one machine nobody has one."""
        return self.api_key_needed and self.stage != "local"

    @property
    def cost_of_a_try(self) -> int:
        """Rounds of one try of the page's challenge: on one machine it is made and checked at hardly any cost."""
        return min(self.challenge_cost, 40) if self.stage == "local" else self.challenge_cost
