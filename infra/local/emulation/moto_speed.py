"""Spares moto work that changes no answer: most of the time of a test, or of a start with samples.

Tested in tests/local, so that a new moto that works differently inside is noticed there.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import moto.core.responses as moto_responses
import moto.sqs.models as moto_sqs
import moto.utilities.utils as moto_utilities
from moto import backend_index
from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import camelcase_to_underscores, method_names_from_class

from infra.local.emulation import moto_direct
from infra.local.emulation.botocore_speed import quicken_botocore, share_endpoints
from infra.local.emulation.moto_items import quicken_items


def _import_cloudformation() -> Any:
    """Import moto's CloudFormation without the types of machines that EC2 offers in each region: none is used here."""
    share_endpoints()
    utilities: Any = moto_utilities
    whole_load = utilities.load_resource
    utilities.load_resource = lambda name: {} if name.startswith("ec2/") else whole_load(name)
    try:
        return importlib.import_module("moto.cloudformation.parsing")
    finally:
        utilities.load_resource = whole_load


NULL_MODELS: list[str] = _import_cloudformation().NULL_MODELS
"""Kinds of resources that moto's CloudFormation passes over."""


def quicken() -> None:
    """Replace the slow pieces; calling it again changes nothing."""
    quicken_botocore()
    moto_direct.take_direct_path()
    quicken_items()
    _look_at_used_services_first()
    responses: Any = moto_responses
    queues: Any = moto_sqs
    responses.camelcase_to_underscores = queues.camelcase_to_underscores = _underscored
    responses.method_names_from_class = _methods_of
    queues.SQSBackend.is_message_valid_based_on_retention_period = _is_kept
    responses.BaseResponse._get_action = _action_of  # noqa: SLF001
    serializer: Any = BaseJSONSerializer
    serializer._serialize_type_structure = _quick_structure  # noqa: SLF001


def _is_kept(backend: Any, queue_name: str, message: Any) -> bool:
    """Return whether a queue still keeps a message: moto counts all of its messages three times to say so."""
    queues: Any = moto_sqs
    kept_for = backend.get_queue(queue_name).message_retention_period
    return bool(kept_for + message.sent_timestamp / 1000 > queues.unix_time())


_underscored = cache(camelcase_to_underscores)
_methods_of = cache(method_names_from_class)
_whole_action: Any = moto_responses.BaseResponse._get_action  # noqa: SLF001


def _action_of(responder: Any) -> Any:
    """Return the action that a request asks for, looked for once: moto goes three times through all addresses."""
    headers, action = vars(responder).get("_action_of", (None, None))
    if headers is None or headers is not responder.headers:
        action = _whole_action(responder)
        responder._action_of = responder.headers, action  # noqa: SLF001
    return action


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
