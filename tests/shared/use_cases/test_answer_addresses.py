"""Addresses of published answers: made from the name and the title, read back without an index."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.use_cases.answer_addresses import (
    LONGEST_SLUG,
    answer_address,
    id_of,
    permanent,
    read_address,
    slug_of,
)

NAME = "2026-11-27T03:04:05Z#0a1b2c3d"


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        pytest.param("Xã sáp nhập, đổi sổ đỏ không?", "xa-sap-nhap-doi-so-do-khong", id="Vietnamese"),
        pytest.param("  “Nâng ngạch” – 2026/HN ", "nang-ngach-2026-hn", id="signs"),
        pytest.param("???", "", id="no word"),
        pytest.param("việc " * 40, "-".join(["viec"] * 16), id="cut between words"),
        pytest.param("a" * 200, "a" * LONGEST_SLUG, id="one long word"),
    ],
)
def test_slug_is_made_of_the_title(title, slug):
    assert slug_of(title) == slug


@given(
    st.datetimes(min_value=datetime(2018, 6, 18), max_value=datetime(2080, 1, 1)),  # noqa: DTZ001 - printed as UTC
    st.text("0123456789abcdef", min_size=8, max_size=8),
    st.text(max_size=60),
)
def test_address_names_its_answer(at, submission, title):
    name = f"{at:%Y-%m-%dT%H:%M:%S}Z#{submission}"

    address = answer_address(name, title)

    read = read_address(address.rpartition("/")[2])
    assert read is not None
    assert read.name == name
    assert read.slug == slug_of(title)
    assert address.isascii()
    assert read_address(id_of(address)) == (name, "")
    assert address.startswith(permanent(address))


@pytest.mark.parametrize(
    "part", ["", "tep", "x", "t3k9z10a1b2c3", "T3K9Z10A1B2C3D", "t3k9z10a1b2c3d_x", "%00"]
)
def test_what_can_be_no_address_names_nothing(part):
    assert read_address(part) is None
