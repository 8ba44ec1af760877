"""What runs every night: reconciliation, statistics, signed roots, trends."""
