"""The work that falls due for petitions: the sweep, the wake-up, recalculated due dates."""
