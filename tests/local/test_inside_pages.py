"""The workbench's pages and endpoints about what goes on inside, asked at the door."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

import pytest

from infra.local.emulation.functions import HttpRequest, HttpResponse
from infra.local.site.inside.lanes import SHOWN, lanes_of
from infra.local.site.words import PARTS
from infra.local.site.workbench import Workbench
from tests.local.test_traces import PETITION, submit
from tests.support.system import System

LANGUAGES = ("vi", "en")


class Door:
    """The workbench of one system, asked as a browser and as a script do."""

    def __init__(self, system: System) -> None:
        self._workbench = Workbench(system.local, [], moto_url="")

    def _ask(self, method: str, path: str, body: bytes = b"") -> HttpResponse:
        answer = self._workbench.answer(HttpRequest(method, f"/local{path}", {}, body))
        assert answer is not None
        return answer

    def get(self, path: str) -> HttpResponse:
        return self._ask("GET", path)

    def post(self, path: str, **facts: Any) -> HttpResponse:
        return self._ask("POST", path, json.dumps(facts).encode())

    def press(self, path: str, **fields: str) -> HttpResponse:
        return self._ask("POST", path, urlencode(fields).encode())


@pytest.fixture
def door(system: System) -> Door:
    return Door(system)


def words_of(page: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.text).split())


def let_route_die(system: System, door: Door) -> str:
    door.post("/faults", trigger="router.on_route", stopped=True)
    reference = submit(system)
    system.settle()
    door.press("/pages/queues", do="travel")
    return reference


# ---------------------------------------------------------------- the trace


def test_scripts_read_a_way_and_the_latest_references(system: System, door: Door):
    reference = submit(system)
    system.settle()

    trace = door.get(f"/trace?reference={reference}").json()

    assert door.get("/trace").json() == {"latest": [reference]}
    assert [step["function"] for step in trace["steps"][:3]] == ["intake", "router", "router"]


def test_an_unknown_reference_is_a_404_for_scripts_and_a_sentence_for_people(door: Door):
    assert door.get("/trace?reference=26859014637").status == 404
    assert "There is no petition with this reference" in door.get("/pages/trace?reference=1&lang=en").text


def test_the_page_tells_who_wrote_what_which_queue_notice_provider_and_receipt(system: System, door: Door):
    reference = submit(system)
    system.settle()

    text = words_of(door.get(f"/pages/trace?reference={reference}&lang=en"))

    for words in (
        "wrote version 1: Received petitioner",
        "wrote version 2: ",
        "notices",
        "esms",
        "Receipt: delivered",
        "No message waits.",
    ):
        assert words in text


def test_a_reference_may_be_typed_with_blanks(system: System, door: Door):
    reference = submit(system)

    spaced = f"{reference[:2]} {reference[2:6]} {reference[6:10]} {reference[10:]}"

    assert door.get(f"/trace?{urlencode({'reference': spaced})}").json()["reference"] == reference


def test_only_the_latest_steps_stand_in_the_table_unless_all_are_asked_for(system: System, door: Door):
    receipt = system.http("POST", "/v1/petitions", json=dict(PETITION)).json()
    reference, pin = receipt["reference"], {"X-Petition-Pin": receipt["pin"]}
    for number in range(4):
        more = {"content": f"Tôi xin nói thêm điều thứ {number}."}
        system.http("POST", f"/v1/petitions/{reference}/supplements", json=more, headers=pin)
        system.settle()

    short, whole = (door.get(f"/pages/trace?reference={reference}{more}").text for more in ("", "&all=1"))

    assert short.count('id="step-') == 12
    assert 'id="step-1"' in whole
    assert whole.count('id="step-') > 12


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["/pages/trace", "/pages/queues", "/pages/demonstration"])
def test_each_page_is_drawn_while_there_is_nothing(door: Door, path: str, language: str):
    page = door.get(f"{path}?lang={language}")

    assert page.status == 200
    assert f'<html lang="{language}"' in page.text
    assert "unsafe-inline" not in page.header("Content-Security-Policy")


def test_a_drawing_holds_the_latest_steps_and_a_line_from_each_cause():
    steps = [
        {"n": n, "function": ("a", "b")[n % 2], "outcome": "done", "from": n - 1 if n > 1 else None}
        for n in range(1, SHOWN + 6)
    ]

    lanes = lanes_of(steps, ("a", "b"))

    assert (len(lanes.dots), len(lanes.lines), lanes.left_out) == (SHOWN, SHOWN - 1, 5)
    assert {dot.y for dot in lanes.dots} == set(lanes.levels)
    assert max(dot.x for dot in lanes.dots) < lanes.width


def test_no_word_stands_in_two_modules_and_each_has_both_languages():
    for language in LANGUAGES:
        names = [name for part in PARTS for name in part.WORDS[language]]
        assert len(names) == len(set(names))
    assert [set(part.WORDS["vi"]) for part in PARTS] == [set(part.WORDS["en"]) for part in PARTS]


# ---------------------------------------------------------------- dead letters and faults


def test_a_dead_letter_is_shown_put_back_and_gone(system: System, door: Door):
    reference = let_route_die(system, door)
    before = words_of(door.get("/pages/queues?lang=en"))
    door.press("/pages/queues", do="start", trigger="router.on_route")
    (dead,) = door.get("/dead-letters").json()["dead"]

    answer = door.press("/pages/queues", do="back", queue=dead["queue"], id=dead["id"])

    assert "router.on_route : the function is off" in before
    assert reference[2:6] in before
    assert answer.header("Location").endswith("/pages/queues?said=put-back&count=1")
    assert door.get("/dead-letters").json()["dead"] == []


def test_scripts_put_back_and_drop(system: System, door: Door):
    let_route_die(system, door)

    back = door.post("/dead-letters/back", queue="routing").json()
    again = door.post("/dead-letters/drop").json()

    assert (back, again) == ({"messages": 1}, {"messages": 0})


def test_what_is_not_possible_is_refused_with_a_reason(door: Door):
    refused = door.post("/dead-letters/back", queue="routing", id="gone")
    pressed = door.press("/pages/queues", do="back", queue="routing", id="gone")

    assert (refused.status, refused.json()["code"]) == (409, "not-possible")
    assert "said=not-possible" in pressed.header("Location")
    assert "no longer there" in door.get("/pages/queues?said=not-possible&lang=en").text


def test_words_are_not_taken_from_the_address(door: Door):
    page = door.get("/pages/queues?said=%3Cb%3E&count=%3Cb%3E")

    assert page.status == 200
    assert "<b>" not in page.text


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"trigger": "intake.http", "stopped": True}, id="no trigger of a queue"),
        pytest.param({"sms_refusals": 1_000}, id="too many"),
        pytest.param({"sms_refusals": "x"}, id="no number"),
        pytest.param({"sms_refusals": True}, id="no number either"),
    ],
)
def test_faults_that_there_are_not_are_refused(door: Door, facts: dict[str, Any]):
    assert door.post("/faults", **facts).status == 400


def test_faults_are_listed_and_taken_off(door: Door):
    on = door.post("/faults", trigger="router.on_route", stopped=True, sms_refusals=2).json()
    off = door.post("/faults", trigger="router.on_route", stopped=False, sms_refusals=0).json()

    assert on == {"stopped": ["router.on_route"], "sms_refusals": 2}
    assert off == door.get("/faults").json() == {"stopped": [], "sms_refusals": 0}


# ---------------------------------------------------------------- the demonstration


def test_a_press_plays_the_next_scene_and_the_page_shows_it(door: Door):
    answer = door.press("/pages/demonstration", do="step")

    page = words_of(door.get("/pages/demonstration?lang=en"))
    assert answer.status == 303
    assert "Day 0 of 62: paused" in page
    assert "PAKN Toi la giao vien hop dong" in page
    assert "BNV da nhan PAKN" in page


def test_scripts_give_orders_and_read_where_it_stands(door: Door):
    facts = door.post("/demonstration", do="step").json()

    assert [each["scene"] for each in facts["shown"]] == ["sms"]
    assert door.get("/demonstration").json() == facts
    assert door.post("/demonstration", do="dance").status == 400
