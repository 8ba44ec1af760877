"""Puts a whole system into an emulated cloud: builds the packages, deploys every part, furnishes it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial

import boto3

from infra.deployment import smoke
from infra.deployment.cloud import Cloud, Outcome
from infra.deployment.package import Package, build
from infra.deployment.packaging.interpreter import runnable
from infra.deployment.provider_secret import set_secret
from infra.deployment.stages import PARTS, Parameters, stage_parameters
from infra.layout import FUNCTIONS
from infra.local.providers.sms_gateway import SmsGateway
from infra.rehearsal import adaptations
from infra.rehearsal.deployed import Deployed
from infra.rehearsal.emulator import Emulator
from infra.rehearsal.front import Front
from infra.seed.directory import seed_directory, seed_officers

STAGE = "dev"
PREFIXES = {"": "intake", "/desk": "casework", "/receipts": "notifier"}
_SECRET = "whsec_cmVoZWFyc2FsLXJlaGVhcnNhbC1yZWhlYXJzYWwtMzI="  # noqa: S105 - opens nothing but a rehearsal
PROVIDERS: Mapping[str, Mapping[str, str]] = {
    "esms": {
        "cpid": "rehearsal",
        "private_key": "rehearsal-key",
        "api_key": "rehearsal-api",
        "secret_key": "rehearsal-secret",
        "brandname": "BONOIVU",
    },
    "open311": {"rehearsal": "rehearsal-key-of-a-client-of-32-signs"},
    "hotline": {"secret": _SECRET},
    "standard": {"secret": _SECRET},
    "twilio": {"account_sid": "AC" + "0" * 32, "auth_token": "rehearsal"},
}


class Deployment:
    """Deploys parts into one emulator, behind one front."""

    def __init__(self, emulator: Emulator, front: Front) -> None:
        self._emulator = emulator
        self._front = front
        self._cloud = Cloud(poll_seconds=0.2, say=lambda _line: None, adapt=adaptations.template)
        self.parameters: Parameters = adaptations.parameters(
            stage_parameters(STAGE), url=front.url, sms_url=front.sms_url, identity_url=emulator.url
        )

    def everything(self, packages: Mapping[str, Package]) -> list[Outcome]:
        """Deploy every part that is rehearsed, in order."""
        return [
            self.part(part, packages.get(part)) for part in PARTS if part not in adaptations.NOT_REHEARSED
        ]

    def part(self, part: str, package: Package | None = None) -> Outcome:
        """Deploy one part; a function with its package."""
        adapted = package and adaptations.package(package)
        return self._cloud.deploy(part, self.parameters, package=adapted)

    def failures(self) -> list[str]:
        """Try each function as a deployment does: its addresses below the host, its consumers by their alias."""
        invoked = boto3.client("lambda")
        return [
            f"{function}: {failure}"
            for function in FUNCTIONS
            for failure in smoke.failures(
                smoke.addresses(function, self.parameters, self._outputs_of(function)),
                smoke.consumers(function, STAGE),
                invoked,
            )
        ]

    def _outputs_of(self, function: str) -> dict[str, str]:
        return {"EndpointURL": f"{self._front.url}{smoke.PREFIXES.get(function, '')}"}

    def furnish(self) -> Deployed:
        """Do what an operator does once after the first deployment: credentials, sender, directory, officers, host."""
        outputs: dict[str, str] = {}
        for part in ("platform", "vault", "identity"):
            outputs |= self._cloud.outputs(STAGE, part)
        set_secret(STAGE, PROVIDERS, boto3.client("secretsmanager"))
        _adapt_bucket(outputs["AttachmentsBucket"])
        _adapt_key(f"alias/pakn-{STAGE}-seal")
        boto3.client("ses").verify_domain_identity(Domain=self.parameters["MailFrom"].partition("@")[2])
        seed_directory(STAGE)
        seed_officers(outputs["UserPoolId"])
        apis = {prefix: self._cloud.outputs(STAGE, part)["RestAPIId"] for prefix, part in PREFIXES.items()}
        self._front.open(
            {prefix: f"{self._emulator.url}/_aws/execute-api/{api}/api" for prefix, api in apis.items()}
        )
        return Deployed(
            stage=STAGE,
            url=self._front.url,
            emulator_url=self._emulator.url,
            credentials=self._emulator.environment,
            outputs=outputs,
            providers=PROVIDERS,
            log=str(self._emulator.log_path),
            parameters=self.parameters,
            releases=str(self._emulator.folder / "releases.json"),
        )


def packages() -> dict[str, Package]:
    """Build the packages of these sources, two at a time."""
    make = partial(build, stage=STAGE, target=runnable(STAGE).target)
    with ProcessPoolExecutor(max_workers=2) as workers:
        return {built.function: built for built in workers.map(make, FUNCTIONS)}


def new_gateway() -> SmsGateway:
    """Return an SMS aggregator with the rehearsal's credentials."""
    gateway = SmsGateway(lambda: datetime.now(UTC))
    gateway.credentials = dict(PROVIDERS["esms"])
    return gateway


def _adapt_bucket(bucket: str) -> None:
    s3 = boto3.client("s3")
    policy = adaptations.bucket_policy(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    s3.delete_bucket_policy(Bucket=bucket)
    if policy:
        s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def _adapt_key(alias: str) -> None:
    keys = boto3.client("kms")
    key = keys.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"]
    policy = keys.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    keys.put_key_policy(KeyId=key, PolicyName="default", Policy=adaptations.key_policy(policy))
