"""Every state is whole: a missing set, move, builder, word, sample or line of the docs is named here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from infra.layout import ROOT
from infra.seed.petitions import samples
from shared.domain.petition.lifecycle import (
    ENDED,
    MOVES,
    RESTRICTED_LANE,
    RESULT_KNOWN,
    UNANSWERED,
    State,
)
from shared.web.i18n import gettext
from shared.web.labels import STATES
from tests.support.builders import a_petition

SETS = {
    "UNANSWERED": UNANSWERED,
    "RESULT_KNOWN": RESULT_KNOWN,
    "RESTRICTED_LANE": RESTRICTED_LANE,
    "ENDED": ENDED,
}
DOMAIN = (ROOT / "docs" / "domain.md").read_text("utf-8")


def holes(state: State) -> Iterator[str]:
    """Yield each part that a state lacks, and the place where it belongs."""
    if len([name for name, states in SETS.items() if state in states]) != 1:
        yield f"not in exactly one of {', '.join(SETS)} (lifecycle.py)"
    if state is not State.RECEIVED and all(move.target is not state for move in MOVES.values()):
        yield "no action leads to it (MOVES in lifecycle.py)"
    if not any(state in move.sources for move in MOVES.values()):
        yield "no action is possible in it (MOVES in lifecycle.py)"
    if a_petition(state).state is not state:
        yield "a_petition does not lead to it (tests/support/builders.py)"
    label = STATES.get(state, "")
    if not label:
        yield "no words (STATES in shared/web/labels.py)"
    elif gettext("en")(label) == label:
        yield f"no English for {label!r}: `make messages`, then shared/web/locale"
    if f"\n| `{state}` | {label} |" not in DOMAIN:
        yield "no line in the table of docs/domain.md"
    if all(sample.ends is not state for sample in samples()):
        yield "no sample ends in it (infra/seed/petitions.json)"


@pytest.mark.parametrize("state", State)
def test_state_has_no_hole(state: State):
    missing = list(holes(state))

    assert not missing, "\n".join((f"{state}:", *missing))
