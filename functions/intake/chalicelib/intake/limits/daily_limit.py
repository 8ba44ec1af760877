"""Limits the petitions of one person in a day over the web and from programs, and those of a network address.

A read of the `contact` index counts them, so the limit costs no write; the index lags a moment, so somebody who sends
many at once may get a few through. SMS cost their sender, and at the hotline an operator listens: neither channel is
limited here, though its petitions are counted.
"""

from __future__ import annotations

from datetime import time
from math import ceil

from chalicelib.intake.limits.address_limit import AddressLimit, Sender
from shared.domain.calendar.working_calendar import at_local, end_of_day, local_date
from shared.domain.errors import TooManyRequestsError
from shared.domain.identity import reference
from shared.domain.petition.submission import Submission
from shared.domain.quotas import Quota
from shared.platform import clock
from shared.tables.petitions import Petitions
from shared.use_cases.receive_submission import Received, Reception

_DAY = 24 * 3600


class LimitedReception:
    """Receives what a person sends until they have sent enough for a day in Vietnam.

    Args:
        reception: stores what is let through.
        petitions: the petitions table.
        key: the identifiers' key.
        addresses: counts what one network address sends.
        per_day: petitions of one telephone number, or e-mail address where there is no number; 0 is no limit.
    """

    def __init__(
        self,
        reception: Reception,
        petitions: Petitions,
        key: bytes,
        addresses: AddressLimit,
        *,
        per_day: int,
    ) -> None:
        self._reception = reception
        self._addresses = addresses
        self._petitions = petitions
        self._key = key
        self._per_day = per_day

    def receive(self, submission: Submission, sender: Sender | None = None) -> Received:
        """Store a petition, or find the one that this submission made before: a retry is never too much.

        Args:
            submission: what was sent.
            sender: the network address it came from; None for programs that have a key of their own.

        Raises:
            TooManyRequestsError: enough for today, `retry_after` leads to midnight in Vietnam; or enough from this
                address for this hour.
            InvalidInputError: unknown field, or an identity too long to seal.
            IdempotencyKeyReusedError: the key was used before with another content.
        """
        person = self._check(submission)
        address = () if sender is None else self._addresses.check(sender, submission.key)
        return self._reception.receive(submission)._replace(quotas=(*person, *address))

    def _check(self, submission: Submission) -> tuple[Quota, ...]:
        """Return the person's quota, without what is left: the caller may be another than who sent the others.

        Raises:
            TooManyRequestsError: nothing, and this submission was not received before.
        """
        contact = submission.identity.phone or submission.identity.email
        if not self._per_day or not contact:
            return ()
        now = clock.now()
        today = local_date(now)
        sent = self._petitions.received_since(
            reference.contact_key(self._key, contact), at_local(today, time(0, 0))
        )
        until = ceil((end_of_day(today) - now).total_seconds())
        quota = Quota("person", self._per_day, None, _DAY, until)
        if len(sent) >= self._per_day and sent.isdisjoint(
            reference.candidates(self._key, submission.key, today.year)
        ):
            raise TooManyRequestsError(until, quota._replace(left=0))
        return (quota,)
