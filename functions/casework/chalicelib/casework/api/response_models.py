"""The shapes of the JSON API's answers that are put together in `api.py` and have no model elsewhere (OpenAPI)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, RootModel

from chalicelib.casework.access.officers import Role
from chalicelib.casework.access.sessions import Challenge, Tokens
from chalicelib.casework.desk.views import DepartedView, DeskView
from chalicelib.casework.hotline.call_tasks import CallView
from chalicelib.casework.oversight.ambiguous_deliveries import DoubtView
from chalicelib.casework.reports.measures import Value
from shared.domain.petition.lifecycle import State
from shared.domain.petition.values.classification import Channel
from shared.domain.petition.values.petitioner import Identity
from shared.platform.bucket import UploadForm


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True)


class OfficerView(_Shape):
    """Who signed in."""

    username: str
    name: str
    unit: str
    roles: tuple[Role, ...]


class SignedIn(Tokens):
    """Tokens, and whose they are."""

    officer: OfficerView


class SessionView(RootModel[SignedIn | Challenge]):
    """A session, or what has to be answered first."""


class AfterAction(RootModel[DeskView | DepartedView]):
    """The petition as it is then; less where the action sent it to where the officer may not look."""


class OpenedView(DeskView):
    """The petition, with who sent it."""

    identity: Identity


class EnteredView(_Shape):
    """The receipt that the operator reads out."""

    reference: str
    pin: str
    state: State
    received_at: datetime
    due_on: date
    links: dict[str, str]


class UploadView(_Shape):
    """A form that uploads a file."""

    id: str
    upload: UploadForm


class EarlierView(_Shape):
    """How one of a caller's petitions stands."""

    reference: str
    channel: Channel
    state: State
    received_on: date
    due_on: date


class EarlierList(_Shape):
    """A caller's petitions."""

    petitions: tuple[EarlierView, ...]


class CallList(_Shape):
    """The calls to be made."""

    calls: tuple[CallView, ...]


class CalleeView(_Shape):
    """Whom to call."""

    phone: str | None
    name: str | None
    address: str | None


class DoubtList(_Shape):
    """The sends in doubt."""

    in_doubt: tuple[DoubtView, ...]


class SettledView(_Shape):
    """Of which petition a send was settled."""

    reference: str


class CorrectionView(_Shape):
    """One change of a version: who, when, and what the changed facts were."""

    at: str
    by: str
    was: dict[str, Any]


class RowView(BaseModel):
    """One version of a row; what else it says depends on its kind."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    valid_from: date
    revision: int
    corrections: tuple[CorrectionView, ...] = ()


class RowList(_Shape):
    """All versions of a row, or of all rows of a kind."""

    rows: tuple[RowView, ...]


class RowInput(BaseModel):
    """One version of a row; what else it says depends on its kind."""

    model_config = ConfigDict(frozen=True, extra="allow")

    valid_from: date
    valid_to: date | None = None


class ColumnView(_Shape):
    """One column of a table."""

    name: str
    label: str


class SectionView(_Shape):
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
    made_at: datetime
    as_of: date | None
    unit: str | None
    counts_denunciations: bool
    sections: tuple[SectionView, ...]


class CasesView(_Shape):
    """The petitions behind a figure; at most 500 rows, and how many there are."""

    count: int
    petitions: tuple[dict[str, Value], ...]
