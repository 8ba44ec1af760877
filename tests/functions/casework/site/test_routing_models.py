"""Administrators see, try and undo a model of the router at the desk."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from shared.domain.calendar.working_calendar import local_date
from shared.routing.model import digest_of
from shared.tables import directory as directory_cache
from shared.tables.directory import Directory
from shared.tables.routing.candidates import Candidate, Candidates, CandidateState, Compared
from tests.bench import routing
from tests.support.administration import confirm_page
from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer
from tests.support.system import System

PAGE = "/desk/routing/models"
FIELD = "TL"
SCORE = {
    "ordinary": 200,
    "spoken": 150,
    "right": 141,
    "held": 20,
    "restricted": 4,
    "denunciations": 50,
    "leaked": 0,
}


def seeded(model: str = "model-field") -> dict[str, Any]:
    rows = json.loads(routing.RULES.read_text("utf-8"))
    return next(dict(row) for row in rows if row["id"] == model)


def stores(system: System) -> tuple[Directory, Candidates]:
    directory_cache.forget()
    outputs = system.local.cloud.outputs
    directory = Directory(outputs["DirectoryTable"])
    return directory, Candidates(directory, outputs["StatisticsTable"])


@pytest.fixture
def candidate(system: System) -> Candidate:
    """A model that sends everything to one field, trained eight days ago."""
    row = seeded()
    row["bias"] = [50.0 if name == FIELD else 0.0 for name in row["classes"]]
    del row["valid_from"]
    better = {**SCORE, "right": 144}
    candidate = Candidate(
        id="model-field",
        month="2026-10",
        trained_at=system.clock.now() - timedelta(days=8),
        state=CandidateState.SHADOW,
        version=digest_of(row),
        base=digest_of(seeded()),
        confirmed=310,
        corrected=42,
        frozen=Compared(in_force=SCORE, candidate=better),
        decisions=Compared(in_force=SCORE, candidate={**SCORE, "spoken": 0, "right": 0}),
        row=row,
    )
    stores(system)[1].write(candidate)
    directory_cache.forget()
    return candidate


def field_of_the_next(system: System) -> str:
    citizen = Citizen(system)
    citizen.send()
    return str(Officer(system, "lan.tiepnhan").petition(citizen.reference)["field"])


def use(system: System, version: str, model: str = "model-field") -> HttpResponse:
    return Browser(system, "quantri").post(PAGE, {"model": model, "version": version})


def test_page_shows_each_model_with_its_version_and_weightiest_phrases(system: System):
    page = Browser(system, "quantri").get(PAGE)

    assert page.status == 200
    assert digest_of(seeded()) in page.text
    assert digest_of(seeded("model-denunciation")) in page.text
    (heaviest,) = re.findall(r"<dt>Tiền lương và bảo hiểm xã hội</dt><dd>([^<]+)</dd>", page.text)
    assert set(heaviest.split(", ")) <= {each.rpartition(":")[0] for each in seeded()["weights"].split("|")}
    assert PAGE in Browser(system, "quantri").get("/desk/routing").text


def test_page_shows_figures_of_the_candidate_beside_those_in_force(system: System, candidate: Candidate):
    citizen = Citizen(system)
    citizen.send()

    page = Browser(system, "quantri").get(PAGE).text

    assert candidate.version in page
    assert ">310<" in page
    assert ">42<" in page
    assert "94 %" in page
    assert "96 %" in page
    assert "Đã chạy thử trên 1 hồ sơ mới." in page
    assert "<li>Cán bộ, công chức, viên chức → Tiền lương và bảo hiểm xã hội:" in page
    assert citizen.reference not in page


def test_page_is_whole_in_english(system: System, candidate: Candidate):
    page = Browser(system, "quantri").get(f"{PAGE}?lang=en").text

    assert "Routing models" in page
    assert "Right when it sends on" in page
    assert "Apply from today" in page


def test_candidate_takes_effect_when_a_second_person_has_confirmed_it(system: System, candidate: Candidate):
    proposed = use(system, candidate.version)

    assert field_of_the_next(system) == "CCVC"
    assert confirm_page(system, proposed).status == 303
    directory_cache.forget()
    assert field_of_the_next(system) == FIELD
    page = Browser(system, "quantri").get(PAGE).text
    assert "352 quyết định của cán bộ" in page
    assert "Áp dụng từ hôm nay" not in page


def test_preview_of_a_version_counts_what_each_unit_would_get_more_and_fewer(
    system: System, candidate: Candidate
):
    Citizen(system).send()
    Citizen(system).send()
    browser = Browser(system, "quantri")

    page = browser.post(PAGE, {"model": "model-field", "preview": candidate.version})

    rows = re.findall(
        r'<tr><td>([^<]+)</td><td class="number">(\d+)</td><td class="number">(\d+)</td></tr>',
        page.text.partition('id="preview"')[2].partition("</table>")[0],
    )
    assert page.status == 200
    assert "Đã thử trên 2 hồ sơ gần nhất" in page.text
    assert {(int(more), int(fewer)) for _unit, more, fewer in rows} == {(2, 0), (0, 2)}
    assert "Vụ Công chức - Viên chức" in {unit for unit, _more, _fewer in rows}
    assert 'id="waiting"' not in Browser(system, "hien.quantri").get("/desk/proposals").text, (
        "nothing was changed"
    )


def test_earlier_version_is_taken_back_by_a_click(system: System, candidate: Candidate):
    confirm_page(system, use(system, candidate.version))
    system.travel(days=1)

    undone = use(system, digest_of(seeded()))

    assert confirm_page(system, undone).status == 303
    directory_cache.forget()
    assert field_of_the_next(system) == "CCVC"
    rows = [row for row in stores(system)[0].rows("routing-rule") if row["id"] == "model-field"]
    assert [digest_of(row) for row in sorted(rows, key=lambda row: row["valid_from"])] == [
        digest_of(seeded()),
        candidate.version,
        digest_of(seeded()),
    ]


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"state": CandidateState.WORSE}, id="worse than the model in force"),
        pytest.param({"days": 6}, id="not yet a week in shadow"),
    ],
)
def test_candidate_that_was_not_tried_or_failed_cannot_take_effect(
    system: System, candidate: Candidate, facts: dict[str, Any]
):
    trained_at = system.clock.now() - timedelta(days=facts.get("days", 8))
    stores(system)[1].write(candidate.model_copy(update={"trained_at": trained_at, **facts}))
    directory_cache.forget()

    refused = use(system, candidate.version)

    assert refused.status == 422
    assert "Áp dụng từ hôm nay" not in Browser(system, "quantri").get(PAGE).text
    assert 'id="waiting"' not in Browser(system, "hien.quantri").get("/desk/proposals").text


@pytest.mark.parametrize(
    ("model", "version"),
    [
        pytest.param("model-field", "00000000", id="no such version"),
        pytest.param("model-x", "", id="no such model"),
    ],
)
def test_unknown_model_or_version_is_not_found(system: System, model: str, version: str):
    assert use(system, version, model).status == 404


def test_text_is_tried_by_both_and_stays_in_its_place(system: System, candidate: Candidate):
    text = "Xin hỏi thủ tục thi nâng ngạch chuyên viên chính <năm nay>"

    page = Browser(system, "quantri").post(PAGE, {"text": text})

    assert page.status == 200
    tried = page.text.partition('id="tried"')[2].partition("</section>")[0]
    assert tried.count("<h3>") == 2
    assert "nâng ngạch" in tried
    assert "→ Cán bộ, công chức, viên chức" in tried
    assert not re.search(r"→ [A-Z]{2,}", tried), "names of fields, not their codes"
    assert "&lt;năm nay&gt;" in page.text


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"id": "model-of-earlier"}, id="its model has ended"),
        pytest.param({"row": seeded() | {"weights": "?"}}, id="it cannot be used"),
    ],
)
def test_candidate_that_cannot_run_is_left_out_of_the_trial(
    system: System, candidate: Candidate, facts: dict[str, Any]
):
    directory, candidates = stores(system)
    directory.remove("routing-candidate", candidate.id, local_date(candidate.trained_at))
    candidates.write(candidate.model_copy(update=facts))
    directory_cache.forget()

    page = Browser(system, "quantri").post(PAGE, {"text": "Xin hỏi thủ tục thi nâng ngạch"})

    assert page.status == 200
    assert page.text.partition('id="tried"')[2].partition("</section>")[0].count("<h3>") == 1


@pytest.mark.parametrize("text", [pytest.param(" ", id="nothing"), pytest.param("a" * 10_001, id="too much")])
def test_text_that_cannot_be_tried_is_kept_with_a_reason(system: System, text: str):
    page = Browser(system, "quantri").post(PAGE, {"text": text})

    assert page.status == 422
    assert 'id="problem"' in page.text


@pytest.mark.parametrize("username", ["lan.tiepnhan", "minh.ccvc", "binh.vanphong", "kiemtoan"])
def test_only_administrators_see_or_change_models(system: System, username: str):
    assert Browser(system, username).get(PAGE).status == 403
    assert Browser(system, username).post(PAGE, {"model": "model-field", "version": "x"}).status == 403
    assert Browser(system, username).post(PAGE, {"text": "x"}).status == 403
