"""Spares botocore work that changes no answer of moto: signatures, endpoints and headers, made anew for each call.

Tested in tests/local, so that a new botocore that works differently inside is noticed there.
"""

from __future__ import annotations

import base64
import json
import random
import re
import uuid
from functools import cache, lru_cache
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import botocore.awsrequest as botocore_requests
import botocore.endpoint as botocore_endpoint
import botocore.useragent as botocore_useragent
from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.compat import get_current_datetime
from botocore.loaders import JSONFileLoader
from botocore.model import ServiceId
from botocore.parsers import JSONParser
from botocore.regions import EndpointRulesetResolver
from botocore.useragent import UserAgentString, sanitize_user_agent_string_component

_requests: Any = botocore_requests


def quicken_botocore() -> None:
    """Replace the slow pieces; calling it again changes nothing."""
    auth: Any = SigV4Auth
    auth.add_auth = _add_quick_auth
    resolver: Any = EndpointRulesetResolver
    resolver.construct_endpoint = _endpoint
    agent: Any = UserAgentString
    agent.to_string = _user_agent
    useragent: Any = botocore_useragent
    useragent.sanitize_user_agent_string_component = _in_user_agent
    service: Any = ServiceId
    service.hyphenize = _hyphenized
    endpoint: Any = botocore_endpoint
    endpoint.uuid = SimpleNamespace(uuid4=_invocation_id)
    endpoint.Endpoint._encode_headers = _leave_headers  # noqa: SLF001
    _requests.AWSRequestPreparer._prepare_headers = _prepared_headers  # noqa: SLF001

    parser: Any = JSONParser
    parser._handle_json_body = _read_body  # noqa: SLF001


_whole_load: Any = JSONFileLoader.load_file
_loaded: dict[str, Any] = {}
_OF_ALL_SESSIONS = re.compile(r"/botocore/data/(endpoints$|ec2/)")


def share_endpoints() -> None:
    """Let all sessions read the list of endpoints, and what moto asks of EC2, once: each would parse them anew."""
    loader: Any = JSONFileLoader
    loader.load_file = _load


def _load(loader: Any, file_path: str) -> Any:
    if not _OF_ALL_SESSIONS.search(file_path.replace("\\", "/")):
        return _whole_load(loader, file_path)
    if file_path not in _loaded:
        _loaded[file_path] = _whole_load(loader, file_path)
    return _loaded[file_path]


_in_user_agent = lru_cache(10_000)(sanitize_user_agent_string_component)
_hyphenized = cache(ServiceId.hyphenize)
_whole_auth: Any = SigV4Auth.add_auth


def _add_quick_auth(auth: Any, request: Any) -> None:
    """Name the access key, but sign with zeros: moto reads the key and the region, and checks no signature."""
    credentials: Any = auth.credentials
    if auth.__class__ is not SigV4Auth or credentials is None or credentials.token:
        _whole_auth(auth, request)
        return
    signed_at = get_current_datetime().strftime(SIGV4_TIMESTAMP)
    request.context["timestamp"] = request.headers["X-Amz-Date"] = (
        signed_at  # other emulators ask for the header
    )
    scope = f"Credential={auth.scope(request)}"
    request.headers["Authorization"] = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature={'0' * 64}"


_whole_endpoint: Any = EndpointRulesetResolver.construct_endpoint
_endpoints: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()
_ONE_ENDPOINT = frozenset({"dynamodb", "kms", "secretsmanager", "sesv2", "sqs"})


def _endpoint(resolver: Any, operation_model: Any, call_args: Any, request_context: Any) -> Any:
    """Return the endpoint of a call: one for all calls of a client, where no bucket has a host of its own."""
    if operation_model.service_model.service_name not in _ONE_ENDPOINT:
        return _whole_endpoint(resolver, operation_model, call_args, request_context)
    if resolver not in _endpoints:
        _endpoints[resolver] = _whole_endpoint(resolver, operation_model, call_args, request_context)
    return _endpoints[resolver]


_whole_user_agent: Any = UserAgentString.to_string
_user_agents: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def _user_agent(agent: Any) -> str:
    """Return a client's User-Agent, built once: botocore builds it twice for each call."""
    if agent not in _user_agents:
        _user_agents[agent] = _whole_user_agent(agent)
    return _user_agents[agent]


_random = random.Random()  # nosec B311  # noqa: S311 - tells calls apart, keeps no secret


def _invocation_id() -> uuid.UUID:
    """Return the identifier of a call without asking the machine for randomness."""
    return uuid.UUID(int=_random.getrandbits(128))


# ---------------------------------------------------------------- headers


def _leave_headers(_endpoint: Any, _headers: Any) -> None:
    """Leave texts as they are: moto reads them as it reads bytes, and a connection writes them as Latin-1."""


_whole_headers: Any = _requests.AWSRequestPreparer._prepare_headers  # noqa: SLF001


def _prepared_headers(preparer: Any, original: Any, prepared_body: Any = None) -> Any:
    """Copy the headers of a request, and add its length, without asking the policies of e-mail about each."""
    headers: Any = _requests.HeadersDict()
    held = headers._dict  # noqa: SLF001
    for name, value in original.headers._headers:  # noqa: SLF001
        held[_requests._HeaderKey(name)] = value  # noqa: SLF001
    if type(prepared_body) is not bytes or "Content-Length" in headers or "Transfer-Encoding" in headers:
        return _whole_headers(preparer, original, prepared_body)
    headers["Content-Length"] = str(len(prepared_body))
    return headers


# ---------------------------------------------------------------- answers


_whole_body: Any = JSONParser._handle_json_body  # type: ignore[attr-defined]  # noqa: SLF001
_BYTES = re.compile(rb'"BS?":')
"""The beginning of a value of bytes in an answer of DynamoDB."""
_OF_ITEMS = frozenset({"BatchGetItemOutput", "GetItemOutput", "QueryOutput", "ScanOutput"})


def _read_body(parser: Any, raw_body: bytes, shape: Any) -> Any:
    """Read an answer of items as it is: but for bytes, what JSON says of an item is what botocore makes of it."""
    if shape.name not in _OF_ITEMS:
        return _whole_body(parser, raw_body, shape)
    hook = with_bytes if _BYTES.search(raw_body) else None
    return {
        name: value for name, value in json.loads(raw_body, object_hook=hook).items() if name in shape.members
    }


def with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    """Return an object of DynamoDB's JSON; a value of bytes, or of several, without its Base64."""
    if len(value) == 1 and type(value.get("B")) is str:
        return {"B": base64.b64decode(value["B"])}
    if len(value) == 1 and type(value.get("BS")) is list:
        return {"BS": [base64.b64decode(each) for each in value["BS"]]}
    return value
