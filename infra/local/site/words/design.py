"""The texts of the design system's page."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "vi": {
        "design_title": "Hệ thống thiết kế",
        "design_intro": (
            "Màu, chữ, khoảng cách đọc từ tokens.css; thành phần vẽ bằng chính các macro của trang người dân "
            "và bàn cán bộ. Đổi ở đâu, thấy ngay ở đây."
        ),
        "colours": "Vai trò của màu",
        "role": "Vai trò",
        "used_for": "Dùng cho",
        "contrast": "Độ tương phản (sáng, tối)",
        "use-text": "chữ",
        "use-muted": "chữ phụ, dữ kiện bên lề",
        "use-link": "liên kết",
        "use-link-visited": "liên kết đã mở",
        "use-on-action": "nút, việc để làm",
        "use-on-brand": "đầu trang của Bộ, chỉ ở đó",
        "use-success": "xong, đúng hạn; luôn có dấu tích và chữ",
        "use-attention": "sắp đến hạn, cần bạn; luôn có hình và chữ",
        "use-danger": "quá hạn, lỗi; không bao giờ là màu của Bộ",
        "use-info": "điều nên biết",
        "use-line-strong": "viền của ô nhập",
        "use-focus": "chỗ bàn phím đang đứng, hai màu",
        "type_sizes": "Cỡ chữ",
        "type_sample": "Ẫ Ể Ộ Ữ Ặ: trả lời chậm nhất thứ Hai 21/12",
        "spaces": "Khoảng cách và ô bấm",
        "targets": "Ô bấm nhỏ nhất: 44 px trên trang người dân, 32 px với chuột ở bàn cán bộ.",
        "grid": "Lưới",
        "grid_hint": "Một cột đến 640 px; rộng hơn là 2/3 và 1/3, một mép phải cho cả trang.",
        "focus_and_print": "Bàn phím và bản in",
        "focus_sample": "Bàn phím đang ở đây",
        "print_hint": "Khi in: phần gập mở ra, thanh điều hướng và nút biến mất, liên kết ra ngoài kèm địa chỉ.",
        "seen_in": "Xem thành phần ở nền",
        "components-components": "Thành phần của trang người dân",
        "components-desk": "Thành phần của bàn cán bộ",
        "alone": "Mở riêng",
    },
    "en": {
        "design_title": "Design system",
        "design_intro": (
            "Colours, type and spaces are read from tokens.css; the components are drawn by the macros of the "
            "citizens' site and of the desk. What is changed there is seen here."
        ),
        "colours": "Roles of colour",
        "role": "Role",
        "used_for": "Used for",
        "contrast": "Contrast (light, dark)",
        "use-text": "text",
        "use-muted": "lesser text, facts aside",
        "use-link": "links",
        "use-link-visited": "links that were opened",
        "use-on-action": "buttons, what one can do",
        "use-on-brand": "the Ministry's header, there alone",
        "use-success": "done, on time; always with a tick and a word",
        "use-attention": "soon, needs you; always with a picture and a word",
        "use-danger": "late, an error; never the Ministry's red",
        "use-info": "good to know",
        "use-line-strong": "borders of fields",
        "use-focus": "where the keyboard is, in two tones",
        "type_sizes": "Sizes of type",
        "type_sample": "Ẫ Ể Ộ Ữ Ặ: an answer by Monday 21/12",
        "spaces": "Spaces and targets",
        "targets": "The smallest target: 44 px on the site, 32 px at the desk with a pointer.",
        "grid": "Grid",
        "grid_hint": "One column to 640 px; above that 2/3 and 1/3, and one right edge for the whole page.",
        "focus_and_print": "Keyboard and print",
        "focus_sample": "The keyboard is here",
        "print_hint": "In print folds open, navigation and buttons go, a link to elsewhere bears its address.",
        "seen_in": "Components in",
        "components-components": "Components of the citizens' site",
        "components-desk": "Components of the desk",
        "alone": "Open alone",
    },
}
