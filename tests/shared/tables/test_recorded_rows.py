"""A version of a directory row gives back the facts of each of its revisions."""

from __future__ import annotations

import pytest

from shared.tables.recorded_rows import RecordedRow, Revision

ROW = RecordedRow(
    {"id": "x", "valid_from": "2026-01-01", "email": "c@x", "roles": ["handler"]},
    3,
    (
        Revision("2026-02-01T00:00:00Z", "a", {"email": "a@x", "roles": None}),
        Revision("2026-03-01T00:00:00Z", "b", {"email": "b@x"}),
    ),
    {3: "second"},
)


@pytest.mark.parametrize(
    ("revision", "expected"),
    [
        pytest.param(1, {"id": "x", "valid_from": "2026-01-01", "email": "a@x"}, id="the first"),
        pytest.param(
            2, {"id": "x", "valid_from": "2026-01-01", "email": "b@x", "roles": ["handler"]}, id="one between"
        ),
        pytest.param(3, ROW.facts, id="the latest"),
        pytest.param(0, None, id="none"),
        pytest.param(4, None, id="one that was not written"),
    ],
)
def test_facts_of_a_revision(revision: int, expected: dict[str, object] | None):
    assert ROW.facts_at(revision) == expected
