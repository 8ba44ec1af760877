"""Intake alone on the platform of infra/cloudformation/platform.yaml in moto, called through its HTTP doors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from chalice.app import Chalice

from chalicelib.intake import composition
from infra.local.emulation import functions
from infra.local.system import FUNCTIONS
from shared.domain.petition.petition import Petition
from tests.support.system import System


def _intake_alone() -> dict[str, Chalice]:
    """The other functions are there and do nothing: what intake promises, it keeps by itself."""
    others = {name: Chalice(app_name=f"pakn-{name}") for name in functions.NAMES}
    return {**others, **functions.load(FUNCTIONS, ("intake",))}


@pytest.fixture(scope="module")
def running_intake() -> Iterator[System]:
    made = System(apps=_intake_alone)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def intake(running_intake: System) -> System:
    """Intake with an empty table, at 09:00 on Tuesday 3 November 2026 in Vietnam; due dates are 2026-11-23."""
    running_intake.reset()
    return running_intake


@pytest.fixture
def sent(intake: System) -> dict[str, Any]:
    """A petition that was sent as JSON: its receipt."""
    receipt: dict[str, Any] = intake.http("POST", "/v1/petitions", json=_submission()).json()
    return receipt


@pytest.fixture
def a_submission() -> Callable[..., dict[str, Any]]:
    """Builds what a program sends; `petitioner` is merged, everything else replaced."""
    return _submission


@pytest.fixture
def officers_do(intake: System) -> Callable[..., Petition]:
    """Changes a stored petition as officers do, through the domain's verbs."""

    def change(reference: str, *verbs: Callable[[Petition], Petition]) -> Petition:
        petition = composition.parts().petitions.get(reference)
        assert petition is not None
        for verb in verbs:
            changed = verb(petition)
            composition.parts().petitions.save(changed, petition.version)
            petition = changed
        return petition

    return change


def _submission(**changes: Any) -> dict[str, Any]:
    petitioner = {
        "name": "Nguyễn Văn An",
        "address": "12 Lê Lợi, Huế",
        "phone": "0912 345 678",
        "email": "an@example.vn",
    }
    return {
        "content": "Phòng Nội vụ trả lời hồ sơ của tôi chậm 20 ngày.",
        **changes,
        "petitioner": petitioner | changes.get("petitioner", {}),
    }
