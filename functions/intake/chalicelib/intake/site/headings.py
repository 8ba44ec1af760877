"""Headings of the site break between words: a Vietnamese word of two syllables stays on one line."""

from __future__ import annotations

import re

from shared.web.rendering import NO_BREAK

_WORDS = (
    *(
        "phản ánh",
        "kiến nghị",
        "tra cứu",
        "trả lời",
        "kết quả",
        "công khai",
        "hồ sơ",
        "câu hỏi",
        "đơn vị",
        "nội vụ",
    ),
    *("thủ tục", "hành chính", "cải cách", "giáo viên", "nhà giáo", "phần mềm", "lập trình", "chương trình"),
    *(
        "thông tin",
        "điện thoại",
        "tin nhắn",
        "đường dẫn",
        "biên nhận",
        "tổng đài",
        "dữ liệu",
        "cá nhân",
        "quy tắc",
    ),
    *("tiếp nhận", "xử lý", "phân công", "niêm phong", "công bố", "lịch sử", "đánh giá", "đồng ý", "xem xét"),
    *(
        "phụ cấp",
        "thâm niên",
        "trợ cấp",
        "tiền lương",
        "bảo hiểm",
        "xã hội",
        "lương hưu",
        "nghỉ hưu",
        "ưu đãi",
    ),
    *(
        "công chức",
        "viên chức",
        "cán bộ",
        "lao động",
        "hợp đồng",
        "biên chế",
        "nâng ngạch",
        "tuyển dụng",
        "kỷ luật",
    ),
    *(
        "dân tộc",
        "tôn giáo",
        "sinh hoạt",
        "nhân dân",
        "thanh tra",
        "tố cáo",
        "khiếu nại",
        "quyết định",
        "cơ quan",
    ),
    *(
        "mầm non",
        "hợp tác",
        "giảng dạy",
        "hòa nhập",
        "vị trí",
        "sáng kiến",
        "đề nghị",
        "đăng ký",
        "hằng ngày",
        "chậm nhất",
    ),
)
"""Words of two syllables that stand in headings and in subjects of petitions."""
_HEADING = re.compile(r"<h1[ >].*?</h1>|<h2[ >](?:(?!<a ).)*?</h2>", re.DOTALL)
"""Headings of pages and of their parts; a heading that is a link is a line of a list, and breaks as text does."""
_WORD = re.compile(rf"(?<!\w)(?:{'|'.join(_WORDS)})(?!\w)(?![^<>]*>)", re.IGNORECASE)


def with_whole_words(html: str) -> str:
    """Return a page whose headings break inside no word of two syllables."""
    return _HEADING.sub(lambda heading: _WORD.sub(_joined, heading[0]), html)


def _joined(word: re.Match[str]) -> str:
    return word[0].replace(" ", NO_BREAK)
