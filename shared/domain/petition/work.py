"""The verbs of the unit that works on a petition, from accepting it to the approved answer."""

from __future__ import annotations

from datetime import date
from typing import Self

from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition.change import Change
from shared.domain.petition.facts import Drafted, Facts, Noted, Reassigned
from shared.domain.petition.fields import PetitionFields
from shared.domain.petition.lifecycle import Action, target_of
from shared.domain.petition.space import drafts_that_fit
from shared.domain.petition.values.answer import Answer, Citation, Remark
from shared.domain.petition.values.petitioner import SealedPart

LOOK_UP = "looked-up:"
"""Begins the change id of an opening that was a look-up by number: it showed no identity."""


class WorkVerbs(PetitionFields):
    """The verbs of handlers and approvers."""

    def accept(self, change: Change, *, handler: str) -> Self:
        """Take the petition into the unit's work."""
        return self.record(Action.ACCEPT, change, facts=Facts(unit=self.unit), handler=handler)

    def reassign(self, change: Change, *, handler: str, reason: str, instead_of: str | None = None) -> Self:
        """Give accepted work to another officer of the unit, with the reason for officers; no clock restarts.

        Args:
            change: who gives it.
            handler: the user name of who has it from now on.
            reason: a text for officers.
            instead_of: who was named, where that officer is away and `handler` stands in.

        Raises:
            ActionNotPossibleError: also when nobody has accepted it, or that officer has it already.
        """
        if self.handler in {None, handler}:
            raise ActionNotPossibleError(Action.REASSIGN, self.state)
        return self.record(
            Action.REASSIGN,
            change,
            note=reason,
            facts=Reassigned(from_handler=self.handler or "", instead_of=instead_of),
            is_visible=False,
            handler=handler,
        )

    def request_information(self, change: Change, question: str) -> Self:
        """Ask the petitioner for missing information; the clock runs on, unless the terms pause it."""
        return self.record(Action.REQUEST_INFORMATION, change, text=question)

    def add_note(
        self,
        change: Change,
        note: str | None,
        *,
        progress: str | None = None,
        expected_on: date | None = None,
    ) -> Self:
        """Add a note for officers; `progress` and `expected_on` are part of the next update to the petitioner."""
        return self.record(
            Action.NOTE,
            change,
            text=progress,
            note=note,
            facts=Noted(expected_on=expected_on),
            is_visible=progress is not None or expected_on is not None,
        )

    def record_opening(self, change: Change, reason: str) -> Self:
        """Record that an officer opened the seal, and the reason."""
        return self.record(Action.OPEN_SEAL, change, note=reason, is_visible=False)

    def move_seal(self, change: Change, seal: tuple[SealedPart, ...], note: str) -> Self:
        """Replace the parts of the seal by the same parts under another key, and note it for officers.

        A note and no action of its own: code of before reads it, and its digest covers the new ciphertexts.
        """
        petitioner = self.petitioner.model_copy(update={"seal": seal})
        return self.record(Action.NOTE, change, note=note, is_visible=False, petitioner=petitioner)

    def draft_answer(
        self,
        change: Change,
        text: str,
        *,
        citations: tuple[Citation, ...] = (),
        attachments: tuple[str, ...] = (),
        needs_signature: bool = False,
    ) -> Self:
        """Hand a draft answer to the approver, with the legal documents that it rests on and its files.

        The draft before it was returned: it is kept as long as there is space, for comparing.

        Args:
            change: who hands it in.
            text: the letter.
            citations: the legal documents.
            attachments: identifiers of files.
            needs_signature: the head of the unit signs it before the approver decides.
        """
        draft = Answer(
            text=text,
            citations=citations,
            drafted_by=change.username,
            drafted_at=change.at,
            attachments=attachments,
            needs_signature=needs_signature,
        )
        returned = (*self.earlier_drafts, self.draft) if self.draft else self.earlier_drafts
        return self.record(
            Action.DRAFT_ANSWER,
            change,
            facts=Drafted(needs_signature=needs_signature),
            is_visible=False,
            draft=draft,
            earlier_drafts=drafts_that_fit(self, returned),
        )

    def sign_draft(self, change: Change) -> Self:
        """Sign the draft for the unit: now its approver decides.

        Raises:
            ActionNotPossibleError: no draft waits for a signature.
        """
        target_of(Action.SIGN_DRAFT, self.state)
        if self.draft is None or not self.draft.awaits_signature:
            raise ActionNotPossibleError(Action.SIGN_DRAFT, self.state)
        signed = self.draft.model_copy(update={"signed_by": change.username, "signed_at": change.at})
        return self.record(Action.SIGN_DRAFT, change, is_visible=False, draft=signed)

    def return_draft(self, change: Change, reason: str, *, remarks: tuple[Remark, ...] = ()) -> Self:
        """Return a draft that misses the point, with the reason (Quyết định 31/2021/QĐ-TTg Đ.46) and the places."""
        draft = self.draft.model_copy(update={"remarks": remarks}) if self.draft else None
        return self.record(Action.RETURN_DRAFT, change, note=reason, is_visible=False, draft=draft)

    def approve(self, change: Change) -> Self:
        """Approve the draft: it becomes the answer, and the time limit for its publication starts.

        Raises:
            ActionNotPossibleError: not in this state, or the draft waits for the signature of its unit.
        """
        target_of(Action.APPROVE, self.state)
        assert self.draft is not None  # noqa: S101 - AWAITING_APPROVAL is reached only with a draft
        if self.draft.awaits_signature:
            raise ActionNotPossibleError(Action.APPROVE, self.state)
        answer = self.draft.model_copy(update={"approved_by": change.username, "approved_at": change.at})
        return self.record(Action.APPROVE, change, text=answer.text, answer=answer, draft=None)
