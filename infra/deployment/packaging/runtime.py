"""The one runtime that the functions are deployed to. Nothing here depends on the Python that runs it.

docs.aws.amazon.com/lambda, "Lambda runtimes": python3.13 stands on Amazon Linux 2023, whose glibc is 2.34.
"""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PYTHON: Final = "3.13"
GLIBC: Final = (2, 34)
DEFAULT_ARCHITECTURE: Final = "arm64"
MACHINES: Final = {"arm64": "aarch64", "x86_64": "x86_64"}
"""Lambda's word for an architecture, and the word in wheel tags."""
STAGE_SETTING: Final = "Architecture"
"""The key of `infra/stages/<stage>.json` that chooses; no parameter of a template, because the wheels follow it."""
STAGES: Final = Path(__file__).resolve().parents[3] / "infra" / "stages"


@dataclass(frozen=True)
class Target:
    """The runtime that a package's libraries are resolved for.

    Attributes:
        python: the minor version, such as "3.13".
        architecture: as Lambda says it: "arm64" or "x86_64".
        glibc: the newest that wheels may need; None takes this machine's own wheels, for a rehearsal alone.
    """

    python: str
    architecture: str
    glibc: tuple[int, int] | None = GLIBC

    @property
    def machine(self) -> str:
        """Return the architecture as wheel tags say it."""
        return MACHINES[self.architecture]

    @property
    def platform(self) -> str | None:
        """Return the platform as uv says it, or None for this machine."""
        return None if self.glibc is None else "{}-manylinux_{}_{}".format(self.machine, *self.glibc)

    def __str__(self) -> str:
        """Return the target as reports name it."""
        return f"python{self.python}, {self.architecture}" + (
            "" if self.glibc else ", wheels of this machine"
        )


def target(stage: str, stages: Path = STAGES) -> Target:
    """Return the target of a stage's packages: the pinned runtime, on the stage's architecture.

    Raises:
        ValueError: the stage asks for an architecture that Lambda does not have.
    """
    path = stages / f"{stage}.json"
    described = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    architecture = described.get(STAGE_SETTING, DEFAULT_ARCHITECTURE)
    if architecture not in MACHINES:
        raise ValueError(f"{path.name}: {STAGE_SETTING} is one of {', '.join(sorted(MACHINES))}")
    return Target(PYTHON, architecture)


def machine_architecture() -> str:
    """Return this machine's architecture as Lambda says it."""
    return "arm64" if platform.machine().lower() in {"aarch64", "arm64"} else "x86_64"


def target_of_machine() -> Target:
    """Return the target that this Python and this machine are."""
    return Target("{}.{}".format(*sys.version_info[:2]), machine_architecture(), glibc=None)


def pin(template: dict[str, Any], chosen: Target) -> dict[str, Any]:
    """Return a SAM template whose functions all run in the pinned runtime, whatever Python Chalice ran under."""
    pinned: dict[str, Any] = json.loads(json.dumps(template))
    for resource in pinned["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"] |= {"Runtime": f"python{PYTHON}", "Architectures": [chosen.architecture]}
    return pinned
