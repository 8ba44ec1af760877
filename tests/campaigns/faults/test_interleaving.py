"""The same submission sent twice at once is one petition, wherever the second overtakes the first.

One request is stopped before each of its AWS calls in turn, and another runs from beginning to end meanwhile: every
order in which two such requests can meet at the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from tests.support.people import CITIZEN, CONTENT
from tests.support.system import System

FORM = {"content": CONTENT, "name": "An", "address": "Huế", "phone": "0912 345 678", "key": "page-1"}
BODY = {"content": CONTENT, "petitioner": CITIZEN}
LONGEST = 12
"""Calls that no request of these makes."""


def as_json(system: System) -> HttpResponse:
    answer: HttpResponse = system.http("POST", "/v1/petitions", json=BODY, headers={"Idempotency-Key": "k"})
    return answer


def as_form(system: System) -> HttpResponse:
    answer: HttpResponse = system.http("POST", "/gui", form=FORM)
    return answer


def kept_in(answers: list[HttpResponse], send: Callable[[], HttpResponse]) -> Callable[[], None]:
    return lambda: answers.append(send())


def meetings(system: System, send: Callable[[], HttpResponse]) -> Iterator[tuple[int, list[HttpResponse]]]:
    """Let `send` overtake `send` before each of its calls; yield the number of the call and all answers."""
    send()
    for number in range(1, LONGEST):
        system.reset()
        others: list[HttpResponse] = []
        with system.faults.overtaken(number, kept_in(others, send)) as gate:
            first = send()
            was_overtaken = bool(gate.injected)
        if not was_overtaken:
            return
        yield number, [first, *others]


@pytest.mark.parametrize("send", [pytest.param(as_json, id="a program"), pytest.param(as_form, id="a page")])
def test_same_key_is_one_petition_under_any_interleaving(system, send):
    met = 0
    for number, answers in meetings(system, lambda: send(system)):
        met += 1
        (stored,) = system.items("petitions")
        assert {answer.status for answer in answers} <= {200, 201}, number
        assert [answer.status for answer in answers].count(201) == 1, number
        assert all(stored["reference"]["S"] in answer.text.replace(" ", "") for answer in answers), number
        assert stored["version"] == {"N": "1"}, number

    assert met >= 3


def test_same_supplement_twice_at_once_is_one_entry(system):
    def begin() -> dict[str, Any]:
        receipt: dict[str, Any] = as_json(system).json()
        return receipt

    def supplement(receipt: dict[str, Any]) -> HttpResponse:
        answer: HttpResponse = system.http(
            "POST",
            f"/v1/petitions/{receipt['reference']}/supplements",
            json={"content": "Tôi nộp ngày 3/3."},
            headers={"X-Petition-Pin": receipt["pin"], "Idempotency-Key": "s"},
        )
        return answer

    for number in range(1, LONGEST):
        system.reset()
        receipt = begin()
        others: list[HttpResponse] = []
        with system.faults.overtaken(number, kept_in(others, partial(supplement, receipt))) as gate:
            first = supplement(receipt)
            if not gate.injected:
                break
        assert {answer.status for answer in (first, *others)} <= {200, 201}, number
        entries = [entry for entry in first.json()["history"] if entry["action"] == "supplement"]
        assert len(entries) == 1, number
    assert number > 3
