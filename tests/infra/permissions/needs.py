"""The needs of an AWS call: IAM's actions, resources and conditions for each operation that the functions use.

Source: AWS Service Authorization Reference, the table of actions of each service. An operation that is not here fails
the test that made it: whoever adds a call looks up what it needs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.utils import parseaddr
from functools import partial
from typing import Any

from infra.layout import ROOT
from infra.local.emulation import template

Params = Mapping[str, Any]


@dataclass(frozen=True, order=True)
class Need:
    """One permission that one Lambda needs.

    Attributes:
        who: the Lambda, e.g. `router/on_route` or `intake/api_handler`.
        action: e.g. `dynamodb:GetItem`.
        on: the resource without partition, region and account, e.g. `dynamodb:table/pakn-${Stage}-petitions`.
        context: what conditions may ask of the call, e.g. `(("dynamodb:LeadingKeys", "session#…"),)`.
    """

    who: str
    action: str
    on: str
    context: tuple[tuple[str, str], ...] = field(default=())

    @property
    def arn(self) -> str:
        """The resource as policies name it."""
        return arn(self.on)

    def __str__(self) -> str:
        context = "".join(f", {key} = {value}" for key, value in self.context)
        return f"{self.action} on {self.on}{context}"


def arn(on: str) -> str:
    """Return a whole ARN; region and account are placeholders, as in `policies`."""
    service, _, rest = on.partition(":")
    place = ":" if service == "s3" else "region:account"
    return f"arn:aws:{service}:{place}:{rest}"


class UnknownOperationError(Exception):
    """Nobody has said yet what an operation needs."""


def needs_of(
    who: str, service: str, operation: str, params: Params, ids: Mapping[str, str]
) -> Iterator[Need]:
    """Yield the needs of a call.

    Args:
        who: the Lambda that calls.
        service: botocore's name of the service, e.g. `secretsmanager`.
        operation: e.g. `GetSecretValue`.
        params: its parameters, as botocore takes them.
        ids: the template's name of each key and pool, by the id that it has here.

    Raises:
        UnknownOperationError: the operation is not in `OPERATIONS`.
    """
    try:
        rule = OPERATIONS[service, operation]
    except KeyError:
        raise UnknownOperationError(
            f"{who} calls {service}.{operation}: say in OPERATIONS of {__name__} which IAM action that is"
        ) from None
    for action, on, context in rule(params, ids):
        yield Need(who, action, on.replace("pakn-local", "pakn-${Stage}"), context)


Found = tuple[str, str, tuple[tuple[str, str], ...]]
Rule = Callable[[Params, Mapping[str, str]], Iterator[Found]]

# ---------------------------------------------------------------- DynamoDB

_PLATFORM = template.read(ROOT / "infra" / "cloudformation" / "platform.yaml", {"Stage": "local"})
_HASH_KEYS = {
    (table["TableName"].rpartition("-")[2], index): schema[0]["AttributeName"]
    for table in template.of_type(_PLATFORM, "AWS::DynamoDB::Table")
    for index, schema in [
        ("", table["KeySchema"]),
        *((each["IndexName"], each["KeySchema"]) for each in table.get("GlobalSecondaryIndexes", [])),
    ]
}
"""The partition key of each table, and of each of its indexes."""
KEYS_MATTER = frozenset({"throttle"})
"""The tables whose rows belong to different Lambdas: here policies ask for the beginning of the key."""
WRITTEN_KEYS_MATTER = KEYS_MATTER | {"directory", "roots"}
"""The tables whose rows are written by different Lambdas, and read by all."""
_KIND = re.compile(r"[a-z]+(-[a-z]+)*")
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})


def _table(name: str, index: str = "") -> str:
    return f"dynamodb:table/{name}" + (f"/index/{index}" if index else "")


def _leading(name: str, keys: list[str], action: str = "") -> list[tuple[tuple[str, str], ...]]:
    if name.rpartition("-")[2] not in (WRITTEN_KEYS_MATTER if action in _WRITES else KEYS_MATTER):
        return [()]
    return [(("dynamodb:LeadingKeys", beginning),) for beginning in sorted({beginning_of(k) for k in keys})]


def beginning_of(key: str) -> str:
    """Return the beginning of a key, e.g. `session#…`: what follows differs from call to call.

    A kind of rows, e.g. `routing-rule`, is a whole key.
    """
    if _KIND.fullmatch(key):
        return key
    beginning = re.match(r"[^#:/]*[#:/]", key)
    return f"{beginning.group() if beginning else ''}…"


def _hash_key(name: str, item: Params, index: str = "") -> list[str]:
    value = item.get(_HASH_KEYS[name.rpartition("-")[2], index], {})
    return [str(next(iter(value.values()), ""))]


def _item(action: str, member: str, params: Params, _ids: Mapping[str, str]) -> Iterator[Found]:
    name = params["TableName"]
    for context in _leading(name, _hash_key(name, params[member]), action):
        yield f"dynamodb:{action}", _table(name), context


def _search(action: str, params: Params, _ids: Mapping[str, str]) -> Iterator[Found]:
    name, index = params["TableName"], params.get("IndexName", "")
    keys = [str(next(iter(value.values()))) for value in params.get("ExpressionAttributeValues", {}).values()]
    for context in _leading(name, keys[:1]):
        yield f"dynamodb:{action}", _table(name, index), context


def _batch_get(params: Params, _ids: Mapping[str, str]) -> Iterator[Found]:
    for name, request in params["RequestItems"].items():
        keys = [key for each in request["Keys"] for key in _hash_key(name, each)]
        for context in _leading(name, keys):
            yield "dynamodb:BatchGetItem", _table(name), context


def _transaction(params: Params, ids: Mapping[str, str]) -> Iterator[Found]:
    """Yield the needs of each write: IAM knows no action for the transaction as a whole."""
    for each in params["TransactItems"]:
        for kind, member in (
            ("Put", "Item"),
            ("Update", "Key"),
            ("Delete", "Key"),
            ("ConditionCheck", "Key"),
        ):
            if kind in each:
                yield from _item(f"{kind}Item", member, each[kind], ids)


# ---------------------------------------------------------------- S3


UNSENT = "quarantine/unsent/"


def _object(action: str, params: Params, _ids: Mapping[str, str]) -> Iterator[Found]:
    key = str(params["Key"])
    if key == "-":
        return  # a link that nobody follows, signed to learn the bucket's address
    versioned = action.replace("Object", "ObjectVersion") if params.get("VersionId") else action
    yield f"s3:{versioned}", f"s3:{_bucket(params)}/{_place(key)}", ()


def _copy(params: Params, ids: Mapping[str, str]) -> Iterator[Found]:
    """Yield the needs of both ends; the source is written as botocore sends it, and its tags do not travel."""
    bucket, _, key = str(params["CopySource"]).partition("/")
    yield from _object("GetObject", {"Bucket": bucket, "Key": key}, ids)
    yield from _object("PutObject", params, ids)


def _place(key: str) -> str:
    """Return the beginning of an object's key: files of petitions that are not sent have a quarantine of their own."""
    return f"{UNSENT}…" if key.startswith(UNSENT) else beginning_of(key)


