"""A telephone number and an e-mail address have one spelling each."""

from __future__ import annotations

import unicodedata

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import InvalidInputError
from shared.domain.identity.contact import ContactError, normal_email, normal_phone
from shared.domain.identity.telephone import (
    LONGEST_PHONE,
    OLD_AREA_CODES,
    OLD_MOBILE_PREFIXES,
    more_than_a_number,
    telephone_numbers,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("0901234567", "+84901234567", id="a mobile as people write it"),
        pytest.param("090 123 45 67", "+84901234567", id="with spaces"),
        pytest.param("090.123.4567", "+84901234567", id="with dots"),
        pytest.param("(090) 123-4567", "+84901234567", id="with brackets and a hyphen"),
        pytest.param("+84 90 123 4567", "+84901234567", id="with the country code"),
        pytest.param("84901234567", "+84901234567", id="with the country code but no plus"),
        pytest.param("0084901234567", "+84901234567", id="dialled from abroad"),
        pytest.param("+84 (0)90 123 4567", "+84901234567", id="with country code and zero"),
        pytest.param("tel:+84901234567", "+84901234567", id="from a link"),
        pytest.param("\u00a00901234567\u200a", "+84901234567", id="with hard spaces around"),
        pytest.param("０９０１２３４５６７", "+84901234567", id="in full-width digits"),
        pytest.param("٠٩٠١٢٣٤٥٦٧", "+84901234567", id="in Arabic digits"),
        pytest.param("090–123–4567", "+84901234567", id="with typographic dashes"),
        pytest.param("01659876543", "+84359876543", id="an 11-digit Viettel number of before 2018"),
        pytest.param("+84 1659876543", "+84359876543", id="an old number with the country code"),
        pytest.param("841238765432", "+84838765432", id="an old VinaPhone number without a plus"),
        pytest.param("0121 123 4567", "+84791234567", id="an old MobiFone number"),
        pytest.param("0186 123 4567", "+84561234567", id="an old Vietnamobile number"),
        pytest.param("0199 123 4567", "+84591234567", id="an old Gmobile number"),
        pytest.param(
            "0890000000", "+84890000000", id="a mobile range that the numbering tables do not list yet"
        ),
        pytest.param("024 3825 1234", "+842438251234", id="a landline in Hanoi"),
        pytest.param("(028) 38.22.33.44", "+842838223344", id="a landline in Ho Chi Minh City"),
        pytest.param("0234 3822 123", "+842343822123", id="a landline in Hue"),
        pytest.param("+1 425-555-0182", "+14255550182", id="a foreign number"),
        pytest.param("+33 1 42 68 53 00", "+33142685300", id="a French number"),
        pytest.param("00 44 20 7946 0958", "+442079460958", id="a British number with two zeros"),
        pytest.param("\u202a0912345678\u202c", "+84912345678", id="with the marks of Contacts and Excel"),
        pytest.param("\u200b0912345678", "+84912345678", id="with a zero-width space"),
        pytest.param("TEL:0912345678", "+84912345678", id="with a label of a business card"),
        pytest.param("ĐT: 0912.345.678", "+84912345678", id="with a label"),
        pytest.param("Zalo (0912) 345 678 (anh Hùng)", "+84912345678", id="with words around"),
        pytest.param("(+84) 912 345 678", "+84912345678", id="the country code in brackets"),
        pytest.param("0912345678 - 0987654321", "+84912345678", id="the first of two"),
        pytest.param("0912 345 678/0987 654 321", "+84912345678", id="the first of two, grouped"),
        pytest.param("0901234567 0902345678", "+84901234567", id="the first of two, with a space"),
        pytest.param("số 2: 0912345678", "+84912345678", id="a figure before it"),
        pytest.param("0901234567;ext=1", "+84901234567", id="an extension of a link"),
        pytest.param("024 3825 1234 máy lẻ 12", "+842438251234", id="an extension"),
        pytest.param("O912345678", "+84912345678", id="the letter O for zero"),
        pytest.param("912345678", "+84912345678", id="without the zero that Excel drops"),
        pytest.param("0511 3822999", "+842363822999", id="Đà Nẵng before 2017"),
        pytest.param("04 3825 1234", "+842438251234", id="Hà Nội before 2017"),
        pytest.param("(08) 3822 3344", "+842838223344", id="Hồ Chí Minh City before 2017"),
        pytest.param("031.3822999", "+842253822999", id="Hải Phòng before 2017"),
        pytest.param("+84 63 3822999", "+842633822999", id="Lâm Đồng before 2017, with the country code"),
        pytest.param("(037) 3822999", "+842373822999", id="Thanh Hóa before 2017, in brackets"),
        pytest.param("037 382 2999", "+84373822999", id="a mobile number of today like it"),
    ],
)
def test_number_has_one_spelling(written: str, expected: str) -> None:
    assert normal_phone(written) == expected


