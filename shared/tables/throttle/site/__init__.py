"""Rows of the throttle table that the citizens' site keeps for a short time."""
