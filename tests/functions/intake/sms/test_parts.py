"""Long messages come in parts: twice, late, out of order, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.sms.parts import continues, group_of, join, missing_parts
from chalicelib.intake.sms.webhook import InboundSms, Part

AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def an_sms(content: str = "x", number: int = 1, total: int = 1, **changes: object) -> InboundSms:
    part = Part("77", number, total) if total else None
    sms = InboundSms("vonage", f"m{number}", "+84901234567", content, AT, f"k{number}", part)
    return replace(sms, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("arrived", "missing", "whole"),
    [
        pytest.param([an_sms("PAKN a", 1, 2), an_sms("b", 2, 2)], [], "PAKN ab", id="in order"),
        pytest.param([an_sms("b", 2, 2), an_sms("PAKN a", 1, 2)], [], "PAKN ab", id="out of order"),
        pytest.param(
            [an_sms("PAKN a", 1, 2), an_sms("b", 2, 2), an_sms("b", 2, 2)], [], "PAKN ab", id="one part twice"
        ),
        pytest.param([an_sms("PAKN a", 1, 3), an_sms("c", 3, 3)], [2], None, id="the middle is missing"),
        pytest.param([an_sms("b", 2, 2)], [1], None, id="the beginning is missing"),
        pytest.param([an_sms("PAKN a", 1, 1)], [], "PAKN a", id="one of one"),
    ],
)
def test_message_is_whole_once_every_part_arrived(
    arrived: list[InboundSms], missing: list[int], whole: str | None
) -> None:
    assert missing_parts(arrived) == missing

    joined = join(arrived)

    assert (joined.content if joined else None) == whole


@pytest.mark.parametrize(
    ("arrived", "content"),
    [
        pytest.param([an_sms("PAKN a", 1, 3), an_sms("c", 3, 3)], "PAKN a [...] c", id="a gap in the middle"),
        pytest.param([an_sms("PAKN a", 1, 2)], "PAKN a [...]", id="a gap at the end"),
        pytest.param([an_sms("b", 2, 2)], "[...] b", id="a gap at the beginning"),
    ],
)
def test_what_arrived_is_not_lost_when_a_part_never_comes(arrived: list[InboundSms], content: str) -> None:
    joined = join(arrived, give_up=True)

    assert joined is not None
    assert joined.content == content


@given(st.permutations([an_sms(letter, number, 5) for number, letter in enumerate("abcde", 1)] * 2))
def test_order_and_repetition_change_neither_text_nor_identity(arrived: list[InboundSms]) -> None:
    joined = join(arrived)

    assert joined is not None
    assert (joined.content, joined.message_id, joined.replay_key, joined.part) == ("abcde", "m1", "k1", None)


@given(st.permutations([an_sms("a", 1, 2), an_sms("other", 1, 2, message_id="m9"), an_sms("b", 2, 2)]))
def test_two_first_parts_are_decided_the_same_way_in_any_order(arrived: list[InboundSms]) -> None:
    joined = join(arrived)

    assert joined is not None
    assert joined.content == "ab"


def test_parts_of_different_messages_are_never_joined() -> None:
    with pytest.raises(ValueError, match="different messages"):
        join([an_sms("a", 1, 2), an_sms("b", 2, 3)])


@pytest.mark.parametrize(
    ("other", "is_same"),
    [
        pytest.param(an_sms("b", 2, 2), True, id="another part of it"),
        pytest.param(an_sms("b", 2, 3), False, id="another total"),
        pytest.param(an_sms("b", 2, 2, sender="+84907654321"), False, id="another sender"),
        pytest.param(an_sms("b", 2, 2, provider="standard"), False, id="another provider"),
        pytest.param(an_sms("b", 2, 2, part=Part("78", 2, 2)), False, id="another reference"),
    ],
)
def test_parts_are_kept_together_by_group(other: InboundSms, is_same: bool) -> None:  # noqa: FBT001 - a column
    group = group_of(an_sms("a", 1, 2), "contact")

    assert group is not None
    assert "901234567" not in group
    assert (group_of(other, "other" if other.sender != an_sms().sender else "contact") == group) is is_same


def test_whole_message_has_no_group() -> None:
    assert group_of(an_sms("a", 1, 1), "contact") is None
    assert group_of(an_sms("a", part=None), "contact") is None


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        pytest.param(an_sms("a" * 153), an_sms("b"), True, id="a full GSM-7 part and more"),
        pytest.param(an_sms("ế" * 67), an_sms("b"), True, id="a full accented part and more"),
        pytest.param(an_sms("a" * 306), an_sms("b"), True, id="two full parts and more"),
        pytest.param(an_sms("a" * 150), an_sms("b"), False, id="an earlier message with room left"),
        pytest.param(an_sms(""), an_sms("b"), False, id="an empty earlier message"),
        pytest.param(
            an_sms("a" * 153),
            an_sms("b", received_at=AT + timedelta(minutes=4)),
            False,
            id="too long afterwards",
        ),
        pytest.param(an_sms("a" * 153), an_sms("b", sender="+84907654321"), False, id="somebody else"),
        pytest.param(an_sms("a" * 153), an_sms("b", received_at=None), False, id="no time to go by"),
    ],
)
def test_rest_of_a_silently_split_message_is_recognised(
    earlier: InboundSms,
    later: InboundSms,
    expected: bool,  # noqa: FBT001 - a column
) -> None:
    assert continues(earlier, later) is expected
