"""Receives a petition by telephone (1900 1547), as an operator writes it down."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.petition.submission import Instant, PetitionInput, Submission, Text
from shared.domain.petition.values.classification import Channel
from shared.domain.petition.values.petitioner import ReplyBy
from shared.use_cases.receive_submission import Received, Reception


class CallInput(PetitionInput):
    """A petition as the operator writes it down, and the call in which it came."""

    call_id: Annotated[Text, Field(min_length=1, max_length=128)]
    call_started_at: Instant | None = None

    @property
    def chosen_channels(self) -> tuple[ReplyBy, ...]:
        """The channels for the answer: those that the caller chose, else telephone, else e-mail."""
        return tuple(dict.fromkeys(self.reply_by)) or (
            (ReplyBy.PHONE,) if self.petitioner.phone else (ReplyBy.EMAIL,)
        )


def enter_call(reception: Reception, officer: DeskOfficer, call: CallInput) -> Received:
    """Store a caller's petition; the same call entered again is the same petition.

    Raises:
        NotAllowedError: the officer takes no calls.
    """
    permissions.require(officer, permissions.Ability.ENTER_PETITION)
    petitioner = call.petitioner
    return reception.receive(
        Submission(
            key=f"call:{call.call_id}",
            channel=Channel.HOTLINE,
            content=call.content,
            subject=call.subject or "",
            kind=call.kind,
            field=call.field,
            type=petitioner.type,
            identity=petitioner.identity,
            reply_by=call.chosen_channels,
            may_publish=call.may_publish,
            language=call.language,
            by=officer.actor,
            call_id=call.call_id,
            call_started_at=call.call_started_at,
            sent_at=call.call_started_at,
        )
    )
