"""The texts of the queues' page."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "vi": {
        "depths": "Tin trong hàng đợi",
        "queue": "Hàng đợi",
        "visible": "Chờ",
        "in_flight": "Chờ thử lại",
        "delayed": "Hoãn",
        "dead": "Hỏng",
        "stream": "Dòng thay đổi",
        "failures": "Lần gọi hàm thất bại",
        "no_failures": "Không có lần nào.",
        "dead_letters": "Tin hỏng",
        "no_dead_letters": "Không có tin hỏng.",
        "put_back": "Đưa lại",
        "put_all_back": "Đưa lại tất cả",
        "drop": "Bỏ",
        "drop_all": "Bỏ tất cả",
        "failed_in": "Hỏng ở",
        "last_at": "lần cuối",
        "next_try": "thử lại lúc",
        "finds_itself": "Lần chạy sau tự tìm lại",
        "faults": "Làm hỏng có chủ ý",
        "faults_intro": (
            "Để xem hệ thống chịu lỗi ra sao: tắt một hàm, gửi một phản ánh, cho thời gian thử lại "
            "trôi qua, bật hàm, rồi đưa tin hỏng trở lại."
        ),
        "trigger": "Hàm",
        "stop_it": "Tắt",
        "start_it": "Bật lại",
        "is_stopped": "đang tắt: mỗi lần gọi đều lỗi.",
        "refuse_sms": "Từ chối 3 SMS kế tiếp",
        "still_refuses": "Cổng SMS còn từ chối {n} tin.",
        "let_tries_pass": "Cho 90 phút thử lại trôi qua",
        "said-put-back": "Đã đưa lại: {n} tin.",
        "said-dropped": "Đã bỏ: {n} tin.",
        "said-stopped": "Đã tắt hàm.",
        "said-started": "Hàm chạy lại.",
        "said-refusing": "Cổng SMS sẽ từ chối {n} tin kế tiếp.",
        "said-travelled": "Đã qua {n} phút.",
        "said-not-possible": (
            "Không làm được: tin không còn ở đó, hoặc không có hàng đợi để trở lại. Bảng bên dưới là "
            "hiện trạng."
        ),
        "error-SwitchedOffError": "hàm đang tắt",
        "error-ValidationError": "tin không đọc được",
    },
    "en": {
        "depths": "Messages in queues",
        "queue": "Queue",
        "visible": "Waiting",
        "in_flight": "To retry",
        "delayed": "Delayed",
        "dead": "Dead",
        "stream": "Change stream",
        "failures": "Failed invocations",
        "no_failures": "None.",
        "dead_letters": "Dead letters",
        "no_dead_letters": "No dead letters.",
        "put_back": "Put back",
        "put_all_back": "Put all back",
        "drop": "Drop",
        "drop_all": "Drop all",
        "failed_in": "Failed in",
        "last_at": "last at",
        "next_try": "tried again at",
        "finds_itself": "The next run finds what was missed",
        "faults": "Break it on purpose",
        "faults_intro": (
            "To see how it bears faults: switch a function off, send a petition, let the time of its "
            "tries pass, switch the function on, and put the dead letter back."
        ),
        "trigger": "Function",
        "stop_it": "Switch off",
        "start_it": "Switch on",
        "is_stopped": "is off: each invocation fails.",
        "refuse_sms": "Refuse the next 3 SMS",
        "still_refuses": "SMS that the gateway will still refuse: {n}.",
        "let_tries_pass": "Let 90 minutes of tries pass",
        "said-put-back": "Put back: {n}.",
        "said-dropped": "Dropped: {n}.",
        "said-stopped": "The function is off.",
        "said-started": "The function works again.",
        "said-refusing": "SMS that the gateway will refuse next: {n}.",
        "said-travelled": "Minutes passed: {n}.",
        "said-not-possible": (
            "Not possible: the message is no longer there, or has no queue to go back to. The tables "
            "below show how it stands."
        ),
        "error-SwitchedOffError": "the function is off",
        "error-ValidationError": "the message cannot be read",
    },
}
