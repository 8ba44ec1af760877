"""Changes that are named by their sender's key: sent again they take effect once, sent differently they are refused.

The name of such a change ends with a digest of all that was sent under the key, so that nothing changed is dropped in
silence. What earlier versions stored ends without one, and is known by its name alone.
"""

from __future__ import annotations

import hashlib

from shared.domain.errors import IdempotencyKeyReusedError
from shared.domain.petition.petition import Petition

_DIGEST = "."


def named_by_key(name: str, body: str) -> str:
    """Return the identifier of a change that a key names; `body` is everything that was sent with it."""
    return f"{name}{_DIGEST}{hashlib.sha256(body.encode()).hexdigest()[:12]}"


def name_of(change_id: str) -> str:
    """Return the part of a change's identifier that names its key, without what was sent."""
    return change_id.partition(_DIGEST)[0]


def was_made(petition: Petition, change_id: str) -> bool:
    """Return whether a petition has a change already.

    Raises:
        IdempotencyKeyReusedError: its key came before, with something else.
    """
    if petition.has_change(change_id):
        return True
    name, _, digest = change_id.partition(_DIGEST)
    same_key = [e.change_id for e in petition.history if digest and name_of(e.change_id) == name]
    if any(_DIGEST in earlier for earlier in same_key):
        raise IdempotencyKeyReusedError
    return bool(same_key)
