"""The hotline: receive petitions by telephone, serve callers, make calls."""
