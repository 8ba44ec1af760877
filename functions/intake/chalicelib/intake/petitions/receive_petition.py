"""Receives a petition from the web or from a program: names the submission and has it stored."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from urllib.parse import quote

from chalicelib.intake.limits.address_limit import Sender
from chalicelib.intake.limits.daily_limit import LimitedReception
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError
from shared.domain.identity.sms_reach import is_served_by_sms
from shared.domain.petition.change import PETITIONER, client_actor
from shared.domain.petition.submission import PetitionInput, Submission
from shared.domain.petition.values.classification import Channel
from shared.domain.petition.values.petitioner import ReplyBy
from shared.platform import clock
from shared.use_cases.receive_submission import Received

_KEY = re.compile(r"[!-~]{1,200}")
"""The form of an Idempotency-Key: visible ASCII."""


CLIENT = "client:"
"""Begins the name of a program that sends petitions over `/v1` with a key of its own."""


def receive_petition(
    reception: LimitedReception,
    petition: PetitionInput,
    idempotency_key: str | None,
    sender: Sender | None,
    client: str | None = None,
) -> Received:
    """Store a petition once, however often it is sent.

    Without a key, the same petition of the same person on the same day is one: a double click, or a program that
    tries again.

    Args:
        reception: stores what is within the limits.
        petition: what was sent.
        idempotency_key: the sender's own name for it. Keys of different clients never meet.
        sender: the network address it came from; None for a program that has a key of its own.
        client: the name of that program, which the history keeps.

    Raises:
        InvalidInputError: an unknown field, or a key that can be none.
        IdempotencyKeyReusedError: the key was used before with another content.
        TooManyRequestsError: its sender has sent enough for today, or its network address for this hour.
    """
    name = submission_key(petition, idempotency_key, client)
    by = client_actor(client) if client else PETITIONER
    return reception.receive(submission_of(petition, name, by=by), sender)


def answered_by(petition: PetitionInput, countries: Collection[str]) -> tuple[ReplyBy, ...]:
    """Return the channels that the answer comes over, in their order.

    A number that the ministry sends no SMS to (`sms_reach`) is called where nothing else was chosen.
    """
    phone = petition.petitioner.phone
    is_served = phone is not None and is_served_by_sms(phone, countries)
    usable = tuple(c for c in petition.chosen_channels if c is not ReplyBy.SMS or is_served)
    return usable or (ReplyBy.PHONE,)


def submission_of(petition: PetitionInput, key: str, *, by: str = "petitioner") -> Submission:
    """Return a petition on its way in from the web or from a program; `by` names the program where it has a name."""
    return Submission(
        key=key,
        channel=Channel.WEB,
        content=petition.content,
        subject=petition.subject or "",
        kind=petition.kind,
        field=petition.field,
        type=petition.petitioner.type,
        identity=petition.petitioner.identity,
        reply_by=petition.chosen_channels,
        may_publish=petition.may_publish,
        language=petition.language,
        by=by,
    )


def submission_key(petition: PetitionInput, idempotency_key: str | None, client: str | None = None) -> str:
    """Return the name of a submission: given by its sender, else derived from its content and day.

    The name holds the client, so that one client's key never leads to another's petition, nor blocks it.
    """
    if idempotency_key is not None:
        key = checked_key(idempotency_key)
        return f"{CLIENT}{quote(client, safe='')}:{key}" if client else f"web:{key}"
    digest = hashlib.sha256(petition.model_dump_json().encode()).hexdigest()
    derived = f"{local_date(clock.now())}:{digest}"
    return f"client-derived:{quote(client, safe='')}:{derived}" if client else f"web-derived:{derived}"


def checked_key(idempotency_key: str) -> str:
    """Return the key if it can be one.

    Raises:
        InvalidInputError: it is empty, too long, or not visible ASCII.
    """
    if not _KEY.fullmatch(idempotency_key):
        raise InvalidInputError(("Idempotency-Key", "invalid"))
    return idempotency_key
