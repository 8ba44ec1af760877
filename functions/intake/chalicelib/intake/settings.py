"""Intake's settings, read from its environment."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from shared.platform import settings


class ScannerKind(StrEnum):
    """The scanner that examines uploads for malware."""

    GUARDDUTY = "guardduty"
    CLAMD = "clamd"
    EICAR = "eicar"


_TOWNS = {
    "ap-southeast-1": "Singapore",
    "ap-southeast-2": "Sydney",
    "ap-southeast-3": "Jakarta",
    "ap-southeast-5": "Kuala Lumpur",
    "ap-southeast-7": "Bangkok",
    "ap-northeast-1": "Tokyo",
    "ap-east-1": "Hong Kong",
}
"""The place of each region of AWS that is near."""


class IntakeSettings(
    settings.FileSettings,
    settings.EvidenceSettings,
    settings.LinkSettings,
    settings.PinSettings,
    settings.SmsSettings,
    settings.PetitionSettings,
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
    codes_per_contact: int = Field(default=6, ge=0)
    """One-time codes that one contact is sent in a day, to open all its petitions; 0 is never."""
    codes_per_address: int = Field(default=20, ge=0)
    """One-time codes that one network address may ask for in an hour; 0 is no limit."""
    petitions_per_contact: int = Field(default=10, ge=0)
    """Petitions that one person may send in a day over the web and from programs; 0 is no limit."""
    petitions_per_address: int = Field(default=60, ge=0)
    """Petitions that one network address may send in an hour over the web and `/v1`; 0 is no limit."""
    unproven_per_address: int = Field(default=10, ge=0)
    """Petitions of those from pages that brought no proof of work (without JavaScript); 0 is no limit."""
    api_key_needed: bool = True
    """True refuses petitions over `/v1` without a key of a program; false limits them by network address."""
    addresses_are_counted: bool = True
    """False where all callers have the same network address, as on one machine: no limit holds by address."""
    sandbox: bool = False
    """True heeds the API key that is always over its limit (`shared.providers.simulator`); never in production."""
    reactions_per_address: int = Field(default=10, ge=0)
    """Readers of one network address who may react alike to one answer in a day; 0 is no limit."""
    sms_price_dong: int = Field(default=1000, ge=0)
    """Dong that a message to the short code costs its sender, as the pages say."""
    call_price_dong: int = Field(default=1000, ge=0)
    """Dong that a minute of a call to the hotline costs."""
    call_hours: str = "7:30–17:00"
    """The hours of the hotline on working days, as the pages say."""
    ministry_address: str = "37A Nguyễn Bỉnh Khiêm, phường Hai Bà Trưng, Hà Nội"
    """The address of the ministry, as the pages say."""
    ministry_email: str = Field(default="", min_length=0)
    """The e-mail address at which the ministry takes petitions, as the pages say; "": they name none."""
    data_region: str = "ap-southeast-1"
    """The region of AWS in which everything is stored, as the page on privacy says."""
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
        """Wrong PINs allowed to an address; 0 is no limit."""
        return self.pin_tries_per_address if self.addresses_are_counted else 0

    @property
    def codes_asked_per_address(self) -> int:
        """One-time codes that an address may ask for in an hour; 0 is no limit."""
        return self.codes_per_address if self.addresses_are_counted else 0

    @property
    def sent_per_address(self) -> int:
        """Petitions that an address may send in an hour; 0 is no limit."""
        return self.petitions_per_address if self.addresses_are_counted else 0

    @property
    def unproven_sent_per_address(self) -> int:
        """Petitions of those without a proof of work; 0 is no limit."""
        return self.unproven_per_address if self.addresses_are_counted else 0

    @property
    def reactions_from_an_address(self) -> int:
        """Readers of an address who may react alike to one answer in a day; 0 is no limit."""
        return self.reactions_per_address if self.addresses_are_counted else 0

    @property
    def place_of_data(self) -> str:
        """The place of the stored data in words: the town of the region and its name, or the name alone."""
        town = _TOWNS.get(self.data_region, "")
        return f"{town} ({self.data_region})" if town else self.data_region

    @property
    def open311_takes_anybody(self) -> bool:
        """True on one machine where no keys are asked for: nobody has one there."""
        return self.stage == "local" and not self.api_key_needed

    @property
    def cost_of_a_try(self) -> int:
        """Rounds of one try of the page's challenge: on one machine it is made and checked at hardly any cost."""
        return min(self.challenge_cost, 40) if self.stage == "local" else self.challenge_cost
