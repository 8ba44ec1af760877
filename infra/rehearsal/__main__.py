"""Rehearses a deployment: everything goes into an emulated cloud from its packages, and the journeys travel through it.

`make rehearse`. The platform, the vault, identity, the five functions and the alarms are deployed by
`infra.deployment.deploy`, exactly as to AWS, into ministack. Then pytest plays the journeys that are marked `cloud`
(`tests/support/target.py`): each step goes through API Gateway, the packaged Lambdas, the stream, the queues and
Cognito. Schedules fire by themselves. At the end no queue holds a dead letter.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from infra.deployment.errors import DeployError
from infra.deployment.package import Package
from infra.deployment.packaging.errors import PackageError
from infra.deployment.packaging.interpreter import like_lambda, runnable
from infra.layout import FUNCTIONS, ROOT
from infra.rehearsal import releases as both_releases
from infra.rehearsal.deployed import VARIABLE, Deployed
from infra.rehearsal.deployment import STAGE, Deployment, new_gateway, packages
from infra.rehearsal.emulator import Emulator, EmulatorError
from infra.rehearsal.front import Front
from infra.rehearsal.rest import Rest, RestlessError

PYTEST = ("-m", "pytest", "--target=cloud", "-q", "-p", "no:cacheprovider")
JOURNEYS = ("-n", "2", "--dist", "worksteal", "tests/journeys")
ROLLING = ("-m", "rolling", "tests/rollout")
LOG_SHOWN = 6000

T = TypeVar("T")


class RehearsalError(Exception):
    """Something did not happen as it should; the text says what was expected and what came."""


def rehearse(emulator: Emulator, options: argparse.Namespace) -> None:
    """Deploy everything to an emulator and play the journeys there.

    Raises:
        RehearsalError: a journey did not go as it should, or left a dead letter.
        DeployError: the emulator did not take a stack.
        PackageError: a package is not fit to be deployed.
    """
    with Front(new_gateway()) as front:
        built = _timed("packages are built", packages)
        deployment = Deployment(emulator, front)
        for outcome in _timed("everything is deployed", lambda: deployment.everything(built)):
            print(f"  {outcome.stack}: {len(outcome.changed)} resources")
        deployed = deployment.furnish()
        if failures := _timed("every function answers", deployment.failures):
            raise RehearsalError("Expected: every function answers; came: " + "; ".join(failures))
        description = emulator.folder / "deployed.json"
        deployed.save(description)
        _write_releases(emulator, built, options)
        if options.stay:
            _stay(description)
            return
        _timed("journeys are played", lambda: _play(description, (*JOURNEYS, *options.pytest)))
        if not options.pytest:
            _timed("functions are rolled there and back under load", lambda: _play(description, ROLLING))
        _timed("no dead letter is left", lambda: _expect_no_dead_letters(deployed))


def _write_releases(emulator: Emulator, built: Mapping[str, Package], options: argparse.Namespace) -> None:
    """Build the release before this one, and leave both releases' packages where the rolling test finds them."""
    functions = FUNCTIONS if options.roll else both_releases.CHEAP
    release = both_releases.before(built, functions, options.since, emulator.folder)
    print(f"Rolled: {', '.join(functions)}; the release before is {release.name}")
    now = {name: built[name] for name in functions}
    releases = {"before": both_releases.as_json(release.packages), "now": both_releases.as_json(now)}
    (emulator.folder / "releases.json").write_text(json.dumps(releases), encoding="utf-8")


def _play(description: Path, arguments: Sequence[str]) -> None:
    """Let pytest play the journeys, in processes of its own."""
    environment = {**os.environ, VARIABLE: str(description)}
    done = subprocess.run([sys.executable, *PYTEST, *arguments], cwd=ROOT, env=environment, check=False)
    if done.returncode:
        raise RehearsalError(
            "Expected: all journeys pass; see above, and the functions' own lines with --log"
        )


def _expect_no_dead_letters(deployed: Deployed) -> None:
    rest = Rest(deployed)
    rest.wait()
    if dead := rest.dead_letters():
        raise RehearsalError(f"Expected: no dead letters; came: {dead}")


def _stay(description: Path) -> None:
    print(
        f"\n{VARIABLE}={description} {sys.executable} -m pytest --target=cloud tests/journeys\nEnd with Ctrl-C."
    )
    try:
        while True:
            time.sleep(60)
    except KeyboardInterrupt:
        return


def _timed(what: str, step: Callable[[], T]) -> T:
    begun = time.monotonic()
    result = step()
    print(f"{what} ({time.monotonic() - begun:.1f} s)", flush=True)
    return result


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m infra.rehearsal",
        description="Deploy to an emulated cloud and play the journeys there",
    )
    parser.add_argument("--log", action="store_true", help="show the emulator's log afterwards")
    parser.add_argument("--roll", action="store_true", help="roll all functions there and back, not two")
    parser.add_argument(
        "--since", metavar="REVISION", help="roll from this revision; else from the newest tag v*"
    )
    parser.add_argument(
        "--stay", action="store_true", help="deploy, and wait: play journeys from another shell"
    )
    options, for_pytest = parser.parse_known_args(arguments)
    options.pytest = for_pytest
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Rehearse; on failure show the end of the emulator's log, where the functions' own lines are."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever ends us ends the emulator too
    try:
        print(f"Rehearsed: {runnable(STAGE).description}")
        with Emulator(lambdas=like_lambda(runnable(STAGE).base)) as emulator:
            os.environ.update(emulator.environment)
            try:
                rehearse(emulator, options)
            except Exception:
                print(emulator.log()[-LOG_SHOWN:], file=sys.stderr)
                raise
            if options.log:
                print(emulator.log())
    except (DeployError, EmulatorError, PackageError, RehearsalError, RestlessError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
