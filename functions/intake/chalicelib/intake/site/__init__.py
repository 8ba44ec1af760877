"""The citizens' web site."""
