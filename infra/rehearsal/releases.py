"""The release before this one, for a rehearsal of rolling functions back and forth.

Its sources are those of a named revision, or of the newest tag `v*`. A clone without history has neither: then it is
made of these sources, with another digest; what older code left, the golden items of the tests show alone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from infra.deployment.package import Package, build
from infra.deployment.packaging.interpreter import runnable
from infra.layout import ROOT
from infra.rehearsal import adaptations

CHEAP = ("intake", "router")
"""The functions that every rehearsal rolls: one that people wait for, one that messages wait for."""
_SOURCES = ("functions", "shared", "infra/cloudformation/functions")


@dataclass(frozen=True)
class Release:
    """The release before this one."""

    name: str
    packages: Mapping[str, Package]


def newest_tag() -> str | None:
    """Return the newest tag `v*` of this clone."""
    listed = _git("tag", "--list", "v*", "--sort=-version:refname").decode().split()
    return listed[0] if listed else None


def before(
    current: Mapping[str, Package], functions: Iterable[str], revision: str | None, into: Path
) -> Release:
    """Build the packages of the release before this one, with the templates of this one, as a rollback has them.

    Args:
        current: the packages of these sources.
        functions: those to build.
        revision: whose sources; the newest tag's if not given.
        into: the folder to build in.

    Raises:
        CalledProcessError: there is no such revision.
        PackageError: its sources make no package any more.
    """
    revision = revision or newest_tag()
    if revision is None:
        copies = {name: _another_digest(current[name], into) for name in functions}
        return Release("these sources with another digest, for this clone has no tag", copies)
    sources = _sources_of(revision, into / "sources")
    old = {
        name: build(
            name,
            "dev",
            into=into,
            functions=sources / "functions",
            merges=sources / "infra" / "cloudformation" / "functions",
            target=runnable("dev").target,
        )
        for name in functions
    }
    return Release(revision, {name: replace(current[name], archive=old[name].archive) for name in functions})


def as_json(packages: Mapping[str, Package]) -> dict[str, Any]:
    """Return packages, adapted to the emulator, for the process that rolls them."""
    adapted = {name: adaptations.package(package) for name, package in packages.items()}
    return {name: {"archive": str(p.archive), "template": p.template} for name, p in adapted.items()}


def packages_in(path: Path) -> dict[str, dict[str, Package]]:
    """Return the packages of both releases, `before` and `now`, from a file."""
    releases = json.loads(path.read_text("utf-8"))
    return {
        release: {name: Package(name, Path(p["archive"]), p["template"]) for name, p in packages.items()}
        for release, packages in releases.items()
    }


def _another_digest(package: Package, into: Path) -> Package:
    archive = into / f"{package.function}.zip"
    shutil.copyfile(package.archive, archive)
    with zipfile.ZipFile(archive, "a") as opened:
        opened.writestr("RELEASE", "the one before")
    return replace(package, archive=archive)


def _sources_of(revision: str, folder: Path) -> Path:
    with tarfile.open(fileobj=BytesIO(_git("archive", revision, *_SOURCES))) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout
