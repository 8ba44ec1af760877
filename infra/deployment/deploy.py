"""Deploys one part of the system, or all of it in order, through CloudFormation.

`make deploy FUNCTION=router STAGE=dev`. A part is a stack `pakn-{stage}-{part}`; parts know each other by exports
only, so each function goes out by itself. The parameters of a stage (its public address, its senders) stand in
infra/stages/{stage}.json and go to the templates that declare such a parameter. Account, region, stage and every change
are shown before anything is done; with `--plan` nothing is. With AWS_ENDPOINT_URL set the same code deploys to an
emulator: that is what `make rehearse` does.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import boto3

from infra.deployment import preflight, smoke, versions
from infra.deployment.cloud import ORDINARY, Cloud, Options, Outcome
from infra.deployment.errors import DeployError, exit_code_of
from infra.deployment.package import build
from infra.deployment.packaging.errors import PackageError
from infra.deployment.stages import (
    ASKED_FOR,
    DOMAIN,
    PARTS,
    Parameters,
    lambda_names,
    parts_of,
    stage_parameters,
)
from infra.deployment.templates import REGION
from infra.layout import BUILD, FUNCTIONS


def deploy(
    part: str,
    parameters: Parameters,
    cloud: Cloud,
    *,
    options: Options = ORDINARY,
    into: Path = BUILD,
) -> Iterator[tuple[str, Outcome]]:
    """Deploy one part, or `all` in order, yielding what became of each."""
    for each in parts_of(part, parameters):
        package = build(each, parameters["Stage"], into=into) if each in FUNCTIONS else None
        yield each, cloud.deploy(each, parameters, package=package, options=options)


def begin(session: boto3.Session, parameters: Parameters, *, dirty: bool) -> preflight.Source:
    """Show who deploys what where, and refuse what should not begin.

    Raises:
        DeployError: with all objections.
    """
    account, arn = preflight.caller(session)
    source = preflight.source_of()
    print(f"Account {account} ({arn}), region {session.region_name}, stage {parameters['Stage']}")
    print(f"Commit {source.commit}{' and what is not committed' if source.changed else ''}")
    if objections := [*preflight.objections(session, account, parameters, source, dirty=dirty)]:
        raise DeployError("\n".join(objections))
    return source


def finish(session: boto3.Session, function: str, parameters: Parameters, outputs: dict[str, str]) -> None:
    """Try a function that was just deployed, and remove its old versions.

    Raises:
        DeployError: it does not answer as it should.
    """
    lambdas, stage = session.client("lambda"), parameters["Stage"]
    addresses, consumers = smoke.addresses(function, parameters, outputs), smoke.consumers(function, stage)
    if failures := [*smoke.failures(addresses, consumers, lambdas)]:
        back = f"go back with: make rollback FUNCTION={function} STAGE={stage}"
        raise DeployError("\n".join([*failures, back]))
    print("  it answers")
    versions.tidy(lambdas, lambda_names(function, stage).values())


def run(arguments: argparse.Namespace) -> None:
    """Deploy what was asked for, showing what changes."""
    parameters = stage_parameters(arguments.stage)
    if arguments.at_once:
        parameters["Canary"] = "false"
    session = boto3.Session(region_name=REGION)
    source = begin(session, parameters, dirty=arguments.dirty or arguments.plan)
    commit = f"{source.commit}{'+' if source.changed else ''}"
    options = Options(plan=arguments.plan, yes=arguments.yes, commit=commit)
    for part, outcome in deploy(arguments.part, parameters, Cloud(session), options=options):
        for key, value in sorted(outcome.outputs.items()):
            print(f"    {key} = {value}")
        if part in FUNCTIONS and not arguments.plan:
            finish(session, part, parameters, outcome.outputs)


def main(arguments: Sequence[str] | None = None) -> int:
    """Deploy what was asked for; say in a sentence what stands in the way."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.deployment.deploy", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("part", choices=[*PARTS, DOMAIN, *ASKED_FOR, "all"])
    parser.add_argument("--stage", default="dev")
    parser.add_argument("--plan", action="store_true", help="only show what would change")
    parser.add_argument("--yes", action="store_true", help="let resources be removed and replaced")
    parser.add_argument("--dirty", action="store_true", help="deploy what is not committed")
    parser.add_argument("--at-once", action="store_true", help="shift all requests at once, without a canary")
    options = parser.parse_args(arguments)
    return exit_code_of(lambda: run(options), DeployError, PackageError)


if __name__ == "__main__":
    sys.exit(main())
