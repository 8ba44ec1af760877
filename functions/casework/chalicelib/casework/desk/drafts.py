"""Drafts that cannot be lost: what an officer is writing on a petition, kept on the server, for each form (ADR 0065).

Every form with a text to write has one. The fields are encrypted with a key of their own, which KMS encrypts, bound to
petition, officer and form. A draft is its officer's; shared, the unit's head and the approver read it too.
"""

from __future__ import annotations

import json
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Annotated, NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import AfterValidator, ConfigDict, Field

from chalicelib.casework.access import permissions
from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.access.permissions import Relation
from chalicelib.casework.actions.catalogue import INPUTS, ROWS
from chalicelib.casework.actions.forms import fields_of
from shared.domain.access.roles import Role
from shared.domain.base_model import BaseModel
from shared.domain.errors import InvalidInputError, StaleDraftError, UnknownDraftError
from shared.domain.petition.change import actor_of
from shared.domain.petition.lifecycle import Action
from shared.domain.petition.petition import Petition
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.throttle.drafts import DraftRow, DraftRows

LONGEST = 60_000
"""Bytes of all fields of one draft."""
_NONCE = b"\0" * 12
"""Each key encrypts one draft once."""
FORMS = tuple(action for action in INPUTS if any(field.kind == "area" for field in ROWS[action].fields))
"""The actions with a text to write."""
_REMARK = re.compile(r"(?:remark|quote)_\d{1,3}")
"""Fields of the remarks that stand below the paragraphs of a draft, and go with its return."""
READERS: Mapping[Role, Relation] = {Role.UNIT_HEAD: Relation.UNIT, Role.APPROVER: Relation.ANY}
"""The roles that read a colleague's shared draft, and how they must be related to the petition."""


def _short_enough(fields: Mapping[str, str]) -> Mapping[str, str]:
    if len(json.dumps(fields, ensure_ascii=False).encode()) > LONGEST:
        raise ValueError("too-long")
    return fields


def is_kept(name: str, form: Action, petition: Petition) -> bool:
    """Return whether a draft of a form holds the field of this name."""
    if form is Action.RETURN_DRAFT and _REMARK.fullmatch(name):
        return True
    return any(field.name == name for field in fields_of(form, petition))


def texts_in(fields: Mapping[str, str], form: Action, petition: Petition) -> list[str]:
    """Return the texts that somebody wrote into a form, in its order; remarks on places come last."""
    areas = [field.name for field in fields_of(form, petition) if field.kind == "area"]
    remarks = sorted(name for name in fields if form is Action.RETURN_DRAFT and _REMARK.fullmatch(name))
    return [fields[name] for name in (*areas, *remarks) if fields.get(name)]


