"""Spares moto and botocore work that changes no answer: most of the time of a test, or of a start with samples.

Tested in tests/local, so that a new moto or botocore that works differently inside is noticed there.
"""

from __future__ import annotations

import copy
from functools import cache, lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import botocore.useragent as botocore_useragent
import moto.core.responses as moto_responses
import moto.sqs.models as moto_sqs
from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.compat import get_current_datetime
from botocore.useragent import UserAgentString, sanitize_user_agent_string_component
from moto import backend_index
from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import camelcase_to_underscores, method_names_from_class
from moto.dynamodb.models.table import Table


def quicken() -> None:
    """Replace the slow pieces; calling it again changes nothing."""
    quicken_queries()
    _look_at_used_services_first()
    auth: Any = SigV4Auth
    auth.add_auth = _add_quick_auth
    agent: Any = UserAgentString
    agent.to_string = _user_agent
    responses: Any = moto_responses
    queues: Any = moto_sqs
    responses.camelcase_to_underscores = queues.camelcase_to_underscores = _underscored
    responses.method_names_from_class = _methods_of
    useragent: Any = botocore_useragent
    useragent.sanitize_user_agent_string_component = _in_user_agent
    serializer: Any = BaseJSONSerializer
    serializer._serialize_type_structure = _quick_structure  # noqa: SLF001


_underscored = cache(camelcase_to_underscores)
_methods_of = cache(method_names_from_class)
_in_user_agent = lru_cache(10_000)(sanitize_user_agent_string_component)
_whole_structure: Any = BaseJSONSerializer._serialize_type_structure  # noqa: SLF001
_AS_THEY_ARE = frozenset({"S", "N", "BOOL"})


def _quick_structure(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """Write a text, number or truth of an item as it is: moto asks each for all ten kinds of value by six names."""
    if (
        shape.name == "AttributeValue"
        and type(value) is dict
        and len(value) == 1
        and value.keys() <= _AS_THEY_ARE
    ):
        serializer._default_serialize(serialized, dict(value), shape, key)  # noqa: SLF001
    else:
        _whole_structure(serializer, serialized, value, shape, key)


# ---------------------------------------------------------------- requests


_USED = ("dynamodb", "sqs", "kms", "secretsmanager", "ses")


def _look_at_used_services_first() -> None:
    """Move the services that the functions use to the front: moto tries some hundred addresses one after the other."""
    backend_index.backend_url_patterns.sort(key=lambda entry: entry[0] not in _USED)


_whole_auth: Any = SigV4Auth.add_auth


def _add_quick_auth(auth: Any, request: Any) -> None:
    """Name the access key, but sign with zeros: moto reads the key and the region, and checks no signature."""
    if auth.__class__ is not SigV4Auth or auth.credentials is None:
        _whole_auth(auth, request)
        return
    request.context["timestamp"] = get_current_datetime().strftime(SIGV4_TIMESTAMP)
    signer: Any = auth
    signer._modify_request_before_signing(request)  # noqa: SLF001
    scope = f"Credential={auth.scope(request)}"
    request.headers["Authorization"] = f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature={'0' * 64}"


_whole_user_agent: Any = UserAgentString.to_string
_user_agents: WeakKeyDictionary[Any, str] = WeakKeyDictionary()


def _user_agent(agent: Any) -> str:
    """Return a client's User-Agent, built once: botocore builds it twice for each call."""
    if agent not in _user_agents:
        _user_agents[agent] = _whole_user_agent(agent)
    return _user_agents[agent]


# ---------------------------------------------------------------- queries


def quicken_queries() -> None:
    """Let a query look only at the items that it asks for: moto sorts the whole table for each (design §8)."""
    table_class: Any = Table
    table_class.query = _narrow_query


_whole_query: Any = Table.query


def _narrow_query(table: Any, hash_key: Any, *args: Any, **kwargs: Any) -> Any:
    index_name = args[_INDEX_NAME] if len(args) > _INDEX_NAME else kwargs.get("index_name")
    narrow = copy.copy(table)
    if index_name is None:
        narrow.items = {hash_key: table.items[hash_key]} if hash_key in table.items else {}
    else:
        wanted = kwargs.get("hash_key_conditions") or []
        narrow.items = {
            key: held
            for key, held in table.items.items()
            if isinstance(held, dict)
            or all(name in held.attrs and held.attrs[name] == value for name, value in wanted)
        }
    return _whole_query(narrow, hash_key, *args, **kwargs)


_INDEX_NAME = 6
"""Position of the argument among those after the hash key."""
