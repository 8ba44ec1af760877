"""References, PINs and keys: derived, checkable, and telling nothing about each other."""

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.identity import reference

KEY = b"k" * 64
references = st.text(min_size=1, max_size=40).map(lambda s: next(reference.candidates(KEY, s, 2026)))


@given(st.text(max_size=60))
def test_same_submission_always_comes_to_the_same_candidates(submission):
    first, again = (list(reference.candidates(KEY, submission, 2026)) for _ in range(2))

    assert first == again
    assert len(set(first)) == reference.CANDIDATES
    assert all(item.startswith("26") and reference.normal_reference(item) == item for item in first)


@given(references, st.integers(0, 10), st.integers(1, 9))
def test_check_digit_finds_every_wrong_digit(good, place, shift):
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]

    assert reference.normal_reference(wrong) is None


@given(references, st.integers(0, 9))
def test_check_digit_finds_every_swap_of_neighbours(good, place):
    swapped = good[:place] + good[place + 1] + good[place] + good[place + 2 :]

    assert (reference.normal_reference(swapped) is None) == (swapped != good)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("26 4831 9027 4", "26483190274", id="as printed"),
        pytest.param("26.4831.9027.4", "26483190274", id="with dots"),
        pytest.param("26-4831-9027-4", "26483190274", id="with hyphens"),
        pytest.param(" 26483190274\n", "26483190274", id="with space around"),
        pytest.param("2648319027", None, id="a digit short"),
        pytest.param("264831902743", None, id="a digit too many"),
        pytest.param("26483190275", None, id="wrong check digit"),
        pytest.param("٢٦٤٨٣١٩٠٢٧٣", None, id="Arabic digits"),
        pytest.param("2648319027x", None, id="a letter"),
        pytest.param("", None, id="nothing"),
    ],
)
def test_reference_is_read_as_people_type_it(typed, expected):
    assert reference.normal_reference(typed) == expected


def test_damm_digit_of_the_published_example():
    """H. Michael Damm's own example: 572 takes check digit 4."""
    assert reference.damm_digit("572") == "4"


@given(references)
def test_pin_and_token_prove_and_nothing_else_does(good):
    pin, token = reference.pin_of(KEY, good), reference.link_token_of(KEY, good)

    assert reference.is_pin(KEY, good, pin)
    assert reference.is_pin(KEY, good, f"{pin[:4]} {pin[4:]}")
    assert reference.is_link_token(KEY, good, token)
    assert not reference.is_pin(KEY, good, pin[::-1] + "0")
    assert not reference.is_pin(KEY, good, "")
    assert not reference.is_pin(b"other" * 12, good, pin)


def test_labels_keep_the_uses_of_the_key_apart():
    derived = {
        reference.derive(KEY, label, "26483190274")
        for label in ("pin", "link", "contact", "reference", "submission")
    }

    assert len(derived) == 5


def test_references_spread_over_their_range():
    """A million submissions a year meet few collisions only if candidates look random: 2,000 hold at most 2."""
    drawn = [next(reference.candidates(KEY, str(n), 2026)) for n in range(2000)]

    assert len(drawn) - len(set(drawn)) <= 2
    assert len({item[2:4] for item in drawn}) == 100


def test_next_candidates_differ_from_the_first():
    first, second = islice(reference.candidates(KEY, "web:a", 2026), 2)

    assert first != second


def test_pin_is_the_same_without_the_zeros_it_begins_with() -> None:
    # given a reference whose PIN begins with two zeros
    name = next(
        f"{number:011d}" for number in range(10_000) if reference.pin_of(KEY, f"{number:011d}")[:2] == "00"
    )
    pin = reference.pin_of(KEY, name)

    assert all(reference.is_pin(KEY, name, written) for written in (pin, pin[1:], pin[2:], f" {pin[2:]} "))
    assert not reference.is_pin(KEY, name, pin[:-1])
    assert not reference.is_pin(KEY, name, f"0{pin}")
    assert not reference.is_pin(KEY, name, pin[2:6])


@given(st.text(max_size=12))
def test_nothing_but_the_pin_is_the_pin(secret: str) -> None:
    name = "26483190275"
    digits = "".join(character for character in secret if character.isdigit())

    assert not reference.is_pin(KEY, name, secret) or int(digits) == int(reference.pin_of(KEY, name))
