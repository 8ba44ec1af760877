"""Codes and sessions that a contact alone opens: rows of the throttle table that end by themselves."""
