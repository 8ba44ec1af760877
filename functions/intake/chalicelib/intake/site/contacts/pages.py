"""The pages that a contact alone opens."""

from __future__ import annotations

from chalicelib.intake.site.contacts import my_petitions, new_answers

MODULES = (my_petitions, new_answers)
"""The modules of pages; each lists its routes."""
