"""A program that acts for a petitioner, with a key of its own: the history names it with everything that it did."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.files import picture
from tests.support.people import CITIZEN, CONTENT, Officer, answer_petition
from tests.support.system import System

KEY = "khoa-cua-bao"
NAMED = "client:bao"


@pytest.fixture
def with_key(system: System) -> Iterator[System]:
    """A system that gave the program `bao` a key."""
    secrets, name = system.local.cloud.client("secretsmanager"), system.local.cloud.outputs["ProvidersSecret"]
    before = secrets.get_secret_value(SecretId=name)["SecretString"]
    keys = json.dumps(json.loads(before) | {"open311": {"bao": KEY}})
    secrets.put_secret_value(SecretId=name, SecretString=keys)
    system.local.cold_start()
    yield system
    secrets.put_secret_value(SecretId=name, SecretString=before)
    system.local.cold_start()


class Program:
    """A program of a newspaper that sends and follows a reader's petition."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._headers = {"X-Api-Key": KEY}
        body = {"content": CONTENT, "petitioner": CITIZEN, "reply_by": ["EMAIL"], "may_publish": True}
        receipt = self._post("/v1/petitions", body).json()
        self.reference, self._headers["X-Petition-Pin"] = receipt["reference"], receipt["pin"]

    def do(self, what: str, **body: Any) -> None:
        answer = self._post(f"/v1/petitions/{self.reference}/{what}", body)
        assert answer.status in (200, 201), answer.text

    def forget_key(self) -> None:
        del self._headers["X-Api-Key"]

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self._system.http("POST", path, json=body, headers=self._headers)
        self._system.settle()
        if what := answer.json().get("pin"):
            self._headers["X-Petition-Pin"] = what
        return answer


def authors(system: System, reference: str, *actions: str) -> dict[str, set[str]]:
    history = Officer(system, "kiemtoan").petition(reference)["history"]
    return {action: {entry["by"] for entry in history if entry["action"] == action} for action in actions}


def test_every_action_of_a_program_is_in_its_name(with_key: System):
    program = Program(with_key)
    program.do("supplements", content="Tôi thi ở hội đồng thi Hà Nội.")
    program.do("attachments", filename="anh.jpg", content_type="image/jpeg", size=len(picture()))
    program.do("contact", email="bao@thu.example")
    program.do("withdrawal", reason="Đã có kết quả.")
    program.do("withdrawal/undo")
    program.do("consent/withdrawal")
    program.do("renewal")
    answer_petition(with_key, program.reference)
    program.do("rating", score=1)
    program.do("reopening", reason="Chưa rõ.")

    wanted = (
        "receive",
        "supplement",
        "attach",
        "add-contact",
        "withdraw",
        "undo-withdrawal",
        "withdraw-consent",
        "renew-secrets",
        "rate",
        "reopen",
    )
    assert authors(with_key, program.reference, *wanted) == {action: {NAMED} for action in wanted}


def test_without_its_key_or_with_a_wrong_one_the_petitioner_acts(with_key: System):
    program = Program(with_key)
    program.do("supplements", content="Qua phần mềm.")
    program.forget_key()
    program.do("supplements", content="Tự gửi.")

    assert authors(with_key, program.reference, "supplement") == {"supplement": {NAMED, "petitioner"}}


def test_the_same_file_declared_again_without_the_key_is_the_same_file(with_key: System):
    program = Program(with_key)
    declared = {"filename": "anh.jpg", "content_type": "image/jpeg", "size": len(picture())}
    program.do("attachments", **declared)
    program.forget_key()
    program.do("attachments", **declared)

    assert len(Officer(with_key, "minh.ccvc").petition(program.reference)["attachments"]) == 1
