"""The short code's desk: turns each SMS into one use case and one reply, once, however often it is delivered.

A new petition is named by the provider's message id, a later change by that and by what the provider signed
(`replay_key`), and is the same if either is known: so neither a provider's retry nor a replayed request takes effect
a second time, and neither needs a table of its own.
The sender's number proves whose petition it is; it may be spoofed, so a reply holds nothing personal.
"""

from __future__ import annotations

from collections.abc import Callable

from chalicelib.intake.petitions.follow_up import FollowUp
from chalicelib.intake.sms import commands, replies
from chalicelib.intake.sms.commands import Topic
from chalicelib.intake.sms.counters import SmsStore
from chalicelib.intake.sms.name_or_petition import (
    Choice,
    NameOrPetition,
    choice_in,
    may_be_a_name,
    says_it_is_a_name,
)
from chalicelib.intake.sms.part_store import PartStore
from chalicelib.intake.sms.submissions import cause_of_sms, submission, submission_key
from chalicelib.intake.sms.webhook import InboundSms
from chalicelib.intake.sms.which_petition import WhichPetition, may_be_name_and_address, may_stand_for_a_name
from shared.domain.calendar import deadlines
from shared.domain.errors import ActionNotPossibleError, PetitionFullError
from shared.domain.petition.lifecycle import RESULT_KNOWN, UNANSWERED, Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import Submission
from shared.domain.procedures import withdrawals
from shared.domain.procedures.second_look import may_ask_for_second_look
from shared.domain.text.clean_text import clean_message
from shared.platform import clock
from shared.tables.directory import Directory
from shared.tables.throttle.held_texts import Meaning
from shared.use_cases.receive_submission import Reception

_WORDS_OF_A_TEXT = 2
"""One word without a command ("ok", "alo") is not added to a petition."""


