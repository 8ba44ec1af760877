"""The fields of a petition, what can be derived from them, and `record`, through which every verb changes them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from pydantic import Field
from pydantic.json_schema import SkipJsonSchema

from shared.domain.base_model import StoredModel
from shared.domain.errors import WordHeldError
from shared.domain.petition import coverage, history
from shared.domain.petition.change import UNDOABLE, Change
from shared.domain.petition.facts import (
    ChannelsChosen,
    ContactAdded,
    Facts,
    Finding,
    Merged,
    Reopened,
    Screened,
)
from shared.domain.petition.history import Entry, Fault
from shared.domain.petition.lifecycle import MOVES, SIDE_EXITS, UNANSWERED, Action, State, target_of
from shared.domain.petition.space import require_space
from shared.domain.petition.values.answer import Answer, Publication, Rating
from shared.domain.petition.values.attachments import Attachment
from shared.domain.petition.values.classification import Channel, Kind, Lane, Proposal
from shared.domain.petition.values.held import Held
from shared.domain.petition.values.petitioner import Petitioner, ReplyBy


class PetitionFields(StoredModel):
    """The stored fields of a petition. Code outside of this package uses `Petition`, which adds the verbs."""

    reference: str
    state: State
    channel: Channel
    subject: str = ""
    content: str
    language: str = "vi"
    kind: Kind | None = None
    chosen_field: str | None = None
    """The field that the sender chose; `field` is what the ministry decided."""
    field: str | None = None
    unit: str | None = None
    handler: str | None = None
    complained_unit: str | None = None
    """The unit whose conduct is complained of: it may not read the petition, and is never given it."""
    lane: Lane = Lane.ORDINARY
    petitioner: Petitioner
    may_publish: bool = False
    province: str | None = None
    """The code of the province in the address, found before the address was sealed (`identity/provinces.py`)."""
    received_at: datetime
    due_on: date
    terms: str
    """The version of the terms that holds for this petition: that of its day of receipt."""
    calendar: str
    """The version of the calendar from which `due_on` was derived."""
    submission: str
    """Digest of the idempotency key, so that the same submission is recognised."""
    body_digest: str
    """Digest of what was submitted, so that a key used again with other content is noticed."""
    sketch: tuple[str, ...] = ()
    """Keys that petitions of nearly the same wording share (`shared.domain.figures.similarity`)."""
    proposal: Proposal | None = None
    draft: Answer | None = None
    earlier_drafts: tuple[Answer, ...] = ()
    """Drafts that were returned, the oldest first, with the remarks on them; as many as there is space for."""
    answer: Answer | None = None
    publication: Publication | None = None
    rating: Rating | None = None
    parent: str | None = None
    merged_count: SkipJsonSchema[int] = Field(default=0, exclude=True)
    """The petitions that are merged into this one, as last counted: stored beside the petition, and no part of it."""
    attachments: tuple[Attachment, ...] = ()
    call_id: str | None = None
    call_started_at: datetime | None = None
    call_ended_at: datetime | None = None
    call_agent: str | None = None
    """The operator who took the call, as the call centre names them; the recording is in the seal."""
    is_receipt_owed: bool = False
    """True if an SMS could not be answered at once, because its provider takes no reply."""
    held: Held | None = None
    """The latest action that its officer may take back, or might until its time was over."""
    history: tuple[Entry, ...] = ()

    # --- derived values -------------------------------------------------------------------------

    @property
    def version(self) -> int:
        """The number of the last history entry; 0 before the first."""
        return self.history[-1].seq if self.history else 0

    @property
    def stored_at(self) -> datetime:
        """The instant at which it reached us; `received_at` is when it left its sender's hands."""
        return self.history[0].at if self.history else self.received_at

    @property
    def secrets_given_at(self) -> datetime:
        """The instant from which PIN and link are the ones that they are: the receipt, or the last renewal."""
        renewed = [entry.at for entry in self.history if entry.action is Action.RENEW_SECRETS]
        return renewed[-1] if renewed else self.stored_at

    @property
    def renewals(self) -> int:
        """The number of times that PIN and link were renewed: each time the earlier ones died."""
        return sum(entry.action is Action.RENEW_SECRETS for entry in self.history)

    @property
    def is_unanswered(self) -> bool:
        """True if the petitioner is still owed an answer."""
        return self.state in UNANSWERED

    @property
    def was_acknowledged_at_once(self) -> bool:
        """True if the receipt was the reply to the SMS, or the operator's, and no other channel was chosen."""
        if self.channel is Channel.SMS:
            return not self.is_receipt_owed
        return set(self._chosen_at_first) <= {ReplyBy.PHONE}

    @property
    def _chosen_at_first(self) -> tuple[ReplyBy, ...]:
        """The channels that the petitioner chose on the day of receipt, whatever they changed since."""
        changes = (e.facts for e in self.history if isinstance(e.facts, ContactAdded | ChannelsChosen))
        first = next(changes, None)
        if first is None or first.chosen_before is None:
            return self.petitioner.reply_by
        return first.chosen_before

    @property
    def first_due_on(self) -> date:
        """The day by which the first answer is due: after a reopening, `due_on` is that of the second."""
        reopened = next(history.entries_of(self.history, Reopened), None)
        return reopened.facts.first_due_on if reopened else self.due_on

    @property
    def second_look(self) -> Entry | None:
        """The latest reopening of an answered petition; one that was refused was reopened to be answered at all."""
        reopenings = (entry for entry in reversed(self.history) if entry.action is Action.REOPEN)
        return next((e for e in reopenings if self.history[e.seq - 2].state not in SIDE_EXITS), None)

    @property
    def first_published_at(self) -> datetime | None:
        """The time of the first publication of an answer, whatever became of it; None where there was none."""
        return next((entry.at for entry in self.history if entry.action is Action.PUBLISH), None)

    @property
    def state_of_work(self) -> State:
        """The state that a petition goes back to when the information that it waited for has arrived."""
        if self.handler is not None:
            return State.IN_PROGRESS
        to_a_unit = {Action.ROUTE, Action.ASSIGN}
        to_intake = {Action.RETURN_TO_INTAKE, Action.SCREEN}
        last = next(
            (
                entry
                for entry in reversed(self.history)
                if entry.action in to_a_unit or (entry.action in to_intake and entry.facts.has("unit"))
            ),
            None,
        )
        return State.ASSIGNED if last is not None and last.action in to_a_unit else State.RECEIVED

    @property
    def is_intact(self) -> bool:
        """True if the history, and the petition beside it, are what the hashes were made for."""
        return self.fault is None

    @property
    def fault(self) -> Fault | None:
        """The first thing that is not as the hashes of the history say; None where everything is."""
        if fault := history.fault_of(self.history, self.submission):
            return fault
        if not self.history or self.history[-1].state is not self.state:
            return Fault.STATE
        differs = coverage.differing(self, self.history, self.submission)
        return Fault.ATTRIBUTE if differs else None

    @property
    def may_denounce(self) -> bool:
        """True if the petition, or an added text, may be a denunciation (tố cáo) that no officer has decided on."""
        for entry in reversed(self.history):
            if entry.action in {Action.CLASSIFY, Action.ASSIGN}:
                return False
            if isinstance(entry.facts, Screened) and entry.facts.finding is not Finding.NOTHING:
                return True
        return self.proposal is not None and self.proposal.may_denounce

    def last(self, *actions: Action) -> Entry | None:
        """Return the latest history entry of one of these actions; one that was taken back never was."""
        return next((entry for entry in reversed(self.in_force) if entry.action in actions), None)

    @property
    def in_force(self) -> tuple[Entry, ...]:
        """The history without what was taken back (`history.in_force`)."""
        return history.in_force(self.history)

    @property
    def taken_back(self) -> frozenset[int]:
        """The numbers of the entries whose actions were taken back."""
        return history.taken_back(self.history)

    def is_held(self, at: datetime) -> bool:
        """Return whether word of the latest decision has not left yet."""
        return self.held is not None and at < self.held.word_at

    def has_change(self, change_id: str) -> bool:
        """Return whether this change was made already (the same cause arriving again)."""
        return any(entry.change_id == change_id for entry in self.history)

    def is_public(self, attachment: Attachment) -> bool:
        """Return whether a file was published with the answer."""
        return self.publication is not None and attachment.id in self.publication.attachments

    def attachment(self, attachment_id: str) -> Attachment | None:
        """Return the file with this identifier."""
        return next((file for file in self.attachments if file.id == attachment_id), None)

    def outline(self) -> Self:
        """Return this petition for counting: without any text that somebody wrote, and without the petitioner.

        What this version of the code does not know may be such a text, and is left out.
        """
        answer, rating, public = self.answer, self.rating, self.publication
        return self.without_unknown().model_copy(
            update={
                "content": "",
                "subject": "",
                "petitioner": Petitioner(type=self.petitioner.type),
                "proposal": None,
                "draft": None,
                "earlier_drafts": (),
                "held": None,
                "answer": answer.without_unknown().model_copy(update={"text": "", "remarks": ()})
                if answer
                else None,
                "publication": public.without_unknown().model_copy(
                    update=dict.fromkeys(("subject", "content", "answer"), "")
                )
                if public
                else None,
                "rating": rating.without_unknown().model_copy(update={"comment": None}) if rating else None,
                "attachments": (),
                "call_id": None,
                "call_agent": None,
                "submission": "",
                "body_digest": "",
                "sketch": self.sketch[:1],
                "history": history.outlined(self.history),
            }
        )

    # --- changing -------------------------------------------------------------------------------

    def record(
        self,
        action: Action,
        change: Change,
        *,
        text: str | None = None,
        note: str | None = None,
        facts: Facts | None = None,
        is_visible: bool = True,
        to: State | None = None,
        **updates: Any,
    ) -> Self:
        """Return this petition changed by one action, its history one entry longer.

        Args:
            action: the action of the new entry.
            change: who made it, when, under which identifier.
            text: the text that the petitioner may read.
            note: the text that only officers may read.
            facts: the facts of the action; those about filing are added here.
            is_visible: whether the petitioner sees the entry at all.
            to: the state to reach, where the table of the lifecycle leaves it open.
            updates: other attributes of the petition that change.

        Raises:
            ActionNotPossibleError: the state does not allow the action.
            WordHeldError: it would lead on from a decision that may still be taken back.
            InvalidInputError: there is no space for it (`require_space`).
        """
        is_free = action is Action.RECEIVE or self._awaits_word_at(action, change)
        target = self.state if is_free else target_of(action, self.state)
        state = to or target
        if (
            state is not self.state
            and action is not Action.TAKE_BACK
            and self.held
            and self.is_held(change.at)
        ):
            raise WordHeldError(action, self.state, self.held.word_at)
        petition = self.without_unknown() if action is Action.ERASE else self
        held = {"held": self._holding(action, change, facts)} if state is not self.state else {}
        changed = petition.model_copy(update={**held, **updates, "state": state})
        before = None if action is Action.RECEIVE else self
        entry = Entry(
            seq=self.version + 1,
            at=change.at,
            action=action,
            by=change.by,
            state=state,
            change_id=change.id,
            text=text,
            note=note,
            facts=_with_word(facts or Facts(), changed.held if held else None).with_filed(
                history.filed_changes(before, changed),
                coverage.digests_of(before, changed, self.submission),
            ),
            is_visible=is_visible,
        )
        changed = changed.model_copy(
            update={"history": history.append(changed.history, entry, self.submission)}
        )
        require_space(changed, action)
        return changed

    def _awaits_word_at(self, action: Action, change: Change) -> bool:
        """Return whether a petitioner names a contact while word for it has not left: then it leaves there too."""
        if action is not Action.ADD_CONTACT or self.held is None or not self.is_held(change.at):
            return False
        return self.history[self.held.entry - 2].state in MOVES[action].sources

    def _holding(self, action: Action, change: Change, facts: Facts | None) -> Held | None:
        """Return the attributes that an action of which word is held replaces; None for another."""
        is_joint = isinstance(facts, Merged) and facts.answers_at_once
        if not (action in UNDOABLE or is_joint) or change.word_at is None or change.word_at <= change.at:
            return None
        return Held(
            entry=self.version + 1,
            word_at=change.word_at,
            unit=self.unit,
            handler=self.handler,
            lane=self.lane,
            parent=self.parent,
            draft=None if action is Action.APPROVE else self.draft,
            answer=self.answer.model_copy(update={"text": ""}) if self.answer else None,
        )


def _with_word(facts: Facts, held: Held | None) -> Facts:
    if held is None:
        return facts
    return facts.model_validate({**facts.recorded(), "word_at": held.word_at.isoformat()})
