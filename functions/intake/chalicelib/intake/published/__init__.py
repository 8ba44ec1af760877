"""What everybody may read: published answers and statistics."""
