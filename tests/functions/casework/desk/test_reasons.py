"""Officers read names where the system stored codes; what people wrote stays as it is."""

from __future__ import annotations

import pytest

from chalicelib.casework.desk.reasons import note_in_words, reason_in_words
from shared.domain.petition.lifecycle import Action

FIELDS = {"CCVC": "Cán bộ, công chức, viên chức"}
UNITS = {"VCCVC": "Vụ Công chức - Viên chức", "VPB": "Văn phòng Bộ"}


def field(code: str) -> str:
    return FIELDS.get(code, code)


def unit(code: str) -> str:
    return UNITS.get(code, code)


@pytest.mark.parametrize(
    ("reason", "read"),
    [
        pytest.param(
            "quy định → REGULATION", "quy định → Cơ chế, chính sách, thủ tục hành chính", id="a kind"
        ),
        pytest.param(
            "tố cáo: nhận hối lộ → RESTRICTED", "tố cáo: nhận hối lộ → Tố cáo: quy trình riêng", id="a lane"
        ),
        pytest.param("viên chức → CCVC", "viên chức → Cán bộ, công chức, viên chức", id="a field"),
        pytest.param("trường → Bộ Giáo dục", "trường → Bộ Giáo dục", id="a body"),
        pytest.param("nâng ngạch CCVC", "nâng ngạch CCVC", id="words of the petition"),
    ],
)
def test_reason_of_the_router_names_what_it_speaks_for(reason: str, read: str):
    assert reason_in_words(reason, field, "vi") == read


def test_note_of_a_second_look_names_the_units():
    note = "Đã trả lời: VCCVC, VPB. Cấp cao hơn xem xét lại: VPB."

    read = note_in_words(Action.REOPEN, note, "petitioner", field, unit, "vi")

    assert read == (
        "Đã trả lời: Vụ Công chức - Viên chức, Văn phòng Bộ. Cấp cao hơn xem xét lại: Văn phòng Bộ."
    )


def test_note_of_an_officer_stays_as_they_wrote_it():
    assert (
        note_in_words(Action.ASSIGN, "→ CCVC của VPB", "officer:lan", field, unit, "vi") == "→ CCVC của VPB"
    )
