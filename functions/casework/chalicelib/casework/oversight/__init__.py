"""What auditors and supervisors review: openings of seals, ambiguous deliveries."""
