"""Headings break between words, not inside them."""

from __future__ import annotations

import pytest

from chalicelib.intake.site.headings import with_whole_words

NO_BREAK = "\u00a0"


@pytest.mark.parametrize(
    ("html", "joined"),
    [
        pytest.param(
            "<h1>Tra cứu phản ánh, kiến nghị</h1>", "<h1>Tra~cứu phản~ánh, kiến~nghị</h1>", id="words"
        ),
        pytest.param("<h2 id='a'>Phản ánh\nở xã</h2>", "<h2 id='a'>Phản~ánh\nở xã</h2>", id="capitals"),
        pytest.param("<p>phản ánh</p><h2>x</h2>", "<p>phản ánh</p><h2>x</h2>", id="text is left as it is"),
        pytest.param("<h1>Đơn vịnh</h1>", "<h1>Đơn vịnh</h1>", id="whole words only"),
        pytest.param("<header>phản ánh</header>", "<header>phản ánh</header>", id="no heading"),
        pytest.param('<h2 title="phản ánh">x</h2>', '<h2 title="phản ánh">x</h2>', id="attributes"),
    ],
)
def test_words_of_two_syllables_stay_together(html: str, joined: str):
    assert with_whole_words(html) == joined.replace("~", NO_BREAK)
