"""The roles of officers, used by the desk, the digests and the notices."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """The officers' roles: the groups of the Cognito user pool (infra/cloudformation/identity.yaml)."""

    INTAKE_OFFICER = "intake-officer"
    HANDLER = "handler"
    UNIT_HEAD = "unit-head"
    APPROVER = "approver"
    HOTLINE_OPERATOR = "hotline-operator"
    INSPECTOR = "inspector"
    COMMITTEE = "committee"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"
