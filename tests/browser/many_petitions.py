"""Many petitions of one unit, written into the local stack's table at once: nobody sends 500 of them one by one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import boto3

from shared.domain.identity import reference
from shared.domain.petition.lifecycle import State
from shared.domain.petition.petition import Petition
from shared.domain.petition.values.petitioner import Petitioner
from shared.platform import clock
from shared.tables.petition_items import item_of
from tests.support.builders import a_petition

SUBJECTS = (
    "Xếp lương bậc nào khi viên chức y tế xã chuyển sang công chức",
    "Điều kiện nâng ngạch lên chuyên viên chính",
    "Kỷ luật khiển trách có kéo dài thời hạn nâng lương",
    "Tuyển dụng viên chức: cộng điểm ưu tiên con thương binh",
)
LAST_DAY = 24
"""Days over which the times of receipt spread."""


def petitions_of_a_unit(count: int, *, state: State = State.ASSIGNED, subject: str = "") -> list[Petition]:
    """Return petitions of VCCVC, received over the last 25 days.

    Args:
        count: how many.
        state: of each.
        subject: of each, and part of what their references are made of; else a few in turn.
    """
    names = (next(reference.candidates(b"many" * 16, f"{subject}{n}", 2026)) for n in range(count))
    return [
        a_petition(
            state,
            received_at=clock.now() - timedelta(days=number % (LAST_DAY + 1)),
            reference=name,
            subject=subject or SUBJECTS[number % len(SUBJECTS)],
            petitioner=Petitioner(),
        )
        for number, name in enumerate(names)
    ]


def store(petitions: Iterable[Petition], moto: str) -> None:
    """Write petitions into the table of the local stack whose moto has this address."""
    resource: Any = boto3.resource(
        "dynamodb",
        endpoint_url=moto,
        region_name="ap-southeast-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    (name,) = (table.name for table in resource.tables.all() if "petitions" in table.name)
    with resource.Table(name).batch_writer() as batch:
        for petition in petitions:
            batch.put_item(Item=item_of(petition, None))
