"""The short code 8088: what providers send us, whether it is theirs, and what the citizen meant."""
