"""Rehearses a deployment: everything goes into an emulated cloud from its packages, and petitions travel through it.

`make rehearse`. The platform, identity, the five functions and the alarms are deployed by `infra.deployment.deploy`,
exactly as to AWS, into ministack. Then one petition comes in over the web and one by SMS, and officers take both to an
answer: each step goes through API Gateway, the packaged Lambdas, the stream, the queues and Cognito. At the end the
schedules' functions have run without error and no queue holds a dead letter.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import sys
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote, urlencode
from urllib.request import urlopen

import boto3

from infra.deployment import smoke
from infra.deployment.cloud import Cloud
from infra.deployment.deploy import PARTS
from infra.deployment.emulator import Emulator, EmulatorError
from infra.deployment.errors import DeployError
from infra.deployment.front import Front
from infra.deployment.package import FUNCTIONS, Package, build
from infra.deployment.packaging.errors import PackageError
from infra.deployment.packaging.interpreter import like_lambda, runnable
from infra.deployment.stages import Parameters, stage_parameters
from infra.local.providers.sms_gateway import SmsGateway
from infra.seed.directory import Account, seed_directory, seed_officers
from shared.domain.calendar.working_calendar import VIETNAM

STAGE = "dev"
WITHIN_SECONDS = 60
DEAD_LETTERS = (
    "changes-dead",
    "notices-dead",
    "parts-dead",
    "receipts-dead",
    "routing-dead",
    "schedules-dead",
    "timers-dead",
    "uploads-dead",
)
SCHEDULED = ("sla-timer-sweep", "sla-timer-hourly")
PREFIXES = {"": "intake", "/desk": "casework", "/receipts": "notifier"}
PROVIDERS = {
    "esms": {
        "cpid": "rehearsal",
        "private_key": "rehearsal-key",
        "api_key": "rehearsal-api",
        "secret_key": "rehearsal-secret",
        "brandname": "BONOIVU",
    },
    "open311": {"rehearsal": "rehearsal-key-of-a-client"},
    "hotline": {"secret": "whsec_cmVoZWFyc2FscmVoZWFyc2Fs"},
    "standard": {"secret": "whsec_cmVoZWFyc2FscmVoZWFyc2Fs"},
    "twilio": {"account_sid": "AC0", "auth_token": "rehearsal"},
}
PETITION: dict[str, Any] = {
    "content": "Tôi thi đỗ kỳ thi nâng ngạch công chức đã sáu tháng mà chưa có quyết định bổ nhiệm vào ngạch mới.",
    "petitioner": {
        "type": "CITIZEN",
        "name": "Nguyễn Thị Diễn Tập",
        "address": "Xã Tân Phú, tỉnh Đồng Nai",
        "email": "nguoidan@example.com",
    },
    "reply_by": ["EMAIL"],
    "may_publish": True,
}
SMS = "PAKN Toi thi do nang ngach cong chuc da sau thang ma chua co quyet dinh bo nhiem ngach moi"
ANSWER = "Bộ Nội vụ đã kiểm tra. Quyết định bổ nhiệm vào ngạch được ban hành trong tháng này."

T = TypeVar("T")


class RehearsalError(Exception):
    """Something did not happen as it should; the text says what was expected and what came."""


class Rehearsal:
    """The journeys through a deployed system."""

    def __init__(
        self, emulator: Emulator, front: Front, gateway: SmsGateway, officers: Sequence[Account]
    ) -> None:
        self._emulator = emulator
        self._front = front
        self._gateway = gateway
        self._officers = officers
        self._tokens: dict[str, str] = {}

    # ------------------------------------------------------------ journeys

    def web(self) -> str:
        """A petition over the web is answered, its sender notified by e-mail, the answer on the site."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        self._call("POST", "/v1/petitions", PETITION, key, expect=401)
        key["X-Api-Key"] = PROVIDERS["open311"]["rehearsal"]
        sent = self._call("POST", "/v1/petitions", PETITION, key, expect=201)
        again = self._call("POST", "/v1/petitions", PETITION, key)
        _expect("the same petition for the same key", again["reference"] == sent["reference"])
        reference = str(sent["reference"])
        self._answer(reference, sent["pin"])
        tracked = self._track(reference, sent["pin"])
        _expect("the answer on the site", ANSWER in json.dumps(tracked, ensure_ascii=False))
        self._until("two e-mails, of receipt and answer", lambda: self._emails_sent() >= 2)  # noqa: PLR2004 - said there
        return reference

    def sms(self) -> str:
        """A petition by SMS is answered, its sender notified by SMS."""
        reply = self._text(SMS)
        match = re.search(r"ma (\d{11}), PIN (\d{8})", reply)
        if match is None:
            raise RehearsalError(f"Expected: a reference and a PIN in the reply to an SMS; came: {reply}")
        reference, pin = match.groups()
        self._answer(reference, pin)
        _expect("the petition's state by SMS", "<Message>" in self._text(f"PAKN TC {reference}"))
        self._until("an SMS that tells of the answer", lambda: self._sms_about(reference))
        return reference

    def quiet(self) -> None:
        """The schedules' functions run without error, and no queue holds a dead letter."""
        functions, queues = boto3.client("lambda"), boto3.client("sqs")
        for name in SCHEDULED:
            done = functions.invoke(FunctionName=f"pakn-{STAGE}-{name}", Payload=json.dumps(_scheduled(name)))
            _expect(f"{name} runs without error", "FunctionError" not in done)
        for name in DEAD_LETTERS:
            url = queues.get_queue_url(QueueName=f"pakn-{STAGE}-{name}")["QueueUrl"]
            held = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
            _expect(f"no dead letter in {name}", held["Attributes"]["ApproximateNumberOfMessages"] == "0")

    # ------------------------------------------------------------ steps

    def _answer(self, reference: str, pin: str) -> None:
        """Take a petition through the desk: its unit accepts and drafts, the approver approves."""
        self._until("the router finds a unit", lambda: self._track(reference, pin)["state"] == "ASSIGNED")
        handler = self._officer("handler", self._track(reference, pin)["unit"])
        steps: tuple[tuple[Account, str, dict[str, str]], ...] = (
            (handler, "accept", {}),
            (handler, "draft-answer", {"text": ANSWER}),
            (self._officer("approver"), "approve", {}),
        )
        for officer, action, what in steps:
            version = self._desk(officer, "GET", f"/petitions/{reference}")["version"]
            self._desk(officer, "POST", f"/petitions/{reference}/{action}", {"version": version, **what})
        self._until("an answer", lambda: self._track(reference, pin)["state"] in {"ANSWERED", "PUBLISHED"})

    def _track(self, reference: str, pin: str) -> Any:
        return self._call("GET", f"/v1/petitions/{reference}", headers={"X-Petition-Pin": pin})

    def _officer(self, role: str, unit: str | None = None) -> Account:
        for officer in self._officers:
            if role in officer.roles and unit in {None, officer.unit}:
                return officer
        raise RehearsalError(f"Expected: somebody in the seeds who is {role} of {unit}")

    def _desk(self, officer: Account, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        if officer.username not in self._tokens:
            credentials = {"username": officer.username, "password": officer.password}
            session = self._call("POST", "/desk/v1/session", credentials)
            self._tokens[officer.username] = session["access_token"]
        bearer = {"Authorization": f"Bearer {self._tokens[officer.username]}"}
        return self._call(method, f"/desk/v1{path}", body, bearer)

    def _text(self, content: str) -> str:
        """Send an SMS through the aggregator's webhook and return its reply (MD5 as its contract says)."""
        esms = PROVIDERS["esms"]
        sms_id, at = uuid.uuid4().hex, datetime.now(UTC).astimezone(VIETNAM).strftime("%Y%m%d%H%M%S")
        signed = esms["cpid"] + sms_id + content + at + esms["private_key"]
        query = {
            "sender": "84912345678",
            "content": content,
            "serviceNumber": "8088",
            "keyword": "PAKN",
            "cpid": esms["cpid"],
            "smsid": sms_id,
            "receiverTime": at,
            "sign": hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest(),
        }
        status, _, reply = self._front.answer(
            "GET", f"/sms/esms?{urlencode(query, quote_via=quote)}", {}, b""
        )
        _expect("an SMS is taken", status == 200, f"{status} {reply.decode(errors='replace')}")  # noqa: PLR2004
        return reply.decode()

    def _emails_sent(self) -> int:
        with urlopen(f"{self._emulator.url}/_ministack/ses/messages") as answer:  # noqa: S310 - its own address
            accounts = json.load(answer)["messages"].values()
        return sum(PETITION["petitioner"]["email"] in mail["To"] for mails in accounts for mail in mails)

    def _sms_about(self, reference: str) -> bool:
        return any(sms.reference == reference for sms in self._gateway.sent)

    def _call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        expect: int = 200,
    ) -> Any:
        sent = {"Content-Type": "application/json", "Accept": "application/json", **(headers or {})}
        status, _, answer = self._front.answer(
            method, path, sent, b"" if body is None else json.dumps(body).encode()
        )
        text = answer.decode(errors="replace")
        _expect(f"{expect} from {method} {path}", status == expect, f"{status} {text[:1000]}")
        return json.loads(text)

    def _until(self, what: str, holds: Callable[[], bool]) -> None:
        deadline = time.monotonic() + WITHIN_SECONDS
        while not holds():
            _expect(f"within {WITHIN_SECONDS} seconds: {what}", time.monotonic() < deadline)
            time.sleep(0.2)


