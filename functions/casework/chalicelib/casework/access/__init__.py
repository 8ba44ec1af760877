"""Access: the officers' identity, sessions and permissions."""
