"""Corrections of the router are counted, without the text of any petition."""

from __future__ import annotations

from typing import Any

import pytest

from infra.tools.corrections import outcomes
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Lane, Proposal
from shared.tables import directory as directory_cache
from shared.tables.corrections import Corrections, correction_of
from shared.tables.directory import Directory
from shared.tables.petitions import Petitions
from tests.support.administration import confirm_page
from tests.support.builders import RECEIVED_AT, a_petition
from tests.support.desk_pages import Browser, forms_in
from tests.support.people import Citizen, Officer
from tests.support.system import System

CHANGE = Change.by_officer("lan", RECEIVED_AT, "c")


def proposed(**facts: Any) -> Petition:
    return a_petition().route(
        Change.by_router(RECEIVED_AT, "route"),
        Proposal(**{"lane": Lane.ORDINARY, "field": "CCVC", **facts}),
        "VCCVC",
    )


def classified(petition: Petition, field: str | None, lane: Lane = Lane.ORDINARY) -> Petition:
    return petition.classify(CHANGE, field=field, kind=None, lane=lane)


@pytest.mark.parametrize(
    ("petition", "pair"),
    [
        pytest.param(classified(proposed(), "TL"), ("CCVC", "TL"), id="another field"),
        pytest.param(
            classified(proposed(field=None), "TL"), ("SILENT", "TL"), id="a field where it was silent"
        ),
        pytest.param(
            classified(proposed(may_denounce=True), "TL"), ("SUSPECTED", "TL"), id="no denunciation after all"
        ),
        pytest.param(proposed().restrict(CHANGE, "TTRA"), ("CCVC", "RESTRICTED"), id="a denunciation missed"),
        pytest.param(classified(proposed(), "CCVC", Lane.GUIDANCE), ("CCVC", "GUIDANCE"), id="another lane"),
        pytest.param(
            proposed().assign(CHANGE, "VTL", field="TL"), ("CCVC", "TL"), id="assigned to another field"
        ),
        pytest.param(classified(proposed(), "CCVC"), None, id="confirmed"),
        pytest.param(proposed(), None, id="not decided by anybody"),
        pytest.param(a_petition(), None, id="not routed"),
    ],
)
def test_correction_is_what_was_proposed_and_what_was_decided(
    petition: Petition, pair: tuple[str, str] | None
):
    correction = correction_of(petition)

    assert (correction and (correction.proposed, correction.decided)) == pair


@pytest.fixture
def reference(system: System) -> str:
    citizen = Citizen(system)
    citizen.send()
    Officer(system, "lan.tiepnhan").do("classify", citizen.reference, field="TL")
    return citizen.reference


def test_page_counts_by_pair_and_links_for_who_may_open(system: System, reference: str):
    intake, administrator = Browser(system, "lan.tiepnhan"), Browser(system, "quantri")

    page = intake.get("/desk/routing").text

    assert 'id="corrections"' in page
    assert f"/desk/petitions/{reference}" in page
    assert reference not in administrator.get("/desk/routing").text
    assert 'id="corrections"' in administrator.get("/desk/routing").text


def test_restricted_petition_is_counted_but_not_pointed_at(system: System, reference: str):
    Officer(system, "lan.tiepnhan").do("restrict", reference)

    page = Browser(system, "lan.tiepnhan").get("/desk/routing").text

    assert "Tố cáo: quy trình riêng" in page
    assert reference not in page


@pytest.mark.parametrize("username", ["minh.ccvc", "kiemtoan"])
def test_units_and_auditors_have_no_such_page(system: System, username: str):
    assert Browser(system, username).get("/desk/routing").status == 403


def test_wrong_month_is_refused(system: System):
    assert Browser(system, "lan.tiepnhan").get("/desk/routing?month=2026-13").status == 422


def test_rules_in_force_are_judged_by_the_corrections(system: System, reference: str):
    tables = system.local.cloud.outputs
    directory = Directory(tables["DirectoryTable"])
    (correction,) = Corrections(tables["PetitionsTable"]).of_month("2026-11")

    counted = outcomes([correction], Petitions(tables["PetitionsTable"], directory), directory)

    assert counted == {"CCVC for TL": 1}


