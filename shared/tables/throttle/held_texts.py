"""Texts of SMS that may be a name and address or a new matter: sealed until their sender has said which.

One row of the throttle table for each sender, named by the HMAC of the number. A decision stays beside its text, so
that the same reply, delivered again, decides the same once more.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

from shared.domain.base_model import StoredModel
from shared.domain.petition.values.petitioner import SealedPart
from shared.tables.documents import HELD_TEXT
from shared.tables.dynamo import ConditionFailedError, Table

KEPT_FOR = timedelta(days=30)
"""Time that a sender has for the reply; the text lies in the petition's seal besides, for as long as the petition."""
MOST = 10
"""Texts of one sender that wait at once."""
_TEXT = "text_"


class Meaning(StrEnum):
    """The thing that a text turns out to be."""

    NAME = "name"
    PETITION = "petition"
    SUPPLEMENT = "supplement"


class HeldText(StoredModel):
    """One text. `sealed` is bound to `context_of(contact)`."""

    id: str
    """The digest of its SMS: the same SMS, delivered again, is the same text."""
    reference: str
    """The reference of the petition that lacks a name."""
    cause: str
    """The cause of the changes that it makes of that petition."""
    submission: str
    """The key under which it is received if it is a new matter."""
    otherwise: Meaning
    """The meaning that it has if it is no name."""
    sealed: SealedPart
    is_taken_for_name: bool = False
    """True if it was taken for the name until its sender says otherwise, so that nothing was asked."""
    sent_at: datetime | None = None
    missing_parts: str = ""
    meaning: Meaning | None = None
    decided_by: str = ""
    """The replay key of the SMS that decided."""


def context_of(contact: str) -> str:
    """Return the encryption context of a sender's texts; `policy.json` names its beginning."""
    return f"sms-held:{contact}"


class HeldTexts:
    """Reads and writes the texts that wait."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def add(self, contact: str, text: HeldText, now: datetime) -> None:
        """Keep a text unless it is there; one write. Beyond `MOST` that wait none is added."""
        if sum(held.meaning is None for held in self.of(contact)) < MOST:
            self._write(contact, text, now, "attribute_not_exists(#text)")

    def of(self, contact: str) -> list[HeldText]:
        """Return a sender's texts, in the order in which they were sealed."""
        row = self._table.get(_key(contact)) or {}
        texts = (HELD_TEXT.read(HeldText, row[name]) for name in row if name.startswith(_TEXT))
        return sorted(texts, key=lambda text: text.sealed.at)

    def decide(self, contact: str, text: HeldText, meaning: Meaning, by: str, now: datetime) -> None:
        """Write what a text is, once its effect is stored; the first decision stands."""
        waiting = (self._table.get(_key(contact)) or {}).get(f"{_TEXT}{text.id}")
        if waiting is None or HELD_TEXT.read(HeldText, waiting).meaning is not None:
            return
        decided = text.model_copy(update={"meaning": meaning, "decided_by": by})
        self._write(contact, decided, now, "#text = :waiting", {"waiting": waiting})

    def _write(
        self,
        contact: str,
        text: HeldText,
        now: datetime,
        condition: str,
        values: dict[str, str] | None = None,
    ) -> None:
        try:
            self._table.update_if(
                _key(contact),
                "SET #text = :text, expires_at = :expires_at",
                condition,
                {
                    "text": HELD_TEXT.text_of(text, HELD_TEXT.number_of(text)),
                    "expires_at": int((now + KEPT_FOR).timestamp()),
                    **(values or {}),
                },
                names={"text": f"{_TEXT}{text.id}"},
            )
        except ConditionFailedError:
            return


def _key(contact: str) -> dict[str, str]:
    return {"key": f"sms-held#{contact}"}
