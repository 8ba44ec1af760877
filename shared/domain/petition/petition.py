"""The petition: one value that holds everything about one matter, and the verbs that change it.

A verb returns a new petition with one more history entry; it never writes. Time, actor and the change's
identifier are arguments.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from shared.domain.errors import ActionNotPossibleError
from shared.domain.petition import history
from shared.domain.petition.change import Change
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import UNANSWERED, Action, State, target_of
from shared.domain.petition.values.answer import Answer, Citation, Publication, Rating
from shared.domain.petition.values.attachments import Attachment
from shared.domain.petition.values.classification import Channel, Kind, Lane, Proposal
from shared.domain.petition.values.petitioner import Petitioner, ReplyBy, SealedPart

MAX_CONTENT = 10_000
"""Characters of a petition's content; longer texts go into an attachment."""
MAX_HISTORY = 500
"""Entries; an item of the table may hold 400 KB."""


class Petition(BaseModel):
    """One petition, whole. `version` is the number of its last history entry."""

    model_config = ConfigDict(frozen=True)

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
    """The unit whose conduct is complained of: it sees nothing of the petition and cannot be given it."""
    lane: Lane = Lane.ORDINARY
    petitioner: Petitioner
    may_publish: bool = False
    province: str | None = None
    """The code of the province that the address lies in, found before the address was sealed (provinces.py)."""
    received_at: datetime
    due_on: date
    terms: str
    """Which version of the terms holds for this petition: that of its day of receipt."""
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
    answer: Answer | None = None
    publication: Publication | None = None
    rating: Rating | None = None
    parent: str | None = None
    attachments: tuple[Attachment, ...] = ()
    call_id: str | None = None
    call_started_at: datetime | None = None
    is_receipt_owed: bool = False
    """Whether an SMS could not be answered at once, because its provider takes no reply."""
    history: tuple[Entry, ...] = ()

    # --- what can be asked of it ----------------------------------------------------------------

    @property
    def version(self) -> int:
        """The number of changes so far."""
        return self.history[-1].seq if self.history else 0

    @property
    def is_unanswered(self) -> bool:
        """Whether the petitioner is still owed an answer."""
        return self.state in UNANSWERED

    @property
    def was_acknowledged_at_once(self) -> bool:
        """Whether the receipt was given in the reply to the SMS, or by the operator, and nothing else was chosen."""
        if self.channel is Channel.SMS:
            return not self.is_receipt_owed
        return set(self._chosen_at_first) <= {ReplyBy.PHONE}

    @property
    def _chosen_at_first(self) -> tuple[str, ...]:
        """How the petitioner wanted to be told on the day of receipt, whatever contact they added since."""
        added = next((entry for entry in self.history if entry.action is Action.ADD_CONTACT), None)
        if added is None or "chosen_before" not in added.facts:
            return self.petitioner.reply_by
        return tuple(filter(None, added.facts["chosen_before"].split(",")))

    @property
    def is_intact(self) -> bool:
        """Whether every entry of the history still has the content and the place that its hash was made for."""
        return history.is_intact(self.history, self.submission)

    @property
    def may_denounce(self) -> bool:
        """Whether this, or what was added to it, may be a denunciation (tố cáo) and no officer has decided yet."""
        last = next(
            (
                entry
                for entry in reversed(self.history)
                if entry.action in {Action.CLASSIFY, Action.ASSIGN}
                or (entry.action is Action.SCREEN and entry.facts["found"] != "nothing")
            ),
            None,
        )
        if last is not None:
            return last.action is Action.SCREEN
        return self.proposal is not None and self.proposal.may_denounce

    def last(self, *actions: Action) -> Entry | None:
        """Return the latest history entry of one of these actions."""
        return next((e for e in reversed(self.history) if e.action in actions), None)

    def is_public(self, attachment: Attachment) -> bool:
        """Tell whether a file was published with the answer."""
        return self.publication is not None and attachment.id in self.publication.attachments

    def attachment(self, attachment_id: str) -> Attachment | None:
        """Return the file with this identifier."""
        return next((one for one in self.attachments if one.id == attachment_id), None)

    def has_change(self, change_id: str) -> bool:
        """Tell whether this change was made already (the same cause arriving again)."""
        return any(entry.change_id == change_id for entry in self.history)

    def outline(self) -> Self:
        """Return this petition for counting: without a word that anybody wrote, and without who they are."""
        answer, rating, public = self.answer, self.rating, self.publication
        return self.model_copy(
            update={
                "content": "",
                "subject": "",
                "petitioner": Petitioner(type=self.petitioner.type),
                "proposal": None,
                "draft": None,
                "answer": answer.model_copy(update={"text": ""}) if answer else None,
                "publication": public.model_copy(update=dict.fromkeys(("subject", "content", "answer"), ""))
                if public
                else None,
                "rating": rating.model_copy(update={"comment": None}) if rating else None,
                "attachments": (),
                "call_id": None,
                "submission": "",
                "body_digest": "",
                "sketch": self.sketch[:1],
                "history": history.outlined(self.history),
            }
        )

    # --- how it changes -------------------------------------------------------------------------

    def record(
        self,
        action: Action,
        change: Change,
        *,
        text: str | None = None,
        note: str | None = None,
        facts: dict[str, str] | None = None,
        is_visible: bool = True,
        to: State | None = None,
        **updates: Any,
    ) -> Self:
        """Return this petition changed by one action, its history one entry longer.

        Raises:
            ActionNotPossibleError: when the state does not allow the action, or the history is full.
        """
        target = self.state if action is Action.RECEIVE else target_of(action, self.state)
        if len(self.history) >= MAX_HISTORY:
            raise ActionNotPossibleError(action, self.state)
        state = to or target
        changed = self.model_copy(update={**updates, "state": state})
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
            facts={**history.refiled(before, changed), **(facts or {})},
            is_visible=is_visible,
        )
        return changed.model_copy(update={"history": history.append(self.history, entry, self.submission)})

    def route(self, change: Change, proposal: Proposal, unit: str, *, tells_petitioner: bool = False) -> Self:
        """Give a fresh petition to the unit responsible for its field, as the router decided."""
        return self.record(
            Action.ROUTE,
            change,
            note="; ".join(proposal.because) or None,
            facts={"unit": unit, "field": proposal.field or ""} | _telling(tells_petitioner),
            unit=unit,
            field=proposal.field,
            kind=self.kind or proposal.kind,
            lane=proposal.lane,
            proposal=proposal,
        )

    def hand_to_intake(self, change: Change, unit: str, *, proposal: Proposal | None = None) -> Self:
        """Leave the decision to the intake desk: the router could not tell, or another lane is likely."""
        return self.record(
            Action.HAND_TO_INTAKE,
            change,
            note="; ".join(proposal.because) if proposal and proposal.because else None,
            facts={"unit": unit},
            is_visible=False,
            unit=unit,
            lane=proposal.lane if proposal else self.lane,
            kind=self.kind or (proposal.kind if proposal else None),
            proposal=proposal,
        )

    def restrict(self, change: Change, unit: str, *, proposal: Proposal | None = None) -> Self:
        """Move a denunciation (tố cáo) out of the ordinary queues, to named readers only."""
        if proposal is not None:
            restricted = self.model_copy(update={"proposal": proposal})
            return restricted.restrict(change, unit)
        return self.record(
            Action.RESTRICT,
            change,
            facts={"unit": unit},
            is_visible=False,
            unit=unit,
            handler=None,
            lane=Lane.RESTRICTED,
            parent=None,
        )

    def classify(
        self,
        change: Change,
        *,
        field: str | None,
        kind: Kind | None,
        lane: Lane,
        complained_unit: str | None = None,
    ) -> Self:
        """Correct the field, kind or lane, and say whose conduct is complained of."""
        return self.record(
            Action.CLASSIFY,
            change,
            facts={"field": field or "", "kind": kind or "", "lane": lane}
            | ({"complained_unit": complained_unit} if complained_unit else {}),
            is_visible=False,
            field=field,
            kind=kind,
            lane=lane,
            complained_unit=complained_unit,
        )

    def assign(
        self,
        change: Change,
        unit: str,
        *,
        field: str | None = None,
        note: str | None = None,
        settles_dispute: bool = False,
        tells_petitioner: bool = False,
    ) -> Self:
        """Give the petition to a unit, which has to accept or return it; what settled a dispute it cannot return.

        `tells_petitioner` is written into the entry, so that a replay tells the same people whatever the switch says by
        then; who was told of this unit before is not told again.
        """
        return self.record(
            Action.ASSIGN,
            change,
            note=note,
            facts={"unit": unit}
            | ({"dispute": "decided"} if settles_dispute else {})
            | _telling(tells_petitioner and unit != self.unit),
            unit=unit,
            handler=None,
            field=field or self.field,
        )

    def accept(self, change: Change, *, handler: str) -> Self:
        """Take the petition into the unit's work."""
        return self.record(Action.ACCEPT, change, facts={"unit": self.unit or ""}, handler=handler)

    def return_to_intake(self, change: Change, intake: str, *, reason: str, is_dispute: bool = False) -> Self:
        """Give back a petition that was routed to the wrong unit, or that is no denunciation; no clock restarts.

        Once too often it becomes a dispute: then `intake` is Văn phòng Bộ, which decides.
        """
        return self.record(
            Action.RETURN_TO_INTAKE,
            change,
            note=reason,
            facts={"from_unit": self.unit or "", "unit": intake}
            | ({"dispute": "open"} if is_dispute else {}),
            is_visible=False,
            unit=intake,
            handler=None,
            lane=Lane.ORDINARY if self.lane is Lane.RESTRICTED else self.lane,
        )

    def request_information(self, change: Change, question: str) -> Self:
        """Ask the petitioner for what is missing; the clock of the law runs on."""
        return self.record(Action.REQUEST_INFORMATION, change, text=question)

    def supplement(
        self,
        change: Change,
        content: str | None,
        *,
        sealed: SealedPart | None = None,
        province: str | None = None,
    ) -> Self:
        """Add what the petitioner sends later; a petition that waited for it goes back to work.

        Args:
            change: by the petitioner, or by the operator who wrote it down.
            content: the added text, or None when it was identity and went into `sealed`.
            sealed: a closed part to append to the seal.
            province: where the address in that part lies.
        """
        petitioner = self.petitioner
        if sealed is not None:
            petitioner = petitioner.model_copy(update={"seal": (*petitioner.seal, sealed), "is_named": True})
        return self.record(
            Action.SUPPLEMENT,
            change,
            text=content,
            to=self.state_of_work if self.state is State.AWAITING_INFORMATION else None,
            petitioner=petitioner,
            province=self.province or province,
        )

    @property
    def state_of_work(self) -> State:
        """The state that a petition goes back to when what it waited for has come."""
        if self.handler is not None:
            return State.IN_PROGRESS
        given = {Action.ROUTE, Action.ASSIGN}
        taken = {Action.RETURN_TO_INTAKE, Action.SCREEN}
        last = next(
            (
                e
                for e in reversed(self.history)
                if e.action in given or (e.action in taken and "unit" in e.facts)
            ),
            None,
        )
        return State.ASSIGNED if last is not None and last.action in given else State.RECEIVED

    def withdraw(self, change: Change, reason: str | None) -> Self:
        """End the matter at the petitioner's wish."""
        return self.record(Action.WITHDRAW, change, text=reason)

    def rate(self, change: Change, score: int, comment: str | None) -> Self:
        """Say how satisfied the petitioner is; a second rating replaces the first."""
        rating = Rating(score=score, comment=comment, at=change.at)
        return self.record(Action.RATE, change, text=comment, facts={"score": str(score)}, rating=rating)

    def add_contact(
        self, change: Change, sealed: SealedPart, keys: tuple[str, ...], reply_by: tuple[ReplyBy, ...]
    ) -> Self:
        """Append a contact that its owner wants to be told over from now on; the old ones stay in the seal."""
        petitioner = self.petitioner
        known = petitioner.model_copy(
            update={
                "seal": (*petitioner.seal, sealed),
                "contact_keys": tuple(dict.fromkeys((*petitioner.contact_keys, *keys))),
                "reply_by": tuple(dict.fromkeys((*reply_by, *petitioner.reply_by))),
            }
        )
        return self.record(
            Action.ADD_CONTACT,
            change,
            facts={
                "parts_before": str(len(petitioner.seal)),
                "chosen_before": ",".join(petitioner.reply_by),
            },
            petitioner=known,
        )

    def send_pin(self, change: Change, channel: ReplyBy) -> Self:
        """Have the PIN given again over a contact on file (`shared.domain.procedures.pin_requests` says how often)."""
        return self.record(Action.SEND_PIN, change, facts={"channel": channel})

    def add_note(
        self,
        change: Change,
        note: str | None,
        *,
        progress: str | None = None,
        expected_on: date | None = None,
    ) -> Self:
        """Keep an internal note; `progress` and `expected_on` feed the next update to the petitioner."""
        return self.record(
            Action.NOTE,
            change,
            text=progress,
            note=note,
            facts={"expected_on": expected_on.isoformat()} if expected_on else {},
            is_visible=progress is not None or expected_on is not None,
        )

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

    def approve(self, change: Change) -> Self:
        """Approve the draft: it becomes the answer, and the publication clock starts."""
        target_of(Action.APPROVE, self.state)
        assert self.draft is not None  # noqa: S101 - AWAITING_APPROVAL is reached only with a draft
        answer = self.draft.model_copy(update={"approved_by": change.username, "approved_at": change.at})
        return self.record(Action.APPROVE, change, text=answer.text, answer=answer, draft=None)

    def return_draft(self, change: Change, reason: str) -> Self:
        """Send a draft back that misses the point, with the reason (Quyết định 31/2021/QĐ-TTg Đ.46)."""
        return self.record(Action.RETURN_DRAFT, change, note=reason, is_visible=False)

    def publish(self, change: Change, publication: Publication) -> Self:
        """Make the redacted answer public.

        Raises:
            ActionNotPossibleError: also when the petitioner did not allow it.
        """
        if not self.may_publish:
            raise ActionNotPossibleError(Action.PUBLISH, "not-allowed-by-petitioner")
        return self.record(Action.PUBLISH, change, publication=publication)

    def unpublish(self, change: Change, reason: str) -> Self:
        """Take back what is public; the answer itself stands, and may be published again. The reason is for officers.

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

    def end_otherwise(
        self,
        action: Action,
        change: Change,
        *,
        text: str,
        facts: dict[str, str] | None = None,
        parent: str | None = None,
    ) -> Self:
        """Refuse, forward, guide or merge: each ends our work with a reason that the petitioner reads."""
        return self.record(action, change, text=text, facts=facts, draft=None, parent=parent or self.parent)

    def reopen(
        self, change: Change, unit: str, due_on: date, *, reason: str | None, note: str | None = None
    ) -> Self:
        """Look at the matter once more, at a higher level than the one that answered; only once.

        The second look is a promise of its own, due on `due_on`; when the first was due stays in the history.
        Who may ask for it, and which unit it goes to: `shared.domain.procedures.second_look`.
        """
        if self.last(Action.REOPEN):
            raise ActionNotPossibleError(Action.REOPEN, "reopened-before")
        return self.record(
            Action.REOPEN,
            change,
            text=reason,
            note=note,
            facts={"unit": unit, "first_due_on": self.due_on.isoformat(), "due_on": due_on.isoformat()},
            unit=unit,
            handler=None,
            due_on=due_on,
            parent=None,
        )

    def close(self, change: Change) -> Self:
        """End a petition that was rated, or whose petitioner is silent."""
        return self.record(Action.CLOSE, change)

    def record_opening(self, change: Change, reason: str) -> Self:
        """Record that an officer opened the seal, and why."""
        return self.record(Action.OPEN_SEAL, change, note=reason, is_visible=False)

    def move_due_date(self, change: Change, due_on: date, calendar: str, *, reason: str) -> Self:
        """Keep old and new date when a decision about the calendar moves the end of the period."""
        return self.record(
            Action.MOVE_DUE_DATE,
            change,
            facts={"from": self.due_on.isoformat(), "to": due_on.isoformat(), "reason": reason},
            due_on=due_on,
            calendar=calendar,
        )

    def erase(self, change: Change) -> Self:
        """Forget who petitioned and what was written, once the time of keeping is over; the case record stays.

        What was published stays too: it was redacted before (Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15).
        """
        bare = self.model_copy(
            update={
                "content": "",
                "subject": "",
                "draft": None,
                "answer": self.answer.model_copy(update={"text": ""}) if self.answer else None,
                "attachments": tuple(one for one in self.attachments if self.is_public(one)),
                "petitioner": Petitioner(type=self.petitioner.type),
                "rating": self.rating.model_copy(update={"comment": None}) if self.rating else None,
                "sketch": (),
                "call_id": None,
                "history": history.erased(self.history),
            }
        )
        return bare.record(Action.ERASE, change, is_visible=False)


def _telling(is_on: bool) -> dict[str, str]:  # noqa: FBT001 - one question, one answer
    """Return the fact by which the petitioner learns of an assignment (`notices_after`)."""
    return {"tells": "PETITIONER"} if is_on else {}