def _bucket(params: Params) -> str:
    return re.sub(r"-\d{12}$", "-account", str(params["Bucket"]))


def _listing(params: Params, _ids: Mapping[str, str]) -> Iterator[Found]:
    prefix = str(params.get("Prefix", ""))
    prefix = _place(prefix) if re.search("[0-9a-f]{32}", prefix) else prefix
    yield "s3:ListBucket", f"s3:{_bucket(params)}", (("s3:prefix", prefix),)


def missing_object(params: Params) -> tuple[str, str]:
    """Return action and resource that S3 asks for before it says that an object is missing."""
    return "s3:ListBucket", f"s3:{_bucket(params)}".replace("pakn-local", "pakn-${Stage}")


# ---------------------------------------------------------------- the others


def _queue(action: str, params: Params, _ids: Mapping[str, str]) -> Iterator[Found]:
    yield f"sqs:{action}", f"sqs:{params['QueueUrl'].rpartition('/')[2]}", ()


_SEAL, _ANOTHER_SEAL = "Seal", "AnotherSeal"
_ALIASES = {_SEAL: "alias/pakn-${Stage}-seal", _ANOTHER_SEAL: "alias/pakn-${Stage}-seal-2"}
"""The aliases by which policies know the keys of the seal: the template's, and one that an operator made."""
_ID_IN_CIPHERTEXT = 36
"""Bytes of the key's id at the beginning of a ciphertext of moto; AWS finds the key in its ciphertexts too."""


def _key(action: str, params: Params, ids: Mapping[str, str]) -> Iterator[Found]:
    key_id = params.get("KeyId") or params["CiphertextBlob"][:_ID_IN_CIPHERTEXT].decode()
    yield _on_key(action, key_id, params.get("EncryptionContext", {}), ids)


def _re_encryption(params: Params, ids: Mapping[str, str]) -> Iterator[Found]:
    source = params["CiphertextBlob"][:_ID_IN_CIPHERTEXT].decode()
    yield _on_key("ReEncryptFrom", source, params["SourceEncryptionContext"], ids)
    yield _on_key("ReEncryptTo", params["DestinationKeyId"], params["DestinationEncryptionContext"], ids)


def _on_key(action: str, key_id: str, encryption: Params, ids: Mapping[str, str]) -> Found:
    key = ids.get(key_id, _ANOTHER_SEAL)
    aliases = [("kms:ResourceAliases", _ALIASES[key])] if key in _ALIASES else []
    bound = [
        (f"kms:EncryptionContext:{name}", beginning_of(str(v))) for name, v in sorted(encryption.items())
    ]
    return f"kms:{action}", f"kms:key/{key}", (*bound, *aliases)


