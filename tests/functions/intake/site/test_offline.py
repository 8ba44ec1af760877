"""The service worker of the steps: what it keeps is public, and changes with its files; it is for these pages alone."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from tests.functions.intake.site.test_steps import MATTER, Visitor
from tests.support.system import System


def facts(intake: System) -> dict[str, Any]:
    code = intake.http("GET", "/gui/sw.js").text
    return {
        name: json.loads(value)
        for name, value in re.findall(r"^const (KEPT|OFFLINE) = (.+);$", code, re.MULTILINE)
    }


def test_worker_is_asked_for_anew_after_a_minute_and_rules_the_steps_alone(intake):
    answer = intake.http("GET", "/gui/sw.js")

    assert answer.header("Content-Type").startswith("text/javascript")
    assert answer.header("Cache-Control") == "public, max-age=60"
    assert answer.header("Service-Worker-Allowed") == "/gui"


def test_everything_that_it_keeps_is_public_and_sets_no_cookie(intake):
    answers = [opened(intake, address) for address in facts(intake)["KEPT"]]

    assert {answer.status for answer in answers} == {200}
    assert all(answer.header("Cache-Control").startswith("public") for answer in answers)
    assert not any(answer.header("Set-Cookie") for answer in answers)


def opened(intake: System, address: str) -> HttpResponse:
    path, _, query = address.partition("?")
    answer: HttpResponse = intake.http("GET", path, query=dict(re.findall(r"([^&=]+)=([^&]*)", query)))
    return answer


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_page_without_network_shows_nothing_of_whoever_asks_for_it(intake, lang):
    visitor = Visitor(intake)
    visitor.fill(visitor.get("/gui"), **MATTER)

    own = visitor.get(f"/gui/ngoai-tuyen?lang={lang}").text

    assert own == intake.http("GET", "/gui/ngoai-tuyen", query={"lang": lang}).text
    assert MATTER["content"] not in own
    assert '<div id="waiting"></div>' in own
    assert 'data-sends="0"' in own
