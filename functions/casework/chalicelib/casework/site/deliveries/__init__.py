"""Pages about messages of which nobody knows whether they arrived, and receipts that contradict each other."""
