"""What petitioners are promised: duties, notices, wake-ups, and the evidence that they were kept."""