class DraftInput(BaseModel):
    """The text written so far, by the names of the form's fields, and whether head and approver may read it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fields: Annotated[
        dict[str, str], AfterValidator(_short_enough), Field(description="of the form, by name")
    ]
    shared: Annotated[bool, Field(description="whether the unit's head and the approver read it")] = False


class Draft(NamedTuple):
    """A draft as it is read."""

    reference: str
    officer: str
    form: Action
    version: int
    saved_at: datetime
    ends_at: datetime
    is_shared: bool
    fields: Mapping[str, str]
    words: int


class Drafts:
    """Keeps drafts.

    Args:
        rows: the stored drafts.
        seal: encrypts their keys.
        kept_for: the time after the last save at which a draft ends.
    """

    def __init__(self, rows: DraftRows, seal: Seal, kept_for: timedelta) -> None:
        self._rows = rows
        self._seal = seal
        self.kept_for = kept_for

    def of(self, officer: DeskOfficer, petition: Petition) -> tuple[dict[Action, Draft], dict[Action, int]]:
        """Return an officer's own drafts on a petition by form, and the version that the next save of each follows."""
        rows = [
            row
            for row in self._rows.of_petition(petition.reference, clock.now())
            if row.officer == officer.username
        ]
        held = [self._opened(row) for row in rows if row.sealed and not _is_spent(row, petition)]
        return {draft.form: draft for draft in held}, {Action(row.form): row.version for row in rows}

    def shared_with(self, officer: DeskOfficer, petition: Petition) -> tuple[Draft, ...]:
        """Return the drafts of colleagues that an officer may read, the latest first."""
        related = permissions.relations(officer, petition)
        if not any(READERS.get(role) in related for role in officer.roles):
            return ()
        rows = self._rows.of_petition(petition.reference, clock.now())
        others = (row for row in rows if row.is_shared and row.sealed and row.officer != officer.username)
        return tuple(self._opened(row) for row in others if not _is_spent(row, petition))

    def get(self, officer: DeskOfficer, petition: Petition, form: Action) -> Draft:
        """Return an officer's own draft.

        Raises:
            UnknownDraftError: there is none.
        """
        row = self._rows.get(petition.reference, officer.username, form, clock.now())
        if not row.sealed or _is_spent(row, petition):
            raise UnknownDraftError
        return self._opened(row)

    def save(
        self, officer: DeskOfficer, petition: Petition, form: Action, draft: DraftInput, seen: int | None
    ) -> Draft:
        """Keep what is written; what says nothing new is not written again.

        Args:
            officer: who writes.
            petition: the petition as it is now.
            form: one of `FORMS`.
            draft: the form's fields; those that it does not have are refused.
            seen: the version that the officer's page had, 0 for none; None follows whatever is there.

        Raises:
            InvalidInputError: a field that the form does not have.
            StaleDraftError: the draft was saved from elsewhere meanwhile, and says something else.
        """
        fields = {name: value for name, value in draft.fields.items() if value}
        unknown = {name for name in fields if not is_kept(name, form, petition)}
        if unknown:
            raise InvalidInputError(*((f"fields.{name}", "unknown") for name in sorted(unknown)))
        now = clock.now()
        before = self._rows.get(petition.reference, officer.username, form, now)
        if before.sealed and not _is_spent(before, petition):
            stored = self._opened(before)
            if stored.fields == fields and stored.is_shared == draft.shared:
                return stored
        if seen is not None and seen != before.version:
            raise StaleDraftError(before.version)
        key = secrets.token_bytes(32)
        row = DraftRow(
            petition.reference,
            officer.username,
            form,
            before.version + 1,
            now.isoformat(),
            int((now + self.kept_for).timestamp()),
            _encrypted(key, fields),
            self._seal.close_key(key, _context(petition.reference, officer.username, form)),
            draft.shared,
            petition.version,
            _words(texts_in(fields, form, petition)),
        )
        self._rows.write(row, before, now)
        return _draft(row, fields)

    def discard(
        self, officer: DeskOfficer, petition: Petition, form: Action, seen: int | None = None
    ) -> None:
        """Forget a draft that was sent off, or is not wanted; where there is none nothing happens.

        Raises:
            StaleDraftError: it was saved from elsewhere since version `seen`.
        """
        now = clock.now()
        before = self._rows.get(petition.reference, officer.username, form, now)
        if seen is not None and seen != before.version:
            raise StaleDraftError(before.version)
        if before.sealed:
            gone = before._replace(version=before.version + 1, sealed="", key="", words=0, is_shared=False)
            self._rows.write(gone, before, now)

    def _opened(self, row: DraftRow) -> Draft:
        key = self._seal.open_key(row.key, _context(row.reference, row.officer, row.form))
        text = AESGCM(key).decrypt(_NONCE, b64decode(row.sealed), None)
        return _draft(row, json.loads(text))


def _is_spent(row: DraftRow, petition: Petition) -> bool:
    """Return whether a draft's own action was taken since: its row outlived it."""
    actor = actor_of(row.officer)
    return any(entry.by == actor and entry.action == row.form for entry in petition.history[row.seen :])


def _draft(row: DraftRow, fields: Mapping[str, str]) -> Draft:
    saved_at = datetime.fromisoformat(row.saved_at)
    ends_at = datetime.fromtimestamp(row.expires_at, saved_at.tzinfo)
    return Draft(
        row.reference,
        row.officer,
        Action(row.form),
        row.version,
        saved_at,
        ends_at,
        row.is_shared,
        fields,
        row.words,
    )


def _encrypted(key: bytes, fields: Mapping[str, str]) -> str:
    text = json.dumps(fields, ensure_ascii=False).encode()
    return b64encode(AESGCM(key).encrypt(_NONCE, text, None)).decode()


def _context(reference: str, officer: str, form: str) -> str:
    return f"draft:{reference}:{officer}:{form}"


def _words(texts: Iterable[str]) -> int:
    return sum(len(text.split()) for text in texts)
