"""The verbs of the petitioner after the receipt: supplement, withdraw, rate, change contacts and channels, secrets."""

from __future__ import annotations

from typing import Self

from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition.change import Change
from shared.domain.petition.facts import ChannelsChosen, ContactAdded, PinSent, Rated
from shared.domain.petition.lifecycle import Action, State, target_of
from shared.domain.petition.result import HeldVerbs
from shared.domain.petition.values.answer import Rating
from shared.domain.petition.values.petitioner import ReplyBy, SealedPart


class FollowUpVerbs(HeldVerbs):
    """The verbs of the petitioner; an operator of the hotline may enter them on the petitioner's behalf.

    Each is about the petition that its petitioner knows (`where_known`).
    """

    def supplement(
        self,
        change: Change,
        content: str | None,
        *,
        sealed: SealedPart | None = None,
        province: str | None = None,
    ) -> Self:
        """Add a later text; a petition that waited for it goes back to work.

        Args:
            change: by the petitioner, or by the operator who entered it.
            content: the added text, or None when it was identity and went into `sealed`.
            sealed: a sealed part to append to the seal.
            province: the code of the province in the address of that part.
        """
        petition, petitioner = self.where_known(Action.SUPPLEMENT, change), self.petitioner
        if sealed is not None:
            petitioner = petitioner.model_copy(update={"seal": (*petitioner.seal, sealed), "is_named": True})
        return petition.record(
            Action.SUPPLEMENT,
            change,
            text=content,
            to=petition.state_of_work if petition.state is State.AWAITING_INFORMATION else None,
            petitioner=petitioner,
            province=self.province or province,
        )

    def hold_text(self, change: Change, sealed: SealedPart) -> Self:
        """Append a text to the seal of which its sender has yet to say whether it is the name."""
        petitioner = self.petitioner.model_copy(update={"seal": (*self.petitioner.seal, sealed)})
        return self.where_known(Action.SUPPLEMENT, change).record(
            Action.SUPPLEMENT, change, petitioner=petitioner
        )

    def confirm_name(self, change: Change, *, is_named: bool, province: str | None = None) -> Self:
        """Record whether a text in the seal is the petitioner's name, as its sender said."""
        petitioner = self.petitioner.model_copy(update={"is_named": is_named})
        return self.where_known(Action.SUPPLEMENT, change).record(
            Action.SUPPLEMENT, change, petitioner=petitioner, province=self.province or province
        )

    def withdraw(self, change: Change, reason: str | None) -> Self:
        """End the matter at the petitioner's wish."""
        return self.where_known(Action.WITHDRAW, change).record(Action.WITHDRAW, change, text=reason)

    def undo_withdrawal(self, change: Change) -> Self:
        """Take a withdrawal back: the petition stands where it stood, and its due date has never changed.

        A petition that was merged goes back to work by itself, because its parent may have ended meanwhile. Until when
        this is possible: `shared.domain.procedures.withdrawals`.

        Raises:
            ActionNotPossibleError: it is not withdrawn, or its texts were erased since: nothing is left to work on.
        """
        target_of(Action.UNDO_WITHDRAWAL, self.state)
        if self.last(Action.ERASE) is not None:
            raise ActionNotPossibleError(Action.UNDO_WITHDRAWAL, self.state)
        withdrawn = self.last(Action.WITHDRAW)
        before = self.history[withdrawn.seq - 2].state if withdrawn else State.RECEIVED
        is_merged = before is State.MERGED
        return self.record(
            Action.UNDO_WITHDRAWAL,
            change,
            to=self.state_of_work if is_merged else before,
            parent=None if is_merged else self.parent,
        )

    def rate(self, change: Change, score: int, comment: str | None) -> Self:
        """Rate the answer from 1 (not at all satisfied) to 5; a second rating replaces the first."""
        if self.held and self.is_held(change.at):  # the answer that they know is another, or none
            target_of(Action.RATE, self.history[self.held.entry - 2].state)
        rating = Rating(score=score, comment=comment, at=change.at)
        return self.record(Action.RATE, change, text=comment, facts=Rated(score=score), rating=rating)

    def add_contact(
        self, change: Change, sealed: SealedPart, keys: tuple[str, ...], reply_by: tuple[ReplyBy, ...]
    ) -> Self:
        """Append a contact that is preferred from now on; the earlier ones stay in the seal."""
        before = self.petitioner
        petitioner = before.model_copy(
            update={
                "seal": (*before.seal, sealed),
                "contact_keys": tuple(dict.fromkeys((*before.contact_keys, *keys))),
                "reply_by": tuple(dict.fromkeys((*reply_by, *before.reply_by))),
            }
        )
        facts = ContactAdded(parts_before=len(before.seal), chosen_before=before.reply_by)
        return self.record(Action.ADD_CONTACT, change, facts=facts, petitioner=petitioner)

    def choose_channels(self, change: Change, reply_by: tuple[ReplyBy, ...]) -> Self:
        """Be notified over other channels (which: `shared.domain.promises.chosen_channels`)."""
        facts = ChannelsChosen(chosen_before=self.petitioner.reply_by)
        petitioner = self.petitioner.model_copy(update={"reply_by": reply_by})
        return self.record(Action.CHOOSE_CHANNELS, change, facts=facts, petitioner=petitioner)

    def renew_secrets(self, change: Change) -> Self:
        """Have another PIN and another link from now on (limits: `shared.domain.procedures.pin_requests`)."""
        return self.record(Action.RENEW_SECRETS, change)

    def withdraw_consent(self, change: Change) -> Self:
        """Allow publication no more: what is public of the answer is taken down at once (Luật 91/2025/QH15).

        Raises:
            ActionNotPossibleError: it was not allowed in the first place.
        """
        if not self.may_publish:
            raise ActionNotPossibleError(Action.WITHDRAW_CONSENT, self.state)
        return self.record(
            Action.WITHDRAW_CONSENT,
            change,
            to=State.ANSWERED if self.state is State.PUBLISHED else None,
            may_publish=False,
            publication=None,
        )

    def send_pin(self, change: Change, channel: ReplyBy) -> Self:
        """Have the PIN sent again to a contact on file (limits: `shared.domain.procedures.pin_requests`)."""
        return self.record(Action.SEND_PIN, change, facts=PinSent(channel=channel))
