"""Public data: published answers, statistics, open data."""
