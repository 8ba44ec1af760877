"""The verbs about the result of a petition: publish, refuse, forward, guide, reopen, close, erase."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from shared.domain.errors import (
    ActionNotPossibleError,
    ResultBeingSentError,
    TooLateToTakeBackError,
    WordHeldError,
)
from shared.domain.petition import history
from shared.domain.petition.change import Change
from shared.domain.petition.facts import DueDateMoved, Facts, Forwarded, Refused, Reopened, TakenBack
from shared.domain.petition.fields import PetitionFields
from shared.domain.petition.lifecycle import SIDE_EXITS, Action, State, target_of
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.classification import Lane
from shared.domain.petition.values.held import IN_FLIGHT, Held
from shared.domain.petition.values.petitioner import Petitioner

_ANSWERING = frozenset({Action.APPROVE, Action.ANSWER_WITH_PARENT})
"""Entries whose text is the answer."""


_OVERTAKEN = "Người gửi vừa có ý kiến mới, khi kết quả chưa được báo cho họ."


class HeldVerbs(PetitionFields):
    """The verbs about a decision of which nobody outside was notified yet (ADR 0067)."""

    def take_back(
        self,
        change: Change,
        note: str | None = None,
        *,
        overtaken: bool = False,
        follows: bool = False,
    ) -> Self:
        """Return to where the petition stood before the action whose word is held; no time limit begins anew.

        Who may, and until when: `shared.domain.procedures.taking_back`.

        Args:
            change: who takes it back, when.
            note: why, for officers.
            overtaken: an act of the petitioner came before they were notified.
            follows: it goes with another petition's approval that was taken back, however late that message comes.

        Raises:
            ActionNotPossibleError: there is none, or its time is over.
        """
        target_of(Action.TAKE_BACK, self.state)
        held = self.held
        if held is None or not (follows or self.is_held(change.at)):
            raise TooLateToTakeBackError(Action.TAKE_BACK, self.state)
        undone = self.history[held.entry - 1]
        return self.record(
            Action.TAKE_BACK,
            change,
            note=note,
            facts=TakenBack(entry=held.entry, taken_back=undone.action, overtaken=overtaken),
            is_visible=False,
            to=self.history[held.entry - 2].state,
            held=None,
            **self._before(held),
        )

    def _before(self, held: Held) -> dict[str, Any]:
        """Return the attributes as they were before an action whose word is held."""
        draft = held.draft
        if self.history[held.entry - 1].action is Action.APPROVE and self.answer is not None:
            draft = self.answer.model_copy(update={"approved_by": None, "approved_at": None})
        answer = held.answer
        if answer is not None:
            answered = (e for e in reversed(self.history[: held.entry - 1]) if e.action in _ANSWERING)
            text = next((entry.text for entry in answered), None)
            answer = answer.model_copy(update={"text": text or ""})
        return {
            "unit": held.unit,
            "handler": held.handler,
            "lane": held.lane,
            "parent": held.parent,
            "draft": draft,
            "answer": answer,
        }

    def as_known_outside(self, now: datetime) -> Self:
        """Return the petition as those know it who are notified, for reading alone.

        While word of the latest decision is held it has fewer entries than the one that is stored; an action that was
        taken back is none that they see.
        """
        if self.held is None or not self.is_held(now):
            return self._without_taken_back()
        before = self._without_taken_back().history[: self.held.entry - 1]
        return self.model_copy(
            update={
                **self._before(self.held),
                "history": before,
                "state": before[-1].state,
                "held": None,
            }
        )

    def _without_taken_back(self) -> Self:
        gone = self.taken_back
        if not gone:
            return self
        hidden = (e.model_copy(update={"is_visible": False}) if e.seq in gone else e for e in self.history)
        return self.model_copy(update={"history": tuple(hidden)})

    def where_known(self, action: Action, change: Change) -> Self:
        """Return the petition that an act of its petitioner is about: as they know it.

        A decision of which they were not notified yet is taken back first: it was made without what they bring now.
        That a petition is a denunciation stays decided, whatever else comes.

        Raises:
            ActionNotPossibleError: the act is not possible in the state that they know.
            ResultBeingSentError: people are being notified of the decision at this moment.
        """
        held = self.held
        if held is None or not self.is_held(change.at) or self.state is State.RESTRICTED:
            return self
        before = self.history[held.entry - 2].state
        target_of(action, before)
        if change.at >= held.word_at - IN_FLIGHT:
            raise ResultBeingSentError(action, before)
        return self.take_back(
            Change(change.by, change.at, f"{change.id}:first"), note=_OVERTAKEN, overtaken=True
        )


class ResultVerbs(HeldVerbs):
    """The verbs that publish a result, end a petition, or take it up again."""

    def publish(self, change: Change, publication: Publication) -> Self:
        """Make the redacted answer public.

        Raises:
            ActionNotPossibleError: also when the petitioner did not allow it.
        """
        if not self.may_publish:
            raise ActionNotPossibleError(Action.PUBLISH, "not-allowed-by-petitioner")
        return self.record(Action.PUBLISH, change, publication=publication)

    def unpublish(self, change: Change, reason: str) -> Self:
        """Take back the publication, with a reason for officers; the answer stands, and may be published again.

        Raises:
            ActionNotPossibleError: also when nothing of it is public.
        """
        if self.publication is None:
            raise ActionNotPossibleError(Action.UNPUBLISH, self.state)
        return self.record(
            Action.UNPUBLISH,
            change,
            note=reason,
            to=State.ANSWERED if self.state is State.PUBLISHED else None,
            publication=None,
        )

    def refuse(self, change: Change, text: str, *, reason: str) -> Self:
        """Refuse the petition for one of the reasons of the law, with a text that the petitioner reads."""
        return self._end(Action.REFUSE, change, text, Refused(reason=reason))

    def forward(self, change: Change, text: str, forwarded: Forwarded) -> Self:
        """Forward the petition to the body responsible, with a text that the petitioner reads."""
        return self._end(Action.FORWARD, change, text, forwarded)

    def send_letter(self, change: Change, text: str, forwarded: Forwarded) -> Self:
        """Record how, when and to whom the letter of a forwarding was sent, with a text that the petitioner reads.

        Raises:
            ActionNotPossibleError: it was not forwarded.
            WordHeldError: the forwarding may still be taken back.
        """
        target_of(Action.SEND_LETTER, self.state)
        if self.held is not None and self.is_held(change.at):
            raise WordHeldError(Action.SEND_LETTER, self.state, self.held.word_at)
        return self.record(Action.SEND_LETTER, change, text=text, facts=forwarded)

    def guide(self, change: Change, text: str) -> Self:
        """Explain to the petitioner how to make a complaint under its own law (khiếu nại)."""
        return self._end(Action.GUIDE, change, text, Facts())

    def _end(self, action: Action, change: Change, text: str, facts: Facts) -> Self:
        return self.record(action, change, text=text, facts=facts, draft=None)

    def reopen(
        self, change: Change, unit: str, due_on: date, *, reason: str | None, note: str | None = None
    ) -> Self:
        """Take the matter up again: an answered one for a second look, only once; any other to answer it.

        The next answer is a duty of its own, due on `due_on`; the due date before stays in the history. Who may ask for
        a second look, and which unit it goes to: `shared.domain.procedures.second_look`. What was refused, forwarded,
        guided elsewhere or withdrawn is an ordinary matter from then on, whatever lane led it there.

        Raises:
            ActionNotPossibleError: also when it had its second look, or its texts were erased.
        """
        is_unanswered = self.state in SIDE_EXITS
        if self.second_look is not None and not is_unanswered:
            raise ActionNotPossibleError(Action.REOPEN, "reopened-before")
        if self.last(Action.ERASE) is not None:
            raise ActionNotPossibleError(Action.REOPEN, self.state)
        return self.record(
            Action.REOPEN,
            change,
            text=reason,
            note=note,
            facts=Reopened(unit=unit, first_due_on=self.due_on, due_on=due_on),
            unit=unit,
            handler=None,
            due_on=due_on,
            parent=None,
            lane=Lane.ORDINARY if is_unanswered and self.lane is not Lane.RESTRICTED else self.lane,
        )

    def close(self, change: Change) -> Self:
        """End a petition that was rated, or whose petitioner is silent."""
        return self.record(Action.CLOSE, change)

    def move_due_date(self, change: Change, due_on: date, calendar: str, *, reason: str) -> Self:
        """Move the due date with the calendar, or by a pause of the clock; the entry has both dates."""
        return self.record(
            Action.MOVE_DUE_DATE,
            change,
            facts=DueDateMoved(moved_from=self.due_on, moved_to=due_on, reason=reason),
            due_on=due_on,
            calendar=calendar,
        )

    def erase(self, change: Change) -> Self:
        """Erase the petitioner and all texts once the retention period is over; actions and times stay.

        The publication stays too: it was redacted before (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15). What this version
        of the code does not know may hold what a person wrote, and goes.
        """
        return self.record(
            Action.ERASE,
            change,
            is_visible=False,
            content="",
            subject="",
            draft=None,
            earlier_drafts=(),
            held=None,
            answer=self.answer.without_unknown().model_copy(update={"text": "", "remarks": ()})
            if self.answer
            else None,
            attachments=tuple(file.without_unknown() for file in self.attachments if self.is_public(file)),
            petitioner=Petitioner(type=self.petitioner.type),
            rating=self.rating.without_unknown().model_copy(update={"comment": None})
            if self.rating
            else None,
            sketch=(),
            call_id=None,
            history=history.erased(self.history),
        )
