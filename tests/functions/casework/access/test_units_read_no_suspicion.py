"""A unit reads nowhere that its petition was taken for a denunciation; those who decide about it do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest

from tests.support.desk_pages import Browser
from tests.support.people import Citizen, Officer
from tests.support.system import System

HINTED = (
    "Tôi xin không ghi tên. Ở đơn vị tôi sổ quỹ và két tiền lệch nhau đã lâu, mong cấp trên cho người về xem."
)
POSSIBLE = (
    "Thêm nữa, chị thủ quỹ giữ lại của mỗi người một khoản, ký vào sổ riêng của chị, xin giữ kín cho tôi."
)
SURE = "Tôi tố cáo ông Trần Văn Cường, trưởng phòng, đã nhận hối lộ 20 triệu đồng để sửa điểm."
OF_THE_ROUTER = (
    "Có thể là tố cáo",
    "may-denounce",
    '"may_denounce": true',
    '"may_denounce":true',
    "RESTRICTED",
)
UNIT = ("minh.ccvc", "huong.ccvc")
API = (
    "/v1/petitions",
    "/v1/petitions/{reference}",
    "/v1/petitions/{reference}/notices",
    "/v1/reports/workload",
    "/v1/reports/timeliness",
    "/v1/reports/task-force",
    "/v1/reports/trends",
    "/v1/reports/workload/cases?measure=received&from=2026-01-01",
    "/v1/reports/task-force?format=csv",
    "/v1/reports/steering-committee?format=csv",
)


def suspected_at_once(system: System) -> str:
    """Send what the router keeps at the intake desk, which gives it to a unit."""
    citizen = Citizen(system, content=HINTED)
    citizen.send()
    Officer(system, "lan.tiepnhan").do("assign", citizen.reference, unit="VCCVC", field="CCVC")
    return citizen.reference


def suspected_later(system: System) -> str:
    """Add a text that brings a petition back to the intake desk, which gives it to the unit again."""
    citizen = Citizen(system)
    citizen.send()
    assert citizen.add("supplements", content=POSSIBLE).status in {200, 201}
    Officer(system, "lan.tiepnhan").do("assign", citizen.reference, unit="VCCVC")
    return citizen.reference


def suspected_while_a_draft_waits(system: System) -> str:
    """Add the text when the petition stays where it is, because its draft waits for approval."""
    citizen = Citizen(system)
    citizen.send()
    minh = Officer(system, "minh.ccvc")
    minh.do("accept", citizen.reference)
    minh.do("draft-answer", citizen.reference, text="Kết quả công bố trước 30/11.")
    assert citizen.add("supplements", content=POSSIBLE).status in {200, 201}
    return citizen.reference


def restricted_for_a_while(system: System) -> str:
    """Add what the router takes for a denunciation; an inspector returns it, because it is none."""
    citizen = Citizen(system)
    citizen.send()
    assert citizen.add("supplements", content=SURE).status in {200, 201}
    khanh = Officer(system, "khanh.tocongtac")
    khanh.do("note", citizen.reference, note="Có thể là tố cáo: đang xem.")
    khanh.do("return-to-intake", citizen.reference, reason="Có thể là tố cáo nhầm: người gửi đã nói lại.")
    Officer(system, "lan.tiepnhan").do("assign", citizen.reference, unit="VCCVC", field="CCVC")
    return citizen.reference


LIVES: tuple[Callable[[System], str], ...] = (
    suspected_at_once,
    suspected_later,
    suspected_while_a_draft_waits,
    restricted_for_a_while,
)


def pages_of(system: System, username: str) -> Iterator[tuple[str, str]]:
    """Open the desk and every page that a link leads to from there, each once: (path, page)."""
    browser = Browser(system, username)
    waiting, seen = ["/desk/"], set[str]()
    while waiting:
        path = waiting.pop()
        page = browser.get(path)
        yield path, unescape(re.sub(r"<option.*?</option>", "", page.text, flags=re.DOTALL))
        for link in re.findall(r'<a [^>]*href="([^"]+)"', page.text):
            target = unescape(link).partition("#")[0]
            kind = re.sub(r"\d{11}|\d+", "N", target)
            if urlsplit(target).path.startswith("/desk/") and "format=" not in target and kind not in seen:
                seen.add(kind)
                waiting.append(target)


@pytest.mark.parametrize("life", LIVES)
def test_nothing_that_an_officer_of_the_unit_can_reach_tells_of_the_suspicion(
    system: System, life: Callable[[System], str]
):
    reference = life(system)
    shown_at_intake = {reason for seen in reasons_at_intake(system, reference) for reason in seen}

    reached = {
        f"{username} {path}": text
        for username in UNIT
        for path, text in (
            *pages_of(system, username),
            *((path, Officer(system, username).get(path.format(reference=reference)).text) for path in API),
        )
    }
    addressed = [f"{m.subject} {m.text}" for m in system.outbox() if "ccvc" in m.to]

    words = {*OF_THE_ROUTER, *shown_at_intake}
    assert any(f"/desk/petitions/{reference}" in path for path in reached)
    assert addressed
    assert {path: word for path, text in reached.items() for word in words if word in text} == {}
    assert [text for text in addressed for word in words if word in text] == []


def reasons_at_intake(system: System, reference: str) -> Iterator[list[str]]:
    """Yield the words of the suspicion that the intake desk reads: the proposal's reasons and the notes."""
    seen = Officer(system, "lan.tiepnhan").petition(reference)
    if seen["proposal"]["because"] and seen["proposal"]["because"][0].startswith("Có thể"):
        yield seen["proposal"]["because"]
    yield [entry["note"] for entry in seen["history"] if (entry["note"] or "").startswith("Có thể")]


@pytest.mark.parametrize("life", LIVES)
def test_those_who_decide_read_the_whole_history(system: System, life: Callable[[System], str]):
    reference = life(system)

    for username in ("lan.tiepnhan", "khanh.tocongtac", "binh.vanphong"):
        seen = Officer(system, username).petition(reference)
        assert [entry["seq"] for entry in seen["history"]] == list(range(1, seen["version"] + 1))
        assert "Có thể là tố cáo" in str(seen) or "restrict" in str(seen["history"])


def test_the_unit_goes_on_with_the_version_that_it_reads(system: System):
    reference = suspected_while_a_draft_waits(system)
    minh = Officer(system, "minh.ccvc")

    answered = minh.try_to("note", reference, note="Đang chờ duyệt.")

    assert answered.status == 200


def test_an_officer_of_the_unit_reads_the_petitioners_words_of_that_time(system: System):
    reference = restricted_for_a_while(system)

    seen = Officer(system, "minh.ccvc").petition(reference)

    (supplement,) = [entry for entry in seen["history"] if entry["action"] == "supplement"]
    assert supplement["text"] == SURE
    assert [entry["action"] for entry in seen["history"]] == ["receive", "route", "supplement", "assign"]
