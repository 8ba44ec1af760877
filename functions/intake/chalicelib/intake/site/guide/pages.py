"""The pages of the guide, and what machines ask a site for: every module of this package that has some."""

from __future__ import annotations

from chalicelib.intake.site.guide import appearance, help_pages, machine_files

MODULES = (appearance, help_pages, machine_files)
"""The modules of pages; each lists its routes."""
