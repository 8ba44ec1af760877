"""A petition's record for verification."""
