"""The day of the answer as a file for a petitioner's own calendar (RFC 5545); called by the tracking page.

One all-day event that says the reference and nothing of what it is about. Taken anew after the due date moved, it
replaces the earlier one: same UID, higher SEQUENCE.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

LONGEST_LINE = 75
"""Octets of a line, without its end."""


def due_date_file(
    reference: str,
    due_on: date,
    *,
    summary: str,
    description: str,
    url: str,
    host: str,
    sequence: int,
    made_at: datetime,
) -> str:
    """Return the file.

    Args:
        reference: the petition's, 11 digits.
        due_on: the last day for the answer.
        summary: what the calendar shows on that day.
        description: what it shows when the day is opened.
        url: the tracking page, without PIN or token.
        host: who issues the event's name.
        sequence: how often the due date has moved.
        made_at: now.
    """
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Bo Noi vu//PAKN//VI",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{reference}-due@{host}",
        f"SEQUENCE:{sequence}",
        f"DTSTAMP:{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{due_on:%Y%m%d}",
        f"DTEND;VALUE=DATE:{due_on + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_text(summary)}",
        f"DESCRIPTION:{_text(description)}",
        f"URL:{url}",
        "CLASS:PRIVATE",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _text(value: str) -> str:
    r"""Escape what separates values (RFC 5545 §3.3.11): `\`, `;`, `,` and the end of a line."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\n", "\\n")


def _folded(line: str) -> str:
    """Break a line at 75 octets, never inside a letter; each next one begins with a space (RFC 5545 §3.1)."""
    folded, room = "", LONGEST_LINE
    for letter in line:
        octets = len(letter.encode())
        if octets > room:
            folded, room = f"{folded}\r\n ", LONGEST_LINE - 1
        folded, room = folded + letter, room - octets
    return folded
