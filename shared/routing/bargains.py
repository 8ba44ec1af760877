"""Signs of money and of favours at a price, in figures or in words; called by `signs`.

Only the fact is passed on, never the sum that was seen. All patterns are matched against folded words.
"""

import re
from collections.abc import Iterator

from shared.routing.text import Words

MONEY = "money"
SUM = "sum"
PRICED = "priced"
CONDITION = "condition"

_DIGIT = "mot|hai|ba|bon|nam|sau|bay|tam|chin|vai|may"
_NUMBER = rf"(?:\d{{1,12}}(?:[.,]\d{{1,12}}){{0,3}}|{_DIGIT}|muoi|chuc|tram|nua|ruoi|bac|lam|may chuc)"
_AMOUNT = rf"{_NUMBER}(?: {_NUMBER}){{0,5}}"
"""Bounded, as all repetitions here: nobody can write a text that takes long to read."""
_CURRENCY = (
    "k|ngin|ngan|trieu|tr|cu|chai|ti|usd|do|dola|dong|xi|loong|lit|cay|chi vang|luong vang|to (?:xanh|polime)"
)
_MONEY = re.compile(
    r"""(?<!duoc\ )\b
    (?:nhan|goi\ y|doi|lay|voi|xin|chung|an|om|cam|tieu|dua|kep|dut|gia|vay|thu|chi|bo\ tui|giu\ lai
    |bat\ nop|phai\ nop)\ (?:\S+\ ){0,3}
    (?:\d{1,12}|mot|hai|ba|bon|nam|sau|bay|tam|chin|muoi|tram|vai|may)
    \ ?(?:k|ngin|ngan|trieu|tr|cu|chai|ti|usd|dola|dong)\b""",
    re.VERBOSE,
)
"""A word for handing over, then a sum of money, within a few words; "được nhận" is an entitlement."""
_SUM = re.compile(
    rf"\b{_AMOUNT} ?(?:{_CURRENCY})\b"
    rf"|\b(?:{_DIGIT}) (?:tram|chuc)\b(?! (?:nam|tuoi|ngay|ho|nguoi|met|cay so|chau|em|ban))"
)
"""A sum of money, slang ones too: "tám trăm", "5tr", "hai chai", "ba chỉ vàng"."""
_PRICED = re.compile(
    r"\b(?:nop|dong|dua|lo|bieu|chi|gui|chuyen|tra|gop|mua|ban|thu|lay|gia|mat|ton|xin|doi|nhan|an|bo ra|kem"
    rf"|le phi|cam) (?:\S+ ){{0,4}}?{_AMOUNT} ?\S*(?: \S+){{0,5}}?"
    r" (?:moi|thi|la|khoi|se|de|cho)"
    r" (?:ki|duoc|xong|cho|co|khoi|duyet|nhan|qua|dau|cap|lam|hoc|thi|giai quyet|het|lo)\b"
)
"""Something for money: "nộp 5tr mới ký", "đóng tám trăm khỏi học", "đưa hai triệu thì xong"."""
_CONDITION = re.compile(
    r"\bmuon (?:\S+ ){0,6}?(?:thi|phai|la)\b"
    r"|\bai (?:\S+ ){0,6}?(?:thi|la|moi)\b"
    r"|\b(?:khong|ko|chua) (?:\S+ ){0,5}?thi (?:\S+ )?(?:bi|khong|ko|rot|truot|cat|xep|duoi|de)\b"
    r"|\bphai (?:\S+ ){0,8}?moi (?:\S+ )?(?:duoc|cho|ki|khoi|xong|nhan|duyet|co|qua|giai quyet)\b"
    r"|\b(?:nguoi|ai|nha|dua|ke|he|ho|con) (?:\S+ ){1,8}?thi (?:\S+ ){1,6}?"
    r"(?:nguoi|ai|nha|dua|ke|con) (?:\S+ ){1,8}?thi\b"
    r"|\bcu (?:\S+ ){1,6}?(?:la|thi) (?:\S+ )?(?:xong|duoc|qua|dau|khoi|co)\b"
)
"""A favour that has its price: "muốn … phải …", "ai không … thì …", "phải … mới được …"."""


def see(words: Words) -> Iterator[str]:
    """Yield the name of each sign of money or of a favour's price that a text shows."""
    folded = " ".join(words.folded)
    if _MONEY.search(folded):
        yield MONEY
    if _SUM.search(folded):
        yield SUM
        if _PRICED.search(folded):
            yield PRICED
    if _CONDITION.search(folded):
        yield CONDITION
