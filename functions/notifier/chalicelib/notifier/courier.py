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
from dataclasses import dataclass
from datetime import datetime

from shared import clock, telemetry
from shared.deliveries import (
    CALL_LIST,
    TOLD,
    ClaimLostError,
    Deliveries,
    Delivery,
    DeliveryChannel,
    DeliveryState,
    notice_prefix,
)
from shared.directory import Directory, Officer
from shared.domain.errors import PetitionError
from shared.domain.history import Entry
from shared.domain.lifecycle import Action
from shared.domain.notices import Audience
from shared.domain.petition import Identity, Petition, ReplyBy
from shared.domain.reference import contact_key, link_token_of, pin_of
from shared.messages import NoticeRequest
from shared.opt_outs import OptOuts
from shared.petitions import Petitions
from shared.seal import Seal
from shared.wording.facts import Office, facts_of
from shared.wording.texts import Language, Reader, Rendered, Texts

from .quiet_hours import QuietHours
from .readers import readers_of
from .senders.sender import Message, PermanentSendError, Sender, TemporarySendError, UnknownOutcomeError
from .supersession import is_superseded
from .waiting import LEASE, TRIES_BEFORE_NEXT_CHANNEL, ComeBackError


class NoticeUnknownError(PetitionError):
    """A message names a petition or history entry that does not exist: a mistake of ours, kept for the dead letters."""

    code = "notice-unknown"


@dataclass(frozen=True, slots=True)
class _Notice:
    """One notice with everything that is known about it."""

    request: NoticeRequest
    petition: Petition
    entry: Entry

    @property
    def prefix(self) -> str:
        return notice_prefix(self.request.seq, self.request.kind, self.request.audience)


