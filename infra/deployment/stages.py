"""Stages: what infra/stages/<stage>.json says of one, and what a stage must say before anything is deployed to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from infra.deployment import templates
from infra.deployment.errors import DeployError
from infra.deployment.packaging import runtime
from infra.layout import FUNCTIONS, ROOT

Parameters = Mapping[str, str]

DEVELOPMENT, PRODUCTION = "dev", "prod"
ACCOUNT = "Account"
"""The one entry of a stage that goes to no template: the account that it may be deployed to."""

BEFORE = ("artifacts", "platform", "vault", "identity")
AFTER = ("edge", "operations", "alarms")
PARTS = (*BEFORE, *FUNCTIONS, *AFTER)
"""The parts that every stage has, in the order in which they need one another."""

DOMAIN = "domain"
"""Deployed with all others where a stage names its host: before the functions, which map themselves below it."""

ASKED_FOR = ("scanning", "backup")
"""Parts deployed only by name: scanning and backups cost by volume."""


def parts_of(part: str, parameters: Parameters) -> tuple[str, ...]:
    """Return the parts to deploy, in order: one, or for `all` those that the stage has."""
    if part != "all":
        return (part,)
    return (*BEFORE, *((DOMAIN,) if parameters.get("DomainName") else ()), *FUNCTIONS, *AFTER)


def stage_parameters(stage: str) -> dict[str, str]:
    """Return the parameters of a stage's templates, as CloudFormation takes them: texts, also of numbers and truths.

    Raises:
        DeployError: nobody has described the stage yet, or the description sets what no template takes: a misspelt
            limit would otherwise be left at its default without a word.
    """
    path = ROOT / "infra" / "stages" / f"{stage}.json"
    if not path.is_file():
        raise DeployError(f"There is no stage {stage}: describe it in {path.relative_to(ROOT)}")
    described = json.loads(path.read_text("utf-8"))
    described.pop(runtime.STAGE_SETTING, None)  # of the packages
    if unknown := sorted(described.keys() - _known_parameters() - {ACCOUNT}):
        raise DeployError(f"{path.relative_to(ROOT)} sets what no template takes: {', '.join(unknown)}")
    return {"Stage": stage, **{name: _as_text(value) for name, value in described.items()}}


def of_template(template: Mapping[str, Any], parameters: Parameters) -> dict[str, str]:
    """Return those of a stage's parameters that a template takes.

    Raises:
        DeployError: the stage lacks one that has no default.
    """
    declared = template.get("Parameters", {})
    if missing := sorted(
        name for name in declared.keys() - parameters.keys() if "Default" not in declared[name]
    ):
        raise DeployError(f"infra/stages/{parameters['Stage']}.json lacks {', '.join(missing)}")
    return {name: parameters[name] for name in declared if name in parameters}


def lambda_names(function: str, stage: str) -> dict[str, str]:
    """Return the names of a function's Lambdas in a stage, by handler."""
    config = json.loads((ROOT / "functions" / function / ".chalice" / "config.json").read_text("utf-8"))
    base = f"pakn-{stage}-{function.replace('_', '-')}"
    return {
        handler: base if handler == "api_handler" else f"{base}-{handler.replace('_', '-')}"
        for handler in config["lambda_functions"]
    }


def digest_of(parameters: Parameters) -> str:
    """Return the digest that identifies the parameters of a deployment, whatever their order."""
    return hashlib.sha256(json.dumps(dict(parameters), sort_keys=True).encode()).hexdigest()[:16]


def unfit_for_production(parameters: Parameters) -> Iterator[str]:
    """Yield the parameters that production lacks or still holds as examples; other stages may."""
    if parameters["Stage"] != PRODUCTION:
        return
    for name, why in (
        ("PageEmail", "nobody would be called at night"),
        ("TicketEmail", "nobody would read what waited"),
        ("DomainName", "people would see an address of API Gateway"),
    ):
        if not parameters.get(name):
            yield f"infra/stages/{PRODUCTION}.json sets no {name}: {why}"
    for name, unfit, why in (
        ("Sandbox", "true", "a test value must not mean anything to citizens"),
        ("AddressesAreCounted", "false", "floods and guessed PINs would not be slowed"),
    ):
        if parameters.get(name) == unfit:
            yield f"infra/stages/{PRODUCTION}.json sets {name} to {unfit}: {why}"
    placeholders = sorted(name for name, value in parameters.items() if "example." in value)
    if placeholders:
        yield f"infra/stages/{PRODUCTION}.json still holds example addresses: {', '.join(placeholders)}"


def _known_parameters() -> set[str]:
    folder = ROOT / "infra" / "cloudformation"
    return {name for path in folder.rglob("*.yaml") for name in templates.read(path).get("Parameters", {})}


def _as_text(value: str | float | bool) -> str:  # noqa: FBT001 - a truth of the stage's file, passed on
    return str(value).lower() if isinstance(value, bool) else str(value)
