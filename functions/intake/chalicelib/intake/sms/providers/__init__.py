"""The SMS providers: how each one signs and words what it delivers."""
