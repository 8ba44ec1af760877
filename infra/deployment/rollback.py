"""Brings a function back to a package that was deployed before, from the artifacts bucket alone.

`make rollback FUNCTION=router STAGE=prod [TO=3f2a9c]`. Nothing is built and no registry asked: the package and
its template are in the bucket under their digests. Requests shift at once. `--list` shows the releases.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

import boto3

from infra.deployment import deploy, preflight
from infra.deployment.artifacts import Release, to_go_back_to
from infra.deployment.cloud import Cloud, Options
from infra.deployment.errors import DeployError, exit_code_of
from infra.deployment.stages import stage_parameters
from infra.deployment.templates import REGION
from infra.layout import FUNCTIONS


def line_of(release: Release) -> str:
    """Return a release as a line: digest, time, commit."""
    return f"{release.digest[:12]}  {release.at}  {release.commit[:12]}{'  withdrawn' if release.withdrawn else ''}"


def run(arguments: argparse.Namespace) -> None:
    """Go back to an earlier release of a function, or list its releases."""
    parameters = stage_parameters(arguments.stage)
    session = boto3.Session(region_name=REGION)
    account, arn = preflight.caller(session)
    print(f"Account {account} ({arn}), region {REGION}, stage {arguments.stage}")
    cloud = Cloud(session)
    releases = cloud.artifacts(arguments.stage).releases(arguments.function)
    if arguments.list:
        for release in releases:
            print(line_of(release))
        return
    release = to_go_back_to(arguments.function, releases, arguments.to)
    print(f"Back to {line_of(release)}")
    outcome = cloud.go_back(
        arguments.function, release, parameters, Options(plan=arguments.plan, yes=arguments.yes)
    )
    if not arguments.plan:
        deploy.finish(session, arguments.function, parameters, outcome.outputs)


def main(arguments: Sequence[str] | None = None) -> int:
    """Go back; say in a sentence what stands in the way."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.deployment.rollback", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("function", choices=FUNCTIONS)
    parser.add_argument("--stage", default="dev")
    parser.add_argument(
        "--to", help="the beginning of a package's digest; without, the one before the latest"
    )
    parser.add_argument("--list", action="store_true", help="only show the releases, the latest last")
    parser.add_argument("--plan", action="store_true", help="only show what would change")
    parser.add_argument("--yes", action="store_true", help="let resources be removed and replaced")
    options = parser.parse_args(arguments)
    return exit_code_of(lambda: run(options), DeployError)


if __name__ == "__main__":
    sys.exit(main())
