"""The texts of the demonstration; its scenes have theirs with them (`infra.local.life.scenes`)."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "vi": {
        "place-demonstration": "62 ngày",
        "life_title": "Một đời hồ sơ",
        "life_intro": (
            "Một hồ sơ sống trọn 62 ngày trong hai phút, trên chính hệ thống đang chạy. Đồng hồ đi "
            "tới và không lùi lại: các hồ sơ khác cũng già thêm 62 ngày."
        ),
        "life_orders": "Điều khiển",
        "life_start": "{n} ngày",
        "life_go_on": "Phát tiếp",
        "life_pause": "Tạm dừng",
        "life_step": "Bước kế tiếp",
        "life_stop": "Dừng hẳn",
        "life_day": "Ngày {day} trong {days}",
        "life_days": "Số ngày đã qua",
        "life-ready": "sẵn sàng",
        "life-running": "đang phát",
        "life-paused": "tạm dừng",
        "life-stopped": "đã dừng",
        "life-done": "đã xong",
        "life-failed": "dừng vì lỗi",
        "life_failed": "Hệ thống không nhận bước này. Bấm nút đầu để phát lại từ đầu.",
        "life_scenes": "Các bước",
        "life_on_day": "ngày {day}",
        "life_mails": "{n} email cho cán bộ",
        "life_neighbour": (
            "SMS không cho phép công khai; câu trả lời được công khai cho người gửi qua trang web:"
        ),
        "life_published": "Xem câu trả lời đã công khai",
        "due_on": "hạn trả lời",
        "is_late": "quá hạn",
        "by-sender": "người dân",
        "by-neighbour": "người dân khác",
        "by-timer": "đồng hồ",
    },
    "en": {
        "place-demonstration": "62 days",
        "life_title": "A whole life",
        "life_intro": (
            "A petition lives its 62 days in two minutes, on the running system itself. The clock "
            "goes ahead and not back: all other petitions grow 62 days older too."
        ),
        "life_orders": "Controls",
        "life_start": "{n} days",
        "life_go_on": "Play on",
        "life_pause": "Pause",
        "life_step": "Next step",
        "life_stop": "Stop",
        "life_day": "Day {day} of {days}",
        "life_days": "Days passed",
        "life-ready": "ready",
        "life-running": "playing",
        "life-paused": "paused",
        "life-stopped": "stopped",
        "life-done": "done",
        "life-failed": "ended by an error",
        "life_failed": "The system did not take this step. The first button plays from the beginning.",
        "life_scenes": "Steps",
        "life_on_day": "day {day}",
        "life_mails": "e-mails to officers: {n}",
        "life_neighbour": (
            "An SMS cannot allow publication; the answer is published for who wrote on the site:"
        ),
        "life_published": "See the published answer",
        "due_on": "due on",
        "is_late": "late",
        "by-sender": "citizen",
        "by-neighbour": "another citizen",
        "by-timer": "the clock",
    },
}
