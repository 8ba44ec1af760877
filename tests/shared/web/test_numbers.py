"""Numbers as each language writes them."""

from __future__ import annotations

import pytest

from shared.web.rendering import decimal, file_size


@pytest.mark.parametrize(
    ("value", "vietnamese", "english"),
    [
        pytest.param(5.2, "5,2", "5.2", id="one decimal"),
        pytest.param(0.0, "0", "0", id="nothing"),
        pytest.param(100.0, "100", "100", id="zeros that count stay"),
        pytest.param(4.25, "4,25", "4.25", id="two decimals"),
    ],
)
def test_decimal_numbers_are_written_as_the_language_does(value, vietnamese, english):
    assert (decimal(value, "vi"), decimal(value, "en")) == (vietnamese, english)


def test_length_of_a_file_is_written_as_the_language_does():
    assert file_size(1_500_000, "vi") == "1,4 MB"
    assert file_size(1_500_000, "en") == "1.4 MB"
