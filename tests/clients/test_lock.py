"""The generators of clients are pinned, and their locks name no registry."""

from __future__ import annotations

import json
from pathlib import Path

HERE = Path(__file__).parent
REQUIREMENTS = HERE.parents[1] / "requirements" / "clients.lock"


def test_every_package_of_node_has_its_hash_and_no_address():
    packages = json.loads((HERE / "package-lock.json").read_text("utf-8"))["packages"]
    own = packages.pop("")
    wanted = json.loads((HERE / "package.json").read_text("utf-8"))["devDependencies"]

    assert own["devDependencies"] == wanted
    assert all(version[0].isdigit() for version in wanted.values())
    assert [name for name, facts in packages.items() if "integrity" not in facts] == []
    assert [name for name, facts in packages.items() if "resolved" in facts] == []


def test_the_python_generator_is_locked_with_hashes_and_no_address():
    lock = REQUIREMENTS.read_text("utf-8")

    assert all(f"{name}==" in lock for name in ("openapi-python-client", "georeport", "frictionless"))
    assert lock.count("==") <= lock.count("--hash=sha256:")
    assert "://" not in lock
