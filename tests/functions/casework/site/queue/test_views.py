"""Views of the queues: a filter saved under a name, per officer, found again on every page of the queue."""

from __future__ import annotations

import html
import json
import re

from chalicelib.casework import composition
from tests.support.desk_pages import Browser
from tests.support.people import Officer
from tests.support.system import System


def views_of(page: str) -> dict[str, str]:
    """Return the addresses of the views that a page offers, by their names."""
    links = re.findall(r'<a class="view" href="([^"]+)"[^>]*>([^<]+?) ?(?:<span.+?)?</a>', page)
    return {html.unescape(name): html.unescape(address) for address, name in links}


def save(browser: Browser, address: str, name: str) -> str:
    """Save the filter of a page under a name and return the page that follows."""
    answer = browser.fill(browser.get(address), "/desk/views", name=name)
    assert answer.status == 303
    return browser.get(answer.header("location")).text


def test_filter_is_saved_under_a_name_and_leads_there_again(system: System):
    browser = Browser(system, "minh.ccvc")

    page = save(browser, "/desk/queue?state=ANSWERED&order=received&find=n%C3%A2ng", "Nâng ngạch <mới>")

    assert "Đã lưu cách xem." in page
    address = views_of(browser.get("/desk/queue").text)["Nâng ngạch <mới>"]
    assert "state=ANSWERED" in address
    assert "order=received" in address
    assert 'value="nâng"' in browser.get(address).text
    assert re.search(r'aria-current="page">Nâng ngạch', browser.get(address).text)


def test_views_are_the_officers_own(system: System):
    save(Browser(system, "minh.ccvc"), "/desk/queue?overdue=true", "Quá hạn của tôi")

    others = Browser(system, "huong.ccvc").get("/desk/queue").text

    assert "Quá hạn của tôi" not in others


def test_same_name_replaces_the_view_and_a_view_can_be_removed(system: System):
    browser = Browser(system, "minh.ccvc")
    save(browser, "/desk/queue?overdue=true", "Gấp")
    save(browser, "/desk/queue?soon=true", "Gấp")
    assert "soon=true" in views_of(browser.get("/desk/queue").text)["Gấp"]

    answer = browser.fill(browser.get("/desk/queue"), "/desk/views", remove="Gấp")

    assert "Gấp" not in views_of(browser.get(answer.header("location")).text)


def test_view_without_a_name_or_one_too_many_is_refused_in_words(system: System):
    browser = Browser(system, "minh.ccvc")

    assert "Chưa lưu" in save(browser, "/desk/queue?overdue=true", "  ")
    assert "Chưa lưu" in save(browser, "/desk/queue?overdue=true", "x" * 41)
    for number in range(12):
        assert "Đã lưu" in save(browser, f"/desk/queue?overdue=true&find={number}", f"Cách {number}")
    assert "Chưa lưu" in save(browser, "/desk/queue?overdue=true&find=12", "Cách 12")


def test_what_another_process_saved_is_not_lost(system: System):
    browser = Browser(system, "minh.ccvc")
    save(browser, "/desk/queue?overdue=true", "Một")
    directory = composition.parts().directory
    remembered = composition.parts().desk_preferences.of("minh.ccvc")  # by this process, for a minute
    row = remembered.model_dump(mode="json", include={"keys", "views"})
    elsewhere = {**row, "views": [*row["views"], {"name": "Hai", "query": "soon=true"}]}
    directory._table.put(
        {
            "kind": "desk-preference",
            "row": "minh.ccvc#2026-01-01",
            "body": json.dumps({**elsewhere, "id": "minh.ccvc", "valid_from": "2026-01-01"}),
        }
    )

    save(browser, "/desk/queue?mine=true&find=x", "Ba")

    assert {"Một", "Hai", "Ba"} <= views_of(browser.get("/desk/queue").text).keys()


def test_every_unit_officer_has_the_views_of_the_unit(system: System):
    Officer(system, "minh.ccvc").queue()

    views = views_of(Browser(system, "minh.ccvc").get("/desk/queue").text)

    assert [*views] == ["Cả đơn vị", "Của tôi", "Chưa có người xử lý"]
