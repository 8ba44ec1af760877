"""While word of a decision is held, and once it was taken back, every door for petitioners shows what it showed before.

Each door is read before a decision, during the ten minutes, and after it was taken back: the three readings are alike,
but for the digests of entries that nobody outside sees.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest

from chalicelib.intake import composition as intake
from infra.local.emulation.cloud import WORD_IS_HELD
from shared.domain.petition.values.petitioner import Identity
from shared.platform import clock
from shared.use_cases.personal_data import personal_data_of
from tests.support.contact_codes import HOME, CodeBrowser
from tests.support.desk_pages import Browser
from tests.support.people import CONTENT, Officer, Phone, reference_in
from tests.support.system import System

ANSWER = "Kết quả công bố trước 30/11."
DECISIONS = [
    pytest.param("refuse", "lan.tiepnhan", {"reason": "SPAM"}, id="refuse"),
    pytest.param("forward", "lan.tiepnhan", {"body": "UBND tỉnh A"}, id="forward"),
    pytest.param("guide", "lan.tiepnhan", {"text": "Mời gửi đơn khiếu nại."}, id="guide"),
    pytest.param("approve", "binh.vanphong", {}, id="approve"),
]
_PIN = re.compile(r"PIN (\d{8})")


@pytest.fixture
def held(system: System) -> Iterator[System]:
    """The system with the setting that the cloud has."""
    system.local.change_settings(WORD_IS_HELD[True])
    yield system
    system.local.change_settings(WORD_IS_HELD[False])


class Outside:
    """A sender of an SMS, and every door at which they read their petition."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._phone = Phone(system)
        receipt = self._phone.send(f"PAKN {CONTENT}")
        self.reference = reference_in(receipt)
        pin = _PIN.search(receipt)
        assert pin, receipt
        self._proof = {"ma": self.reference, "pin": pin[1]}
        self._browser = CodeBrowser(system)
        self._operator = Browser(system, "tong.dai")

    def reading(self) -> dict[str, object]:
        """Return the words of each door, as they are now."""
        return {
            "API": self._api(),
            "page": _words(self._system.http("POST", "/tra-cuu", form=self._proof).text),
            "files": _words(self._system.http("GET", "/tra-cuu/tep", query=self._proof).text),
            "list": _words(self._mine(HOME)),
            "listed": _words(self._mine(f"{HOME}/{self.reference}")),
            "SMS": self._phone.send(f"PAKN TC {self.reference}"),
            "rating by SMS": self._phone.send(f"PAKN DG {self.reference} 5"),
            "second look by SMS": self._phone.send(f"PAKN XL {self.reference} sai"),
            "telephone menu": self._keyed_in(),
            "operator": _words(self._operator_hears()),
            "copy": self._copy(),
        }

    def _api(self) -> dict[str, Any]:
        headers = {"X-Petition-Pin": self._proof["pin"]}
        view: dict[str, Any] = self._system.http(
            "GET", f"/v1/petitions/{self.reference}", headers=headers
        ).json()
        del view["chain"]
        return view

    def _mine(self, path: str) -> str:
        answer = self._browser.get(path)
        if answer.status != 200 or 'name="contact"' in answer.text:
            self._browser.opened(f"+{self._phone.number}")
            answer = self._browser.get(path)
        return str(answer.text)

    def _keyed_in(self) -> dict[str, str]:
        event = {
            "Details": {
                "ContactData": {"CustomerEndpoint": {"Address": f"+{self._phone.number}"}},
                "Parameters": {"reference": self.reference, "pin": self._proof["pin"]},
            }
        }
        answer: dict[str, str] = self._system.local.functions.invoke("intake", "connect", event)
        return answer

    def _operator_hears(self) -> str:
        form = {"call_id": "call-1", "matter": "0", "step": "hear", "reference": self.reference}
        return str(self._operator.post("/desk/call", {**form, "pin": self._proof["pin"]}).text)

    def _copy(self) -> dict[str, Any]:
        petition = intake.parts().petitions.get(self.reference)
        assert petition is not None
        identities = [Identity() for _part in petition.petitioner.seal]
        copy = personal_data_of(petition, identities, (), (), decision="1/QĐ", at=clock.now())
        facts: dict[str, Any] = json.loads(copy.model_dump_json(exclude={"written_at", "opened_at"}))
        return facts


def _words(page: str) -> str:
    """Return the words of a page; times of the day differ, and the number of entries that are checked."""
    text = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|<[^>]+>", " ", page)
    return " ".join(re.sub(r"\d{1,2}:\d{2}(:\d{2})?|\d+ mục", "", unescape(text)).split())


@pytest.mark.parametrize(("action", "username", "body"), DECISIONS)
def test_every_door_shows_what_it_showed_before(
    held: System, action: str, username: str, body: dict[str, str]
):
    outside = Outside(held)
    minh = Officer(held, "minh.ccvc")
    minh.do("accept", outside.reference)
    minh.do("draft-answer", outside.reference, text=ANSWER)
    if action != "approve":
        Officer(held, "binh.vanphong").do("return-draft", outside.reference, reason="Chưa rõ.")
    outside.reading()
    before = outside.reading()

    decided = Officer(held, username).do(action, outside.reference, **body)
    during = outside.reading()
    Officer(held, username).try_to("take-back", outside.reference, version=decided["version"])
    after = outside.reading()

    assert decided["state"] not in ("IN_PROGRESS", "AWAITING_APPROVAL")
    assert during == before
    assert after == before
