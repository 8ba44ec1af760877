"""The verbs of the unit that works on a petition, from accepting it to the approved answer."""

from __future__ import annotations

from datetime import date
from typing import Self

from shared.domain.petition.change import Change
from shared.domain.petition.facts import Facts, Noted
from shared.domain.petition.fields import PetitionFields
from shared.domain.petition.lifecycle import Action, target_of
from shared.domain.petition.values.answer import Answer, Citation

LOOK_UP = "looked-up:"
"""Begins the change id of an opening that was a look-up by number: it showed no identity."""


class WorkVerbs(PetitionFields):
    """The verbs of handlers and approvers."""

    def accept(self, change: Change, *, handler: str) -> Self:
        """Take the petition into the unit's work."""
        return self.record(Action.ACCEPT, change, facts=Facts(unit=self.unit), handler=handler)

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

    def draft_answer(
        self,
        change: Change,
        text: str,
        *,
        citations: tuple[Citation, ...] = (),
        attachments: tuple[str, ...] = (),
    ) -> Self:
        """Hand a draft answer to the approver, with the legal documents that it rests on and its files."""
        draft = Answer(
            text=text,
            citations=citations,
            drafted_by=change.username,
            drafted_at=change.at,
            attachments=attachments,
        )
        return self.record(Action.DRAFT_ANSWER, change, is_visible=False, draft=draft)

    def return_draft(self, change: Change, reason: str) -> Self:
        """Return a draft that misses the point, with the reason (Quyết định 31/2021/QĐ-TTg Đ.46)."""
        return self.record(Action.RETURN_DRAFT, change, note=reason, is_visible=False)

    def approve(self, change: Change) -> Self:
        """Approve the draft: it becomes the answer, and the time limit for its publication starts."""
        target_of(Action.APPROVE, self.state)
        assert self.draft is not None  # noqa: S101 - AWAITING_APPROVAL is reached only with a draft
        answer = self.draft.model_copy(update={"approved_by": change.username, "approved_at": change.at})
        return self.record(Action.APPROVE, change, text=answer.text, answer=answer, draft=None)
