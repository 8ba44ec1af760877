"""The rules that an input may break, in words."""

from __future__ import annotations

from shared.domain.words import N_

RULES: dict[str, str] = {
    "not-possible-now": N_("Hồ sơ đang ở trạng thái không ghi được mục này."),
    "missing": N_("Hãy điền mục này."),
    "too-long": N_("Nội dung quá dài."),
    "petition-full": N_(
        "Hồ sơ đã nhận đủ nội dung, phần này chưa được ghi. Hãy viết ngắn hơn, hoặc gửi bằng tệp đính kèm (ảnh "
        "hoặc PDF)."
    ),
    "petition-full-for-officers": N_(
        "Hồ sơ gần đầy: phần còn lại dành cho câu trả lời. Hãy viết ngắn hơn, hoặc đưa phần dài vào tệp."
    ),
    "too-short": N_("Nội dung quá ngắn."),
    "too-large": N_("Nội dung gửi lên quá lớn."),
    "file-too-large": N_("Tệp quá lớn."),
    "file-type": N_("Chỉ nhận ảnh JPEG, PNG, WebP và tệp PDF."),
    "too-many-files": N_("Đã đủ số tệp. Hãy gộp nhiều trang vào một tệp PDF."),
    "contact-missing": N_("Cần ít nhất một cách liên hệ: số điện thoại hoặc email."),
    "phone": N_("Số điện thoại không đúng. Ví dụ: 0912 345 678."),
    "email": N_("Địa chỉ email không đúng. Ví dụ: ten@example.vn."),
    "not-a-phone-number": N_("Số điện thoại không đúng. Ví dụ: 0912 345 678."),
    "not-an-email-address": N_("Địa chỉ email không đúng. Ví dụ: ten@example.vn."),
    "unknown": N_("Giá trị không có trong danh mục."),
    "unknown-parameter": N_("Không có tham số này ở đây. Xem các tham số trong tài liệu API."),
    "rule-unusable": N_("Bộ phân loại không dùng được quy tắc này. Xem lại loại, mã và trọng số."),
    "not-yet-tried": N_("Mô hình này chưa chạy thử đủ một tuần, hoặc kém hơn mô hình đang dùng."),
    "itself": N_("Không gộp một hồ sơ vào chính nó."),
    "extra_forbidden": N_("Mục này không tồn tại."),
    "json": N_("Dữ liệu gửi lên không phải JSON hợp lệ (UTF-8)."),
    "invalid": N_("Giá trị không hợp lệ."),
    "use-restrict": N_("Dùng thao tác “Chuyển sang quy trình riêng”."),
    "is-complained-of": N_("Không giao cho đơn vị đang bị phản ánh."),
    "conduct-of-unknown-unit": N_(
        "Phản ánh hành vi cán bộ mà chưa rõ đơn vị nào: hãy nêu đơn vị bị phản ánh (hoặc không phải đơn vị "
        "của Bộ), hay giao Thanh tra Bộ."
    ),
    "holds-it": N_("Đơn vị này đang giữ hồ sơ. Hãy phân công cho đơn vị khác trước."),
    "not-in-paragraph": N_("Đoạn này không có những chữ ấy. Hãy chép nguyên văn, hoặc để trống."),
    "answered-it": N_("Đơn vị này đã trả lời. Hãy giao cho cấp cao hơn."),
    "ended": N_("Phản ánh, kiến nghị này đã kết thúc."),
    "call-not-covering": N_(
        "Mỗi cuộc gọi chỉ tra được số đang gọi, trong một giờ. Với cuộc gọi khác, hãy mở lại trang để có mã cuộc gọi "
        "mới."
    ),
    "no-root": N_("Ngày này không có niêm phong."),
    "past": N_("Ngày này đã qua."),
    "personal-data": N_(
        "Còn số điện thoại, email hoặc số giấy tờ. Hãy che đi, hoặc xác nhận được công khai."
    ),
    "conduct": N_("Phản ánh về hành vi cán bộ chỉ được công khai khi người phê duyệt xác nhận rõ."),
    "link-missing": N_("Cần đường dẫn đến câu trả lời trước."),
    "in-force": N_(
        "Quy định đang có hiệu lực không được sửa; hãy thêm bản mới có hiệu lực từ hôm nay trở đi."
    ),
    "corrected-too-often": N_("Phiên bản này đã được sửa quá nhiều lần; hãy ghi phiên bản mới từ ngày khác."),
    "below-itself": N_("Đơn vị không thể trực thuộc chính nó hay đơn vị cấp dưới của nó."),
    "taken": N_("Mã này đã có. Hãy mở dòng đó để thay đổi, hoặc chọn mã khác."),
    "code": N_("Chỉ dùng chữ cái không dấu, chữ số, dấu chấm và gạch nối."),
    "needed-by-system": N_("Quy định luôn cần dòng này. Đổi tên hoặc giao việc bằng một phiên bản mới."),
    "has-units": N_("Còn đơn vị trực thuộc. Trước hết ghi cho các đơn vị ấy cấp trên khác."),
    "has-fields": N_("Còn lĩnh vực do đơn vị phụ trách. Trước hết giao lĩnh vực cho đơn vị khác."),
    "has-officers": N_("Còn cán bộ thuộc đơn vị. Trước hết chuyển họ sang đơn vị khác, hoặc kết thúc."),
    "has-petitions": N_("Còn hồ sơ đang mở tại đơn vị. Trước hết phân công hồ sơ cho đơn vị khác."),
    "handles-petitions": N_("Còn hồ sơ đang xử lý. Hãy chọn người tiếp nhận trong cùng đơn vị."),
    "last-of-unit": N_(
        "Đơn vị còn hồ sơ mà không còn ai xử lý. Trước hết thêm người khác, hoặc phân công lại hồ sơ."
    ),
    "last-of-role": N_("Không còn ai khác giữ vai trò này. Trước hết thêm một người khác."),
    "role-of-people": N_("Vai trò này cần xác thực hai bước, nên chỉ dành cho cán bộ."),
    "two-secrets": N_("Tài khoản máy đã có hai mã bí mật. Trước hết kết thúc một mã."),
    "yourself-second-factor": N_("Không tự đặt lại cho mình. Hãy nhờ quản trị viên khác."),
    "yourself": N_("Không tự bỏ quyền quản trị của mình. Hãy nhờ quản trị viên khác."),
    "differs-from-id": N_("Mục này khác với địa chỉ của dòng."),
    "no-instant": N_("Không phải một thời điểm ISO 8601. Ví dụ: 2026-11-03T09:00:00+07:00."),
    "no-time-zone": N_("Thiếu múi giờ. Ví dụ: 2026-11-03T09:00:00+07:00, hoặc chữ Z ở cuối."),
    "longer-than-90-days": N_("Từ start_date đến end_date không quá 90 ngày. Hãy hỏi nhiều lần."),
    "longer-than-7-days": N_("Từ start_date đến end_date không quá 7 ngày. Hãy hỏi nhiều lần."),
    "ends-before-it-begins": N_("Ngày cuối phải bằng hoặc sau ngày đầu."),
    "yet-to-come": N_("Ngày này chưa đến."),
    "longer-than-a-year": N_("Báo cáo không dài quá một năm."),
    "control-characters": N_("Có ký tự bị lỗi (chỉ còn một nửa). Hãy xóa ký tự ấy rồi gõ lại."),
    "too-many-contacts": N_("Đã thêm đủ liên hệ. Cần đổi nữa, xin gọi 1900 1547."),
    "syntax": N_("Cú pháp mẫu không đúng, hãy xem dấu ngoặc {{ }} và {% %}."),
    "unknown-variable": N_("Có biến không tồn tại. Các biến dùng được ghi ở cuối trang."),
    "out-of-range": N_("Số này nằm ngoài khoảng cho phép."),
    "forbidden": N_(
        "Mẫu làm điều không được phép. Chỉ dùng biến, {% if … %} và bộ lọc: "
        "day, weekday, length, join, upper, lower, trim."
    ),
    "too-complex": N_("Mẫu quá dài hoặc quá nhiều điều kiện."),
    "output-too-long": N_("Với một số hồ sơ, thông báo quá dài. Hãy bớt biến lặp lại."),
    "fails": N_("Mẫu không điền được với một số hồ sơ."),
    "gap": N_("Với hồ sơ thiếu thông tin, mẫu hiện chữ None. Hãy đặt biến trong {% if … %}."),
    "no-reference": N_("Phải có mã hồ sơ: {{ reference }} hoặc {{ digits }}."),
    "foreign-link": N_("Chỉ được dẫn đến trang .gov.vn."),
    "over-budget": N_("Tin nhắn có thể dài hơn số tin cho phép (ký tự / số tin)."),
    "not-gsm7": N_("Có ký tự mà tin nhắn không dấu không gửi được."),
    "placeholder": N_("Còn chỗ chưa điền. Hãy điền vào, hoặc bỏ đi nếu không cần."),
    "number-missing": N_("Văn bản được viện dẫn chưa có số. Hãy ghi đủ số, ký hiệu."),
    "name-of-another": N_(
        "Tên này không phải của người gửi hồ sơ này. Hãy ghi đúng tên, hoặc chỉ gọi là Ông/Bà."
    ),
    "name-not-opened": N_(
        "Chưa đối chiếu được tên. Hãy gọi là Ông/Bà, hoặc xem người gửi là ai trước, nếu được phép."
    ),
    "name-of-one-of-many": N_(
        "Thư này gửi chung cho người gửi của các hồ sơ đã gộp. Đừng ghi tên ai, hãy gọi là Ông/Bà."
    ),
    "reply-by-without-contact": N_("Cách nhận trả lời đã chọn cần có thông tin liên hệ tương ứng."),
}
"""Each rule that an input may break, as its sender reads it."""
