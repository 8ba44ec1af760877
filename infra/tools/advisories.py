"""Asks whether a known weakness stands in what is deployed: `python -m infra.tools.advisories`, called by `make audit`.

pip-audit looks up every locked version of the functions' requirements. Its service may be out of reach, from behind a
ministry's mirror for instance: then this says what was not looked up, and does not fail.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from infra.layout import FUNCTIONS, ROOT

SECONDS = 10
_COMMAND = ["--format", "json", "--disable-pip", "--require-hashes", "--progress-spinner", "off"]


def main() -> int:
    """Look up, report; 1 when a known weakness is found."""
    files = [f"--requirement={ROOT / 'functions' / name / 'requirements.txt'}" for name in FUNCTIONS]
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", *_COMMAND, f"--timeout={SECONDS}", *files],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode not in {0, 1}:  # it did not understand how it was called
        raise SystemExit(done.stderr)
    code, lines = report(done.stdout, done.stderr)
    print("\n".join(lines))
    return code


def report(answer: str, complaint: str) -> tuple[int, list[str]]:
    """Return an exit code, and what pip-audit found, as lines.

    Args:
        answer: its standard output, JSON when it came to an end.
        complaint: its standard error.
    """
    try:
        dependencies: Sequence[Mapping[str, Any]] = json.loads(answer)["dependencies"]
    except (ValueError, KeyError):
        reason = (complaint.strip().splitlines() or ["no answer"])[-1]
        return 0, [f"NOT AUDITED: the advisories could not be reached ({reason})"]
    unknown = sorted({each["name"] for each in dependencies if "skip_reason" in each})
    audited = {each["name"] for each in dependencies} - set(unknown)
    weak = sorted(
        {
            f"{each['name']} {each['version']}: {weakness['id']}, mended in {' or '.join(weakness['fix_versions'])}"
            for each in dependencies
            for weakness in each.get("vulns", ())
        }
    )
    if not audited:
        return 0, [f"NOT AUDITED: the service knows none of the {len(unknown)} locked distributions"]
    lines = [f"{len(audited)} distributions audited, {len(weak)} known weaknesses", *weak]
    if unknown:
        lines.append(f"NOT AUDITED, unknown to the service: {', '.join(unknown)}")
    return int(bool(weak)), lines


if __name__ == "__main__":
    sys.exit(main())
