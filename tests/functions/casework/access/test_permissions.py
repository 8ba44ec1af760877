"""Which abilities and queues a role has; who may take which action: `tests/functions/casework/actions`."""

from __future__ import annotations

import pytest

from chalicelib.casework.access import permissions
from chalicelib.casework.access.permissions import Ability
from shared.domain.errors import NotAllowedError
from tests.functions.casework.actions.test_authorization import MY_UNIT, OTHER_UNIT, ROLES, _of

ABILITIES = {
    Ability.ENTER_PETITION: "IO",
    Ability.READ_REPORTS: "UATCR",
    Ability.FOLLOW_FIGURES: "UATR",
    Ability.ADMINISTER: "S",
    Ability.MAKE_CALLS: "OT",
    Ability.AUDIT: "R",
    Ability.READ_CORRECTIONS: "IAS",
}


@pytest.mark.parametrize("letter", ROLES)
@pytest.mark.parametrize("ability", ABILITIES)
def test_ability_belongs_to_its_roles_alone(ability: Ability, letter: str):
    officer = _of(ROLES[letter])

    if letter in ABILITIES[ability]:
        permissions.require(officer, ability)
    else:
        with pytest.raises(NotAllowedError):
            permissions.require(officer, ability)


QUEUES = {"own unit": "IHUATR", "another unit": "IATR", "all units": "IATR"}


@pytest.mark.parametrize("letter", ROLES)
@pytest.mark.parametrize("queue", QUEUES)
def test_queue_is_open_to_its_roles_alone(queue: str, letter: str):
    unit = {"own unit": MY_UNIT, "another unit": OTHER_UNIT, "all units": None}[queue]

    assert permissions.may_list(_of(ROLES[letter]), unit) is (letter in QUEUES[queue])
