"""What falls due for a petition: the sweep, the wake-up, recalculated due dates."""
