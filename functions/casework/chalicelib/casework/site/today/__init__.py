"""The home of the desk: the work of an officer's day."""
