"""The fixed values of the sandbox, in words: what each makes happen."""

from __future__ import annotations

from shared.providers.simulator import (
    API_KEY,
    API_KEY_OVER_LIMIT,
    EMAIL_BOUNCES,
    EMAIL_COMPLAINS,
    PHONE_BOUNCES,
    PHONE_FAILS_FIRST,
    PHONE_IS_SLOW,
)
from shared.web.i18n import N_

SANDBOX_VALUES: dict[str, str] = {
    PHONE_BOUNCES: N_("SMS không bao giờ đến: biên nhận của nhà mạng báo không phát được"),
    PHONE_IS_SLOW: N_("biên nhận của SMS đến sau 10 phút"),
    PHONE_FAILS_FIRST: N_("lần gửi SMS đầu bị nhà mạng từ chối (503), lần hai được"),
    EMAIL_BOUNCES: N_("email luôn bị trả lại"),
    EMAIL_COMPLAINS: N_("email đến nơi, rồi bị báo là thư rác"),
    API_KEY: N_("khóa mà hệ thống trên máy nhận, cả khi đòi khóa"),
    API_KEY_OVER_LIMIT: N_("khóa luôn quá giới hạn: 429"),
}
"""The meaning of each value."""
