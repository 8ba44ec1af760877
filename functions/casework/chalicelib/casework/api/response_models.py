"""Models of those answers of the JSON API that have none elsewhere, for its OpenAPI document."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, RootModel

from chalicelib.casework.access.sign_in_input import Challenge, Tokens
from chalicelib.casework.desk.views import DepartedView, DeskView
from chalicelib.casework.hotline.call_readings import CallReading
from chalicelib.casework.hotline.call_tasks import CallView
from chalicelib.casework.oversight.ambiguous_deliveries import AmbiguousDeliveryView
from chalicelib.casework.oversight.contradicted_receipts import ContradictedReceipt
from chalicelib.casework.oversight.histories import VerificationView
from chalicelib.casework.oversight.openings import OpeningPage
from chalicelib.casework.reports.measures import Value
from shared.domain.access.roles import Role
from shared.domain.base_model import BaseModel
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.classification import Channel
from shared.domain.petition.values.petitioner import Identity
from shared.platform.bucket import UploadForm
from shared.tables.proposals import ProposalState


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True)


class OfficerView(_Answer):
    """The officer who signed in."""

    username: str
    name: str
    unit: str
    roles: tuple[Role, ...]


class SignedIn(Tokens):
    """Tokens, and the officer to whom they belong."""

    officer: OfficerView


class SessionView(RootModel[SignedIn | Challenge]):
    """A session, or the challenge that has to be answered first."""

    model_config = ConfigDict(hide_input_in_errors=True)


class AfterAction(RootModel[DeskView | DepartedView]):
    """The changed petition; only its state where the action put it out of the officer's sight."""

    model_config = ConfigDict(hide_input_in_errors=True)


class OpenedView(DeskView):
    """The petition, with the petitioner's identity."""

    identity: Identity


class EnteredView(_Answer):
    """The receipt that the operator reads out."""

    reference: str
    pin: str
    state: State
    received_at: datetime
    due_on: date
    links: dict[str, str]


class UploadView(_Answer):
    """A form that uploads a file."""

    id: str
    upload: UploadForm


class EarlierView(_Answer):
    """The status of one of a caller's petitions."""

    reference: str
    channel: Channel
    state: State
    received_on: date
    due_on: date


class EarlierList(_Answer):
    """A caller's petitions."""

    petitions: tuple[EarlierView, ...]


class CallList(_Answer):
    """The calls to be made."""

    calls: tuple[CallView, ...]


class CalleeView(_Answer):
    """The person to call."""

    phone: str | None
    name: str | None
    address: str | None
    readings: tuple[CallReading, ...]


class AmbiguousDeliveryList(_Answer):
    """The ambiguous deliveries."""

    deliveries: tuple[AmbiguousDeliveryView, ...] = Field(alias="in_doubt")


class ContradictedReceiptList(_Answer):
    """A day's contradicted receipts."""

    day: date
    receipts: tuple[ContradictedReceipt, ...]


class SettledView(_Answer):
    """The petition whose delivery was settled."""

    reference: str


class CorrectionView(_Answer):
    """One change of a version: its author, its time, and the facts before it."""

    at: str
    by: str
    confirmed_by: str | None = None
    """The second person, where the change needed one."""
    was: dict[str, Any]


class RowView(BaseModel):
    """One version of a row; its further facts depend on the kind."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    valid_from: date
    revision: int
    confirmed_by: str | None = None
    """The second person, where the latest change of this version needed one."""
    corrections: tuple[CorrectionView, ...] = ()


class RowList(_Answer):
    """All versions of a row, or of all rows of a kind."""

    rows: tuple[RowView, ...]


class FactChangeView(_Answer):
    """One fact that a proposal changes."""

    name: str
    before: Any
    after: Any


class ProposalView(_Answer):
    """A proposed change of the directory."""

    id: str
    kind: str
    row_id: str
    valid_from: date
    state: ProposalState
    is_stale: bool
    """The row was changed after the proposal: it cannot be confirmed any more."""
    proposed_by: str
    proposed_at: datetime
    expires_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    changes: tuple[FactChangeView, ...]
    confirm_at: str
    """The address at which another person confirms it by POST."""
    page: str
    """The page on which another person confirms it."""


class ProposedView(ProposalView):
    """A change that waits for a second person."""

    detail: str


class ProposalList(_Answer):
    """The open proposals, and the latest others."""

    proposals: tuple[ProposalView, ...]


class RowInput(BaseModel):
    """One version of a row; its further facts depend on the kind."""

    model_config = ConfigDict(frozen=True, extra="allow")

    valid_from: date
    valid_to: date | None = None


class ColumnView(_Answer):
    """One column of a table."""

    name: str
    label: str


class SectionView(_Answer):
    """One table of a report."""

    name: str
    title: str
    columns: tuple[ColumnView, ...]
    rows: tuple[dict[str, Value], ...]
    total: dict[str, Value] | None


class ReportView(SectionView):
    """A report; its own table is the main one."""

    first: date = Field(alias="from")
    last: date = Field(alias="to")
    by: str
    counts: Literal["received", "due", "stock"]
    """The meaning of `from` and `to`: days of receipt, or of due dates; of the stock none."""
    made_at: datetime
    as_of: date | None
    unit: str | None
    counts_denunciations: bool
    sections: tuple[SectionView, ...]


class PetitionsBehindFigure(_Answer):
    """The petitions that a figure counts: their number on all pages, and a page of 500."""

    count: int
    page: int
    pages: int
    counts: Literal["received", "due", "stock"]
    petitions: tuple[dict[str, Value], ...]


class OversightPage(OpeningPage):
    """A page of openings, and what the latest verification of all histories found; None before the first root."""

    verification: VerificationView | None = None
