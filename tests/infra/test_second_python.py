"""The second Python of the domain's tests: the deployed one if it is here, any other supported one else."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.tools import second_python


@pytest.mark.parametrize(
    ("running", "installed", "chosen"),
    [
        pytest.param("3.11", ["3.11", "3.12", "3.13"], "3.13", id="the deployed one first"),
        pytest.param("3.13", ["3.12", "3.13"], "3.12", id="not the one that runs"),
        pytest.param("3.11", ["3.11"], None, id="no other"),
    ],
)
def test_a_second_python_is_named(monkeypatch, running, installed, chosen):
    paths = {version: Path(f"/bin/python{version}") for version in installed}
    monkeypatch.setattr(second_python, "find", paths.get)

    assert second_python.second(running) == (chosen and paths[chosen])


def test_that_there_is_none_is_said_and_no_failure(monkeypatch, capsys):
    monkeypatch.setattr(second_python, "find", lambda _: None)

    code = second_python.main()

    printed = capsys.readouterr()
    assert (code, printed.out) == (0, "")
    assert "No second Python beside 3." in printed.err
