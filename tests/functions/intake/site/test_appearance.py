"""Light and dark: by the system's preference, or as somebody chose with a form that needs no script."""

from __future__ import annotations

import re

import pytest

from chalicelib.intake.site.guide.appearance import own_address
from tests.support.system import System


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_choice_is_kept_in_a_cookie_and_leads_back_to_the_page(intake: System, theme: str):
    answer = intake.http("POST", "/giao-dien", form={"theme": theme, "return": "/cong-khai?q=luong&lang=en"})

    assert (answer.status, answer.header("Location")) == (303, "/cong-khai?q=luong&lang=en")
    assert answer.cookies == {"theme": theme}
    page = intake.http("GET", "/", headers={"Cookie": f"other=1; theme={theme}"})
    assert f'data-theme="{theme}"' in page.text
    assert f'value="{theme}" aria-pressed="true"' in page.text


def test_choice_is_forgotten(intake: System):
    answer = intake.http("POST", "/giao-dien", form={"theme": "", "return": "/"})

    assert "theme=; Path=/; Max-Age=0" in answer.header("Set-Cookie")


@pytest.mark.parametrize("cookie", ["theme=<script>", "theme=", "theme", ";;=;", 'theme="dark'])
def test_cookie_that_is_no_choice_changes_nothing(intake: System, cookie: str):
    assert "data-theme" not in intake.http("GET", "/", headers={"Cookie": cookie}).text


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("https://khac.example/", id="another site"),
        pytest.param("//khac.example/", id="another host"),
        pytest.param("/\\khac.example/", id="a backslash"),
        pytest.param("/cong-khai\r\nX: 1", id="a line end"),
        pytest.param("", id="nothing"),
        pytest.param("/" + "a" * 3000, id="too long"),
    ],
)
def test_switch_leads_to_no_other_site(address: str):
    assert own_address(address) == "/"


def test_switch_on_a_page_that_answers_a_form_sends_what_was_typed_along(intake: System):
    refused = intake.http(
        "POST", "/gui", form={"content": "Hồ sơ chậm.", "key": "page-1"}, query={"lang": "en"}
    )
    switch = _switch(refused.text)

    chosen = intake.http("POST", "/giao-dien", form={**switch, "theme": "dark"})
    shown = intake.http("POST", chosen.header("Location"), form=switch, headers={"Cookie": "theme=dark"})

    assert (chosen.status, chosen.header("Location")) == (307, "/gui?lang=en")
    assert chosen.cookies == {"theme": "dark"}
    assert shown.status == 200
    assert 'data-theme="dark"' in shown.text
    assert "Hồ sơ chậm.</textarea>" in shown.text


def test_switch_on_a_page_that_answers_a_form_without_anything_typed_leads_to_where_it_began(intake: System):
    assert _switch(intake.http("POST", "/tra-cuu", form={}).text) == {"return": "/tra-cuu"}


def _switch(page: str) -> dict[str, str]:
    form = re.search(r'(?s)<form class="theme".*?</form>', page)
    assert form
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', form[0]))
