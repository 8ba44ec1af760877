"""The platform inside moto: deployed from the same templates as on AWS, so that the two cannot drift.

What moto's CloudFormation does not know (Cognito, Secrets Manager, keys that sign) is made through moto's APIs: the
officers' pool from the properties that infra/cloudformation/identity.yaml states, secrets and key as
infra/cloudformation/vault.yaml has them.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from infra.local.emulation import moto_identity, moto_insides, moto_speed, template
from infra.local.emulation.moto_insides import ACCOUNT, REGION
from infra.local.emulation.sns import LocalSns
from shared.providers import simulator

TEMPLATES = Path(__file__).resolve().parents[2] / "cloudformation"
STAGE = "local"
QUEUES = ("routing", "notices", "timers", "parts", "uploads", "receipts")
KEYS_ARE_NEEDED = {False: {"API_KEY_NEEDED": "false"}, True: {"API_KEY_NEEDED": "true"}}
"""Settings of the functions, by whether programs need a key."""
LIMITS_HOLD = {False: {"ADDRESSES_ARE_COUNTED": "false"}, True: {"ADDRESSES_ARE_COUNTED": "true"}}
"""The same, by whether the limits of one network address hold: on one machine everybody has the same."""
WORD_IS_HELD = {False: {"UNDO_MINUTES": "0"}, True: {"UNDO_MINUTES": "10"}}
"""The same, by whether word of decisions waits while they may be taken back: scripts expect it at once."""
MAIL_FROM = "PAKN Bộ Nội vụ <pakn@localhost.local>"
MAIL_EVENTS_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:pakn-{STAGE}-mail-events"
SMS_EVENTS_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:pakn-{STAGE}-sms-events"
SMS_TOPIC = f"arn:aws:sns:{REGION}:{ACCOUNT}:pakn-{STAGE}-sms"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local"}
"""Credentials that the AWS CLI may use as well; moto asks for some and checks none."""

_OUTPUT_OF = {
    "PETITIONS_TABLE": "PetitionsTable",
    "PETITIONS_STREAM_ARN": "PetitionsStreamArn",
    "DELIVERIES_TABLE": "DeliveriesTable",
    "DIRECTORY_TABLE": "DirectoryTable",
    "STATISTICS_TABLE": "StatisticsTable",
    "THROTTLE_TABLE": "ThrottleTable",
    "ROOTS_TABLE": "RootsTable",
    "ROUTING_QUEUE_URL": "RoutingQueueUrl",
    "ROUTING_QUEUE_ARN": "RoutingQueueArn",
    "NOTICES_QUEUE_URL": "NoticesQueueUrl",
    "NOTICES_QUEUE_ARN": "NoticesQueueArn",
    "TIMERS_QUEUE_URL": "TimersQueueUrl",
    "TIMERS_QUEUE_ARN": "TimersQueueArn",
    "PARTS_QUEUE_URL": "PartsQueueUrl",
    "PARTS_QUEUE_ARN": "PartsQueueArn",
    "UPLOADS_QUEUE_URL": "UploadsQueueUrl",
    "UPLOADS_QUEUE_ARN": "UploadsQueueArn",
    "RECEIPTS_QUEUE_ARN": "ReceiptsQueueArn",
    "ATTACHMENTS_BUCKET": "AttachmentsBucket",
    "DATA_KEY_ARN": "DataKeyArn",
    "ROOTS_KEY_ID": "RootsKeyId",
    "IDENTIFIERS_SECRET": "IdentifiersSecret",
    "PROVIDERS_SECRET": "ProvidersSecret",
}
"""Which output of the platform stack each environment variable of the functions comes from."""


class Cloud:
    """moto with the platform deployed, in this process, until `stop`."""

    def __init__(self, files_url: str | None = None) -> None:
        """Take the address under which a browser reaches the bucket; without one, links to files lead to AWS."""
        self._files_url = files_url
        self._mock = mock_aws()
        self._folder = tempfile.TemporaryDirectory(prefix="pakn-local-")
        self.outputs: dict[str, str] = {}
        self.sns = LocalSns(MAIL_EVENTS_TOPIC)
        self.providers: dict[str, dict[str, str]] = {}
        self.pool_id = ""
        self.pool_client_id = ""
        self._session: Any = boto3.session.Session()
        self._clients: dict[str, Any] = {}
        self._urls: dict[str, str] = {}

    def client(self, service: str) -> Any:
        """Return this machine's own client of a service: not the functions', so that no fault is injected into it."""
        if service not in self._clients:
            self._clients[service] = self._session.client(service, region_name=REGION)
        return self._clients[service]

    @property
    def signers(self) -> dict[str, str]:
        """Access key to secret of who signs links and forms in this process: moto lets all use one pair."""
        return {os.environ["AWS_ACCESS_KEY_ID"]: os.environ["AWS_SECRET_ACCESS_KEY"]}

    # ------------------------------------------------------------ starting and stopping

    def start(self) -> None:
        """Start moto and deploy everything into it."""
        os.environ.update(
            CREDENTIALS,
            AWS_DEFAULT_REGION=REGION,
            AWS_REGION=REGION,
            AWS_ACCOUNT_ID_ENDPOINT_MODE="disabled",  # moto does not know a stream's account endpoint
            AWS_EC2_METADATA_DISABLED="true",
        )
        if self._files_url:
            # Presigned links lead a browser to moto's own port; in this process moto still answers by itself.
            os.environ.update(MOTO_S3_CUSTOM_ENDPOINTS=self._files_url, AWS_ENDPOINT_URL_S3=self._files_url)
        moto_speed.quicken()
        moto_identity.complete()
        self._mock.start()
        self._deploy_platform()
        self._furnish_bucket()
        self._make_identity()
        self._make_secrets()
        self._make_roots_key()
        self._make_record_of_operators()
        for address in (MAIL_FROM, MAIL_FROM.partition("<")[2].strip(">")):
            self.client("ses").verify_email_identity(EmailAddress=address)
        self.client("ses").create_configuration_set(ConfigurationSet={"Name": f"pakn-{STAGE}"})

    def stop(self) -> None:
        """End moto; everything in it is gone."""
        moto_insides.run_queues_on(None)
        self._mock.stop()
        self._folder.cleanup()

    def _deploy_platform(self) -> None:
        cloudformation = self.client("cloudformation")
        name = f"pakn-{STAGE}-platform"
        with moto_insides.without_queue_policies():
            cloudformation.create_stack(
                StackName=name,
                TemplateBody=(TEMPLATES / "platform.yaml").read_text(encoding="utf-8"),
                Parameters=[{"ParameterKey": "Stage", "ParameterValue": STAGE}],
            )
        stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        if stack["StackStatus"] != "CREATE_COMPLETE":
            raise RuntimeError(f"the platform template did not deploy into moto: {stack['StackStatus']}")
        self.outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}

    def _furnish_bucket(self) -> None:
        """Give the bucket what its template says of versions and the queue: moto's CloudFormation passes over both."""
        platform = template.read(TEMPLATES / "platform.yaml", {"Stage": STAGE})
        (bucket,) = template.of_type(platform, "AWS::S3::Bucket")
        notifications = [
            {
                "QueueArn": self.outputs["UploadsQueueArn"],
                "Events": [notification["Event"]],
                "Filter": {"Key": {"FilterRules": notification["Filter"]["S3Key"]["Rules"]}},
            }
            for notification in bucket["NotificationConfiguration"]["QueueConfigurations"]
        ]
        self.client("s3").put_bucket_versioning(
            Bucket=self.outputs["AttachmentsBucket"],
            VersioningConfiguration=bucket["VersioningConfiguration"],
        )
        self.client("s3").put_bucket_notification_configuration(
            Bucket=self.outputs["AttachmentsBucket"],
            NotificationConfiguration={"QueueConfigurations": notifications},
            SkipDestinationValidation=True,
        )
        moto_insides.empty_queue(self.queue_name("uploads"))

    def _make_identity(self) -> None:
        identity = template.read(TEMPLATES / "identity.yaml", {"Stage": STAGE})
        cognito = self.client("cognito-idp")
        (pool,) = template.of_type(identity, "AWS::Cognito::UserPool")
        (desk,) = template.of_type(identity, "AWS::Cognito::UserPoolClient")
        created = cognito.create_user_pool(
            **_accepted(cognito, "CreateUserPool", pool | {"PoolName": pool["UserPoolName"]})
        )
        self.pool_id = created["UserPool"]["Id"]
        created = cognito.create_user_pool_client(
            **_accepted(cognito, "CreateUserPoolClient", desk | {"UserPoolId": self.pool_id})
        )
        self.pool_client_id = created["UserPoolClient"]["ClientId"]
        for group in template.of_type(identity, "AWS::Cognito::UserPoolGroup"):
            cognito.create_group(**_accepted(cognito, "CreateGroup", group | {"UserPoolId": self.pool_id}))

    def _make_secrets(self) -> None:
        self.providers = {
            "esms": {
                "cpid": "local",
                "private_key": "local-esms-key",
                "api_key": "local-esms-api-key",
                "secret_key": "local-esms-secret-key",
                "brandname": "BO NOI VU",
            },
            "twilio": {"account_sid": "AC" + "0" * 32, "auth_token": "local-twilio-token"},
            "hotline": {"secret": _webhook_secret()},
            "open311": {simulator.SANDBOX_CLIENT: simulator.API_KEY},
            "standard": {"secret": _webhook_secret()},
            "http": {"secret": _webhook_secret(), "token": "local-gateway-token", "sender": "BO NOI VU"},
            "infobip": {
                "username": "local",
                "password": "local-infobip-password",
                "api_key": "local-infobip-api-key",
                "sender": "BO NOI VU",
            },
            "vonage": {
                "api_key": "local-vonage",
                "api_secret": "local-vonage-secret",
                "signature_secret": "local-vonage-signature-secret-of-40-letters",
                "sender": "BO NOI VU",
            },
            "aws": {
                "topic_arn": SMS_TOPIC,
                "certificate": self.sns.certificate.decode(),
                "origination_identity": "PAKN",
                "configuration_set": f"pakn-{STAGE}",
            },
            "zalo": {
                "app_id": "local-zalo-app",
                "oa_secret_key": "local-zalo-oa-key",
                "template_id": "1",
                "access_token": "local-zalo-token",
            },
        }
        # The same key each time: a reference or PIN noted down works after a restart with the same petition.
        identifiers = {"key": "local-identifiers-key-".ljust(64, "0")}
        manager = self.client("secretsmanager")
        for name, value in (
            (self.outputs["IdentifiersSecret"], identifiers),
            (self.outputs["ProvidersSecret"], self.providers),
        ):
            manager.create_secret(Name=name, SecretString=json.dumps(value))

    def _make_roots_key(self) -> None:
        vault = template.read(TEMPLATES / "vault.yaml", {"Stage": STAGE})
        kms = self.client("kms")
        (key,) = template.of_type(vault, "AWS::KMS::Key")
        (alias,) = template.of_type(vault, "AWS::KMS::Alias")
        created = kms.create_key(KeySpec=key["KeySpec"], KeyUsage=key["KeyUsage"])["KeyMetadata"]
        kms.create_alias(AliasName=alias["AliasName"], TargetKeyId=created["KeyId"])
        self.outputs["RootsKeyId"] = created["KeyId"]

    def _make_record_of_operators(self) -> None:
        operations = template.read(TEMPLATES / "operations.yaml", {"Stage": STAGE})
        (group,) = template.of_type(operations, "AWS::Logs::LogGroup")
        self.client("logs").create_log_group(logGroupName=group["LogGroupName"])

    # ------------------------------------------------------------ the functions' environment

    def environment(self, *, public_url: str, sms_gateway_url: str) -> dict[str, str]:
        """Return the functions' environment, from the stack's outputs as on AWS."""
        keys = Path(self._folder.name) / "jwks.json"
        keys.write_text(moto_insides.cognito_public_keys(), encoding="utf-8")
        certificate = Path(self._folder.name) / "sns.pem"
        self.sns.put_certificate(certificate)
        self._reach_providers_at(sms_gateway_url)
        return {name: self.outputs[output] for name, output in _OUTPUT_OF.items()} | {
            "STAGE": STAGE,
            "PETITIONS_PACKED": "true",
            "SEAL_KEY_ID": f"alias/pakn-{STAGE}-seal",
            "PUBLIC_URL": public_url,
            "IDENTITY_POOL_ID": self.pool_id,
            "IDENTITY_CLIENT_ID": self.pool_client_id,
            "IDENTITY_JWKS_URL": keys.as_uri(),
            "MAIL_FROM": MAIL_FROM,
            "MAIL_CONFIGURATION_SET": f"pakn-{STAGE}",
            "MAIL_EVENTS_TOPIC": MAIL_EVENTS_TOPIC,
            "MAIL_EVENTS_CERTIFICATE": str(certificate),
            "SCANNER": "eicar",
            "SANDBOX": "true",
            "MINISTRY_EMAIL": "pakn@bonoivu.example",
            **KEYS_ARE_NEEDED[False],
            **LIMITS_HOLD[False],
            **WORD_IS_HELD[False],
            "SECOND_FACTOR_NEEDED": "false",
            "SMS_EVENTS_TOPIC": SMS_EVENTS_TOPIC,
            "AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2": f"{sms_gateway_url}/aws",
            "SMS_PROVIDERS": "esms",
            "SMS_GATEWAY_URL": sms_gateway_url,
            "POWERTOOLS_LOG_LEVEL": "WARNING",
        }

    def _reach_providers_at(self, sms_gateway_url: str) -> None:
        """Let messages through the other providers go to this machine too."""
        for provider in ("http", "infobip", "vonage", "zalo"):
            self.providers[provider]["url"] = f"{sms_gateway_url}/{provider}"
        self.client("secretsmanager").put_secret_value(
            SecretId=self.outputs["ProvidersSecret"], SecretString=json.dumps(self.providers)
        )

    # ------------------------------------------------------------ looking into it

    def has_petitions(self) -> bool:
        """Return whether any petition was ever received."""
        page = self.client("dynamodb").scan(TableName=self.outputs["PetitionsTable"], Limit=1)
        return bool(page["Items"])

    def wake_ups(self) -> Iterator[datetime]:
        """Yield when each petition and delivery that still has something to happen wants to be woken."""
        for table in ("PetitionsTable", "DeliveriesTable"):
            for wake_at in moto_insides.texts_of(self.outputs[table], "wake_at"):
                yield datetime.fromisoformat(wake_at)

    def queue_name(self, queue: str) -> str:
        """Return the full name of a queue, e.g. of `routing` or `routing-dead`."""
        return f"pakn-{STAGE}-{queue}"

    def queue_url(self, queue: str) -> str:
        """Return the URL of a queue, e.g. of `routing` or `routing-dead`."""
        if queue not in self._urls:
            answer = self.client("sqs").get_queue_url(QueueName=self.queue_name(queue))
            self._urls[queue] = answer["QueueUrl"]
        return self._urls[queue]

    def queue_names(self) -> list[str]:
        """Return the full names of all queues, the dead-letter queues among them."""
        return [
            *(self.queue_name(f"{queue}{suffix}") for queue in QUEUES for suffix in ("", "-dead")),
            self.queue_name("changes-dead"),
            self.queue_name("schedules-dead"),
        ]

    def empty_queues(self) -> None:
        """Drop every message, also the hidden and the dead ones."""
        for queue in self.queue_names():
            moto_insides.empty_queue(queue)


def _webhook_secret() -> str:
    """Return a secret as Standard Webhooks writes them."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _accepted(client: Any, operation: str, properties: dict[str, Any]) -> dict[str, Any]:
    """Return the properties that the API's operation takes: CloudFormation has a few names of its own."""
    members = client.meta.service_model.operation_model(operation).input_shape.members
    return {name: value for name, value in properties.items() if name in members}
