"""Takes down a caller's petition: the hotline operator's form (1900 1547)."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from shared.domain.petition.submission import PetitionInput, Submission, clean_text
from shared.domain.petition.values.classification import Channel
from shared.domain.petition.values.petitioner import ReplyBy
from shared.use_cases.receive_submission import Received, Reception


class CallInput(PetitionInput):
    """A petition as the operator writes it down, and the call it came in by."""

    call_id: Annotated[str, BeforeValidator(clean_text), Field(min_length=1, max_length=128)]
    call_started_at: AwareDatetime | None = None

    @property
    def chosen_channels(self) -> tuple[ReplyBy, ...]:
        """How to answer: as the caller chose; else by telephone."""
        return tuple(dict.fromkeys(self.reply_by)) or (
            (ReplyBy.PHONE,) if self.petitioner.phone else (ReplyBy.EMAIL,)
        )


def enter_call(reception: Reception, officer: DeskOfficer, given: CallInput) -> Received:
    """Store a caller's petition; the same call entered again is the same petition.

    Raises:
        NotAllowedError: only hotline operators and intake officers take down calls.
    """
    permissions.require(officer, permissions.Ability.ENTER_PETITION)
    who = given.petitioner
    return reception.receive(
        Submission(
            key=f"call:{given.call_id}",
            channel=Channel.HOTLINE,
            content=given.content,
            subject=given.subject or "",
            kind=given.kind,
            field=given.field,
            type=who.type,
            identity=who.identity,
            reply_by=given.chosen_channels,
            may_publish=given.may_publish,
            language=given.language,
            by=officer.actor,
            call_id=given.call_id,
            call_started_at=given.call_started_at,
        )
    )
