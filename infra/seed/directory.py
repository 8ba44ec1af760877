"""Fills the directory of a new system (fields, units, terms, calendar, routing rules) and makes officers' accounts.

The directory's rows are the ministry's data (Nghị định 34/2017/NĐ-CP, since 1 March 2025 Nghị định 25/2025/NĐ-CP);
officers and sample petitions are invented and belong to the local stack only.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

from shared.domain.calendar.terms import TERMS_2018
from shared.platform import aws
from shared.tables.directory import Directory

_HERE = Path(__file__).parent
KINDS = ("unit", "field", "calendar", "officer")


class Account(NamedTuple):
    """An officer who can sign in to the local stack."""

    username: str
    password: str
    name: str
    roles: tuple[str, ...]
    unit: str
    email: str


def directory_rows() -> dict[str, list[dict[str, Any]]]:
    """Return all rows by kind, as the directory stores them."""
    rows: dict[str, list[dict[str, Any]]] = json.loads((_HERE / "directory.json").read_text("utf-8"))
    rows["routing-rule"] = json.loads((_HERE / "routing_rules.json").read_text("utf-8"))
    rows["terms"] = [TERMS_2018.model_dump(mode="json")]
    return rows


def seed_directory(stage: str, *, with_officers: bool = True) -> None:
    """Write the directory of a stage; rows that are there already are replaced by the same.

    Args:
        stage: e.g. `local` or `dev`.
        with_officers: also the invented officers, for rehearsals and the local stack.
    """
    directory = Directory(f"pakn-{stage}-directory")
    for kind, rows in directory_rows().items():
        if kind == "officer" and not with_officers:
            continue
        for row in rows:
            directory.put(kind, row["id"], date.fromisoformat(row["valid_from"]), row)


def seed_officers(pool_id: str) -> list[Account]:
    """Make the invented officers' accounts in a Cognito user pool, each in the groups of their roles."""
    cognito = aws.client("cognito-idp")
    invented = accounts()
    for account in invented:
        cognito.admin_create_user(
            UserPoolId=pool_id,
            Username=account.username,
            MessageAction="SUPPRESS",
            UserAttributes=[
                {"Name": "email", "Value": account.email},
                {"Name": "email_verified", "Value": "true"},
                {"Name": "name", "Value": account.name},
            ],
        )
        cognito.admin_set_user_password(
            UserPoolId=pool_id, Username=account.username, Password=account.password, Permanent=True
        )
        for role in account.roles:
            cognito.admin_add_user_to_group(UserPoolId=pool_id, Username=account.username, GroupName=role)
    return invented


def accounts() -> list[Account]:
    """Return the invented officers."""
    return [_account(row) for row in directory_rows()["officer"]]


def _account(row: dict[str, Any]) -> Account:
    """Give each invented officer a password that can be read off their name; it exists on this machine only."""
    return Account(
        username=row["id"],
        password=f"Local-{row['id']}-2026",
        name=row["name"],
        roles=tuple(row["roles"]),
        unit=row["unit"],
        email=row["email"],
    )
