"""The kinds of notices and their audiences: the notifications about changes of a petition."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Audience(StrEnum):
    """The addressee of a notice."""

    PETITIONER = "PETITIONER"
    HANDLER = "HANDLER"
    UNIT_HEAD = "UNIT_HEAD"
    APPROVER = "APPROVER"
    INTAKE = "INTAKE"
    TASK_FORCE = "TASK_FORCE"
    OFFICER = "OFFICER"
    """One officer, for themselves: whoever has open work at the desk gets a digest of it."""
    PROGRAM = "PROGRAM"
    """The programs that subscribed to events."""


class NoticeKind(StrEnum):
    """The message of a notice."""

    # to the petitioner
    RECEIPT = "RECEIPT"
    INFORMATION_NEEDED = "INFORMATION_NEEDED"
    REMINDER_TO_COMPLETE = "REMINDER_TO_COMPLETE"
    FORWARDED = "FORWARDED"
    GUIDED = "GUIDED"
    REFUSED = "REFUSED"
    MERGED = "MERGED"
    SPLIT = "SPLIT"
    OVERDUE_UPDATE = "OVERDUE_UPDATE"
    DUE_DATE_MOVED = "DUE_DATE_MOVED"
    ANSWERED = "ANSWERED"
    PUBLISHED = "PUBLISHED"
    REOPENED = "REOPENED"
    WITHDRAWN = "WITHDRAWN"
    """Goes to every contact on file: whoever did not withdraw may undo it."""
    RESUMED = "RESUMED"
    """The withdrawal was undone; to the petitioner, and to whoever works on it."""
    CLOSED = "CLOSED"
    PIN_AGAIN = "PIN_AGAIN"
    CONTACT_ADDED = "CONTACT_ADDED"
    """Goes to the contacts that were on file before."""
    SECRETS_RENEWED = "SECRETS_RENEWED"
    """Goes to every contact on file, over e-mail and SMS alike."""
    # to officers
    ASSIGNED = "ASSIGNED"
    SUPPLEMENTED = "SUPPLEMENTED"
    DRAFT_WAITING = "DRAFT_WAITING"
    DRAFT_RETURNED = "DRAFT_RETURNED"
    WARNING = "WARNING"
    ESCALATION = "ESCALATION"
    ACCEPTANCE_DUE = "ACCEPTANCE_DUE"
    APPROVAL_DUE = "APPROVAL_DUE"
    FORWARDING_DUE = "FORWARDING_DUE"
    PUBLICATION_DUE = "PUBLICATION_DUE"
    HANDED_TO_INTAKE = "HANDED_TO_INTAKE"
    INCOMPLETE = "INCOMPLETE"
    RESTRICTED = "RESTRICTED"
    ADDRESS_CHANGED = "ADDRESS_CHANGED"
    """The address of an officer was changed in the directory: goes to the old one and the new."""
    DIGEST = "DIGEST"
    """An officer's open work this morning; follows from the clock, not from a change of a petition."""
    ACCOUNT = "ACCOUNT"
    """A new device, or a second factor taken away; follows from a sign-in or an administrator, not from a petition."""
    # to programs
    EVENT = "EVENT"
    """Programs are notified of an entry (`promises.events`)."""


class Notice(NamedTuple):
    """A kind of notice and its audience."""

    kind: NoticeKind
    audience: Audience
