"""Petitions that are not sent yet: filled in step by step, sealed under a pass, gone when sent or after a week."""
