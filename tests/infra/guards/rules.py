"""The guarded properties: what keeps data, messages, time and secrets, as rules over every resource of a type.

A rule holds for each resource of its type, so that a new one is guarded by itself; `but` states the exceptions, by the
resource's name, each with its value. `ABSENT` says that the property must not stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.infra.guards.translated import Template, Templates

ABSENT = object()
PROTECTED = {"Fn::If": ["IsProtected", True, False]}
DATA_KEY = {"Fn::ImportValue": {"Fn::Sub": "pakn-${Stage}-DataKeyArn"}}
OWN_DATA_KEY = {"Fn::GetAtt": ["Data", "Arn"]}
PAGE, TICKET = [{"Ref": "Page"}], [{"Ref": "Ticket"}]
TICKET_BY_NAME = [
    {"Fn::Sub": "arn:${AWS::Partition}:sns:${AWS::Region}:${AWS::AccountId}:pakn-${Stage}-ticket"}
]
PAGED = (
    *("SweepSilent", "TimersLate", "ChangesLate", "ChangesDead", "IntakeAnswers5xx", "CaseworkAnswers5xx"),
    *("DoorsThrottled", "GatewaysThrottled", "IdentityUnreachable", "CredentialsUnusable", "LookUpsMany"),
    *("MuteEsms", "MuteTwilio", "MuteStandard", "MuteInfobip", "MuteVonage", "MuteAws", "MuteHotline"),
    *("HistoryRewritten", "HistoryRestored", "OldestUnrouted", "KeysUnusable"),
)
"""The alarms that call somebody at any hour; docs/runbook.md says of each why."""
FOURTEEN_DAYS = 14 * 86400
RECEIVES = 12
"""Receives after which a message goes to its dead letters."""
PUBLIC_ACCESS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")


@dataclass(frozen=True)
class Guard:
    """One guarded property of every resource of a type.

    Attributes:
        type: e.g. `AWS::SQS::Queue`.
        name: of the property; with @ an attribute of the resource, e.g. `@DeletionPolicy`.
        value: it as it has to be, or a function that says whether it is right.
        but: other values, by the name of the resource.
        where: whether a resource is meant at all.
    """

    type: str
    name: str
    value: Any
    but: Mapping[str, Any] = field(default_factory=dict)
    where: Callable[[str], bool] = lambda _resource: True

    def finding(self, name: str, resource: Template) -> str:
        """Return the finding about a resource, "" if all is well."""
        if self.name.startswith("@"):
            stands = resource.get(self.name[1:], ABSENT)
        else:
            stands = resource.get("Properties", {}).get(self.name, ABSENT)
        due = self.but.get(name, self.value)
        if stands is due or (callable(due) and stands is not ABSENT and due(stands)):
            return ""
        if not callable(due) and stands is not ABSENT and type(stands) is type(due) and stands == due:
            return ""
        return f"{name}.{self.name.lstrip('@')} is {'gone' if stands is ABSENT else stands}"


def _is_working(name: str) -> bool:
    return not name.endswith("Dead")


def _is_record(name: str) -> bool:
    return name == "Record"


def _is_reserved(concurrency: int) -> Any:
    return {"Fn::If": ["ReservesConcurrency", concurrency, {"Ref": "AWS::NoValue"}]}


def _to(queue: str) -> Callable[[Any], bool]:
    """Return a function that says whether failures go to a queue; SAM fills the stage in by itself."""
    names = [
        {"Fn::ImportValue": {"Fn::Sub": f"pakn-{stage}-{queue}QueueArn"}} for stage in ("${Stage}", "stage")
    ]
    return lambda value: value in [{"OnFailure": {"Destination": name}} for name in names]


def _has_dead_letters(value: Any) -> bool:
    name, *attribute = value.get("deadLetterTargetArn", {}).get("Fn::GetAtt") or [""]
    return name.endswith("Dead") and attribute == ["Arn"] and value.get("maxReceiveCount") == RECEIVES


def _throttle(method: str, path: str, rate: int, burst: int) -> Template:
    return {
        "DataTraceEnabled": False,
        "HttpMethod": method,
        "ResourcePath": path,
        "ThrottlingBurstLimit": burst,
        "ThrottlingRateLimit": rate,
    }


def _is_throttled(value: Any) -> bool:
    """Return whether every method is throttled, webhooks for themselves, and no request is written down."""
    everything = [_throttle("*", "/*", 50, 100)]
    webhooks = [
        _throttle("POST", "/~1sms~1{proxy+}", 20, 40),
        _throttle("GET", "/~1sms~1{proxy+}", 20, 40),
        _throttle("POST", "/~1hotline~1{proxy+}", 5, 10),
    ]
    return value in (everything, everything + webhooks)


def _is_tls_only(value: Any) -> bool:
    refusal, *_others = value.get("Statement") or [{}]
    return (
        refusal.get("Effect") == "Deny"
        and refusal.get("Principal") == "*"
        and refusal.get("Action") == "s3:*"
        and len(refusal.get("Resource", [])) == 2
        and refusal.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
    )


def _reports(age: int, retries: int) -> Callable[[Any], bool]:
    queue = {"Fn::ImportValue": {"Fn::Sub": "pakn-${Stage}-SchedulesDeadQueueArn"}}
    policy = {"MaximumEventAgeInSeconds": age, "MaximumRetryAttempts": retries}
    return lambda value: (
        len(value) == 1
        and value[0].get("DeadLetterConfig") == {"Arn": queue}
        and value[0].get("RetryPolicy") == policy
    )


def _retained(kind: str, **but: Any) -> Iterator[Guard]:
    for name in ("@DeletionPolicy", "@UpdateReplacePolicy"):
        yield Guard(kind, name, "Retain", but)


_MAPPING, _QUEUE, _LAMBDA = "AWS::Lambda::EventSourceMapping", "AWS::SQS::Queue", "AWS::Lambda::Function"
_STREAM = "OnChangeOnChangeDynamodbEventSource"
_INVOKE = "AWS::Lambda::EventInvokeConfig"
_LONG_INVOKE, _LONG_RULES = (
    ("HourlyEventInvokeConfig", "LearnEventInvokeConfig"),
    ("HourlyHourlyEvent", "LearnLearnEvent"),
)
"""The schedules whose jobs may take their time."""
GUARDS = (
    *_retained("AWS::DynamoDB::Table", Throttle="Delete"),
    *_retained("AWS::S3::Bucket"),
    *_retained("AWS::KMS::Key"),
    *_retained("AWS::SecretsManager::Secret"),
    *_retained("AWS::Cognito::UserPool"),
    *_retained("AWS::Backup::BackupVault"),
    Guard("AWS::Lambda::Version", "@DeletionPolicy", "Retain"),
    Guard("AWS::DynamoDB::Table", "DeletionProtectionEnabled", PROTECTED, {"Throttle": ABSENT}),
    Guard("AWS::DynamoDB::Table", "PointInTimeRecoverySpecification", {"PointInTimeRecoveryEnabled": True}),
    Guard(
        "AWS::DynamoDB::Table",
        "SSESpecification",
        {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": OWN_DATA_KEY},
    ),
    Guard(
        "AWS::DynamoDB::Table",
        "StreamSpecification",
        {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        where=lambda name: name == "Petitions",
    ),
    Guard("AWS::Cognito::UserPool", "DeletionProtection", {"Fn::If": ["IsProtected", "ACTIVE", "INACTIVE"]}),
    Guard("AWS::Cognito::UserPool", "AdminCreateUserConfig", {"AllowAdminCreateUserOnly": True}),
    Guard(_QUEUE, "MessageRetentionPeriod", FOURTEEN_DAYS),
    Guard(_QUEUE, "VisibilityTimeout", {"Ref": "HandlerTimeout"}, where=_is_working),
    Guard(_QUEUE, "RedrivePolicy", _has_dead_letters, where=_is_working),
    Guard(_QUEUE, "SqsManagedSseEnabled", True, {"Receipts": ABSENT, "ReceiptsDead": ABSENT}),
    Guard(_QUEUE, "KmsMasterKeyId", OWN_DATA_KEY, where=lambda name: name.startswith("Receipts")),
    Guard(_MAPPING, "FunctionResponseTypes", ["ReportBatchItemFailures"]),
    Guard(
        _MAPPING,
        "ScalingConfig",
        {"MaximumConcurrency": 10},
        {
            _STREAM: ABSENT,
            "OnPartsOnPartsSqsEventSource": {"MaximumConcurrency": 2},
            "OnUploadOnUploadSqsEventSource": {"MaximumConcurrency": 5},
            "OnReceiptOnReceiptSqsEventSource": {"MaximumConcurrency": 5},
        },
    ),
    Guard(_MAPPING, "StartingPosition", "TRIM_HORIZON", where=lambda name: name == _STREAM),
    Guard(_MAPPING, "BisectBatchOnFunctionError", True, where=lambda name: name == _STREAM),
    Guard(_MAPPING, "MaximumRetryAttempts", -1, where=lambda name: name == _STREAM),
    Guard(_MAPPING, "MaximumRecordAgeInSeconds", 86400, where=lambda name: name == _STREAM),
    Guard(_MAPPING, "DestinationConfig", _to("ChangesDead"), where=lambda name: name == _STREAM),
    Guard(_INVOKE, "DestinationConfig", _to("SchedulesDead")),
    Guard(_INVOKE, "MaximumEventAgeInSeconds", 300, dict.fromkeys(_LONG_INVOKE, 3600)),
    Guard(_INVOKE, "MaximumRetryAttempts", 0, dict.fromkeys(_LONG_INVOKE, 2)),
    Guard("AWS::Events::Rule", "Targets", _reports(300, 5), dict.fromkeys(_LONG_RULES, _reports(3600, 10))),
    Guard(
        _LAMBDA,
        "ReservedConcurrentExecutions",
        _is_reserved(10),
        {
            **dict.fromkeys(("APIHandler", "Connect"), ABSENT),
            **dict.fromkeys(("OnParts", "Sweep", "Hourly"), _is_reserved(2)),
            **dict.fromkeys(("OnUpload", "OnReceipt"), _is_reserved(5)),
            "Learn": _is_reserved(1),
        },
    ),
    Guard(_LAMBDA, "Timeout", 60, {"APIHandler": 29, "Connect": 8, "Hourly": 900, "Learn": 900}),
    Guard(_LAMBDA, "TracingConfig", {"Mode": "Active"}),
    Guard("AWS::Logs::LogGroup", "RetentionInDays", 90, {"Record": 3653}),
    *(
        Guard("AWS::Logs::LogGroup", name, value, where=_is_record)
        for name, value in (
            ("@DeletionPolicy", "Retain"),
            ("@UpdateReplacePolicy", "Retain"),
            ("DeletionProtectionEnabled", PROTECTED),
        )
    ),
    Guard("AWS::Logs::LogGroup", "KmsKeyId", DATA_KEY),
    Guard(
        "AWS::CloudWatch::Alarm",
        "AlarmActions",
        TICKET,
        dict.fromkeys(PAGED, PAGE)
        | dict.fromkeys(("BackupFailed", "CopyFailed", "RestoreFailed"), TICKET_BY_NAME),
        where=lambda name: not name.startswith(("Canary", "Burn")),
    ),
    Guard(
        "AWS::CloudWatch::CompositeAlarm",
        "AlarmActions",
        TICKET,
        dict.fromkeys(("RoutedBurns", "NotifiedBurns"), PAGE),
    ),
    Guard(
        "AWS::CloudWatch::Alarm",
        "TreatMissingData",
        "notBreaching",
        dict.fromkeys(("SweepSilent", "RootMissing", "RoundsOverdue", "SearchStale"), "breaching"),
    ),
    Guard("AWS::ApiGateway::Stage", "MethodSettings", _is_throttled),
    Guard("AWS::ApiGateway::DomainName", "SecurityPolicy", "TLS_1_2"),
    Guard("AWS::S3::Bucket", "PublicAccessBlockConfiguration", dict.fromkeys(PUBLIC_ACCESS, True)),
    Guard("AWS::S3::Bucket", "VersioningConfiguration", {"Status": "Enabled"}),
    Guard(
        "AWS::S3::Bucket",
        "BucketEncryption",
        {
            "ServerSideEncryptionConfiguration": [
                {
                    "BucketKeyEnabled": True,
                    "ServerSideEncryptionByDefault": {
                        "SSEAlgorithm": "aws:kms",
                        "KMSMasterKeyID": OWN_DATA_KEY,
                    },
                }
            ]
        },
        {
            "Artifacts": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            }
        },
    ),
    Guard("AWS::S3::BucketPolicy", "PolicyDocument", _is_tls_only),
    Guard("AWS::KMS::Key", "EnableKeyRotation", True, {"Roots": ABSENT}),
    Guard("AWS::KMS::Key", "PendingWindowInDays", 30),
    Guard("AWS::SNS::Topic", "KmsMasterKeyId", DATA_KEY, {"Page": ABSENT, "Ticket": ABSENT}),
    Guard(
        "AWS::SNS::Subscription",
        "RedrivePolicy",
        {"deadLetterTargetArn": {"Fn::ImportValue": {"Fn::Sub": "pakn-${Stage}-ReceiptsDeadQueueArn"}}},
        dict.fromkeys(("PageByEmail", "PageByUrl", "TicketByEmail"), ABSENT),
    ),
    Guard("AWS::Backup::BackupVault", "EncryptionKeyArn", {"Fn::GetAtt": ["Key", "Arn"]}),
    Guard(
        "AWS::Backup::BackupVault",
        "LockConfiguration",
        {
            "MinRetentionDays": 35,
            "MaxRetentionDays": 3660,
            "ChangeableForDays": {
                "Fn::If": ["IsFinal", {"Ref": "BackupChangeableForDays"}, {"Ref": "AWS::NoValue"}]
            },
        },
    ),
)


def findings(templates: Templates) -> Iterator[str]:
    """Yield the guarded properties that are gone or are not what they have to be, by name."""
    for title, template in sorted(templates.items()):
        for name, resource in template["Resources"].items():
            for guard in GUARDS:
                if (
                    guard.type == resource["Type"]
                    and guard.where(name)
                    and (text := guard.finding(name, resource))
                ):
                    yield f"{title}: {text}"
