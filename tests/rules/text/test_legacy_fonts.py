"""Vietnamese in fonts from before Unicode is read; everything else stays as it is."""

from __future__ import annotations

import pytest

from shared.domain.text.clean_text import clean_text
from shared.domain.text.legacy_fonts import decoded


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        pytest.param(
            "PAKN §Ò nghÞ xem l¹i l\u00ad¬ng c¸n bé x·",
            "PAKN Đề nghị xem lại lương cán bộ xã",
            id="TCVN3, with ư as a soft hyphen",
        ),
        pytest.param("NguyÔn V¨n An", "Nguyễn Văn An", id="a name in TCVN3"),
        pytest.param("Hµ Néi", "Hà Nội", id="a city in TCVN3"),
        pytest.param("CéNG HßA X· HéI CHñ NGHÜA", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA", id="a heading in TCVN3"),
        pytest.param("VIÖT NAM", "VIỆT NAM", id="capitals in TCVN3"),
        pytest.param(
            "Ñeà nghò xem laïi löông caùn boä xaõ", "Đề nghị xem lại lương cán bộ xã", id="a sentence in VNI"
        ),
        pytest.param(
            "Nguyeãn Vaên An, xaõ Bình Chaùnh", "Nguyễn Văn An, xã Bình Chánh", id="name and address in VNI"
        ),
        pytest.param("Coâng ty", "Công ty", id="a word in VNI that TCVN3 reads too"),
        pytest.param("COÄNG HOØA XAÕ HOÄI", "CỘNG HÒA XÃ HỘI", id="capitals in VNI"),
        pytest.param("Kính göûi UBND tænh", "Kính gửi UBND tỉnh", id="a greeting in VNI"),
    ],
)
def test_old_font_is_read(written: str, meant: str) -> None:
    assert decoded(written) == meant
    assert clean_text(written) == clean_text(meant)


@pytest.mark.parametrize(
    "text",
    [
        "Nguyễn Văn An, xã Bình Chánh, Hà Nội",
        "bà Bùi ở xã Ba Vì",
        "cán bộ xã đã nhận 5 triệu",
        "Phùng Chí Kiên, xã Hòa An",
        "café très sûr, garçon, François Désirée",
        "Straße in Köln, Müller, Göteborg, Smørrebrød",
        "señor niño, São Paulo, José",
        "© 2025 ACME®, § 5, 10 m², 5 µg, ½, «a»",
        "TÊT",
        "Æ",
        "",
        "PAKN De nghi xem lai luong",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert decoded(text) == text


def test_soft_hyphen_of_a_word_processor_goes() -> None:
    assert clean_text("phản\u00ad ánh ki\u00adến nghị") == "phản ánh kiến nghị"


def test_every_letter_of_the_alphabet_is_read_in_tcvn3() -> None:
    # given the codes of TCVN 5712:1993 for each vowel with each tone, in words that have them
    words = {
        "vµ": "và", "c¶": "cả", "ng·": "ngã", "l¸": "lá", "m¹": "mạ",
        "b»ng": "bằng", "n¾ng": "nắng", "th¾p": "thắp", "t¼m": "tẳm", "s½n": "sẵn", "gÆp": "gặp",
        "cÇn": "cần", "cÈn": "cẩn", "mÉu": "mẫu", "cÊp": "cấp", "cËn": "cận",
        "vÒ": "về", "kÓ": "kể", "lÔ": "lễ", "thÕ": "thế", "hÖ": "hệ",
        "®õng": "đừng", "cöa": "cửa", "n÷a": "nữa", "thø": "thứ", "sù": "sự",
        "vî": "vợ", "ch¬i": "chơi", "lêi": "lời", "më": "mở", "bìi": "bỡi", "tíi": "tới",
        "tù": "tự", "mü": "mỹ", "ký": "ký", "kþ": "kỵ", "kú": "kỳ", "ñy": "ủy",
    }  # fmt: skip

    misread = {
        written: decoded(f"§Ò nghÞ xem l¹i {written}").rpartition(" ")[2]
        for written, meant in words.items()
        if decoded(f"§Ò nghÞ xem l¹i {written}") != f"Đề nghị xem lại {meant}"
    }

    assert misread == {}
