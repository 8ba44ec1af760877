"""The form of strings in answers, by the name of their member, for OpenAPI documents.

Inputs are checked by their models, which say length and form themselves. Answers are not checked, so their models
say `str` alone; a member means the same in every answer, and here it is said once. `describe_strings` refuses a
document with a string of which neither says anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Schema = dict[str, Any]

_SAYING = frozenset({"format", "pattern", "enum", "const", "maxLength", "contentMediaType"})
"""Keywords of which one says what a string holds."""
LONGEST_STORED = 400_000
"""Letters of the longest text: an item of DynamoDB has 400 KB."""

_TEXT: Schema = {"maxLength": LONGEST_STORED}
_LABEL: Schema = {"maxLength": 1_000}
_CODE: Schema = {"maxLength": 200}
_URL: Schema = {"format": "uri-reference", "maxLength": 8_000}
_TOKEN: Schema = {"pattern": "^[!-~]*$", "maxLength": 20_000}
_REFERENCE: Schema = {"pattern": "^[0-9]{11}$"}
_HASH: Schema = {"pattern": "^[0-9a-f]{64}$"}
_DIGEST: Schema = {"pattern": "^[0-9a-f:]*$", "maxLength": 400}
_BASE64: Schema = {"pattern": "^[A-Za-z0-9+/]*={0,2}$", "maxLength": 2_000}
_MONTH: Schema = {"pattern": "^[0-9]{4}-[0-9]{2}$"}
_ACTOR: Schema = {"pattern": "^[!-~]*$", "maxLength": 200}

_NAMES: dict[str, tuple[Schema, str]] = {
    "references": (_REFERENCE, "reference parent"),
    "hashes": (_HASH, "hash sha256 tree root"),
    "digests": (_DIGEST, "digest kept kept_words"),
    "base64": (_BASE64, "signature public_key"),
    "months": (_MONTH, "month"),
    "addresses": (_URL, "url link self track links page licence_url confirm_at type"),
    "tokens": (
        _TOKEN,
        "access_token id_token refresh_token client_secret token_type session ticket cursor next_cursor keys",
    ),
    "actors": (_ACTOR, "by drafted_by approved_by proposed_by signed_by username"),
    "codes": (
        _CODE,
        """
        action algorithm attachments because best calendar call_agent chosen_field code complained_unit confirmed_by
        content_type decided_by error field fields file format handler id kind language measure name notice provider
        queue recording row_id rule rules_version scope status terms unit at
        client_id secret_id proposal_id delivery event events replaces
        """,
    ),
    "labels": (
        _LABEL,
        """
        action_label address article body contact device email field_label filename forward_to group kind_label label
        legal_basis licence licence_id message network number organisation phone phone_note restored skipped
        state_label subject title unit_label where_to_turn
        """,
    ),
    "texts": (
        _TEXT,
        """
        answer challenge comment content detail facts fields note pem petitions question quote quotes
        reason request rows statement text total
        """,
    ),
}
_BY_NAME: dict[str, Schema] = {
    name: schema for schema, names in _NAMES.values() for name in names.split()
} | {
    "pin": {"pattern": "^[0-9]{8}$"},
    "previous": {"pattern": "^([0-9a-f]{64})?$"},
    "path": {"pattern": "^[!-~ ]{1,200}$"},
}


class BareStringError(Exception):
    """A string of a document of which nothing says what it holds."""


def bare_strings(node: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Schema]]:
    """Return every string of a document of which nothing says what it holds, with its place."""
    if isinstance(node, dict):
        if node.get("type") == "string" and not _SAYING & node.keys():
            yield place, node
        for name, value in node.items():
            if name not in {"example", "examples", "default"}:
                yield from bare_strings(value, (*place, str(name)))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from bare_strings(value, (*place, str(index)))


def describe_strings(schemas: Schema) -> None:
    """Say of every bare string of the answers' schemas what it holds.

    Raises:
        BareStringError: a member has a name that says nothing yet; it belongs into this module's table.
    """
    for place, string in tuple(bare_strings(schemas)):
        name = place[place.index("properties") + 1] if "properties" in place else ""
        if name not in _BY_NAME:
            raise BareStringError(".".join(place))
        string.update(_BY_NAME[name])
