"""A text is put in force only when it renders whatever is put in, names the petition and costs what it may."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from shared.tables.directory import Directory
from shared.wording.check_text import longest, problems_of
from shared.wording.rendering import rendered
from shared.wording.samples import known_variables, ordinary
from shared.wording.sources import (
    Source,
    TextMissingError,
    TextName,
    in_force,
    name_of,
    names,
    packaged,
    text_rows,
)

SMS, MAIL = name_of("petitioner.RECEIPT.SMS.vi"), name_of("petitioner.RECEIPT.EMAIL.vi")
GOOD = "PAKN {{ digits }} da nhan."


@pytest.mark.parametrize("name", names(), ids=str)
def test_every_packaged_text_would_pass_what_administrators_texts_must(name: TextName):
    assert problems_of(name, packaged(name)) == ()


@pytest.mark.parametrize(
    ("text", "rule", "detail"),
    [
        pytest.param("", "missing", "", id="nothing"),
        pytest.param("PAKN {{ digits", "syntax", "1: ", id="braces that do not close"),
        pytest.param("PAKN {{ digits | sort_of }}", "syntax", "sort_of", id="a filter that there is not"),
        pytest.param("PAKN {{ digitz }}", "unknown-variable", "digitz", id="a misspelt variable"),
        pytest.param(
            "{% if moved_on %}{{ digits }}{% endif %}", "unknown-variable", "moved_on", id="in a condition"
        ),
        pytest.param(
            "PAKN {{ digits }} {{ ''.__class__.__mro__ }}", "forbidden", "", id="a way out of the sandbox"
        ),
        pytest.param("PAKN {{ digits }} {{ 1 / 0 }}", "forbidden", "Div", id="a division by zero"),
        pytest.param("PAKN {{ digits }} {{ text }}", "gap", "", id="what a petition may lack"),
        pytest.param("Da nhan phan anh.", "no-reference", "", id="no reference"),
        pytest.param(
            "PAKN {{ digits }} http://pakn.example.com/x",
            "foreign-link",
            "pakn.example.com",
            id="a foreign site",
        ),
        pytest.param("PAKN {{ digits }} " + "dai " * 40, "over-budget", "176 / 2", id="longer than one SMS"),
        pytest.param("PAKN {{ digits }} ok 👍", "not-gsm7", "👍", id="a sign that no GSM-7 has"),
    ],
)
def test_what_is_wrong_is_said(text: str, rule: str, detail: str):
    problems = problems_of(SMS, Source(text))

    assert (problems[0].place, problems[0].rule) == ("text", rule)
    assert detail in problems[0].detail


@pytest.mark.parametrize(
    ("source", "name"),
    [
        pytest.param(Source(GOOD), SMS, id="a plain SMS"),
        pytest.param(Source(GOOD + " dai" * 40, max_segments=2), SMS, id="two SMS where two are allowed"),
        pytest.param(
            Source("PAKN {{ digits }} đã nhận.", is_unicode=True), SMS, id="accents where they are asked for"
        ),
        pytest.param(Source(GOOD + " Xem https://dichvucong.gov.vn/x"), SMS, id="another government site"),
        pytest.param(
            Source("Đã nhận.", subject="Mã {{ reference }}"),
            MAIL,
            id="an e-mail, whose frame names the reference",
        ),
    ],
)
def test_what_may_go_out(source: Source, name: TextName):
    assert problems_of(name, source) == ()


def test_mail_needs_a_subject_and_the_budget_ends_at_three():
    assert problems_of(MAIL, Source("Đã nhận {{ reference }}.", subject=" "))[0].place == "subject"
    assert problems_of(SMS, Source(GOOD, max_segments=4))[0] == ("max_segments", "out-of-range", "3")


def test_accents_make_an_sms_dearer():
    text = "PAKN {{ digits }}: " + "đã nhận phản ánh, kiến nghị của Ông/Bà. " * 2

    assert longest(SMS, Source(text)).segments == 1
    assert longest(SMS, Source(text, is_unicode=True)).segments == 2


def test_only_a_text_that_exists_can_be_named():
    with pytest.raises(TextMissingError):
        name_of("petitioner.RECEIPT.FAX.vi")


def test_variables_of_several_notices_are_known_only_there():
    assert "headlines" in known_variables(name_of("petitioner.BATCH.SMS.vi"))
    assert "headlines" not in known_variables(SMS)


class Rows:
    """A directory with one text that was stored under the former name of its notice."""

    def rows(self, kind: str) -> tuple[dict[str, Any], ...]:
        text = "{{ count }} tin moi ve {{ cases | join(' ') }}"
        return ({"id": "petitioner.BUNCH.SMS.vi", "valid_from": "2026-01-01", "text": text},)


def test_row_stored_under_the_former_name_of_its_text_is_still_read():
    name = name_of("petitioner.BUNCH.SMS.vi")
    rows = text_rows(cast("Directory", Rows()))

    assert str(name) == "petitioner.BATCH.SMS.vi"
    source = in_force(name, rows, date(2026, 11, 3))
    assert source is not None
    assert problems_of(name, source) == ()
    assert rendered(name, source, ordinary(name)).text == "2 tin moi ve 26483190275"