RENUMBERED = {
    "MobiFone": "0120 070, 0121 079, 0122 077, 0126 076, 0128 078",
    "VinaPhone": "0123 083, 0124 084, 0125 085, 0127 081, 0129 082",
    "Viettel": "0162 032, 0163 033, 0164 034, 0165 035, 0166 036, 0167 037, 0168 038, 0169 039",
    "Vietnamobile": "0186 056, 0188 058",
    "Gmobile": "0199 059",
}
"""Each network's prefixes before and after 2018, written down here from the plan and not taken from the code."""
PAIRS = [(network, *pair.split()) for network, pairs in RENUMBERED.items() for pair in pairs.split(", ")]


@pytest.mark.parametrize(
    ("old", "new"), [pytest.param(old, new, id=f"{network} {old}") for network, old, new in PAIRS]
)
def test_number_of_before_2018_is_the_same_person_however_its_country_is_written(old: str, new: str) -> None:
    today = f"+84{new[1:]}2345678"

    for country in ("0", "84", "+84", "0084", "+84 (0)"):
        assert normal_phone(f"{country}{old[1:]}2345678") == today
        assert normal_phone(f"{country}{new[1:]}2345678") == today


def test_no_other_prefix_was_renumbered() -> None:
    assert {(f"0{old}", f"0{new}") for old, new in OLD_MOBILE_PREFIXES.items()} == {
        (old, new) for _, old, new in PAIRS
    }


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        pytest.param("", "missing", id="nothing"),
        pytest.param("  ", "missing", id="only spaces"),
        pytest.param("8088", "not-a-phone-number", id="a short code"),
        pytest.param("113", "not-a-phone-number", id="an emergency number"),
        pytest.param("090123456", "not-a-phone-number", id="a digit too few"),
        pytest.param("09012345678", "not-a-phone-number", id="a digit too many"),
        pytest.param("0111234567", "not-a-phone-number", id="a prefix that was never given out"),
        pytest.param("01401234567", "not-a-phone-number", id="eleven digits with no old prefix"),
        pytest.param("0900PAKN", "not-a-phone-number", id="letters of a keypad"),
        pytest.param("nguyen@example.vn", "not-a-phone-number", id="an e-mail address"),
        pytest.param("+", "not-a-phone-number", id="a plus alone"),
        pytest.param("+999123456789", "not-a-phone-number", id="a country code that does not exist"),
        pytest.param("+1 912 345 678", "not-a-phone-number", id="the rest of a wrong foreign number"),
        pytest.param("nhà tôi không có điện thoại", "not-a-phone-number", id="words alone"),
        pytest.param("0" * 5000, "not-a-phone-number", id="very many digits"),
        pytest.param("\x00" * 10, "not-a-phone-number", id="control characters"),
    ],
)
def test_what_no_network_would_connect_is_refused(written: str, rule: str) -> None:
    with pytest.raises(ContactError) as caught:
        normal_phone(written)

    assert caught.value.problems == (("phone", rule),)
    assert isinstance(caught.value, InvalidInputError)
    assert not written.strip() or written.strip() not in str(caught.value)


@pytest.mark.parametrize("old", OLD_AREA_CODES)
def test_every_area_code_of_before_2017_leads_to_a_number_that_is_assigned_today(old: str) -> None:
    subscriber = "38229990" if len(old) == 1 else "3822999"

    number = normal_phone(f"0{old} {subscriber}") if len(old) != 2 else normal_phone(f"(0{old}) {subscriber}")

    assert number == f"+84{OLD_AREA_CODES[old]}{subscriber}"
    assert phonenumbers.is_valid_number(phonenumbers.parse(number))


def test_there_is_one_code_of_today_for_each_code_of_before_2017() -> None:
    assert len(OLD_AREA_CODES) == len(set(OLD_AREA_CODES.values())) == 59


@pytest.mark.parametrize(
    ("written", "note"),
    [
        ("0912345678", None),
        ("ĐT: 0912 345 678", None),
        ("0912345678 - 0987654321", "0912345678 - 0987654321"),
        ("024 3825 1234 máy lẻ 12", "024 3825 1234 máy lẻ 12"),
    ],
)
def test_what_else_is_written_beside_a_number_is_noted(written: str, note: str | None) -> None:
    assert more_than_a_number(written) == note


