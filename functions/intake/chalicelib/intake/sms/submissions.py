"""Names of what an SMS makes: of the petition by its provider's id, of a later change also by what was signed."""

from __future__ import annotations

import hashlib
from datetime import datetime

from chalicelib.intake.sms.webhook import InboundSms
from shared.domain.errors import IdempotencyKeyReusedError
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import Submission
from shared.domain.petition.values.classification import Channel
from shared.domain.petition.values.petitioner import Identity, ReplyBy
from shared.domain.text.clean_text import clean_message

_WITH_TEXT = 4
"""Parts of a cause since it names the text: `sms`, message, what was signed, text."""


def submission_key(sms: InboundSms) -> str:
    """Name a petition by its SMS; who strips the keyword signs no border between id and text, so there by both."""
    return f"sms:{sms.provider}:{sms.replay_key if sms.keyword_stripped else sms.message_id}"


def message_digest(sms: InboundSms) -> str:
    """Return the digest of an SMS's name that changes carry: 16 hex digits."""
    return hashlib.sha256(f"{sms.provider}\x00{sms.message_id}".encode()).hexdigest()[:16]


def cause_of_sms(petition: Petition, sms: InboundSms) -> str:
    """Name the change that an SMS makes, or return the name of the one that it, or a replay of it, made before.

    Raises:
        IdempotencyKeyReusedError: its message id came before with another text.
    """
    message, text = message_digest(sms), _text_digest(sms)
    for entry in petition.history:
        _, _, cause = entry.change_id.partition(":")
        names = cause.split(":")
        if names[0] != "sms" or not {message, sms.replay_key} & set(names):
            continue
        is_other_text = len(names) == _WITH_TEXT and names[-1] != text
        if is_other_text and sms.replay_key not in names:
            raise IdempotencyKeyReusedError
        return cause
    return f"sms:{message}:{sms.replay_key}:{text}"


def _text_digest(sms: InboundSms) -> str:
    """Return the digest of what somebody wrote, under the id of its SMS: 16 hex digits."""
    written = f"{sms.provider}\x00{sms.message_id}\x00{clean_message(sms.content)}"
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def submission(
    key: str,
    sender: str,
    content: str,
    *,
    sent_at: datetime | None,
    missing_parts: str,
    is_receipt_owed: bool,
) -> Submission:
    """Return a petition by SMS: its sender is known by number, not yet by name."""
    return Submission(
        key=key,
        channel=Channel.SMS,
        content=content,
        identity=Identity(phone=sender),
        reply_by=(ReplyBy.SMS,),
        is_named=False,
        is_receipt_owed=is_receipt_owed,
        sent_at=sent_at,
        missing_parts=missing_parts,
    )
