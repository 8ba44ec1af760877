"""Petitions that are not sent yet: rows of the throttle table that lapse by themselves."""
