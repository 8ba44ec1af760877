"""Does what is due for one petition, in one write. Called twice, late or early, it does nothing more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import local_date
from shared.domain.petition.change import Change
from shared.domain.petition.facts import PAUSED, Noted, PetitionerUpdated, TimeLimitReached
from shared.domain.petition.lifecycle import Action, State, target_of
from shared.domain.petition.petition import Petition
from shared.domain.petition.space import clock_has_space_for
from shared.domain.petition.values.classification import Kind
from shared.domain.procedures import merging
from shared.domain.promises import pauses
from shared.domain.promises.wake_ups import WakeUp, due_now
from shared.platform import clock
from shared.platform.messages import ErasureRequest
from shared.platform.messages import WakeUp as WakeUpRequest
from shared.tables.directory import Directory
from shared.tables.dynamo import retry_when_stale
from shared.tables.petitions import Petitions

INTAKE_FIELD = "KHAC"
AT_ONCE_AT_MOST = 20
"""Things done to one petition in one go; more than a handful is a mistake in the rules, and must not loop."""


class Timer:
    """Acts on petitions whose time has come."""

    def __init__(
        self, petitions: Petitions, directory: Directory, remove_file: Callable[[str], None]
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._remove_file = remove_file

    def handle(self, request: WakeUpRequest) -> None:
        """Wake the petition that a message of the queue `timers` names."""
        self.wake(request.reference, clock.now())

    def wake(self, reference: str, now: datetime) -> None:
        """Do what is due now for a petition and store it with its next wake-up.

        A petition that is still listed though nothing is due any more is stored anew, so that it leaves the list;
        a doubled wake-up finds it gone from there and writes nothing.
        """
        retry_when_stale(lambda: self._wake(reference, now))

    def erase(self, request: ErasureRequest) -> None:
        """Erase a petition that has ended, by a decision about its person's request; again, it does nothing.

        Raises:
            ActionNotPossibleError: it has not ended: the ministry owes an answer, and needs what it would erase.
        """
        retry_when_stale(lambda: self._erase_by(request))

    def _erase_by(self, request: ErasureRequest) -> None:
        petition = self._petitions.get(request.reference)
        if petition is None or petition.last(Action.ERASE) is not None:
            return
        target_of(Action.ERASE, petition.state)
        erased = self._forgotten(petition, f"erasure:{request.decision}", clock.now())
        self._petitions.save(erased, petition.version)

    def _wake(self, reference: str, now: datetime) -> None:
        stored = self._petitions.get_stored(reference)
        if stored is None:
            return
        petition = stored.petition
        acted = self._with_recalculated_due_date(self._with_its_parent(petition, now), now)
        for _ in range(AT_ONCE_AT_MOST):
            due = due_now(acted, self._directory.terms_of(acted), self._directory.calendar(), now)
            if not due:
                break
            acted = self._act(acted, due[0], now)
        if acted is petition and (stored.wake_at is None or stored.wake_at > now):
            return
        self._petitions.save(acted, petition.version)

    def _with_its_parent(self, petition: Petition, now: datetime) -> Petition:
        """Let a merged petition follow its parent before anything else, should the router's message have been lost."""
        if petition.state is not State.MERGED or petition.parent is None:
            return petition
        parent = self._petitions.get(petition.parent)
        return merging.what_follows(petition, parent, at=now) if parent is not None else petition

    def _act(self, petition: Petition, wake_up: WakeUp, now: datetime) -> Petition:
        special: dict[Action, Callable[[Petition, WakeUp, datetime], Petition]] = {
            Action.HAND_TO_INTAKE: self._hand_to_intake,
            Action.UPDATE_PETITIONER: self._update_petitioner,
            Action.MOVE_DUE_DATE: self._move_by_pauses,
            Action.CLOSE: lambda p, w, at: p.close(Change.by_timer(at, w.change_id)),
            Action.ERASE: self._erase,
        }
        return special.get(wake_up.action, _remind)(petition, wake_up, now)

    def _hand_to_intake(self, petition: Petition, wake_up: WakeUp, now: datetime) -> Petition:
        """Nobody routed it: the intake desk does; a complaint about conduct, unread, goes to who examines those."""
        day = local_date(petition.received_at)
        is_conduct = petition.kind is Kind.CONDUCT
        unit = (
            self._directory.examiner((), day)
            if is_conduct
            else self._directory.unit_responsible_for(INTAKE_FIELD, day)
        )
        return petition.hand_to_intake(Change.by_timer(now, wake_up.change_id), unit)

    def _update_petitioner(self, petition: Petition, wake_up: WakeUp, now: datetime) -> Petition:
        """Record an update for the petitioner, with the handler's latest note and expected date where there are any."""
        word = next((e for e in reversed(petition.history) if e.action is Action.NOTE and e.text), None)
        terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
        following = deadlines.overdue_update_on(petition.due_on, wake_up.n + 1, terms, calendar)
        return petition.record(
            Action.UPDATE_PETITIONER,
            Change.by_timer(now, wake_up.change_id),
            text=word.text if word and clock_has_space_for(petition, word.text or "") else None,
            facts=PetitionerUpdated(
                n=wake_up.n,
                anchor=wake_up.anchor,
                next_update_on=following,
                expected_on=word.facts.expected_on if word and isinstance(word.facts, Noted) else None,
            ),
        )

    def _erase(self, petition: Petition, wake_up: WakeUp, now: datetime) -> Petition:
        return self._forgotten(petition, wake_up.change_id, now)

    def _forgotten(self, petition: Petition, change_id: str, now: datetime) -> Petition:
        """Forget a petition; its files go first, for afterwards nobody would know of them."""
        for file in petition.files_to_erase:
            self._remove_file(file.clean_key)
        return petition.erase(Change.by_timer(now, change_id))

    def _with_recalculated_due_date(self, petition: Petition, now: datetime) -> Petition:
        """Move the due date when a decision about the calendar moved the end of the period."""
        calendar = self._directory.calendar()
        if not petition.is_unanswered or petition.calendar == calendar.version:
            return petition
        due_on = pauses.answer_due_on(petition, self._directory.terms_of(petition), calendar, now)
        if due_on == petition.due_on:
            return petition
        return petition.move_due_date(
            Change.by_timer(now, f"due:{calendar.version}:{petition.version}"),
            due_on,
            calendar.version,
            reason="calendar",
        )

    def _move_by_pauses(self, petition: Petition, wake_up: WakeUp, now: datetime) -> Petition:
        """Move the due date by the days waited for the petitioner, where the terms pause the clock for them."""
        terms, calendar = self._directory.terms_of(petition), self._directory.calendar()
        due_on = pauses.answer_due_on(petition, terms, calendar, now)
        change = Change.by_timer(now, wake_up.change_id)
        return petition.move_due_date(change, due_on, calendar.version, reason=PAUSED)


def _remind(petition: Petition, wake_up: WakeUp, now: datetime) -> Petition:
    """Record a warning, reminder or escalation; the notices follow from the entry."""
    return petition.record(
        wake_up.action,
        Change.by_timer(now, wake_up.change_id),
        facts=TimeLimitReached(n=wake_up.n, anchor=wake_up.anchor),
        is_visible=False,
    )
