"""The short code's desk: turns each SMS into one use case and one reply, once, however often it is delivered.

A new petition is named by the provider's message id, a later change by that and by what the provider signed
(`replay_key`), and is the same if either is known: so neither a provider's retry nor a replayed request takes effect
a second time, and neither needs a table of its own.
The sender's number proves whose petition it is; it may be spoofed, so a reply holds nothing personal.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

from chalicelib.intake import sms_replies as replies
from chalicelib.intake.follow_up import FollowUp
from chalicelib.intake.part_store import PartStore
from chalicelib.intake.sms import commands
from chalicelib.intake.sms.webhook import InboundSms
from chalicelib.intake.sms_store import SmsStore
from shared import clock
from shared.directory import Directory
from shared.domain import deadlines
from shared.domain import reference as references
from shared.domain.errors import ActionNotPossibleError
from shared.domain.lifecycle import Action
from shared.domain.petition import Channel, Identity, Petition, ReplyBy
from shared.domain.submission import Submission
from shared.petitions import Petitions
from shared.reception import Reception

ANSWERS_TO_THE_QUESTION_WITHIN = timedelta(hours=48)
"""How long an SMS without a command is taken for the name and address that its sender was asked for."""
_IDENTITY = re.compile(r"[,;\n0-9]")
_WORDS_OF_AN_IDENTITY = 4
"""A name and address have several words and a comma or a house number; "cảm ơn nhiều" has not, and must not be sealed
in their place, because then the name itself, when it comes, would be taken for content."""


class SmsDesk:
    """Answers what people send to 8088."""

    def __init__(
        self,
        reception: Reception,
        petitions: Petitions,
        directory: Directory,
        follow_up: FollowUp,
        store: SmsStore,
        parts: PartStore,
        wait_for_parts: Callable[[str], None],
        key: bytes,
    ) -> None:
        self._reception = reception
        self._petitions = petitions
        self._directory = directory
        self._follow_up = follow_up
        self._store = store
        self._parts = parts
        self._wait_for_parts = wait_for_parts
        self._key = key

    def answer(self, sms: InboundSms, *, is_answered_inline: bool) -> str:
        """Do what an SMS asks for and return the reply; "" where nothing is to be said.

        Args:
            sms: one message, or one part of a long one.
            is_answered_inline: whether the reply reaches its sender in the answer to this request.

        Raises:
            IdempotencyKeyReusedError: its message id came before with another text or sender.
        """
        arrival = self._parts.take(sms, references.contact_key(self._key, sms.sender))
        if arrival.whole is None:
            self._wait_for_parts(arrival.waits_in)
            return ""
        if arrival.late is not None:
            return self._take_late(arrival.whole, arrival.late)
        return self.answer_whole(arrival.whole, is_answered_inline=is_answered_inline)

    def answer_whole(self, sms: InboundSms, *, is_answered_inline: bool) -> str:
        """Do what a message asks for that is whole, or whose missing parts are not waited for any more."""
        command = _command_of(sms)
        if isinstance(command, commands.Send):
            return self._receive(sms, command.content, is_answered_inline=is_answered_inline)
        reply = self._reply(sms, command)
        contact = references.contact_key(self._key, sms.sender)
        return reply if reply and self._store.may_reply(contact, sms.replay_key) else ""

    def _receive(self, sms: InboundSms, content: str, *, is_answered_inline: bool) -> str:
        """Store a petition; whoever floods us gets no more receipts, and loses no petition."""
        may_reply = self._store.may_reply(references.contact_key(self._key, sms.sender), sms.replay_key)
        received = self._reception.receive(
            self._submission(sms, content, is_receipt_owed=may_reply and not is_answered_inline)
        )
        return replies.receipt(received.petition, received.pin) if may_reply and is_answered_inline else ""

    def _submission(self, sms: InboundSms, content: str, *, is_receipt_owed: bool) -> Submission:
        return Submission(
            key=f"sms:{sms.provider}:{sms.replay_key if sms.keyword_stripped else sms.message_id}",
            channel=Channel.SMS,
            content=content,
            identity=Identity(phone=sms.sender),
            reply_by=(ReplyBy.SMS,),
            is_named=False,
            is_receipt_owed=is_receipt_owed,
            arrived_at=sms.arrived_at,
            missing_parts=sms.missing_parts,
        )

    def _take_late(self, taken: InboundSms, late: InboundSms) -> str:
        """Add a part that came when its message had been taken without it to what that message led to."""
        petition = self._led_to(taken)
        if petition is None or late.part is None:
            return ""
        cause = cause_of_sms(petition, late)
        if petition.has_change(f"identity:{cause_of_sms(petition, taken)}"):
            return self._complete(petition, late.content, cause)
        text = f"[{late.part.number}/{late.part.total}] {late.content}"
        return self._add(petition, text, cause)

    def _led_to(self, sms: InboundSms) -> Petition | None:
        """Return the petition that a message made or was about (it is received now if whoever took it died)."""
        command = _command_of(sms)
        if isinstance(command, commands.Send):
            owed = self._submission(sms, command.content, is_receipt_owed=True)
            return self._reception.receive(owed).petition
        reference = getattr(command, "reference", "")
        return self._own(sms, reference) if reference else None

    def _reply(self, sms: InboundSms, command: commands.Command) -> str:
        match command:
            case commands.Stop():
                self._store.stop(references.contact_key(self._key, sms.sender))
                return replies.STOPPED
            case commands.Help(about=about, text=text):
                return self._help(sms, about, text)
            case commands.Send():
                raise TypeError("a new petition is received, not replied to")
        petition = self._own(sms, command.reference)
        if petition is None:
            return replies.NOT_YOURS
        cause = cause_of_sms(petition, sms)
        match command:
            case commands.Track():
                return self._status(petition)
            case commands.Supplement(content=content):
                return self._supplement(petition, content, cause)
            case commands.Rate(score=score):
                return self._rate(petition, score, cause)
            case commands.Withdraw():
                return self._withdraw(petition, cause)

    def _own(self, sms: InboundSms, reference: str) -> Petition | None:
        """Return the sender's own petition; None for one that is not, or that does not exist."""
        digits = references.normal_reference(reference)
        petition = self._petitions.get(digits) if digits else None
        contact = references.contact_key(self._key, sms.sender)
        return petition if petition and contact in petition.petitioner.contact_keys else None

    def _status(self, petition: Petition) -> str:
        left = deadlines.days_left(petition.due_on, clock.now(), self._directory.calendar())
        return replies.status(petition, replies.overdue_working_days(left))

    def _supplement(self, petition: Petition, content: str, cause: str) -> str:
        if not petition.petitioner.is_named or petition.has_change(f"identity:{cause}"):
            return self._complete(petition, content, cause)
        return self._add(petition, content, cause)

    def _add(self, petition: Petition, content: str, cause: str) -> str:
        try:
            return replies.supplemented(self._follow_up.supplement(petition, content, cause))
        except ActionNotPossibleError:
            return replies.not_possible(petition, Action.SUPPLEMENT)

    def _complete(self, petition: Petition, text: str, cause: str) -> str:
        try:
            return replies.identity_added(self._follow_up.complete_identity(petition, text, cause))
        except ActionNotPossibleError:
            return replies.not_possible(petition, Action.SUPPLEMENT)

    def _rate(self, petition: Petition, score: int, cause: str) -> str:
        try:
            return replies.rated(self._follow_up.rate(petition, score, None, cause), score)
        except ActionNotPossibleError:
            return replies.not_possible(petition, Action.RATE)

    def _withdraw(self, petition: Petition, cause: str) -> str:
        try:
            return replies.withdrawn(self._follow_up.withdraw(petition, None, cause))
        except ActionNotPossibleError:
            return replies.not_possible(petition, Action.WITHDRAW)

    def _help(self, sms: InboundSms, about: commands.Topic | None, text: str) -> str:
        """Explain the commands, unless a text is evidently the answer to our question for name and address."""
        if about is None and _IDENTITY.search(text) and len(text.split()) >= _WORDS_OF_AN_IDENTITY:
            asked = self._asked_for_identity(sms)
            if asked is not None:
                return self._complete(asked, text, cause_of_sms(asked, sms))
        return replies.HELP_ABOUT[about] if about else replies.HELP

    def _asked_for_identity(self, sms: InboundSms) -> Petition | None:
        """Return the sender's latest petition if its name and address are still to come (or came with this SMS)."""
        latest = self._petitions.of_contact(references.contact_key(self._key, sms.sender), limit=1)
        if not latest or clock.now() - latest[0][1] > ANSWERS_TO_THE_QUESTION_WITHIN:
            return None
        petition = self._petitions.get(latest[0][0])
        if petition is None or petition.channel is not Channel.SMS:
            return None
        is_open = petition.is_unanswered and not petition.petitioner.is_named
        return petition if is_open or petition.has_change(f"identity:{cause_of_sms(petition, sms)}") else None


def _command_of(sms: InboundSms) -> commands.Command:
    """Read a message; one whose beginning never came may have been anything, so it is a petition."""
    command = commands.parse(sms.content, keyword_stripped=sms.keyword_stripped)
    if isinstance(command, commands.Help) and sms.missing_parts.startswith("1"):
        return commands.Send(sms.content)
    return command


def cause_of_sms(petition: Petition, sms: InboundSms) -> str:
    """Name the change that an SMS makes, or return the name of the one that it, or a replay of it, made before."""
    message = hashlib.sha256(f"{sms.provider}\x00{sms.message_id}".encode()).hexdigest()[:16]
    for entry in petition.history:
        _, _, cause = entry.change_id.partition(":")
        if cause.startswith("sms:") and {message, sms.replay_key} & set(cause.split(":")):
            return cause
    return f"sms:{message}:{sms.replay_key}"