@given(st.text(alphabet="0123456789+() .-/x", max_size=LONGEST_PHONE))
def test_all_numbers_of_a_field_are_numbers(text: str) -> None:
    assert all(normal_phone(number) == number for number in telephone_numbers(text))


@given(st.text(max_size=60))
def test_any_text_is_a_number_with_one_spelling_or_refused(text: str) -> None:
    try:
        number = normal_phone(text)
    except ContactError:
        return

    assert normal_phone(number) == number
    assert phonenumbers.is_possible_number(phonenumbers.parse(number))


@given(st.from_regex(r"0(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-9])[0-9]{7}", fullmatch=True))
def test_however_a_mobile_is_grouped_it_stays_the_same_person(number: str) -> None:
    expected = "+84" + number[1:]

    for written in (
        number,
        f"{number[:4]} {number[4:7]} {number[7:]}",
        f"84{number[1:]}",
        f"+84{number[1:]}",
    ):
        assert normal_phone(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        pytest.param("an@example.vn", "an@example.vn", id="plain"),
        pytest.param("  an@Example.VN ", "an@example.vn", id="the domain in lower case, spaces off"),
        pytest.param("An.Nguyen@example.vn", "An.Nguyen@example.vn", id="the local part as written"),
        pytest.param("a+b_c-d@mail.gov.vn", "a+b_c-d@mail.gov.vn", id="signs that RFC 5321 allows"),
        pytest.param("mailto:an@example.vn", "an@example.vn", id="from a link"),
        pytest.param("an@faß.de", "an@xn--fa-hia.de", id="a sharp s by IDNA 2008"),
        pytest.param("an@bộnộivụ.vn", "an@xn--bniv-5y5ab0g.vn", id="a Vietnamese domain in Punycode"),
        pytest.param("x@a.b.c.d.e.vn", "x@a.b.c.d.e.vn", id="many labels"),
        pytest.param("a" * 64 + "@example.vn", "a" * 64 + "@example.vn", id="the longest local part"),
    ],
)
def test_address_has_one_spelling(written: str, expected: str) -> None:
    assert normal_email(written) == expected
    assert normal_email(unicodedata.normalize("NFD", written)) == expected


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("an", id="no at sign"),
        pytest.param("an@", id="no domain"),
        pytest.param("@example.vn", id="no local part"),
        pytest.param("an@example", id="one label"),
        pytest.param("an@@example.vn", id="two at signs"),
        pytest.param("a b@example.vn", id="a space inside"),
        pytest.param("an@exa mple.vn", id="a space in the domain"),
        pytest.param(".an@example.vn", id="a dot at the beginning"),
        pytest.param("an.@example.vn", id="a dot at the end"),
        pytest.param("a..n@example.vn", id="two dots together"),
        pytest.param("an@.example.vn", id="an empty first label"),
        pytest.param("an@example..vn", id="an empty label"),
        pytest.param("an@example.vn.", id="a dot after the domain"),
        pytest.param("an@-example.vn", id="a hyphen first"),
        pytest.param("an@exa_mple.vn", id="an underscore in the domain"),
        pytest.param("an@192.168.1.1", id="a network address"),
        pytest.param("an@[192.168.1.1]", id="a network address in brackets"),
        pytest.param('"a n"@example.vn', id="a quoted local part"),
        pytest.param("ân@example.vn", id="a local part that the mail service cannot send to"),
        pytest.param("an@example.vn\nBcc: x@example.com", id="a header in the address"),
        pytest.param("an@example.vn\x00", id="a NUL"),
        pytest.param("an@example.vn,b@example.vn", id="two addresses"),
        pytest.param("An <an@example.vn>", id="a name before the address"),
        pytest.param("a" * 65 + "@example.vn", id="a local part too long"),
        pytest.param("an@" + "a" * 64 + ".vn", id="a label too long"),
        pytest.param("an@" + "a." * 130 + "vn", id="a domain too long"),
    ],
)
def test_what_no_mail_server_would_take_is_refused(written: str) -> None:
    with pytest.raises(ContactError) as caught:
        normal_email(written)

    assert caught.value.problems == (("email", "not-an-email-address"),)
    assert str(caught.value) == "email: not-an-email-address"


@given(st.one_of(st.emails(), st.text(max_size=80)))
def test_any_text_is_an_address_with_one_spelling_or_refused(text: str) -> None:
    try:
        address = normal_email(text)
    except ContactError:
        return

    assert address.isascii()
    assert not any(character.isspace() for character in address)
    assert normal_email(address) == address
