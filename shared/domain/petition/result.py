"""The verbs about the result of a petition: publish, refuse, forward, guide, reopen, close, erase."""

from __future__ import annotations

from datetime import date
from typing import Self

from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition import history
from shared.domain.petition.change import Change
from shared.domain.petition.facts import DueDateMoved, Facts, Forwarded, Refused, Reopened
from shared.domain.petition.fields import PetitionFields
from shared.domain.petition.lifecycle import SIDE_EXITS, Action, State
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.classification import Lane
from shared.domain.petition.values.petitioner import Petitioner


class ResultVerbs(PetitionFields):
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

    def forward(self, change: Change, text: str, *, body: str) -> Self:
        """Forward the petition to the body responsible, with a text that the petitioner reads."""
        return self._end(Action.FORWARD, change, text, Forwarded(body=body))

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
            answer=self.answer.without_unknown().model_copy(update={"text": ""}) if self.answer else None,
            attachments=tuple(file.without_unknown() for file in self.attachments if self.is_public(file)),
            petitioner=Petitioner(type=self.petitioner.type),
            rating=self.rating.without_unknown().model_copy(update={"comment": None})
            if self.rating
            else None,
            sketch=(),
            call_id=None,
            history=history.erased(self.history),
        )
