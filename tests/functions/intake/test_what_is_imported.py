"""Imports of a start: everything that requests use, and no library that is heavy and rare."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
HEAVY_AND_RARE = {
    "PIL": "only an uploaded image is decoded, in a process of its own",
    "lxml": "pikepdf brings it",
    "pikepdf": "only an uploaded PDF is written anew, in a process of its own",
    "aws_lambda_powertools": "only what is logged or counted needs it",
    "boto3": "clients are botocore's",
    "cryptography": "only a message of Amazon SNS is verified with it",
    "holidays": "calendars are generated when the project is built",
    "jwt": "officers alone sign in",
    "reportlab": "only a receipt that is saved as PDF is drawn with it",
    "xlsxwriter": "reports are casework's",
}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules of a fresh interpreter that has imported `app.py`."""
    paths = (str(ROOT), str(ROOT / "functions" / "intake"))
    code = f"import sys; sys.path[:0] = {paths!r}\nimport app\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("library", HEAVY_AND_RARE)
def test_a_start_imports_no_library_that_is_heavy_and_rare(loaded, library):
    assert library not in loaded


@pytest.mark.parametrize(
    "module",
    [
        pytest.param("chalicelib.intake.site.send", id="a page"),
        pytest.param("chalicelib.intake.api.petitions", id="the JSON API"),
        pytest.param("chalicelib.intake.open311.endpoints", id="Open311"),
        pytest.param("chalicelib.intake.sms.providers.esms", id="an SMS provider"),
        pytest.param("chalicelib.intake.uploads.check_upload", id="the check of uploads"),
        pytest.param("jinja2", id="the templates' engine"),
        pytest.param("pydantic", id="the models' library"),
        pytest.param("botocore.session", id="the AWS clients' library"),
    ],
)
def test_a_start_imports_what_requests_use(loaded, module):
    assert module in loaded
