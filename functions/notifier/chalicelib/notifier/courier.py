"""Carries one notice to its readers: renders it, claims the delivery, calls the provider, records how it ended.

A message may arrive twice, two workers may hold it at once, and a worker may die between any two calls:

    claim (conditional) → provider → record (conditional)

Whoever finds a finished delivery does nothing. Whoever finds one claimed waits until the claim has run out; then the
earlier worker is dead and the outcome in doubt. A provider that recognises repetitions is asked again with the same
id; where nobody can know, the delivery stays AMBIGUOUS: counted and shown, and no kind of notice is sent twice for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared import clock, telemetry
from shared.deliveries import (
    CALL_LIST,
    TOLD,
    ClaimLostError,
    Deliveries,
    Delivery,
    DeliveryChannel,
    DeliveryState,
)
from shared.directory import Directory, Officer
from shared.domain.errors import PetitionError
from shared.domain.notices import Audience
from shared.domain.petition import Petition
from shared.domain.reference import link_token_of, pin_of
from shared.messages import NoticeRequest
from shared.petitions import Petitions
from shared.seal import Seal
from shared.wording.facts import Office, facts_of
from shared.wording.sources import Language, Reader
from shared.wording.texts import Texts

from .bunching import Bunches, in_order
from .manners import Manners
from .notice import Notice
from .readers import readers_of
from .senders.sender import Message, PermanentSendError, Sender, TemporarySendError, UnknownOutcomeError
from .supersession import is_superseded
from .waiting import LEASE, TRIES_BEFORE_NEXT_CHANNEL, ComeBackError
from .ways import Way, was_asked_for, ways_of, ways_to

if TYPE_CHECKING:
    from shared.wording.rendering import Rendered


class NoticeUnknownError(PetitionError):
    """A message names a petition or history entry that does not exist: a mistake of ours, kept for the dead letters."""

    code = "notice-unknown"


class Courier:
    """Brings notices to petitioners and officers."""

    def __init__(  # noqa: PLR0913 - the collaborators of one use case
        self,
        *,
        petitions: Petitions,
        directory: Directory,
        deliveries: Deliveries,
        seal: Seal,
        texts: Texts,
        sender_of: Callable[[DeliveryChannel], Sender],
        manners: Manners,
        bunches: Bunches,
        public_url: str,
        identifiers_key: Callable[[], bytes],
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._deliveries = deliveries
        self._seal = seal
        self._texts = texts
        self._sender_of = sender_of
        self._manners = manners
        self._bunches = bunches
        self._public_url = public_url
        self._identifiers_key = identifiers_key

    def carry(self, request: NoticeRequest) -> None:
        """Bring one notice to its readers, as far as that has not been done.

        Raises:
            ComeBackError: when the message has to be received again.
            NoticeUnknownError: when there is no such petition or entry.
        """
        notice = self._notice(request)
        known = self._known(request)
        if any(one.channel is DeliveryChannel.NONE for one in known):
            return
        if not known and is_superseded(request.kind, notice.petition, notice.entry):
            self._close(notice, DeliveryState.SUPERSEDED, "petition-moved-on")
        elif request.audience is Audience.PETITIONER:
            self._carry_to_petitioner(notice, known)
        else:
            self._carry_to_officers(notice, known)

    def _known(self, request: NoticeRequest) -> tuple[Delivery, ...]:
        return self._deliveries.of_notice(request.reference, request.seq, request.kind, request.audience)

    def _notice(self, request: NoticeRequest) -> Notice:
        petition = self._petitions.get(request.reference)
        if petition is None or not 1 <= request.seq <= petition.version:
            raise NoticeUnknownError
        return Notice(request, petition, petition.history[request.seq - 1])

    # --- to the petitioner ---------------------------------------------------------------------------

    def _carry_to_petitioner(self, notice: Notice, known: Sequence[Delivery]) -> None:
        """Try the channels in the order that the petitioner chose; at last ask an operator to call."""
        if any(one.state in TOLD for one in known) or self._is_told_by_another(known):
            return
        held_until = self._manners.hold_until(notice.entry, clock.now())
        if held_until is not None:
            telemetry.count("NoticeHeld", kind=notice.request.kind)
            raise ComeBackError("held", held_until)
        ways = self._ways(notice)
        by_channel = {one.channel: one for one in known}
        for position, (channel, address) in enumerate(ways):
            before = by_channel.get(channel)
            if not self._is_open(notice, channel, address, before):
                continue
            self._wait_if_enough_for_today(notice, channel, address)
            company = self._bunches.company_of(notice, known, ways[0], self._first_way)
            is_last = position == len(ways) - 1
            if self._try(notice, company, channel, address, before, is_last=is_last):
                return
            known = self._known(notice.request)
        telemetry.count("NoticeUndeliverable", kind=notice.request.kind)
        self._close(notice, DeliveryState.FAILED, "no-way-left")

    def _is_told_by_another(self, known: Sequence[Delivery]) -> bool:
        carried = next((one for one in known if one.state is DeliveryState.CARRIED), None)
        return carried is not None and self._bunches.is_told(carried)

    def _ways(self, notice: Notice) -> list[Way]:
        petitioner = notice.petition.petitioner
        identity = self._seal.open(petitioner.seal, notice.petition.reference)
        return ways_of(notice.entry, petitioner.reply_by, identity)

    def _first_way(self, petition: Petition) -> Way | None:
        identity = self._seal.open(petition.petitioner.seal, petition.reference)
        return next(iter(ways_to(petition.petitioner.reply_by, identity)), None)

    def _is_open(
        self, notice: Notice, channel: DeliveryChannel, address: str, before: Delivery | None
    ) -> bool:
        """Tell whether a channel may be tried; one that is not wanted or does not work is given up."""
        if before is not None and before.state is DeliveryState.FAILED:
            self._manners.learn(before, address)
            return False
        refusal = self._manners.refusal(channel, address, was_asked_for=was_asked_for(notice.entry))
        if refusal is not None:
            self._give_up(notice, channel, refusal, before)
        return refusal is None

    def _wait_if_enough_for_today(self, notice: Notice, channel: DeliveryChannel, address: str) -> None:
        if was_asked_for(notice.entry):
            return
        morning = self._manners.wait_for_morning(channel, address, notice.name, clock.now())
        if morning is not None:
            raise ComeBackError("daily-limit", morning)

    def _try(
        self,
        notice: Notice,
        company: Sequence[Notice],
        channel: DeliveryChannel,
        address: str,
        before: Delivery | None,
        *,
        is_last: bool,
    ) -> bool:
        """Try one channel; tell whether the petitioner is told, or False when the next channel is to be tried."""
        language: Language = "en" if notice.petition.language == "en" else "vi"
        rendered = self._render_together([notice, *company], channel, language)
        delivery = self._delivery(
            notice,
            channel,
            DeliveryState.SENDING,
            rendered,
            carries=" ".join(one.name for one in company) or None,
        )
        if channel is DeliveryChannel.PHONE:
            self._open_call(delivery, rendered, before)
            return True
        return self._send(
            delivery, _message(notice, delivery.notice, address, rendered), before, is_last=is_last
        )

    def _open_call(self, delivery: Delivery, rendered: Rendered, before: Delivery | None) -> None:
        """Put a call on the operators' list: a row of our own, so nothing about it can be in doubt."""
        now = clock.now()
        opened = {"state": DeliveryState.OPEN, "text": rendered.text, "call_list": CALL_LIST, "call_at": now}
        self._write(delivery.model_copy(update=opened), before)
        telemetry.count("CallTaskOpened", kind=delivery.kind)

    def _give_up(
        self, notice: Notice, channel: DeliveryChannel, reason: str, before: Delivery | None
    ) -> None:
        self._write(self._delivery(notice, channel, DeliveryState.FAILED, reason=reason), before)

    def _write(self, delivery: Delivery, before: Delivery | None) -> None:
        """Write a delivery that calls no provider; one that another took meanwhile is looked at again later."""
        try:
            self._deliveries.claim(delivery.model_copy(update={"claim": delivery.state.value}), before)
        except ClaimLostError:
            raise ComeBackError("claimed-by-another") from None

    # --- to officers ---------------------------------------------------------------------------------

    def _carry_to_officers(self, notice: Notice, known: Sequence[Delivery]) -> None:
        """Mail every officer of the audience; one who cannot be reached now does not keep the others waiting."""
        readers = readers_of(notice.request.audience, notice.petition, self._directory.officers())
        if readers is None:
            telemetry.count("NoticeWithoutReader", audience=notice.request.audience)
            raise ComeBackError("nobody-in-office")
        if readers.audience is not notice.request.audience:
            telemetry.count("NoticeToNextLevel", audience=notice.request.audience)
        by_reader = {one.reader: one for one in known}
        later: ComeBackError | None = None
        for officer in readers.officers:
            try:
                self._mail_officer(notice, officer, by_reader.get(officer.id))
            except ComeBackError as error:
                later = error
        if later is not None:
            raise later

    def _mail_officer(self, notice: Notice, officer: Officer, before: Delivery | None) -> None:
        if before is not None and (before.state in TOLD or before.state is DeliveryState.FAILED):
            return
        channel = DeliveryChannel.EMAIL
        rendered = self._render(notice, "officer", channel, "vi")
        delivery = self._delivery(notice, channel, DeliveryState.SENDING, rendered, reader=officer.id)
        self._send(
            delivery,
            _message(notice, delivery.notice, officer.email, rendered),
            before,
            is_last=True,
        )

    # --- one attempt -----------------------------------------------------------------------------------

    def _send(self, delivery: Delivery, message: Message, before: Delivery | None, *, is_last: bool) -> bool:
        """Make one attempt; tell whether the reader is told (or may have been)."""
        sender = self._sender_of(delivery.channel)
        claimed = self._claim(delivery, before, sender)
        if claimed.in_doubt_since and clock.now() - claimed.in_doubt_since >= sender.deduplicates_for:
            return self._leave_in_doubt(claimed, "worker-died-or-answer-lost")
        try:
            provider_id = sender.send(message)
        except PermanentSendError as error:
            self._settle(claimed, DeliveryState.FAILED, reason=error.reason)
            return False
        except TemporarySendError as error:
            return self._come_back(claimed, error.reason, claimed.in_doubt_since, is_last=is_last)
        except UnknownOutcomeError as error:
            if not sender.deduplicates_for:
                return self._leave_in_doubt(claimed, error.reason)
            return self._come_back(
                claimed, error.reason, claimed.in_doubt_since or clock.now(), is_last=is_last
            )
        self._settle(claimed, DeliveryState.SENT, provider_id=provider_id or claimed.provider_id)
        return True

    def _claim(self, delivery: Delivery, before: Delivery | None, sender: Sender) -> Delivery:
        now = clock.now()
        if before is not None and before.state is DeliveryState.SENDING:
            since = before.claimed_at or now
            if now < since + LEASE:
                raise ComeBackError("claimed-by-another", since + LEASE)
        claimed = delivery.model_copy(
            update={
                "at": now,
                "attempt": (before.attempt if before else 0) + 1,
                "claim": uuid.uuid4().hex,
                "claimed_at": now,
                "in_doubt_since": _in_doubt_since(before),
                "provider": sender.name,
            }
        )
        try:
            self._deliveries.claim(claimed, before)
        except ClaimLostError:
            raise ComeBackError("claimed-by-another", now + LEASE) from None
        return claimed

    def _come_back(
        self, claimed: Delivery, reason: str, in_doubt_since: datetime | None, *, is_last: bool
    ) -> bool:
        """Leave the delivery for a later attempt, or give the channel up where there is another one."""
        if not is_last and claimed.attempt >= TRIES_BEFORE_NEXT_CHANNEL and in_doubt_since is None:
            self._settle(claimed, DeliveryState.FAILED, reason=f"gave-up-after-{reason}")
            return False
        self._settle(claimed, DeliveryState.PREPARED, reason=reason, in_doubt_since=in_doubt_since)
        raise ComeBackError(reason)

    def _leave_in_doubt(self, claimed: Delivery, reason: str) -> bool:
        self._settle(claimed, DeliveryState.AMBIGUOUS, reason=reason)
        return True

    def _settle(self, claimed: Delivery, state: DeliveryState, **facts: object) -> None:
        ended = claimed.model_copy(update={"state": state, "at": clock.now(), **facts})
        self._deliveries.settle(ended, claimed)
        telemetry.count(f"Delivery{state.capitalize()}", channel=claimed.channel, kind=claimed.kind)

    # --- what it consists of -----------------------------------------------------------------------------

    def _render(
        self, notice: Notice, reader: Reader, channel: DeliveryChannel, language: Language
    ) -> Rendered:
        return self._texts.render(reader, notice.request.kind, channel, language, self._facts(notice))

    def _render_together(
        self, notices: Sequence[Notice], channel: DeliveryChannel, language: Language
    ) -> Rendered:
        if len(notices) == 1:
            return self._render(notices[0], "petitioner", channel, language)
        parts = [(one.request.kind, self._facts(one)) for one in in_order(notices)]
        return self._texts.render_bunch(parts, channel, language)

    def _facts(self, notice: Notice) -> dict[str, Any]:
        petition = notice.petition
        office = Office(
            public_url=self._public_url,
            link_token=link_token_of(self._identifiers_key(), petition.reference),
            pin=pin_of(self._identifiers_key(), petition.reference),
            terms=self._directory.terms_of(petition),
            calendar=self._directory.calendar(),
            now=clock.now(),
        )
        return facts_of(petition, notice.entry, office)

    def _delivery(
        self,
        notice: Notice,
        channel: DeliveryChannel,
        state: DeliveryState,
        rendered: Rendered | None = None,
        *,
        reader: str | None = None,
        **more: Any,
    ) -> Delivery:
        request = notice.request
        return Delivery(
            reference=request.reference,
            notice=f"{notice.prefix}{channel}{f'#{reader}' if reader else ''}",
            seq=request.seq,
            kind=request.kind,
            audience=request.audience,
            channel=channel,
            reader=reader,
            state=state,
            at=clock.now(),
            segments=rendered.segments if rendered else None,
            template=rendered.version if rendered else None,
            **more,
        )

    def _close(self, notice: Notice, state: DeliveryState, reason: str) -> None:
        """Record a notice that nothing carries."""
        self._deliveries.add(self._delivery(notice, DeliveryChannel.NONE, state, reason=reason))


def _message(notice: Notice, key: str, address: str, rendered: Rendered) -> Message:
    return Message(
        reference=notice.request.reference,
        notice=key,
        to=address,
        text=rendered.text,
        subject=rendered.subject,
        html=rendered.html,
    )


def _in_doubt_since(before: Delivery | None) -> datetime | None:
    """A claim that ran out leaves doubt from its beginning; doubt once there stays."""
    if before is None:
        return None
    if before.in_doubt_since is not None:
        return before.in_doubt_since
    return before.claimed_at if before.state is DeliveryState.SENDING else None
