"""A petition filled to the brim: every door says so to its sender, and the ministry still answers it in time."""

from __future__ import annotations

import pytest

from infra.local.emulation.functions import HttpResponse
from shared.domain.petition import space
from shared.domain.petition.petition import MAX_CONTENT
from shared.tables.petition_items import petition_of
from tests.support.builders import vietnam
from tests.support.people import Citizen, Officer, Phone
from tests.support.system import System

LONG = ("Đề nghị Bộ xem xét lại việc xếp lương của viên chức. " * 200)[:MAX_CONTENT]
"""10,000 characters of ordinary Vietnamese: about 14,000 bytes."""
REFUSAL = "tệp đính kèm"


def supplement(system: System, citizen: Citizen, content: str, language: str = "vi") -> HttpResponse:
    return system.http(
        "POST",
        f"/v1/petitions/{citizen.reference}/supplements",
        json={"content": content},
        headers={"X-Petition-Pin": citizen.pin, "Accept-Language": language},
    )


@pytest.fixture
def full(system: System) -> Citizen:
    """Somebody who added texts until no more was taken, not even a short one."""
    citizen = Citizen(system)
    citizen.send()
    for text in (LONG, "Bổ sung ngắn. " * 20):
        for number in range(200):
            if supplement(system, citizen, f"{number} {text}"[:MAX_CONTENT]).status >= 400:
                break
    system.settle()
    return citizen


def test_every_door_refuses_what_does_not_fit_and_points_to_attachments(
    system: System, full: Citizen
) -> None:
    in_vietnamese = supplement(system, full, LONG)
    in_english = supplement(system, full, LONG, "en")
    page = system.http(
        "POST", "/tra-cuu/bo-sung", form={"ma": full.reference, "pin": full.pin, "content": LONG, "key": "k1"}
    )
    by_sms = Phone(system).send(f"PAKN BS {full.reference} {LONG[:900]}")
    by_operator = Officer(system, "tong.dai").post(
        f"/v1/callers/{full.reference}", call_id="c1", pin=full.pin, wish="supplement", text=LONG
    )

    assert (in_vietnamese.status, in_vietnamese.json()["code"]) == (422, "petition-full")
    assert REFUSAL in in_vietnamese.json()["detail"]
    assert "attached file" in in_english.json()["detail"]
    assert page.status == 422
    assert REFUSAL in page.text
    assert LONG.strip()[:500] in page.text
    assert "CHUA duoc ghi" in by_sms
    assert "tep dinh kem" in by_sms
    assert (by_operator.status, by_operator.json()["errors"][0]["field"]) == (422, "text")


def test_full_petition_is_warned_about_updated_answered_and_published(system: System, full: Citizen) -> None:
    system.travel(to=vietnam("2026-12-15"))
    handler = Officer(system, "minh.ccvc")
    handler.do("accept", full.reference)
    handler.do("note", full.reference, progress="Đang xin ý kiến Bộ Tài chính.")
    handler.do("draft-answer", full.reference, text=LONG)
    approver = Officer(system, "binh.vanphong")
    approver.do("approve", full.reference)

    assert full.look()["answer"]["text"] == LONG.strip()
    (item,) = system.items("petitions")
    updates = [e for e in petition_of(item).history if e.action == "update-petitioner"]
    assert len(updates) == 2
    assert system.dead_letters() == 0
    assert space.petitioners_bytes(petition_of(item)) < 200_000
