"""Checks before a deployment touches anything: who deploys where, from which sources, with what quotas."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.deployment import templates
from infra.deployment.stages import ACCOUNT, Parameters, unfit_for_production
from infra.deployment.templates import REGION
from infra.layout import FUNCTIONS, ROOT

LEFT_TO_PEOPLE = 100
"""Concurrent executions that stay for functions without a reservation, which people wait for; AWS asks for as many."""

SANDBOX_MAILS_PER_DAY = 200
"""E-mails in a day that SES sends in its sandbox (Amazon SES Developer Guide, "Service quotas")."""


@dataclass(frozen=True)
class Source:
    """The sources that packages are built from."""

    commit: str
    changed: tuple[str, ...] = ()
    """Files that differ from the commit."""


def source_of(root: Path = ROOT) -> Source:
    """Return the git commit of a folder and what differs from it; without git, no commit is known."""
    head, status = (
        subprocess.run(
            ["git", *command], cwd=root, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        for command in (["rev-parse", "HEAD"], ["status", "--porcelain"])
    )
    if head.returncode or status.returncode:
        return Source("unknown", ("everything: this is no git repository",))
    return Source(head.stdout.strip(), tuple(line[3:] for line in status.stdout.splitlines()))


def caller(session: boto3.Session) -> tuple[str, str]:
    """Return the account that the credentials belong to, and whose they are (an ARN)."""
    identity = session.client("sts").get_caller_identity()
    return identity["Account"], identity["Arn"]


def objections(
    session: boto3.Session, account: str, parameters: Parameters, source: Source, *, dirty: bool
) -> Iterator[str]:
    """Yield why a deployment should not begin: one sentence each.

    Args:
        session: Of the account and region deployed to.
        account: The account's number.
        parameters: Of the stage.
        source: The sources.
        dirty: Whether sources that are not committed may be deployed.
    """
    yield from unfit_for_production(parameters)
    meant = parameters.get(ACCOUNT, account)
    if meant != account:
        yield f"Stage {parameters['Stage']} belongs to account {meant}, these credentials to {account}"
    if source.changed and not dirty:
        listed = ", ".join(source.changed[:5]) + (
            ", …" if len(source.changed) > len(source.changed[:5]) else ""
        )
        yield f"What is not committed would be deployed ({listed}): commit it, or say ARGS=--dirty"
    yield from _certificate(session, parameters)
    if parameters.get("ReserveConcurrency") == "true":
        yield from _quotas(session, parameters)


def _certificate(session: boto3.Session, parameters: Parameters) -> Iterator[str]:
    """Yield the faults of the certificate of the stage's host."""
    host, certificate = parameters.get("DomainName", ""), parameters.get("CertificateArn", "")
    stage = f"infra/stages/{parameters['Stage']}.json"
    if not host:
        return
    if not certificate:
        yield f"{stage} names the host {host} and no CertificateArn: ask AWS Certificate Manager for one in {REGION}"
        return
    if f":{REGION}:" not in certificate:
        yield f"The certificate of {host} is not in {REGION}, where its API is: {certificate}"
        return
    try:
        described = session.client("acm").describe_certificate(CertificateArn=certificate)["Certificate"]
    except ClientError as error:
        if error.response["Error"]["Code"] not in {"ResourceNotFoundException", "ValidationException"}:
            raise
        yield f"There is no certificate {certificate}, which {stage} names"
        return
    if described["Status"] != "ISSUED":
        yield f"The certificate of {host} is {described['Status']}, not ISSUED: prove to own the host first"
    names = {described["DomainName"], *described.get("SubjectAlternativeNames", ())}
    if not {host, f"*.{host.partition('.')[2]}"} & names:
        yield f"The certificate does not name {host}, only {', '.join(sorted(names))}"


def reservations() -> dict[str, int]:
    """Return how many concurrent executions each Lambda has to itself where a stage reserves, by its name."""
    reserved = {}
    for function in FUNCTIONS:
        merge = templates.read(ROOT / "infra" / "cloudformation" / "functions" / f"{function}.yaml")
        for resource in merge["Resources"].values():
            if choice := resource.get("Properties", {}).get("ReservedConcurrentExecutions"):
                reserved[resource["Properties"]["FunctionName"]["Fn::Sub"]] = int(choice["Fn::If"][1])
    return reserved


def _quotas(session: boto3.Session, parameters: Parameters) -> Iterator[str]:
    """Yield the quotas of the account that a stage like production does not fit into."""
    functions = session.client("lambda")
    named = {name.replace("${Stage}", parameters["Stage"]): number for name, number in reservations().items()}
    held = sum(_reserved(functions, name) for name in named)
    limit = functions.get_account_settings()["AccountLimit"]
    free, total = limit["UnreservedConcurrentExecutions"], limit["ConcurrentExecutions"]
    needed = sum(named.values()) - held
    if free - needed < LEFT_TO_PEOPLE:
        yield (
            f"Lambda of this account runs {total} at once and {free} are free; the stage reserves {needed} and leaves "
            f"{LEFT_TO_PEOPLE} to people: ask Service Quotas for more Concurrent executions"
        )
    mails = session.client("ses").get_send_quota()["Max24HourSend"]
    if 0 <= mails <= SANDBOX_MAILS_PER_DAY:  # without a limit it is -1
        yield f"SES of this account sends {mails:.0f} e-mails a day, as in its sandbox: ask for production access"


def _reserved(functions: Any, name: str) -> int:
    try:
        answer: Mapping[str, Any] = functions.get_function_concurrency(FunctionName=name)
    except functions.exceptions.ResourceNotFoundException:
        return 0
    return int(answer.get("ReservedConcurrentExecutions", 0))
