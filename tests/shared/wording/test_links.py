"""The sites that a text leads to, as a mail program or a telephone reads it; somebody hides them."""

from __future__ import annotations

import pytest

from shared.wording.links import foreign_hosts


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("xem evil.com", id="no scheme"),
        pytest.param("http:evil.com/x", id="no slashes"),
        pytest.param("https://moha.gov.vn@evil.com/", id="a government site as a user name"),
        pytest.param("https://moha.gov.vn.evil.com/", id="a government site as a beginning"),
        pytest.param(r"https://moha.gov.vn\.evil.com/", id="a turned slash, which parsers read differently"),
        pytest.param("evil\u200b.com", id="an invisible blank"),
        pytest.param("https://ev\u00adil.com", id="a soft hyphen"),
        pytest.param("evil．com", id="a full-width dot"),
        pytest.param("evil.xn--p1ai", id="a domain in Punycode"),
        pytest.param("пример.рф", id="a domain in Cyrillic"),
        pytest.param("T.CO/x", id="a short link in capitals"),
        pytest.param("WWW.EVIL.FR", id="www in capitals"),
        pytest.param("http://[::1]/ http://2130706433/", id="a number for a host"),
    ],
)
def test_foreign_site_is_found_however_it_is_written(text: str):
    assert foreign_hosts(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("https://dichvucong.gov.vn/x?a=b. Kính báo", id="a government site"),
        pytest.param("TP.HCM, QĐ.BNV, UBND.TP", id="abbreviations"),
        pytest.param("Đã xong.Đã trả lời, nhận.Xin chào", id="a forgotten blank"),
    ],
)
def test_what_leads_nowhere_else_is_let_pass(text: str):
    assert foreign_hosts(text) == ()
