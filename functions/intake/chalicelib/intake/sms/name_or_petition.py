"""Texts that may be a name and address or a new matter: kept sealed, and their sender asked once which it is.

A receipt asks for name and address by `PAKN BS <ma> …`, and people leave the reference out. `PAKN BS Phung Van Tien, xa
Ba Vi` is a name, `PAKN BS Tran Van B tram y te xa nhan 2 trieu` is about a doctor (bác sĩ): no list of surnames tells
them apart, so nobody guesses. Until the reply the text lies in the seal of the petition that lacks a name, where it is
neither lost nor in the open; `1` makes it the name, `2` a petition, received when it was sent.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import NamedTuple

from chalicelib.intake.petitions.follow_up import FollowUp
from chalicelib.intake.sms import replies
from chalicelib.intake.sms.submissions import cause_of_sms, message_digest, submission, submission_key
from chalicelib.intake.sms.webhook import InboundSms
from chalicelib.intake.sms.which_petition import WhichPetition
from shared.domain.errors import ActionNotPossibleError, PetitionFullError
from shared.domain.identity.gsm7 import unaccented
from shared.domain.petition.lifecycle import RESULT_KNOWN, Action
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import Submission
from shared.domain.petition.values.petitioner import Identity
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.throttle.held_texts import HeldText, HeldTexts, Meaning, context_of
from shared.use_cases.receive_submission import Received, Reception

MOST_WORDS_OF_A_NAME = 40
"""Name and address have fewer words; what is longer says what happened."""
_WORDS_WITH_A_LABEL = 20
_LABEL = re.compile(r"\W*(?:ho\s*(?:va\s*)?ten|ten\s+toi|toi\s+ten|ten\s+la|ten\s*:)\b")
"""Words by which people say that a name follows."""
_CHOICE = re.compile(
    r"(?:pakn )?(?:bs |so |chon |phim )?"
    r"(?:(?P<name>1(?: (?:la )?(?:ho ten|dia chi|ho ten dia chi|ho ten va dia chi))?|ho ten|ho ten dia chi)"
    r"|(?P<other>2(?: (?:la )?(?:viec|phan anh|noi dung|pakn) (?:moi|khac)| (?:la )?(?:noi dung )?bo sung)?"
    r"|viec moi|phan anh moi))"
)

_FIGURE = re.compile(r"(?:pakn )?(?:bs |so |chon |phim )?[12]")


class Choice(NamedTuple):
    """A reply to the question."""

    is_name: bool
    is_in_words: bool
    """False if it is a figure alone, which may be the score of an answer as well."""


class Decision(NamedTuple):
    """The effect of a reply to the question."""

    reply: str = ""
    received: Received | None = None
    """The new petition, whose receipt its sender gets instead of `reply`."""


def may_be_a_name(text: str) -> bool:
    """Return whether a text is short enough for a name and address."""
    return len(text.split()) <= MOST_WORDS_OF_A_NAME


def says_it_is_a_name(text: str) -> bool:
    """Return whether a short text begins with words such as "ho ten"."""
    return len(text.split()) <= _WORDS_WITH_A_LABEL and bool(_LABEL.match(unaccented(text).lower()))


def choice_in(text: str) -> Choice | None:
    """Return the choice if a text can be the reply to the question."""
    words = " ".join(re.findall(r"[a-z0-9]+", unaccented(text[:80]).lower()))
    match = _CHOICE.fullmatch(words)
    return Choice(bool(match["name"]), not _FIGURE.fullmatch(words)) if match else None


class NameOrPetition:
    """Keeps such texts, and does with them what their sender says.

    Args:
        reception: receives what is a new matter.
        which: finds the sender's petitions.
        follow_up: changes these.
        texts: where the texts wait.
        seal: closes them, and opens them when the reply has come.
    """

    def __init__(
        self,
        reception: Reception,
        which: WhichPetition,
        follow_up: FollowUp,
        texts: HeldTexts,
        seal: Seal,
    ) -> None:
        self._reception = reception
        self._which = which
        self._follow_up = follow_up
        self._texts = texts
        self._seal = seal

    def hold(self, sms: InboundSms, petition: Petition, text: str, otherwise: Meaning) -> str:
        """Keep a text in the seal of a petition and return the question; the same SMS again is the same text."""
        self._keep(sms, petition, text, otherwise)
        with suppress(ActionNotPossibleError, PetitionFullError):
            self._follow_up.hold_text(petition, text, cause_of_sms(petition, sms))
        return replies.which(petition.reference, otherwise)

    def question_again(self, sms: InboundSms, petition: Petition) -> str:
        """Return the question that this very SMS got."""
        held = next(
            (t for t in self._texts.of(self._which.contact(sms)) if t.id == message_digest(sms)), None
        )
        return replies.which(petition.reference, held.otherwise if held else Meaning.PETITION)

    def take_for_name(self, sms: InboundSms, petition: Petition, text: str) -> str:
        """Take a text without any command for the name that we asked for, and say how to take that back."""
        self._keep(sms, petition, text, Meaning.PETITION, is_taken_for_name=True)
        named = self._follow_up.complete_identity(petition, text, cause_of_sms(petition, sms))
        return replies.identity_taken(named)

    def decide(self, sms: InboundSms, choice: Choice, *, is_receipt_owed: bool) -> Decision | None:
        """Do with the sender's texts what they say; None where nothing was asked, so that a figure is a score.

        Args:
            sms: the reply; delivered again it does and answers the same.
            choice: what it says.
            is_receipt_owed: whether the receipt of a new petition goes by the notifier.
        """
        contact = self._which.contact(sms)
        now = clock.now()
        decision: Decision | None = None
        for held in self._texts.of(contact):
            if not self._is_meant(sms, held, choice):
                continue
            is_first_receipt = decision is None or decision.received is None
            meaning = held.meaning or (Meaning.NAME if choice.is_name else held.otherwise)
            latest = self._apply(sms, held, meaning, is_owed=is_receipt_owed or not is_first_receipt)
            decision = latest if is_first_receipt else decision
            if held.meaning is None:
                self._texts.decide(contact, held, meaning, sms.replay_key, now)
        return decision

    def _is_meant(self, sms: InboundSms, held: HeldText, choice: Choice) -> bool:
        """Return whether a reply is about a text: the question is open, or this very reply decided it."""
        if held.meaning is not None:
            return held.decided_by == sms.replay_key
        if choice.is_in_words:
            return True
        answered = self._which.only(sms, RESULT_KNOWN)
        is_score = answered is not None and answered.history[-1].at > held.sealed.at
        return not (held.is_taken_for_name or is_score)

    def take_late(self, taken: InboundSms, late: InboundSms, petition: Petition, text: str) -> None:
        """Add a part to a text that was kept without it."""
        held = next(
            (t for t in self._texts.of(self._which.contact(taken)) if t.id == message_digest(taken)), None
        )
        cause = cause_of_sms(petition, late)
        if held is None or held.meaning is None:
            self.hold(late, petition, text, held.otherwise if held else Meaning.PETITION)
        elif held.meaning is Meaning.NAME:
            self._follow_up.complete_identity(petition, text, cause)
        else:
            self._follow_up.supplement(self._reception.find(held.submission) or petition, text, cause)

    def _keep(
        self,
        sms: InboundSms,
        petition: Petition,
        text: str,
        otherwise: Meaning,
        *,
        is_taken_for_name: bool = False,
    ) -> None:
        contact, now = self._which.contact(sms), clock.now()
        held = HeldText(
            id=message_digest(sms),
            reference=petition.reference,
            cause=cause_of_sms(petition, sms),
            submission=submission_key(sms),
            otherwise=otherwise,
            sealed=self._seal.close(Identity(text=text), context_of(contact), now),
            is_taken_for_name=is_taken_for_name,
            sent_at=sms.sent_at,
            missing_parts=sms.missing_parts,
        )
        self._texts.add(contact, held, now)

    def _apply(self, sms: InboundSms, held: HeldText, meaning: Meaning, *, is_owed: bool) -> Decision:
        petition = self._which.named(sms, held.reference)
        text = self._seal.open([held.sealed], context_of(self._which.contact(sms))).text or ""
        if meaning is Meaning.PETITION or petition is None:
            received = self._reception.receive(_submission(sms, held, text, is_owed=is_owed))
            if petition is not None and petition.is_unanswered:
                with suppress(ActionNotPossibleError, PetitionFullError):
                    self._follow_up.take_name_back(petition, held.cause)
            return Decision(received=received)
        try:
            if meaning is Meaning.NAME:
                return Decision(
                    replies.identity_added(self._follow_up.confirm_name(petition, text, held.cause))
                )
            return Decision(replies.supplemented(self._follow_up.supplement(petition, text, held.cause)))
        except ActionNotPossibleError:
            return Decision(replies.not_possible(petition.as_known_outside(clock.now()), Action.SUPPLEMENT))
        except PetitionFullError:
            return Decision(replies.full(petition))


def _submission(sms: InboundSms, held: HeldText, text: str, *, is_owed: bool) -> Submission:
    return submission(
        held.submission,
        sms.sender,
        text,
        sent_at=held.sent_at,
        missing_parts=held.missing_parts,
        is_receipt_owed=is_owed,
    )
