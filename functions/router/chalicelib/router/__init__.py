"""Relays changes of petitions to the queues, and decides which unit a fresh petition goes to."""
