"""The changelog of the API: what programs may use since when. The latest version is that of the OpenAPI document."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from shared.web.i18n import N_


class Release(NamedTuple):
    """A version of the API and what came with it."""

    version: str
    day: date
    changes: tuple[str, ...]


RELEASES: tuple[Release, ...] = (
    Release(
        "1.1.0",
        date(2026, 11, 29),
        (
            N_("Trang này; mỗi type của lỗi là một địa chỉ mở được; bộ yêu cầu cho Postman và Bruno."),
            N_("GET /v1/published/changes: câu trả lời được công khai, thay hoặc gỡ sau một thời điểm."),
            N_("Dữ liệu mở thành danh mục: answers, datapackage.json, catalogue.jsonld; ETag và CORS."),
            N_("Thân yêu cầu khác kiểu là 415; lang, field và tham số lạ là 422 và được nêu tên."),
            N_("X-Api-Key nêu tên phần mềm trong lịch sử của mọi việc làm cho người gửi."),
            N_("Open311: attribute[address], servicerequestupdates (đọc và gửi), phân trang."),
            N_("POST /v1/petitions/{reference}/channels: đổi cách nhận tin."),
            N_("Tài khoản máy và sự kiện (Standard Webhooks) ở Bàn làm việc."),
        ),
    ),
    Release(
        "1.0.0", date(2026, 11, 3), (N_("Bản đầu: gửi, theo dõi, bổ sung, tệp, rút, đánh giá, xem lại."),)
    ),
)
"""The latest first."""
