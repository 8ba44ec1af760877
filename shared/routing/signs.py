"""Signs in a text that no list of phrases can hold: a named person, a numbered decision, another language.

They join the phrases of the rules' `signal` rows; rows of those names carry the words by which a sign is
recognised or explained. Only the fact is passed on, never the name or number that was seen.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from shared.routing import bargains
from shared.routing.text import Words, is_syllable, read

NAMED_PERSON = "named_person"
DECISION_NUMBER = "decision_number"
FOREIGN_SCRIPT = "foreign_script"
NOT_VIETNAMESE = "not_vietnamese"
GIBBERISH = "gibberish"
LINK = "link"
WORDLESS = "wordless"
BRIEF = "brief"
ACTOR = "actor"
HEAD = "head"
DISCREPANCY = "discrepancy"

_TITLES = frozenset({"ông", "bà", "anh", "chị", "cô", "thầy", "đồng", "chí", "đc", "mr", "mrs", "ms"})
_BARE_TITLES = frozenset({"ong", "ba", "anh", "chi", "co", "thay", "ten"})
_SURNAMES = frozenset(
    read(
        "Nguyễn Trần Lê Phạm Huỳnh Hoàng Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Đoàn Trịnh Lương Mai Đào Trương"
        " Lâm Cao Tạ Tôn Lưu Chu Thạch Hà Quách Tống La Kiều Lò Vàng Giàng Sùng Nông Hứa Cầm Đèo Thào Ma Kha Sầm"
    ).folded
)
_UNMISTAKABLE = frozenset({"nguyen", "tran", "pham", "huynh", "trinh", "quach", "thach", "duong", "hoang"})
_NFC_TITLES = frozenset(unicodedata.normalize("NFD", title) for title in _TITLES)
_DECISION = re.compile(r"(?:quyet dinh|qd)\s*(?:so)?\s*:?\s*\d|\d\s*/\s*qd\b")
_LINK = re.compile(
    r"https?://|www\.|bit\.ly|t\.me/|zalo\.me|\b[a-z0-9-]{1,63}\.(?:com|net|xyz|vip|club|top|shop|info)\b"
)
_RECORDED = frozenset(
    read("ghi khai kê ký sổ chứng hóa biên quyết danh giấy báo hồ duyệt nhận đăng chấm tên").spelled
)
_AND_YET = frozenset(read("mà nhưng còn thực thật trong thế").spelled)
"""Words that set what is on paper against what is: "ghi hai triệu mà đưa năm trăm"."""
_LATIN = range(0x0250)
_VIETNAMESE = range(0x1E00, 0x1F00)
_FOREIGN_SCRIPT_SHARE = 0.3
_FEW_SYLLABLES = 0.62
_GIBBERISH_SHARE = 0.5
_BRIEF_WORDS = 5
_OTHERS = frozenset(
    read("ông bà anh chị cô chú bác cậu dì thầy gã lão mụ thằng hắn họ nó ổng bả thẩy").spelled
)
"""Titles and pronouns for somebody else, Southern ones too."""
_OFFICE_TITLES = frozenset(read("trưởng phó").spelled)
"""Words that head an office; alone they may name the post and nobody in it ("trưởng phòng hưởng phụ cấp mấy")."""
_OF_THE_SENDER = frozenset(read("tôi em cháu con mình tui ta e").folded)
"""Words that make the title before them a relative of the sender, or many people: "anh tôi", "bà con"."""
_NO_PERSON = frozenset(
    zip(
        *[
            iter(
                read(
                    "chú ý bác bỏ bác sĩ họ tên họ hàng họ đạo trưởng thành cô đơn anh hùng"
                    " ông bà thầy cô thầy thuốc anh em chị em"
                ).spelled
            )
        ]
        * 2,
        strict=True,
    )
)
_MONOTONOUS_FROM = 4


def see(text: str, words: Words) -> Iterator[str]:
    """Yield the name of each sign that the text shows."""
    if _names_a_person(words):
        yield NAMED_PERSON
    if _DECISION.search(" ".join(words.folded)) or _DECISION.search(text.lower().replace("đ", "d")):
        yield DECISION_NUMBER
    if _LINK.search(text.lower()):
        yield LINK
    yield from bargains.see(words)
    if _tells_of_somebody(words):
        yield ACTOR
    if _tells_of_a_head(words):
        yield HEAD
    if _sets_paper_against_life(words):
        yield DISCREPANCY
    if len(words) <= _BRIEF_WORDS:
        yield BRIEF
    yield from _language(text, words)


def _sets_paper_against_life(words: Words) -> bool:
    """See "ghi … mà …": what was written down, then a word that contradicts it."""
    recorded = next((i for i, word in enumerate(words.spelled) if word in _RECORDED), None)
    return recorded is not None and any(word in _AND_YET for word in words.spelled[recorded + 1 :])


def _tells_of_somebody(words: Words) -> bool:
    """See that somebody other than the sender's kin is spoken of: "ông ấy", "chị thủ quỹ" (with accents only)."""
    for index, (word, after) in enumerate(pairwise((*words.spelled, ""))):
        if word not in _OTHERS or (word, after) in _NO_PERSON:
            continue
        if not after or words.folded[index + 1] not in _OF_THE_SENDER:
            return True
    return False


