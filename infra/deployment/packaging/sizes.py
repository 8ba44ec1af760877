"""The size of each package, as a table and against a ceiling: what grows is noticed when it grows."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MEBIBYTE: Final = 2**20
CEILINGS: Final = {
    "casework": (15, 60),
    "intake": (30, 100),
    "notifier": (10, 30),
    "router": (6, 20),
    "sla_timer": (6, 20),
}
"""MiB of the zip and of what it unpacks to. A larger package is loaded later, and Lambda takes 250 MiB unpacked at most
(docs.aws.amazon.com/lambda, "Lambda quotas"); whoever needs more raises the ceiling where reviewers see it."""


@dataclass(frozen=True)
class Size:
    """The size of one package, in bytes."""

    function: str
    packed: int
    unpacked: int

    def findings(self) -> Iterator[str]:
        """Yield a finding for each size above the function's ceiling."""
        for size, ceiling, kind in zip(
            (self.packed, self.unpacked), CEILINGS[self.function], ("packed", "unpacked"), strict=True
        ):
            if size > ceiling * MEBIBYTE:
                yield f"{size / MEBIBYTE:.1f} MiB {kind}, above the ceiling of {ceiling} MiB"


def measure(function: str, archive: Path) -> Size:
    """Return the size of a function's zip."""
    with zipfile.ZipFile(archive) as opened:
        unpacked = sum(entry.file_size for entry in opened.infolist())
    return Size(function, archive.stat().st_size, unpacked)


def table(sizes: Iterable[Size]) -> str:
    """Return a Markdown table of packages, with the share of the ceiling that each takes."""
    lines = [
        "| Function | Zip, MiB | Ceiling | Unpacked, MiB | Ceiling |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for each in sizes:
        packed, unpacked = CEILINGS[each.function]
        lines.append(
            f"| {each.function} | {each.packed / MEBIBYTE:.1f} | {packed} |"
            f" {each.unpacked / MEBIBYTE:.1f} | {unpacked} |"
        )
    return "\n".join(lines) + "\n"
