"""What administrators change in the directory, and what depends on it."""
