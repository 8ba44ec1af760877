"""A text holds variables, conditions and simple filters: whatever else somebody writes is refused unrendered."""

from __future__ import annotations

import time

import pytest

from shared.wording.check_text import is_safe, problems_of
from shared.wording.links import foreign_hosts
from shared.wording.rendering import OutputTooLongError, rendered
from shared.wording.samples import extremes, known_variables, ordinary
from shared.wording.sources import Source, TextName, name_of, names

RECEIPT = name_of("petitioner.RECEIPT.EMAIL.vi")
ASSIGNED = name_of("officer.ASSIGNED.EMAIL.vi")
STANDS_FOR_THE_PETITIONER = ("f" * 32, "12345678")
OFFICER_TEXTS = [name for name in names() if name.reader == "officer"]


def source(text: str, subject: str = "Mã {{ reference }}") -> Source:
    return Source(text, subject, version="2026-11-03")


def rules(name: TextName, text: Source) -> set[str]:
    return {problem.rule for problem in problems_of(name, text)}


@pytest.mark.parametrize("name", OFFICER_TEXTS, ids=str)
def test_officers_texts_have_nothing_that_stands_for_the_petitioner_or_quotes_them(name: TextName):
    values = " ".join(str(value) for facts in (ordinary(name), *extremes(name)) for value in facts.values())

    assert not known_variables(name) & {"link", "pin", "text", "body", "answer", "progress"}
    assert not any(secret in values for secret in STANDS_FOR_THE_PETITIONER)


@pytest.mark.parametrize("variable", ["link", "pin", "answer", "text", "body", "progress"])
@pytest.mark.parametrize("place", ["text", "subject"])
def test_officers_text_with_what_is_the_petitioners_is_refused(variable: str, place: str):
    written = source(**{"text": "Xin xem.", "subject": "Mã", place: f"Xem {{{{ {variable} }}}}"})

    assert rules(ASSIGNED, written) == {"unknown-variable"}
    assert not is_safe(ASSIGNED, written)


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{% for c in link %}{{ c }}.{% endfor %}", id="a loop that takes a value apart"),
        pytest.param("{% for n in range(99999999) %}x{% endfor %}", id="a loop over a range"),
        pytest.param("{{ range(3) }}", id="a call"),
        pytest.param("{{ link.upper() }}", id="a method"),
        pytest.param("{{ link | replace('gov', 'evil') }}", id="replace"),
        pytest.param("{{ link | string | batch(1) | list }}", id="another filter"),
        pytest.param("{{ link | join('.evil.com ') }}", id="a separator with words"),
        pytest.param("{{ link | map('upper') | join }}", id="map"),
        pytest.param("{{ link[5:] }}", id="a slice"),
        pytest.param("{{ link[0] }}", id="an index"),
        pytest.param("{{ due_on.year }}", id="an attribute"),
        pytest.param("{{ due_on | attr('year') }}", id="an attribute by a filter"),
        pytest.param("{{ 'x' * 999999999 }}", id="a product that the compiler would evaluate"),
        pytest.param("{{ 9 ** 99999999 }}", id="a power that the compiler would evaluate"),
        pytest.param("{{ n + 1 }}", id="a sum"),
        pytest.param("{{ link ~ pin }}", id="a concatenation"),
        pytest.param("{{ '%0999999999d' % n }}", id="a format"),
        pytest.param("{{ 'evil.com' if n == 57 else '' }}", id="a conditional expression"),
        pytest.param("{{ n == 57 and 'evil.com' }}", id="a condition as a value"),
        pytest.param("{{ 'evil.com' }}", id="a constant"),
        pytest.param("{% set x = link %}{{ x }}", id="an assignment"),
        pytest.param("{% macro f() %}{% endmacro %}", id="a macro"),
        pytest.param("{% include 'officer.vi.txt' %}", id="an inclusion"),
        pytest.param("{% extends 'mail.html' %}", id="a frame"),
        pytest.param("{% filter upper %}x{% endfilter %}", id="a filter block"),
        pytest.param("{% with x = link %}{{ x }}{% endwith %}", id="a scope"),
        pytest.param("{% if link is defined %}x{% endif %}", id="a test"),
        pytest.param("{% if 'a' in link %}x{% endif %}", id="a search, which guesses a value by its parts"),
        pytest.param("{% if n * 9 > 3 %}x{% endif %}", id="arithmetic in a condition"),
        pytest.param("{{ self }}{{ self._TemplateReference__context }}", id="the template itself"),
    ],
)
def test_construct_that_is_not_listed_is_refused(template: str):
    started = time.perf_counter()

    broken = rules(RECEIPT, source(f"Mã {{{{ reference }}}} {template}"))

    assert broken & {"forbidden", "unknown-variable"}
    assert time.perf_counter() - started < 1


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("{% if n == 1 %}" * 300 + "{% endif %}" * 300, id="conditions in conditions"),
        pytest.param("{{ " + "(" * 4_000 + "n" + ")" * 4_000 + " }}", id="brackets"),
        pytest.param("{% if " + "not " * 2_000 + "n %}x{% endif %}", id="negations"),
        pytest.param("{{ n" + " | trim" * 1_000 + " }}", id="filters"),
        pytest.param("{{ n }}" * 1_400, id="variables"),
        pytest.param("{% if n %}a{% else %}b{% endif %}" * 200, id="branches"),
        pytest.param("x" * 10_001, id="characters"),
        pytest.param("{% if n == " + "9" * 9_000 + " %}x{% endif %}", id="digits"),
    ],
)
def test_template_is_bounded_before_it_is_compiled(template: str):
    started = time.perf_counter()

    broken = rules(RECEIPT, source(template))

    assert broken == {"too-complex"}
    assert time.perf_counter() - started < 2


