"""The inventory of a package: a CycloneDX bill of materials, and its licences as a table for people.

It is written from what was packed, not from what was asked for. The same package gives the same inventory.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import Distribution, distributions, version
from pathlib import Path
from typing import Final

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from infra.deployment.packaging.runtime import Target

FRAMEWORK: Final = "chalice"
"""Chalice puts its two modules into the zip itself, from the locked version that packages."""
_UNKNOWN: Final = "unknown"
_FORBIDDEN: Final = re.compile(r"\b(A?GPL|SSPL)", re.IGNORECASE)
_CLASSIFIER: Final = "License :: OSI Approved :: "
_NAMESPACE: Final = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")
_EPOCH: Final = datetime(1980, 1, 1, tzinfo=UTC)


def licence_of(distribution: Distribution) -> str:
    """Return the licence that a distribution states: its expression (PEP 639), its field, or its classifiers."""
    about = distribution.metadata
    fields = [*(about.get_all("License-Expression") or ()), *(about.get_all("License") or ())]
    stated = next((each for each in fields if each), "")
    if stated and "\n" not in stated:
        return stated
    classifiers = [each for each in about.get_all("Classifier") or () if each.startswith(_CLASSIFIER)]
    return " OR ".join(each.removeprefix(_CLASSIFIER) for each in classifiers) or _UNKNOWN


def findings(folder: Path) -> Iterator[str]:
    """Yield the libraries that a package given away under Apache-2.0 may not hold, or that state no licence."""
    for each in _sorted(folder):
        licence = licence_of(each)
        if licence == _UNKNOWN:
            yield f"{each.name} states no licence"
        elif _FORBIDDEN.search(licence) and " OR " not in licence:
            yield f"{each.name} is under {licence}: a package with it may not be given away under Apache-2.0"


def write(package: Path, folder: Path, function: str, target: Target) -> None:
    """Write `sbom.cdx.json` and `licences.md` beside a package.

    Args:
        package: the zip.
        folder: the libraries that were packed into it.
        function: its name.
        target: the runtime that the libraries are for.
    """
    libraries = _sorted(folder)
    bill = _bill(package, folder, libraries, function, target)
    (package.parent / "sbom.cdx.json").write_text(JsonV1Dot6(bill).output_as_string(indent=1) + "\n", "utf-8")
    rows = [f"| {each.name} | {each.version} | {licence_of(each)} |" for each in libraries]
    table = [f"# Licences in {function}", "", "| Library | Version | Licence |", "| --- | --- | --- |", *rows]
    (package.parent / "licences.md").write_text("\n".join(table) + "\n", "utf-8")


def _sorted(folder: Path) -> list[Distribution]:
    """Return the packed libraries, and Chalice as it is installed here, by name."""
    packed = [*distributions(path=[str(folder)]), Distribution.from_name(FRAMEWORK)]
    return sorted(packed, key=lambda each: canonicalize_name(each.name))


def _bill(
    package: Path, folder: Path, libraries: Sequence[Distribution], function: str, target: Target
) -> Bom:
    digest = hashlib.sha256(package.read_bytes()).hexdigest()
    bill = Bom(
        serial_number=uuid.uuid5(_NAMESPACE, digest),
        components=[_component(each, folder) for each in libraries],
    )
    bill.metadata.timestamp = _EPOCH
    bill.metadata.component = Component(
        name=f"pakn-{function}",
        type=ComponentType.APPLICATION,
        bom_ref=function,
        description=f"AWS Lambda, {target}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
    )
    bill.register_dependency(bill.metadata.component, bill.components)
    return bill


def _component(distribution: Distribution, folder: Path) -> Component:
    """Return a library with the compiled libraries it brings, and where it lists their own sources (PEP 770)."""
    name = canonicalize_name(distribution.name)
    brought = sorted((folder / f"{distribution.name}.libs").glob("*.so*"))
    lists = sorted(folder.glob(f"{distribution.name}-{distribution.version}.dist-info/sboms/*.json"))
    return Component(
        name=name,
        version=distribution.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"{name}@{distribution.version}",
        purl=PackageURL("pypi", None, name, distribution.version),
        licenses=[LicenseFactory().make_from_string(licence_of(distribution))],
        external_references=[
            ExternalReference(type=ExternalReferenceType.BOM, url=XsUri(path.relative_to(folder).as_posix()))
            for path in lists
        ],
        components=[
            Component(
                name=path.relative_to(folder).as_posix(),
                type=ComponentType.FILE,
                bom_ref=path.relative_to(folder).as_posix(),
                hashes=[
                    HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(path.read_bytes()).hexdigest())
                ],
            )
            for path in brought
        ],
    )


def framework_findings(locked: str) -> Iterator[str]:
    """Yield a finding when the Chalice that packages is not the locked one: two of its modules are deployed."""
    if (installed := version(FRAMEWORK)) != locked:
        yield f"{FRAMEWORK} {installed} packages, and {locked} is locked: run make install"
