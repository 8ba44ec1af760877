"""Pages of a queue: every petition once, what is owed before what is answered, wherever a page ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from typing_extensions import override

from chalicelib.casework.access.officers import DeskOfficer
from chalicelib.casework.desk import queues
from chalicelib.casework.desk.queue_orders import Tally
from chalicelib.casework.desk.queues import QueueReader
from shared.domain.access.roles import Role
from shared.domain.identity import reference
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.tables.petition_items import Card, card_of, desk_position
from shared.tables.petitions import Petitions
from tests.support.builders import RECEIVED_AT, a_petition
from tests.support.memory_store import MemoryDirectory

OFFICER = DeskOfficer("minh.ccvc", "Minh", "VCCVC", frozenset({Role.HANDLER}))


class Desk(Petitions):
    """The index of one unit's desk, as `Petitions.desk` reads it."""

    def __init__(self, petitions: Iterable[Petition]) -> None:
        super().__init__("memory", MemoryDirectory())
        cards = [card for petition in petitions if (card := card_of(petition))]
        self._cards = sorted(cards, key=_position)

    @override
    def desk(
        self,
        unit: str,
        *,
        after: str | None = None,
        limit: int = 50,
        due_until: date | None = None,
        is_whole: bool = False,
    ) -> tuple[list[Card], str | None]:
        behind = [card for card in self._cards if after is None or _position(card) > after]
        page = behind[:limit]
        return page, _position(page[-1]) if len(behind) > limit else None


def _position(card: Card) -> str:
    return desk_position(card.due_on, card.reference)


def a_reference(number: int) -> str:
    """Return the reference of one of the petitions."""
    return next(reference.candidates(b"desk" * 16, str(number), 2026))


def read_through(reader: QueueReader) -> tuple[list[tuple[bool, str]], int]:
    """Return (is answered, reference) of every line of all pages, and the number of pages."""
    lines: list[tuple[bool, str]] = []
    cursor: str | None = None
    for pages in range(1, 200):
        page = reader.page(OFFICER, queue="VCCVC", cursor=cursor)
        lines += [(line.state is State.ANSWERED, line.reference) for line in page.petitions]
        cursor = page.cursor
        if cursor is None:
            return lines, pages
    raise AssertionError("the pages have no end")


@pytest.mark.parametrize(
    ("answered", "owed"),
    [
        pytest.param(0, 0, id="an empty desk"),
        pytest.param(3, 4, id="one page"),
        pytest.param(queues.PAGE, queues.PAGE, id="whole pages"),
        pytest.param(queues.PAGE + 1, queues.PAGE - 1, id="the border inside a page"),
        pytest.param(0, queues.PAGE, id="nothing answered"),
        pytest.param(queues.PAGE * 2, 1, id="nearly all answered"),
        pytest.param(queues.READ_AT_MOST + 20, queues.PAGE * 2 + 5, id="more than one request reads"),
    ],
)
def test_every_petition_is_shown_once_and_what_is_answered_last(answered: int, owed: int):
    petitions = []
    for number in range(answered + owed):
        state = State.ANSWERED if number < answered else State.IN_PROGRESS
        received_at = RECEIVED_AT + timedelta(days=number % 7, hours=1 if number < answered else 2)
        petitions.append(a_petition(state, received_at=received_at, reference=a_reference(number)))

    lines, _pages = read_through(QueueReader(Desk(petitions), MemoryDirectory()))

    assert len({name for _, name in lines}) == len(lines) == answered + owed
    assert [is_answered for is_answered, _ in lines] == [False] * owed + [True] * answered


def test_page_that_is_full_when_nothing_is_left_is_the_last():
    petitions = [
        a_petition(State.IN_PROGRESS, reference=a_reference(number)) for number in range(queues.PAGE * 2)
    ]

    _lines, pages = read_through(QueueReader(Desk(petitions), MemoryDirectory()))

    assert pages == 2


def test_queue_that_is_too_long_to_count_says_the_least_that_there_are():
    petitions = [
        a_petition(
            State.ASSIGNED,
            received_at=RECEIVED_AT - timedelta(days=number % 2),
            reference=a_reference(number),
        )
        for number in range(queues.READ_AT_MOST + 7)
    ]
    reader = QueueReader(Desk(petitions), MemoryDirectory())
    tally = Tally(
        lambda line: str(line.received_at.date()), {"mine": lambda _line: False, "all": lambda _line: True}
    )

    page = reader.page(OFFICER, queue="VCCVC", tally=tally)

    assert page.total is None
    assert tally.is_cut
    assert tally.views == {"mine": 0, "all": queues.READ_AT_MOST}
    assert sum(tally.groups.values()) == queues.READ_AT_MOST


def test_page_that_shows_all_that_a_filter_lets_through_leads_to_no_empty_page():
    petitions = [
        a_petition(
            State.ASSIGNED,
            subject="Nâng ngạch" if number < queues.PAGE else "Tuyển dụng",
            received_at=RECEIVED_AT + timedelta(days=number // queues.PAGE),
            reference=a_reference(number),
        )
        for number in range(queues.PAGE + 5)
    ]
    reader = QueueReader(Desk(petitions), MemoryDirectory())

    page = reader.page(OFFICER, queue="VCCVC", only=queues.Filter(words="nang ngach"))

    assert (len(page.petitions), page.total, page.cursor) == (queues.PAGE, queues.PAGE, None)
