"""The linear models of the router: how a row is read, what it makes of a text, and what it may show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.routing import features
from shared.routing.model import MOST_UNITS, Model, decode, encode
from shared.routing.rules import RoutingRules, RoutingRulesError
from shared.routing.text import read

ROW = {
    "id": "model-field",
    "valid_from": "2025-03-01",
    "type": "model",
    "purpose": "field",
    "classes": ["TL", "CCVC"],
    "bias": [0.5, -0.5],
    "scale": 0.5,
    "temperature": 0.5,
    "fewest": 16,
    "weights": "nang luong:A8b2|luong:A4|thi tuyen:B6a1|# dong:A2|+TL3:A3",
}


@given(st.lists(st.integers(-MOST_UNITS, MOST_UNITS), min_size=1, max_size=26))
def test_code_keeps_every_weight(weights):
    decoded = dict(decode(encode(weights), len(weights)))

    assert [decoded.get(index, 0) for index in range(len(weights))] == weights


def test_score_is_the_bias_and_the_weights_over_the_root_of_the_features_at_least_as_many_as_fewest():
    model = Model.from_row(ROW)

    scores = model.scores(["nang luong", "luong", "thi tuyen", "+TL3", "unknown"])

    assert scores == {"TL": 0.5 + 0.5 * (8 + 4 - 1 + 3) / 4, "CCVC": -0.5 + 0.5 * (-2 + 6) / 4}


def test_text_without_known_features_is_left_to_the_bias():
    model = Model.from_row(ROW)

    assert model.scores([]) == {"TL": 0.5, "CCVC": -0.5}


def test_probabilities_are_ranked_and_add_up_to_one():
    model = Model.from_row(ROW)

    probabilities = model.probabilities({"TL": 1.0, "CCVC": 2.0})

    assert list(probabilities) == ["CCVC", "TL"]
    assert sum(probabilities.values()) == pytest.approx(1)
    assert probabilities["CCVC"] == pytest.approx(0.8808, abs=1e-4), "the temperature sharpens them"


def test_reasons_are_the_runs_of_words_that_speak_for_the_winner_over_the_runner_up():
    model = Model.from_row(ROW)

    reasons = model.reasons(["luong", "nang luong", "# dong", "+TL3", "thi tuyen"], "TL", "CCVC", 4)

    assert reasons == ["nang luong"], "no masked number, no phrase of the rules, no run inside another"


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"bias": [1.0]}, id="a bias too few"),
        pytest.param({"classes": [], "bias": []}, id="no class"),
        pytest.param({"weights": "luong:C4"}, id="a weight for no class"),
        pytest.param({"weights": "luong:A"}, id="half a weight"),
        pytest.param({"weights": "luong:A!"}, id="no digit"),
        pytest.param({"scale": "heavy"}, id="a scale that is no number"),
    ],
)
def test_row_that_is_no_model_is_refused_with_its_name(change):
    with pytest.raises(RoutingRulesError, match="model-field"):
        RoutingRules.from_rows([ROW | change])


@pytest.mark.parametrize(
    ("text", "masked", "absent"),
    [
        pytest.param("gặp bà Giàng Thị Dợ ở xã", ["gap", "ba", "@", "o", "xa"], {"giang", "do"}, id="a name"),
        pytest.param("nộp 200 triệu", ["nop", "#", "trieu"], {"200"}, id="a number"),
        pytest.param(
            "TÔI HỎI VỀ LƯƠNG", ["toi", "hoi", "ve", "luong"], set(), id="shouted words are no name"
        ),
    ],
)
def test_names_and_numbers_are_masked_before_a_model_sees_them(text, masked, absent):
    runs = features.runs(read(text), 1)

    assert runs == set(masked)
    assert not absent & runs


def test_phrases_become_features_by_how_much_they_speak():
    assert features.topics({"TL": 3.5, "CCVC": 0.5}) == {"+TL1", "+TL2", "+TL3"}


def test_signs_become_features_alone_and_in_pairs():
    assert features.signs({"money", "actor"}) == {"~money", "~actor", "~actor~money"}
