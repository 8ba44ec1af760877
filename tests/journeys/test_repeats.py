"""One text sent twice under two keys: both are kept, and officers are pointed at the first; nothing is dropped."""

from __future__ import annotations

from shared.domain.identity.reference import spaced
from tests.support.people import Citizen, Officer
from tests.support.system import System


def test_same_text_of_the_same_person_under_another_key_is_kept_and_pointed_out(system: System):
    first, second = Citizen(system), Citizen(system)
    first.send()
    system.travel(minutes=1)
    second.send()

    assert first.reference != second.reference
    officer = Officer(system, "lan.tiepnhan")
    pages = {ref: str(officer.petition(ref)) for ref in (first.reference, second.reference)}
    pointer = f"Có thể trùng với {spaced(first.reference)}"
    assert pointer in pages[second.reference]
    assert "Có thể trùng" not in pages[first.reference]


def test_another_persons_same_text_is_not_taken_for_a_repeat(system: System):
    first = Citizen(system)
    first.send()
    other = Citizen(
        system,
        petitioner={"name": "Lê Văn Bình", "address": "Huế", "email": "binh.le@thu.example"},
        reply_by=["EMAIL"],
    )
    other.send()

    assert "Có thể trùng" not in str(Officer(system, "lan.tiepnhan").petition(other.reference))
