"""A person with only a basic phone: everything from the first message to the second look, as the phone shows it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from shared.domain.identity.gsm7 import is_gsm7, segments
from shared.tables.petition_items import petition_of
from tests.support.people import GatewayPhone, Officer, Phone, answer_petition, reference_in
from tests.support.target import Target

ASK = "De nghi Bo cho biet ket qua thi nang ngach cong chuc chuyen vien chinh dot thang 9"


class Screen:
    """A phone with all it shows: replies in the provider's answer and what the notifier sends, in order."""

    def __init__(self, system: Target, kind: str) -> None:
        self._system = system
        self._is_inline = kind == "esms"
        self._phone = Phone(system) if self._is_inline else GatewayPhone(system)
        self._replies: list[str] = []

    def send(self, text: str) -> None:
        answer = self._phone.send(text)
        if isinstance(answer, str) and answer:
            self._replies.append(answer)
        self._system.settle()

    def shown(self) -> list[str]:
        self._system.settle()
        notified = [
            sms.text for sms in self._system.outbox(channel="SMS") if sms.to == f"+{self._system.number}"
        ]
        return [*self._replies, *notified]

    def shows(self, pattern: str) -> str:
        matches = [text for text in self.shown() if re.search(pattern, text)]
        assert matches, (pattern, self.shown())
        return matches[-1]


@pytest.fixture(params=["esms", "standard"])
def screen(request: pytest.FixtureRequest, system: Target) -> Screen:
    """One whose provider takes the reply, and one whose provider takes none."""
    return Screen(system, request.param)


@pytest.mark.cloud
def test_person_with_only_sms_goes_all_the_way(system: Target, screen: Screen):
    screen.send(f"PAKN {ASK}")
    receipt = screen.shows("bo sung ho ten, dia chi")
    reference = reference_in(receipt)
    assert f"{system.due_on:%d/%m/%Y}" in receipt

    screen.send("Tran Thi Mua, thon Ha, xa Dong Son, Thanh Hoa")
    screen.shows("Da nhan ho ten, dia chi")

    screen.send("pakn tc")
    screen.shows(f"PAKN {reference}: Da phan cong. Han tra loi {system.due_on:%d/%m/%Y}")

    officer = Officer(system, "minh.ccvc")
    officer.do("accept", reference)
    officer.do("request-information", reference, question="Ông/Bà thi ở hội đồng nào?")
    screen.shows("bo sung")
    screen.send("Toi thi o hoi dong thi Ha Noi")
    screen.shows("Da nhan noi dung bo sung")
    assert officer.petition(reference)["state"] == "IN_PROGRESS"

    officer.do("draft-answer", reference, text="Kết quả công bố trước 30/11.")
    Officer(system, "binh.vanphong").do("approve", reference)
    screen.shows(f"da co ket qua.*PAKN DG {reference} <1-5>")

    screen.send("2")
    screen.shows(f"Da ghi nhan danh gia 2/5.*PAKN XL {reference}")
    screen.send(f"PAKN XL {reference} chua noi ro ngay")
    screen.shows(f"PAKN {reference} duoc mo lai de cap cao hon xem xet")
    screen.send("PAKN TC")
    screen.shows(f"PAKN {reference}: Mo lai")

    assert all(is_gsm7(text) and segments(text) == 1 for text in screen.shown())
    assert len(screen.shown()) == len(set(screen.shown()))
    (petition,) = (petition_of(item) for item in system.items("petitions"))
    assert [entry.action for entry in petition.history if entry.by == "petitioner"] == [
        "receive", "supplement", "supplement", "rate", "reopen",
    ]  # fmt: skip
    assert system.dead_letters() == 0


@pytest.mark.cloud
def test_person_with_only_sms_takes_it_back(system: Target, screen: Screen):
    screen.send(f"PAKN {ASK}")
    reference = reference_in(screen.shows("bo sung ho ten"))

    screen.send(f"pakn rut {reference[:2]} {reference[2:6]} {reference[6:10]} {reference[10]}")

    screen.shows(f"PAKN {reference} da duoc rut")
    (petition,) = (petition_of(item) for item in system.items("petitions"))
    assert petition.state == "WITHDRAWN"

    screen.send(f"PAKN TIEP {reference}")

    screen.shows(f"PAKN {reference} khong rut nua, duoc xu ly tiep")
    (petition,) = (petition_of(item) for item in system.items("petitions"))
    assert petition.state == "ASSIGNED"
    assert all(is_gsm7(text) and segments(text) == 1 for text in screen.shown())


@pytest.mark.cloud
def test_who_rated_well_hears_of_no_second_look(system: Target, screen: Screen):
    screen.send(f"PAKN {ASK}")
    reference = reference_in(screen.shows("bo sung ho ten"))
    answer_petition(system, reference)

    screen.send(f"PAKN DG {reference} 5")

    assert "XL" not in screen.shows("Da ghi nhan danh gia 5/5")


@pytest.mark.cloud
@pytest.mark.parametrize(
    "respell",
    [
        pytest.param(lambda text: text.lower(), id="small letters"),
        pytest.param(lambda text: text.replace("PAKN", "PKAN"), id="a slip"),
        pytest.param(lambda text: text.replace(" ", "  ").replace("PAKN", "P.A.K.N"), id="dots and spaces"),
    ],
)
def test_slips_cost_nobody_their_petition(system: Target, respell: Callable[[str], str]):
    phone = Phone(system)

    reference = reference_in(phone.send(respell(f"PAKN {ASK}")))

    assert reference in phone.send(respell(f"PAKN TC {reference}"))