def _expect(what: str, holds: object, came: str = "") -> None:
    if not holds:
        raise RehearsalError(f"Expected: {what}" + (f"; came: {came}" if came else ""))


def _scheduled(name: str) -> dict[str, Any]:
    """Return an event as EventBridge's schedules send it."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": "ap-southeast-1",
        "resources": [f"arn:aws:events:ap-southeast-1:000000000000:rule/{name}"],
        "detail": {},
    }


def _for_ministack(package: Package) -> Package:
    """Widen the roles where ministack 1.5 asks for other rights than AWS; everything else is held to its role.

    On AWS sqs:SendMessage covers SendMessageBatch (no sqs:SendMessageBatch exists), and a raw e-mail's identity is
    the one its From header names, where ministack sees none.
    """
    template = json.loads(json.dumps(package.template))
    for resource in template["Resources"].values():
        for policy in resource["Properties"].get("Policies", ()):
            for statement in policy["PolicyDocument"]["Statement"]:
                if "sqs:SendMessage" in statement["Action"]:
                    statement["Action"].append("sqs:SendMessageBatch")
                if "ses:SendEmail" in statement["Action"]:
                    statement["Resource"] = ["*"]
    return replace(package, template=template)


def _without_metric_math(template: dict[str, Any]) -> dict[str, Any]:
    """Leave out alarms over several metrics, which ministack 1.5 does not know."""
    resources = {
        name: resource
        for name, resource in template["Resources"].items()
        if "Metrics" not in resource.get("Properties", {})
    }
    return {**template, "Resources": resources}


NOT_REHEARSED = frozenset({"edge"})
"""Parts that an emulator would take without doing anything: a firewall that lets everything through shows nothing."""


def _deploy(cloud: Cloud, parameters: Parameters) -> None:
    """Build the packages, two at a time, and deploy every part in order."""
    make = partial(build, stage=STAGE, target=runnable(STAGE).target)
    with ProcessPoolExecutor(max_workers=2) as workers:
        packages = {built.function: _for_ministack(built) for built in workers.map(make, FUNCTIONS)}
    for part in (part for part in PARTS if part not in NOT_REHEARSED):
        outcome = cloud.deploy(part, parameters, package=packages.get(part))
        print(f"  {outcome.stack}: {len(outcome.changed)} resources")


def _furnish(emulator: Emulator, front: Front, cloud: Cloud) -> list[Account]:
    """Do what an operator does once after the first deployment: credentials, sender, directory, officers, host."""
    boto3.client("secretsmanager").put_secret_value(
        SecretId=f"pakn-{STAGE}/providers", SecretString=json.dumps(PROVIDERS)
    )
    # The emulator speaks plain HTTP, which the bucket refuses on AWS.
    boto3.client("s3").delete_bucket_policy(Bucket=cloud.outputs(STAGE, "platform")["AttachmentsBucket"])
    _name_sessions_of_roles(f"alias/pakn-{STAGE}-seal")
    boto3.client("ses").verify_domain_identity(Domain=stage_parameters(STAGE)["MailFrom"].partition("@")[2])
    seed_directory(STAGE)
    officers = seed_officers(cloud.outputs(STAGE, "identity")["UserPoolId"])
    apis = {prefix: cloud.outputs(STAGE, function)["RestAPIId"] for prefix, function in PREFIXES.items()}
    front.open({prefix: f"{emulator.url}/_aws/execute-api/{api}/api" for prefix, api in apis.items()})
    return officers


def _smoke(front: Front, parameters: Parameters) -> None:
    """Try each function as a deployment does: its addresses below the host, its consumers by their alias."""
    for function in FUNCTIONS:
        outputs = {"EndpointURL": f"{front.url}{smoke.PREFIXES.get(function, '')}"}
        failures = [*smoke.failures(function, parameters, outputs, boto3.client("lambda"))]
        _expect(f"{function} answers", not failures, "; ".join(failures))


def _name_sessions_of_roles(alias: str) -> None:
    """Name sessions in a key's policy: ministack gives them as `aws:PrincipalArn`, where AWS gives their role."""
    keys = boto3.client("kms")
    key = keys.describe_key(KeyId=alias)["KeyMetadata"]["KeyId"]
    policy = keys.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    sessions = re.sub(r"arn:aws:iam::(\d+):role/([^\"]+)", r"arn:aws:sts::\1:assumed-role/\2/*", policy)
    keys.put_key_policy(KeyId=key, PolicyName="default", Policy=sessions)


