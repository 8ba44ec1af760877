"""Text as people paste it: one clean form for every door, and the encodings from before Unicode."""
