"""SMS go to mobiles of Vietnam and to opened countries, never to satellites or premium ranges."""

import pytest

from shared.domain.identity.sms_reach import NEVER, is_country, is_served_by_sms


@pytest.mark.parametrize(
    ("number", "countries", "is_served"),
    [
        pytest.param("+84912345678", ("84",), True, id="a mobile"),
        pytest.param("+84383345678", ("84",), True, id="a mobile of 2018"),
        pytest.param("+842438220000", ("84",), False, id="a landline of Hanoi"),
        pytest.param("+8419001547", ("84",), False, id="a service number"),
        pytest.param("+849123456789", ("84",), False, id="one digit too many"),
        pytest.param("+84912345678", ("61",), False, id="Vietnam was not opened"),
        pytest.param("+61412345678", ("84",), False, id="a country that was not opened"),
        pytest.param("+61412345678", ("84", "61"), True, id="a country that was opened"),
        pytest.param("+12025550123", ("84", "1"), True, id="the United States"),
        pytest.param("+19005550123", ("84", "1"), False, id="a premium number there"),
        pytest.param("+18765550123", ("84", "1"), False, id="an island that shares +1 at another price"),
        pytest.param("+18765550123", ("84", "1876"), True, id="that island opened by itself"),
        pytest.param("+447012345678", ("84", "44"), False, id="a follow-me number"),
        pytest.param("+8816123456789", ("84", "881"), False, id="a satellite, whatever the setting"),
        pytest.param("+870773111632", ("84", "8"), False, id="a satellite under a wider prefix"),
        pytest.param("+883510001234", ("84",), False, id="a global network"),
        pytest.param("+979123456789", ("84",), False, id="international premium rate"),
        pytest.param("PAKN", ("84",), False, id="a name"),
        pytest.param("8088", ("84",), False, id="a short code"),
        pytest.param("", ("84",), False, id="nothing"),
        pytest.param("+84912345678", (), False, id="nothing was opened"),
    ],
)
def test_number_gets_sms_only_where_the_ministry_sends_them(number, countries, is_served):
    assert is_served_by_sms(number, countries) is is_served


@pytest.mark.parametrize("prefix", [*NEVER, "8816", "+84", "0", "84a", "", "1234567"])
def test_setting_opens_no_satellite_or_premium_range(prefix):
    assert not is_country(prefix)


@pytest.mark.parametrize("prefix", ["84", "1", "61", "4479"])
def test_setting_opens_countries_and_parts_of_them(prefix):
    assert is_country(prefix)
