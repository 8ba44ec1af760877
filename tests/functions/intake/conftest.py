"""Intake alone on the platform of infra/cloudformation/platform.yaml in moto, called through its HTTP doors."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from chalice.app import Chalice

from chalicelib.intake import composition
from shared.domain.petition.petition import Petition
from tests.support.system import System


@pytest.fixture(scope="session")
def intake_alone(running_system: System) -> Mapping[str, Chalice]:
    """The other functions are there and do nothing: what intake promises, it keeps by itself."""
    return running_system.only("intake")


@pytest.fixture
def intake(running_system: System, intake_alone: Mapping[str, Chalice]) -> System:
    """Intake with an empty table, at 09:00 on Tuesday 3 November 2026 in Vietnam; due dates are 2026-11-23."""
    running_system.reset(apps=intake_alone)
    return running_system


@pytest.fixture
def sent(intake: System) -> dict[str, Any]:
    """A petition that was sent as JSON: its receipt."""
    receipt: dict[str, Any] = intake.http("POST", "/v1/petitions", json=_submission()).json()
    return receipt


@pytest.fixture
def a_submission() -> Callable[..., dict[str, Any]]:
    """Builds the body that a program sends; `petitioner` is merged, everything else replaced."""
    return _submission


@pytest.fixture
def with_clients(intake: System) -> Iterator[Callable[[dict[str, str]], None]]:
    """Gives programs their keys, by the name of each; afterwards the secret is as before."""
    secrets, name = intake.local.cloud.client("secretsmanager"), intake.local.cloud.outputs["ProvidersSecret"]
    before = secrets.get_secret_value(SecretId=name)["SecretString"]

    def give(keys: dict[str, str]) -> None:
        secrets.put_secret_value(
            SecretId=name, SecretString=json.dumps(json.loads(before) | {"open311": keys})
        )
        intake.local.cold_start()

    yield give
    secrets.put_secret_value(SecretId=name, SecretString=before)
    intake.local.cold_start()


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
