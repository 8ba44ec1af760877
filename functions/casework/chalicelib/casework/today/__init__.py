"""The work of an officer's day."""
