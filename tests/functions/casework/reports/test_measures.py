"""No petition is left out of a report: every state, channel and kind is counted in one of its columns."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from chalicelib.casework.reports.measures import CONSIDERED, ORIGINS, OUTCOMES, WORK, Measure
from shared.domain.petition.lifecycle import ENDED, UNANSWERED, State
from shared.domain.petition.values.classification import Channel, Kind

TODAY = date(2026, 6, 1)
WHERE = "casework/reports/measures.py"


def counted_by(measures: tuple[Measure, ...], name: str) -> list[str]:
    """Return the names of the columns that count a petition whose tally holds this name."""
    return [measure.column.name for measure in measures if measure.is_behind(Counter({name: 1}), TODAY)]


@pytest.mark.parametrize("state", sorted(UNANSWERED - {State.MERGED}))
def test_open_state_is_work_in_one_column(state: State):
    assert counted_by(WORK[:1], f"state:{state}") == ["open"], f"{state}: the sum of WORK in {WHERE}"
    assert len(counted_by(WORK[1:], f"state:{state}")) == 1, f"{state}: WORK in {WHERE}"
    assert counted_by(CONSIDERED, f"state:{state}") == ["considered"], f"{state}: CONSIDERED in {WHERE}"


@pytest.mark.parametrize("state", sorted(ENDED - {State.CLOSED} | {State.MERGED}))
def test_end_without_an_answer_is_an_outcome_in_one_column(state: State):
    assert len(counted_by(OUTCOMES, f"state:{state}")) == 1, f"{state}: OUTCOMES in {WHERE}"


ORIGINS_OF_A_PETITION = [f"channel:{channel}" for channel in Channel] + [
    f"kind:{kind}" for kind in ("", *Kind)
]


@pytest.mark.parametrize("name", ORIGINS_OF_A_PETITION)
def test_origin_is_counted_in_one_column(name: str):
    assert len(counted_by(ORIGINS, name)) == 1, f"{name}: ORIGINS in {WHERE}"
