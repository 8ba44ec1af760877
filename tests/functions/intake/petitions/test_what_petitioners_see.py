"""A petitioner sees only what is theirs: secrets are planted in everything that is not, and every byte is searched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.emulation.functions import HttpResponse
from shared.domain.identity.reference import spaced
from shared.domain.petition.change import Change
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.answer import Publication
from shared.domain.petition.values.classification import Kind, Lane, Proposal
from tests.support.system import System

AT = datetime(2026, 11, 3, 3, 0, tzinfo=UTC)
HIDDEN = {
    "the router's reasons": "CANARY-because",
    "the router's guesses": "CANARY-best",
    "an officer's user name": "CANARY-officer",
    "a handler's user name": "CANARY-handler",
    "an approver's user name": "CANARY-approver",
    "an internal note": "CANARY-note",
    "why it was returned to intake": "CANARY-returned",
    "why it was assigned": "CANARY-assigned",
    "a draft": "CANARY-first-draft",
    "why a draft was returned": "CANARY-draft-returned",
    "why the seal was opened": "CANARY-opened",
    "why another level looks again": "CANARY-second-look",
}
SHOWN = ("SHOWN-question", "SHOWN-progress", "SHOWN-answer")


def everything(petition: Petition) -> Petition:
    """Lead a petition through all that officers do, with a secret in each place that is not the petitioner's."""
    count = iter(range(100))

    def by(name: str = "CANARY-officer") -> Change:
        return Change.by_officer(name, AT, f"CANARY-change-{next(count)}")

    def drafted(petition: Petition, text: str) -> Petition:
        return petition.draft_answer(by("CANARY-handler"), text)

    guess = Proposal(
        lane=Lane.ORDINARY, field="CCVC", because=("CANARY-because",), best=(("CANARY-best", 0.5),)
    )
    petition = petition.route(Change.by_router(AT, "r"), guess, "VCCVC")
    petition = petition.return_to_intake(by(), "TTTT", reason="CANARY-returned")
    petition = petition.classify(
        by(), field="CCVC", kind=Kind.CONDUCT, lane=Lane.ORDINARY, complained_unit="CVTLT"
    )
    petition = petition.assign(by(), "VCCVC", note="CANARY-assigned")
    petition = petition.accept(by("CANARY-handler"), handler="CANARY-handler")
    petition = petition.request_information(by(), "SHOWN-question")
    petition = petition.supplement(Change.by_petitioner(AT, "s"), "Năm 2026.")
    petition = petition.add_note(by(), "CANARY-note", progress="SHOWN-progress")
    petition = petition.record_opening(by(), "CANARY-opened")
    petition = drafted(petition, "CANARY-first-draft")
    petition = petition.return_draft(by(), "CANARY-draft-returned")
    petition = drafted(petition, "SHOWN-answer")
    petition = petition.approve(by("CANARY-approver"))
    shown = Publication(subject="Công khai", content="Hỏi.", answer="Đáp.", published_at=AT)
    petition = petition.publish(by("CANARY-approver"), shown)
    petition = petition.rate(Change.by_petitioner(AT, "rate"), 1, None)
    petition = petition.reopen(
        by("petitioner"), "TTRA", petition.due_on, reason=None, note="CANARY-second-look"
    )
    petition = petition.accept(by("CANARY-handler"), handler="CANARY-handler")
    return drafted(petition, "CANARY-second-draft")


@pytest.fixture
def seen(
    intake: System, a_submission: Callable[..., dict[str, Any]], officers_do: Callable[..., Petition]
) -> dict[str, HttpResponse]:
    """Everything that shows this petition to its petitioner or to the public."""
    receipt = intake.http("POST", "/v1/petitions", json=a_submission(may_publish=True)).json()
    officers_do(receipt["reference"], everything)
    proof = {"ma": receipt["reference"], "pin": receipt["pin"]}
    header = {"X-Petition-Pin": receipt["pin"]}
    path = f"/v1/petitions/{receipt['reference']}"
    return {
        "JSON": intake.http("GET", path, headers=header),
        "JSON in English": intake.http("GET", path, headers=header, query={"lang": "en"}),
        "page": intake.http("POST", "/tra-cuu", form=proof),
        "page in English": intake.http("POST", "/tra-cuu", form=proof, query={"lang": "en"}),
        "what was refused": intake.http("POST", "/tra-cuu/danh-gia", form=proof | {"score": "5"}),
        "published": intake.http("GET", "/cong-khai"),
        "published as JSON": intake.http("GET", "/v1/published"),
        "Open311": intake.http("GET", f"/open311/v2/requests/{receipt['reference']}.json"),
        "Open311's list": intake.http("GET", "/open311/v2/requests.json"),
    }


def test_nothing_of_the_officers_work_is_in_any_byte(seen):
    leaks = {
        f"{what} in {where}"
        for where, answer in seen.items()
        for what, secret in {**HIDDEN, "anything else": "CANARY"}.items()
        if secret.encode() in answer.body or any(secret in value for _name, value in answer.headers)
    }

    assert leaks == set()


@pytest.mark.parametrize("where", ["JSON", "JSON in English", "page", "page in English"])
def test_everything_that_was_said_to_the_petitioner_is_shown(seen, where):
    assert seen[where].status == 200
    assert [text for text in SHOWN if text not in seen[where].text] == []


def test_who_petitioned_is_in_none_of_it(seen):
    for answer in seen.values():
        for personal in ("Nguyễn Văn An", "12 Lê Lợi", "0912", "91234", "an@example.vn"):
            assert personal not in answer.text


def test_the_unit_complained_of_is_not_named(seen):
    for where in ("JSON", "page", "published as JSON"):
        assert "CVTLT" not in seen[where].text
        assert "Cục Văn thư và Lưu trữ" not in seen[where].text


def test_public_pages_show_no_reference(seen):
    reference = seen["JSON"].json()["reference"]

    for where in ("published", "published as JSON", "Open311's list"):
        assert reference not in seen[where].text
        assert spaced(reference) not in seen[where].text
