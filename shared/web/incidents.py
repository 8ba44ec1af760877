"""Incidents: errors that nobody expected, each with a code that a caller reads out and an engineer finds in the log."""

from __future__ import annotations

import re
import secrets

from shared.platform import telemetry

_CODE = re.compile(r"\s*([0-9A-F]{4})[\s-]*([0-9A-F]{4})\s*", re.IGNORECASE)


def incident_of(text: str) -> str | None:
    """Return the code of an incident as it is logged, from what somebody read out; None where it can be none."""
    code = _CODE.fullmatch(text)
    return f"{code[1]}-{code[2]}".upper() if code else None


def record_incident(error: BaseException | None, route: str) -> str:
    """Log an unexpected error and return the incident's code, such as `7F3A-91C2`.

    Neither the error's text nor any value is logged: either may hold what a person wrote.

    Args:
        error: the exception.
        route: the route of the request, not its address.
    """
    code = secrets.token_hex(4).upper()
    incident = f"{code[:4]}-{code[4:]}"
    telemetry.count("UnexpectedError")
    telemetry.log_failure("unexpected error", error, incident=incident, route=route)
    return incident
