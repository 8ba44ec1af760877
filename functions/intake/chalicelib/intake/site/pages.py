"""The citizens' pages: every module of this package that has some."""

from __future__ import annotations

from chalicelib.intake.site import files, public_pages, send, statistics, track, verify

MODULES = (public_pages, send, track, files, statistics, verify)
"""The modules of pages; each lists its routes."""
