"""A cold start imports only what its request needs (`make bench` measures it; this keeps it so)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HEAVY = ("aws_lambda_powertools", "boto3", "holidays", "jinja2", "jwt", "phonenumbers", "xml.sax")


@pytest.mark.parametrize(
    ("modules", "needless"),
    [
        pytest.param(("app",), (*HEAVY, "chalicelib.intake.site", "chalicelib.intake.sms"), id="app.py"),
        pytest.param(
            ("app", "chalicelib.intake.site.doors"),
            ("aws_lambda_powertools", "boto3", "phonenumbers"),
            id="a page",
        ),
        pytest.param(("app", "chalicelib.intake.api.webhooks"), ("boto3", "holidays", "jinja2"), id="an SMS"),
    ],
)
def test_nothing_needless_is_imported(modules, needless):
    code = f"import sys\nfor name in {modules!r}: __import__(name)\nprint(*sys.modules)"
    paths = (str(ROOT), str(ROOT / "functions" / "intake"))

    done = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}\n{code}"],
        capture_output=True,
        text=True,
        check=True,
    )

    loaded = done.stdout.split()
    assert [name for name in needless if name in loaded] == []
