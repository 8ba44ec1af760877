"""Limits on petitions: per person, per network address, by proof of work, by API key."""
