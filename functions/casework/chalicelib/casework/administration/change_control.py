"""Two pairs of eyes: one administrator proposes a protected change of the directory, another person confirms it.

Until then nothing takes effect. What is not protected is written at once. docs/adr/0046 has the reasons.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.administer import Administration, Written
from chalicelib.casework.administration.protected import is_protected
from shared.domain.base_model import BaseModel
from shared.domain.errors import (
    InvalidInputError,
    NotAllowedError,
    ProposalClosedError,
    SecondPersonNeededError,
    StaleProposalError,
    StaleVersionError,
    UnknownRowError,
)
from shared.domain.promises.address_changes import AddressChange, announcements_of
from shared.platform import clock, telemetry
from shared.tables.deliveries import Deliveries
from shared.tables.directory import Directory
from shared.tables.dynamo import stored_instant
from shared.tables.proposals import Proposal, Proposals, ProposalState
from shared.tables.recorded_rows import BY_WHOM, RecordedRow, RecordedRows, version_before, version_of

CLOSED_SHOWN = 50
"""Proposals that are no longer open and still listed."""
LONGEST_REASON = 500
_NOT_COMPARED = BY_WHOM | {"id"}


class RejectionInput(BaseModel):
    """Why a proposal is rejected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=LONGEST_REASON)]


class FactChange(NamedTuple):
    """One fact that a proposal changes."""

    name: str
    before: Any
    after: Any


class ReviewedProposal(NamedTuple):
    """A proposal as of now: its state, and the facts that it changes."""

    proposal: Proposal
    state: ProposalState
    is_stale: bool
    """The row was changed after the proposal: it cannot be confirmed any more."""
    changes: tuple[FactChange, ...]