def _tells_of_a_head(words: Words) -> bool:
    return any(
        word in _OFFICE_TITLES and (word, after) not in _NO_PERSON
        for word, after in pairwise((*words.spelled, ""))
    )


def _names_a_person(words: Words) -> bool:
    """See "ông Nguyễn Văn A", "bà Hoa", "ong nguyen van a": a title, then a capital or a well-known surname."""
    shouting = all(word.isupper() for word in words.written if word[0].isalpha())
    for index in range(len(words) - 1):
        following = words.folded[index + 1]
        is_capital = words.written[index + 1][0].isupper() and not shouting
        title = words.written[index].lower()
        if (
            words.is_accented
            and title in _NFC_TITLES
            and (is_capital or (shouting and following in _SURNAMES))
        ):
            return True
        if words.is_accented or words.folded[index] not in _BARE_TITLES:
            continue
        if following in _UNMISTAKABLE or (is_capital and following in _SURNAMES):
            return True
    return _has_full_name(words, shouting=shouting)


def _has_full_name(words: Words, *, shouting: bool) -> bool:
    """See "Nguyễn Văn Tèo" without a title: a surname and two more capitals, or "nguyen van"/"thi" in small."""
    for index in range(len(words) - 2):
        if words.folded[index] not in _SURNAMES:
            continue
        three = words.written[index : index + 3]
        if not shouting and all(word[0].isupper() and not word.isupper() for word in three):
            return True
        if words.is_accented:
            continue
        if words.folded[index] in _UNMISTAKABLE and words.folded[index + 1] in {"van", "thi"}:
            return True
    return False


def _language(text: str, words: Words) -> Iterator[str]:
    """See what is not Vietnamese: another script, few possible syllables, or no words at all."""
    letters = [character for character in text if character.isalpha()]
    if not letters:
        yield WORDLESS
        return
    foreign = sum(ord(c) not in _LATIN and ord(c) not in _VIETNAMESE for c in letters)
    if foreign / len(letters) > _FOREIGN_SCRIPT_SHARE:
        yield FOREIGN_SCRIPT
        return
    spoken = [word for word in words.folded if word[0].isalpha()]
    syllables = sum(is_syllable(word) for word in spoken) / max(len(spoken), 1)
    if syllables < _FEW_SYLLABLES and not words.is_accented:
        yield NOT_VIETNAMESE
    if syllables < _GIBBERISH_SHARE or _is_monotonous(words):
        yield GIBBERISH


def _is_monotonous(words: Words) -> bool:
    return len(words) >= _MONOTONOUS_FROM and len(set(words.folded)) <= len(words) // _MONOTONOUS_FROM
