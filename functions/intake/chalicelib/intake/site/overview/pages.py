"""The pages of this room."""

from __future__ import annotations

from chalicelib.intake.site.overview import home, statistics

MODULES = (home, statistics)
"""The modules of pages; each lists its routes."""