def _secret(action: str, params: Params, _ids: Mapping[str, str]) -> Iterator[Found]:
    yield f"secretsmanager:{action}", f"secretsmanager:secret:{params['SecretId']}-AbCdEf", ()


def _of_the_account(need: str, _params: Params, _ids: Mapping[str, str]) -> Iterator[Found]:
    """Yield an action that AWS allows for everything or not at all."""
    yield need, f"{need.partition(':')[0]}:*", ()


def _mail(params: Params, _ids: Mapping[str, str]) -> Iterator[Found]:
    """Yield SES's two actions: which one it checks for a message that comes ready-made is said both ways."""
    mail = message_from_bytes(params["Content"]["Raw"]["Data"])
    domain = parseaddr(str(mail["From"]))[1].rpartition("@")[2]
    for action in ("ses:SendEmail", "ses:SendRawEmail"):
        yield action, f"ses:identity/{domain}", ()
        if "ConfigurationSetName" in params:
            yield action, f"ses:configuration-set/{params['ConfigurationSetName']}", ()


def _sms(params: Params, _ids: Mapping[str, str]) -> Iterator[Found]:
    yield "sms-voice:SendTextMessage", f"sms-voice:sender-id/{params['OriginationIdentity']}/VN", ()


def _pool(action: str, params: Params, ids: Mapping[str, str]) -> Iterator[Found]:
    yield f"cognito-idp:{action}", f"cognito-idp:userpool/{ids[params['UserPoolId']]}", ()


OPERATIONS: Mapping[tuple[str, str], Rule] = {
    ("dynamodb", "PutItem"): partial(_item, "PutItem", "Item"),
    ("dynamodb", "GetItem"): partial(_item, "GetItem", "Key"),
    ("dynamodb", "UpdateItem"): partial(_item, "UpdateItem", "Key"),
    ("dynamodb", "DeleteItem"): partial(_item, "DeleteItem", "Key"),
    ("dynamodb", "BatchGetItem"): _batch_get,
    ("dynamodb", "TransactWriteItems"): _transaction,
    ("dynamodb", "Query"): partial(_search, "Query"),
    ("dynamodb", "Scan"): partial(_search, "Scan"),
    ("sqs", "SendMessage"): partial(_queue, "SendMessage"),
    ("sqs", "SendMessageBatch"): partial(_queue, "SendMessage"),
    ("sqs", "ChangeMessageVisibility"): partial(_queue, "ChangeMessageVisibility"),
    ("sqs", "ChangeMessageVisibilityBatch"): partial(_queue, "ChangeMessageVisibility"),
    ("s3", "GetObject"): partial(_object, "GetObject"),
    ("s3", "HeadObject"): partial(_object, "GetObject"),
    ("s3", "GetObjectTagging"): partial(_object, "GetObjectTagging"),
    ("s3", "PutObject"): partial(_object, "PutObject"),
    ("s3", "CopyObject"): _copy,
    ("s3", "DeleteObject"): partial(_object, "DeleteObject"),
    ("s3", "ListObjectsV2"): _listing,
    ("kms", "Encrypt"): partial(_key, "Encrypt"),
    ("kms", "Decrypt"): partial(_key, "Decrypt"),
    ("kms", "ReEncrypt"): _re_encryption,
    ("kms", "Sign"): partial(_key, "Sign"),
    ("kms", "DescribeKey"): partial(_key, "DescribeKey"),
    ("kms", "ListAliases"): partial(_of_the_account, "kms:ListAliases"),
    ("kms", "GetPublicKey"): partial(_key, "GetPublicKey"),
    ("secretsmanager", "GetSecretValue"): partial(_secret, "GetSecretValue"),
    ("secretsmanager", "PutSecretValue"): partial(_secret, "PutSecretValue"),
    ("ses", "GetSendQuota"): partial(_of_the_account, "ses:GetSendQuota"),
    ("sesv2", "SendEmail"): _mail,
    ("pinpoint-sms-voice-v2", "SendTextMessage"): _sms,
    **{
        ("cognito-idp", action): partial(_pool, action)
        for action in (
            "AdminAddUserToGroup",
            "AdminCreateUser",
            "AdminDisableUser",
            "AdminEnableUser",
            "AdminGetUser",
            "AdminListGroupsForUser",
            "AdminRemoveUserFromGroup",
            "AdminSetUserPassword",
        )
    },
    ("cognito-idp", "AdminSetUserMFAPreference"): partial(_pool, "AdminSetUserMFAPreference"),
    ("cognito-idp", "AdminUserGlobalSignOut"): partial(_pool, "AdminUserGlobalSignOut"),
}
"""By botocore's service and operation. What Cognito lets anybody call (sign-in) is signed by nobody and not here."""
