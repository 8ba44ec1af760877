"""Several items by one call."""
