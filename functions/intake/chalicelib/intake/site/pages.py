"""The citizens' pages: every module of this package that has some."""

from __future__ import annotations

from chalicelib.intake.site import (
    changes,
    files,
    petition_page,
    public_pages,
    receipt,
    send,
    track,
    verify,
)

MODULES = (public_pages, send, receipt, track, petition_page, changes, files, verify)
"""The modules of pages; each lists its routes."""
