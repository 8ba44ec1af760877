"""Contacts, references, provinces: how people and petitions are identified."""
