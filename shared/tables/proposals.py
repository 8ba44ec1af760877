"""Proposed changes of the directory that wait for a second person, and what became of them: rows of the same table.

A proposal is decided in the same transaction in which its row is written, so neither stands without the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from shared.domain.base_model import StoredModel
from shared.domain.errors import InvalidInputError, ProposalClosedError
from shared.tables.directory import Directory
from shared.tables.documents import DIRECTORY
from shared.tables.dynamo import ConditionalPut, ConditionFailedError, Query, Table
from shared.tables.recorded_rows import LONGEST_ITEM

_KIND = "proposal"


class ProposalState(StrEnum):
    """The state of a proposal; EXPIRED is found by the clock and not stored."""

    OPEN = "OPEN"
    CONFIRMED = "CONFIRMED"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    EXPIRED = "EXPIRED"


class Proposal(StoredModel):
    """One version of a row, as somebody proposes to write it."""

    id: str
    kind: str
    """The kind of the row, e.g. `officer`."""
    row: dict[str, Any]
    base: int
    """The revision of the version that it replaces; 0 where there is none."""
    seen: str
    """Every version of the row, with its revision, at the time of the proposal."""
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    state: ProposalState = ProposalState.OPEN
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str = ""
    """The reason of a rejection."""

    @property
    def row_id(self) -> str:
        """The id of the row."""
        return str(self.row["id"])

    def state_at(self, now: datetime) -> ProposalState:
        """Return the state at an instant."""
        if self.state is ProposalState.OPEN and now >= self.expires_at:
            return ProposalState.EXPIRED
        return self.state


class Proposals:
    """Reads and writes proposals."""

    def __init__(self, directory: Directory) -> None:
        self._table = Table(directory.table)

    def all(self) -> list[Proposal]:
        """Return all proposals, the latest first."""
        items = self._table.query_all(Query("kind = :kind", {"kind": _KIND}, is_consistent=True))
        proposals = [DIRECTORY.read(Proposal, item["body"]) for item in items]
        return sorted(proposals, key=lambda proposal: proposal.proposed_at, reverse=True)

    def get(self, proposal_id: str) -> Proposal | None:
        """Return a proposal; None where there is none."""
        query = Query("kind = :kind AND #row = :row", {"kind": _KIND, "row": proposal_id}, is_consistent=True)
        item = next(self._table.query_all(query), None)
        return DIRECTORY.read(Proposal, item["body"]) if item else None

    def add(self, proposal: Proposal) -> None:
        """Write a new proposal; the same one again stays as it is.

        Raises:
            InvalidInputError: its row is too long.
        """
        write = _put(proposal, "attribute_not_exists(kind)")
        if len(str(write.item["body"]).encode()) > LONGEST_ITEM:
            raise InvalidInputError(("body", "too-large"))
        try:
            self._table.put_if(write.item, write.condition)
        except ConditionFailedError:
            return

    def decide(self, decided: Proposal, *also: ConditionalPut) -> None:
        """Write the decision about an open proposal, and in the same transaction what follows from it.

        Raises:
            ProposalClosedError: somebody decided it meanwhile, or the rest cannot be written; nothing was written.
        """
        writes: Sequence[ConditionalPut] = (
            _put(decided, "#state = :open", {"open": ProposalState.OPEN.value}),
            *also,
        )
        try:
            self._table.put_all_if(writes)
        except ConditionFailedError:
            raise ProposalClosedError from None


def _put(proposal: Proposal, condition: str, values: dict[str, Any] | None = None) -> ConditionalPut:
    item = {
        "kind": _KIND,
        "row": proposal.id,
        "state": proposal.state.value,
        "body": DIRECTORY.text_of(proposal, DIRECTORY.number_of(proposal)),
    }
    return ConditionalPut(item, condition, values or {})
