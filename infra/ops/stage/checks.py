"""Checks of a stage's wiring: is everything there, switched on, filled in, and allowed to be used as much as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import boto3

from chalicelib.sla_timer.hourly.key_states import keys_of_before
from chalicelib.sla_timer.hourly.mail_quota import used_share
from infra.deployment import preflight, provider_secret, smoke
from infra.deployment.errors import CLIENT_ERRORS, DeployError, in_one_sentence
from infra.deployment.preflight import SANDBOX_MAILS_PER_DAY, Source
from infra.deployment.stages import DOMAIN, PARTS
from infra.deployment.templates import REGION
from infra.layout import FUNCTIONS
from infra.ops.stage.audit import group_of
from infra.ops.stage.connection import Connection
from infra.ops.stage.dead_letters import QUEUES
from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import counted
from infra.ops.stage.triggers import triggers_of
from infra.restoration.cloud import TABLES
from infra.triggers import CONSUMERS
from shared.domain.access.roles import Role
from shared.domain.calendar.public_holidays import LAST_DAY
from shared.domain.calendar.working_calendar import VIETNAM, local_date
from shared.domain.errors import RuleMissingError
from shared.platform import aws, clock
from shared.tables.directory import Directory

CALENDAR_LASTS = timedelta(days=120)
"""The calendar's table has to reach so far: due dates of today's petitions lie within it."""
NEARLY_ALL_MAILS = 0.8
"""The share of a day's mails from which on somebody has to ask for more."""
CONFIRMERS = 2
"""Administrators that a stage needs: changes of the directory wait for a second person."""

RESTORATION = "docs/runbook.md, Data must be restored"


class Verdict(StrEnum):
    """The outcome of one check."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"
    SKIPPED = "skipped"
    """The local stack has nothing of the kind."""


class Finding(NamedTuple):
    """One check's outcome, and what to do about it."""

    check: str
    verdict: Verdict
    what: str
    next_step: str = ""

    @property
    def row(self) -> dict[str, Any]:
        """The facts, as a row of the output."""
        return {**self._asdict(), "verdict": self.verdict.value}


Check = Callable[[Connection], Iterator[Finding]]


def findings(check: str, connection: Connection) -> Iterator[Finding]:
    """Yield the findings of one check; one that AWS refuses or does not answer is a fault itself."""
    if connection.is_local and check in ON_AWS_ALONE:
        yield Finding(check, Verdict.SKIPPED, "the local stack has none")
        return
    try:
        yield from CHECKS[check](connection)
    except CLIENT_ERRORS as error:
        yield Finding(
            check, Verdict.FAULT, in_one_sentence(error), "an operator's role: docs/runbook.md, First look"
        )
    except OpsError as error:
        yield Finding(check, Verdict.FAULT, str(error), error.next_step)
    except DeployError as error:
        yield Finding(check, Verdict.FAULT, str(error), "infra/stages")


def _stacks(connection: Connection) -> Iterator[Finding]:
    parts = [*PARTS] if not connection.is_local else ["platform"]
    if connection.parameters.get("DomainName"):
        parts.append(DOMAIN)
    stacks = {part: connection.stack(part) for part in parts}
    deploy = f"make deploy STAGE={connection.stage} FUNCTION="
    for part, stack in stacks.items():
        status = stack["StackStatus"] if stack else "missing"
        if not status.endswith("_COMPLETE") or status in {"ROLLBACK_COMPLETE", "DELETE_COMPLETE"}:
            yield Finding("stacks", Verdict.FAULT, f"{part} is {status}", f"{deploy}{part}")
    whole = sum(stack is not None for stack in stacks.values())
    yield Finding("stacks", Verdict.OK, f"{whole} of {len(parts)} stacks are there")


def _tables(connection: Connection) -> Iterator[Finding]:
    dynamodb = aws.client("dynamodb")
    for name in TABLES:
        table = connection.table(name)
        try:
            status = dynamodb.describe_table(TableName=table)["Table"]["TableStatus"]
        except dynamodb.exceptions.ResourceNotFoundException:
            yield Finding("tables", Verdict.FAULT, f"{table} is missing", "make deploy FUNCTION=platform")
            continue
        if status not in {"ACTIVE", "UPDATING"}:
            yield Finding("tables", Verdict.FAULT, f"{table} is {status}", "wait, or look at CloudFormation")
        if connection.is_local:  # moto restores tables whether recovery is on or not
            continue
        backups = dynamodb.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
        if backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] != "ENABLED":
            yield Finding(
                "tables",
                Verdict.FAULT,
                f"{table} has no point-in-time recovery",
                "make deploy FUNCTION=platform",
            )
    yield Finding("tables", Verdict.OK, f"{len(TABLES)} tables were looked at")


