"""Answers of the workbench to scripts, which the pages draw on too: providers, events, and how requests are read."""
