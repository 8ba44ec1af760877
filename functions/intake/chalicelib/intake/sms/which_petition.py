"""Finds the petition that an SMS means: by its reference, or because its sender has only one that can be meant.

Nothing is guessed where a guess could lose or reveal something: a text joins an open petition only if we asked for it,
or if it is the rest of what was sent a moment before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import timedelta

from chalicelib.intake.sms.parts import continues
from chalicelib.intake.sms.webhook import InboundSms
from shared.domain.calendar.deadlines import receipt_time
from shared.domain.identity import reference as references
from shared.domain.identity.gsm7 import unaccented
from shared.domain.identity.provinces import province_of
from shared.domain.petition.lifecycle import RESULT_KNOWN, UNANSWERED, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.classification import Channel
from shared.platform import clock
from shared.tables.petitions import Petitions

ANSWERS_TO_THE_QUESTION_WITHIN = timedelta(hours=48)
"""Time within which an SMS without a command is taken for the name and address that its sender was asked for."""
ALIVE = UNANSWERED | RESULT_KNOWN
_LATEST = 20
_NAMED_IN_AN_SMS = 5

_IDENTITY = re.compile(r"[,;\n0-9]")
_WORDS_OF_AN_IDENTITY = 4
"""A name and address have several words and a comma or a house number; "cảm ơn nhiều" has not, and must not be sealed
in their place, because then the name itself, when it comes, would be taken for content."""

_FEWEST_OF_A_NAME, _MOST_OF_A_NAME = 3, 20
"""Words of a name and address that come without `BS`."""
_PLACE = re.compile(
    r"\b(?:thon|xom|ap|ban|buon|lang|plei|plel|khom|khu pho|kp|to|to dan pho|tdp|xa|phuong|thi tran|thi xa|huyen|quan"
    r"|tinh|thanh pho|tp|duong|pho|ngo|hem|so nha|dia chi|d/c|dc)\b"
)
_MATTER = re.compile(
    r"\b(?:de nghi|kien nghi|phan anh|yeu cau|khieu nai|to cao|to giac|de xuat|gop y|xem lai|xem xet|giai quyet"
    r"|tai sao|vi sao|bao gio|khi nao|the nao|cho hoi|xin hoi|cho biet|khong (?:duoc|co|tra|chiu|thay|giai))\b|\?"
)
"""Words by which a petition asks for something, and a name and address never do."""


class WhichPetition:
    """Finds the sender's own petitions, and no others."""

    def __init__(self, petitions: Petitions, key: bytes) -> None:
        self._petitions = petitions
        self._key = key

    def named(self, sms: InboundSms, reference: str) -> Petition | None:
        """Return the sender's own petition; None for one that is not, or that does not exist."""
        digits = references.normal_reference(reference)
        petition = self._petitions.get(digits) if digits else None
        return petition if petition and self.contact(sms) in petition.petitioner.contact_keys else None

    def only(self, sms: InboundSms, states: Collection[State]) -> Petition | None:
        """Return the one petition of the sender that is in one of some states; None where there are none or several."""
        references = [name for name, state in self._states(sms) if state in states]
        petition = self.named(sms, references[0]) if len(references) == 1 else None
        return petition if petition and petition.state in states else None

    def only_or_latest_ended(self, sms: InboundSms) -> Petition | None:
        """Return the petition that a request for its status means: the only one alive, else the only one at all."""
        return self.only(sms, ALIVE) or self.only(sms, frozenset(State))

    def references(self, sms: InboundSms) -> list[str]:
        """Return the references of the sender's latest petitions, those alive first, as many as one SMS names."""
        latest = sorted(self._states(sms), key=lambda row: row[1] not in ALIVE)
        return [name for name, _ in latest[:_NAMED_IN_AN_SMS]]

    def latest(self, sms: InboundSms) -> Iterator[Petition]:
        """Yield the sender's latest petitions, newest first, as many as may matter to a repeated request."""
        for name in self._latest(sms, _NAMED_IN_AN_SMS):
            petition = self._petitions.get(name)
            if petition is not None:
                yield petition

    def waiting_for_identity(self, sms: InboundSms, cause: Callable[[Petition], str]) -> Petition | None:
        """Return the sender's latest petition if its name and address are still to come (or came with this SMS)."""
        latest = self._latest(sms, 1)
        petition = self._petitions.get(latest[0]) if latest else None
        if petition is None or petition.channel is not Channel.SMS:
            return None
        if clock.now() - petition.stored_at > ANSWERS_TO_THE_QUESTION_WITHIN:
            return None
        is_open = petition.is_unanswered and not petition.petitioner.is_named
        return petition if is_open or petition.has_change(f"identity:{cause(petition)}") else None

    def unnamed(self, sms: InboundSms) -> Petition | None:
        """Return the sender's latest open petition by SMS that lacks a name and address."""
        return next(
            (
                petition
                for petition in self.latest(sms)
                if petition.channel is Channel.SMS
                and petition.is_unanswered
                and not petition.petitioner.is_named
            ),
            None,
        )

    def continued_by(self, sms: InboundSms) -> Petition | None:
        """Return the petition whose text filled an SMS a moment ago, when this one looks like its rest."""
        latest = self._latest(sms, 1)
        petition = self._petitions.get(latest[0]) if latest else None
        if petition is None or petition.channel is not Channel.SMS or not petition.is_unanswered:
            return None
        rest = replace(sms, received_at=receipt_time(sms.received_at, clock.now()))
        beginnings = (
            replace(rest, content=f"PAKN {petition.content}{cut_off}", received_at=petition.received_at)
            for cut_off in ("", " ")
        )
        return petition if any(continues(beginning, rest) for beginning in beginnings) else None

    def _states(self, sms: InboundSms) -> list[tuple[str, State]]:
        """Return the states of the sender's latest petitions, newest first."""
        names = self._latest(sms, _LATEST)
        states = {petition.reference: petition.state for petition in self._petitions.get_all(names)}
        return [(name, states[name]) for name in names if name in states]

    def _latest(self, sms: InboundSms, limit: int) -> list[str]:
        return [name for name, _ in self._petitions.of_contact(self.contact(sms), limit=limit)]

    def contact(self, sms: InboundSms) -> str:
        """Return the HMAC of the sender's number, under which their petitions and texts are found."""
        return references.contact_key(self._key, sms.sender)


def may_stand_for_a_name(text: str) -> bool:
    """Return whether a text behind `PAKN` may be a name and address rather than a new petition.

    It is short, names a place, and neither asks nor asks for anything.
    """
    plain = unaccented(text).lower()
    is_short = _FEWEST_OF_A_NAME <= len(text.split()) <= _MOST_OF_A_NAME
    return is_short and not _MATTER.search(plain) and bool(_PLACE.search(plain) or province_of(text))


def may_be_name_and_address(text: str) -> bool:
    """Return whether a text may answer the question for name and address, from somebody who was just asked."""
    return bool(_IDENTITY.search(text)) and len(text.split()) >= _WORDS_OF_AN_IDENTITY
