"""The system that a journey runs against: in this process, or a cloud with the packages deployed to it.

`pytest` plays every journey in this process. `pytest --target=cloud`, which `make rehearse` starts, plays those that
are marked `cloud` against the deployed functions. A journey with that mark asks for a `Target` and uses nothing else:
there the clock is everybody's, the tables are full of other journeys' petitions, and nothing can be emptied.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from boto3.dynamodb.types import TypeSerializer

from infra.doors import Doors
from infra.local.providers.outbox import Tables
from infra.seed.directory import Account, directory_rows
from shared.domain.calendar.deadlines import answer_due_on
from shared.domain.calendar.terms import TERMS_2018
from shared.domain.calendar.working_calendar import Override, WorkingCalendar
from shared.domain.petition.petition import Petition
from shared.tables.documents import unpacked
from shared.tables.petition_items import item_of

CALENDAR = WorkingCalendar(
    [
        Override(date.fromisoformat(row["on"]), row["kind"], row["document"])
        for row in directory_rows()["calendar"]
    ]
)
"""The calendar of a new system."""


class Target(Doors):
    """A running system, and what a test wants to know of it."""

    public_url: str
    """The address that citizens see, without a slash at its end."""
    officers: Mapping[str, Account]
    """The invented officers by user name."""
    as_program: Mapping[str, str]
    """Headers that a program adds to send petitions over /v1: its key, where one is needed."""
    number: str
    """A telephone of this journey's own, as aggregators write it: `84912345678`."""

    @property
    @abstractmethod
    def due_on(self) -> date:
        """The day on which a petition is due that comes in now."""

    def due_of(self, received_at: datetime) -> date:
        """Return the day on which a petition is due that came in then, by the calendar that the seeds have."""
        return answer_due_on(received_at, TERMS_2018, CALENDAR)

    @abstractmethod
    def secret(self, provider: str, name: str) -> str:
        """Return a credential of a provider, as the system has it."""

    @abstractmethod
    def unique(self, name: str) -> str:
        """Return a name of a call, a message or a key as no other journey uses it."""

    @abstractmethod
    def is_own(self, reference: str) -> bool:
        """Return whether a petition is of this journey: on a cloud others are played at the same time."""

    @abstractmethod
    def items(self, table: str) -> list[dict[str, Any]]:
        """Return this journey's items of a table, e.g. `deliveries`, in DynamoDB's JSON."""

    @abstractmethod
    def put_back_petition(self, petition: Petition) -> None:
        """Store a petition in place of what is there, to be woken at once: as an old one, or as a backup has it."""

    @abstractmethod
    def pass_a_minute(self) -> None:
        """Let the schedule of every minute fire by itself, and everything that follows happen."""

    @abstractmethod
    def objects(self, identifier: str) -> list[str]:
        """Return the keys of the bucket's objects of one attachment, waiting to be examined or kept."""

    @abstractmethod
    def dead_letters(self) -> int:
        """Return how many messages lie in dead-letter queues."""

    @property
    @abstractmethod
    def email(self) -> str:
        """An address of this journey's own: one address gets only so many letters a day."""

    @property
    def other_number(self) -> str:
        """A second telephone of this journey's own: `84987654321`."""
        return f"8498{self.number[4:]}"

    def contacts_of(self, n: int) -> dict[str, str]:
        """Return the telephone and address of further people of this journey, n from 1 to 5."""
        return {
            "phone": f"09{(2, 3, 4, 6, 7)[n - 1]}{self.number[4:]}",
            "email": f"so{n}.{self.number}@thu.example",
        }

    @property
    def own_number(self) -> str:
        """The telephone as people write it: `0912 345 678`."""
        return f"0{self.number[2:5]} {self.number[5:8]} {self.number[8:]}"


def with_texts(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item in DynamoDB's JSON with what is packed as text: what a test looks for is to be found in it."""
    return {name: {"S": unpacked(value["B"])} if "B" in value else value for name, value in item.items()}


def store_petition(cloud: Tables, petition: Petition, wake_at: datetime) -> None:
    """Put a petition's item, whatever is there."""
    item = {name: TypeSerializer().serialize(value) for name, value in item_of(petition, wake_at).items()}
    cloud.client("dynamodb").put_item(TableName=cloud.outputs["PetitionsTable"], Item=item)


def keys_of(cloud: Tables, identifier: str) -> list[str]:
    """Return the keys of the bucket's objects that end with an identifier."""
    pages = (
        cloud.client("s3")
        .get_paginator("list_objects_v2")
        .paginate(Bucket=cloud.outputs["AttachmentsBucket"])
    )
    return [
        entry["Key"]
        for page in pages
        for entry in page.get("Contents", ())
        if entry["Key"].endswith(identifier)
    ]
