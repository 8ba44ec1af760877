"""Every contact on file is notified of a withdrawal, each by itself, and until when it can be undone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.notifier.receipts.receipt import receipt_of_sms
from chalicelib.notifier.senders.sender import Message
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import Identity, ReplyBy, contacts_on_file
from shared.domain.promises.deliveries import DeliveryState
from shared.domain.promises.notices import NoticeKind
from tests.campaigns.faults.injection import Fault
from tests.functions.notifier.conftest import EMAIL, PHONE, REFERENCE, PostRoom

OTHER_EMAIL, OTHER_PHONE = "chi.gai@thu.example", "+84987654321"


def withdrawn(post_room: PostRoom, petition: Petition) -> Petition:
    change = Change.by_petitioner(post_room.clock.now(), "withdraw")
    return post_room.save(petition, petition.withdraw(change, None))


def with_contact(post_room: PostRoom, petition: Petition, identity: Identity) -> Petition:
    now = post_room.clock.now()
    sealed = post_room.seal.close(identity, REFERENCE, now)
    keys = tuple(post_room.key_of(contact) for contact in (identity.phone, identity.email) if contact)
    change = Change.by_petitioner(now, f"contact:{petition.version}")
    return post_room.save(petition, petition.add_contact(change, sealed, keys, ()))


def tell(post_room: PostRoom, petition: Petition) -> None:
    post_room.notify(NoticeKind.WITHDRAWN, seq=petition.version)


def test_every_contact_is_notified_whatever_was_chosen(post_room: PostRoom):
    petition = with_contact(post_room, post_room.a_petition(ReplyBy.EMAIL), Identity(email=OTHER_EMAIL))
    petition = with_contact(post_room, petition, Identity(phone=OTHER_PHONE))

    tell(post_room, withdrawn(post_room, petition))

    assert sorted(post_room.sent_to()) == sorted(
        [("EMAIL", EMAIL), ("EMAIL", OTHER_EMAIL), ("SMS", PHONE), ("SMS", OTHER_PHONE)]
    )
    assert post_room.is_done()


def test_each_is_notified_once_however_often_the_message_comes(post_room: PostRoom):
    petition = withdrawn(post_room, post_room.a_petition())

    post_room.request(NoticeKind.WITHDRAWN, seq=petition.version, times=3)
    post_room.work()
    tell(post_room, petition)

    assert post_room.sent_to() == [("EMAIL", EMAIL), ("SMS", PHONE)]
    assert post_room.rows() == {
        "2#WITHDRAWN#PETITIONER#EMAIL#1": "SENT",
        "2#WITHDRAWN#PETITIONER#SMS#2": "SENT",
    }


def test_contact_that_cannot_be_reached_takes_its_own_next_channel(post_room: PostRoom):
    post_room.say_stop(PHONE)
    petition = withdrawn(post_room, post_room.a_petition())

    tell(post_room, petition)

    assert set(post_room.sent_to()) == {("EMAIL", EMAIL), ("PHONE", PHONE)}
    assert post_room.rows()["2#WITHDRAWN#PETITIONER#SMS#2"] == "FAILED"
    assert post_room.rows()["2#WITHDRAWN#PETITIONER#PHONE#2"] == "OPEN"


def test_arrival_at_one_contact_is_no_arrival_at_another(post_room: PostRoom):
    petition = withdrawn(post_room, post_room.a_petition())
    tell(post_room, petition)
    mail, sms = "2#WITHDRAWN#PETITIONER#EMAIL#1", "2#WITHDRAWN#PETITIONER#SMS#2"
    now = post_room.clock.now()

    post_room.deliveries.prove(REFERENCE, mail, DeliveryState.DELIVERED, at=now)
    post_room.deliveries.prove(REFERENCE, sms, DeliveryState.FAILED, at=now)
    tell(post_room, petition)

    assert post_room.rows() == {mail: "DELIVERED", sms: "FAILED", "2#WITHDRAWN#PETITIONER#PHONE#2": "OPEN"}


def test_who_chose_calls_is_called(post_room: PostRoom):
    petition = withdrawn(post_room, post_room.a_petition(ReplyBy.PHONE, email=None))

    tell(post_room, petition)

    assert post_room.sent_to() == [("PHONE", PHONE)]


def test_text_says_the_date_until_which_it_can_be_undone_and_how(post_room: PostRoom):
    """Withdrawn on Tuesday 3 November 2026: the third working day after it is Friday the 6th."""
    petition = withdrawn(post_room, post_room.a_petition())

    tell(post_room, petition)

    mail, sms = (message.text for message in post_room.out())
    assert "06/11/2026" in mail
    assert "/tra-cuu?ma=26483190275&t=" in mail
    assert "Không phải Ông/Bà rút?" in mail
    assert "06/11/2026" in sms
    assert "PAKN TIEP 26483190275" in sms
    assert "1900 1547" in sms


def test_undone_before_it_was_sent_it_is_not_sent(post_room: PostRoom):
    petition = withdrawn(post_room, post_room.a_petition())
    post_room.save(petition, petition.undo_withdrawal(Change.by_petitioner(post_room.clock.now(), "undo")))

    tell(post_room, petition)

    assert post_room.sent_to() == []
    assert post_room.rows() == {"2#WITHDRAWN#PETITIONER#NONE": "SUPERSEDED"}


def test_without_any_contact_it_is_closed(post_room: PostRoom):
    petition = withdrawn(post_room, post_room.a_petition(email=None, phone=None))

    tell(post_room, petition)

    assert post_room.rows() == {"2#WITHDRAWN#PETITIONER#NONE": "FAILED"}


@pytest.mark.parametrize("contact", ["", "#2", "#12"])
def test_receipt_of_an_sms_finds_the_delivery_of_its_contact(contact: str):
    notice = f"5#WITHDRAWN#PETITIONER#SMS{contact}"
    message = Message(reference=REFERENCE, notice=notice, to="", text="")

    receipt = receipt_of_sms(message.request_id, DeliveryState.DELIVERED, "x")

    assert receipt is not None
    assert (receipt.reference, receipt.notice) == (REFERENCE, notice)


def test_contacts_keep_their_numbers_as_the_seal_grows():
    first = [Identity(email="a@x.vn", phone="+841")]
    later = [
        *first,
        Identity(text="Nguyễn Văn A"),
        Identity(email="b@x.vn", phone="+841"),
        Identity(email="a@x.vn"),
    ]

    assert contacts_on_file(first) == ("a@x.vn", "+841")
    assert contacts_on_file(later) == ("a@x.vn", "+841", "b@x.vn")


def test_waits_of_one_contact_do_not_hold_up_another(post_room: PostRoom):
    post_room.clock.hold_at(post_room.clock.now() + timedelta(days=1))
    petition = withdrawn(post_room, post_room.a_petition())
    sms = "2#WITHDRAWN#PETITIONER#SMS#2"
    with post_room.system.faults.broken("SendEmail", Fault.LOST_REQUEST):
        tell(post_room, petition)

    assert post_room.rows()[sms] == "SENT"
