"""Learns from what officers decided: once a month, a candidate for each model; and how it would decide, in shadow."""
