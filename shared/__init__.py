"""Code that several functions need, and nothing else: the domain, the tables, the seal, time and settings."""
