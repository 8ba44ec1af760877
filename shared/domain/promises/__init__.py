"""The promises to petitioners: duties, notices, wake-ups, and the evidence that they were kept."""
