"""Restores the stored data to an earlier moment, and accounts for the hours between (ADR 0054)."""
