"""Calls that the call centre reports: the signed webhook and Amazon Connect."""
