"""Carries one notice to its readers: who they are, over which channels, in which order, and what it says to them.

A message may arrive twice, two workers may hold it at once, and a worker may die between any two calls. So all that
is known stands in the rows of the table `deliveries`: whoever finds a finished delivery does nothing, and one that is
claimed or waits is left alone until its `wake_at`, when the sweep asks for the notice again (`attempts.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.notifier.attempts.delivery_rules import (
    GIVEN_UP,
    has_waited_for_receipt,
    may_have_been_sent,
    still_stands,
)
from chalicelib.notifier.attempts.retry_policy import (
    MOST_TRIES,
    SHORT_WAIT,
    ComeBackError,
    look_again_at,
    patience_before,
)
from chalicelib.notifier.attempts.send_attempt import Attempts
from chalicelib.notifier.contact_policy.contact_policy import Manners
from chalicelib.notifier.notices.batching import Bunches, in_order
from chalicelib.notifier.notices.channels import Way, parts_for, was_asked_for, ways_of, ways_to
from chalicelib.notifier.notices.notice import Notice
from chalicelib.notifier.notices.supersession import is_superseded
from chalicelib.notifier.officers.readers import is_left_to_digest, readers_of
from chalicelib.notifier.senders.sender import Message
from shared.domain.calendar.working_calendar import local_date
from shared.domain.errors import PetitionError
from shared.domain.identity.reference import link_token_of, pin_of
from shared.domain.petition.petition import Petition
from shared.domain.promises.notices import Audience
from shared.platform import clock, telemetry
from shared.platform.messages import NoticeRequest
from shared.platform.seal import Seal
from shared.tables.deliveries import (
    CALLS,
    TOLD,
    ClaimLostError,
    Deliveries,
    Delivery,
    DeliveryChannel,
    DeliveryState,
)
from shared.tables.directory import Directory, Officer
from shared.tables.petitions import Petitions
from shared.wording.facts import Office, facts_of
from shared.wording.sources import Language, Reader
from shared.wording.texts import Texts

if TYPE_CHECKING:
    from shared.wording.rendering import Rendered

_ON_THE_OPERATORS_LIST = frozenset({DeliveryState.OPEN, DeliveryState.LETTER})


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
        attempts: Attempts,
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
        self._attempts = attempts
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
        if not any(may_have_been_sent(one) for one in known) and _is_void(notice):
            self._close(notice, known, DeliveryState.SUPERSEDED, "petition-moved-on")
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
        self._heed_complaints(notice, known)
        now = clock.now()
        if any(one.state is DeliveryState.DELIVERED for one in known):
            self._call_off(known)
            return
        if any(one.state in TOLD and not has_waited_for_receipt(one, now) for one in known):
            return
        if self._is_told_by_another(known):
            return
        self._try_ways(notice, known, self._rests_until(notice, now))

    def _heed_complaints(self, notice: Notice, known: Sequence[Delivery]) -> None:
        """Remember an address whose owner called this notice unwanted; the notice itself arrived."""
        complained = [one for one in known if one.complained_at and still_stands(notice.petition, one)]
        addresses = dict(self._ways(notice)) if complained else {}
        for one in complained:
            if one.channel in addresses:
                self._manners.learn(one, addresses[one.channel])

    def _try_ways(self, notice: Notice, known: Sequence[Delivery], rests_until: datetime | None) -> None:
        ways = self._ways(notice)
        by_channel = {one.channel: one for one in known}
        for position, (channel, address) in enumerate(ways):
            before = by_channel.get(channel)
            following = next((way[0] for way in ways[position + 1 :]), None)
            if before is not None and before.state in TOLD:
                if rests_until is not None:
                    self._attempts.hold(before, before, rests_until)
                    return
                if self._attempts.give_up_waiting(before, is_last=following is None):
                    return
                continue
            if not self._is_open(notice, channel, address, before):
                continue
            waits_until = rests_until or self._enough_for_today(notice, channel, address)
            if waits_until is not None:
                self._hold(notice, channel, before, waits_until)
                return
            company = self._bunches.company_of(notice, known, ways[0], self._first_way)
            if self._try(notice, company, channel, address, before, patience_before(following)):
                return
            known = self._known(notice.request)
        telemetry.count("NoticeUndeliverable")
        self._close(notice, (), DeliveryState.FAILED, "no-way-left")

    def _call_off(self, known: Sequence[Delivery]) -> None:
        """Take a call off the operators' list that a late receipt has made needless."""
        for one in known:
            if one.state in _ON_THE_OPERATORS_LIST:
                facts = {"state": DeliveryState.SUPERSEDED, "reason": "receipt-came-late", "listed": None}
                self._deliveries.settle(one.model_copy(update={**facts, "listed_at": None}), one)

    def _rests_until(self, notice: Notice, now: datetime) -> datetime | None:
        """Return until when a notice waits as a row, None when it may go now.

        Raises:
            ComeBackError: it waits so shortly that its message may as well.
        """
        held_until = self._manners.hold_until(notice.entry, now)
        if held_until is None:
            return None
        telemetry.count("NoticeHeld", kind=notice.request.kind)
        if held_until - now <= SHORT_WAIT:
            raise ComeBackError("held", held_until)
        return held_until

    def _hold(
        self, notice: Notice, channel: DeliveryChannel, before: Delivery | None, until: datetime
    ) -> None:
        """Let a notice wait, as a row, until it disturbs nobody."""
        held = self._delivery(notice, channel, DeliveryState.PREPARED, reason="held")
        self._attempts.hold(held, before, until)

    def _is_told_by_another(self, known: Sequence[Delivery]) -> bool:
        carried = next((one for one in known if one.state is DeliveryState.CARRIED), None)
        if carried is None:
            return False
        is_told = self._bunches.is_told(carried)
        if is_told is None:
            self._attempts.hold(carried, carried, look_again_at(clock.now()))
        elif is_told and carried.wake_at is not None:
            self._deliveries.settle(carried.model_copy(update={"wake_at": None}), carried)
        return is_told is not False

    def _ways(self, notice: Notice) -> list[Way]:
        petitioner = notice.petition.petitioner
        identity = self._seal.open(parts_for(notice.entry, petitioner.seal), notice.petition.reference)
        return ways_of(notice.entry, petitioner.reply_by, identity)

    def _first_way(self, petition: Petition) -> Way | None:
        identity = self._seal.open(petition.petitioner.seal, petition.reference)
        return next(iter(ways_to(petition.petitioner.reply_by, identity)), None)

    def _is_open(
        self, notice: Notice, channel: DeliveryChannel, address: str, before: Delivery | None
    ) -> bool:
        """Tell whether a channel may be tried; one that is not wanted or does not work is given up."""
        if before is not None and before.state in GIVEN_UP:
            self._manners.learn(before, address)
            return False
        refusal = self._manners.refusal(channel, address, was_asked_for=was_asked_for(notice.entry))
        if refusal is not None:
            self._give_up(notice, channel, refusal, before)
        return refusal is None

    def _enough_for_today(self, notice: Notice, channel: DeliveryChannel, address: str) -> datetime | None:
        if was_asked_for(notice.entry):
            return None
        return self._manners.wait_for_morning(channel, address, notice.name, clock.now())

    def _try(
        self,
        notice: Notice,
        company: Sequence[Notice],
        channel: DeliveryChannel,
        address: str,
        before: Delivery | None,
        patience: int,
    ) -> bool:
        """Try one channel; False when it is given up and the next one is to be tried."""
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
        return self._attempts.make(
            delivery, _message(notice, delivery.notice, address, rendered), before, patience=patience
        )

    def _open_call(self, delivery: Delivery, rendered: Rendered, before: Delivery | None) -> None:
        """Put a call on the operators' list: a row of our own, so nothing about it can be in doubt."""
        now = clock.now()
        opened = {"state": DeliveryState.OPEN, "text": rendered.text, "listed": CALLS, "listed_at": now}
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
        """Mail every officer of the audience.

        Raises:
            ComeBackError: nobody at all is in office.
        """
        readers = readers_of(
            notice.request.audience,
            notice.petition,
            self._directory.officers(),
            self._directory.parents(local_date(clock.now())),
        )
        if readers is None:
            telemetry.count("NoticeWithoutReader", audience=notice.request.audience)
            raise ComeBackError("nobody-in-office")
        if readers.audience is not notice.request.audience:
            telemetry.count("NoticeToNextLevel", audience=notice.request.audience)
        by_reader = {one.reader: one for one in known}
        for officer in readers.officers:
            self._mail_officer(notice, officer, by_reader.get(officer.id))

    def _mail_officer(self, notice: Notice, officer: Officer, before: Delivery | None) -> None:
        if before is not None and before.state in TOLD | {DeliveryState.FAILED, DeliveryState.SUPERSEDED}:
            return
        channel = DeliveryChannel.EMAIL
        if before is None and is_left_to_digest(
            notice.request.kind, self._directory.preference_of(officer.id)
        ):
            left = self._delivery(
                notice, channel, DeliveryState.SUPERSEDED, reason="in-digest", reader=officer.id
            )
            self._deliveries.add(left)
            return
        rendered = self._render(notice, "officer", channel, "vi")
        delivery = self._delivery(notice, channel, DeliveryState.SENDING, rendered, reader=officer.id)
        self._attempts.make(
            delivery,
            _message(notice, delivery.notice, officer.email, rendered),
            before,
            patience=MOST_TRIES,
        )

    # --- what it consists of -----------------------------------------------------------------------------

    def _render(
        self, notice: Notice, reader: Reader, channel: DeliveryChannel, language: Language
    ) -> Rendered:
        return self._texts.render(
            reader, notice.request.kind, channel, language, self._facts(notice, language)
        )

    def _render_together(
        self, notices: Sequence[Notice], channel: DeliveryChannel, language: Language
    ) -> Rendered:
        if len(notices) == 1:
            return self._render(notices[0], "petitioner", channel, language)
        parts = [(one.request.kind, self._facts(one, language)) for one in in_order(notices)]
        return self._texts.render_bunch(parts, channel, language)

    def _facts(self, notice: Notice, language: Language) -> dict[str, Any]:
        petition = notice.petition
        office = Office(
            public_url=self._public_url,
            link_token=link_token_of(self._identifiers_key(), petition.reference),
            pin=pin_of(self._identifiers_key(), petition.reference),
            terms=self._directory.terms_of(petition),
            calendar=self._directory.calendar(),
            now=clock.now(),
            unit=self._directory.units(local_date(clock.now())).get(notice.entry.facts.get("unit", "")),
            language=language,
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

    def _close(self, notice: Notice, known: Sequence[Delivery], state: DeliveryState, reason: str) -> None:
        """Let what waits wait no longer, and record that nothing carries this notice."""
        for one in known:
            if one.wake_at is not None:
                self._deliveries.settle(one.model_copy(update={"state": state, "wake_at": None}), one)
        self._deliveries.add(self._delivery(notice, DeliveryChannel.NONE, state, reason=reason))


def _is_void(notice: Notice) -> bool:
    return is_superseded(notice.request.kind, notice.petition, notice.entry)


def _message(notice: Notice, key: str, address: str, rendered: Rendered) -> Message:
    return Message(
        reference=notice.request.reference,
        notice=key,
        to=address,
        text=rendered.text,
        subject=rendered.subject,
        html=rendered.html,
    )
