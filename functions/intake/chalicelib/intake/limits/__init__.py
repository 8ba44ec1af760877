"""Limits that protect the doors: per person, per address, and proof of work."""
