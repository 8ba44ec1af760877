"""One attempt to send a delivery: when, how often, and what its outcome means."""
