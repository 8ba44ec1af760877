"""Rows of deliveries and replies keep the attributes that they always had."""

from __future__ import annotations

import pytest

from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.notices import Audience, NoticeKind
from shared.tables.deliveries import AMBIGUOUS, Deliveries
from shared.tables.throttle.replies import Replies, Reply
from tests.support.builders import RECEIVED_AT, REFERENCE
from tests.support.system import System

NOTICE = "1#RECEIPT#PETITIONER#SMS"
AMBIGUOUS_DELIVERY = Delivery(
    reference=REFERENCE,
    notice=NOTICE,
    seq=1,
    kind=NoticeKind.RECEIPT,
    audience=Audience.PETITIONER,
    channel=DeliveryChannel.SMS,
    state=DeliveryState.AMBIGUOUS,
    at=RECEIVED_AT,
    ambiguous_since=RECEIVED_AT,
    listed=AMBIGUOUS,
    listed_at=RECEIVED_AT,
)


@pytest.fixture
def running(running_system: System) -> System:
    running_system.reset(at=RECEIVED_AT)
    return running_system


def test_ambiguous_delivery_keeps_its_attributes_and_is_listed(running: System):
    deliveries = Deliveries(running.local.cloud.outputs["DeliveriesTable"])

    deliveries.add(AMBIGUOUS_DELIVERY)

    (row,) = running.items("deliveries")
    assert row["listed"] == {"S": "IN_DOUBT"}
    assert row["in_doubt_since"] == row["at"] == {"S": RECEIVED_AT.strftime("%Y-%m-%dT%H:%M:%SZ")}
    assert deliveries.ambiguous(RECEIVED_AT) == (AMBIGUOUS_DELIVERY,)


def test_reply_of_earlier_code_is_read_and_keeps_its_shape(running: System):
    replies = Replies(running.local.cloud.outputs["ThrottleTable"])
    earlier = (
        f'{{"id":"r","asked_at":"{RECEIVED_AT.isoformat()}","in_doubt_since":"{RECEIVED_AT.isoformat()}"}}'
    )
    reply = Reply.model_validate_json(earlier)

    replies.add(reply)

    (row,) = running.items("throttle")
    assert reply.ambiguous_since == RECEIVED_AT
    assert '"in_doubt_since"' in row["body"]["S"]
    assert replies.get("r") == reply
