"""`ops cost`: what a stage cost in a month, by service of AWS, and for each petition received."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

import typer

from infra.ops.stage.errors import OpsError
from infra.ops.stage.screen import counted
from infra.ops.stage.session import session_of
from shared.domain.calendar.working_calendar import local_date
from shared.platform import aws, clock
from shared.tables.outlines import Outlines

DAY = timedelta(days=1)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("cost")(cost)


def cost(
    context: typer.Context,
    *,
    month: Annotated[str, typer.Option(help="e.g. 2026-11; without it, this month until today")] = "",
) -> None:
    """Show a month's cost by service, and for each petition.

    As Cost Explorer has it for the tag `stage`; yesterday is mostly complete.
    """
    session = session_of(context)
    first = _first(month)
    behind = min((first + timedelta(days=32)).replace(day=1), local_date(clock.now()) + DAY)
    costs = _by_service(session.connection.stage, first, behind)
    if not costs and session.connection.is_local:
        raise OpsError("The local stack has no bill", "Name a stage on AWS: ops cost --stage dev")
    if not costs:
        raise OpsError(
            f"Cost Explorer knows no cost of stage {session.connection.stage} in {first:%Y-%m}",
            "Activate the cost allocation tag `stage` in the account's billing console; it counts from the day after",
        )
    total = sum(costs.values())
    petitions = sum(1 for _ in Outlines(session.connection.table("petitions")).received(first, behind - DAY))
    rows: list[dict[str, Any]] = [
        {"service": service, "usd": f"{amount:.2f}", "share": f"{amount / total:.0%}" if total else ""}
        for service, amount in sorted(costs.items(), key=lambda each: -each[1])
    ]
    each = f"{total / petitions:.4f} a petition" if petitions else ""
    rows.append(
        {"service": f"all, {counted(petitions, 'petition')} received", "usd": f"{total:.2f}", "share": each}
    )
    session.screen.rows(rows, ("service", "usd", "share"), nothing="")


def _first(month: str) -> date:
    """Return the first day of a month.

    Raises:
        OpsError: it is none, or has not begun.
    """
    today = local_date(clock.now())
    try:
        first = date.fromisoformat(f"{month}-01") if month else today.replace(day=1)
    except ValueError:
        raise OpsError(f"{month} is no month", "Write it as 2026-11") from None
    if first > today:
        raise OpsError(f"{month} has not begun", "Write a month that has, as 2026-11")
    return first


def _by_service(stage: str, first: date, behind: date) -> dict[str, float]:
    """Return the cost in US dollars of each service, from a day until before another."""
    request: dict[str, Any] = {
        "TimePeriod": {"Start": first.isoformat(), "End": behind.isoformat()},
        "Granularity": "MONTHLY",
        "Metrics": ["UnblendedCost"],
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}],
        "Filter": {"Tags": {"Key": "stage", "Values": [stage]}},
    }
    costs: dict[str, float] = {}
    token: str | None = ""
    while token is not None:
        answer = aws.client("ce").get_cost_and_usage(**request, **({"NextPageToken": token} if token else {}))
        for period in answer["ResultsByTime"]:
            for group in period.get("Groups", ()):
                amount = float(group["Metrics"]["UnblendedCost"]["Amount"])
                costs[group["Keys"][0]] = costs.get(group["Keys"][0], 0.0) + amount
        token = answer.get("NextPageToken")
    return costs
