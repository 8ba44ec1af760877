"""Every member of an enumeration that people see has its words, in both languages."""

from __future__ import annotations

from enum import StrEnum

import pytest

from shared.web import labels
from shared.web.i18n import gettext

TABLES = {
    name: table
    for name, table in vars(labels).items()
    if isinstance(table, dict) and all(isinstance(key, StrEnum) for key in table) and name != "MOVES"
}
SAME_IN_BOTH = {"Email"}
"""Words that are Vietnamese and English."""


def test_every_table_of_words_is_looked_at():
    assert {"STATES", "ACTIONS", "NOTICES", "AUDIENCES", "CHANNELS", "KINDS", "REPLY_BY"} <= TABLES.keys()


@pytest.mark.parametrize("name", TABLES)
def test_every_member_has_its_words(name: str):
    table = TABLES[name]
    members = type(next(iter(table)))

    missing = [member for member in members if member not in table]

    assert not missing, f"{name} in shared/web/labels.py has no words for {missing}"


@pytest.mark.parametrize("name", TABLES)
def test_all_words_have_their_english(name: str):
    english = gettext("en")

    assert {text for text in TABLES[name].values() if english(text) == text} <= SAME_IN_BOTH
