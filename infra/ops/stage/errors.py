"""Errors of `ops`: what stands in the way, and the next step."""

from __future__ import annotations


class OpsError(Exception):
    """A command was not carried out; the text says why, `next_step` what to do."""

    def __init__(self, text: str, next_step: str) -> None:
        super().__init__(text)
        self.next_step = next_step
