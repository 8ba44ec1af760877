"""Pages that show what goes on inside: a petition's trace, the queues and their dead letters, a whole life played."""
