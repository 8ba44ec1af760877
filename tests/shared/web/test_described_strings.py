"""Every string of an OpenAPI document says what it holds."""

from __future__ import annotations

from typing import Any

import pytest

from shared.web.describe.strings import BareStringError, bare_strings, describe_strings


@pytest.mark.parametrize(
    ("schema", "count"),
    [
        pytest.param({"type": "string"}, 1, id="nothing but a title"),
        pytest.param({"type": "string", "title": "Name", "minLength": 1}, 1, id="no upper limit"),
        pytest.param({"type": "string", "format": "date"}, 0, id="a format"),
        pytest.param({"anyOf": [{"type": "string"}, {"type": "null"}]}, 1, id="one of several"),
        pytest.param({"items": {"type": "string", "enum": ["a"]}}, 0, id="an enum in a list"),
        pytest.param({"additionalProperties": {"type": "string"}}, 1, id="values of a map"),
    ],
)
def test_strings_of_which_nothing_is_said_are_found_wherever_they_stand(schema, count):
    assert len(list(bare_strings({"properties": {"name": schema}}))) == count


def test_a_member_is_described_by_its_name_and_one_that_is_described_is_left_alone():
    schemas: dict[str, Any] = {
        "View": {
            "properties": {
                "reference": {"type": "string"},
                "previous_references": {"items": {"type": "string", "pattern": "^R"}},
                "text": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            }
        }
    }

    describe_strings(schemas)

    properties = schemas["View"]["properties"]
    assert properties["reference"]["pattern"] == "^[0-9]{11}$"
    assert properties["previous_references"]["items"]["pattern"] == "^R"
    assert properties["text"]["anyOf"][0]["maxLength"] > 10_000


def test_a_member_with_a_new_name_has_to_be_described_first():
    with pytest.raises(BareStringError, match=r"View\.properties\.nobody_knows"):
        describe_strings({"View": {"properties": {"nobody_knows": {"type": "string"}}}})