def _queues(connection: Connection) -> Iterator[Finding]:
    sqs, dead = aws.client("sqs"), 0
    for queue in CONSUMERS:
        url = connection.queue_url(queue)
        answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
        policy = json.loads(answer.get("Attributes", {}).get("RedrivePolicy", "{}"))
        if not str(policy.get("deadLetterTargetArn", "")).endswith(f"-{queue}-dead"):
            yield Finding(
                "queues", Verdict.FAULT, f"{queue} has no dead letters", "make deploy FUNCTION=platform"
            )
    for queue in QUEUES:
        attributes = sqs.get_queue_attributes(
            QueueUrl=connection.queue_url(f"{queue}-dead"), AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]
        dead += int(attributes["ApproximateNumberOfMessages"])
    if dead:
        yield Finding("queues", Verdict.WARNING, counted(dead, "dead letter"), "ops dead list")
    yield Finding("queues", Verdict.OK, f"{len(CONSUMERS)} queues have their dead letters")


def _secrets(connection: Connection) -> Iterator[Finding]:
    secrets = aws.client("secretsmanager")
    for name in (connection.providers_secret, f"pakn-{connection.stage}/identifiers"):
        try:
            secrets.describe_secret(SecretId=name)
        except secrets.exceptions.ResourceNotFoundException:
            yield Finding("secrets", Verdict.FAULT, f"{name} is missing", "make deploy FUNCTION=vault")
            return
    value = secrets.get_secret_value(SecretId=connection.providers_secret)["SecretString"]
    providers = json.loads(value)
    wrong = [] if connection.is_local else [*provider_secret.objections(providers)]
    for line in wrong:
        yield Finding("secrets", Verdict.FAULT, line, "docs/runbook.md, Secrets are to be rotated")
    if not providers:
        yield Finding("secrets", Verdict.FAULT, "no provider has credentials", "make providers FILE=…")
    yield Finding("secrets", Verdict.OK, f"credentials of {len(providers)} providers")


def _keys(connection: Connection) -> Iterator[Finding]:
    kms, stage = aws.client("kms"), connection.stage
    aliases = [f"alias/pakn-{stage}-{name}" for name in ("seal", "data", "roots")]
    for alias in (*aliases, *keys_of_before(aliases[0]).values()):
        try:
            state = kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyState"]
        except kms.exceptions.NotFoundException:
            yield Finding(
                "keys", Verdict.FAULT, f"{alias} is missing", "make deploy FUNCTION=platform, then vault"
            )
            continue
        if state != "Enabled":
            yield Finding(
                "keys",
                Verdict.FAULT,
                f"{alias} is {state}",
                "enable it, or cancel its deletion, before anything else",
            )
        else:
            yield Finding("keys", Verdict.OK, f"{alias} is enabled")


def _directory(connection: Connection) -> Iterator[Finding]:
    directory, today = Directory(connection.table("directory")), local_date(clock.now())
    try:
        directory.terms_on(today)
    except RuleMissingError:
        yield Finding(
            "directory", Verdict.FAULT, "no time limits are in force", "docs/runbook.md, First deployment"
        )
    for name, rows in (("units", directory.units(today)), ("fields", directory.fields(today))):
        if not rows:
            yield Finding(
                "directory", Verdict.FAULT, f"no {name} are in force", "docs/runbook.md, First deployment"
            )
    officers = directory.officers().values()
    administrators = sum(Role.ADMINISTRATOR in officer.roles for officer in officers)
    if administrators < CONFIRMERS:
        yield Finding(
            "directory",
            Verdict.WARNING,
            f"{administrators} administrators: nobody can confirm a change",
            "docs/runbook.md, Nobody is there to confirm a change",
        )
    if LAST_DAY - today < CALENDAR_LASTS:
        yield Finding(
            "directory",
            Verdict.FAULT,
            f"the calendar ends on {LAST_DAY}",
            "docs/runbook.md, The calendar runs out",
        )
    if closed := directory.closed():
        yield Finding(
            "directory",
            Verdict.WARNING,
            f"data are restored: doors closed until about {closed.until.astimezone(VIETNAM):%H:%M %d/%m/%Y}",
            RESTORATION,
        )
    yield Finding(
        "directory", Verdict.OK, f"{counted(len(officers), 'officer')}; the calendar reaches to {LAST_DAY}"
    )


def _mail(connection: Connection) -> Iterator[Finding]:
    ses = aws.client("ses")
    sender = connection.parameters.get("MailFrom", "pakn@localhost.local").partition("<")[2].strip(">")
    sender = sender or connection.parameters.get("MailFrom", "pakn@localhost.local")
    names = [sender, sender.rpartition("@")[2]]
    answer = ses.get_identity_verification_attributes(Identities=names)["VerificationAttributes"]
    if not any(each["VerificationStatus"] == "Success" for each in answer.values()):
        yield Finding(
            "mail", Verdict.FAULT, f"{names[1]} is not verified in SES", "verify the sender's domain"
        )
    quota = ses.get_send_quota()
    most = quota["Max24HourSend"]
    if connection.is_local:  # moto names a quota and goes on sending
        yield Finding("mail", Verdict.OK, f"{counted(round(quota['SentLast24Hours']), 'mail')} in 24 hours")
        return
    if 0 <= most <= SANDBOX_MAILS_PER_DAY:
        yield Finding("mail", Verdict.FAULT, "SES is in its sandbox", "ask for production access")
    yield mails_of_a_day(quota)


