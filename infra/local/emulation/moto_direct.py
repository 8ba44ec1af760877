"""A direct path into moto for calls of services that speak JSON: DynamoDB, SQS, KMS and Secrets Manager.

moto makes a web request of each call, looks through the addresses of all services, reads the body shape by shape and
writes the answer shape by shape. The functions' clients have checked and written the same shapes a moment before, so
here the body goes straight to the action that moto has for it, and the result straight into JSON.
What a call does, and every error, stays moto's own.
"""

from __future__ import annotations

import base64
import json
import random
import re
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from moto.core.botocore_stubber import BotocoreStubber
from moto.core.parse import JSONParser
from moto.core.responses import BaseResponse
from moto.core.utils import get_service_model
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.responses import DynamoHandler
from moto.iam.models import get_account_id_from
from moto.kms.responses import KmsResponse
from moto.secretsmanager.responses import SecretsManagerResponse
from moto.sqs.responses import SQSResponse
from moto.utilities.utils import get_partition

from infra.local.emulation.botocore_speed import with_bytes

_RESPONDERS: dict[str, type[Any]] = {
    "dynamodb": DynamoHandler,
    "kms": KmsResponse,
    "secretsmanager": SecretsManagerResponse,
    "sqs": SQSResponse,
}
_ITEMS = frozenset(
    {
        "BatchGetItem",
        "BatchWriteItem",
        "DeleteItem",
        "GetItem",
        "PutItem",
        "Query",
        "Scan",
        "TransactGetItems",
        "TransactWriteItems",
        "UpdateItem",
    }
)
"""Operations of DynamoDB whose requests and answers are texts, numbers, truths and bytes under their own names."""

_random = random.Random()  # nosec B311  # noqa: S311 - tells calls apart, keeps no secret


def take_direct_path() -> None:
    """Take the direct path from now on; calling it again changes nothing."""
    stubber: Any = BotocoreStubber
    stubber.process_request = _process
    handler: Any = DynamoHandler
    handler.serialized = _serialized
    handler.dynamodb_backend = property(_backend)
    response: Any = BaseResponse
    response._enrich_response = staticmethod(_enriched)  # noqa: SLF001


FULL_PROCESS: Any = BotocoreStubber.process_request
FULL_RESULT: Any = DynamoHandler.serialized
FULL_HEADERS: Any = BaseResponse._enrich_response  # noqa: SLF001


# ---------------------------------------------------------------- in


def _process(stubber: Any, request: Any) -> Any:
    responder = _responder(request.url)
    if responder is None or "X-Amz-Target" not in request.headers:
        return FULL_PROCESS(stubber, request)
    handler = responder()
    _set_up(handler, request)
    return handler.call_action()


@lru_cache(100)
def _responder(url: str) -> type[Any] | None:
    """Return the class of moto that answers calls to an address; None where the direct path does not lead."""
    scheme, _, host = url.removesuffix("/").partition("://")
    service, _, rest = host.partition(".")
    is_aws = scheme == "https" and rest.endswith(".amazonaws.com") and "/" not in host
    return _RESPONDERS.get(service) if is_aws else None


def _set_up(handler: Any, request: Any) -> None:
    """Do what `BaseResponse.setup_class` does, for a body of JSON."""
    headers = {str(name): _text(value) for name, value in request.headers._dict.items()}  # noqa: SLF001
    body = request.body or b""
    handler.is_werkzeug_request = False
    handler.headers = headers
    handler.raw_body = body
    handler.body = _text(body)
    handler.querystring = handler.data = {}
    handler.uri, handler.path, handler.raw_path, handler.method = request.url, "/", "/", request.method
    handler.uri_match = {}
    handler.response_headers = {}
    handler.region = handler.get_region_from_url(SimpleNamespace(headers=headers), request.url)
    handler.partition = get_partition(handler.region)
    handler.access_key = handler.get_access_key()
    handler.current_account = get_account_id_from(handler.access_key)
    if handler.automated_parameter_parsing:
        handler.params = _parameters(handler)


def _parameters(handler: Any) -> dict[str, Any]:
    """Read the body: that of items as it is, others shape by shape."""
    operation: str = handler._get_action()  # noqa: SLF001
    body: str = handler.body
    if handler.service_name == "dynamodb" and operation in _ITEMS:
        read: dict[str, Any] = json.loads(body, object_hook=with_bytes if _BYTES.search(body) else None)
        return read
    model = get_service_model(handler.service_name).operation_model(operation)
    request: Any = {"body": body, "headers": handler.headers}
    parsed: dict[str, Any] = JSONParser(model, map_type=handler.PROTOCOL_PARSER_MAP_TYPE).parse(request)
    return parsed


_BYTES = re.compile('"BS?":')
"""The beginning of a value of bytes."""


def _backend(handler: Any) -> Any:
    """Return the tables of the caller's account and region, looked up once for each call."""
    if "_backend" not in vars(handler):
        handler._backend = dynamodb_backends[handler.current_account][handler.region]  # noqa: SLF001
    return handler._backend  # noqa: SLF001


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


# ---------------------------------------------------------------- out


def _serialized(handler: Any, action_result: Any) -> Any:
    """Write a result of items as JSON; an error, or another operation's result, as moto writes it."""
    operation: str = handler._get_action()  # noqa: SLF001
    result = action_result.result
    if operation not in _ITEMS or type(result) is not dict:
        return FULL_RESULT(handler, action_result)
    members = _members(operation)
    shown = {name: value for name, value in result.items() if name in members and value is not None}
    headers = {"Content-Type": "application/x-amz-json-1.0"} | handler.response_headers
    return 200, headers, json.dumps(shown, default=_bytes)


@lru_cache(100)
def _members(operation: str) -> frozenset[str]:
    return frozenset(get_service_model("dynamodb").operation_model(operation).output_shape.members)


def _bytes(value: Any) -> str:
    if not isinstance(value, bytes):
        raise TypeError(type(value).__name__)
    return base64.b64encode(value).decode("ascii")


def _enriched(headers: dict[str, Any], body: Any) -> Any:
    """Name the request; only XML names it in its body too."""
    if not isinstance(body, str) or not body.startswith("{"):
        return FULL_HEADERS(headers, body)
    if "status" in headers:
        headers["status"] = str(headers["status"])
    headers["x-amzn-requestid"] = f"{_random.getrandbits(256):064X}"[:52]
    return headers, body
