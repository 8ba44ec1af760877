"""Procedures that a petition may go through: complaints about conduct, disputes, merging, screening, a second look."""
