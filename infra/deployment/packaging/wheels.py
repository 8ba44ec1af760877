"""Looks whether installed libraries run in the pinned runtime: their wheels' tags, what each compiled file needs.

Tags say what a wheel was built for (packaging.python.org, "Platform compatibility tags"); the files themselves say what
they need. A wheel that says one and needs another does not pass either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from email.parser import Parser
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

from elftools.elf.dynamic import DynamicSection
from elftools.elf.elffile import ELFFile
from elftools.elf.gnuversions import GNUVerNeedSection
from packaging.requirements import Requirement
from packaging.tags import Tag, compatible_tags, cpython_tags, parse_tag
from packaging.utils import NormalizedName, canonicalize_name

from infra.deployment.packaging.runtime import Target

PROVIDED: Final = frozenset(
    {
        "ld-linux-aarch64.so.1", "ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libgcc_s.so.1", "libm.so.6",
        "libpthread.so.0", "librt.so.1", "libstdc++.so.6", "libutil.so.1",
        "libz.so.1",
    }
)  # fmt: skip
"""The libraries that Amazon Linux 2023 has in Lambda and that PEP 600 lets wheels rely on: glibc, the runtime libraries
of GCC, and zlib, which rpm needs. All else a wheel brings."""
Installed = Mapping[NormalizedName, Distribution]
_MAGIC: Final = b"\x7fELF"
_ELF_MACHINES: Final = {"x86_64": "EM_X86_64", "aarch64": "EM_AARCH64"}
_OLD_NAMES: Final = {5: "manylinux1", 12: "manylinux2010", 17: "manylinux2014"}
_INTERPRETER: Final = re.compile(r"\.cpython-(\d+)[a-z]*-")


def findings(folder: Path, target: Target, locked: str, roots: str) -> Iterator[str]:
    """Yield the findings about the libraries in a folder.

    Args:
        folder: they were installed into it.
        target: where they must run.
        locked: the text of the function's `requirements.txt`.
        roots: the text of its `requirements.in`.
    """
    installed = {canonicalize_name(each.name): each for each in distributions(path=[str(folder)])}
    yield from _against_lock(installed, target, locked)
    yield from _unmet(installed, target, roots)
    if target.glibc is not None:
        fit = frozenset(_tags(target))
        for name, distribution in sorted(installed.items()):
            yield from _unfit_tags(name, distribution, fit)
        yield from _unfit_files(folder, target)


# ---------------------------------------------------------------- what is there


def requirements_of(text: str) -> Iterator[Requirement]:
    """Yield the requirements of a file as pip reads it: hashes and comments left out."""
    for line in text.replace("\\\n", " ").splitlines():
        stated = line.partition("#")[0].partition("--hash")[0].strip()
        if stated:
            yield Requirement(stated)


def markers_of(target: Target) -> dict[str, str]:
    """Return the environment in which a target evaluates markers (packaging.python.org, "Dependency specifiers")."""
    return {
        "implementation_name": "cpython",
        "os_name": "posix",
        "platform_machine": target.machine,
        "platform_python_implementation": "CPython",
        "platform_system": "Linux",
        "python_full_version": f"{target.python}.0",
        "python_version": target.python,
        "sys_platform": "linux",
    }


def _against_lock(installed: Installed, target: Target, locked: str) -> Iterator[str]:
    expected = {
        canonicalize_name(each.name): str(each.specifier).removeprefix("==")
        for each in requirements_of(locked)
        if each.marker is None or each.marker.evaluate(markers_of(target))
    }
    for name, version in sorted(expected.items()):
        if name not in installed:
            yield f"{name} {version} is locked and not in the package"
        elif installed[name].version != version:
            yield f"{name} is {installed[name].version} in the package, and locked at {version}"
    yield from (
        f"{name} is in the package and not locked" for name in sorted(installed.keys() - expected.keys())
    )


def _unmet(installed: Installed, target: Target, roots: str) -> Iterator[str]:
    """Yield the requirements of libraries that the package lacks: the lock was not written anew."""
    waiting = [(each, "requirements.in") for each in requirements_of(roots)]
    seen: set[str] = set()
    while waiting:
        required, by = waiting.pop()
        name = canonicalize_name(required.name)
        if (distribution := installed.get(name)) is None:
            yield f"{by} requires {required}, which is not in the package"
            continue
        if not required.specifier.contains(distribution.version, prereleases=True):
            yield f"{by} requires {required}, and {distribution.version} is in the package"
        for extra in ("", *sorted(required.extras)):
            if (key := f"{name}[{extra}]") in seen:
                continue
            seen.add(key)
            environment = {**markers_of(target), "extra": extra}
            parts = [Requirement(text) for text in distribution.requires or ()]
            waiting += [
                (part, name) for part in parts if part.marker is None or part.marker.evaluate(environment)
            ]


# ---------------------------------------------------------------- whether it runs


def _tags(target: Target) -> Iterator[Tag]:
    """Yield every tag that the runtime takes."""
    _, newest = target.glibc or (2, 0)
    platforms = [f"manylinux_2_{minor}_{target.machine}" for minor in range(newest, 4, -1)]
    platforms += [f"{old}_{target.machine}" for minor, old in _OLD_NAMES.items() if minor <= newest]
    major, minor = (int(part) for part in target.python.split("."))
    yield from cpython_tags((major, minor), [f"cp{major}{minor}"], platforms)
    yield from compatible_tags((major, minor), f"cp{major}{minor}", platforms)


def _unfit_tags(name: str, distribution: Distribution, fit: frozenset[Tag]) -> Iterator[str]:
    stated = Parser().parsestr(distribution.read_text("WHEEL") or "").get_all("Tag") or []
    if not any(tag in fit for text in stated for tag in parse_tag(text)):
        yield f"{name} was built for {', '.join(stated) or 'nobody knows what'}, not for Lambda"


def _unfit_files(folder: Path, target: Target) -> Iterator[str]:
    compiled = sorted(path for path in folder.rglob("*") if path.is_file() and _is_elf(path))
    brought = {path.name for path in compiled}
    for path in compiled:
        name = path.relative_to(folder).as_posix()
        match = _INTERPRETER.search(path.name)
        if match and match[1] != target.python.replace(".", ""):
            yield f"{name} is for CPython {match[1]}"
        with path.open("rb") as opened:
            elf = ELFFile(opened)
            if elf["e_machine"] != _ELF_MACHINES[target.machine]:
                yield f"{name} is for {elf['e_machine']}, not for {target.machine}"
                continue
            foreign = sorted(_needed(elf) - brought - PROVIDED)
            newer = sorted(
                f"2.{minor}" for minor in _glibc_minors(elf) if (2, minor) > (target.glibc or (2, 0))
            )
        yield from (f"{name} needs {library}, which Lambda does not have" for library in foreign)
        yield from (f"{name} needs glibc {version}" for version in newer)


def _is_elf(path: Path) -> bool:
    with path.open("rb") as opened:
        return opened.read(len(_MAGIC)) == _MAGIC


def _needed(elf: ELFFile) -> set[str]:
    sections = [each for each in elf.iter_sections() if isinstance(each, DynamicSection)]
    return {str(vars(tag)["needed"]) for section in sections for tag in section.iter_tags("DT_NEEDED")}


def _glibc_minors(elf: ELFFile) -> set[int]:
    """Return the minor versions of glibc whose symbols a file asks for."""
    sections = [each for each in elf.iter_sections() if isinstance(each, GNUVerNeedSection)]
    names = {
        auxiliary.name
        for section in sections
        for _, versions in section.iter_versions()
        for auxiliary in versions
    }
    return {int(match[1]) for name in names if (match := re.fullmatch(r"GLIBC_2\.(\d+)(?:\.\d+)?", name))}
