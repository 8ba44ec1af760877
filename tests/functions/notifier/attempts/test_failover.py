"""Several SMS providers: in order, by weight, around one that is down, and never past one that may have the message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from chalicelib.notifier import composition
from chalicelib.notifier.provider_order import ProviderChoice, in_order, parse_choices
from chalicelib.notifier.providers import PROVIDERS, Provider
from chalicelib.notifier.receipts.http import GatewayReceipts
from chalicelib.notifier.senders.circuits import Circuits
from chalicelib.notifier.senders.sender import (
    Message,
    PermanentSendError,
    RejectedByProviderError,
    SendError,
    TemporarySendError,
    UnknownOutcomeError,
)
from chalicelib.notifier.settings import NotifierSettings
from shared.domain.petition.values.petitioner import ReplyBy
from shared.domain.promises.deliveries import DeliveryChannel
from shared.domain.promises.notices import NoticeKind
from shared.platform import settings
from tests.functions.notifier.conftest import PostRoom

TRUE_FOR_EVER = [
    NoticeKind.RECEIPT,
    NoticeKind.FORWARDED,
    NoticeKind.GUIDED,
    NoticeKind.REFUSED,
    NoticeKind.MERGED,
    NoticeKind.ANSWERED,
    NoticeKind.PUBLISHED,
    NoticeKind.REOPENED,
    NoticeKind.CLOSED,
]
SMS_ROW, MAIL_ROW = "1#RECEIPT#PETITIONER#SMS", "1#RECEIPT#PETITIONER#EMAIL"


class Carrier:
    """A provider that fails as `trouble` says."""

    def __init__(self, name: str, *, deduplicates: bool = True, proves: bool = False) -> None:
        self.name = name
        self.deduplicates_for = timedelta(hours=23 if deduplicates else 0)
        self.proves = proves
        self.trouble: Callable[[], SendError | None] = lambda: None
        self.calls = 0
        self.phone: set[str] = set()
        """The ids of the messages that reached the telephone."""

    def send(self, message: Message) -> str:
        self.calls += 1
        error = self.trouble()
        if error is None or isinstance(error, UnknownOutcomeError):
            self.phone.add(message.request_id)
        if error is not None:
            raise error
        return "id"


@pytest.fixture
def carriers(post_room: PostRoom, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Carrier, Carrier]]:
    """Two SMS providers, the first one first."""
    first, second = Carrier("first"), Carrier("second")
    for carrier in (first, second):
        monkeypatch.setitem(PROVIDERS, carrier.name, catalogue_row(DeliveryChannel.SMS, carrier))
    monkeypatch.setenv("SMS_PROVIDERS", "first second")
    read_settings_again()
    yield first, second
    monkeypatch.undo()
    read_settings_again()


def catalogue_row(channel: DeliveryChannel, carrier: Carrier) -> Provider:
    return Provider(channel, lambda _account: carrier, GatewayReceipts)


def read_settings_again() -> None:
    settings.forget()
    composition.parts.cache_clear()


def down() -> SendError:
    return TemporarySendError("http-503")


def lost() -> SendError:
    return UnknownOutcomeError("http-500")


def test_provider_that_took_nothing_is_followed_by_the_next_at_once(post_room, carriers):
    first, second = carriers
    first.trouble = down
    post_room.a_petition(ReplyBy.SMS)

    post_room.notify(NoticeKind.RECEIPT)

    assert (first.calls, second.calls) == (1, 1)
    assert post_room.row(SMS_ROW).state == "SENT"
    assert post_room.row(SMS_ROW).provider == "second"


def test_provider_that_may_have_it_is_asked_again_and_no_other_ever(post_room, carriers):
    first, second = carriers
    first.trouble = lost
    post_room.a_petition(ReplyBy.SMS)

    post_room.notify(NoticeKind.RECEIPT)
    post_room.wait(minutes=6)
    first.trouble = lambda: None
    post_room.wait(minutes=16)

    assert (first.calls, second.calls, len(first.phone)) == (3, 0, 1)
    assert post_room.rows() == {SMS_ROW: "SENT"}


def test_delivery_that_stays_ambiguous_is_listed_for_people_and_sent_by_nobody(post_room, carriers):
    first, second = carriers
    first.trouble = lost
    post_room.a_petition(ReplyBy.SMS, ReplyBy.EMAIL)

    post_room.notify(NoticeKind.RECEIPT)
    for _ in range(26):
        post_room.wait(hours=1)

    assert post_room.rows() == {SMS_ROW: "AMBIGUOUS"}
    assert second.calls == 0
    (listed,) = post_room.deliveries.ambiguous(post_room.clock.now())
    assert listed.notice == SMS_ROW


def test_provider_without_a_memory_leaves_an_ambiguous_delivery_at_once(post_room, carriers):
    first, second = carriers
    first.trouble, first.deduplicates_for = lost, timedelta(0)
    post_room.a_petition(ReplyBy.SMS)

    post_room.notify(NoticeKind.RECEIPT)
    post_room.wait(hours=2)

    assert post_room.rows() == {SMS_ROW: "AMBIGUOUS"}
    assert (first.calls, second.calls) == (1, 0)


def test_reader_whom_one_provider_does_not_know_is_tried_at_the_next(post_room, carriers):
    first, second = carriers
    first.trouble = lambda: RejectedByProviderError("-118")
    post_room.a_petition(ReplyBy.SMS)

    post_room.notify(NoticeKind.RECEIPT)

    assert second.calls == 1
    assert post_room.row(SMS_ROW).provider == "second"


def test_reader_whom_no_provider_knows_is_notified_over_the_next_channel(post_room, carriers):
    for carrier in carriers:
        carrier.trouble = lambda: RejectedByProviderError("-118")
    post_room.a_petition(ReplyBy.SMS, ReplyBy.EMAIL)

    post_room.notify(NoticeKind.RECEIPT)

    assert post_room.rows() == {SMS_ROW: "FAILED", MAIL_ROW: "SENT"}


def test_permanent_refusal_is_not_taken_to_another_provider(post_room, carriers):
    first, second = carriers
    first.trouble = lambda: PermanentSendError("146")
    post_room.a_petition(ReplyBy.SMS, ReplyBy.EMAIL)

    post_room.notify(NoticeKind.RECEIPT)

    assert second.calls == 0
    assert post_room.rows() == {SMS_ROW: "FAILED", MAIL_ROW: "SENT"}


def test_provider_that_keeps_failing_is_left_alone_until_it_was_tried_again(post_room, carriers):
    first, second = carriers
    first.trouble = down
    petition = post_room.a_petition(ReplyBy.SMS)
    for kind in TRUE_FOR_EVER[:8]:
        post_room.notify(kind, seq=petition.version)
    assert (first.calls, second.calls) == (5, 8)

    first.trouble = lambda: None
    post_room.wait(seconds=61)
    post_room.notify(TRUE_FOR_EVER[8], seq=petition.version)

    assert (first.calls, second.calls) == (6, 8)


def test_when_nobody_may_be_called_the_message_waits_without_a_call(post_room, carriers):
    for carrier in carriers:
        carrier.trouble = down
    petition = post_room.a_petition(ReplyBy.SMS, email=None)
    for kind in TRUE_FOR_EVER[:6]:
        post_room.notify(kind, seq=petition.version)

    assert [carrier.calls for carrier in carriers] == [5, 5]
    assert set(post_room.rows().values()) == {"PREPARED"}


# --- silence ------------------------------------------------------------------------------------------------


def test_silence_of_a_provider_that_gives_receipts_takes_the_next_channel_after_a_day(post_room, carriers):
    carriers[0].proves = True
    post_room.a_petition(ReplyBy.SMS, ReplyBy.EMAIL)

    post_room.notify(NoticeKind.RECEIPT)
    post_room.wait(hours=23)
    assert post_room.rows() == {SMS_ROW: "SENT"}
    post_room.wait(hours=2)

    assert post_room.rows() == {SMS_ROW: "UNPROVEN", MAIL_ROW: "SENT"}


def test_silence_of_a_provider_that_gives_none_means_nothing(post_room, carriers):
    post_room.a_petition(ReplyBy.SMS, ReplyBy.EMAIL)

    post_room.notify(NoticeKind.RECEIPT)
    post_room.wait(days=9)

    assert post_room.rows() == {SMS_ROW: "SENT"}


def test_silence_on_the_last_channel_leaves_it_as_it_is(post_room, carriers, monkeypatch: pytest.MonkeyPatch):
    carriers[0].proves = True
    monkeypatch.setitem(PROVIDERS, "ses", catalogue_row(DeliveryChannel.EMAIL, carriers[0]))
    post_room.a_petition(ReplyBy.EMAIL, phone=None)
    post_room.notify(NoticeKind.RECEIPT)

    post_room.wait(hours=25)

    assert post_room.row(MAIL_ROW).state == "SENT"
    assert post_room.row(MAIL_ROW).wake_at is None
    assert carriers[0].calls == 1


# --- the shared row, and the order --------------------------------------------------------------------------


def test_of_two_workers_only_one_tries_a_provider_that_rests(post_room: PostRoom):
    circuits = Circuits(settings.load(NotifierSettings).throttle_table)
    now = post_room.clock.now()
    for _ in range(5):
        circuits.report("x", now, worked=False)
    assert not circuits.admits("x", now)
    later = now + timedelta(minutes=1)

    assert [circuits.admits("x", later), circuits.admits("x", later)] == [True, False]

    circuits.report("x", later, worked=True)
    assert circuits.admits("x", later)


def test_weights_share_the_messages_and_the_rest_stands_behind():
    routes = parse_choices("esms:3 http:1 aws")
    orders = [in_order(routes, f"{number}-1-RECEIPT") for number in range(2000)]

    assert {order[2] for order in orders} == {"aws"}
    assert 1350 < Counter(order[0] for order in orders)["esms"] < 1650
    assert in_order(routes, "7-1-RECEIPT") == in_order(routes, "7-1-RECEIPT")


@pytest.mark.parametrize("text", ["", "esms esms", "esms:0", "esms,http", "ESMS", "esms:1000", "esms: http"])
def test_setting_that_names_no_clear_order_is_refused(text: str):
    with pytest.raises(ValueError, match="write providers"):
        parse_choices(text)


def test_one_provider_needs_no_weight():
    assert parse_choices("esms") == (ProviderChoice("esms"),)
