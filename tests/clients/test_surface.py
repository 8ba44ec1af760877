"""Nothing that the API promised goes away, and nothing more is asked of those who call it (ADR 0064)."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.clients.surface import DOCUMENTS, MUST, promised, recorded_file


def broken(name: str, now: set[str]) -> set[str]:
    """Return the promises that are gone, and the inputs that are required now and were not before."""
    then = set(recorded_file(name).read_text("utf-8").splitlines())
    schemas = {line.partition(".")[0] for line in then}
    gone = {line for line in then - now if not line.startswith(MUST)}
    added = {line for line in now - then if line.startswith(MUST) and line.partition(".")[0] in schemas}
    return gone | added


@pytest.mark.parametrize("name", DOCUMENTS)
def test_promise_is_kept(name: str):
    assert broken(name, promised(DOCUMENTS[name]())) == set()


def test_member_that_is_removed_or_becomes_required_is_noticed():
    document = deepcopy(DOCUMENTS["petitions"]())
    schemas = document["components"]["schemas"]

    del schemas["ReceiptView"]["properties"]["due_on"]
    schemas["PetitionInput"]["required"].append("subject")

    assert broken("petitions", promised(document)) == {"ReceiptView.due_on", f"{MUST}PetitionInput.subject"}
