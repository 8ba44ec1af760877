"""`python -m infra.ops`, `.venv/bin/ops` and `make ops ARGS="dead list"`: run one command."""

from __future__ import annotations

from infra.ops.root import run

if __name__ == "__main__":
    run()
