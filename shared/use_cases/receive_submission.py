"""Receives a petition, whichever door it came through: one KMS call and one conditional write.

Intake calls it for the web, SMS and call webhooks, casework for the hotline operator's form.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from shared.domain.calendar import deadlines
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import IdempotencyKeyReusedError, InvalidInputError
from shared.domain.identity import reference
from shared.domain.identity.identifier_keys import Keyring
from shared.domain.identity.provinces import province_of
from shared.domain.petition.change import Change
from shared.domain.petition.facts import Receipt
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.submission import Submission
from shared.domain.petition.values.petitioner import Petitioner
from shared.domain.procedures.pin_requests import first_pin_of
from shared.domain.quotas import Quota
from shared.platform import clock
from shared.platform.seal import Seal
from shared.tables.directory import Directory
from shared.tables.petition_items import Lost, with_cause
from shared.tables.petitions import Petitions

_EARLIER_BODY = frozenset({"content", "identity", "kind", "field", "reply_by", "may_publish"})
_BODY = _EARLIER_BODY | {"subject", "type", "language"}
"""The fields of a submission that its sender chose."""
_WHOLE = "2:"
"""Begins the digest of all of them; earlier versions stored one of `_EARLIER_BODY`."""
SUBJECT_LENGTH = 80


class Received(NamedTuple):
    """A petition that is safely stored."""

    petition: Petition
    pin: str
    is_new: bool
    """False when the same submission had been received before."""
    quotas: tuple[Quota, ...] = ()
    """The quotas of its sender that were counted."""


class Reception:
    """Gives every submission exactly one petition, however often it is sent."""

    def __init__(self, petitions: Petitions, directory: Directory, seal: Seal, keyring: Keyring) -> None:
        self._petitions = petitions
        self._directory = directory
        self._seal = seal
        self._keyring = keyring
        self._key = keyring.names()

    def receive(self, submission: Submission) -> Received:
        """Store a petition, or find the one that this submission made before.

        Raises:
            InvalidInputError: unknown field, or an identity too long to seal.
            IdempotencyKeyReusedError: the key was used before with another content, or by somebody else.
        """
        now = clock.now()
        self._check_field(submission, now)
        for candidate in self._earlier_candidates(submission, now):
            old = self._petitions.get(candidate)
            if old is not None and self._is_same(old, submission):
                return self._received(old, is_new=False)
        for candidate in reference.candidates(self._key, submission.key, local_date(now).year):
            petition = with_cause(self._petition(candidate, submission, now), 0)
            other = self._petitions.add(petition)
            if other is None:
                return self._received(petition, is_new=True)
            if not isinstance(other, Lost) and self._is_same(other, submission):
                return self._received(other, is_new=False)
        raise RuntimeError("no free reference among the candidates")

    def find(self, key: str) -> Petition | None:
        """Return the petition that a submission of this name made before, None where there was none."""
        now = clock.now()
        for year in {local_date(now).year, local_date(now - deadlines.MOST_BACKDATED).year}:
            old = self._petitions.get(next(iter(reference.candidates(self._key, key, year))))
            if old is not None and old.submission == reference.submission_digest(self._key, key):
                return old
        return None

    def _check_field(self, submission: Submission, now: datetime) -> None:
        if submission.field and submission.field not in self._directory.fields(local_date(now)):
            raise InvalidInputError(("field", "unknown"))

    def _earlier_candidates(self, submission: Submission, now: datetime) -> list[str]:
        """A retry that crosses New Year must find the petition of the old year."""
        earlier = local_date(now - deadlines.MOST_BACKDATED).year
        if earlier == local_date(now).year:
            return []
        return list(reference.candidates(self._key, submission.key, earlier))[:1]

    def _is_same(self, old: Petition, submission: Submission) -> bool:
        if old.submission != reference.submission_digest(self._key, submission.key):
            return False
        if old.history[0].by != submission.by:  # else one officer could try identities at another's call
            raise IdempotencyKeyReusedError
        is_earlier = not old.body_digest.startswith(_WHOLE)
        if old.body_digest != self._body_digest(submission, _EARLIER_BODY if is_earlier else _BODY):
            raise IdempotencyKeyReusedError
        return True

    def _body_digest(self, submission: Submission, fields: frozenset[str]) -> str:
        """Return a digest of all that a sender says: under one key nothing of it may change."""
        body = submission.model_dump_json(include=set(fields), exclude={"identity": {"recording"}})
        digest = reference.derive(self._key, "body", hashlib.sha256(body.encode()).hexdigest()).hex()[:32]
        return digest if fields is _EARLIER_BODY else f"{_WHOLE}{digest}"

    def _received(self, petition: Petition, *, is_new: bool) -> Received:
        return Received(petition, first_pin_of(self._keyring, petition), is_new)

    def _petition(self, candidate: str, submission: Submission, now: datetime) -> Petition:
        received_at = deadlines.receipt_time(submission.sent_at, now)
        day = local_date(received_at)
        terms = self._directory.terms_on(day, field=submission.field, kind=submission.kind)
        calendar = self._directory.calendar()
        identity = submission.identity
        contacts = [contact for contact in (identity.phone, identity.email) if contact]
        petition = Petition(
            reference=candidate,
            state=State.RECEIVED,
            channel=submission.channel,
            subject=submission.subject or first_words(submission.content),
            content=submission.content,
            language=submission.language,
            kind=submission.kind,
            chosen_field=submission.field,
            petitioner=Petitioner(
                type=submission.type,
                seal=(self._seal.close(identity, candidate, now),),
                contact_keys=tuple(reference.contact_key(self._key, contact) for contact in contacts),
                reply_by=submission.reply_by,
                is_named=submission.is_named,
            ),
            may_publish=submission.may_publish,
            province=province_of(identity.address),
            received_at=received_at,
            due_on=deadlines.answer_due_on(received_at, terms, calendar),
            terms=terms.version,
            calendar=calendar.version,
            submission=reference.submission_digest(self._key, submission.key),
            body_digest=self._body_digest(submission, _BODY),
            call_id=submission.call_id,
            call_started_at=submission.call_started_at,
            call_ended_at=submission.call_ended_at,
            call_agent=submission.call_agent,
            is_receipt_owed=submission.is_receipt_owed,
        )
        return petition.record(
            Action.RECEIVE,
            Change(submission.by, now, f"receive:{petition.submission}"),
            facts=Receipt(missing_parts=submission.missing_parts or None),
        )


def first_words(content: str) -> str:
    """Return the beginning of a text, cut between words, as its subject."""
    line = " ".join(content.split())
    if len(line) <= SUBJECT_LENGTH:
        return line
    return line[:SUBJECT_LENGTH].rsplit(" ", 1)[0].rstrip(".,;:…") + "…"
