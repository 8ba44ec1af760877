"""The channels that a petitioner chooses after the receipt: one remains, and each has a contact."""

from __future__ import annotations

import pytest

from shared.domain.errors import ActionNotPossibleError, InvalidInputError
from shared.domain.petition.change import Change
from shared.domain.petition.lifecycle import Action, State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import Petitioner, ReplyBy, SealedPart
from shared.domain.promises.chosen_channels import channels_on_file, choose_channels
from tests.support.builders import RECEIVED_AT, a_petition

EMAIL, SMS, PHONE = ReplyBy.EMAIL, ReplyBy.SMS, ReplyBy.PHONE
SEALED = SealedPart(at=RECEIVED_AT, ciphertext="eQ==")


def change(name: str) -> Change:
    return Change.by_petitioner(RECEIVED_AT, name)


def notified_over(*reply_by: ReplyBy, contacts: int = 1, state: State = State.IN_PROGRESS) -> Petition:
    keys = tuple(letter * 32 for letter in "cdef"[:contacts])
    return a_petition(state, petitioner=Petitioner(seal=(SEALED,), contact_keys=keys, reply_by=reply_by))


@pytest.mark.parametrize(
    ("petition", "offered"),
    [
        pytest.param(notified_over(EMAIL), (EMAIL,), id="an e-mail address alone"),
        pytest.param(notified_over(SMS), (SMS, PHONE), id="a number can be called too"),
        pytest.param(notified_over(EMAIL, contacts=2), (EMAIL, SMS, PHONE), id="both given, one chosen"),
        pytest.param(
            notified_over(EMAIL).add_contact(change("a"), SEALED, ("d" * 32,), (SMS,)),
            (EMAIL, SMS, PHONE),
            id="a number that was added",
        ),
        pytest.param(
            notified_over(EMAIL).add_contact(change("a"), SEALED, ("d" * 32,), (EMAIL,)),
            (EMAIL,),
            id="a second e-mail address is no number",
        ),
        pytest.param(
            notified_over(EMAIL, SMS).choose_channels(change("a"), (EMAIL,)),
            (EMAIL, SMS, PHONE),
            id="what was given up can be chosen again",
        ),
    ],
)
def test_channels_that_a_contact_serves_are_offered(petition: Petition, offered: tuple[ReplyBy, ...]) -> None:
    assert channels_on_file(petition) == offered


def test_what_was_preferred_stays_in_front_and_what_was_left_out_is_gone() -> None:
    petition = notified_over(SMS, EMAIL, contacts=2)

    fewer = choose_channels(petition, change("fewer"), [EMAIL])
    more = choose_channels(petition, change("more"), [PHONE, EMAIL, SMS])

    assert fewer.petitioner.reply_by == (EMAIL,)
    assert more.petitioner.reply_by == (SMS, EMAIL, PHONE)
    assert more.history[-1].action is Action.CHOOSE_CHANNELS
    assert more.history[-1].facts.stored()["chosen_before"] == "SMS,EMAIL"
    assert more.petitioner.contact_keys == petition.petitioner.contact_keys


def test_the_same_choice_changes_nothing() -> None:
    petition = notified_over(SMS, EMAIL)

    assert choose_channels(petition, change("again"), [EMAIL, SMS]) is petition


@pytest.mark.parametrize(
    ("wanted", "rule"),
    [
        pytest.param([], "missing", id="none is left"),
        pytest.param([SMS], "reply-by-without-contact", id="no number on file"),
    ],
)
def test_one_channel_with_a_contact_remains(wanted: list[ReplyBy], rule: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        choose_channels(notified_over(EMAIL), change("x"), wanted)

    assert refused.value.problems == (("reply_by", rule),)


def test_nothing_is_chosen_once_the_matter_has_ended() -> None:
    with pytest.raises(ActionNotPossibleError):
        choose_channels(notified_over(EMAIL, SMS, state=State.CLOSED), change("x"), [EMAIL])
