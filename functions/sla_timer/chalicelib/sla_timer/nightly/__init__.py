"""The jobs that run once a day after midnight: reconciliation, statistics, signed roots, trends."""
