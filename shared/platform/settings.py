"""Reads the environment, once, on first use.

Chalice imports `app.py` while it packages a function, when none of these variables exist: so nothing
here runs on import. Each function asks for the settings class that names just what it uses.
"""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cache
from typing import Self, TypeVar

from pydantic import ConfigDict, Field, ValidationError, model_validator

from shared.domain.base_model import BaseModel
from shared.domain.identity.sms_reach import is_country
from shared.domain.petition.values.attachments import Limits
from shared.domain.procedures.pin_tries import PinLimits


class SettingsError(Exception):
    """The environment lacks settings, or has wrong ones; the text names every one of them, no value."""


class Settings(BaseModel):
    """The settings of every function. Field names are the environment variables in lower case."""

    model_config = ConfigDict(frozen=True, str_min_length=1)

    stage: str
    petitions_table: str
    directory_table: str
    public_url: str = "http://localhost:8088"
    identifiers_secret: str


class PetitionSettings(Settings):
    """The settings of functions that write petitions."""

    petitions_packed: bool = False
    """True: petitions are written packed, which the release before this code could not read (ADR 0084)."""


class EvidenceSettings(Settings):
    """The settings of functions that show whether a petitioner was notified."""

    deliveries_table: str
    acceptance_counts_as_delivered: bool = False
    """True: a message that an SMS provider without receipts accepted counts as delivered."""


class PinSettings(Settings):
    """The settings of functions that check PINs."""

    throttle_table: str
    pin_tries_per_reference: int = Field(default=50, ge=1)
    """Wrong PINs of one reference in a day from which on each further try costs work or a minute's wait."""
    pin_tries_per_reference_a_day: int = Field(default=300, ge=1)
    """Wrong PINs of one reference in a day after which its PIN opens nothing; links do, and a PIN sent again."""
    pin_tries_per_address: int = Field(default=50, ge=0)
    """Wrong PINs that one network address, or one officer for callers, may send; 0 is no limit. A village shares one
    address, so it is not 10."""
    pin_locked_minutes: int = Field(default=15, ge=1)
    """Minutes after its latest wrong PIN for which an address is remembered, and the longest that it waits."""

    def pin_limits(self, per_address: int) -> PinLimits:
        """Return the limits of tries, with the limit of addresses that holds here."""
        return PinLimits(
            per_reference=self.pin_tries_per_reference,
            per_reference_a_day=self.pin_tries_per_reference_a_day,
            per_address=per_address,
            window=timedelta(minutes=self.pin_locked_minutes),
        )


class LinkSettings(Settings):
    """The settings of functions that know for how long a link, or a contact, opens a petition."""

    link_months_after_end: int = Field(default=12, ge=0)
    """Months after the end of a matter for which the links in its letters open it; 0 is for ever."""

    @property
    def link_kept_for(self) -> timedelta | None:
        """The time after the end of a matter for which its links open it; None is for ever."""
        return timedelta(days=30 * self.link_months_after_end) if self.link_months_after_end else None


class SmsSettings(Settings):
    """The settings of functions that have SMS sent."""

    sms_countries: str = "84"
    """Country codes, or longer prefixes, whose numbers get SMS: `84 1 61`; of Vietnam mobiles alone."""
    sms_segments_per_day: int = Field(default=20_000, ge=0)
    """Segments of SMS in a day; beyond that only what the law requires is sent. 0: no limit."""

    @model_validator(mode="after")
    def _opens_no_premium_range(self) -> Self:
        if not all(is_country(prefix) for prefix in self.opened_countries):
            raise ValueError("country-codes-without-plus-and-no-satellite-or-premium-range")
        return self

    @property
    def opened_countries(self) -> tuple[str, ...]:
        """The prefixes of the numbers that get SMS."""
        return tuple(self.sms_countries.split())


class FileSettings(Settings):
    """The settings of functions that accept files."""

    attachments_bucket: str
    files_per_petition: int = Field(default=5, ge=1, le=10)
    """Files with one petition, and as many with its answer."""
    megabytes_per_file: int = Field(default=10, ge=1, le=50)
    upload_within_minutes: int = Field(default=30, ge=1, le=60)
    """The lifetime of an upload form; a slow telephone needs its time."""

    @property
    def file_limits(self) -> Limits:
        """The limits of files."""
        return Limits(
            files=self.files_per_petition,
            bytes_each=self.megabytes_per_file * 1024 * 1024,
            upload_within=timedelta(minutes=self.upload_within_minutes),
        )


S = TypeVar("S", bound=Settings)


@cache
def load(model: type[S]) -> S:
    """Return the settings of one function.

    Raises:
        SettingsError: naming every variable that is missing or wrong, never its value.
    """
    values = {name: os.environ[name.upper()] for name in model.model_fields if name.upper() in os.environ}
    try:
        return model.model_validate(values)
    except ValidationError as error:
        problems = ", ".join(f"{_place(e['loc'])} ({e['type']})" for e in error.errors())
        raise SettingsError(f"{model.__name__}: {problems}") from None


def _place(location: tuple[int | str, ...]) -> str:
    """Return the variable that is wrong; a rule about several is about the whole."""
    return str(location[0]).upper() if location else "together"


def stage_variable(name: str, default: str) -> str:
    """Return a variable that `app.py` needs when it is imported, such as a queue's ARN in a trigger.

    While Chalice packages a function the default stands; the merge template puts the real value in.
    """
    return os.environ.get(name, default)


def starts_from_snapshots() -> bool:
    """Return whether Lambda takes a snapshot after this import (Lambda's "Defined environment variables")."""
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


def queue_arn(name: str) -> str:
    """Return the ARN of the queue `pakn-{stage}-{name}`, which `app.py` needs for a trigger when it is imported."""
    local = f"arn:aws:sqs:ap-southeast-1:123456789012:pakn-local-{name}"
    return stage_variable(f"{name.upper()}_QUEUE_ARN", local)


def forget() -> None:
    """Read the environment anew on next use (tests)."""
    load.cache_clear()
