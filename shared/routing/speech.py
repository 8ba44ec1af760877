"""Recognises the acts of a text: asking and proposing; called by the classifier.

Hardly a text that only asks or proposes denounces anybody. Each clause is looked at alone.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator

from shared.routing.text import Words, read

ASKING = "asking"
PROPOSING = "proposing"

_CLAUSE = re.compile(r"(?<=[?])|[,.;:!\n]+")


def _any(*patterns: str) -> str:
    return f"(?:{'|'.join(patterns)})"


_QUESTION = re.compile(
    _any(
        r"\?",
        r"\b(?:không|khong|ko|hông|hok|chưa|gì|nào|đâu|sao|ai|mấy|bao nhiêu|bao lâu|nhiêu|chăng|hả|nhỉ|à)"
        r"(?: (?:ạ|a|à|vậy|vay|bộ|bo|đây|thế|đó|nhỉ|ta))?\s*$",
        r"\bhay (?:là )?\S+(?: \S+){0,3}\s*$",
        r"\bhay là\b",
        r"(?<!năm )(?<!tháng )(?<!ngày )(?<!lần )(?<!kỳ )(?<!đợt )(?<!hễ nhà )(?<!hễ người )(?<!hễ )\bnào"
        r" (?!cũng|đó|biết|ngờ|(?:\S+ ){1,7}cũng|(?:\S+ ){1,6}thì (?:bảo|nói|bị|kêu|không|cho))",
        r"(?<!chưa )(?<!không )(?<!chẳng )\bbao giờ (?!cũng|thấy)",
        r"\bcó (?:được|phải|cần|nên)\b",
        r"\b(?:thì|do|là|hỏi) ai\b(?! (?:\S+ ){0,3}cũng)",
        r"\bai (?:được|phê|cấp|bảo vệ|đề nghị|chịu)\b(?! (?:\S+ ){0,6}thì)",
        r"\b(?:được|hưởng|là|xếp|thành|vào|bậc|đóng|có) mấy\b",
        r"\bxin (?:chỉ|hỏi|cho biết|hướng dẫn|danh sách|lịch)\b",
        r"^sao (?:không|chưa|lại không)",
        r"^(?:thủ tục|cách tính|cách làm|điều kiện|mức|chế độ cho|quy định về|muốn hỏi|muốn biết|cần gặp|hỏi) "
        r"(?!.*\b(?:đã|rồi)\b)",
    )
)
_BARE_QUESTION = re.compile(
    _any(
        r"\bco (?:duoc|phai|can|dung|nen|bi) (?:\S+ )*(?:khong|ko|k|hay)\b",
        r"\b(?:can|duoc|la|co) may \S+$",
        r"\b(?:the nao|bao nhieu|bao lau|bao gio|khi nao|o dau|lam sao|tai sao|vi sao|may nam|cho nao|cai gi)\b",
        r"\b(?:lam gi|la gi)\b",
        r"\b(?:gi|nao|dau|sao|ai|nhieu|k|kg|bac may|nam may|quoc gia may|may lan|den may|ha)"
        r"(?: (?:a|vay|vi|day|the|bo))?$",
        r"\bhay (?:la )?\S+(?: \S+){0,3}$",
        r"^(?:thu tuc|cach tinh|cach lam|dieu kien|muc|che do cho|qui dinh ve|muon hoi|muon biet|hoi|xin hoi) "
        r"(?!.*\b(?:da|roi)\b)",
    )
)
"""Questions of a text without accents, in folded words."""
_DENIED = re.compile(
    _any(
        r"\b(?:không|chẳng|chả|chưa|hổng|khong|chang|cha|chua|hong|ko) (?:\S+ ){0,5}?(?:gì|nào|ai|đâu|gi|nao|dau)\b"
        r"(?! (?:không|khong|ko))",
        r"\b(?:hay|nghe) (?:biết|biet|tin|chuyện)\b",
        r"\bcó (?:\S+ ){0,3}(?:gì )?đâu\b",
        r"\bco (?:\S+ ){0,2}gi dau\b",
    )
)
"""Phrases that look like a question and deny: "không có đồng nào", "không hay biết"."""
_PROPOSAL = re.compile(
    r"(?:^|\b(?:bộ|nhà nước|trung ương|chính phủ|theo tôi|tôi nghĩ|nghĩ) )"
    r"(?:(?:tôi|em|chúng tôi|toi|mình) (?:xin )?)?"
    + _any(
        "nên|cần|đề nghị|kiến nghị|đề xuất|góp ý|hiến kế|mong|ước gì|giá mà|hãy|bớt|đừng|thêm|xây|nhờ|sáng kiến",
        "xin (?:tăng|thêm|giảm|bỏ|bãi|cấp|cho|mở|tách|góp|đổi)",
        "de nghi|kien nghi|de xuat|gop y|mong|nho|nen|sang kien",
        r"(?:\S+ ){1,6}nên (?=viết|có|giảm|dành|cho|để|bỏ|làm|được|mở|thi|quy|công|tổ|chào|khen|số)",
    )
    + r"(?! (?:\S+ ){0,4}(?:kiểm tra|xử lý|xử lí|làm rõ|thanh tra|điều tra|xác minh|vào cuộc|xem xét|can thiệp"
    r"|xem lại|kiem tra|xu ly|lam ro|dieu tra|xac minh|vao cuoc|xem xet|can thiep|xem lai))\b"
)
"""A clause that says how it should be; who wants somebody examined proposes nothing."""


def see(text: str, asks: Callable[[Words], bool]) -> Iterator[str]:
    """Yield the acts of the sender; `asks` returns whether the rules' phrases recognise a clause as a question."""
    for clause in _CLAUSE.split(unicodedata.normalize("NFC", text.lower())):
        sentence = clause.strip()
        words = read(sentence)
        if _is_question(sentence, words) or asks(words):
            yield ASKING
        if _PROPOSAL.search(sentence) is not None:
            yield PROPOSING


def _is_question(clause: str, words: Words) -> bool:
    if _QUESTION.search(_DENIED.sub("", clause)):
        return True
    return not words.is_accented and bool(_BARE_QUESTION.search(_DENIED.sub("", " ".join(words.folded))))
