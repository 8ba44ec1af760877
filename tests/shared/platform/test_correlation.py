"""The id of the cause: which ids are taken, what goes on under it, and what begins a trail of its own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.platform import correlation

ID = "0d3f1c9e-5b1a-4f57-9c0e-6a1b2c3d4e5f"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = "00f067aa0ba902b7"


@pytest.mark.parametrize(
    ("headers", "taken"),
    [
        pytest.param({"x-correlation-id": ID}, ID, id="a UUID"),
        pytest.param({"x-correlation-id": ID.upper()}, ID, id="a UUID in capitals"),
        pytest.param({"traceparent": f"00-{TRACE}-{PARENT}-01"}, TRACE, id="W3C Trace Context"),
        pytest.param(
            {"traceparent": f"00-{TRACE}-{PARENT}-01", "x-correlation-id": ID}, ID, id="both: the plainer one"
        ),
        pytest.param(
            {"traceparent": f"00-{TRACE}-{PARENT}-01", "x-correlation-id": "x"}, TRACE, id="one of them wrong"
        ),
        pytest.param({}, None, id="none"),
        pytest.param({"x-correlation-id": "Tran Thi Mua"}, None, id="a name"),
        pytest.param({"x-correlation-id": "0912345678"}, None, id="a telephone number"),
        pytest.param({"x-correlation-id": f"{ID}\r\nSet-Cookie: a=b"}, None, id="another header"),
        pytest.param({"x-correlation-id": f"{ID}\n"}, None, id="the end of a line"),
        pytest.param({"x-correlation-id": "a" * 31}, None, id="too short"),
        pytest.param({"x-correlation-id": "00000000-0000-4000-8000-0912345678ab"}, None, id="a number in it"),
        pytest.param({"x-correlation-id": "ab84912345678cd0000000000000eeee"}, None, id="a number abroad"),
        pytest.param({"x-correlation-id": "aaaaaaaa-bbbb-4ccc-8ddd-001085012345"}, None, id="a citizen's"),
        pytest.param({"traceparent": f"00-{'0' * 32}-{PARENT}-01"}, None, id="no trace"),
        pytest.param({"traceparent": f"00-{TRACE}-{PARENT}-01-x"}, None, id="more than W3C has"),
    ],
)
def test_id_of_a_caller_is_taken_only_in_our_format(headers: dict[str, str], taken: str | None):
    assert correlation.id_of_caller(headers) == taken


@given(st.text())
def test_nothing_that_somebody_writes_is_an_id(text: str):
    taken = correlation.id_of_caller({"x-correlation-id": text, "traceparent": text})

    assert taken is None or set(taken) <= set("0123456789abcdef-")


def test_first_id_of_an_allowed_format_names_the_work():
    with correlation.begun(None, "", "Trần Thị Mùa", ID, TRACE) as name:
        assert name == ID == correlation.handed_on()

    assert correlation.cause() is None


def test_work_without_an_id_gets_a_new_one_each_time():
    with correlation.begun(None) as first, correlation.begun("x") as second:
        assert correlation.is_id(first)
        assert correlation.is_id(second)
        assert first != second


def test_work_in_work_goes_back_to_the_id_around_it_and_keeps_the_invocation():
    with correlation.begun(ID, invocation="lambda-1"):
        with correlation.begun(TRACE):
            assert correlation.cause() == correlation.Cause(TRACE, "lambda-1")
        assert correlation.cause() == correlation.Cause(ID, "lambda-1")


def test_job_for_many_petitions_hands_nothing_on():
    with correlation.begun(ID, is_shared=True):
        assert correlation.handed_on() is None
        current = correlation.cause()
        assert current is not None
        assert current.id == ID, "its own log lines bear it"


def test_what_is_stored_leads_on_until_the_work_ends():
    with correlation.begun(ID):
        with correlation.begun(None):
            correlation.follow(TRACE)
            assert correlation.handed_on() == TRACE
            correlation.follow(None)
            correlation.follow("not an id")
            assert correlation.handed_on() == TRACE
        assert correlation.handed_on() == ID


def test_outside_of_any_work_nothing_is_followed():
    correlation.follow(ID)

    assert correlation.handed_on() is None
