"""Checks all translated templates with checkov: `make checkov`. Each check that is left out has its reason here."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

from infra.layout import BUILD
from tests.infra.guards.translated import translated

LEFT_OUT: Mapping[str, str] = {
    "CKV_AWS_18": "who read a file stands in the petition's history and CloudTrail; access logs would hold addresses",
    "CKV_AWS_26": "alarms name metrics only, and CloudWatch could not publish under AWS's own key",
    "CKV_AWS_27": "queues of identifiers are encrypted by SQS's own key; those of receipts by ours",
    "CKV_AWS_45": "names of settings look like keys to it: secrets are read from Secrets Manager alone",
    "CKV_AWS_115": "doors share the account's concurrency: a limit would turn citizens away; consumers have theirs",
    "CKV_AWS_116": "queues and the stream bring their own dead letters, schedules an on-failure destination",
    "CKV_AWS_117": "nothing that the functions reach lies in a VPC, and one would cost seconds of a start",
    "CKV_AWS_120": "answers are of one person, or a minute old by their own headers: nothing is to be cached",
    "CKV_AWS_149": "secrets are encrypted by Secrets Manager's key; a key of ours would guard them from nobody else",
    "CKV_AWS_173": "environment variables hold names, no secrets; Lambda encrypts them with its own key",
}
"""Checks by their ids (checkov's list of policies for CloudFormation)."""


def main() -> int:
    """Write the translated templates into build/translated and check them there."""
    folder = BUILD / "translated"
    folder.mkdir(parents=True, exist_ok=True)
    for title, template in translated().items():
        (folder / f"{title}.json").write_text(json.dumps(template, indent=1))
    command = [str(BUILD / "checkov" / "bin" / "checkov"), "--directory", str(folder)]
    options = ["--framework", "cloudformation", "--compact", "--quiet", "--skip-download"]
    return subprocess.run([*command, *options, "--skip-check", ",".join(LEFT_OUT)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
