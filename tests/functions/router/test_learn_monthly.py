"""The router learns from what officers decide: a candidate a month, in shadow, without effect."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.router import composition
from chalicelib.router.learning.decisions import decided_in
from chalicelib.router.learning.frozen_texts import FILE, frozen_texts
from chalicelib.router.learning.learn_monthly import Learning
from shared.domain.calendar.working_calendar import local_date
from shared.platform.messages import RoutingRequest, TaskType
from shared.routing.model import Model, digest_of
from shared.tables import directory as directory_cache
from shared.tables.corrections import Correction, judgement_of
from shared.tables.directory import Directory
from shared.tables.petition_items import petition_of
from shared.tables.petitions import Petitions
from shared.tables.routing.candidates import Candidate, Candidates, CandidateState
from tests.bench import routing, routing_figures, routing_parts
from tests.support.people import Citizen, Officer
from tests.support.system import System

DECEMBER = datetime(2026, 12, 1, 18, 30, tzinfo=UTC)
ACCUSED = "Tôi tố cáo ông Trần Văn Cường, trưởng phòng, đã nhận hối lộ 20 triệu đồng để sửa điểm."
TO_ANOTHER_FIELD = "TL"


def stores(system: System) -> tuple[Petitions, Directory, Candidates]:
    outputs = system.local.cloud.outputs
    directory_cache.forget()
    directory = Directory(outputs["DirectoryTable"])
    petitions = Petitions(outputs["PetitionsTable"], directory)
    return petitions, directory, Candidates(directory, outputs["StatisticsTable"])


def learn(system: System, at: datetime = DECEMBER, *, from_decisions: int = 2) -> list[Candidate]:
    return Learning(*stores(system), from_decisions=from_decisions).run_if_due(at)


def latest(system: System) -> dict[str, Candidate]:
    return stores(system)[2].latest()


@pytest.fixture
def decided(system: System) -> System:
    """Three petitions: one whose unit took it on, one that the intake desk corrected, one kept as a denunciation."""
    citizens = [Citizen(system), Citizen(system), Citizen(system, content=ACCUSED)]
    for citizen in citizens:
        citizen.send()
    Officer(system, "minh.ccvc").do("accept", citizens[0].reference)
    Officer(system, "lan.tiepnhan").do("classify", citizens[1].reference, field=TO_ANOTHER_FIELD)
    return system


def judgements(system: System) -> list[Correction]:
    petitions = map(petition_of, system.items("petitions"))
    return [judged for judged in map(judgement_of, petitions) if judged is not None]


def test_what_officers_confirm_counts_like_what_they_correct(decided: System):
    assert sorted((j.proposed, j.decided, j.is_right) for j in judgements(decided)) == [
        ("CCVC", "CCVC", True),
        ("CCVC", TO_ANOTHER_FIELD, False),
    ]


def test_decisions_of_a_month_are_found_with_their_texts_and_no_others(decided: System):
    petitions, _directory, _candidates = stores(decided)

    november = list(decided_in(datetime(2026, 11, 30, tzinfo=UTC).date(), petitions))
    december = list(decided_in(datetime(2026, 12, 31, tzinfo=UTC).date(), petitions))

    assert sorted(each.outcome for each in november) == ["CCVC", TO_ANOTHER_FIELD]
    assert december == []


def test_candidate_of_each_model_is_stored_and_no_rule_changes(decided: System):
    _petitions, directory, _candidates = stores(decided)
    rules = directory.rows("routing-rule")

    written = learn(decided, from_decisions=1)

    assert {candidate.id for candidate in written} == {"model-field", "model-denunciation"}
    assert {candidate.state for candidate in written} <= {CandidateState.SHADOW, CandidateState.WORSE}
    assert {candidate.month for candidate in written} == {"2026-11"}
    assert stores(decided)[1].rows("routing-rule") == rules
    for candidate in written:
        assert candidate.row is not None
        assert candidate.row["id"] == candidate.id
        assert "valid_from" not in candidate.row
        assert candidate.version == digest_of(candidate.row)
        assert candidate.frozen is not None
        assert candidate.frozen.candidate["ordinary"] > 200
        assert candidate.frozen.candidate["denunciations"] > 50


def test_training_runs_once_a_month_however_often_it_is_called(decided: System):
    first = learn(decided)

    assert first
    assert learn(decided) == []
    assert learn(decided, datetime(2026, 12, 28, tzinfo=UTC)) == []
    assert {candidate.month for candidate in learn(decided, datetime(2027, 1, 2, tzinfo=UTC))} == {"2026-12"}


def test_later_candidate_replaces_the_earlier_one(decided: System):
    learn(decided)
    learn(decided, datetime(2027, 1, 2, tzinfo=UTC))

    _petitions, directory, _candidates = stores(decided)
    rows = directory.rows("routing-candidate")
    assert sorted((row["id"], row["month"]) for row in rows) == [
        ("model-denunciation", "2026-12"),
        ("model-field", "2026-12"),
    ]


def test_month_with_few_decisions_teaches_nothing(decided: System):
    written = learn(decided, from_decisions=200)

    assert {candidate.state for candidate in written} == {CandidateState.TOO_FEW}
    assert all(candidate.row is None for candidate in written)


def test_same_decisions_make_the_same_candidate(decided: System):
    first = {candidate.id: candidate.version for candidate in learn(decided, from_decisions=1)}
    _petitions, directory, _candidates = stores(decided)
    for name in first:
        directory.remove("routing-candidate", name, local_date(DECEMBER))

    again = {candidate.id: candidate.version for candidate in learn(decided, from_decisions=1)}

    assert again == first


def test_what_fewer_than_five_senders_wrote_is_not_learned(decided: System):
    rules = {row["id"]: row for row in json.loads(routing.RULES.read_text("utf-8")) if row["type"] == "model"}

    candidates = {candidate.id: candidate for candidate in learn(decided, from_decisions=1)}

    assert candidates.keys() == rules.keys()
    for name, candidate in candidates.items():
        assert candidate.row is not None
        before = Model.from_row(rules[name]).weights
        assert Model.from_row(candidate.row).weights.keys() <= before.keys()


def test_schedule_trains_by_itself_each_month(decided: System):
    decided.clock.hold_at(DECEMBER)
    decided.local.pumps.learn.fire()
    decided.clock.hold_at(datetime(2027, 1, 1, 18, 30, tzinfo=UTC))
    directory_cache.forget()

    decided.local.pumps.learn.fire()

    assert {(c.id, c.month, c.state) for c in latest(decided).values()} == {
        ("model-field", "2026-12", CandidateState.TOO_FEW),
        ("model-denunciation", "2026-12", CandidateState.TOO_FEW),
    }


def put_candidate(system: System, **facts: Any) -> Candidate:
    """Store a candidate that sends everything to one field."""
    row = next(row for row in json.loads(routing.RULES.read_text("utf-8")) if row["id"] == "model-field")
    biased = dict(row) | {"bias": [50.0 if name == TO_ANOTHER_FIELD else 0.0 for name in row["classes"]]}
    del biased["valid_from"]
    candidate = Candidate(
        **{
            "id": "model-field",
            "month": "2026-10",
            "trained_at": system.clock.now(),
            "state": CandidateState.SHADOW,
            "version": digest_of(biased),
            "row": biased,
            **facts,
        }
    )
    stores(system)[2].write(candidate)
    directory_cache.forget()
    return candidate


def test_shadow_counts_what_the_candidate_would_have_done_and_changes_nothing(system: System):
    candidate = put_candidate(system)
    citizen = Citizen(system)

    citizen.send()

    assert Officer(system, "minh.ccvc").petition(citizen.reference)["field"] == "CCVC"
    assert stores(system)[2].counts(candidate.version) == {("CCVC", TO_ANOTHER_FIELD): 1}


def test_shadow_counts_each_petition_once(system: System):
    candidate = put_candidate(system)
    citizen = Citizen(system)
    citizen.send()

    composition.parts().tasks.run(RoutingRequest(reference=citizen.reference, task=TaskType.ROUTE))

    assert stores(system)[2].counts(candidate.version).total() == 1


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param({"state": CandidateState.WORSE}, id="worse than the model in force"),
        pytest.param({"row": {"id": "model-field", "type": "model", "purpose": "field"}}, id="unusable"),
        pytest.param({"row": None, "state": CandidateState.TOO_FEW, "version": ""}, id="nothing learned"),
    ],
)
def test_what_is_no_candidate_for_effect_stops_no_petition_and_is_not_counted(
    system: System, facts: dict[str, Any]
):
    put_candidate(system, **facts)
    citizen = Citizen(system)

    citizen.send()

    assert Officer(system, "minh.ccvc").petition(citizen.reference)["field"] == "CCVC"
    assert not [item for item in system.items("statistics") if item["period"] == {"S": "shadow"}]


def test_frozen_texts_are_the_held_back_part_of_the_labelled_ones():
    lines = FILE.read_text(encoding="utf-8").splitlines()

    assert lines == routing_parts.frozen_lines(routing_figures.texts())
    assert len(frozen_texts()) == len(lines) > 300
    assert sum(text.denounces for text in frozen_texts()) > 50
