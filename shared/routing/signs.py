"""Signs in a text that no list of phrases can hold: a named person, a numbered decision, another language.

They join the phrases of the rules' `signal` rows; rows of those names carry the words by which a sign is
recognised or explained. Only the fact is passed on, never the name or number that was seen.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import pairwise

from shared.routing.text import Words, is_syllable, read

NAMED_PERSON = "named_person"
DECISION_NUMBER = "decision_number"
FOREIGN_SCRIPT = "foreign_script"
NOT_VIETNAMESE = "not_vietnamese"
GIBBERISH = "gibberish"
LINK = "link"
MONEY = "money"
WORDLESS = "wordless"
BRIEF = "brief"
ASKING = "asking"
PROPOSING = "proposing"
ACTOR = "actor"
HEAD = "head"
SUM = "sum"
PRICED = "priced"
DISCREPANCY = "discrepancy"
CONDITION = "condition"

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
_DECISION = re.compile(r"(?:quyet dinh|qd)\s*(?:so)?\s*:?\s*\d+|\d+\s*/\s*qd\b|so\s*\d+\s*/\s*qd")
_LINK = re.compile(
    r"https?://|www\.|bit\.ly|t\.me/|zalo\.me|\b[a-z0-9-]+\.(?:com|net|xyz|vip|club|top|shop|info)\b"
)
_MONEY = re.compile(
    r"""(?<!duoc\ )\b
    (?:nhan|goi\ y|doi|lay|voi|xin|chung|an|om|cam|tieu|dua|kep|dut|gia|vay|thu|chi|bo\ tui|giu\ lai
    |bat\ nop|phai\ nop)\ (?:\S+\ ){0,3}
    (?:\d+|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi|tram|vai|may)
    \ ?(?:k|ngin|ngan|trieu|tr|cu|chai|ti|usd|dola|dong)\b""",
    re.VERBOSE,
)
"""What is handed over, then a sum of money, within a few words; "được nhận" is an entitlement."""
_NUMBER = r"(?:\d+(?:[.,]\d+)*|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi|chuc|tram|vai|may|nua|ruoi|bac|lam|may chuc)"
_SUM = re.compile(
    rf"\b{_NUMBER}(?: ?{_NUMBER})* ?"
    r"(?:k|ngin|ngan|trieu|tr|cu|chai|ti|usd|do|dola|dong|xi|loong|lit|cay|chi vang|luong vang|to (?:xanh|polime))\b"
    r"|\b(?:mot|hai|ba|bon|nam|sau|bay|tam|chin|vai|may) (?:tram|chuc)\b(?! (?:nam|tuoi|ngay|ho|nguoi|met|cay so|chau|em|ban))"
)
"""A sum of money, in figures or in words, slang ones too ("tám trăm", "5tr", "hai chai", "ba chỉ vàng")."""
_PRICED = re.compile(
    r"\b(?:nop|dong|dua|lo|bieu|chi|gui|chuyen|tra|gop|mua|ban|thu|lay|gia|mat|ton|xin|doi|nhan|an|bo ra|kem|le phi|cam)"
    rf" (?:\S+ ){{0,4}}?{_NUMBER}(?: ?{_NUMBER})* ?\S*"
    r"(?: \S+){0,5}? (?:moi|thi|la|khoi|se|de|cho) (?:ki|duoc|xong|cho|co|khoi|duyet|nhan|qua|dau|cap|lam|hoc|thi|giai quyet|het|lo)\b"
)
"""Something for money: "nộp 5tr mới ký", "đóng tám trăm khỏi học", "đưa hai triệu thì xong"."""
_CONDITION = re.compile(
    r"\bmuon (?:\S+ ){0,6}?(?:thi|phai|la)\b|\bai (?:\S+ ){0,6}?(?:thi|la|moi)\b"
    r"|\b(?:khong|ko|chua) (?:\S+ ){0,5}?thi (?:\S+ )?(?:bi|khong|ko|rot|truot|cat|xep|duoi|de)\b"
    r"|\bphai (?:\S+ ){0,8}?moi (?:\S+ )?(?:duoc|cho|ki|khoi|xong|nhan|duyet|co|qua|giai quyet)\b"
    r"|\bcu (?:\S+ ){1,6}?(?:la|thi) (?:\S+ )?(?:xong|duoc|qua|dau|khoi|co)\b"
)
"""A favour at a price: "muốn … phải …", "ai không … thì …", "phải … mới được …"."""
_RECORDED = frozenset(
    read("ghi khai kê ký sổ chứng hóa biên quyết danh giấy báo hồ duyệt nhận đăng chấm tên").spelled
)
_AND_YET = frozenset(read("mà nhưng còn thực thật trong thế").spelled)
"""Words that set what is on paper against what is: "ghi hai triệu mà đưa năm trăm"."""
_QUESTION = re.compile(
    r"\?|\b(?:không|khong|ko|hông|hok|chưa|gì|nào|đâu|sao|ai|mấy|bao nhiêu|bao lâu|nhiêu|chăng|hả|nhỉ|à)"
    r"(?: (?:ạ|a|à|vậy|vay|bộ|bo|đây|thế|đó|nhỉ|ta))?\s*(?:[,.;!]|$)"
    r"|\bhay (?:là )?\S+(?: \S+){0,3}\s*(?:[.;!]|$)|\bhay là\b|(?<!năm )(?<!tháng )(?<!ngày )(?<!lần )(?<!kỳ )(?<!đợt )\bnào (?!cũng|đó|biết|ngờ|(?:\S+ ){1,7}cũng)|\bcó (?:được|phải|cần|nên)\b"
    r"|\b(?:thì|do|là|hỏi) ai\b(?! (?:\S+ ){0,3}cũng)|\bai (?:được|phê|cấp|bảo vệ|đề nghị|chịu)\b(?! (?:\S+ ){0,6}thì)|\b(?:được|hưởng|là|xếp|thành|vào|bậc|đóng|có) mấy\b"
    r"|\bxin (?:chỉ|hỏi|cho biết|hướng dẫn|danh sách|lịch)\b|^sao \S+"
    r"|^(?:thủ tục|cách tính|cách làm|điều kiện|mức|chế độ cho|quy định về|muốn hỏi|muốn biết|cần gặp|hỏi) "
)
_BARE_QUESTION = re.compile(
    r"\b(?:the nao|bao nhieu|bao lau|bao gio|khi nao|o dau|lam sao|tai sao|vi sao|may nam|cho nao|cai gi|lam gi|la gi)\b"
    r"|\b(?:gi|nao|dau|sao|ai|nhieu|k|kg|bac may|nam may|quoc gia may)(?: (?:a|vay|vi|day|the|bo))?$|\bhay (?:la )?\S+(?: \S+){0,3}$"
    r"|^(?:thu tuc|cach tinh|cach lam|dieu kien|muc|che do cho|qui dinh ve|muon hoi|muon biet|hoi|xin hoi) "
)
_DENIED = re.compile(
    r"\b(?:không|chẳng|chả|chưa|hổng|khong|chang|cha|chua|hong|ko) (?:\S+ ){0,5}?(?:gì|nào|ai|đâu|gi|nao|dau)\b"
    r"(?! (?:không|khong|ko))|\b(?:hay|nghe) (?:biết|biet|tin|chuyện)\b|\bcó (?:\S+ ){0,3}(?:gì )?đâu\b|\bco (?:\S+ ){0,2}gi dau\b"
)
"""What looks like a question and denies: "không có đồng nào", "không hay biết"."""
_PROPOSAL = re.compile(
    r"(?:^|[,.;:!?\n]\s*|\b(?:bộ|nhà nước|trung ương|chính phủ|theo tôi|tôi nghĩ|nghĩ) )"
    r"(?:(?:tôi|em|chúng tôi|toi|em|mình) (?:xin )?)?"
    r"(?:nên|cần|đề nghị|kiến nghị|đề xuất|góp ý|hiến kế|mong|ước gì|giá mà|hãy|bớt|đừng|thêm|xây|xin (?:tăng|thêm|giảm|bỏ|bãi"
    r"|cấp|cho|mở|tách|góp|đổi)|de nghi|kien nghi|de xuat|gop y|mong|nen)"
    r"(?! (?:\S+ ){0,4}(?:kiểm tra|xử lý|xử lí|làm rõ|thanh tra|điều tra|xác minh|vào cuộc|xem xét|can thiệp"
    r"|kiem tra|xu ly|lam ro|thanh tra|dieu tra|xac minh|vao cuoc|xem xet|can thiep|xem lại|xem lai))\b"
)
"""A sentence that says how it should be; who wants somebody examined proposes nothing."""
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
_HEADS = frozenset(read("trưởng phó").spelled)
"""Words that head an office; alone they may name the post and nobody in it ("trưởng phòng hưởng phụ cấp mấy")."""
_OF_THE_SENDER = frozenset(read("tôi em cháu con mình tui ta e").folded)
"""Words that make the title before them a relative of the sender, or many people: "anh tôi", "bà con"."""
_NO_PERSON = frozenset(
    zip(
        *[
            iter(
                read(
                    "chú ý bác bỏ bác sĩ họ tên họ hàng họ đạo trưởng thành cô đơn anh hùng ông bà thầy cô thầy thuốc anh em chị em"
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
    if _MONEY.search(" ".join(words.folded)):
        yield MONEY
    yield from _about_money(words)
    if _tells_of_somebody(words):
        yield ACTOR
    if _tells_of_a_head(words):
        yield HEAD
    if _CONDITION.search(" ".join(words.folded)):
        yield CONDITION
    if _sets_paper_against_life(words):
        yield DISCREPANCY
    yield from _speech(text, words)
    if len(words) <= _BRIEF_WORDS:
        yield BRIEF
    yield from _language(text, words)


def _about_money(words: Words) -> Iterator[str]:
    folded = " ".join(words.folded)
    if not _SUM.search(folded):
        return
    yield SUM
    if _PRICED.search(folded):
        yield PRICED


def _speech(text: str, words: Words) -> Iterator[str]:
    """See what the sender does with the text: ask, or say how it should be."""
    said = unicodedata.normalize("NFC", text.lower()).strip()
    if _QUESTION.search(_DENIED.sub("", said)):
        yield ASKING
    elif not words.is_accented and _BARE_QUESTION.search(_DENIED.sub("", " ".join(words.folded))):
        yield ASKING
    if _PROPOSAL.search(said):
        yield PROPOSING


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
        word in _HEADS and (word, after) not in _NO_PERSON for word, after in pairwise((*words.spelled, ""))
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
