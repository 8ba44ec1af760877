"""No error of a model quotes what somebody sent: every model has the base that hides it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.layout import ROOT
from shared.domain.base_model import BaseModel
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import PetitionInput

BASE = ROOT / "shared" / "domain" / "base_model.py"
SOURCES = [
    path
    for folder in ("shared", "functions")
    for path in (ROOT / folder).rglob("*.py")
    if "vendor" not in path.parts and path != BASE
]
PLAIN = {"BaseModel", "RootModel", "TypeAdapter", "create_model", "validate_call"}
"""Names of pydantic that validate without our base."""
HIDES = "hide_input_in_errors=True"


def taken_from_pydantic(path: Path) -> set[str]:
    """Return the names that a module imports from pydantic and that validate by themselves."""
    return {
        name.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "pydantic"
        for name in node.names
        if name.name in PLAIN
    }


def test_models_come_from_our_base_and_whatever_else_validates_hides_its_input():
    taken = {path.relative_to(ROOT).as_posix(): taken_from_pydantic(path) for path in SOURCES}

    assert {path for path, names in taken.items() if "BaseModel" in names} == set()
    assert {
        path
        for path, names in taken.items()
        if names and HIDES not in (ROOT / path).read_text().replace("\n", "")
    } == set()


@pytest.mark.parametrize(
    "read",
    [
        pytest.param(
            lambda: PetitionInput.model_validate(
                {"content": "", "petitioner": {"name": "Bí mật", "phone": "Bí mật"}}
            ),
            id="received",
        ),
        pytest.param(
            lambda: Petition.model_validate_json('{"reference": 1, "content": ["Bí mật"]}'), id="stored"
        ),
        pytest.param(lambda: Petition.model_validate_json("Bí mật"), id="no JSON"),
    ],
)
def test_error_of_a_model_quotes_nothing_that_was_read(read):
    with pytest.raises(ValidationError) as error:
        read()

    assert "Bí mật" not in str(error.value)


def test_model_with_a_configuration_of_its_own_still_hides_its_input():
    def models(model: type[BaseModel]) -> set[type[BaseModel]]:
        return {model}.union(*map(models, model.__subclasses__()))

    assert {
        model for model in models(BaseModel) if not model.model_config.get("hide_input_in_errors")
    } == set()