class Courier:
    """Brings notices to petitioners and officers."""

    def __init__(  # noqa: PLR0913 - the collaborators of one use case
        self,
        *,
        petitions: Petitions,
        directory: Directory,
        deliveries: Deliveries,
        opt_outs: OptOuts,
        seal: Seal,
        texts: Texts,
        sender_of: Callable[[DeliveryChannel], Sender],
        quiet_hours: QuietHours,
        public_url: str,
        identifiers_key: Callable[[], bytes],
    ) -> None:
        self._petitions = petitions
        self._directory = directory
        self._deliveries = deliveries
        self._opt_outs = opt_outs
        self._seal = seal
        self._texts = texts
        self._sender_of = sender_of
        self._quiet_hours = quiet_hours
        self._public_url = public_url
        self._identifiers_key = identifiers_key

    def carry(self, request: NoticeRequest) -> None:
        """Bring one notice to its readers, as far as that has not been done.

        Raises:
            ComeBackError: when the message has to be received again.
            NoticeUnknownError: when there is no such petition or entry.
        """
        notice = self._notice(request)
        known = self._deliveries.of_notice(request.reference, request.seq, request.kind, request.audience)
        if any(one.channel is DeliveryChannel.NONE for one in known):
            return
        if not known and is_superseded(request.kind, notice.petition, notice.entry):
            self._close(notice, DeliveryState.SUPERSEDED, "petition-moved-on")
        elif request.audience is Audience.PETITIONER:
            self._carry_to_petitioner(notice, known)
        else:
            self._carry_to_officers(notice, known)

    def _notice(self, request: NoticeRequest) -> _Notice:
        petition = self._petitions.get(request.reference)
        if petition is None or not 1 <= request.seq <= petition.version:
            raise NoticeUnknownError
        return _Notice(request, petition, petition.history[request.seq - 1])

    # --- to the petitioner ---------------------------------------------------------------------------

    def _carry_to_petitioner(self, notice: _Notice, known: Sequence[Delivery]) -> None:
        """Try the channels in the order that the petitioner chose; at last ask an operator to call."""
        by_channel = {one.channel: one for one in known}
        if any(one.state in TOLD for one in known):
            return
        held_until = self._quiet_hours.hold_until(notice.entry, clock.now())
        if held_until is not None:
            telemetry.count("NoticeHeld", kind=notice.request.kind)
            raise ComeBackError("quiet-hours", held_until)
        petition = notice.petition
        identity = self._seal.open(petition.petitioner.seal, petition.reference)
        ways = ways_of(notice.entry, petition.petitioner.reply_by, identity)
        for position, (channel, address) in enumerate(ways):
            before = by_channel.get(channel)
            if before is not None and before.state is DeliveryState.FAILED:
                continue
            if (
                channel is DeliveryChannel.SMS
                and not _was_asked_for(notice.entry)
                and self._said_stop(address)
            ):
                self._give_up(notice, channel, "said-stop")
                continue
            is_last = position == len(ways) - 1
            if self._try(notice, channel, address, before, is_last=is_last):
                return
        telemetry.count("NoticeUndeliverable", kind=notice.request.kind)
        self._close(notice, DeliveryState.FAILED, "no-way-left")

    def _try(
        self,
        notice: _Notice,
        channel: DeliveryChannel,
        address: str,
        before: Delivery | None,
        *,
        is_last: bool,
    ) -> bool:
        """Try one channel; tell whether the petitioner is told, or False when the next channel is to be tried."""
        language: Language = "en" if notice.petition.language == "en" else "vi"
        rendered = self._render(notice, "petitioner", channel, language)
        key = f"{notice.prefix}{channel}"
        if channel is DeliveryChannel.PHONE:
            self._open_call(notice, key, rendered)
            telemetry.count("CallTaskOpened", kind=notice.request.kind)
            return True
        return self._send(
            self._delivery(notice, key, channel, DeliveryState.SENDING, rendered),
            _message(notice, key, address, rendered),
            before,
            is_last=is_last,
        )

    def _open_call(self, notice: _Notice, key: str, rendered: Rendered) -> None:
        """Put a call on the operators' list: a row of our own, so nothing about it can be in doubt."""
        call = self._delivery(
            notice, key, DeliveryChannel.PHONE, DeliveryState.OPEN, rendered, text=rendered.text
        )
        self._deliveries.add(call.model_copy(update={"call_list": CALL_LIST, "call_at": call.at}))

    def _said_stop(self, phone: str) -> bool:
        """Tell whether this number asked for no more SMS (`HUY` to 8088)."""
        return self._opt_outs.has(contact_key(self._identifiers_key(), phone))

    def _give_up(self, notice: _Notice, channel: DeliveryChannel, reason: str) -> None:
        key = f"{notice.prefix}{channel}"
        self._deliveries.add(self._delivery(notice, key, channel, DeliveryState.FAILED, reason=reason))

    # --- to officers ---------------------------------------------------------------------------------

    def _carry_to_officers(self, notice: _Notice, known: Sequence[Delivery]) -> None:
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

    def _mail_officer(self, notice: _Notice, officer: Officer, before: Delivery | None) -> None:
        if before is not None and (before.state in TOLD or before.state is DeliveryState.FAILED):
            return
        channel = DeliveryChannel.EMAIL
        rendered = self._render(notice, "officer", channel, "vi")
        key = f"{notice.prefix}{channel}#{officer.id}"
        delivery = self._delivery(notice, key, channel, DeliveryState.SENDING, rendered)
        self._send(
            delivery.model_copy(update={"reader": officer.id}),
            _message(notice, key, officer.email, rendered),
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
        self, notice: _Notice, reader: Reader, channel: DeliveryChannel, language: Language
    ) -> Rendered:
        petition = notice.petition
        office = Office(
            public_url=self._public_url,
            link_token=link_token_of(self._identifiers_key(), petition.reference),
            pin=pin_of(self._identifiers_key(), petition.reference),
            terms=self._directory.terms_of(petition),
            calendar=self._directory.calendar(),
            now=clock.now(),
        )
        facts = facts_of(petition, notice.entry, office)
        return self._texts.render(reader, notice.request.kind, channel, language, facts)

    def _delivery(
        self,
        notice: _Notice,
        key: str,
        channel: DeliveryChannel,
        state: DeliveryState,
        rendered: Rendered | None = None,
        *,
        text: str | None = None,
        reason: str | None = None,
    ) -> Delivery:
        request = notice.request
        return Delivery(
            reference=request.reference,
            notice=key,
            seq=request.seq,
            kind=request.kind,
            audience=request.audience,
            channel=channel,
            state=state,
            at=clock.now(),
            segments=rendered.segments if rendered else None,
            template=rendered.version if rendered else None,
            text=text,
            reason=reason,
        )

    def _close(self, notice: _Notice, state: DeliveryState, reason: str) -> None:
        """Record a notice that nothing carries."""
        channel = DeliveryChannel.NONE
        self._deliveries.add(
            self._delivery(notice, f"{notice.prefix}{channel}", channel, state, reason=reason)
        )


def ways_of(
    entry: Entry, reply_by: Sequence[ReplyBy], identity: Identity
) -> list[tuple[DeliveryChannel, str]]:
    """Return the channels to try for one entry: a secret goes to the contact that asked for it, and nowhere else."""
    if not _was_asked_for(entry):
        return ways_to(reply_by, identity)
    asked = ReplyBy(entry.facts["channel"])
    return [way for way in ways_to((asked,), identity) if way[0] == DeliveryChannel(asked)]


def _was_asked_for(entry: Entry) -> bool:
    return entry.action is Action.SEND_PIN


def ways_to(reply_by: Sequence[ReplyBy], identity: Identity) -> list[tuple[DeliveryChannel, str]]:
    """Return the channels to try, with their addresses: those chosen, in that order, and at last a call.

    Who chose none is written to, where there is an address, and is else sent an SMS.
    """
    addresses = {
        DeliveryChannel.EMAIL: identity.email,
        DeliveryChannel.SMS: identity.phone,
        DeliveryChannel.PHONE: identity.phone,
    }
    chosen = [DeliveryChannel(choice) for choice in reply_by]
    if not chosen:
        chosen = [DeliveryChannel.EMAIL if identity.email else DeliveryChannel.SMS]
    order = dict.fromkeys([*chosen, DeliveryChannel.PHONE])
    return [(channel, address) for channel in order if (address := addresses[channel])]


def _message(notice: _Notice, key: str, address: str, rendered: Rendered) -> Message:
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
