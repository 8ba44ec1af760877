"""Digests of a petition's attributes: a history entry carries those of the attributes that its change set.

So not only the history but what stands beside it (the content, the answer, the seal) is covered by the chain: the
latest digest of each group of attributes has to be that of the attributes as they are stored (docs/verifying.md).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from shared.domain.base_model import StoredModel
from shared.domain.petition.facts import FILED
from shared.domain.petition.history import Entry
from shared.domain.petition.lifecycle import Action

_RECEIPT = "receipt"
_GROUPS: Mapping[str, tuple[str, ...]] = {
    "content": ("subject", "content", "call_id"),
    "petitioner": ("petitioner",),
    "calendar": ("calendar",),
    "proposal": ("proposal",),
    "draft": ("draft",),
    "earlier-drafts": ("earlier_drafts",),
    "answer": ("answer",),
    "publication": ("publication",),
    "rating": ("rating",),
    "parent": ("parent",),
    "held": ("held",),
    "attachments": ("attachments",),
}
"""Attributes that later changes set; the others that have a digest are of the receipt."""
_NOT_COVERED = frozenset({*FILED, "state", "history", "sketch", "merged_count"})
"""Attributes that the entries carry themselves; the sketch, derived from the content; and a count of others."""
_OF_THE_TABLE = "schema"
"""The number that the tables keep in what is stored (`shared.tables.documents`): no attribute of the petition."""
_NEVER_SET_AGAIN = (_RECEIPT, "content")
_LENGTH = 32
_NOTHING = ""


@cache
def groups_of(model: type[StoredModel]) -> Mapping[str, tuple[str, ...]]:
    """Return the groups of attributes that have a digest: every attribute that the entries do not carry themselves."""
    named = {name for names in _GROUPS.values() for name in names}
    of_receipt = tuple(name for name in model.model_fields if name not in named | _NOT_COVERED)
    return {_RECEIPT: of_receipt, **_GROUPS}


def digests_of(before: StoredModel | None, after: StoredModel, key: str) -> tuple[str, ...]:
    """Return `group=digest` of each group of attributes that a change set; at first, of all that are set.

    What this version of the code does not know counts among the attributes of the receipt.

    Args:
        before: the petition before the change; None before its receipt.
        after: the petition after it.
        key: hides the attributes from whoever is given a digest.
    """
    return tuple(
        f"{group}={digest}"
        for group, names in groups_of(type(after)).items()
        if before is None or _is_changed(before, after, group, names)
        if (digest := _digest(after, group, names, key)) or before is not None
    )


def differing(petition: StoredModel, history: Iterable[Entry], key: str) -> str | None:
    """Return the first group or filed attribute that is not as the history says; None where all are.

    What earlier code wrote carries no digests, and may have set attributes without one: what stood before such an entry
    is compared no more, except the content, which no change but the erasure sets again. Where newer code wrote digests
    of a group that this one does not know, the attributes that it does not know may belong there: then the receipt is
    left to the newer code.
    """
    groups = groups_of(type(petition))
    digests, filed = _latest(type(petition), history)
    if digests.keys() - groups.keys() and _unknown(petition):
        digests.pop(_RECEIPT, None)
    for group, digest in digests.items():
        if group in groups and _digest(petition, group, groups[group], key) != digest:
            return group
    return next((name for name, value in filed.items() if str(getattr(petition, name) or "") != value), None)


def _latest(model: type[StoredModel], history: Iterable[Entry]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the latest digest of each group and the latest value of each filed attribute, as far as they are known."""
    digests: dict[str, str] = {}
    filed: dict[str, str] = {}
    for entry in history:
        if not entry.is_in_two_parts:
            is_erasure = entry.action is Action.ERASE
            digests = {} if is_erasure else {g: d for g, d in digests.items() if g in _NEVER_SET_AGAIN}
            filed = {}
            continue
        if entry.action is Action.RECEIVE:
            digests = dict.fromkeys(groups_of(model), _NOTHING)
            filed = {name: str(model.model_fields[name].default or "") for name in FILED}
        stored = entry.facts.stored()
        filed |= {name: stored[name] for name in FILED if name in stored}
        digests |= {
            group: digest for group, _, digest in (line.partition("=") for line in entry.facts.digests or ())
        }
    return digests, filed


def _is_changed(before: StoredModel, after: StoredModel, group: str, names: tuple[str, ...]) -> bool:
    if group == _RECEIPT and _unknown(before) != _unknown(after):
        return True
    return any(getattr(before, name) != getattr(after, name) for name in names)


def _unknown(petition: StoredModel) -> dict[str, Any]:
    return {name: value for name, value in petition.unknown.items() if name != _OF_THE_TABLE}


def _digest(petition: StoredModel, group: str, names: tuple[str, ...], key: str) -> str:
    """Return the digest of a group of attributes, "" where all of them have their defaults."""
    content = petition.model_dump(mode="json", include=set(names), exclude_defaults=True)
    if group == _RECEIPT:
        content |= _unknown(petition)
    if not content:
        return _NOTHING
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key.encode(), canonical.encode(), hashlib.sha256).hexdigest()[:_LENGTH]
