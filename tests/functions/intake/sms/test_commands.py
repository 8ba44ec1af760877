"""Texts that people write to 8088, and the command that each means."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.intake.sms.commands import (
    AskAgain,
    Command,
    Help,
    Rate,
    Send,
    Start,
    Stop,
    Supplement,
    Topic,
    Track,
    Withdraw,
    parse,
)
from shared.domain.text.legacy_fonts import decoded

REFERENCE = "26483190275"

SENDING = [
    pytest.param("PAKN Đề nghị xem lại lương", Send("Đề nghị xem lại lương"), id="as advertised"),
    pytest.param("pakn de nghi xem lai luong", Send("de nghi xem lai luong"), id="small letters, no accents"),
    pytest.param("PAKN: tôi 60 tuổi", Send("tôi 60 tuổi"), id="a colon after the keyword"),
    pytest.param("PAKN, cho hỏi", Send("cho hỏi"), id="a comma after the keyword"),
    pytest.param("PAKN-cho hỏi", Send("cho hỏi"), id="a hyphen after the keyword"),
    pytest.param(
        "PAKN Chậm quá! Đề nghị xem lại.", Send("Chậm quá! Đề nghị xem lại."), id="its full stop is kept"
    ),
    pytest.param("PAKN Trả lời chậm quá! -", Send("Trả lời chậm quá!"), id="a signature's dash is not"),
    pytest.param(
        "PAKN BS 26483190275 thêm giấy tờ.", Supplement("26483190275", "thêm giấy tờ."), id="also added"
    ),
    pytest.param("PAKN TC 26483190275.", Track("26483190275"), id="a full stop after a command says nothing"),
    pytest.param("PAKN\ncho hỏi\nhai dòng", Send("cho hỏi\nhai dòng"), id="lines are kept"),
    pytest.param("PAKNcho hỏi", Send("cho hỏi"), id="no space after the keyword"),
    pytest.param("PAK N cho hỏi", Send("cho hỏi"), id="a space in the keyword"),
    pytest.param("P A K N cho hỏi", Send("cho hỏi"), id="the keyword spelled out"),
    pytest.param("P.A.K.N. cho hỏi", Send("cho hỏi"), id="the keyword with dots"),
    pytest.param("[PAKN] cho hỏi", Send("cho hỏi"), id="the keyword in brackets"),
    pytest.param("  \ufeff PAKN cho hỏi", Send("cho hỏi"), id="spaces and a byte order mark before"),
    pytest.param("ＰＡＫＮ　cho hỏi", Send("cho hỏi"), id="full-width letters"),
    pytest.param("PANK cho hỏi", Send("cho hỏi"), id="two letters swapped"),
    pytest.param("PKAN cho hỏi", Send("cho hỏi"), id="two other letters swapped"),
    pytest.param("PAKM cho hỏi", Send("cho hỏi"), id="the key beside"),
    pytest.param("PAK cho hỏi", Send("cho hỏi"), id="a letter missed"),
    pytest.param("PAKKN cho hỏi", Send("cho hỏi"), id="a letter doubled"),
    pytest.param("PAKN <nội dung>", Send("nội dung"), id="the brackets of the leaflet copied"),
    pytest.param("PAKN 'cho hỏi'", Send("cho hỏi"), id="in quotes"),
    pytest.param("PAKN BS Hùng vòi tiền", Send("BS Hùng vòi tiền"), id="a doctor, not a supplement"),
    pytest.param("PAKN TC xã hội nào quản lý hội?", Send("TC xã hội nào quản lý hội?"), id="an organisation"),
    pytest.param(
        "PAKN rút tiền lương hưu bị phiền hà", Send("rút tiền lương hưu bị phiền hà"), id="drawing money"
    ),
    pytest.param("PAKN đánh giá cán bộ không đúng", Send("đánh giá cán bộ không đúng"), id="about rating"),
    pytest.param("PAKN xem lại lương", Send("xem lại lương"), id="asking to look at wages again"),
    pytest.param("PAKN 5 năm chưa xong", Send("5 năm chưa xong"), id="five years are no score"),
    pytest.param("PAKN Tra cứu hồ sơ ở đâu", Send("Tra cứu hồ sơ ở đâu"), id="asking where to track"),
    pytest.param("PAKN hủy bỏ thủ tục này", Send("hủy bỏ thủ tục này"), id="about abolishing"),
    pytest.param(
        "PAKN BS 3 người cùng cơ quan", Send("BS 3 người cùng cơ quan"), id="a small number is no reference"
    ),
    pytest.param(
        "PAKN 2 năm chưa được trả lời", Send("2 năm chưa được trả lời"), id="beginning with a number"
    ),
    pytest.param(
        f"PAKN hồ sơ {REFERENCE} quá hạn",
        Send(f"hồ sơ {REFERENCE} quá hạn"),
        id="naming a reference in passing",
    ),
    pytest.param(
        "PAKN 0901234567 gọi lại cho tôi", Send("0901234567 gọi lại cho tôi"), id="beginning with a phone"
    ),
    pytest.param("PAKN 👍 tốt", Send("👍 tốt"), id="an emoji stays"),
    pytest.param("PAKN a\u202eb\x00c", Send("abc"), id="direction marks and NUL go"),
]

TRACKING = [
    pytest.param("PAKN TC 26483190275", id="as advertised"),
    pytest.param("pakn tc 26483190275", id="small letters"),
    pytest.param("PAKN TC 26 4831 9027 5", id="the reference with spaces"),
    pytest.param("PAKN TC 26.4831.9027.5", id="the reference with dots"),
    pytest.param("PAKN TC 26-4831-9027-5", id="the reference with hyphens"),
    pytest.param("PAKN TC: 26483190275.", id="stray punctuation"),
    pytest.param("PAKN TC <26483190275>", id="brackets copied"),
    pytest.param("PAKN TC #26483190275", id="a number sign"),
    pytest.param("PAKN TC\n26 4831 9027 5", id="on two lines"),
    pytest.param("PAKNTC26483190275", id="no spaces at all"),
    pytest.param("PAKN.TC.26483190275", id="dots for spaces"),
    pytest.param("PAKN TRACUU 26483190275", id="the word in full"),
    pytest.param("PAKN tra cứu 26483190275", id="the words with accents"),
    pytest.param("PANK CT 26483190275", id="letters swapped in both words"),
    pytest.param("PAKN TC 26483I9O275", id="letters that look like digits"),
    pytest.param("PAKN TC ２６４８３１９０２７５", id="full-width digits"),
    pytest.param("PAKN TC 26483190275 xin cảm ơn", id="thanks behind"),
    pytest.param("PAKN 26 4831 9027 5", id="only the reference"),
    pytest.param("TC 26483190275", id="the keyword forgotten"),
]

OTHERS = [
    pytest.param(
        "PAKN BS 26 4831 9027 5 thêm ảnh", Supplement(REFERENCE, "thêm ảnh"), id="supplement as advertised"
    ),
    pytest.param(
        "PAKN BS 26 4831 9027 5 2 người",
        Supplement(REFERENCE, "2 người"),
        id="supplement beginning with a digit",
    ),
    pytest.param(
        "pakn bổ sung 26483190275: Nguyễn Văn A",
        Supplement(REFERENCE, "Nguyễn Văn A"),
        id="supplement in words",
    ),
    pytest.param("PAKN SB 26483190275 x", Supplement(REFERENCE, "x"), id="supplement with letters swapped"),
    pytest.param(
        "PAKN BS <26483190275> <họ tên>",
        Supplement(REFERENCE, "họ tên"),
        id="supplement with brackets copied",
    ),
    pytest.param("PAKN DG 26483190275 5", Rate(REFERENCE, 5), id="rating as advertised"),
    pytest.param("PAKN đánh giá 26 4831 9027 5 4 sao", Rate(REFERENCE, 4), id="rating in words and stars"),
    pytest.param("PAKN DG 26483190275 1/5", Rate(REFERENCE, 1), id="one of five"),
    pytest.param("PAKN DG 264831902753", Rate(REFERENCE, 3), id="score glued to the reference"),
    pytest.param("PAKN DG 26483190275: 2 vì chậm", Rate(REFERENCE, 2), id="rating with a remark"),
    pytest.param(
        "PAKN XL 26483190275 chưa đúng ý tôi hỏi",
        AskAgain(REFERENCE, "chưa đúng ý tôi hỏi"),
        id="second look as advertised",
    ),
    pytest.param(
        "pakn xem lại 26 4831 9027 5: chưa rõ", AskAgain(REFERENCE, "chưa rõ"), id="second look in words"
    ),
    pytest.param("PAKN XL 26483190275", AskAgain(REFERENCE, ""), id="second look without a reason"),
    pytest.param("PAKN TC", Track(None), id="tracking the only one"),
    pytest.param("PAKN tra cứu?", Track(None), id="tracking the only one in words"),
    pytest.param("PAKN DG 5", Rate(None, 5), id="rating the only one"),
    pytest.param("PAKN đánh giá 4/5!", Rate(None, 4), id="rating the only one in words"),
    pytest.param("PAKN 3", Rate(None, 3), id="only a score behind the keyword"),
    pytest.param(" 5. ", Rate(None, 5), id="only a score, as an answer to our question"),
    pytest.param("PAKN RUT 26483190275", Withdraw(REFERENCE), id="withdrawal as advertised"),
    pytest.param(
        "PAKN rút 26.4831.9027.5 vì đã xong", Withdraw(REFERENCE), id="withdrawal with accents and reason"
    ),
    pytest.param("PAKN rút đơn 26483190275", Withdraw(REFERENCE), id="withdrawal in words"),
    pytest.param("HUY", Stop(), id="stop as advertised"),
    pytest.param("hủy", Stop(), id="stop with an accent"),
    pytest.param("Huỷ!", Stop(), id="stop with the other accent and a mark"),
    pytest.param("PAKN HUY", Stop(), id="stop behind the keyword"),
    pytest.param("STOP", Stop(), id="stop in English"),
    pytest.param("HUY. Cam on", Stop(), id="stop with thanks"),
    pytest.param("TU CHOI", Stop(), id="stop as networks write it"),
    pytest.param("TUCHOI", Stop(), id="stop in one word"),
    pytest.param("HUY 8088", Stop(), id="stop with the short code"),
    pytest.param("Đề nghị huỷ nhận tin", Stop(), id="stop as a request"),
    pytest.param("huy dich vu giup toi", Stop(), id="stop as a favour"),
    pytest.param("khong nhan nua", Stop(), id="stop without a noun"),
    pytest.param("UNSUB", Stop(), id="stop in short English"),
    pytest.param("Huy nhan tin", Stop(), id="stop in words"),
    pytest.param("PAKN Từ chối nhận tin nhắn", Stop(), id="stop in words behind the keyword"),
    pytest.param("Toi khong muon nhan tin nua", Stop(), id="stop in a sentence"),
    pytest.param("MO lai. Cam on", Start(), id="wanting SMS again with thanks"),
    pytest.param(
        "PAKN hủy quyết định kỷ luật", Send("hủy quyết định kỷ luật"), id="a petition that begins so"
    ),
    pytest.param("PAKN khong thong bao", Send("khong thong bao"), id="a petition that is short"),
    pytest.param("MO", Start(), id="wanting SMS again as advertised"),
    pytest.param("mở", Start(), id="wanting SMS again with an accent"),
    pytest.param("Mở!", Start(), id="wanting SMS again with a mark"),
    pytest.param("PAKN MO", Start(), id="wanting SMS again behind the keyword"),
    pytest.param("START", Start(), id="wanting SMS again in English"),
    pytest.param("PAKN mở lại đường", Send("mở lại đường"), id="a petition that begins with the same word"),
]

HELPING = [
    pytest.param("", Help(), id="nothing"),
    pytest.param("  \n ", Help(), id="only spaces"),
    pytest.param("PAKN", Help(), id="the keyword alone"),
    pytest.param("PAKN ...", Help(), id="the keyword and dots"),
    pytest.param("PAKN hướng dẫn", Help(None, "hướng dẫn"), id="asking for help"),
    pytest.param("xin chào", Help(None, "xin chào"), id="no keyword"),
    pytest.param("TC", Help(None, "TC"), id="two letters without keyword and reference"),
    pytest.param("6", Help(None, "6"), id="a score that there is not"),
    pytest.param(
        "Nguyễn Văn A, 12 Lê Lợi, Huế", Help(None, "Nguyễn Văn A, 12 Lê Lợi, Huế"), id="name and address"
    ),
    pytest.param("Pan toi", Help(None, "Pan toi"), id="a word that only resembles the keyword"),
    pytest.param("Phan Anh", Help(None, "Phan Anh"), id="a person's name"),
    pytest.param("PAKN DG xấu", Help(Topic.RATE, "DG xấu"), id="no score and no reference"),
    pytest.param("PAKN XL", Help(Topic.SECOND_LOOK, "XL"), id="a second look at what?"),
    pytest.param("PAKN TC 2648319027", Help(Topic.TRACK, "TC 2648319027"), id="a digit too few"),
    pytest.param("PAKN TC 264831902751", Help(Topic.TRACK, "TC 264831902751"), id="a digit too many"),
    pytest.param(
        "PAKN BS 26483190275", Help(Topic.SUPPLEMENT, "BS 26483190275"), id="a supplement with nothing in it"
    ),
    pytest.param(
        "PAKN BS 264831902751 abc xyz",
        Help(Topic.SUPPLEMENT, "BS 264831902751 abc xyz"),
        id="a supplement to a mistyped reference keeps its text",
    ),
    pytest.param("PAKN DG 26483190275", Help(Topic.RATE, "DG 26483190275"), id="no score"),
    pytest.param("PAKN DG 26483190275 9", Help(Topic.RATE, "DG 26483190275 9"), id="a score of nine"),
    pytest.param(
        "PAKN DG 26483190275 10", Help(Topic.RATE, "DG 26483190275 10"), id="a score of ten is not one"
    ),
    pytest.param("PAKN DG tốt", Help(Topic.RATE, "DG tốt"), id="a score in words"),
    pytest.param("PAKN RUT", Help(Topic.WITHDRAW, "RUT"), id="withdrawing without a reference"),
    pytest.param(
        "PAKN RUT 264831902751", Help(Topic.WITHDRAW, "RUT 264831902751"), id="withdrawing is never guessed"
    ),
    pytest.param("PAKN HUY 26483190275", Help(Topic.WITHDRAW, "HUY 26483190275"), id="stop or withdraw? ask"),
]


@pytest.mark.parametrize(("content", "command"), [*SENDING, *OTHERS, *HELPING])
def test_message_means(content: str, command: Command) -> None:
    assert parse(content) == command


@pytest.mark.parametrize("content", TRACKING)
def test_message_asks_how_the_petition_stands(content: str) -> None:
    assert parse(content) == Track(REFERENCE)


@pytest.mark.parametrize(("content", "command"), [*SENDING, *OTHERS])
def test_message_means_the_same_however_its_accents_are_encoded(content: str, command: Command) -> None:
    assert parse(unicodedata.normalize("NFD", content)) == command


@pytest.mark.parametrize(
    ("content", "command"),
    [
        pytest.param("Đề nghị xem lại lương", Send("Đề nghị xem lại lương"), id="a petition"),
        pytest.param("TC 26483190275", Track(REFERENCE), id="tracking"),
        pytest.param("bs 26483190275 thêm", Supplement(REFERENCE, "thêm"), id="a supplement"),
        pytest.param("DG 26483190275 4", Rate(REFERENCE, 4), id="a rating"),
        pytest.param("RUT 26483190275", Withdraw(REFERENCE), id="a withdrawal"),
        pytest.param("HUY", Stop(), id="a stop"),
        pytest.param("MO", Start(), id="taking a stop back"),
        pytest.param("", Help(), id="nothing"),
        pytest.param("PAKN cho hỏi", Send("cho hỏi"), id="the keyword left in after all"),
    ],
)
def test_message_without_the_keyword_that_the_provider_took_off_means_the_same(
    content: str, command: Command
) -> None:
    assert parse(content, keyword_stripped=True) == command


def test_commands_do_not_show_what_people_wrote_in_logs() -> None:
    for command in (Send("bí mật"), Supplement(REFERENCE, "bí mật"), Help(None, "bí mật")):
        assert "bí mật" not in repr(command)


@given(st.text(max_size=300))
def test_any_text_is_understood_or_answered_with_help(text: str) -> None:
    for keyword in ("", "PAKN ", "PAKN TC ", "PAKN BS ", "PAKN XL ", "PAKN DG "):
        command = parse(keyword + text)

        if isinstance(command, Track | Supplement | Rate | AskAgain | Withdraw) and command.reference:
            assert len(command.reference) == 11
            assert command.reference.isascii()
            assert command.reference.isdigit()
        if isinstance(command, Send | Supplement):
            assert command.content.strip()
            command.content.encode("utf-8")


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd", "Zs"]), max_size=160))
def test_no_word_of_a_petition_is_lost(text: str) -> None:
    command = parse("PAKN " + text)

    if isinstance(command, Send):
        expected = unicodedata.normalize("NFC", decoded(f"PAKN {text}").removeprefix("PAKN ")).translate(
            {n: n - 0xFEE0 for n in range(0xFF01, 0xFF5F)} | {0xD0: "Đ", 0xF0: "đ", 0x189: "Đ", 0x256: "đ"}
        )
        assert "".join(command.content.split()) == "".join(expected.split())


@given(
    st.sampled_from(["TC", "tc", "Tra cứu", "TRACUU"]),
    st.from_regex(r"[0-9]{11}", fullmatch=True),
    st.lists(st.sampled_from(["", " ", ".", "-", "  "]), min_size=10, max_size=10),
)
def test_reference_is_found_however_it_is_grouped(word: str, digits: str, gaps: list[str]) -> None:
    grouped = "".join(a + b for a, b in zip(digits, [*gaps, ""], strict=True))

    assert parse(f"PAKN {word} {grouped}") == Track(digits)


def test_a_very_long_message_takes_no_long_time() -> None:
    for text in (
        "PAKN " + "1 " * 8000,
        "P" + " " * 16000,
        "PAKN BS " + "-" * 16000,
        "PAKN TC " + "o0" * 8000,
    ):
        assert parse(text) is not None


GUIDE = (Path(__file__).parents[4] / "docs" / "webhooks.md").read_text("utf-8")
CHAPTER = GUIDE.partition("## What people write")[2].partition("\n#")[0]
GUIDES_EXAMPLES = re.findall(r"^\| `([^`]+)` \| (\w+) \|", CHAPTER, re.MULTILINE)


def test_the_guide_knows_every_command() -> None:
    assert {name for _, name in GUIDES_EXAMPLES} == {kind.__name__ for kind in get_args(Command)}


@pytest.mark.parametrize(("content", "name"), GUIDES_EXAMPLES)
def test_the_guides_examples_mean_what_it_says(content: str, name: str) -> None:
    assert type(parse(content)).__name__ == name