class ChangeControl:
    """Writes changes of the directory, and keeps the protected ones until a second person has confirmed them.

    Args:
        administration: checks rows and writes them.
        directory: the rows.
        deliveries: take the announcements of changed addresses.
        is_on: False where one administrator may change everything alone.
        expire_after: the time after which a proposal cannot be confirmed any more.
    """

    def __init__(
        self,
        administration: Administration,
        directory: Directory,
        deliveries: Deliveries,
        *,
        is_on: bool,
        expire_after: timedelta,
    ) -> None:
        self._administration = administration
        self._directory = directory
        self._rows = RecordedRows(directory)
        self._proposals = Proposals(directory)
        self._deliveries = deliveries
        self._is_on = is_on
        self._expire_after = expire_after

    def put(
        self, officer: DeskOfficer, kind: str, row_id: str, facts: Any, *, seen: int | None = None
    ) -> Written | Proposal:
        """Write one version of a row, or propose it where that needs a second person.

        Args:
            officer: an administrator.
            kind: of rows, one of `Administration.kinds`.
            row_id: e.g. a unit's code, or for the calendar the day itself.
            facts: the row; `valid_from` says from when it holds.
            seen: the revision of this version that the officer saw, 0 for none; None writes over any.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: naming each invalid field.
            StaleVersionError: somebody changed this version meanwhile.
        """
        row = self._administration.checked(officer, kind, row_id, facts)
        versions = self._rows.of(kind, row_id)
        needs_second = is_protected(kind, row, versions)
        if needs_second and self._is_on:
            return self._propose(officer, kind, row, versions, seen)
        if needs_second:
            telemetry.count("ProtectedChangeByOnePerson", kind=kind)
        stored = version_of(versions, row["valid_from"])
        now = clock.now()
        self._announce(kind, row, versions, (stored.revision if stored else 0) + 1, now)
        return self._administration.write(officer, kind, row, at=now, seen=seen)

    def needs_second_person(self, kind: str, row: Mapping[str, Any]) -> bool:
        """Return whether `put` would propose a row instead of writing it."""
        return self._is_on and is_protected(kind, row, self._rows.of(kind, str(row["id"])))

    def _announce(
        self,
        kind: str,
        row: dict[str, Any],
        versions: tuple[RecordedRow, ...],
        revision: int,
        at: datetime,
    ) -> None:
        """Announce the change of an officer's address at the old address and the new, just before it is written."""
        if kind != "officer":
            return
        valid_from = str(row["valid_from"])
        before = version_of(versions, valid_from) or version_before(versions, valid_from)
        if before is None or str(before.facts["email"]).casefold() == str(row["email"]).casefold():
            return
        change = AddressChange(row["id"], valid_from, revision, stored_instant(at))
        for delivery in announcements_of(change, at):
            self._deliveries.add(delivery)

    def _propose(
        self,
        officer: DeskOfficer,
        kind: str,
        row: dict[str, Any],
        versions: tuple[RecordedRow, ...],
        seen: int | None,
    ) -> Proposal:
        stored = version_of(versions, row["valid_from"])
        base = stored.revision if stored else 0
        if seen is not None and seen != base:
            raise StaleVersionError(base)
        now, state = clock.now(), _state_of(versions)
        content = {
            "kind": kind,
            "row": row,
            "base": base,
            "seen": _state_of(versions),
            "by": officer.username,
        }
        for earlier in self._proposals.all():
            if earlier.state_at(now) is ProposalState.OPEN and _content_of(earlier) == content:
                return earlier
        named = json.dumps([content, now.isoformat()], ensure_ascii=False, sort_keys=True)
        proposal = Proposal(
            id=hashlib.sha256(named.encode()).hexdigest()[:12],
            kind=kind,
            row=row,
            base=base,
            seen=state,
            proposed_by=officer.username,
            proposed_at=now,
            expires_at=now + self._expire_after,
        )
        self._proposals.add(proposal)
        telemetry.count("ChangeProposed", kind=kind)
        return proposal

    # --- reading -----------------------------------------------------------------------------------

    def proposals(self, officer: DeskOfficer) -> tuple[ReviewedProposal, ...]:
        """Return the open proposals, and the latest of the others, newest first.

        Raises:
            NotAllowedError: neither an administrator nor an approver whom the directory names.
        """
        permissions.require(officer, Ability.CONFIRM_CHANGES)
        proposals = self._proposals.all()
        still_open = [p for p in proposals if p.state_at(clock.now()) is ProposalState.OPEN]
        closed = [p for p in proposals if p not in still_open]
        return tuple(self._reviewed(proposal) for proposal in [*still_open, *closed[:CLOSED_SHOWN]])

    def proposal(self, officer: DeskOfficer, proposal_id: str) -> ReviewedProposal:
        """Return one proposal with the facts that it changes.

        Raises:
            NotAllowedError: neither an administrator nor an approver whom the directory names.
            UnknownRowError: there is no such proposal.
        """
        permissions.require(officer, Ability.CONFIRM_CHANGES)
        return self._reviewed(self._get(proposal_id))

    def _get(self, proposal_id: str) -> Proposal:
        proposal = self._proposals.get(proposal_id)
        if proposal is None:
            raise UnknownRowError
        return proposal

    def _reviewed(self, proposal: Proposal) -> ReviewedProposal:
        versions = self._rows.of(proposal.kind, proposal.row_id)
        state = proposal.state_at(clock.now())
        is_stale = state is ProposalState.OPEN and _state_of(versions) != proposal.seen
        before = _facts_before(proposal, versions)
        names = [name for name in {**before, **proposal.row} if name not in _NOT_COMPARED]
        changes = (FactChange(name, before.get(name), proposal.row.get(name)) for name in names)
        changed = tuple(change for change in changes if (change.before or None) != (change.after or None))
        return ReviewedProposal(proposal, state, is_stale, changed)

    # --- deciding ----------------------------------------------------------------------------------

    def confirm(self, officer: DeskOfficer, proposal_id: str) -> ReviewedProposal:
        """Write a proposed row, with the names of both persons; again by the same person it changes nothing.

        Raises:
            NotAllowedError: neither an administrator nor an approver whom the directory names.
            SecondPersonNeededError: the officer proposed it.
            ProposalClosedError: it was decided or withdrawn, or has expired.
            StaleProposalError: the row was changed after it was proposed.
            InvalidInputError: the row cannot be written any more, e.g. because its day has passed.
        """
        permissions.require(officer, Ability.CONFIRM_CHANGES)
        proposal = self._get(proposal_id)
        if proposal.state is ProposalState.CONFIRMED and proposal.decided_by == officer.username:
            return self._reviewed(proposal)
        self._check_second_person(officer, proposal)
        self._check_open(proposal)
        versions = self._rows.of(proposal.kind, proposal.row_id)
        if _state_of(versions) != proposal.seen:
            raise StaleProposalError
        row = self._administration.valid(officer, proposal.kind, proposal.row_id, proposal.row)
        now = clock.now()
        self._announce(proposal.kind, row, versions, proposal.base + 1, now)
        self._write(officer, proposal, row, now)
        return self._reviewed(self._get(proposal_id))

    def _write(self, officer: DeskOfficer, proposal: Proposal, row: dict[str, Any], at: datetime) -> None:
        row = row | {"changed_by": proposal.proposed_by, "changed_at": stored_instant(at)}
        try:
            _version, write = self._rows.following(
                proposal.kind, row, seen=proposal.base, confirmed_by=officer.username
            )
            self._proposals.decide(_decided(proposal, ProposalState.CONFIRMED, officer), write)
        except StaleVersionError:
            raise StaleProposalError from None
        except ProposalClosedError:
            if self._get(proposal.id).state is ProposalState.OPEN:
                raise StaleProposalError from None
            raise
        self._directory.has_changed(proposal.kind)
        telemetry.count("ChangeConfirmed", kind=proposal.kind)

    def reject(self, officer: DeskOfficer, proposal_id: str, reason: str) -> ReviewedProposal:
        """Reject a proposal, with the reason.

        Raises:
            NotAllowedError: neither an administrator nor an approver whom the directory names.
            SecondPersonNeededError: the officer proposed it, and may withdraw it instead.
            ProposalClosedError: it was decided or withdrawn, or has expired.
            InvalidInputError: no reason, or a long one.
        """
        permissions.require(officer, Ability.CONFIRM_CHANGES)
        proposal, reason = self._get(proposal_id), reason.strip()
        self._check_second_person(officer, proposal)
        self._check_open(proposal)
        if not 1 <= len(reason) <= LONGEST_REASON:
            raise InvalidInputError(("reason", "too-long" if reason else "missing"))
        self._proposals.decide(_decided(proposal, ProposalState.REJECTED, officer, reason))
        return self._reviewed(self._get(proposal_id))

    def withdraw(self, officer: DeskOfficer, proposal_id: str) -> ReviewedProposal:
        """Withdraw a proposal of one's own.

        Raises:
            NotAllowedError: somebody else proposed it.
            ProposalClosedError: it was decided or withdrawn, or has expired.
        """
        permissions.require(officer, Ability.CONFIRM_CHANGES)
        proposal = self._get(proposal_id)
        if proposal.proposed_by != officer.username:
            raise NotAllowedError
        self._check_open(proposal)
        self._proposals.decide(_decided(proposal, ProposalState.WITHDRAWN, officer))
        return self._reviewed(self._get(proposal_id))

    def _check_open(self, proposal: Proposal) -> None:
        if proposal.state_at(clock.now()) is not ProposalState.OPEN:
            raise ProposalClosedError

    def _check_second_person(self, officer: DeskOfficer, proposal: Proposal) -> None:
        """Refuse whoever proposed it, also under another account with the same address."""
        officers = self._directory.officers()
        accounts = (officers.get(officer.username), officers.get(proposal.proposed_by))
        addresses = [account.email.casefold() for account in accounts if account is not None]
        if officer.username == proposal.proposed_by or len(set(addresses)) < len(addresses):
            raise SecondPersonNeededError


def _decided(proposal: Proposal, state: ProposalState, officer: DeskOfficer, reason: str = "") -> Proposal:
    decision = {"state": state, "decided_by": officer.username, "decided_at": clock.now(), "reason": reason}
    return proposal.model_copy(update=decision)


def _content_of(proposal: Proposal) -> dict[str, Any]:
    facts = proposal.model_dump(include={"kind", "row", "base", "seen"})
    return facts | {"by": proposal.proposed_by}


def _state_of(versions: Iterable[RecordedRow]) -> str:
    """Return every version of a row with its revision."""
    return " ".join(f"{version.facts['valid_from']}:{version.revision}" for version in versions)


def _facts_before(proposal: Proposal, versions: tuple[RecordedRow, ...]) -> dict[str, Any]:
    """Return the facts that a proposal changes, as they were or are without it."""
    valid_from = str(proposal.row["valid_from"])
    stored = version_of(versions, valid_from) if proposal.base else version_before(versions, valid_from)
    if stored is None:
        return {}
    return stored.facts_at(proposal.base or stored.revision) or {}
