"""Oversight: openings of seals for auditors, ambiguous deliveries for administrators."""
