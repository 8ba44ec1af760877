"""Pages of the queues, and of one action on many of their petitions."""