RULE = '{"id": "field-TL-x", "valid_from": "2026-11-01", "type": "decides", "field": "TL", "terms": ["thi nâng ngạch"]}'


def test_rule_is_tried_on_the_latest_petitions_before_it_is_written(system: System, reference: str):
    administrator = Browser(system, "quantri")
    assert "Thử trước khi ghi" in administrator.get("/desk/routing").text

    trial = administrator.post("/desk/routing", {"row": RULE})

    assert trial.status == 200
    assert 'id="trial"' in trial.text
    assert "Tiền lương" in trial.text
    assert '<td>Vụ Công chức - Viên chức</td><td class="number">0</td><td class="number">1</td>' in trial.text
    assert reference not in trial.text
    assert not any(row["id"] == "field-TL-x" for row in rules(system))

    written = administrator.post("/desk/routing", {"row": RULE, "step": "confirm"})

    assert not any(row["id"] == "field-TL-x" for row in rules(system))
    assert confirm_page(system, written).status == 303
    assert any(row["id"] == "field-TL-x" for row in rules(system))


FORM = {
    "phrases": "thi nâng ngạch\nthi nâng ngạch\n xét thăng hạng ",
    "target": "field:TL",
    "strength": "decides",
    "valid_from": "2026-11-03",
}


def test_rule_is_filled_in_as_a_form_tried_and_written_without_a_line_of_json(system: System, reference: str):
    administrator = Browser(system, "quantri")
    page = administrator.get("/desk/routing").text
    assert "JSON" not in page
    assert "valid_from," not in page

    trial = administrator.post("/desk/routing", FORM)
    confirmed = next(form for form in forms_in(trial.text) if ("step", "confirm") in form.fields)
    written = administrator.post("/desk/routing", dict(confirmed.fields))

    assert "Tiền lương" in trial.text
    assert confirm_page(system, written).status == 303
    rule = next(row for row in rules(system) if row["id"] == "decides-tl-decides-2026-11-03")
    assert (rule["type"], rule["field"]) == ("decides", "TL")
    assert rule["terms"] == ["thi nâng ngạch", "xét thăng hạng"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"phrases": " \n "}, id="no phrase"),
        pytest.param({"target": "field:KHONG"}, id="an unknown field"),
        pytest.param({"target": "kind:CONDUCT"}, id="a kind that nothing decides alone"),
        pytest.param({"strength": "9"}, id="an unknown strength"),
        pytest.param({"valid_from": "hôm nay"}, id="no day"),
    ],
)
def test_form_of_a_rule_that_cannot_be_used_is_refused_and_kept(system: System, change: dict[str, str]):
    answer = Browser(system, "quantri").post("/desk/routing", {**FORM, **change})

    assert answer.status == 422
    assert 'id="problem"' in answer.text
    assert change.get("phrases", "xét thăng hạng").strip() in answer.text


def rules(system: System) -> tuple[dict[str, Any], ...]:
    directory_cache.forget()
    return Directory(system.local.cloud.outputs["DirectoryTable"]).rows("routing-rule")


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("{", id="no JSON"),
        pytest.param("[]", id="no row"),
        pytest.param(
            '{"id": "x", "valid_from": "2026-11-01", "type": "field"}', id="a field without its code"
        ),
        pytest.param(
            '{"id": "x", "valid_from": "2026-11-01", "type": "field", "field": "TL", "terms": {"heavy": ["x"]}}',
            id="a weight that is no number",
        ),
        pytest.param(
            '{"id": "x", "valid_from": "2026-11-01", "type": "lane", "lane": "SPAM", "order": 1, "when":'
            ' [{"needs": ["nothing"], "confidence": 1}]}',
            id="a lane that needs an unknown signal",
        ),
    ],
)
def test_rule_that_the_router_could_not_use_is_refused(system: System, row: str):
    administrator = Browser(system, "quantri")

    for step in ("", "confirm"):
        assert administrator.post("/desk/routing", {"row": row, "step": step}).status == 422


def test_only_administrators_try_rules(system: System):
    assert Browser(system, "lan.tiepnhan").post("/desk/routing", {"row": RULE}).status == 403
