"""Why an uploaded file is not kept."""

from __future__ import annotations

from shared.domain.petition.values.attachments import Rejection


class RejectedFileError(Exception):
    """The file is not kept; `reason` says why."""

    def __init__(self, reason: Rejection) -> None:
        super().__init__(reason)
        self.reason = reason
