"""Rounds of attempts to send one delivery: when, how often, and what their outcomes mean."""
