"""Evidence in the rows of a petition that its petitioner was notified: one table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.domain.promises.deliveries import Delivery, DeliveryChannel, DeliveryState
from shared.domain.promises.evidence import Proof, Telling
from shared.domain.promises.notices import Audience, NoticeKind
from shared.tables.deliveries import Deliveries
from shared.use_cases.evidence import DeliveriesOfPetition, Seen, evidence_in

SENT_AT = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
PROVEN_AT = SENT_AT + timedelta(hours=5)
SEQ = 4


def a_row(channel: str, state: str, **facts: Any) -> Delivery:
    values: dict[str, Any] = {
        "reference": "26483190275",
        "notice": f"{SEQ}#ANSWERED#PETITIONER#{channel}",
        "seq": SEQ,
        "kind": NoticeKind.ANSWERED,
        "audience": Audience.PETITIONER,
        "channel": DeliveryChannel(channel),
        "state": DeliveryState(state),
        "at": PROVEN_AT,
        "claimed_at": SENT_AT,
    }
    return Delivery(**values | facts)


def notified(at: datetime, proof: Proof) -> Telling:
    return Telling(at=at, proof=proof)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param(
            [a_row("EMAIL", "DELIVERED")], notified(SENT_AT, Proof.RECEIPT), id="a receipt proves the sending"
        ),
        pytest.param(
            [a_row("PHONE", "DONE", reason="REACHED")], notified(PROVEN_AT, Proof.CALL), id="a call"
        ),
        pytest.param(
            [a_row("PHONE", "DONE", reason="LETTER")], notified(PROVEN_AT, Proof.LETTER), id="a letter"
        ),
        pytest.param(
            [a_row("SMS", "UNPROVEN"), a_row("PHONE", "DONE")],
            notified(PROVEN_AT, Proof.CALL),
            id="the call after a silent SMS",
        ),
        pytest.param(
            [a_row("NONE", "SUPERSEDED")],
            notified(PROVEN_AT, Proof.OVERTAKEN),
            id="the petition had moved on",
        ),
        pytest.param([a_row("EMAIL", "FAILED"), a_row("PHONE", "FAILED")], None, id="every channel failed"),
        pytest.param([a_row("EMAIL", "FAILED"), a_row("NONE", "FAILED")], None, id="there is no channel"),
    ],
)
def test_what_rows_show(rows, expected):
    assert evidence_in(rows) == {SEQ: expected}


@pytest.mark.parametrize("state", ["PREPARED", "SENDING", "SENT", "UNPROVEN", "AMBIGUOUS", "OPEN"])
def test_what_is_only_on_its_way_shows_nothing(state: str):
    assert evidence_in([a_row("SMS", state)]) == {}
    assert evidence_in([a_row("EMAIL", "FAILED"), a_row("SMS", state)]) == {}


def test_word_to_officers_is_no_word_to_the_petitioner():
    assert evidence_in([a_row("EMAIL", "DELIVERED", audience=Audience.HANDLER)]) == {}


def test_acceptance_counts_only_where_it_was_decided_and_the_provider_tells_nothing_more():
    sent = [a_row("SMS", "SENT")]

    assert evidence_in(sent) == {}
    assert evidence_in(sent, acceptance_counts=True) == {SEQ: notified(SENT_AT, Proof.ACCEPTED)}
    assert evidence_in([a_row("SMS", "SENT", proves=True)], acceptance_counts=True) == {}


def test_who_looked_knows_everything_up_to_then_from_the_first_time_on():
    views = [Seen(5, PROVEN_AT), Seen(3, SENT_AT)]

    evidence = evidence_in([], views)

    assert {seq: telling.at for seq, telling in evidence.items() if telling} == {
        1: SENT_AT, 2: SENT_AT, 3: SENT_AT, 4: PROVEN_AT, 5: PROVEN_AT,
    }  # fmt: skip


def test_earliest_proof_decides():
    views = [Seen(SEQ, SENT_AT - timedelta(minutes=1))]

    assert evidence_in([a_row("EMAIL", "DELIVERED")], views)[SEQ] == notified(views[0].at, Proof.SEEN)


def test_notice_that_another_petitions_message_said_is_proven_with_that():
    own = a_row("EMAIL", "CARRIED", carried_by="26000000013/2#REFUSED#PETITIONER#")
    carrier = a_row(
        "EMAIL",
        "DELIVERED",
        reference="26000000013",
        notice="2#REFUSED#PETITIONER#EMAIL",
        carries=own.name,
    )
    silent = carrier.model_copy(update={"carries": None})

    assert evidence_in([own], carriers=lambda _name: [carrier]) == {SEQ: notified(SENT_AT, Proof.RECEIPT)}
    assert evidence_in([own], carriers=lambda _name: [silent]) == {}


class _Table(Deliveries):
    """Deliveries that are there without a table, and count how often they are read."""

    def __init__(self, *rows: Delivery) -> None:
        super().__init__("no-table")
        self.reads = 0
        self._rows = rows

    def with_views(self, reference: str) -> tuple[tuple[Delivery, ...], tuple[tuple[int, datetime], ...]]:
        assert reference == "26483190275"
        self.reads += 1
        return self._rows, ((SEQ, PROVEN_AT),)


def test_deliveries_of_a_petition_are_read_once_and_only_when_somebody_looks():
    table = _Table(a_row("SMS", "SENT", seq=5), a_row("EMAIL", "SENT"))
    deliveries = DeliveriesOfPetition(table, "26483190275")

    evidence = deliveries.evidence()
    reads_before = table.reads
    tellings = evidence.get(SEQ), evidence.get(SEQ + 1), SEQ + 1 in evidence
    in_order = [row.seq for row in deliveries.in_order]

    assert reads_before == 0
    assert tellings == (notified(PROVEN_AT, Proof.SEEN), None, False)
    assert in_order == [SEQ, 5]
    assert table.reads == 1
