"""A deployed cloud, as those who look on know it: its addresses, the names of what the stacks made, its log.

The rehearsal writes it into a file, from which the processes that play journeys read it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import boto3

from infra.deployment.templates import REGION

VARIABLE = "PAKN_DEPLOYED"
"""Names the file, in the environment of the processes that play journeys."""


@dataclass(frozen=True)
class Deployed:
    """One stage in an emulated cloud, all parts deployed, with directory and officers."""

    stage: str
    url: str
    """The address that citizens and officers use."""
    emulator_url: str
    credentials: Mapping[str, str]
    outputs: Mapping[str, str]
    """Outputs of the stacks of the platform, the vault and the officers' accounts."""
    providers: Mapping[str, Mapping[str, str]]
    log: str
    """The path of the emulator's log."""
    parameters: Mapping[str, str]
    """The templates' parameters."""
    releases: str
    """The path of the packages that are rolled (`infra.rehearsal.releases`)."""

    def client(self, service: str) -> Any:
        """Return a client with all rights: of an onlooker, not of a function."""
        session: Any = boto3.Session(
            aws_access_key_id=self.credentials["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=self.credentials["AWS_SECRET_ACCESS_KEY"],
            region_name=REGION,
        )
        return session.client(service, endpoint_url=self.emulator_url)

    def save(self, path: Path) -> None:
        """Write it into a file."""
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def named_by_environment(cls) -> Self:
        """Read it from the file that the environment names.

        Raises:
            LookupError: there is none; the text says how to come by one.
        """
        path = os.environ.get(VARIABLE)
        if not path:
            raise LookupError(
                f"{VARIABLE} names no deployed cloud: `make rehearse` makes one and plays the journeys there"
            )
        return cls(**json.loads(Path(path).read_text("utf-8")))
