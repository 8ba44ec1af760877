"""Values that a stage's templates set are valid settings: a function that cannot read its own answers nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from chalicelib.casework.settings import CaseworkSettings
from chalicelib.intake.settings import IntakeSettings
from chalicelib.notifier.settings import NotifierSettings
from chalicelib.router.settings import RouterSettings
from chalicelib.sla_timer.settings import SlaTimerSettings
from infra.deployment.stages import of_template, stage_parameters
from infra.deployment.templates import Template, read
from shared.platform.settings import Settings

TEMPLATES = Path(__file__).resolve().parents[2] / "infra" / "cloudformation" / "functions"
SETTINGS: dict[str, type[Settings]] = {
    "casework": CaseworkSettings,
    "intake": IntakeSettings,
    "notifier": NotifierSettings,
    "router": RouterSettings,
    "sla_timer": SlaTimerSettings,
}


def variables_of(template: Template, stage: str) -> dict[str, str]:
    """Return the environment variables that a template sets to a text or a parameter, with their values in a stage."""
    defaults = {
        name: str(each["Default"]) for name, each in template["Parameters"].items() if "Default" in each
    }
    values = defaults | of_template(template, stage_parameters(stage))
    declared: dict[str, Any] = template["Globals"]["Function"]["Environment"]["Variables"]
    named = {
        name: values.get(each["Ref"]) if isinstance(each, dict) and "Ref" in each else each
        for name, each in declared.items()
    }
    return {name: value for name, value in named.items() if isinstance(value, str)}


@pytest.mark.parametrize("stage", ["dev", "staging", "prod"])
@pytest.mark.parametrize("function", SETTINGS)
def test_every_value_of_a_stage_is_one_that_the_function_takes(function: str, stage: str):
    model = SETTINGS[function]
    variables = variables_of(read(TEMPLATES / f"{function}.yaml"), stage)
    valid = {name.lower(): value for name, value in variables.items() if name.lower() in model.model_fields}

    with pytest.raises(ValidationError) as refused:
        model.model_validate(valid)  # what the platform exports is missing here

    assert {"stage", "public_url"} <= valid.keys()
    assert [error["loc"] for error in refused.value.errors() if error["type"] != "missing"] == []
