"""The router's models learn from decisions: a little, the same each time, and nothing about a person."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.routing.classifier import features_of_denunciations, plain_signs, read_by
from shared.routing.lessons import (
    FROM_TEXTS,
    MOST_BYTES,
    MOST_CHANGE,
    MOST_FEATURES,
    Lesson,
    learned,
    new_runs,
)
from shared.routing.model import MOST_UNITS, Model, digest_of
from shared.routing.outcomes import Labelled, Score, outcome_of, score
from shared.routing.text import read
from tests.bench import routing

ROW: dict[str, Any] = {
    "id": "model-field",
    "valid_from": "2025-03-01",
    "type": "model",
    "purpose": "field",
    "classes": ["TL", "CCVC"],
    "bias": [0.5, -0.5],
    "scale": 0.2,
    "temperature": 0.5,
    "fewest": 16,
    "weights": "nang luong:A8b2|luong:A4|thi tuyen:a1B6",
}
GATE = ROW | {
    "id": "model-denunciation",
    "purpose": "denunciation",
    "classes": ["DENUNCIATION"],
    "bias": [-1.0],
}
GATE["weights"] = "phong bi:A8|cam on:a8|o xa:A2"


def scores(row: dict[str, Any], *features: str) -> dict[str, float]:
    return Model.from_row(row).scores(features)


def lessons(label: str, *features: str, times: int = 40) -> list[Lesson]:
    return [Lesson(frozenset(features), label)] * times


def test_what_officers_decide_raises_the_field_that_they_chose():
    row = learned(ROW, lessons("CCVC", "luong", "thi tuyen"))

    before, after = scores(ROW, "luong", "thi tuyen"), scores(row, "luong", "thi tuyen")
    assert after["CCVC"] > before["CCVC"]
    assert after["TL"] < before["TL"]


def test_what_was_confirmed_with_certainty_changes_hardly_anything():
    sure = [Lesson(frozenset({"nang luong"}), "TL")]

    row = learned(ROW | {"bias": [9.0, -9.0]}, sure)

    assert row["weights"] == ROW["weights"]


def test_same_lessons_give_the_same_row():
    taught = lessons("CCVC", "luong") + lessons("TL", "thi tuyen")

    assert learned(ROW, taught) == learned(ROW, taught)


def test_row_stays_a_rule_of_the_same_name_with_another_digest():
    row = learned(ROW, lessons("CCVC", "luong"))

    assert digest_of(row) != digest_of(ROW)
    assert {name for name in row if row[name] != ROW[name]} <= {"bias", "weights"}


def test_digest_names_what_is_weighed_and_not_when_it_holds():
    assert digest_of(ROW | {"valid_from": "2026-12-01", "learned_from": {}}) == digest_of(ROW)
    assert digest_of(ROW | {"bias": [0.5, -0.4]}) != digest_of(ROW)


def test_no_weight_moves_further_than_allowed():
    row = learned(ROW, lessons("CCVC", "luong", times=3000))

    (of_tl,) = (weight for index, weight in Model.from_row(row).weights["luong"] if index == 0)
    assert abs(of_tl - 4) * ROW["scale"] <= MOST_CHANGE + ROW["scale"] / 2


def test_denunciations_and_cleared_texts_move_the_gate_in_opposite_directions():
    confirmed = learned(GATE, lessons("DENUNCIATION", "o xa"))
    cleared = learned(GATE, lessons("", "phong bi"))

    assert scores(confirmed, "o xa")["DENUNCIATION"] > scores(GATE, "o xa")["DENUNCIATION"]
    assert scores(cleared, "phong bi")["DENUNCIATION"] < scores(GATE, "phong bi")["DENUNCIATION"]


def test_field_that_the_model_does_not_have_teaches_nothing():
    assert learned(ROW, lessons("NOWHERE", "luong"))["weights"] == ROW["weights"]


@given(st.lists(st.sampled_from(["TL", "CCVC"]), max_size=30))
def test_row_can_be_read_whatever_was_learned(labels):
    row = learned(ROW, [Lesson(frozenset({"luong", "moi hoc"}), label) for label in labels], ["moi hoc"])

    model = Model.from_row(row)
    assert all(abs(weight) <= MOST_UNITS for codes in model.weights.values() for _, weight in codes)


def test_seeded_models_stay_within_their_limits_whatever_they_learn():
    rows = [row for row in json.loads(routing.RULES.read_text(encoding="utf-8")) if row["type"] == "model"]
    new = [f"cum tu moi {number}" for number in range(5000)]
    for row in rows:
        label = row["classes"][0]
        taught = [Lesson(frozenset(new[start : start + 50]), label) for start in range(0, 1000, 50)]

        became = learned(row, taught, new)

        assert len(Model.from_row(became).weights) <= MOST_FEATURES
        assert len(became["weights"].encode()) <= MOST_BYTES


def senders(text: str, number: int) -> list[tuple[str, Any]]:
    return [(f"sender-{each}", read(text)) for each in range(number)]


def test_run_of_words_is_learned_when_five_senders_wrote_it():
    text = "xin hỏi về trợ cấp hưu trí xã hội"

    assert "huu tri xa" in new_runs(senders(text, FROM_TEXTS), ())
    assert new_runs(senders(text, FROM_TEXTS - 1), ()) == set()
    assert new_runs([("one sender", read(text))] * 50, ()) == set()
    assert "tro cap" not in new_runs(senders(text, FROM_TEXTS), {"tro cap"})


@pytest.mark.parametrize(
    ("text", "never"),
    [
        pytest.param("ông Dợ ở bản Nà Tèn làm trưởng bản", {"do", "na", "ten"}, id="capitalised words"),
        pytest.param("số máy 0912345678 gọi cho đội a12", {"0912345678", "a12"}, id="digits"),
        pytest.param("bà nguyễn thị hoa ở xã đã nhận tiền", {"nguyen"}, id="a surname in small letters"),
        pytest.param("ong teo o xa nhan tien cua toi", {"ong", "teo", "tien"}, id="a text without accents"),
    ],
)
def test_nothing_that_names_a_person_is_learned(text, never):
    new_words = {word for run in new_runs(senders(text, 20), ()) for word in run.split()}

    assert not never & new_words


def test_run_of_words_does_not_reach_over_what_was_left_out():
    new_words = new_runs(senders("tôi gặp Lan ở phòng", 5), ())

    assert "gap o" not in new_words
    assert {"toi gap", "o phong"} <= new_words


def test_texts_are_scored_by_where_the_rules_send_them():
    rules = routing.rules_on(routing.LATEST)
    texts = [
        Labelled("Xin hỏi thủ tục thi nâng ngạch chuyên viên chính năm nay", frozenset({"CCVC"}), False),
        Labelled("Hệ số lương của tôi chưa được nâng theo thông tư mới", frozenset({"CCVC"}), False),
        Labelled("Tôi tố cáo ông Trần Văn Tèo nhận hối lộ 20 triệu đồng", frozenset({"RESTRICTED"}), True),
        Labelled("Tôi tố cáo ông Trần Văn Tèo nhận hối lộ 20 triệu đồng", frozenset({"TTRA"}), False),
    ]

    scored = score(texts, rules, routing.FIELDS_2025)

    assert scored == Score(ordinary=3, spoken=2, right=1, held=0, restricted=1, denunciations=1, leaked=0)


def test_outcome_of_a_suspected_text_is_the_suspicion():
    petition = {
        "text": "Phòng tôi có chuyện khuất tất về tiền nong, xin giữ kín cho tôi",
        "on": routing.LATEST.isoformat(),
    }

    assert outcome_of(routing.decision_on(petition)) == "SUSPECTED"


def test_gate_learns_that_thanks_which_officers_cleared_are_none():
    rules = routing.rules_on(routing.LATEST)
    (row,) = (r for r in json.loads(routing.RULES.read_text("utf-8")) if r["id"] == "model-denunciation")
    text = "Nhờ anh thủ quỹ trả lại đúng số tiền thừa, tôi xin cảm ơn cả phòng"
    words = read_by(rules, text)
    weighed = frozenset(features_of_denunciations(words, plain_signs(text, words, rules)))

    became = learned(row, [Lesson(weighed, "")] * 30)

    assert scores(became, *weighed)["DENUNCIATION"] < scores(row, *weighed)["DENUNCIATION"] - 0.5
