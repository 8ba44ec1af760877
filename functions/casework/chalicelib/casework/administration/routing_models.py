"""The router's models at the desk: what is in force, what was learned, a text tried by both, and which one holds.

A model takes effect as every rule does, as a row with its first day, and so does an earlier one that is taken back:
the versions stay. Both need a second person where the rules do (docs/adr/0046).
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Ability
from chalicelib.casework.administration.administer import Written
from chalicelib.casework.administration.change_control import ChangeControl
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import InvalidInputError, UnknownRowError
from shared.platform import clock
from shared.routing.classifier import Decision, decide
from shared.routing.model import Model, digest_of
from shared.routing.rules import RoutingRules, RoutingRulesError, in_force, rules_with
from shared.tables.directory import Directory
from shared.tables.proposals import Proposal
from shared.tables.routing.candidates import Candidate, Candidates, CandidateState

KIND = "routing-rule"
Row = dict[str, Any]
LONGEST_TEXT = 10_000
_OF_A_VERSION = frozenset(
    {"valid_from", "valid_to", "learned_from", "restored_from", "changed_by", "changed_at"}
)
"""Facts of a row that belong to one version and not to the model."""


class ModelVersion(NamedTuple):
    """A model that is, was or will be in force."""

    row: Row
    version: str
    valid_from: date
    is_in_force: bool


class ModelOverview(NamedTuple):
    """One of the router's models."""

    id: str
    purpose: str
    model: Model
    in_force: ModelVersion
    versions: tuple[ModelVersion, ...]
    """All versions, the latest first."""
    candidate: Candidate | None
    is_adopted: bool
    """True if the candidate is what is in force."""
    may_take_effect: bool
    """True if the candidate has run in shadow long enough and is no worse."""
    counted: Counter[tuple[str, str]]
    """The candidate's outcomes beside those of the rules in force."""


class Tried(NamedTuple):
    """A text decided by the rules in force (`candidate` is empty) or with a candidate in its place."""

    candidate: str
    decision: Decision


class RoutingModels:
    """Shows the router's models to administrators, and changes which one is in force."""

    def __init__(self, directory: Directory, candidates: Candidates, changes: ChangeControl) -> None:
        self._directory = directory
        self._candidates = candidates
        self._changes = changes

    def overview(self, officer: DeskOfficer) -> list[ModelOverview]:
        """Return the models in force, with their versions and candidates.

        Raises:
            NotAllowedError: no administrator.
        """
        permissions.require(officer, Ability.ADMINISTER)
        today = local_date(clock.now())
        rows, candidates = self._directory.rows(KIND), self._candidates.latest()
        current = [dict(row) for row in in_force(rows, today) if row.get("type") == "model"]
        return [self._overview(row, rows, candidates.get(str(row["id"]))) for row in current]

    def _overview(self, row: Row, rows: tuple[Row, ...], candidate: Candidate | None) -> ModelOverview:
        versions = [
            ModelVersion(other, digest_of(other), date.fromisoformat(other["valid_from"]), other == row)
            for other in sorted(rows, key=lambda other: str(other["valid_from"]), reverse=True)
            if other["id"] == row["id"]
        ]
        in_place = next(version for version in versions if version.is_in_force)
        is_adopted = candidate is not None and candidate.version == in_place.version
        counts = self._candidates.counts(candidate.version) if candidate and candidate.version else Counter()
        return ModelOverview(
            id=str(row["id"]),
            purpose=str(row["purpose"]),
            model=Model.from_row(row),
            in_force=in_place,
            versions=tuple(versions),
            candidate=candidate,
            is_adopted=is_adopted,
            may_take_effect=candidate is not None and not is_adopted and _is_ready(candidate),
            counted=counts,
        )

    def row_of(self, officer: DeskOfficer, model_id: str, version: str) -> Row:
        """Return the row that puts a candidate, or an earlier version, into force from today on.

        Raises:
            NotAllowedError: no administrator.
            UnknownRowError: there is no such model, or no such version of it.
            InvalidInputError: a candidate that is worse, or has not run for a week yet.
        """
        overview = next((each for each in self.overview(officer) if each.id == model_id), None)
        if overview is None:
            raise UnknownRowError
        return self._facts_of(overview, version) | {"valid_from": local_date(clock.now()).isoformat()}

    def use(self, officer: DeskOfficer, model_id: str, version: str) -> Written | Proposal:
        """Put a candidate, or an earlier version, into force from today on, or propose it where that needs two.

        Raises:
            As `row_of`.
        """
        return self._changes.put(officer, KIND, model_id, self.row_of(officer, model_id, version))

    def _facts_of(self, overview: ModelOverview, version: str) -> Row:
        candidate = overview.candidate
        if candidate is not None and candidate.row is not None and candidate.version == version:
            if not _is_ready(candidate):
                raise InvalidInputError(("version", "not-yet-tried"))
            learned_from = {
                "month": candidate.month,
                "confirmed": candidate.confirmed,
                "corrected": candidate.corrected,
                "base": candidate.base,
            }
            return candidate.row | {"learned_from": learned_from}
        earlier = next((each for each in overview.versions if each.version == version), None)
        if earlier is None:
            raise UnknownRowError
        facts = {name: value for name, value in earlier.row.items() if name not in _OF_A_VERSION}
        restored = {"restored_from": earlier.row["valid_from"]}
        if "learned_from" in earlier.row:
            restored["learned_from"] = earlier.row["learned_from"]
        return facts | restored

    def try_text(self, officer: DeskOfficer, text: str) -> list[Tried]:
        """Decide a text by the rules in force and by each candidate; nothing is stored.

        Raises:
            NotAllowedError: no administrator.
            InvalidInputError: no text, or a long one.
        """
        permissions.require(officer, Ability.ADMINISTER)
        if not text.strip() or len(text) > LONGEST_TEXT:
            raise InvalidInputError(("text", "too-long" if text.strip() else "missing"))
        today = local_date(clock.now())
        rows = in_force(self._directory.rows(KIND), today)
        candidates, editions = self._candidates.latest(), {"": RoutingRules.from_rows(rows)}
        for row in rows:
            candidate = candidates.get(str(row["id"]))
            if candidate is not None and candidate.row is not None:
                # One that cannot be used is reported where it runs in shadow.
                with suppress(RoutingRulesError):
                    editions[candidate.id] = rules_with(rows, candidate.row)
        fields = frozenset(self._directory.fields(today))
        return [
            Tried(
                name,
                decide(
                    text,
                    rules,
                    chosen_field=None,
                    chosen_kind=None,
                    fields_in_force=fields,
                ),
            )
            for name, rules in editions.items()
        ]


def _is_ready(candidate: Candidate) -> bool:
    is_tried = clock.now() >= candidate.may_take_effect_from
    return candidate.state is CandidateState.SHADOW and is_tried
