"""Makes a petition of a hotline call that an operator wrote down; the call's id is its idempotency key.

A call without a summary makes no petition: it is counted, and the answer to the call centre names what is missing.
"""

from __future__ import annotations

from chalicelib.intake.hotline.hotline_webhook import HotlineCall
from shared.domain.errors import InvalidInputError
from shared.domain.petition.submission import Submission
from shared.domain.petition.values.classification import Channel
from shared.domain.petition.values.petitioner import Identity, PetitionerType, ReplyBy
from shared.platform.telemetry import count
from shared.use_cases.receive_submission import Reception

BY = "hotline"
"""The author of a petition that came through the call centre's webhook; the call's id leads to the operator."""


def record_call(reception: Reception, call: HotlineCall) -> str | None:
    """Return the reference of the call's petition, None where nobody wrote a summary down.

    Raises:
        InvalidInputError: there is no way to answer the caller, or the field is unknown.
        IdempotencyKeyReusedError: the call came before with another summary.
    """
    if call.summary is None:
        count("HotlineCallWithoutSummary")
        return None
    identity = _identity(call)
    if not identity.phone and not identity.email:
        raise InvalidInputError(("petitioner", "contact-missing"))
    received = reception.receive(
        Submission(
            key=f"call:{call.call_id}",
            channel=Channel.HOTLINE,
            content=call.summary,
            kind=call.kind,
            field=call.field,
            type=call.petitioner.type if call.petitioner else PetitionerType.CITIZEN,
            identity=identity,
            reply_by=(ReplyBy.EMAIL,) if identity.email else (ReplyBy.PHONE,),
            may_publish=call.may_publish,
            language=call.language,
            is_named=call.petitioner is not None,
            by=BY,
            call_id=call.call_id,
            call_started_at=call.started_at,
            call_ended_at=call.ended_at,
            call_agent=call.agent,
            sent_at=call.started_at,
        )
    )
    return received.petition.reference


def _identity(call: HotlineCall) -> Identity:
    """Return the identity of the caller as the operator took it down, and the address of the recording."""
    who = call.petitioner.identity if call.petitioner else Identity()
    recording = str(call.recording) if call.recording else None
    return who.model_copy(update={"phone": who.phone or call.caller, "recording": recording})
