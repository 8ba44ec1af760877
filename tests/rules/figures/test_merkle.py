"""The daily root: every head leads to it, nothing else does, and it tells nobody which petitions there are."""

import hashlib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.figures.merkle import NOTHING_BEFORE, Statement, leaf_of, top_of, tree_of

LEAVES = st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), min_size=1, max_size=40, unique=True)


@given(leaves=LEAVES)
def test_every_leaf_leads_to_the_top(leaves):
    top, paths = tree_of(leaves)

    assert set(paths) == set(leaves)
    assert all(top_of(leaf, path) == top for leaf, path in paths.items())


@given(leaves=LEAVES, other=st.binary(min_size=32, max_size=32).map(bytes.hex))
def test_what_is_no_leaf_leads_elsewhere(leaves, other):
    top, paths = tree_of(leaves)

    assert other in leaves or all(top_of(other, path) != top for path in paths.values())


@given(leaves=LEAVES)
def test_order_of_arrival_changes_nothing(leaves):
    assert tree_of(leaves) == tree_of(reversed(leaves))


def test_tree_of_two_is_what_the_documented_recipe_says():
    item, two = sorted(hashlib.sha256(name).digest() for name in (b"a", b"b"))
    hashes = [hashlib.sha256(b"\x00" + leaf).digest() for leaf in (item, two)]

    top, _paths = tree_of([two.hex(), item.hex()])

    assert top == hashlib.sha256(b"\x01" + hashes[0] + hashes[1]).hexdigest()


def test_day_without_changes_has_a_root_all_the_same():
    top, paths = tree_of([])

    assert (top, paths) == (hashlib.sha256(b"").hexdigest(), {})


@pytest.mark.parametrize("part", range(4))
def test_leaf_is_another_when_any_part_is(part):
    head = ("26483190274", 3, "a" * 64, "b" * 64)
    another = ("26483190275", 4, "c" * 64, "d" * 64)
    mixed: Any = (*head[:part], another[part], *head[part + 1 :])

    assert leaf_of(*head) != leaf_of(*mixed)


def test_statement_names_the_root_before():
    first = Statement(date(2026, 11, 3), 2, "1" * 64, NOTHING_BEFORE)
    second = Statement(date(2026, 11, 4), 0, "2" * 64, first.root)

    assert f"previous: {first.root}\n" in second.text
    assert second.root == hashlib.sha256(second.text.encode()).hexdigest()
