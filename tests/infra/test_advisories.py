"""The report that `make audit` makes of pip-audit's answer: known weaknesses fail, a service out of reach is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from infra.tools.advisories import report

SOUND = {"name": "segno", "version": "1.6.6", "vulns": []}
WEAK = {"name": "pillow", "version": "9.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["9.1"]}]}
UNKNOWN = {"name": "altcha", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("dependencies", "code", "lines"),
    [
        pytest.param([SOUND], 0, ["1 distributions audited, 0 known weaknesses"], id="sound"),
        pytest.param(
            [SOUND, WEAK, WEAK],
            1,
            ["2 distributions audited, 1 known weaknesses", "pillow 9.0: PYSEC-1, mended in 9.1"],
            id="weak in two functions",
        ),
        pytest.param(
            [SOUND, UNKNOWN],
            0,
            [
                "1 distributions audited, 0 known weaknesses",
                "NOT AUDITED, unknown to the service: altcha",
            ],
            id="one is unknown",
        ),
        pytest.param(
            [UNKNOWN],
            0,
            ["NOT AUDITED: the service knows none of the 1 locked distributions"],
            id="all are unknown",
        ),
    ],
)
def test_what_is_known_of_the_locked_versions_is_reported(dependencies: list[Any], code, lines):
    assert report(json.dumps({"dependencies": dependencies}), "") == (code, lines)


def test_a_service_out_of_reach_is_named_and_does_not_fail():
    code, lines = report("", "Traceback …\nrequests.exceptions.ConnectionError: no route\n")

    assert (code, lines) == (
        0,
        [
            "NOT AUDITED: the advisories could not be reached (requests.exceptions.ConnectionError: no route)",
        ],
    )
