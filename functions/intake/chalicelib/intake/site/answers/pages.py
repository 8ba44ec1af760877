"""The pages and feeds of this room."""

from __future__ import annotations

from chalicelib.intake.site.answers import answer_page, feeds, list_page

MODULES = (list_page, answer_page, feeds)
"""The modules of pages; each lists its routes."""
