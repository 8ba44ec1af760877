"""The shape of stored items does not change unnoticed, and every item that was ever stored is read and written back.

The shape of a schema is recorded when it gets its number and stays so. Attributes that may be missing may be added to
it, once a golden item has them; for anything else the number rises (CONTRIBUTING.md, "What is stored").
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.stored.documents import KINDS, Kind
from tests.support.shapes import Attribute, paths_in

RECIPE = "CONTRIBUTING.md, recipe “What is stored”"
WRITTEN_FOR_SOME = {"petition": 2, "delivery": 2}
"""The highest number that code writes for some documents: those with an action, or of a kind, that is newer."""
KIND = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.name) for kind in KINDS])
GOLDEN = [
    pytest.param(kind, document, id=f"{kind.name}-{number} {place}")
    for kind in KINDS
    for number in range(1, kind.schema.understood + 1)
    for place, document in enumerate(kind.golden(number))
]


def in_json(attribute: Attribute) -> str:
    """Return the path of an attribute in JSON, where facts do not say of which action they are."""
    before, of_facts, after = attribute.path.partition("<")
    return f"{before}{after.partition('>')[2]}" if of_facts else attribute.path


def faults(kind: Kind, recorded: set[str], shape: set[Attribute], golden: set[str]) -> list[str]:
    """Return the faults of the shape that a kind of document has now."""
    lines = [f"gone or changed: {line}" for line in sorted(recorded - set(map(str, shape)))]
    added = sorted(attribute for attribute in shape if str(attribute) not in recorded)
    new_paths = tuple(
        attribute.path
        for attribute in added
        if attribute.is_optional and not any(line.startswith(f"{attribute.path} ") for line in recorded)
    )
    for attribute in added:
        is_below_a_new_one = attribute.path.startswith(
            tuple(f"{path}{c}" for path in new_paths for c in ".[")
        )
        if attribute.path not in new_paths and not is_below_a_new_one:
            lines.append(f"older code cannot read it: {attribute}")
        elif in_json(attribute) not in golden:
            lines.append(f"in no golden item: {attribute}")
    return lines


@KIND
def test_a_stored_document_has_the_shape_that_its_number_stands_for(kind: Kind):
    number = kind.schema.understood
    golden = {path for n in range(1, number + 1) for each in kind.golden(n) for path in paths_in(each)}

    assert faults(kind, kind.recorded(number), kind.shape(), golden) == [], RECIPE


@KIND
def test_code_reads_what_it_writes_and_all_that_was_written_before(kind: Kind):
    written = max(kind.schema.written, WRITTEN_FOR_SOME.get(kind.name, 1))
    assert 1 <= kind.schema.written <= kind.schema.understood <= written + 1, RECIPE
    assert all(kind.golden(number) for number in range(1, kind.schema.understood + 1))


@pytest.mark.parametrize(("kind", "document"), GOLDEN)
def test_a_golden_item_is_read_and_written_back_without_loss(kind: Kind, document: dict[str, Any]):
    read = kind.schema.read(kind.model, json.dumps(document))

    text = kind.schema.text_of(read, kind.schema.number_of(read), exclude_unset=True, by_alias=True)
    written = json.loads(text)
    assert written == document


OLD = Attribute(".subject", "string", is_optional=True)


@pytest.mark.parametrize(
    ("shape", "golden", "expected"),
    [
        pytest.param({OLD}, set(), [], id="as it was"),
        pytest.param(set(), set(), ["gone or changed"], id="an attribute was dropped"),
        pytest.param(
            {OLD._replace(form="integer")},
            {".subject"},
            ["gone or changed", "older code cannot read it"],
            id="another type",
        ),
        pytest.param(
            {OLD, Attribute(".mood", "string", is_optional=True)},
            set(),
            ["in no golden item"],
            id="an attribute more, and no golden item",
        ),
        pytest.param(
            {OLD, Attribute(".mood", "string", is_optional=True)}, {".mood"}, [], id="an attribute more"
        ),
        pytest.param(
            {
                OLD,
                Attribute(".mood", "object", is_optional=True),
                Attribute(".mood.of", "date", is_optional=False),
            },
            {".mood", ".mood.of"},
            [],
            id="an object more, whole",
        ),
        pytest.param(
            {OLD, Attribute(".mood", "string", is_optional=False)},
            {".mood"},
            ["older code cannot read it"],
            id="an attribute that older code never wrote is needed",
        ),
        pytest.param(
            {OLD, Attribute(".subject", "= NEW", is_optional=False)},
            {".subject"},
            ["older code cannot read it"],
            id="a value more",
        ),
    ],
)
def test_a_change_of_shape_is_found(shape: set[Attribute], golden: set[str], expected: list[str]):
    lines = faults(KINDS[0], {str(OLD)}, shape, golden)

    assert len(lines) == len(expected)
    assert all(fault.startswith(start) for fault, start in zip(lines, expected, strict=True))
