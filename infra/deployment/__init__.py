"""Packages and deploys the functions, and rehearses it."""
