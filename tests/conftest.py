"""Fixtures that several kinds of tests share."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

import pytest
from chalice.app import Chalice

from infra.rehearsal.deployed import Deployed
from infra.rehearsal.rest import Rest
from tests.infra.permissions.hold_to_policies import heard
from tests.local.tiny import Script
from tests.support import profiles
from tests.support.cloud import CloudTarget
from tests.support.log_capture import Overheard
from tests.support.system import System
from tests.support.target import Target

profiles.load()
RUNNING = pytest.StashKey[System]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say what the journeys run against."""
    parser.addoption(
        "--target",
        choices=("local", "cloud"),
        default="local",
        help="cloud: only journeys marked `cloud`, against the cloud that `make rehearse` has deployed",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out campaigns beyond their smoke, unless `-m` names them; and what cannot run against the target."""
    expression = config.getoption("markexpr")
    sizes = [size for size in ("campaign", "full") if size not in expression]
    left_out = [item for item in items if any(item.get_closest_marker(size) for size in sizes)]
    if config.getoption("target") == "cloud":
        left_out += [item for item in items if not any(map(item.get_closest_marker, ("cloud", "rolling")))]
    else:
        left_out += [item for item in items if item.get_closest_marker("rolling")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Hold each test to the record of permissions, once the system of this process runs."""
    system = item.config.stash.get(RUNNING, None)
    if system is None:
        return (yield)
    with heard(system.calls, item.nodeid):
        return (yield)


@pytest.fixture(scope="session")
def running_system(pytestconfig: pytest.Config) -> Iterator[System]:
    """The system of this process; ask for `system` instead, which is as good as new for each test.

    A fixture of a module that fills it resets it first.
    """
    system = System()
    system.start()
    pytestconfig.stash[RUNNING] = system
    yield system
    del pytestconfig.stash[RUNNING]
    system.stop()


@pytest.fixture(scope="session")
def deployed_cloud() -> tuple[Deployed, Rest]:
    """The cloud that the environment names, and what knows when it is at rest."""
    deployed = Deployed.named_by_environment()
    os.environ.update(deployed.credentials)  # for what tests read through the functions' own code
    return deployed, Rest(deployed)


@pytest.fixture
def system(request: pytest.FixtureRequest) -> Target:
    """The whole system, empty, at 09:00 on Tuesday 3 November 2026 in Vietnam; or a deployed cloud, as it is."""
    if request.config.getoption("target") == "cloud":
        return CloudTarget(*request.getfixturevalue("deployed_cloud"))
    running: System = request.getfixturevalue("running_system")
    running.reset()
    return running


@pytest.fixture(scope="session")
def _script_and_apps(running_system: System) -> tuple[Script, Mapping[str, Chalice]]:
    """Functions of a few lines, made once the environment is set."""
    script = Script()
    return script, script.apps()


@pytest.fixture
def script(_script_and_apps: tuple[Script, Mapping[str, Chalice]]) -> Script:
    """The reactions of the tiny functions, and the events that they saw."""
    script, _apps = _script_and_apps
    script.forget()
    return script


@pytest.fixture
def tiny(
    running_system: System, _script_and_apps: tuple[Script, Mapping[str, Chalice]], script: Script
) -> System:
    """The system with functions of a few lines, empty, at 09:00 on Tuesday 3 November 2026 in Vietnam."""
    running_system.reset(apps=_script_and_apps[1])
    return running_system


@pytest.fixture
def overheard() -> Iterator[Overheard]:
    """Every log record of this test."""
    with Overheard() as heard:
        yield heard
