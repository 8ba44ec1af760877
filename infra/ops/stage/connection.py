"""The stage that a command works on, and how it is reached: the running local stack, or an account of AWS."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from botocore.exceptions import ClientError

from infra.deployment.errors import DeployError
from infra.deployment.stages import ACCOUNT, Parameters, lambda_names, stage_parameters
from infra.deployment.templates import REGION
from infra.layout import FUNCTIONS
from infra.ops.stage.errors import OpsError
from shared.platform import aws, clock

LOCAL = "local"
LOCAL_ADDRESS = "http://localhost:8088"
"""The address at which `make up` serves."""
THIS_MACHINE: frozenset[str | None] = frozenset({"localhost", "127.0.0.1", "::1"})
_LOCAL_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": LOCAL,
    "AWS_SECRET_ACCESS_KEY": LOCAL,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "AWS_EC2_METADATA_DISABLED": "true",
}
_ANSWERS_WITHIN_SECONDS = 5.0


@dataclass(frozen=True)
class Connection:
    """One stage, reached through the AWS clients of this process (`shared.platform.aws`)."""

    stage: str
    address: str = LOCAL_ADDRESS
    """The address of the local stack; of no other stage."""

    @property
    def is_local(self) -> bool:
        """True if it is the stack on this machine."""
        return self.stage == LOCAL

    @cached_property
    def parameters(self) -> Parameters:
        """The parameters of the stage's templates; the local stack has none but its name."""
        return {"Stage": LOCAL} if self.is_local else stage_parameters(self.stage)

    @cached_property
    def caller(self) -> tuple[str, str]:
        """The account, and who calls it (an ARN)."""
        identity = aws.client("sts").get_caller_identity()
        return identity["Account"], identity["Arn"]

    @property
    def bucket(self) -> str:
        """The name of the attachments bucket."""
        return f"pakn-{self.stage}-attachments-{self.caller[0]}"

    @property
    def providers_secret(self) -> str:
        """The name of the secret with the providers' credentials."""
        return f"pakn-{self.stage}/providers"

    @property
    def identifiers_secret(self) -> str:
        """The name of the secret with the identifiers' keys."""
        return f"pakn-{self.stage}/identifiers"

    def table(self, name: str) -> str:
        """Return the full name of a table, e.g. of `petitions`."""
        return f"pakn-{self.stage}-{name}"

    def queue_url(self, queue: str) -> str:
        """Return the URL of a queue, e.g. of `routing` or `routing-dead`.

        Raises:
            OpsError: the stage has none of that name.
        """
        try:
            url: str = aws.client("sqs").get_queue_url(QueueName=f"pakn-{self.stage}-{queue}")["QueueUrl"]
        except ClientError as error:
            if not error.response["Error"]["Code"].endswith(("NonExistentQueue", "QueueDoesNotExist")):
                raise
            raise OpsError(
                f"Stage {self.stage} has no queue {queue} here", "Is this its account and region? ops doctor"
            ) from None
        return url

    def log_groups(self) -> dict[str, str]:
        """Return the log group of each Lambda, by function and handler: `{"router.on_route": "/aws/lambda/…"}`."""
        return {
            f"{function}.{handler}": f"/aws/lambda/{name}"
            for function in FUNCTIONS
            for handler, name in lambda_names(function, self.stage).items()
        }

    def outputs(self, part: str) -> dict[str, str]:
        """Return the outputs of one part's stack; empty where there is none."""
        stack = self.stack(part)
        return {each["OutputKey"]: each["OutputValue"] for each in (stack or {}).get("Outputs", ())}

    def stack(self, part: str) -> dict[str, Any] | None:
        """Return one part's stack as CloudFormation describes it; None where there is none."""
        name = f"pakn-{self.stage}-{part.replace('_', '-')}"
        try:
            return dict(aws.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0])
        except ClientError as error:
            if "does not exist" in str(error):
                return None
            raise


def connect(stage: str, endpoint: str | None) -> Connection:
    """Set this process's environment for a stage, and return the connection.

    Args:
        stage: `local`, or one that infra/stages describes.
        endpoint: the address of the local stack.

    Raises:
        OpsError: there is no such stage, nobody answers, or the credentials are of another account.
    """
    os.environ.update(AWS_DEFAULT_REGION=REGION, AWS_REGION=REGION)
    address = (endpoint or LOCAL_ADDRESS).rstrip("/")
    if "://" not in address:
        address = f"http://{address}"
    if stage == LOCAL:
        _reach_local(address)
    aws.forget()
    connection = Connection(stage, address)
    if stage != LOCAL:
        _check_account(connection)
    return connection


def _reach_local(address: str) -> None:
    """Send the calls to AWS to the local stack's moto, and read the time from its clock, which travels."""
    if urlsplit(address).hostname not in THIS_MACHINE:
        raise OpsError(
            f"{address} is not on this machine, and the local stack is", "Name the stage: ops --stage dev …"
        )
    moto, now = _health(address)
    # A bucket is a name before the host, and localhost need have none before it: by number it stands in the path.
    by_number = moto.replace("localhost", "127.0.0.1", 1)
    os.environ.update(_LOCAL_ENVIRONMENT, AWS_ENDPOINT_URL=moto, AWS_ENDPOINT_URL_S3=by_number)
    travelled = now - datetime.now(UTC)
    clock.use(lambda: datetime.now(UTC) + travelled)


def _health(address: str) -> tuple[str, datetime]:
    """Return where the local stack serves moto, and its time."""
    try:
        with urlopen(f"{address}/local/health", timeout=_ANSWERS_WITHIN_SECONDS) as answer:  # noqa: S310 - this machine
            health = json.load(answer)
        return str(health["moto"]), datetime.fromisoformat(health["now"])
    except (OSError, HTTPException, ValueError, KeyError, TypeError):
        raise OpsError(
            f"No local stack answers at {address}",
            "Start it with `make up`; at another port: export PAKN_ENDPOINT=http://localhost:PORT. "
            "For a stage on AWS: --stage dev",
        ) from None


def _check_account(connection: Connection) -> None:
    try:
        meant = connection.parameters.get(ACCOUNT)
    except DeployError as error:
        raise OpsError(
            str(error), "ops --stage dev|staging|prod …, or without --stage the local stack"
        ) from None
    account, _arn = connection.caller
    if meant and meant != account:
        raise OpsError(
            f"Stage {connection.stage} belongs to account {meant}, these credentials to {account}",
            "Set AWS_PROFILE to a profile of that account",
        )
