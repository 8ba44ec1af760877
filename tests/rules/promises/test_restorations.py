"""Names of deliveries after the stored data went back in time: equal within an epoch, apart between epochs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.domain.promises.deliveries import entry_named, named, notice_prefix
from shared.domain.promises.notices import Audience, NoticeKind
from shared.domain.promises.restorations import Restoration, epoch_of

T = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
U = T + timedelta(hours=8)
FIRST = Restoration(number=1, to=T, at=U)
SECOND = Restoration(number=2, to=U + timedelta(days=1), at=U + timedelta(days=2))

Names = st.tuples(
    st.integers(1, 9999), st.sampled_from(NoticeKind), st.sampled_from(Audience), st.integers(0, 99)
)


@pytest.mark.parametrize(
    ("at", "epoch"),
    [
        pytest.param(T - timedelta(days=9), 0, id="long before"),
        pytest.param(T, 0, id="the last moment that is kept"),
        pytest.param(U - timedelta(seconds=1), 0, id="received in the lost hours, and kept"),
        pytest.param(U, 1, id="the first moment after"),
        pytest.param(SECOND.to, 1, id="between two restorations"),
        pytest.param(SECOND.at + timedelta(days=1), 2, id="after both"),
    ],
)
def test_entry_belongs_to_the_epoch_in_which_it_was_made(at: datetime, epoch: int):
    assert epoch_of(at, [SECOND, FIRST]) == epoch
    assert epoch_of(at, []) == 0


@pytest.mark.parametrize(
    ("at", "is_lost"),
    [
        pytest.param(T, False, id="the moment itself is kept"),
        pytest.param(T + timedelta(seconds=1), True, id="after it"),
        pytest.param(U, False, id="the moment of the restoration"),
    ],
)
def test_hours_between_are_those_that_were_lost(at: datetime, *, is_lost: bool):
    assert FIRST.has_lost(at) is is_lost


def test_names_of_before_any_restoration_are_those_of_earlier_code():
    assert notice_prefix(12, NoticeKind.ANSWERED, Audience.PETITIONER) == "12#ANSWERED#PETITIONER#"
    assert named("12#ANSWERED#PETITIONER#SMS#2") == (12, NoticeKind.ANSWERED, Audience.PETITIONER, 0)


@given(Names, Names)
def test_two_notices_share_a_name_only_if_they_are_the_same_one_of_the_same_epoch(
    first: tuple[int, NoticeKind, Audience, int], second: tuple[int, NoticeKind, Audience, int]
):
    is_same_name = notice_prefix(*first).startswith(notice_prefix(*second))

    assert is_same_name == (first == second)
    assert named(notice_prefix(*first) + "SMS") == first


@given(st.text("0123456789e", min_size=1, max_size=5))
@example("7e1")
@example("07")
def test_what_names_an_entry_is_its_number_and_epoch(text: str):
    number, has_epoch, epoch = text.partition("e")
    is_epoch = epoch.isdigit() and len(epoch) <= 3 and not epoch.startswith("0")
    is_name = number.isdigit() and (is_epoch or not has_epoch)

    if not is_name:
        with pytest.raises(ValueError, match="no history entry"):
            entry_named(text)
    else:
        assert entry_named(text) == (int(number), int(epoch or 0))