def test_text_that_repeats_its_variables_is_bounded_when_it_is_saved_and_when_it_is_rendered():
    repeated = source("{{ answer }}" * 200)
    facts = ordinary(RECEIPT) | {"answer": "dài " * 5_000}

    assert rules(RECEIPT, repeated) == {"output-too-long"}
    with pytest.raises(OutputTooLongError):
        rendered(RECEIPT, repeated, facts)


@pytest.mark.parametrize(
    "template",
    [
        pytest.param("https://evil.example/?{{ digits }}", id="written out"),
        pytest.param("https://{{ digits }}.evil.example/", id="a host with a variable"),
        pytest.param("https://{{ site }}.evil.example/", id="our host as a part of another"),
        pytest.param("https://{{ site }}@evil.example/", id="our host as a user name"),
        pytest.param("https://bonoivu.gov.vn:x@evil.example/", id="our host with a password"),
        pytest.param("https:/evil.example", id="one slash"),
        pytest.param("https:\\\\evil.example", id="turned slashes"),
        pytest.param("//evil.example/x", id="no scheme"),
        pytest.param("HTTPS://EVIL.EXAMPLE", id="capital letters"),
        pytest.param("ftp://evil.example", id="another scheme"),
        pytest.param("www.evil.example", id="www"),
        pytest.param("evil.com/{{ digits }}", id="a bare host"),
        pytest.param("EVIL.COM", id="a bare host in capital letters"),
        pytest.param("http://203.0.113.7/", id="a number"),
        pytest.param("203.0.113.7", id="a bare number"),
        pytest.param("https://ác.example/", id="an international host"),
        pytest.param("https://evil.com／.gov.vn", id="a wide slash"),
        pytest.param("evil。com", id="an ideographic full stop"),
        pytest.param("hỏi ai@evil.example", id="an address"),
        pytest.param("{% if n == 57 %}https://evil.example{% endif %}", id="hidden by a rare condition"),
        pytest.param(
            "{% if is_conduct %}{% else %}{% if n > 90 %}evil.com{% endif %}{% endif %}", id="twice hidden"
        ),
        pytest.param("https://{% if n == 57 %}evil.example/{% endif %}{{ site }}", id="in the middle"),
        pytest.param(
            "ev{% if n == 57 %}il{% endif %}{% if n == 58 %}x{% else %}.c{% endif %}om", id="in pieces"
        ),
        pytest.param("{{ missing_parts or 'evil.com' }}", id="instead of an empty variable"),
        pytest.param("https://{{ unit_short or 'evil.example' }}/", id="instead of a rare variable"),
    ],
)
@pytest.mark.parametrize("place", ["text", "subject"])
def test_link_elsewhere_is_found_in_what_a_text_becomes(template: str, place: str):
    written = source(**{"text": "Mã {{ reference }}", "subject": "Mã", place: template})

    assert "foreign-link" in rules(RECEIPT, written)
    assert not is_safe(RECEIPT, written)


@pytest.mark.parametrize(
    "text",
    [
        "Xem https://dichvucong.gov.vn/x?y=1 hoặc bonoivu.gov.vn.",
        "Trụ sở: 8 Tôn Thất Thuyết, TP.HCM; PGS.TS. Nguyễn Văn A; v.v.",
        "Nghị định 61/2018/NĐ-CP, khoản 2.1.3; ngày 23.02.2026, lúc 8.30.",
        "Xin hỏi: mã/PIN, Ông/Bà; tel 1900 1547; hotro@bonoivu.gov.vn",
        "https://phananhkiennghi.bonoivu.gov.vn:8443/tra-cuu?ma=26483190275&t=ffff",
    ],
)
def test_ordinary_words_and_government_sites_are_no_foreign_link(text: str):
    assert foreign_hosts(text) == ()


@pytest.mark.parametrize(
    "template",
    [
        "Mã {{ reference }}: {% if text and text != body %}{{ text }}{% elif not is_named %}x{% else %}y{% endif %}",
        "{{ due_on | weekday }}, {{ received_on | day }}, {{ reference | upper | trim }}",
        "{% if state == 'CLOSED' and n >= 2 or is_overdue %}Xem {{ link }}{% endif %}",
        "{{ unit_short or 'noi co trach nhiem' }}",
    ],
)
def test_variables_conditions_and_simple_filters_are_a_letters_tools(template: str):
    assert problems_of(RECEIPT, source(template)) == ()