def rehearse(emulator: Emulator) -> None:
    """Deploy everything to an emulator and send petitions through.

    Raises:
        RehearsalError: a journey did not go as it should.
        DeployError: the emulator did not take a stack.
        PackageError: a package is not fit to be deployed.
    """
    gateway = SmsGateway(lambda: datetime.now(UTC))
    gateway.credentials = PROVIDERS["esms"]
    cloud = Cloud(poll_seconds=0.2, say=lambda _line: None, adapt=_without_metric_math)
    with Front(gateway) as front:
        parameters = {
            **stage_parameters(STAGE),
            "PublicUrl": front.url,
            "QuietFrom": "",
            "BatchForSeconds": "0",
            "SecondFactorNeeded": "false",
            "IdentityUrl": emulator.url,
            "SmsGatewayUrl": front.sms_url,
        }
        _timed("everything is deployed", lambda: _deploy(cloud, parameters))
        officers = _furnish(emulator, front, cloud)
        _timed("every function answers", lambda: _smoke(front, parameters))
        journeys = Rehearsal(emulator, front, gateway, officers)
        _timed("a petition over the web is answered", journeys.web)
        _timed("a petition by SMS is answered", journeys.sms)
        _timed("schedules run, no dead letters", journeys.quiet)


def _timed(what: str, step: Callable[[], T]) -> T:
    begun = time.monotonic()
    result = step()
    print(f"{what} ({time.monotonic() - begun:.1f} s)")
    return result


def main(arguments: Sequence[str] | None = None) -> int:
    """Rehearse; on failure show the end of the emulator's log, where the functions' own lines are."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.deployment.rehearse", description="Deploy to an emulated cloud and try it"
    )
    parser.add_argument("--log", action="store_true", help="show the emulator's log afterwards")
    options = parser.parse_args(arguments)
    try:
        print(f"Rehearsed: {runnable(STAGE).description}")
        with Emulator(lambdas=like_lambda(runnable(STAGE).base)) as emulator:
            os.environ.update(emulator.environment)
            try:
                rehearse(emulator)
            except Exception:
                print(emulator.log()[-6000:], file=sys.stderr)
                raise
            if options.log:
                print(emulator.log())
    except (DeployError, EmulatorError, PackageError, RehearsalError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
