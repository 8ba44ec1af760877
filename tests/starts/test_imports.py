"""Imports of a start: what requests use, no library that is heavy and rare, not more modules than agreed on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.emulation.functions import NAMES
from tests.bench.imports import CEILINGS, imports_of

ROOT = Path(__file__).resolve().parents[2]
HEAVY_AND_RARE = {
    "PIL": "only an uploaded image is decoded, in a process of its own",
    "lxml": "pikepdf brings it",
    "pikepdf": "only an uploaded PDF is written anew, in a process of its own",
    "aws_lambda_powertools": "only what is logged or counted needs it",
    "boto3": "clients are botocore's",
    "holidays": "calendars are generated when the project is built",
    "phonenumbers": "only a telephone number needs it",
    "reportlab": "only a receipt that is saved as PDF is drawn with it",
    "xlsxwriter": "only a report that is saved as a spreadsheet needs it",
}
NEVER_IN = {
    "intake": {
        "jwt": "officers alone sign in",
        "cryptography": "only a message of Amazon SNS is verified with it",
    },
    "router": {"jinja2": "it renders nothing", "cryptography": "it verifies nothing"},
    "sla_timer": {"jinja2": "it renders nothing", "cryptography": "it verifies nothing"},
    "notifier": {"cryptography": "only a receipt of Amazon SNS is verified with it"},
    "casework": {},
}


@pytest.mark.parametrize("function", NAMES)
def test_a_start_imports_nothing_heavy_and_rare_and_no_more_than_was_agreed_on(function):
    imports = imports_of(function)

    assert {*imports.modules} & {*HEAVY_AND_RARE, *NEVER_IN[function]} == set()
    assert imports.of_libraries <= CEILINGS[function].libraries
    assert imports.ours <= CEILINGS[function].ours


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules of a fresh interpreter that has imported intake's `app.py`."""
    paths = (str(ROOT), str(ROOT / "functions" / "intake"))
    code = f"import sys; sys.path[:0] = {paths!r}\nimport app\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


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