def mails_of_a_day(quota: Mapping[str, float]) -> Finding:
    """Return the finding about a day's mails: a fault where SES takes no more."""
    share, most = used_share(quota), quota["Max24HourSend"]
    verdict = Verdict.OK if share < NEARLY_ALL_MAILS else Verdict.WARNING if share < 1 else Verdict.FAULT
    allowed = f", {most:.0f} are allowed" if most > 0 else ""
    figures = f"{counted(round(quota['SentLast24Hours']), 'mail')} in 24 hours{allowed}"
    step = "" if verdict is Verdict.OK else "ask SES for a higher sending quota"
    return Finding("mail", verdict, figures, step)


def _subscriptions(connection: Connection) -> Iterator[Finding]:
    account, _arn = connection.caller
    sns = aws.client("sns")
    for topic, protocol in (
        ("page", "email"),
        ("ticket", "email"),
        ("mail-events", "sqs"),
        ("sms-events", "sqs"),
    ):
        arn = f"arn:aws:sns:{REGION}:{account}:pakn-{connection.stage}-{topic}"
        subscribed = sns.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
        confirmed = [each for each in subscribed if each["SubscriptionArn"].startswith("arn:")]
        if not any(each["Protocol"] == protocol for each in confirmed):
            step = (
                "confirm the mail that SNS sent" if protocol == "email" else "make deploy FUNCTION=notifier"
            )
            yield Finding(
                "subscriptions", Verdict.FAULT, f"nobody is subscribed to {topic} ({protocol})", step
            )
        else:
            yield Finding("subscriptions", Verdict.OK, f"{topic} reaches {len(confirmed)}")


def _triggers(connection: Connection) -> Iterator[Finding]:
    looked_at, closed = 0, Directory(connection.table("directory")).closed()
    for function in FUNCTIONS:
        for name, is_on in triggers_of(connection, function).states():
            looked_at += 1
            if not is_on:
                next_step = RESTORATION if closed else f"ops thaw {function}"
                yield Finding("triggers", Verdict.WARNING, f"{function}: {name} is switched off", next_step)
    yield Finding("triggers", Verdict.OK, f"{counted(looked_at, 'trigger')} looked at")


def _host(connection: Connection) -> Iterator[Finding]:
    for function in smoke.PREFIXES:
        outputs = connection.outputs(function)
        if not connection.parameters.get("DomainName") and "EndpointURL" not in outputs:
            yield Finding(
                "host", Verdict.FAULT, f"{function} has no address", f"make deploy FUNCTION={function}"
            )
            continue
        addresses = smoke.addresses(function, connection.parameters, outputs)
        failures = [*smoke.failures(addresses, (), None)]
        for failure in failures:
            yield Finding("host", Verdict.FAULT, failure, f"docs/runbook.md, A function fails ({function})")
        if not failures:
            yield Finding("host", Verdict.OK, f"{function} answers")


def _quotas(connection: Connection) -> Iterator[Finding]:
    account, _arn = connection.caller
    session = boto3.Session(region_name=REGION)
    objections = preflight.objections(session, account, connection.parameters, Source("unknown"), dirty=True)
    is_refused = False
    for objection in objections:
        is_refused = True
        yield Finding("quotas", Verdict.FAULT, objection, "docs/runbook.md, First deployment of a stage")
    if not is_refused:
        yield Finding("quotas", Verdict.OK, "settings, certificate and quotas are as a deployment asks")


def _alarms(connection: Connection) -> Iterator[Finding]:
    pages = aws.client("cloudwatch").get_paginator("describe_alarms")
    ringing = [
        alarm["AlarmName"].removeprefix(f"pakn-{connection.stage}-")
        for page in pages.paginate(
            AlarmNamePrefix=f"pakn-{connection.stage}-",
            AlarmTypes=["MetricAlarm", "CompositeAlarm"],
            StateValue="ALARM",
        )
        for alarm in (*page.get("CompositeAlarms", ()), *page["MetricAlarms"])
    ]
    for name in ringing:
        yield Finding("alarms", Verdict.WARNING, f"{name} rings", "docs/runbook.md, Alarms")
    if not ringing:
        yield Finding("alarms", Verdict.OK, "no alarm rings")


def _record(connection: Connection) -> Iterator[Finding]:
    name = group_of(connection.stage)
    groups = aws.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    if not any(group["logGroupName"] == name for group in groups):
        yield Finding(
            "record",
            Verdict.FAULT,
            f"changes cannot be recorded in {name}",
            "make deploy FUNCTION=operations",
        )
    else:
        yield Finding("record", Verdict.OK, "changes by operators are recorded")


CHECKS: dict[str, Check] = {
    "stacks": _stacks,
    "tables": _tables,
    "queues": _queues,
    "secrets": _secrets,
    "keys": _keys,
    "directory": _directory,
    "mail": _mail,
    "subscriptions": _subscriptions,
    "triggers": _triggers,
    "host": _host,
    "quotas": _quotas,
    "alarms": _alarms,
    "record": _record,
}
"""By name, in the order in which they are made."""
ON_AWS_ALONE = frozenset({"subscriptions", "host", "quotas", "alarms"})
