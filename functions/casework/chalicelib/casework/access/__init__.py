"""Who an officer is and what they may do."""
