"""The running system, reachable over HTTP for functions in processes of their own."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from infra.local.emulation.moto_server import MotoServer
from tests.support.system import System


@pytest.fixture(scope="session")
def endpoint(running_system: System) -> Iterator[str]:
    """The address of the system's AWS."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    local = running_system.local
    server = MotoServer("127.0.0.1", port, local.functions.lock, local.bucket)
    server.start()
    yield f"http://127.0.0.1:{port}"
    server.stop()


@pytest.fixture
def system(running_system: System) -> System:
    """The whole system, without petitions."""
    running_system.reset()
    return running_system
