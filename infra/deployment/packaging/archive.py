"""Writes a function's zip so that the same files give the same bytes, and looks for what must not be in it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
_READABLE: Final = 0o100644 << 16
"""Lambda runs as another user: every file must be readable by all."""
_UNIX: Final = 3


def files_of(folder: Path) -> dict[str, Path]:
    """Return the files under a folder by their names in a zip."""
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def write(archive: Path, chalices: Path, libraries: Mapping[str, Path]) -> None:
    """Write what Chalice packed and the libraries into one zip: sorted, with one date, and one right to read.

    The bytes depend on nothing but names and contents (and on zlib, which compresses).

    Raises:
        ValueError: a library brings a file of a name that the function has.
    """
    archive.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(chalices) as packed, zipfile.ZipFile(archive, "w") as written:
        own = {name for name in packed.namelist() if not name.endswith("/")}
        if both := sorted(own & libraries.keys()):
            raise ValueError(f"a library overwrites the function's own {', '.join(both)}")
        for name in sorted(own | libraries.keys()):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.create_system, entry.external_attr = _UNIX, _READABLE
            content = packed.read(name) if name in own else libraries[name].read_bytes()
            written.writestr(entry, content, zipfile.ZIP_DEFLATED, compresslevel=6)


def findings(archive: Path, function: str, functions: tuple[str, ...]) -> Iterator[str]:
    """Yield the files that a function's zip lacks, and those that should not be in it."""
    with zipfile.ZipFile(archive) as opened:
        names = opened.namelist()
    for needed in ("app.py", "shared/domain/petition/petition.py", "chalice/app.py"):
        if needed not in names:
            yield f"{archive.name} lacks {needed}"
    if not any(name.startswith(f"chalicelib/{function}/") for name in names):
        yield f"{archive.name} lacks chalicelib/{function}/"
    for name in names:
        parts = name.split("/")
        own = parts[0] in {"app.py", "chalicelib", "shared"}
        if name.endswith((".pyc", ".pyo")) or "__pycache__" in parts:
            yield f"{archive.name} holds bytecode: {name}"
        if own and ("tests" in parts or parts[-1].startswith("test_") or parts[-1] == "conftest.py"):
            yield f"{archive.name} holds a test: {name}"
        if parts[0] == "chalicelib" and len(parts) > 1 and parts[1] in functions and parts[1] != function:
            yield f"{archive.name} holds another function's code: {name}"