class SmsDesk:
    """Answers the SMS that people send to 8088."""

    def __init__(
        self,
        reception: Reception,
        which: WhichPetition,
        directory: Directory,
        follow_up: FollowUp,
        name_or_petition: NameOrPetition,
        store: SmsStore,
        parts: PartStore,
        wait_for_parts: Callable[[str], None],
    ) -> None:
        self._reception = reception
        self._which = which
        self._directory = directory
        self._follow_up = follow_up
        self._name_or_petition = name_or_petition
        self._store = store
        self._parts = parts
        self._wait_for_parts = wait_for_parts

    def answer(self, sms: InboundSms, *, is_answered_inline: bool) -> str:
        """Do what an SMS asks for and return the reply; "" where there is none.

        Args:
            sms: one message, or one part of a long one.
            is_answered_inline: whether the reply reaches its sender in the answer to this request.

        Raises:
            IdempotencyKeyReusedError: its message id came before with another text or sender.
        """
        arrival = self._parts.take(sms, self._which.contact(sms))
        if arrival.whole is None:
            self._wait_for_parts(arrival.waits_in)
            return ""
        if arrival.late is not None:
            return self._take_late(arrival.whole, arrival.late)
        return self.answer_whole(arrival.whole, is_answered_inline=is_answered_inline)

    def answer_whole(self, sms: InboundSms, *, is_answered_inline: bool) -> str:
        """Do what a message asks for that is whole, or whose missing parts are not waited for any more."""
        choice = choice_in(sms.content)
        reply = self._decide(sms, choice, is_answered_inline=is_answered_inline) if choice else None
        if reply is not None:
            return reply
        command = _command_of(sms)
        if isinstance(command, commands.Send):
            reply = (
                self._asked_for(sms, command.supplement)
                if command.supplement
                else self._may_be_the_name(sms, command.content)
            )
            if not reply:
                return self._receive(sms, command.content, is_answered_inline=is_answered_inline)
        else:
            reply = self._reply(sms, command)
        return reply if reply and self._may_reply(sms) and self._store.is_affordable() else ""

    def _may_reply(self, sms: InboundSms) -> bool:
        return self._store.may_reply(sms.sender, self._which.contact(sms), sms.replay_key)

    def _decide(self, sms: InboundSms, choice: Choice, *, is_answered_inline: bool) -> str | None:
        """Do with the texts that we asked about what their sender says; None where nothing was asked."""
        may_reply = self._may_reply(sms)
        is_paid = may_reply and self._store.is_affordable()
        replies_now = is_paid and is_answered_inline
        decision = self._name_or_petition.decide(sms, choice, is_receipt_owed=may_reply and not replies_now)
        if decision is None:
            return None
        if decision.received is None:
            return decision.reply if is_paid else ""
        return replies.receipt(decision.received.petition, decision.received.pin) if replies_now else ""

    def _receive(self, sms: InboundSms, content: str, *, is_answered_inline: bool) -> str:
        """Store a petition; whoever floods us gets no more receipts, and loses no petition.

        A receipt that today's budget does not cover is owed: the notifier sends it with the next day's.
        """
        may_reply = self._may_reply(sms)
        replies_now = may_reply and is_answered_inline and self._store.is_affordable()
        received = self._reception.receive(
            self._submission(sms, content, is_receipt_owed=may_reply and not replies_now)
        )
        return replies.receipt(received.petition, received.pin) if replies_now else ""

    def _submission(self, sms: InboundSms, content: str, *, is_receipt_owed: bool) -> Submission:
        return submission(
            submission_key(sms),
            sms.sender,
            content,
            sent_at=sms.sent_at,
            missing_parts=sms.missing_parts,
            is_receipt_owed=is_receipt_owed,
        )

    def _take_late(self, taken: InboundSms, late: InboundSms) -> str:
        """Add a part that came when its message had been taken without it to what that message led to."""
        petition = self._led_to(taken)
        if petition is None or late.part is None:
            return ""
        cause = cause_of_sms(petition, late)
        content = clean_message(late.content)
        before = cause_of_sms(petition, taken)
        if petition.has_change(f"held:{before}"):
            self._name_or_petition.take_late(taken, late, petition, content)
            return ""
        if petition.has_change(f"identity:{before}"):
            return self._complete(petition, content, cause)
        return self._add(petition, f"[{late.part.number}/{late.part.total}] {content}", cause)

    def _led_to(self, sms: InboundSms) -> Petition | None:
        """Return the petition that a message made or was about (it is received now if whoever took it died)."""
        command = _command_of(sms)
        if changed := self._changed_by(sms):
            return changed
        if isinstance(command, commands.Send):
            owed = self._submission(sms, command.content, is_receipt_owed=True)
            return self._reception.receive(owed).petition
        reference = getattr(command, "reference", "")
        return self._which.named(sms, reference) if reference else None

    def _reply(self, sms: InboundSms, command: commands.Command) -> str:
        match command:
            case commands.Stop():
                self._store.stop(self._which.contact(sms), sms.replay_key)
                return replies.STOPPED
            case commands.Start():
                self._store.start(self._which.contact(sms), sms.replay_key)
                return replies.STARTED
            case commands.Track(reference=None):
                return self._status_of_the_only_one(sms)
            case commands.Rate(reference=None, score=score):
                only = self._which.only(sms, RESULT_KNOWN)
                return (
                    self._rate(only, score, cause_of_sms(only, sms)) if only else self._show(sms, Topic.RATE)
                )
            case commands.Help():
                return self._help(sms, command)
            case commands.Send():
                raise TypeError("a new petition is received, not replied to")
        petition = self._which.named(sms, command.reference or "")
        if petition is None:
            return replies.not_yours(self._directory.restorations())
        return self._follow(petition, command, cause_of_sms(petition, sms))

    def _follow(self, petition: Petition, command: commands.Command, cause: str) -> str:
        """Do what somebody wants with a petition of theirs."""
        match command:
            case commands.Track():
                return self._status(petition)
            case commands.Supplement(content=content):
                return self._supplement(petition, content, cause)
            case commands.Rate(score=score):
                return self._rate(petition, score, cause)
            case commands.AskAgain(reason=reason):
                return self._ask_again(petition, reason, cause)
            case commands.Withdraw():
                return self._withdraw(petition, cause)
            case commands.UndoWithdrawal():
                return self._undo_withdrawal(petition, cause)
        raise TypeError("not about a petition")

    # --- with a petition --------------------------------------------------------------------------------

    def _status(self, petition: Petition) -> str:
        petition = petition.as_known_outside(clock.now())
        left = deadlines.days_left(petition.due_on, clock.now(), self._directory.calendar())
        return replies.status(petition, replies.overdue_working_days(left))

    def _status_of_the_only_one(self, sms: InboundSms) -> str:
        petition = self._which.only_or_latest_ended(sms)
        return self._status(petition) if petition else self._show(sms, Topic.TRACK)

    def _supplement(self, petition: Petition, content: str, cause: str) -> str:
        is_wanted = not petition.petitioner.is_named and may_be_a_name(content)
        if is_wanted or petition.has_change(f"identity:{cause}"):
            return self._complete(petition, content, cause)
        return self._add(petition, content, cause)

    def _add(self, petition: Petition, content: str, cause: str) -> str:
        try:
            return replies.supplemented(self._follow_up.supplement(petition, content, cause))
        except ActionNotPossibleError:
            return _not_possible(petition, Action.SUPPLEMENT)
        except PetitionFullError:
            return replies.full(petition)

    def _complete(self, petition: Petition, text: str, cause: str) -> str:
        try:
            return replies.identity_added(self._follow_up.complete_identity(petition, text, cause))
        except ActionNotPossibleError:
            return _not_possible(petition, Action.SUPPLEMENT)
        except PetitionFullError:
            return replies.full(petition)

    def _rate(self, petition: Petition, score: int, cause: str) -> str:
        try:
            rated = self._follow_up.rate(petition, score, None, cause)
        except ActionNotPossibleError:
            return _not_possible(petition, Action.RATE)
        except PetitionFullError:
            return replies.full(petition)
        may_ask_again = may_ask_for_second_look(rated, self._directory.terms_of(rated))
        return replies.rated(rated, score, may_ask_again=may_ask_again)

    def _ask_again(self, petition: Petition, reason: str, cause: str) -> str:
        """Ask for the second look; that it was opened, the notifier says, as for those who ask on the web."""
        try:
            self._follow_up.reopen(petition, reason or None, cause)
        except ActionNotPossibleError:
            terms = self._directory.terms_of(petition)
            return replies.no_second_look(petition.as_known_outside(clock.now()), terms.poor_rating_at_most)
        return ""

    def _withdraw(self, petition: Petition, cause: str) -> str:
        try:
            withdrawn = self._follow_up.withdraw(petition, None, cause)
        except ActionNotPossibleError:
            return _not_possible(petition, Action.WITHDRAW)
        except PetitionFullError:
            return replies.full(petition)
        terms, calendar = self._directory.terms_of(withdrawn), self._directory.calendar()
        return replies.withdrawn(withdrawn, withdrawals.undo_until(withdrawn, terms, calendar))

    def _undo_withdrawal(self, petition: Petition, cause: str) -> str:
        try:
            return replies.resumed(self._follow_up.undo_withdrawal(petition, cause))
        except ActionNotPossibleError:
            return _not_possible(petition, Action.UNDO_WITHDRAWAL)

    # --- without a command ------------------------------------------------------------------------------

    def _asked_for(self, sms: InboundSms, text: str) -> str:
        """Take what `BS` without a reference brings, if its sender was asked for something; "" if it was not.

        A repeated request is answered as the first one was, although nobody waits for its text any more.
        """
        if self._reception.find(submission_key(sms)) is not None:
            return ""
        if done := self._done_before(sms):
            return done
        waiting = self._which.only(sms, {State.AWAITING_INFORMATION})
        unnamed = waiting if waiting and not waiting.petitioner.is_named else self._which.unnamed(sms)
        if waiting is not None and (waiting is not unnamed or not may_be_a_name(text)):
            return self._add(waiting, text, cause_of_sms(waiting, sms))
        if unnamed is None or not may_be_a_name(text):
            return ""
        if says_it_is_a_name(text):
            return self._complete(unnamed, text, cause_of_sms(unnamed, sms))
        otherwise = Meaning.SUPPLEMENT if waiting else Meaning.PETITION
        return self._name_or_petition.hold(sms, unnamed, text, otherwise)

    def _may_be_the_name(self, sms: InboundSms, text: str) -> str:
        """Ask about what may be the name that we just asked for, sent without `BS`; "" for any other petition."""
        says_so = says_it_is_a_name(text)
        if (
            not (says_so or may_stand_for_a_name(text))
            or self._reception.find(submission_key(sms)) is not None
        ):
            return ""
        if done := self._done_before(sms):
            return done
        unnamed = self._which.waiting_for_identity(sms, lambda p: cause_of_sms(p, sms))
        if unnamed is None:
            return ""
        if says_so:
            return self._complete(unnamed, text, cause_of_sms(unnamed, sms))
        return self._name_or_petition.hold(sms, unnamed, text, Meaning.PETITION)

    def _help(self, sms: InboundSms, help_: commands.Help) -> str:
        """Take what we asked for, or the rest of a message; else explain the command that was begun, or all of them."""
        if help_.about is None and not help_.has_keyword:
            taken = self._take_bare(sms, help_.text)
            if taken or self._store.said_stop(self._which.contact(sms)):
                return taken
        return self._show(sms, help_.about)

    def _take_bare(self, sms: InboundSms, text: str) -> str:
        """Take a text without keyword and command where it can mean only one petition; "" where it may mean more."""
        if done := self._done_before(sms, is_bare=True):
            return done
        if may_be_name_and_address(text):
            unnamed = self._which.waiting_for_identity(sms, lambda p: cause_of_sms(p, sms))
            if unnamed is not None:
                return self._name_or_petition.take_for_name(sms, unnamed, text)
        meant = self._which.only(sms, {State.AWAITING_INFORMATION}) or self._which.continued_by(sms)
        if meant is None or len(text.split()) < _WORDS_OF_A_TEXT:
            return ""
        return self._add(meant, text, cause_of_sms(meant, sms))

    def _done_before(self, sms: InboundSms, *, is_bare: bool = False) -> str:
        """Return the reply that this very SMS got when it added to one of the sender's petitions, "" if it did not."""
        petition = self._changed_by(sms)
        if petition is None:
            return ""
        cause = cause_of_sms(petition, sms)
        if petition.has_change(f"held:{cause}"):
            return self._name_or_petition.question_again(sms, petition)
        if petition.has_change(f"identity:{cause}"):
            return (replies.identity_taken if is_bare else replies.identity_added)(petition)
        return replies.supplemented(petition)

    def _changed_by(self, sms: InboundSms) -> Petition | None:
        """Return the sender's petition to which this very SMS added something, None where it did not."""
        for petition in self._which.latest(sms):
            cause = cause_of_sms(petition, sms)
            if any(petition.has_change(f"{kind}:{cause}") for kind in ("held", "identity", "supplement")):
                return petition
        return None

    def _show(self, sms: InboundSms, about: Topic | None) -> str:
        """Show how a command is written, with the sender's own references where they have some."""
        if about is None:
            only = self._which.only(sms, UNANSWERED)
            return replies.help_with(only) if only else replies.HELP
        mine = self._which.references(sms)
        return replies.help_about(about, mine) if mine else replies.HELP_ABOUT[about]


def _command_of(sms: InboundSms) -> commands.Command:
    """Read a message; one whose beginning never came may have been anything, so it is a petition."""
    command = commands.parse(sms.content, keyword_stripped=sms.keyword_stripped)
    if isinstance(command, commands.Help) and sms.missing_parts.startswith("1"):
        return commands.Send(clean_message(sms.content))
    return command


def _not_possible(petition: Petition, action: Action) -> str:
    return replies.not_possible(petition.as_known_outside(clock.now()), action)
