"""The models that the router learned, and counts of how they would have decided."""
